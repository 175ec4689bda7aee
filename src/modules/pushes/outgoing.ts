import type { Order } from '#canon/order.ts'
import type { Id } from '#kernel/ids.ts'
import type { ConnectedPlace, LiveConnection } from '#modules/connections/live.ts'
import type { StoredOrder } from '#modules/orders/orders.ts'
import { getSite } from '#modules/sites/sites.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { OutgoingOrder } from '../../../connectors/contract.ts'
import type { PushDesk, Ready } from './desk.ts'
import { openIntent } from './intent.ts'
import type { Push } from './push-row.ts'
import { type PushSettings, type PushTarget, wishesFor } from './store-targets.ts'
import type { Trouble } from './verdict.ts'

// An order as it goes out: for which place, as which articles, and with no more about the customer than is wanted.

export type Gathered =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | {
      readonly kind: 'ended'
      readonly ending: Trouble
      readonly stored: StoredOrder | null
      readonly connection: LiveConnection | null
    }

/** All that a step of a push needs, from one moment. What was sent before goes again as it was. */
export async function gather(desk: PushDesk, sealer: Sealer, push: Push): Promise<Gathered> {
  const { tenantId, connectionId, orderId } = push
  const gathered = await desk.database.tenant(tenantId, async (tx): Promise<Gathered> => {
    const stored = await desk.orders.find(tx, tenantId, orderId, sealer)
    const connection = await desk.recall(tx, { tenantId, id: connectionId })
    const ended = (ending: Trouble): Gathered => ({ kind: 'ended', ending, stored, connection })
    if (connection === null || connection.state === 'disconnected') return ended(DISCONNECTED)
    if (connection.live.orders === undefined) return ended(NOT_SUPPORTED)
    if (stored === null) return ended(refusedAs('push.order-gone', 'The order is no longer here.'))
    const isSent = push.firstSentAt !== null || push.status === 'success'
    if (!isSent && stored.progress === 'cancelled') return ended(CANCELLED)
    if (!isSent && (stored.progress === 'completed' || stored.handledBy !== null)) return ended(HANDLED)
    if (connection.state === 'needs_sign_in') return ended({ kind: 'sign_in' })
    if (push.intent !== null) {
      return { kind: 'ready', ready: { stored, connection, outgoing: openIntent(sealer, push.id, push.intent) } }
    }
    const outgoing = await outgoingOf(tx, desk, stored, connection)
    return outgoing === null ? ended(NO_PLACE) : { kind: 'ready', ready: { stored, connection, outgoing } }
  })
  if (gathered.kind === 'ended' || push.intent !== null) return gathered
  const { ready } = gathered
  const callbackUrl = (await desk.callbackUrl?.(ready.connection, orderId)) ?? null
  return { kind: 'ready', ready: { ...ready, outgoing: { ...ready.outgoing, callbackUrl } } }
}

/** Null: no place of the connection is the order's. */
export async function outgoingOf(
  tx: Tx,
  desk: Pick<PushDesk, 'articlesFor'>,
  { order, siteId, tenantId }: StoredOrder,
  connection: LiveConnection,
): Promise<OutgoingOrder | null> {
  const { target, settings } = await wishesFor(tx, tenantId, connection.id)
  const place = placeFor(connection, siteId, target)
  if (place === null) return null
  const site = await getSite(tx, tenantId, siteId)
  const articles = await desk.articlesFor(tx, tenantId, {
    connectionId: connection.id,
    channel: order.channel,
    itemIds: itemIdsOf(order),
  })
  return {
    order: told(order, settings),
    location: place.externalId,
    key: order.id,
    reference: order.id,
    articles,
    callbackUrl: null,
    timeZone: site.timeZone,
  }
}

/** The place of the order's site; where several are of that site, the one that was named when it was connected. */
export function placeFor(
  { id, places }: Pick<LiveConnection, 'id' | 'places'>,
  siteId: Id,
  target: Pick<PushTarget, 'connectionId' | 'location'> | null,
): ConnectedPlace | null {
  const ofSite = [...places.values()].filter((place) => place.siteId === siteId)
  const named =
    target?.connectionId === id ? ofSite.find(({ externalId }) => externalId === target.location) : undefined
  return named ?? ofSite[0] ?? null
}

function itemIdsOf({ items }: Order): readonly string[] {
  const ids = items.flatMap(({ itemId, modifiers }) => [itemId, ...modifiers.map((one) => one.itemId)])
  return [...new Set(ids.filter((one) => one !== null))]
}

/** The customer is named; how to reach them is told where the merchant wants it, and where they live where it is brought. */
export function told(order: Order, { syncCustomerInfo }: PushSettings): Order {
  const { customer, fulfilment } = order
  return {
    ...order,
    customer: customer === null || syncCustomerInfo ? customer : { name: customer.name, phone: null, email: null },
    fulfilment: { ...fulfilment, address: fulfilment.kind === 'delivery' ? fulfilment.address : null },
  }
}

function refusedAs(code: string, say: string): Trouble {
  return { kind: 'refused', code, say }
}

const DISCONNECTED = refusedAs(
  'push.disconnected',
  'The connection that the order was to go to was ended. Connect it again, or choose another one.',
)
const NOT_SUPPORTED = refusedAs('push.not-supported', 'The system of this connection takes no orders.')
const NO_PLACE = refusedAs(
  'push.no-place',
  'No place of the connection is the site that the order is for. Choose the place on the connection’s page, then push the order again.',
)
const CANCELLED = refusedAs('push.cancelled', 'The order was taken back before it was sent.')
const HANDLED = refusedAs('push.handled', 'A person saw to the order by hand.')

/** An order that will not be in the POS, and nobody has to do anything about it. */
export function isQuiet(code: string | null): boolean {
  return code === 'push.cancelled' || code === 'push.handled'
}
