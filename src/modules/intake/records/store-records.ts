import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, type Column, insertRows, insertStatement, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeBeside, statementOf } from '#platform/postgres/together.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { keyOf, type Word, type WordAge } from './newest.ts'
import { recordPlace, sealBody } from './sealed-body.ts'

// Records and their history. The newest word on a record is settled by the row itself: an older one cannot overwrite it,
// whoever asks for that and in whatever order.

export type Owner = { readonly tenantId: TenantId; readonly connectionId: Id }

/** What is known of a record. */
export type Standing = {
  /** Null: nobody has told it yet. */
  readonly age: WordAge | null
  /** The subjects it is a part of, and those whose reading asked for it. */
  readonly partOf: readonly string[]
  readonly askedBy: readonly string[]
}

/** What is known of the records that the words speak of, by key. */
export async function readStandings(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  words: readonly Word[],
): Promise<ReadonlyMap<string, Standing>> {
  const { rows } = await sql<StandingRow>`
    select w.kind, w.external_id as id, r.version, r.updated_at as "updatedAt", r.seen_at as "seenAt",
      r.content_hash as "contentHash", l.part_of as "partOf", l.asked_by as "askedBy"
    from unnest(
      ${arrayOf(words.map(({ record }) => record.kind))}::text[],
      ${arrayOf(words.map(({ record }) => record.id))}::text[]
    ) as w (kind, external_id)
    left join pos.source_records r on r.tenant_id = ${tenantId} and r.connection_id = ${connectionId}
      and r.kind = w.kind and r.external_id = w.external_id
    left join lateral (
      select array_agg(subject) filter (where role = 'part') as part_of,
        array_agg(subject) filter (where role = 'also') as asked_by
      from pos.source_links
      where tenant_id = ${tenantId} and connection_id = ${connectionId}
        and kind = w.kind and external_id = w.external_id
    ) l on true`.execute(tx)
  return new Map(rows.map((row) => [keyOf(row), standingOf(row)]))
}

type StandingRow = {
  readonly kind: string
  readonly id: string
  readonly version: bigint | null
  readonly updatedAt: Instant | null
  readonly seenAt: Instant | null
  readonly contentHash: Uint8Array | null
  readonly partOf: readonly string[] | null
  readonly askedBy: readonly string[] | null
}

function standingOf({ version, updatedAt, seenAt, contentHash, partOf, askedBy }: StandingRow): Standing {
  const told = seenAt !== null && contentHash !== null
  return {
    age: told ? { version, updatedAt, seenAt, contentHash } : null,
    partOf: partOf ?? [],
    askedBy: askedBy ?? [],
  }
}

/** What goes with the newest words, in the same step. */
export type Beside = {
  /** Those of the words that replace another one, which is kept as history. */
  readonly replacing: readonly Word[]
  /** What hangs on the records that are written; it reads them from `answered`, by `kind` and `id`. */
  readonly following: readonly (Statement | null)[]
}

/**
 * Writes what the words say where they are newer than what stands; answers the keys of those that are, each with whether
 * nothing stood before.
 */
export async function writeNewest(
  tx: Tx,
  owner: Owner,
  sealer: Sealer,
  words: readonly Word[],
  { replacing, following }: Beside,
  now: Instant,
): Promise<ReadonlyMap<string, { readonly isFirst: boolean }>> {
  const columns: Column<Word>[] = [...columnsOf(owner, sealer), { name: 'location', type: 'text', of: locationOf }]
  // The rule is said once more in isNewerWord, which must agree. A row that this statement has made was never locked by
  // anybody: that is how it is told from one that it changed.
  const writing = insertStatement<Word>(inOrder(words), {
    into: 'pos.source_records',
    constants: constantsOf(owner, now),
    columns,
    suffix: `
      on conflict (tenant_id, connection_id, kind, external_id) do update set
        version = excluded.version, updated_at = excluded.updated_at, seen_at = excluded.seen_at,
        told_by = excluded.told_by, deleted = excluded.deleted, location = excluded.location,
        content_hash = excluded.content_hash, body = excluded.body, recorded_at = excluded.recorded_at
      where case
        when excluded.version <> t.version then excluded.version > t.version
        when excluded.updated_at <> t.updated_at then excluded.updated_at > t.updated_at
        when excluded.seen_at <> t.seen_at then excluded.seen_at > t.seen_at
        else excluded.content_hash > t.content_hash
      end
      returning t.kind, t.external_id as id, t.xmax = 0 as "isFirst"`,
  })
  if (writing === null) return new Map()
  type Written = { readonly kind: string; readonly id: string; readonly isFirst: boolean }
  const written = await executeBeside<Written>(tx, writing, [replacedKeeping(tx, owner, replacing, now), ...following])
  return new Map(written.map((row) => [keyOf(row), row]))
}

