import { sql } from 'kysely'
import type { FulfilmentKind, Order, OrderProgress } from '#canon/order.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { OrderBody } from './body.ts'

// An order's row: what lists and rules ask for. Its content lies in the revision that stands.

export type OrderRow = {
  readonly id: Id
  readonly channel: string
  readonly external_id: string
  readonly number: string
  readonly site_id: Id
  readonly placed_at: Instant
  readonly currency: string
  readonly fulfilment: FulfilmentKind
  readonly promised_at: Instant | null
  readonly total: bigint
  readonly lines: number
  readonly payment_state: 'due' | 'paid'
  readonly test: boolean
  readonly version: number
  readonly progress: OrderProgress
  readonly progress_at: Instant
  readonly ready_at: Instant | null
  readonly cancel_requested_at: Instant | null
  readonly cancel_reason: string | null
  readonly handled_by: string | null
  readonly created_by: string
  readonly created_at: Instant
  readonly updated_at: Instant
}

export const ORDER_COLUMNS = sql.raw(
  `o.id, o.channel, o.external_id, o.number, o.site_id, o.placed_at, o.currency, o.fulfilment, o.promised_at, o.total,
   o.lines, o.payment_state, o.test, o.version, o.progress, o.progress_at, o.ready_at, o.cancel_requested_at,
   o.cancel_reason, o.handled_by, o.created_by, o.created_at, o.updated_at`,
)

export type Content = { readonly body: OrderBody; readonly personal: Uint8Array | null }
export type FullRow = OrderRow & Content

/** False: the channel's order is there already, perhaps by somebody who was faster. Then nothing was written. */
export async function insertOrder(
  tx: Tx,
  tenantId: TenantId,
  order: Order,
  content: Content & { readonly siteId: Id; readonly actor: string; readonly now: Instant },
): Promise<boolean> {
  const now = instantText(content.now)
  const { rows } = await sql`
    with made as (
      insert into pos.orders (tenant_id, id, channel, external_id, number, site_id, placed_at, currency, fulfilment,
        promised_at, total, lines, payment_state, test, version, progress, progress_at, created_by, created_at, updated_at)
      values (${tenantId}, ${order.id}, ${order.channel}, ${order.externalId}, ${order.number}, ${content.siteId},
        ${instantText(order.placedAt)}, ${order.currency}, ${order.fulfilment.kind}, ${timeText(order.fulfilment.at)},
        ${order.total.toString()}::bigint, ${order.items.length}, ${order.payment.state}, ${order.test}, 1, 'placed',
        ${now}, ${content.actor}, ${now}, ${now})
      on conflict (tenant_id, channel, external_id) do nothing
      returning tenant_id, id, created_by, created_at
    ), revised as (
      insert into pos.order_revisions (tenant_id, order_id, version, body, personal, changed, actor, recorded_at)
      select tenant_id, id, 1, ${JSON.stringify(content.body)}::jsonb, ${content.personal}::bytea, '{}', created_by,
        created_at
      from made
    )
    select id from made`.execute(tx)
  return rows.length > 0
}

export async function insertRevision(
  tx: Tx,
  tenantId: TenantId,
  orderId: Id,
  revision: Content & {
    readonly version: number
    readonly changed: readonly string[]
    readonly actor: string
    readonly now: Instant
  },
): Promise<void> {
  await sql`
    insert into pos.order_revisions (tenant_id, order_id, version, body, personal, changed, actor, recorded_at)
    values (${tenantId}, ${orderId}, ${revision.version}, ${JSON.stringify(revision.body)}::jsonb, ${revision.personal},
      ${arrayOf(revision.changed)}::text[], ${revision.actor}, ${instantText(revision.now)})`.execute(tx)
}

/** The order's row under its new version; its content is a revision of its own. */
export async function updateOrder(
  tx: Tx,
  tenantId: TenantId,
  order: Order,
  version: number,
  now: Instant,
): Promise<void> {
  await sql`
    update pos.orders set promised_at = ${timeText(order.fulfilment.at)}, total = ${order.total.toString()}::bigint,
      lines = ${order.items.length}, payment_state = ${order.payment.state}, version = ${version},
      updated_at = ${instantText(now)}
    where tenant_id = ${tenantId} and id = ${order.id}`.execute(tx)
}

/** The version that stands, or another one. `lock`: nobody else changes the order until the transaction ends. */
export async function readFull(
  tx: Tx,
  tenantId: TenantId,
  by: { readonly id: Id } | { readonly channel: string; readonly externalId: string },
  { lock = false, version = null }: { readonly lock?: boolean; readonly version?: number | null } = {},
): Promise<FullRow | null> {
  const which = 'id' in by ? sql`o.id = ${by.id}` : sql`o.channel = ${by.channel} and o.external_id = ${by.externalId}`
  // Locked first and read then: a row that waited for its lock would be joined to the version that stood before.
  if (lock) await sql`select from pos.orders o where o.tenant_id = ${tenantId} and ${which} for update`.execute(tx)
  const { rows } = await sql<FullRow>`
    select ${ORDER_COLUMNS}, r.body, r.personal from pos.orders o
    join pos.order_revisions r on r.tenant_id = o.tenant_id and r.order_id = o.id
      and r.version = coalesce(${version}::integer, o.version)
    where o.tenant_id = ${tenantId} and ${which}`.execute(tx)
  return rows[0] ?? null
}

export async function readFirstContent(tx: Tx, tenantId: TenantId, orderId: Id): Promise<Content | null> {
  const { rows } = await sql<Content>`
    select body, personal from pos.order_revisions
    where tenant_id = ${tenantId} and order_id = ${orderId} and version = 1`.execute(tx)
  return rows[0] ?? null
}

/** The row alone, locked until the transaction ends. */
export async function lockRow(tx: Tx, tenantId: TenantId, orderId: Id): Promise<OrderRow | null> {
  const { rows } = await sql<OrderRow>`
    select ${ORDER_COLUMNS} from pos.orders o
    where o.tenant_id = ${tenantId} and o.id = ${orderId} for update`.execute(tx)
  return rows[0] ?? null
}

export type Standing = {
  readonly progress: OrderProgress
  readonly progressAt: Instant
  readonly readyAt: Instant | null
  readonly cancelRequestedAt: Instant | null
  readonly cancelReason: string | null
  readonly handledBy: string | null
}

export async function updateStanding(
  tx: Tx,
  tenantId: TenantId,
  orderId: Id,
  standing: Standing,
  now: Instant,
): Promise<void> {
  await sql`
    update pos.orders set progress = ${standing.progress}, progress_at = ${instantText(standing.progressAt)},
      ready_at = ${timeText(standing.readyAt)}, cancel_requested_at = ${timeText(standing.cancelRequestedAt)},
      cancel_reason = ${standing.cancelReason}, handled_by = ${standing.handledBy}, updated_at = ${instantText(now)}
    where tenant_id = ${tenantId} and id = ${orderId}`.execute(tx)
}

export function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
