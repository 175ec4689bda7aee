import { sql } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { RecordRef, SourceRecord } from '../../../../connectors/contract.ts'
import { openBody, recordPlace } from './sealed-body.ts'
import type { Owner } from './store-records.ts'

// Stored records, opened and as their connector once gave them.

/** The newest of each named record that is known. */
export async function findRecords(
  tx: Tx,
  sealer: Sealer,
  owner: Owner,
  refs: readonly RecordRef[],
): Promise<SourceRecord[]> {
  if (refs.length === 0) return []
  const { rows } = await sql<RecordRow>`
    select r.kind, r.external_id as id, r.version, r.updated_at as "updatedAt", r.location, r.deleted, r.body,
      ${SUBJECTS}
    from unnest(
      ${arrayOf(refs.map((ref) => ref.kind))}::text[], ${arrayOf(refs.map((ref) => ref.id))}::text[]
    ) as w (kind, external_id)
    cross join lateral ${recordsNamedBy(owner, 'w')} r`.execute(tx)
  return rows.map((row) => recordOf(sealer, owner, row))
}

/** A page of the records of some kinds, in the order of kind and id. `after` is the last of the page before. */
export async function listRecords(
  tx: Tx,
  sealer: Sealer,
  owner: Owner,
  kinds: readonly string[],
  page: { readonly after: RecordRef | null; readonly limit: number },
): Promise<SourceRecord[]> {
  const { after, limit } = page
  const { rows } = await sql<RecordRow>`
    select r.kind, r.external_id as id, r.version, r.updated_at as "updatedAt", r.location, r.deleted, r.body,
      ${SUBJECTS}
    from pos.source_records r
    where r.tenant_id = ${owner.tenantId} and r.connection_id = ${owner.connectionId}
      and r.kind = any(${arrayOf(kinds)}::text[])
      ${after === null ? sql`` : sql`and (r.kind, r.external_id) > (${after.kind}, ${after.id})`}
    order by r.kind, r.external_id limit ${limit}`.execute(tx)
  return rows.map((row) => recordOf(sealer, owner, row))
}

/** A record in the light of one subject. */
export type SubjectRecord = {
  readonly subject: string
  readonly role: 'part' | 'also'
  readonly record: SourceRecord
}

/** All stored records that the subjects are read from, but for those that the caller has in hand. */
export async function recordsOfSubjects(
  tx: Tx,
  sealer: Sealer,
  owner: Owner,
  subjects: readonly string[],
  inHand: readonly RecordRef[],
): Promise<SubjectRecord[]> {
  if (subjects.length === 0) return []
  const { rows } = await sql<RecordRow & { subject: string; role: SubjectRecord['role'] }>`
    select l.subject, l.role, r.kind, r.external_id as id, r.version, r.updated_at as "updatedAt", r.location,
      r.deleted, r.body, ${SUBJECTS}
    from unnest(${arrayOf(subjects)}::text[]) as s (subject)
    cross join lateral (
      select subject, role, kind, external_id from pos.source_links
      where tenant_id = ${owner.tenantId} and connection_id = ${owner.connectionId} and subject = s.subject
        and (kind, external_id) not in (select * from unnest(
          ${arrayOf(inHand.map((ref) => ref.kind))}::text[], ${arrayOf(inHand.map((ref) => ref.id))}::text[]))
      offset 0
    ) l
    cross join lateral ${recordsNamedBy(owner, 'l')} r`.execute(tx)
  return rows.map((row) => ({ subject: row.subject, role: row.role, record: recordOf(sealer, owner, row) }))
}

/**
 * The record that a row names by `kind` and `external_id`, looked up by its whole key. A planner that knows nothing of a
 * tenant yet takes all of its rows for one, and would walk through them for each.
 */
function recordsNamedBy({ tenantId, connectionId }: Owner, row: 'w' | 'l') {
  const name = sql.raw(row)
  return sql`(
    select * from pos.source_records
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and kind = ${name}.kind and external_id = ${name}.external_id
    offset 0
  )`
}

type RecordRow = {
  readonly kind: string
  readonly id: string
  readonly version: bigint | null
  readonly updatedAt: Instant | null
  readonly location: string | null
  readonly deleted: boolean
  readonly body: Uint8Array
  readonly subjects: readonly string[]
}

const SUBJECTS = sql`array(
  select p.subject from pos.source_links p
  where p.tenant_id = r.tenant_id and p.connection_id = r.connection_id and p.kind = r.kind
    and p.external_id = r.external_id and p.role = 'part'
  order by p.subject) as subjects`

function recordOf(sealer: Sealer, owner: Owner, row: RecordRow): SourceRecord {
  const { kind, id, version, updatedAt, location, deleted, subjects } = row
  const body = openBody(sealer, row.body, recordPlace(owner.connectionId, kind, id)).toString('utf8')
  return { kind, id, body, version: { version, updatedAt }, location, subjects, deleted }
}
