import { sql } from 'kysely'
import type { LiveConnection } from '#modules/connections/live.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { SourceRecord } from '../../../../connectors/contract.ts'
import { fileSubjects } from './file-subjects.ts'
import { recordsOfSubjects } from './find.ts'
import { type Keeping, type KeepOrigin, type Kept, NOTHING_KEPT } from './kept.ts'
import type { Owner } from './store-records.ts'
import { holdSubjects } from './store-subjects.ts'

// Reading stored records again without asking anybody: after a place was chosen, after an update of a connector mended
// what it could not read, or because a person wants to see it happen.

/** Reads subjects anew from their stored records, in the caller's transaction. Names that nothing is known of are passed over. */
export async function rereadSubjects(
  tx: Tx,
  keeping: Keeping,
  connection: LiveConnection,
  subjects: readonly string[],
  origin: KeepOrigin,
): Promise<Kept> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const known = await knownSubjects(tx, owner, subjects)
  if (known.length === 0) return NOTHING_KEPT
  const held = new Map((await holdSubjects(tx, owner, known)).map((one) => [one.subject, one]))
  const words = new Map(known.map((subject) => [subject, { parts: [] as SourceRecord[], also: [] as SourceRecord[] }]))
  for (const { subject, role, record } of await recordsOfSubjects(tx, keeping.sealer, owner, known, [])) {
    words.get(subject)?.[role === 'part' ? 'parts' : 'also'].push(record)
  }
  const gathered = [...words].map(([subject, records]) => ({ subject, ...records }))
  const kept = await fileSubjects(tx, keeping, connection, { words: gathered, held, arrived: [] }, origin)
  return { ...kept, subjects: known }
}

/** Subjects of a state in the order of their names, `limit` at most. `after` is the last of the page before. */
export async function listUnfiled(
  tx: Tx,
  owner: Owner,
  state: 'unplaced' | 'quarantined',
  page: { readonly after: string | null; readonly limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    select subject from pos.source_subjects
    where tenant_id = ${owner.tenantId} and connection_id = ${owner.connectionId} and state = ${state}
      and subject > ${page.after ?? ''}
    order by subject limit ${page.limit}`.execute(tx)
  return rows.map((row) => row.subject)
}

async function knownSubjects(tx: Tx, owner: Owner, subjects: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ subject: string }>`
    select subject from pos.source_subjects
    where tenant_id = ${owner.tenantId} and connection_id = ${owner.connectionId}
      and subject = any(${arrayOf(subjects)}::text[])`.execute(tx)
  return rows.map((row) => row.subject)
}
