import { hash } from 'node:crypto'
import { CallFailed, type OrderReport, type OutgoingOrder, type PushedOrder, type Talk } from '../../contract.ts'
import { jsonOf, objectsIn } from '../answers.ts'
import { search } from '../streams/pages.ts'
import { fulfilmentOf } from './fulfilment.ts'
import { write } from './push.ts'
import { pushedOf, reportOf, type SquareOrder, squareOrder } from './square-order.ts'

// What becomes of an order that is in: asked, taken back, changed. A change names the version that it is of; where
// somebody else was faster, the order is read again and changed once more.

const TRIES_MAX = 3

export function* report(_link: unknown, externalId: string): Talk<OrderReport | null> {
  const order = yield* get(externalId)
  return order === null ? null : reportOf(order)
}

/** Square lets an order go that is not paid. One that is has to be refunded first, and that is a person's to decide. */
export function* cancel(_link: unknown, externalId: string, outgoing: OutgoingOrder): Talk<void> {
  yield* changed(externalId, (order) => {
    if (order.progress === 'cancelled') return null
    if (order.isPaid) {
      const say = 'The order is paid at Square: refund it there, which takes it back as well.'
      throw new CallFailed('orders.update', { kind: 'refused', code: 'ORDER_PAID', say }, true)
    }
    const fulfillments = order.fulfilmentUid === null ? [] : [{ uid: order.fulfilmentUid, state: 'CANCELED' }]
    return {
      key: `cancel-${outgoing.key}`,
      change: { state: 'CANCELED', ...(fulfillments.length === 0 ? {} : { fulfillments }) },
    }
  })
}

/** Note and promised time; lines and prices of an order that is paid stand. */
export function* amend(_link: unknown, externalId: string, outgoing: OutgoingOrder): Talk<PushedOrder> {
  const { body } = fulfilmentOf(outgoing.order)
  const { pickup_details } = body as { pickup_details: object }
  const order = yield* changed(externalId, ({ fulfilmentUid, progress, version }) => {
    if (fulfilmentUid === null || progress === 'completed' || progress === 'cancelled') {
      const say = 'The order is over at Square, and nothing of it can be changed any more.'
      throw new CallFailed('orders.update', { kind: 'refused', code: 'ORDER_OVER', say }, true)
    }
    const content = hash('sha256', `${version} ${JSON.stringify(pickup_details)}`, 'hex').slice(0, 32)
    return {
      key: `amend-${outgoing.key}-${content}`,
      change: { fulfillments: [{ uid: fulfilmentUid, pickup_details }] },
    }
  })
  return pushedOf(order, [])
}

type Change = { readonly key: string; readonly change: Readonly<Record<string, unknown>> }

function* changed(externalId: string, how: (order: SquareOrder) => Change | null): Talk<SquareOrder> {
  for (let tries = 1; ; tries++) {
    const order = yield* get(externalId)
    if (order === null) throw new CallFailed('orders.get', { kind: 'missing', code: 'NOT_FOUND' }, true)
    const wanted = how(order)
    if (wanted === null) return order
    const version = order.version === null ? {} : { version: order.version }
    try {
      const call = write(
        'orders.update',
        `/v2/orders/${encodeURIComponent(externalId)}`,
        {
          idempotency_key: `${wanted.key}-${order.version ?? 0}`,
          order: { location_id: order.body.location_id, ...version, ...wanted.change },
        },
        'PUT',
      )
      return squareOrder(jsonOf(yield call).order)
    } catch (failure) {
      if (!(failure instanceof CallFailed) || failure.verdict.kind !== 'conflict' || tries >= TRIES_MAX) throw failure
    }
  }
}

function* get(externalId: string): Talk<SquareOrder | null> {
  const body = { order_ids: [externalId] }
  const [order] = objectsIn(jsonOf(yield search('orders.get', '/v2/orders/batch-retrieve', body)).orders)
  return order === undefined ? null : squareOrder(order)
}
