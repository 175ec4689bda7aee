import { type Answer, type JsonObject, ok, PosRefusal } from './answer.ts'
import type { DinePos } from './dine-pos.ts'
import { luckOf } from './ids.ts'
import { amountText } from './money.ts'
import type { KeptOrder, OrderDraft, OrderStatus, Telling } from './order.ts'
import type { Call, Endpoint, Presented, Profile } from './profile.ts'
import { invalid, listIn, memberIn, neededText, textIn } from './reading.ts'

// UrbanPiper, a hub between delivery platforms and a POS. It runs the other way round: the caller is the POS. Orders come
// from UrbanPiper by webhook, and the caller says how far they are; no address takes an order. What is sent to it is
// acknowledged at once, and its result comes by webhook.

const STATES: Readonly<Record<string, OrderStatus>> = {
  Acknowledged: 'accepted',
  'Food Ready': 'ready',
  Dispatched: 'dispatched',
  Completed: 'delivered',
  Cancelled: 'cancelled',
}

export const urbanpiperProfile: Profile = {
  name: 'urbanpiper',
  endpoints: [
    endpoint('POST', '/external/api/v1/stores/', 'stores.save', ({ body }) => {
      if (listIn(body, 'stores').length === 0) throw invalid('stores', 'must not be empty')
      return acknowledged()
    }),
    endpoint('POST', '/external/api/v1/inventory/locations/:ref/', 'menu.save', ({ params, pos }) => {
      checkPlace(pos, params.ref ?? '')
      return acknowledged()
    }),
    endpoint('POST', '/hub/api/v1/items/', 'stock.set', setStock),
    endpoint('PUT', '/external/api/v1/orders/:id/status/', 'orders.status', setStatus),
    endpoint('GET', '/external/api/v1/webhooks/', 'webhooks.list', ({ pos }) => ok({ webhooks: webhooksOf(pos) })),
    endpoint('POST', '/external/api/v1/webhooks/', 'webhooks.create', setWebhook),
  ],
  refused: ({ code, message }) => ({
    status: code === 'unauthorized' || code === 'token-expired' ? 401 : code === 'order-unknown' ? 404 : 400,
    body: { status: 'error', message },
  }),
  callback,
  signs: false,
  callbackWaitsMs: [60_000, 300_000],
}

function endpoint(method: Endpoint['method'], path: string, name: string, answer: Endpoint['answer']): Endpoint {
  return { method, path, name, credentials, answer }
}

/** `Authorization: apikey <username>:<key>`. */
function credentials({ headers }: Call): Presented {
  const match = /^apikey ([^:]+):(.+)$/i.exec(headers.authorization ?? '')
  return { appKey: match?.[1] ?? '', appSecret: match?.[2] ?? '', accessToken: null }
}

function acknowledged(): Answer {
  return ok({ status: 'success', message: 'Your request is being processed.' })
}

function checkPlace(pos: DinePos, ref: string): void {
  if (ref !== pos.restaurantId && ref !== '-1') throw new PosRefusal('restaurant-unknown', `There is no store ${ref}.`)
}

const ITEMS_MAX = 400

function setStock({ pos, body, now }: Call): Answer {
  checkPlace(pos, textIn(body, 'location_ref_id'))
  const action = memberIn(body, 'action', ['enable', 'disable'], 'action')
  const refs = Array.isArray(body.item_ref_ids) ? body.item_ref_ids.map(String) : []
  if (refs.length === 0 || refs.length > ITEMS_MAX) throw invalid('item_ref_ids', `must name 1 to ${ITEMS_MAX} items`)
  const { items } = pos.menu.cardAt(now)
  for (const id of refs) {
    if (items.some((item) => item.id === id)) pos.menu.edit({ kind: 'stock', id, inStock: action === 'enable' }, now)
  }
  pos.tell({ event: 'stock', type: 'item', ids: refs, inStock: action === 'enable', until: null })
  return acknowledged()
}

function setStatus({ pos, params, body }: Call): Answer {
  const order = pos.order(params.id ?? '')
  if (order === null) throw new PosRefusal('order-unknown', `There is no order ${params.id}.`)
  const said = memberIn(body, 'new_status', Object.keys(STATES), 'new_status')
  pos.move(order, STATES[said] ?? 'accepted', textIn(body, 'message') || null)
  return acknowledged()
}

