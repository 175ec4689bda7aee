import { type Answer, type JsonObject, ok, PosRefusal, type RefusalCode } from './answer.ts'
import type { DinePos } from './dine-pos.ts'
import { pushOrder } from './intake.ts'
import type { MenuCard } from './menu.ts'
import { amountText, minorOf, thousandthsOf, times } from './money.ts'
import { cancellable, type KeptOrder, type OrderDraft, type OrderLine, type OrderSums, type Telling } from './order.ts'
import type { Call, Endpoint, Presented, Profile } from './profile.ts'
import { invalid, listIn, memberIn, neededText, objectIn, textIn } from './reading.ts'

// The contract that stands in where the vendor's own is not known: credentials in headers (or in the body), one address
// for orders with an idempotency key, signed callbacks.

export function defaultProfile(placement: 'header' | 'body'): Profile {
  const credentials = placement === 'header' ? fromHeaders : fromBody
  const endpoint = (path: string, name: string, answer: Endpoint['answer']): Endpoint => ({
    method: 'POST',
    path,
    name,
    credentials,
    answer,
  })
  return {
    name: 'default',
    endpoints: [
      endpoint('/orders', 'orders.push', push),
      endpoint('/orders/:order_id/cancel', 'orders.cancel', cancel),
      endpoint('/menu', 'menu.get', menu),
    ],
    refused,
    callback,
    signs: true,
    callbackWaitsMs: [10_000, 60_000, 300_000],
  }
}

function fromHeaders({ headers }: Call): Presented {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  return { appKey: headers['x-app-key'] ?? '', appSecret: headers['x-app-secret'] ?? '', accessToken: bearer ?? '' }
}

export function fromBody({ body }: Call): Presented {
  return {
    appKey: textIn(body, 'app_key'),
    appSecret: textIn(body, 'app_secret'),
    accessToken: textIn(body, 'access_token'),
  }
}

const CODES: Readonly<Record<RefusalCode, readonly [errorCode: string, status: number]>> = {
  unauthorized: ['UNAUTHORIZED', 401],
  'token-expired': ['TOKEN_EXPIRED', 401],
  'restaurant-unknown': ['RESTAURANT_UNKNOWN', 200],
  validation: ['VALIDATION', 200],
  'item-unknown': ['ITEM_UNKNOWN', 200],
  'item-out-of-stock': ['ITEM_OUT_OF_STOCK', 200],
  'restaurant-closed': ['RESTAURANT_CLOSED', 200],
  'total-mismatch': ['TOTAL_MISMATCH', 200],
  'key-reused': ['IDEMPOTENCY_KEY_REUSED', 200],
  'order-unknown': ['ORDER_UNKNOWN', 200],
  'cannot-cancel': ['CANNOT_CANCEL', 200],
  'not-saved': ['NOT_SAVED', 200],
}

function refused({ code, message, fields }: PosRefusal): Answer {
  const [errorCode, status] = CODES[code]
  const some = Object.keys(fields).length > 0
  return { status, body: { success: '0', message, errorCode, ...(some && { validation_errors: fields }) } }
}

// ── Orders ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function push(call: Call): Answer {
  const draft = draftOf(call)
  const key = call.headers['idempotency-key'] ?? ''
  return pushOrder(call, draft, key === '' ? null : key, {
    saved: ({ clientId, posId }) => ({
      success: '1',
      message: 'Order saved.',
      order_id: clientId,
      orderID: posId,
    }),
    duplicate: ({ clientId, posId }) => ({
      success: '0',
      message: 'Order already exists.',
      errorCode: 'DUPLICATE_ORDER',
      order_id: clientId,
      orderID: posId,
    }),
  })
}

