import { unpaid } from '../trade/afterlife.ts'
import type { TradeSale } from '../trade/sale.ts'
import type { Act } from './acting.ts'
import { luckOf, mixedId } from './ids.ts'
import { type OrderLife, orderIdOf, orderOf } from './sale-order.ts'
import { paymentOf, rfc3339, tenderOf } from './sale-payments.ts'
import type { Scribe } from './scribe.ts'
import type { Fulfillment, Order } from './wire.ts'

// A sale of Square Online: made through the API, so it has versions and events of its own. DRAFT while the guest is
// choosing, OPEN when it is paid, COMPLETED when it is fetched, which is when `closed_at` appears.

const COLLECTED_AFTER_MS = 20 * 60_000

export function onlineActs(scribe: Scribe, sale: TradeSale, paidAt: number): { acts: Act[]; collectedAt: number } {
  const collectedAt = paidAt + Math.round(COLLECTED_AFTER_MS * (0.5 + luckOf('collected', sale.externalId)))
  const acts: Act[] = [
    { at: sale.openedAt, run: (at) => draft(scribe, sale, at) },
    { at: paidAt, run: (at) => pay(scribe, sale, at) },
    { at: collectedAt, run: (at) => collect(scribe, sale, at) },
  ]
  return { acts, collectedAt }
}

function draft(scribe: Scribe, sale: TradeSale, at: number): void {
  const order = orderOf(scribe.seller, unpaid(sale), lifeOf(sale, 'DRAFT', 1, at))
  scribe.putOrder(order)
  scribe.tellOrder('order.created', order, at)
}

function pay(scribe: Scribe, sale: TradeSale, at: number): void {
  const { seller } = scribe
  const payments = sale.payments.map((payment) =>
    paymentOf(seller, sale, payment, { status: 'COMPLETED', createdAt: at, updatedAt: at }),
  )
  for (const payment of payments) scribe.putPayment(payment)
  const order = orderOf(seller, sale, { ...lifeOf(sale, 'OPEN', 4, at), tenders: payments.map(tenderOf) })
  scribe.putOrder(order)
  scribe.settleSlowly(order.id)
  for (const payment of payments) scribe.tellPayment('payment.created', payment, at)
  scribe.tellOrder('order.updated', order, at)
  scribe.follow(order, null, at)
}

function collect(scribe: Scribe, sale: TradeSale, at: number): void {
  const standing = scribe.seller.findOrder(orderIdOf(scribe.seller, sale.externalId))
  if (standing === null) return
  const now = rfc3339(at)
  const order: Order = {
    ...standing,
    fulfillments: [fulfillmentOf(sale, 'COMPLETED')],
    state: 'COMPLETED',
    version: 6,
    updated_at: now,
    closed_at: now,
  }
  scribe.putOrder(order)
  scribe.tellMoved(standing, order, at)
}

function lifeOf(sale: TradeSale, state: Order['state'], version: number, at: number): OrderLife {
  return {
    state,
    created_at: rfc3339(sale.openedAt),
    updated_at: rfc3339(at),
    version,
    fulfillments: [fulfillmentOf(sale, 'PROPOSED')],
  }
}

function fulfillmentOf(sale: TradeSale, state: string): Fulfillment {
  return {
    uid: mixedId(22, 'fulfillment', sale.externalId),
    type: 'PICKUP',
    state,
    pickup_details: {
      schedule_type: 'ASAP',
      recipient: { display_name: `Guest ${sale.number.slice(-4)}` },
      placed_at: rfc3339(sale.openedAt),
      prep_time_duration: 'PT15M',
    },
  }
}