const EVENTS = ['order_placed', 'order_status_update', 'item_state_toggle'] as const

/** One address for orders, one for what becomes of items. */
function setWebhook({ pos, body }: Call): Answer {
  const url = neededText(body, 'url', 'url')
  const event = memberIn(body, 'event_type', EVENTS, 'event_type')
  const active = body.active !== false ? url : null
  pos.callbacks = {
    ...pos.callbacks,
    ...(event === 'item_state_toggle' ? { stockUrl: active } : { orderUrl: active }),
  }
  return ok({ status: 'success', message: 'Webhook saved.', webhook_id: EVENTS.indexOf(event) + 1 })
}

function webhooksOf({ callbacks }: DinePos): JsonObject[] {
  const { orderUrl, stockUrl } = callbacks
  const urls = [orderUrl, orderUrl, stockUrl]
  return EVENTS.flatMap((event_type, at) => {
    const url = urls[at] ?? null
    return url === null ? [] : [{ webhook_id: at + 1, event_type, url, active: true }]
  })
}

function callback(telling: Telling, pos: DinePos): JsonObject | null {
  if (telling.event === 'store') return null
  if (telling.event === 'stock') {
    const { inStock, ids } = telling
    const action = inStock ? 'enable' : 'disable'
    return { action, location_ref_id: pos.restaurantId, items: ids.map((ref_id) => ({ ref_id, status: 'success' })) }
  }
  const { order, status } = telling
  if (status === 'received') return placed(order, pos)
  return {
    order_id: Number(order.posId),
    new_state: wordOf(status),
    store_id: pos.restaurantId,
    timestamp_unix: Math.floor(order.statusAt / 1000),
    message: order.reason ?? '',
  }
}

function wordOf(status: OrderStatus): string {
  return Object.entries(STATES).find(([, each]) => each === status)?.[0] ?? 'Placed'
}

function placed(order: KeptOrder, pos: DinePos): JsonObject {
  const { sums, lines, posId, receivedAt } = order
  const amount = (minor: number) => Number(amountText(minor, pos.exponent))
  return {
    customer: { name: 'A guest' },
    order: {
      details: {
        id: Number(posId),
        channel: order.payment.method,
        created: receivedAt,
        order_type: order.kind,
        order_state: 'Placed',
        order_subtotal: amount(sums.gross),
        total_taxes: amount(sums.tax),
        total_charges: amount(sums.packing),
        discount: amount(sums.discount),
        order_total: amount(sums.total),
        ext_platforms: [{ id: order.clientId, name: order.payment.method }],
      },
      items: lines.map(({ id, name, quantity }) => ({ merchant_id: id, title: name, quantity: Number(quantity) })),
      payment: [{ amount: amount(sums.total), option: 'prepaid' }],
      store: { merchant_ref_id: pos.restaurantId, name: pos.shop.name },
      next_state: 'Acknowledged',
    },
  }
}

/** A guest orders on some platform: so many, told to the POS at once. Answers their numbers. */
export function placeOrders(pos: DinePos, count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    const order = pos.take(guestsOrder(pos), null, '')
    pos.tell({ event: 'order.status', order, status: 'received' })
    return order.posId
  })
}

function guestsOrder(pos: DinePos): OrderDraft {
  const serial = String([...pos.orders()].length)
  const luck = (what: string) => luckOf('guest', what, pos.seed, serial)
  const { items } = pos.menu.cardAt(pos.clock.now())
  const item = items[Math.floor(luck('item') * items.length)]
  if (item === undefined) throw new RangeError('The menu is empty.')
  const units = 1 + Math.floor(luck('quantity') * 3)
  const gross = units * item.price
  const tax = Math.round(gross / 20)
  return {
    clientId: `PLATFORM-${serial}`,
    restaurantId: pos.restaurantId,
    kind: 'delivery',
    scheduledFor: null,
    lines: [{ id: item.id, variationId: '', name: item.name, quantity: String(units), note: '', addons: [] }],
    sums: { gross, discount: 0, tax, service: 0, delivery: 0, packing: 0, tip: 0, total: gross + tax },
    payment: { prepaid: true, method: 'swiggy', amount: gross + tax },
    callbackUrl: null,
  }
}
