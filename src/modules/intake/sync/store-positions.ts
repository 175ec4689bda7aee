import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PastEnd } from './plan.ts'

// How much of each stream is known, place by place. `readTo` only rises, unless a clock was ahead, and `readFrom` only
// falls, and each only from where it stands: a window that does not reach up to what is known moves nothing.

export type Past = 'unfinished' | 'whole' | PastEnd

export type Position = {
  readonly stream: string
  /** Empty where the stream speaks of the whole account. */
  readonly location: string
  readonly readTo: Instant
  readonly readFrom: Instant
  readonly past: Past
}

type Owner = { readonly tenantId: TenantId; readonly connectionId: Id }

export async function listPositions(tx: Tx, { tenantId, connectionId }: Owner): Promise<Position[]> {
  const { rows } = await sql<Position>`
    select stream, location, read_to as "readTo", read_from as "readFrom", past from pos.sync_positions
    where tenant_id = ${tenantId} and connection_id = ${connectionId} order by stream, location`.execute(tx)
  return rows
}

/** Begins positions that are not there yet, at `now`: news is known from here on, the past is to be read. */
export async function beginPositions(
  tx: Tx,
  owner: Owner,
  wanted: readonly { readonly stream: string; readonly location: string }[],
  now: Instant,
): Promise<number> {
  const made = await insertRows<(typeof wanted)[number], { stream: string }>(tx, wanted, {
    into: 'pos.sync_positions',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: owner.tenantId },
      { name: 'connection_id', type: 'uuid', value: owner.connectionId },
      { name: 'read_to', type: 'timestamptz', value: instantText(now) },
      { name: 'read_from', type: 'timestamptz', value: instantText(now) },
      { name: 'past', type: 'text', value: 'unfinished' },
    ],
    columns: [
      { name: 'stream', type: 'text', of: ({ stream }) => stream },
      { name: 'location', type: 'text', of: ({ location }) => location },
    ],
    suffix: 'on conflict (tenant_id, connection_id, stream, location) do nothing returning stream',
  })
  return made.length
}

/**
 * A window of changes was read to its end. What lies after `now` was written down by a clock that was ahead, and nobody
 * knows so much yet: such a mark is the only one that falls.
 */
export async function raiseReadTo(
  tx: Tx,
  owner: Owner,
  window: {
    readonly stream: string
    readonly locations: readonly string[]
    readonly from: Instant
    readonly to: Instant
  },
  now: Instant,
): Promise<void> {
  const to = instantText(instant(Math.min(window.to, now)))
  await sql`
    update pos.sync_positions set read_to = ${to}
    where tenant_id = ${owner.tenantId} and connection_id = ${owner.connectionId} and stream = ${window.stream}
      and location = any(${arrayOf(window.locations)}::text[])
      and read_to >= ${instantText(window.from)} and (read_to < ${to} or read_to > ${instantText(now)})`.execute(tx)
}

/** A period of the past was read, down to `from` and up to `to`. `past` where this was its end. */
export async function lowerReadFrom(
  tx: Tx,
  owner: Owner,
  period: {
    readonly stream: string
    readonly locations: readonly string[]
    readonly from: Instant
    readonly to: Instant
    readonly past: Past
  },
): Promise<void> {
  const { from, past } = period
  await sql`
    update pos.sync_positions set read_from = least(read_from, ${instantText(from)}),
      past = case when ${past}::text = 'unfinished' then past else ${past}::text end
    where tenant_id = ${owner.tenantId} and connection_id = ${owner.connectionId} and stream = ${period.stream}
      and location = any(${arrayOf(period.locations)}::text[]) and read_from <= ${instantText(period.to)}`.execute(tx)
}
