import { sql } from 'kysely'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Drift } from '../../../../connectors/contract.ts'
import type { Owner } from './store-records.ts'

// Where records do not look as their connector knows them. Each way in which they differ is one row that counts: a field
// that a provider added to every order is one line for a person, not a thousand.

export type SeenDrift = Drift & { readonly subject: string }

/** Counts, and answers those that were never seen before: each is told once. */
export async function countDrift(
  tx: Tx,
  owner: Owner,
  seen: readonly SeenDrift[],
  now: Instant,
): Promise<readonly SeenDrift[]> {
  // Rows are taken in one order by every writer, so that two never wait for each other in a circle.
  const ways = [...counted(seen).values()].sort((a, b) => (wayOf(a) < wayOf(b) ? -1 : 1))
  if (ways.length === 0) return []
  const list = (of: (one: Way) => string | number) => arrayOf(ways.map(of))
  // A row that this statement has made was never locked by anybody: that is how it is told from one that it changed.
  const { rows } = await sql<{ readonly way: string; readonly isNew: boolean }>`
    insert into pos.schema_drift as d
      (tenant_id, connection_id, what, path, value, readings, subject, first_at, last_at)
    select ${owner.tenantId}::uuid, ${owner.connectionId}::uuid, what, path, value, readings, subject,
      ${instantText(now)}::timestamptz, ${instantText(now)}::timestamptz
    from unnest(
      ${list(({ what }) => what)}::text[], ${list(({ path }) => path)}::text[], ${list(({ value }) => value ?? '')}::text[],
      ${list(({ readings }) => readings)}::bigint[], ${list(({ subject }) => subject)}::text[]
    ) as v (what, path, value, readings, subject)
    on conflict (tenant_id, connection_id, what, path, value) do update
    set readings = d.readings + excluded.readings, last_at = excluded.last_at, subject = excluded.subject
    returning what || chr(31) || path || chr(31) || value as way, d.xmax = 0 as "isNew"`.execute(tx)
  const told = new Set(rows.filter((row) => row.isNew).map((row) => row.way))
  return ways.filter((one) => told.has(wayOf(one)))
}

type Way = SeenDrift & { readonly readings: number }

function counted(seen: readonly SeenDrift[]): Map<string, Way> {
  const ways = new Map<string, Way>()
  for (const one of seen) {
    const way = wayOf(one)
    ways.set(way, { ...one, readings: (ways.get(way)?.readings ?? 0) + 1 })
  }
  return ways
}

function wayOf({ what, path, value }: Drift): string {
  return `${what}\u001f${path}\u001f${value ?? ''}`
}
