import type { Order } from '#canon/order.ts'
import type { Minor } from '#kernel/money.ts'
import {
  CallFailed,
  Garbled,
  type OutgoingOrder,
  type PreparedOrder,
  type ProviderCall,
  type PushedOrder,
  type Talk,
} from '../../contract.ts'
import { type Json, jsonOf } from '../answers.ts'
import { isObject } from '../read/drift.ts'
import { recordsOf } from '../read/records.ts'
import { search } from '../streams/pages.ts'
import { searchOrders } from './find.ts'
import { isReckoned, orderBody, type TaxWay } from './order-body.ts'
import { paymentBody, paymentRemarks } from './payment-body.ts'
import { pushedOf, type SquareOrder, squareOrder } from './square-order.ts'

// Putting an order in: what Square would count (asked only where it counts by itself), the order, and its payment. Both
// that change something carry a key, so that having the talk again goes on where it stopped.

export function prepare(outgoing: OutgoingOrder): PreparedOrder {
  const { order, key, location } = outgoing
  const { body, remarks } = orderBody(outgoing, 'rates')
  const pay = order.test || order.total === 0n ? [] : [payCall(order, key, '{order}', location, order.total)]
  return {
    calls: [...(isReckoned(order) ? [calculateCall(body)] : []), createCall(key, body), ...pay],
    problems: [],
    warnings: [...remarks, ...paymentRemarks(order)],
  }
}

export function* push(_link: unknown, outgoing: OutgoingOrder): Talk<PushedOrder> {
  const way = yield* taxWayOf(outgoing)
  const made = yield* create(outgoing, way)
  return yield* pay(outgoing, made)
}

/** Asks what Square would come to; a total that is not ours to the cent is none of ours. */
function* taxWayOf(outgoing: OutgoingOrder): Talk<TaxWay> {
  if (!isReckoned(outgoing.order)) return 'rates'
  const answer = jsonOf(yield calculateCall(orderBody(outgoing, 'rates').body))
  return squareOrder(answer.order).total === outgoing.order.total ? 'rates' : 'charges'
}

function* create(outgoing: OutgoingOrder, way: TaxWay): Talk<SquareOrder> {
  try {
    return squareOrder(jsonOf(yield createCall(outgoing.key, orderBody(outgoing, way).body)).order)
  } catch (failure) {
    // An earlier try with this key said something else, since a mapping was changed between the two. It counts.
    if (!(failure instanceof CallFailed) || !isReused(failure)) throw failure
    const [earlier] = (yield* searchOrders(outgoing, null)).filter(({ reference }) => reference === outgoing.reference)
    if (earlier === undefined) throw failure
    return earlier
  }
}

function isReused({ verdict }: CallFailed): boolean {
  return verdict.kind === 'refused' && verdict.code === 'IDEMPOTENCY_KEY_REUSED'
}

/** Pays what is due. An order whose total is not what was promised is left unpaid: what it says is a person's to judge. */
export function* pay(outgoing: OutgoingOrder, made: SquareOrder): Talk<PushedOrder> {
  const { order, key, location } = outgoing
  if (order.test || made.isPaid || made.total !== order.total) return pushedOf(made, [])
  if (order.total === 0n) {
    const call = write('orders.pay', `/v2/orders/${encodeURIComponent(made.id)}/pay`, {
      idempotency_key: `pay-${key}`,
      payment_ids: [],
    })
    return pushedOf(squareOrder(jsonOf(yield call).order), [])
  }
  const answer = jsonOf(yield payCall(order, key, made.id, location, made.due))
  return pushedOf({ ...made, isPaid: true }, paymentRecords(answer))
}

/** An answer that shows no payment leaves open whether there is one. */
function paymentRecords(answer: Json) {
  if (!isObject(answer.payment)) throw new Garbled('the answer holds no payment')
  return recordsOf('payment', answer)
}

function calculateCall(order: Json): ProviderCall {
  return search('orders.calculate', '/v2/orders/calculate', { order })
}

function createCall(key: string, order: Json): ProviderCall {
  return write('orders.create', '/v2/orders', { idempotency_key: key, order })
}

function payCall(order: Order, key: string, orderId: string, location: string, due: Minor): ProviderCall {
  return write('payments.create', '/v2/payments', paymentBody(order, key, orderId, location, due))
}

/** A call that changes something, made harmless to repeat by the key in its body. */
export function write(name: string, path: string, body: Json, method: 'POST' | 'PUT' = 'POST'): ProviderCall {
  return { name, method, path, body: JSON.stringify(body), repeatable: true, writes: true }
}