function draftOf({ body, pos }: Call): OrderDraft {
  const clientId = neededText(body, 'order_id', 'order_id')
  const restaurantId = neededText(body, 'restaurant_id', 'restaurant_id')
  const kind = memberIn(body, 'order_type', ['delivery', 'pickup', 'dine_in'], 'order_type')
  const items = listIn(body, 'items')
  const payment = objectIn(body, 'payment')
  const mode = memberIn(payment, 'mode', ['cod', 'prepaid'], 'payment.mode')
  instantIn(body, 'created_at')
  const callbackUrl = textIn(body, 'callback_url')
  return {
    clientId,
    restaurantId,
    kind,
    scheduledFor: textIn(body, 'scheduled_for') === '' ? null : instantIn(body, 'scheduled_for'),
    lines: items.map(lineOf),
    sums: sumsOf(body, items, pos.exponent),
    payment: {
      prepaid: mode === 'prepaid',
      method: textIn(payment, 'method'),
      amount: amountIn(payment, 'amount', pos.exponent, 'payment.amount'),
    },
    callbackUrl: callbackUrl === '' ? null : callbackUrl,
  }
}

/** With its zone: the contract has none to guess. */
function instantIn(from: JsonObject, field: string): number {
  const text = neededText(from, field, field)
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN
  if (Number.isNaN(instant)) throw invalid(field, 'must be a time with its zone')
  return instant
}

function lineOf(item: JsonObject, at: number): OrderLine {
  const path = `items.${at}`
  const quantity = neededText(item, 'quantity', `${path}.quantity`)
  if (thousandthsOf(quantity) === null) throw invalid(`${path}.quantity`, 'must be a positive number')
  return {
    id: textIn(item, 'id'),
    variationId: textIn(item, 'variation_id'),
    name: neededText(item, 'name', `${path}.name`),
    quantity,
    note: textIn(item, 'note'),
    addons: listIn(item, 'addons').map((addon, nth) => {
      const addonQuantity = textIn(addon, 'quantity') || '1'
      if (thousandthsOf(addonQuantity) === null) throw invalid(`${path}.addons.${nth}.quantity`, 'must be positive')
      return { id: textIn(addon, 'id'), name: textIn(addon, 'name'), quantity: addonQuantity }
    }),
  }
}

/** How far a total may lie from its parts, in minor units. */
const TOLERANCE = 1

/**
 * Whether addons count once for each unit or once for the line the contract leaves open, so either may fit; the
 * discounts of the order have those of its lines inside, and the tax total that of the charges.
 */
function sumsOf(body: JsonObject, items: readonly JsonObject[], exponent: number): OrderSums {
  const amount = (from: JsonObject, field: string, path: string) => amountIn(from, field, exponent, path)
  const total = amount(body, 'total', 'total')
  const charges = { delivery: 0, packing: 0, service: 0, tip: 0 }
  listIn(body, 'charges').forEach((charge, at) => {
    const type = memberIn(charge, 'type', ['delivery', 'packing', 'service', 'tip'], `charges.${at}.type`)
    charges[type] += amount(charge, 'amount', `charges.${at}.amount`)
  })
  const discount = listIn(body, 'discounts').reduce(
    (sum, each, at) => sum + amount(each, 'amount', `discounts.${at}.amount`),
    0,
  )
  const tax = amount(body, 'tax_total', 'tax_total')
  const besides = tax + charges.delivery + charges.packing + charges.service + charges.tip - discount
  const fits = [grossOf(items, exponent, true), grossOf(items, exponent, false)]
  const gross = fits.find((each) => Math.abs(each + besides - total) <= TOLERANCE)
  if (gross === undefined) {
    const [first = 0] = fits
    const text = (minor: number) => amountText(minor, exponent)
    throw new PosRefusal('total-mismatch', `The order adds up to ${text(first + besides)}, not ${text(total)}.`, {
      total: `does not add up.`,
    })
  }
  return { gross, discount, tax, ...charges, total }
}

function grossOf(items: readonly JsonObject[], exponent: number, addonsByUnit: boolean): number {
  return items.reduce((sum, item, at) => {
    const quantity = thousandthsOf(textIn(item, 'quantity')) ?? 0
    const addons = listIn(item, 'addons').reduce((whole, addon, nth) => {
      const price = amountIn(addon, 'price', exponent, `items.${at}.addons.${nth}.price`)
      return whole + times(price, thousandthsOf(textIn(addon, 'quantity') || '1') ?? 0)
    }, 0)
    const price = amountIn(item, 'unit_price', exponent, `items.${at}.unit_price`)
    return sum + times(price, quantity) + (addonsByUnit ? times(addons, quantity) : addons)
  }, 0)
}

