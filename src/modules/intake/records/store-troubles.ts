import { sql } from 'kysely'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Drift } from '../../../../connectors/contract.ts'
import type { Owner } from './store-records.ts'

// What of a connection's records does not look as its connector knows it, as people are shown it.

export type SubjectCounts = { readonly filed: number; readonly unplaced: number; readonly quarantined: number }

export async function countSubjects(tx: Tx, { tenantId, connectionId }: Owner): Promise<SubjectCounts> {
  const { rows } = await sql<SubjectCounts>`
    select (count(*) filter (where state = 'filed'))::integer as filed,
      (count(*) filter (where state = 'unplaced'))::integer as unplaced,
      (count(*) filter (where state = 'quarantined'))::integer as quarantined
    from pos.source_subjects where tenant_id = ${tenantId} and connection_id = ${connectionId}`.execute(tx)
  return rows[0] ?? { filed: 0, unplaced: 0, quarantined: 0 }
}

export type QuarantinedSubject = {
  readonly subject: string
  readonly code: string
  readonly say: string | null
  readonly readAt: Instant | null
}

/** The last that were read first, `limit` at most. */
export async function listQuarantined(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  limit: number,
): Promise<QuarantinedSubject[]> {
  const { rows } = await sql<QuarantinedSubject>`
    select subject, code, say, read_at as "readAt" from pos.source_subjects
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and state = 'quarantined'
    order by read_at desc nulls last, subject limit ${limit}`.execute(tx)
  return rows
}

export type CountedDrift = {
  readonly what: Drift['what']
  readonly path: string
  /** Null where the field itself is what differs. */
  readonly value: string | null
  readonly readings: number
  /** One fact in which it was seen. */
  readonly subject: string
  readonly firstAt: Instant
  readonly lastAt: Instant
}

/** What was seen last first, `limit` at most. */
export async function listDrift(tx: Tx, { tenantId, connectionId }: Owner, limit: number): Promise<CountedDrift[]> {
  const { rows } = await sql<CountedDrift>`
    select what, path, nullif(value, '') as value, readings::float8 as readings, subject, first_at as "firstAt",
      last_at as "lastAt"
    from pos.schema_drift where tenant_id = ${tenantId} and connection_id = ${connectionId}
    order by last_at desc, path, value limit ${limit}`.execute(tx)
  return rows
}