/** Keeps what stands of these records as history, as it was before anything beside it. */
function replacedKeeping(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  words: readonly Word[],
  now: Instant,
): Statement | null {
  if (words.length === 0) return null
  const keeping = sql`
    insert into pos.source_record_versions (tenant_id, connection_id, kind, external_id, content_hash, version,
      updated_at, seen_at, told_by, deleted, late, body, recorded_at)
    select r.tenant_id, r.connection_id, r.kind, r.external_id, r.content_hash, r.version, r.updated_at, r.seen_at,
      r.told_by, r.deleted, false, r.body, ${instantText(now)}::timestamptz
    from unnest(
      ${arrayOf(words.map(({ record }) => record.kind))}::text[],
      ${arrayOf(words.map(({ record }) => record.id))}::text[]
    ) as w (kind, external_id)
    join pos.source_records r on r.tenant_id = ${tenantId} and r.connection_id = ${connectionId}
      and r.kind = w.kind and r.external_id = w.external_id
    on conflict do nothing`
  return statementOf(tx, keeping)
}

/** Keeps words that came too late to count. */
export async function keepLate(
  tx: Tx,
  owner: Owner,
  sealer: Sealer,
  words: readonly Word[],
  now: Instant,
): Promise<void> {
  await insertRows(tx, inOrder(words), {
    into: 'pos.source_record_versions',
    constants: [...constantsOf(owner, now), { name: 'late', type: 'boolean', value: true }],
    columns: columnsOf(owner, sealer),
    suffix: 'on conflict do nothing',
  })
}

function constantsOf({ tenantId, connectionId }: Owner, now: Instant) {
  return [
    { name: 'tenant_id', type: 'uuid', value: tenantId },
    { name: 'connection_id', type: 'uuid', value: connectionId },
    { name: 'recorded_at', type: 'timestamptz', value: instantText(now) },
  ]
}

function columnsOf({ connectionId }: Owner, sealer: Sealer): Column<Word>[] {
  return [
    { name: 'kind', type: 'text', of: ({ record }) => record.kind },
    { name: 'external_id', type: 'text', of: ({ record }) => record.id },
    { name: 'version', type: 'bigint', of: ({ record }) => record.version.version },
    { name: 'updated_at', type: 'timestamptz', of: ({ record }) => timeOrNull(record.version.updatedAt) },
    { name: 'seen_at', type: 'timestamptz', of: ({ record }) => instantText(record.seenAt) },
    { name: 'told_by', type: 'text', of: ({ record }) => record.from },
    { name: 'deleted', type: 'boolean', of: ({ record }) => record.deleted },
    { name: 'content_hash', type: 'bytea', of: ({ contentHash }) => contentHash },
    {
      name: 'body',
      type: 'bytea',
      of: ({ record }) => sealBody(sealer, Buffer.from(record.body), recordPlace(connectionId, record.kind, record.id)),
    },
  ]
}

function locationOf({ record }: Word): string | null {
  return record.location
}

/** One order for every writer, so that two of them never wait for each other in a circle. */
function inOrder(words: readonly Word[]): Word[] {
  return [...words].sort((a, b) => (keyOf(a.record) < keyOf(b.record) ? -1 : 1))
}

function timeOrNull(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
