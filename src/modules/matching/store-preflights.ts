import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Examples, Findings } from './findings.ts'
import type { WatchReason, WatchRef } from './store-watches.ts'

// SQL of what preflights found.

export type Preflight = Findings & {
  readonly id: Id
  readonly connectionId: Id
  readonly channel: string
  readonly ranAt: Instant
  readonly reason: WatchReason
}

export async function insertPreflight(
  tx: Tx,
  ref: WatchRef,
  found: Findings,
  reason: WatchReason,
  now: Instant,
): Promise<void> {
  await sql`
    insert into pos.item_preflights
      (tenant_id, connection_id, channel, id, ran_at, reason, items, mapped, unmapped, unmapped_modifiers, removed,
        repriced, examples)
    values (${ref.tenantId}, ${ref.connectionId}, ${ref.channel}, ${newId()}, ${instantText(now)}, ${reason},
      ${found.items}, ${found.mapped}, ${found.unmapped}, ${found.unmappedModifiers}, ${found.removed},
      ${found.repriced}, ${JSON.stringify(found.examples)}::jsonb)`.execute(tx)
}

export async function latestPreflight(tx: Tx, ref: WatchRef): Promise<Preflight | null> {
  const { rows } = await sql<PreflightRow>`
    select ${COLUMNS} from pos.item_preflights
    where tenant_id = ${ref.tenantId} and connection_id = ${ref.connectionId} and channel = ${ref.channel}
    order by id desc limit 1`.execute(tx)
  return rows[0] === undefined ? null : preflightOf(rows[0])
}

/** The newest of each channel and connection. */
export async function selectLatestPreflights(
  tx: Tx,
  tenantId: TenantId,
  of: { readonly connectionId?: Id | undefined; readonly channel?: string | undefined },
): Promise<Preflight[]> {
  const { rows } = await sql<PreflightRow>`
    select distinct on (connection_id, channel) ${COLUMNS} from pos.item_preflights
    where tenant_id = ${tenantId}
      ${of.connectionId === undefined ? sql`` : sql`and connection_id = ${of.connectionId}`}
      ${of.channel === undefined ? sql`` : sql`and channel = ${of.channel}`}
    order by connection_id, channel, id desc`.execute(tx)
  return rows.map(preflightOf)
}

/** All but the newest that are older. */
export async function prunePreflights(tx: Tx, ref: WatchRef, before: Instant): Promise<void> {
  await sql`
    delete from pos.item_preflights
    where tenant_id = ${ref.tenantId} and connection_id = ${ref.connectionId} and channel = ${ref.channel}
      and ran_at < ${instantText(before)}`.execute(tx)
}

const COLUMNS = sql.raw(
  'connection_id, channel, id, ran_at, reason, items, mapped, unmapped, unmapped_modifiers, removed, repriced, examples',
)

type PreflightRow = {
  connection_id: Id
  channel: string
  id: Id
  ran_at: Instant
  reason: WatchReason
  items: number
  mapped: number
  unmapped: number
  unmapped_modifiers: number
  removed: number
  repriced: number
  examples: Examples
}

function preflightOf(row: PreflightRow): Preflight {
  return {
    id: row.id,
    connectionId: row.connection_id,
    channel: row.channel,
    ranAt: row.ran_at,
    reason: row.reason,
    items: row.items,
    mapped: row.mapped,
    unmapped: row.unmapped,
    unmappedModifiers: row.unmapped_modifiers,
    removed: row.removed,
    repriced: row.repriced,
    examples: row.examples,
  }
}
