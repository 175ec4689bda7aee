import { z } from 'zod'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { type WireMoney, wireMoney } from '#kernel/money.ts'
import type { StoredOrder } from '#modules/orders/orders.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { OutgoingOrder, PreparedOrder } from '../../../connectors/contract.ts'
import type { PushDesk, Ready } from './desk.ts'
import { coveringOf, maskedBody } from './masked.ts'
import { outgoingOf } from './outgoing.ts'
import { noTarget, unknownOrder } from './request.ts'
import { findTarget } from './store-targets.ts'
import { wireRemark } from './wire.ts'

// What would be sent for an order, without sending anything: the calls, what each item stands for, what is shortened, and
// where the POS's own price is another.

const money = z.strictObject({ amount: z.int(), currency: z.string() })

export const wireRehearsal = z
  .strictObject({
    connection_id: z.string(),
    location_id: z.string().nullable().meta({ description: 'The POS’s place; null: none is the order’s site' }),
    calls: z.array(
      z.strictObject({
        name: z.string(),
        method: z.string(),
        path: z.string(),
        body: z.unknown(),
        writes: z.boolean(),
      }),
    ),
    mapping: z.array(
      z.strictObject({
        pointer: z.string(),
        item_id: z.string().nullable(),
        name: z.string(),
        pos_item_id: z.string().nullable().meta({ description: 'Null: it goes by its name, or not at all' }),
        pos_name: z.string().nullable(),
      }),
    ),
    price_differences: z.array(z.strictObject({ pointer: z.string(), name: z.string(), ours: money, theirs: money })),
    problems: z.array(wireRemark),
    warnings: z.array(wireRemark),
  })
  .meta({ id: 'PushRehearsal', description: 'What would be sent; nothing was' })

export type Rehearsal = z.output<typeof wireRehearsal>

/** Throws `push.unknown-order`, `push.no-target`, and what opening the connection throws. */
export async function rehearse(desk: PushDesk, tenantId: TenantId, orderId: string): Promise<Rehearsal> {
  const sealer = await desk.vault.tenant(tenantId)
  const ready = await desk.database.tenant(tenantId, async (tx) => {
    const stored = isId(orderId) ? await desk.orders.find(tx, tenantId, orderId as Id, sealer) : null
    if (stored === null) throw unknownOrder()
    return readyFor(tx, desk, stored)
  })
  if (ready.outgoing === null) return said(ready.connection.id, ready.stored, null, null, null)
  const { connection, stored, outgoing } = ready
  const { orders } = connection.live
  // A talk without a call: it is only had for the link.
  // biome-ignore lint/correctness/useYield: as above.
  const prepared = await desk.converse({ tenantId, id: connection.id }, 'order', function* (link) {
    return orders?.prepare(outgoing, link) ?? null
  })
  return said(connection.id, stored, outgoing, prepared, connection.live.reader.personal)
}

/** Of an order that is not stored: all but the calls, which need the connection's sign-in. Null: orders go nowhere. */
export async function preview(tx: Tx, desk: PushDesk, stored: StoredOrder): Promise<Rehearsal | null> {
  const target = await findTarget(tx, stored.tenantId)
  if (target?.active !== true) return null
  const { connection, outgoing } = await readyFor(tx, desk, stored)
  return said(connection.id, stored, outgoing, null, null)
}

async function readyFor(
  tx: Tx,
  desk: PushDesk,
  stored: StoredOrder,
): Promise<Omit<Ready, 'outgoing'> & { readonly outgoing: OutgoingOrder | null }> {
  const { tenantId } = stored
  const target = await findTarget(tx, tenantId)
  const connection = target && (await desk.findLive(tx, { tenantId, id: target.connectionId }))
  if (connection === null) throw noTarget()
  return { stored, connection, outgoing: await outgoingOf(tx, desk, stored, connection) }
}

function said(
  connectionId: Id,
  { order }: StoredOrder,
  outgoing: OutgoingOrder | null,
  prepared: PreparedOrder | null,
  personal: Readonly<Record<string, readonly string[]>> | null,
): Rehearsal {
  const covering = coveringOf(order, personal ?? {})
  return {
    connection_id: connectionId,
    location_id: outgoing?.location ?? null,
    calls: (prepared?.calls ?? []).map(({ name, method, path, body, writes }) => ({
      name,
      method,
      path,
      body: maskedBody(body, covering),
      writes: writes === true,
    })),
    mapping: partsOf(order).map(({ pointer, itemId, name }) => {
      const article = itemId === null ? undefined : outgoing?.articles.get(itemId)
      const { externalId = null, name: posName = null } = article ?? {}
      return { pointer, item_id: itemId, name, pos_item_id: externalId, pos_name: posName }
    }),
    price_differences: outgoing === null ? [] : differencesOf(outgoing),
    problems:
      outgoing === null
        ? [{ code: 'push.no-place', pointer: '', say: 'No place of the connection is the site that the order is for.' }]
        : [...(prepared?.problems ?? [])],
    warnings: [...(prepared?.warnings ?? [])],
  }
}

function partsOf({ items }: StoredOrder['order']) {
  return items.flatMap(({ itemId, name, unitPrice, modifiers }, index) => [
    { pointer: `/items/${index}`, itemId, name, unitPrice },
    ...modifiers.map((one, at) => ({ ...one, pointer: `/items/${index}/modifiers/${at}` })),
  ])
}

/** What the channel promised is what is sent; that the POS has another price somebody should know. */
function differencesOf({ order, articles }: OutgoingOrder) {
  const priced = (amount: bigint): WireMoney => wireMoney(amount, order.currency)
  return partsOf(order).flatMap(({ pointer, itemId, name, unitPrice }) => {
    const theirs = itemId === null ? null : (articles.get(itemId)?.price ?? null)
    if (theirs === null || theirs === unitPrice) return []
    return [{ pointer, name, ours: priced(unitPrice), theirs: priced(theirs) }]
  })
}
