import { rfc3339, versionTokenOf } from './sale-payments.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import type { Order, Payment, Refund } from './wire.ts'

type OrderEvent = 'order.created' | 'order.updated' | 'order.fulfillment.updated'

/** Writes into one seller's account what has happened, and tells of it as Square would. */
export class Scribe {
  readonly seller: Seller
  readonly square: Square

  constructor(square: Square, seller: Seller) {
    this.square = square
    this.seller = seller
  }

  /** Orders of the till are told to nobody. */
  putOrder(order: Order): void {
    this.seller.putOrder(order, this.square.clock.now())
  }

  putPayment(payment: Payment): void {
    this.seller.putPayment(payment, this.square.clock.now())
  }

  putRefund(refund: Refund): void {
    this.seller.refunds.put(refund, this.square.clock.now())
  }

  /** A new state of a payment: told, with a new time and version token. Nothing where there is no such payment. */
  changePayment(id: string | undefined, at: number, change: (payment: Payment) => Payment | null): void {
    const standing = id === undefined ? null : this.seller.findPayment(id)
    const changed = standing === null ? null : change(standing)
    if (changed === null) return
    const updated_at = rfc3339(at)
    const payment = { ...changed, updated_at, version_token: versionTokenOf(changed.id, updated_at) }
    this.putPayment(payment)
    this.tellPayment('payment.updated', payment, at)
  }

  tellPayment(type: 'payment.created' | 'payment.updated', payment: Payment, at: number): void {
    this.square.raise(this.seller, { type, dataType: 'payment', id: payment.id, object: { payment }, at })
  }

  /** Only the webhook's copy of a refund has a version. */
  tellRefund(type: 'refund.created' | 'refund.updated', refund: Refund, at: number): void {
    const version = type === 'refund.created' ? 1 : 4
    const object = { refund: { ...refund, version } }
    const { id, location_id: locationId } = refund
    this.square.raise(this.seller, { type, dataType: 'refund', id, object, locationId, at })
  }

  tellOrder(type: Exclude<OrderEvent, 'order.fulfillment.updated'>, order: Order, at: number): void {
    this.square.raise(this.seller, orderHappening(type, order, at, []))
  }

  /** A change of an order, and before it that of its fulfilments if their state has changed. */
  tellMoved(before: Order, order: Order, at: number): void {
    const moves = movesOf(before, order)
    if (moves.length > 0) this.square.raise(this.seller, orderHappening('order.fulfillment.updated', order, at, moves))
    this.tellOrder('order.updated', order, at)
  }

  /** Stock, customers, loyalty and gift cards move with an order that was paid or that brings goods back. */
  follow(order: Order, refund: Refund | null, at: number): void {
    const payments = (order.tenders ?? []).flatMap(({ id }) => this.seller.findPayment(id) ?? [])
    const refunds = refund === null ? [] : [refund]
    for (const event of this.seller.reads.follow({ order, payments, refunds, at })) {
      this.square.raise(this.seller, { ...event, at })
    }
  }

  /** The faults under which an order cannot be read whole just after its payment. */
  settleSlowly(orderId: string): void {
    const { faults, clock } = this.square
    for (const [name, shows] of UNSETTLED) {
      if (!faults.strikes(name)) continue
      this.seller.settling.set(orderId, { until: clock.now() + 1000 * faults.valueOf(name), shows })
    }
  }
}

const UNSETTLED = [
  ['thin-event', 'no lines'],
  ['early-event', 'nothing'],
] as const

/** The summary that order events carry: what changed must be read. */
function orderHappening(type: OrderEvent, order: Order, at: number, moves: readonly Move[]) {
  const key = type.replaceAll('.', '_')
  const summary = {
    order_id: order.id,
    ...(order.version !== undefined && { version: order.version }),
    location_id: order.location_id,
    state: order.state,
    created_at: order.created_at,
    ...(type !== 'order.created' && { updated_at: order.updated_at }),
    ...(moves.length > 0 && { fulfillment_update: moves }),
  }
  return { type, dataType: key, id: order.id, object: { [key]: summary }, at }
}

type Move = { readonly fulfillment_uid: string; readonly old_state: string; readonly new_state: string }

function movesOf(before: Order, after: Order): Move[] {
  const states = new Map((before.fulfillments ?? []).map(({ uid, state }) => [uid, state]))
  return (after.fulfillments ?? []).flatMap(({ uid, state }) => {
    const old = states.get(uid)
    return old === undefined || old === state ? [] : [{ fulfillment_uid: uid, old_state: old, new_state: state }]
  })
}
