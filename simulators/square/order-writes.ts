import { type Answer, type JsonObject, ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { changedFulfillments, checkLengths, isPaid, settled } from './fulfilments.ts'
import { withKey } from './idempotency.ts'
import { mixedId } from './ids.ts'
import { orderFromRequest } from './pushed-order.ts'
import { integerOf, memberOf, objectOf, objectsOf, textOf, textsOf } from './reads/request.ts'
import { invalid, notFound, SquareRefusal } from './refusal.ts'
import { rfc3339 } from './sale-payments.ts'
import { Scribe } from './scribe.ts'
import type { Seller } from './seller.ts'
import type { Order } from './wire.ts'

// Orders pushed in: made, priced without being made, changed by version, paid where there is nothing to pay.
//
// A paid order stays OPEN while a fulfilment is on its way (PROPOSED, RESERVED, PREPARED) and is COMPLETED when all
// have ended; an unpaid one can be CANCELED.

const WRITE = ['ORDERS_WRITE']
const PAY = ['ORDERS_WRITE', 'PAYMENTS_WRITE']
const KEY_MAX = 192

export const orderWriteEndpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/v2/orders', name: 'orders.create', scopes: WRITE, answer: createOrder },
  { method: 'POST', path: '/v2/orders/calculate', name: 'orders.calculate', scopes: [], answer: calculateOrder },
  { method: 'PUT', path: '/v2/orders/:order_id', name: 'orders.update', scopes: WRITE, answer: updateOrder },
  { method: 'POST', path: '/v2/orders/:order_id/pay', name: 'orders.pay', scopes: PAY, answer: payOrder },
]

function createOrder(call: Call): Answer {
  const { square, seller, body, now } = call
  const answer = withKey(call, 'orders.create', KEY_MAX, (key) => {
    const id = freeId(seller, key ?? `${now} ${square.answered.size} ${seller.pushedCount}`)
    const order = orderFromRequest(call, neededOrder(body), id)
    seller.pushedCount++
    const scribe = new Scribe(square, seller)
    scribe.putOrder(order)
    scribe.tellOrder('order.created', order, now)
    return { order }
  })
  const { order } = answer.body as { readonly order: Order }
  const { id: order_id, reference_id = null } = order
  const key = textOf(body, 'idempotency_key') ?? null
  square.requests.pushed({ key, order_id, merchant_id: seller.merchantId, reference_id })
  return answer
}

/** The id goes by the key; a key that was forgotten makes another order. */
function freeId(seller: Seller, key: string): string {
  const id = mixedId(28, 'pushed', seller.merchantId, key)
  return seller.findOrder(id) === null ? id : mixedId(28, 'pushed', seller.merchantId, key, String(seller.pushedCount))
}

function calculateOrder(call: Call): Answer {
  const { version: _version, ...order } = orderFromRequest(call, neededOrder(call.body), 'preview')
  return ok({ order })
}

function updateOrder(call: Call): Answer {
  const { square, seller, body, params, now } = call
  return withKey(call, `orders.update ${params.order_id}`, KEY_MAX, () => {
    const standing = changeable(call)
    const asked = neededOrder(body)
    if (integerOf(asked, 'version') !== standing.version) throw stale(standing)
    for (const field of ['line_items', 'taxes', 'discounts', 'service_charges']) {
      if (asked[field] !== undefined) {
        throw invalid('BAD_REQUEST', `The simulator does not play changes of ${field}.`, `order.${field}`)
      }
    }
    checkLengths(asked, { reference_id: 40, ticket_name: 30 }, 'order')
    const fulfillments = changedFulfillments(standing.fulfillments ?? [], objectsOf(asked, 'fulfillments'), now)
    const changed: Order = {
      ...standing,
      ...(textOf(asked, 'reference_id') !== undefined && { reference_id: textOf(asked, 'reference_id') ?? '' }),
      ...(textOf(asked, 'ticket_name') !== undefined && { ticket_name: textOf(asked, 'ticket_name') ?? '' }),
      ...(fulfillments.length > 0 && { fulfillments }),
      version: (standing.version ?? 0) + 1,
      updated_at: rfc3339(now),
    }
    const order = ended(changed, memberOf(asked, 'state', ['OPEN', 'COMPLETED', 'CANCELED', 'DRAFT']), now)
    const scribe = new Scribe(square, seller)
    scribe.putOrder(order)
    scribe.tellMoved(standing, order, now)
    return { order }
  })
}

/** Of a total of nought, which no payment can pay. */
function payOrder(call: Call): Answer {
  const { square, seller, body, params, now } = call
  return withKey(call, `orders.pay ${params.order_id}`, KEY_MAX, () => {
    const standing = changeable(call)
    if (textsOf(body, 'payment_ids').length > 0) {
      throw invalid(
        'BAD_REQUEST',
        'The simulator pays orders of nought only; pay others with CreatePayment.',
        'payment_ids',
      )
    }
    if (standing.net_amount_due_money.amount !== 0) {
      throw invalid('PAYMENT_AMOUNT_MISMATCH', 'The payments do not cover the order.', 'payment_ids')
    }
    const order = settled({ ...standing, version: (standing.version ?? 0) + 1, updated_at: rfc3339(now) }, now)
    const scribe = new Scribe(square, seller)
    scribe.putOrder(order)
    scribe.tellOrder('order.updated', order, now)
    scribe.follow(order, null, now)
    square.paid(seller, order.id)
    return { order }
  })
}

/** The order of the address, if the API may change it: the till's own have no version. */
export function changeable(
  { seller, params, body }: Call,
  id = params.order_id ?? textOf(body, 'order_id') ?? '',
): Order {
  const standing = seller.findOrder(id)
  if (standing === null) throw notFound(`Order not found for id ${id}`)
  if (standing.version === undefined) {
    throw invalid('BAD_REQUEST', 'This order was not made by the API and cannot be changed by it.', 'order.version')
  }
  if (standing.state === 'COMPLETED' || standing.state === 'CANCELED') {
    throw invalid('BAD_REQUEST', `The order is ${standing.state} and cannot be changed.`, 'order.state')
  }
  return standing
}

function ended(order: Order, state: Order['state'] | undefined, now: number): Order {
  const paid = isPaid(order)
  if (state === 'CANCELED') {
    if (paid) throw invalid('BAD_REQUEST', 'A paid order cannot be canceled; refund it first.', 'order.state')
    return {
      ...order,
      state,
      closed_at: rfc3339(now),
      net_amount_due_money: { ...order.net_amount_due_money, amount: 0 },
    }
  }
  if (state === 'COMPLETED' && !paid) throw invalid('BAD_REQUEST', 'The order is not paid.', 'order.state')
  return paid ? settled(order, now) : order
}

function neededOrder(body: JsonObject): JsonObject {
  const order = objectOf(body, 'order')
  if (order === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', 'Missing required parameter order.', 'order')
  return order
}

function stale(standing: Order): SquareRefusal {
  return new SquareRefusal(409, {
    category: 'INVALID_REQUEST_ERROR',
    code: 'VERSION_MISMATCH',
    detail: `The order has version ${standing.version}.`,
    field: 'order.version',
  })
}