function amountIn(from: JsonObject, field: string, exponent: number, path: string): number {
  const amount = minorOf(textIn(from, field), exponent)
  if (amount === null || amount < 0) throw invalid(path, 'must be an amount such as "126.00"')
  return amount
}

function cancel({ pos, params, body }: Call): Answer {
  if (textIn(body, 'restaurant_id') !== pos.restaurantId) {
    throw new PosRefusal('restaurant-unknown', `There is no restaurant ${textIn(body, 'restaurant_id')}.`)
  }
  const order = cancelled(pos, params.order_id ?? '', textIn(body, 'reason'))
  return ok({ success: '1', message: 'Order cancelled.', order_id: order.clientId, orderID: order.posId })
}

/** Calls an order off for the customer; once more is as good as once. */
export function cancelled(pos: DinePos, clientId: string, reason: string): KeptOrder {
  const order = pos.ordersOf(clientId).at(-1)
  if (order === undefined) throw new PosRefusal('order-unknown', `There is no order ${clientId}.`)
  if (order.status === 'cancelled') return order
  if (!cancellable(order.status)) {
    throw new PosRefusal('cannot-cancel', `The order is ${order.status} and cannot be cancelled.`)
  }
  pos.move(order, 'cancelled', reason === '' ? null : reason)
  return order
}

// ── Menu and callbacks ──────────────────────────────────────────────────────────────────────────────────────────────

function menu({ pos, body, now }: Call): Answer {
  if (textIn(body, 'restaurant_id') !== pos.restaurantId) {
    throw new PosRefusal('restaurant-unknown', `There is no restaurant ${textIn(body, 'restaurant_id')}.`)
  }
  const { restaurantId: restaurant_id, open, exponent } = pos
  return ok({ success: '1', restaurant_id, open: flag(open), ...menuOnTheWire(pos.menu.cardAt(now), exponent) })
}

function menuOnTheWire({ categories, items, groups, taxes }: MenuCard, exponent: number): JsonObject {
  const price = (minor: number) => amountText(minor, exponent)
  return {
    categories,
    items: items.map((item) => ({
      id: item.id,
      name: item.name,
      sku: item.sku,
      category_id: item.categoryId,
      price: price(item.price),
      tax_ids: item.taxIds,
      in_stock: flag(item.inStock),
      variations: item.variations.map(({ id, variationId, name, sku, price: amount, inStock }) => ({
        id,
        variation_id: variationId,
        name,
        sku,
        price: price(amount),
        in_stock: flag(inStock),
      })),
      addon_groups: item.addonGroups.map(({ id, min, max }) => ({ id, min: String(min), max: String(max) })),
    })),
    addon_groups: groups.map(({ id, name, addons }) => ({
      id,
      name,
      items: addons.map((addon) => ({
        ...addon,
        price: price(addon.price),
        inStock: undefined,
        in_stock: flag(addon.inStock),
      })),
    })),
    taxes: taxes.map(({ id, name, rate, included }) => ({ id, name, rate, included: flag(included) })),
  }
}

function flag(is: boolean): '1' | '0' {
  return is ? '1' : '0'
}

function callback(telling: Telling, { restaurantId: restaurant_id }: DinePos): JsonObject {
  if (telling.event === 'stock') {
    const { type, inStock: in_stock, ids: item_ids, until } = telling
    return { restaurant_id, type, in_stock, item_ids, auto_turn_on_at: timeText(until) }
  }
  if (telling.event === 'store') {
    const { open, until, reason } = telling
    return { restaurant_id, open, turn_on_at: timeText(until), reason }
  }
  const { order, status } = telling
  return {
    event: 'order.status',
    restaurant_id,
    order_id: order.clientId,
    pos_order_id: order.posId,
    status,
    ...(status === 'accepted' && { prep_minutes: 20 }),
    ...(status === 'dispatched' && { delivery_minutes: 15, rider: { name: 'A rider', phone: '+910000000000' } }),
    ...(order.reason !== null && { reason: order.reason }),
    is_modified: false,
  }
}

function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
