import { unpaid } from '../trade/afterlife.ts'
import type { TradePayment, TradeSale } from '../trade/sale.ts'
import type { Act } from './acting.ts'
import { luckOf } from './ids.ts'
import { type OrderLife, orderIdOf, orderOf } from './sale-order.ts'
import { canceled, captured, feeOf, paymentIdOf, paymentOf, rfc3339, tenderOf } from './sale-payments.ts'
import type { Scribe } from './scribe.ts'
import type { Order, PaymentStatus, Tender } from './wire.ts'

// A sale at the till, as acts. No act here raises an order event: the till's orders are found by their payments.

const MINUTE_MS = 60_000
const AUTHORISED_BEFORE_MS = 700
const FEE_AFTER_MS = 10_000

/** A card is authorised and then captured; cash is money at once. The order is COMPLETED with the last payment. */
export function paidActs(scribe: Scribe, sale: TradeSale, closedAt: number): Act[] {
  const acts: Act[] = []
  for (const payment of sale.payments) {
    const id = paymentIdOf(scribe.seller, payment.externalId)
    const card = payment.tender !== 'cash'
    const createdAt = card ? Math.max(sale.openedAt, payment.at - AUTHORISED_BEFORE_MS) : payment.at
    acts.push({ at: createdAt, run: (at) => take(scribe, sale, payment, card ? 'APPROVED' : 'COMPLETED', at) })
    if (!card) continue
    const capture = (at: number) =>
      scribe.changePayment(id, at, (standing) => (standing.status === 'APPROVED' ? captured(standing) : null))
    acts.push({ at: closedAt, run: capture })
  }
  return [...acts, { at: closedAt, run: (at) => close(scribe, sale, at) }]
}

/** What Square keeps of each card payment, some ten seconds after it. */
export function feeActs(scribe: Scribe, sale: TradeSale, paidAt: number): Act[] {
  const { seller } = scribe
  return sale.payments.map((payment) => ({
    at: paidAt + FEE_AFTER_MS + Math.floor(4000 * luckOf('fee', payment.externalId)),
    run: (at) =>
      scribe.changePayment(paymentIdOf(seller, payment.externalId), at, (standing) => {
        const fee = standing.status === 'COMPLETED' ? feeOf(seller, standing) : null
        if (fee === null) return null
        const effective_at = rfc3339(at + 120 * MINUTE_MS)
        return { ...standing, processing_fee: [{ effective_at, type: 'INITIAL', amount_money: fee }] }
      }),
  }))
}

/** A saved ticket: some lines at first, the others a little later, by which `updated_at` does not move. */
export function ticketActs(scribe: Scribe, sale: TradeSale): Act[] {
  const { seller } = scribe
  const open = unpaid(sale)
  const first = firstLinesOf(open)
  const put = (shown: TradeSale, createdAt: number) => {
    scribe.putOrder(orderOf(seller, shown, openLife(createdAt)))
  }
  const acts: Act[] = [{ at: sale.openedAt, run: (at) => put(first ?? open, at) }]
  if (first === null) return acts
  const end = sale.closedAt ?? sale.openedAt + 20 * MINUTE_MS
  const grow = () => {
    const standing = seller.findOrder(orderIdOf(seller, sale.externalId))
    if (standing !== null) put(open, Date.parse(standing.created_at))
  }
  return [...acts, { at: Math.round(sale.openedAt + (end - sale.openedAt) * 0.3), run: grow }]
}

/** Rung up without a network: nothing until it is uploaded, then everything at once with the till's own times. */
export function offlineActs(scribe: Scribe, sale: TradeSale, closedAt: number, uploadedAt: number): Act[] {
  const { seller } = scribe
  const upload = (at: number) => {
    const payments = sale.payments.map((payment) =>
      paymentOf(seller, sale, payment, { status: 'COMPLETED', createdAt: at, updatedAt: at, offlineAt: payment.at }),
    )
    for (const payment of payments) scribe.putPayment(payment)
    const order = orderOf(seller, sale, {
      state: 'COMPLETED',
      created_at: rfc3339(sale.openedAt),
      closed_at: rfc3339(closedAt),
      updated_at: rfc3339(at),
      tenders: payments.map(tenderOf),
    })
    scribe.putOrder(order)
    scribe.settleSlowly(order.id)
    for (const payment of payments) scribe.tellPayment('payment.created', payment, at)
    scribe.follow(order, null, at)
  }
  return [{ at: uploadedAt, run: upload }]
}

/** Cards are authorised and let go; cash that was handed back leaves no payment. */
export function voidedActs(scribe: Scribe, sale: TradeSale): Act[] {
  const { seller } = scribe
  const authorised = sale.closedAt === null ? [] : sale.payments.filter(({ tender }) => tender !== 'cash')
  const acts: Act[] =
    authorised.length === 0
      ? ticketActs(scribe, { ...sale, status: 'open', closedAt: null })
      : authorised.map((payment) => ({ at: payment.at, run: (at) => take(scribe, sale, payment, 'APPROVED', at) }))
  const cancel = (at: number) => {
    for (const { externalId } of authorised) scribe.changePayment(paymentIdOf(seller, externalId), at, canceled)
    const standing = seller.findOrder(orderIdOf(seller, sale.externalId))
    const now = rfc3339(at)
    const life: OrderLife = {
      state: 'CANCELED',
      created_at: standing?.created_at ?? rfc3339(sale.openedAt),
      updated_at: now,
      closed_at: now,
      tenders: tendersOf(scribe, sale),
    }
    scribe.putOrder(orderOf(seller, unpaid(sale), life))
  }
  return [...acts, { at: sale.voidedAt ?? sale.openedAt, run: cancel }]
}

function take(scribe: Scribe, sale: TradeSale, payment: TradePayment, status: PaymentStatus, at: number): void {
  const { seller } = scribe
  const paid = paymentOf(seller, sale, payment, { status, createdAt: at, updatedAt: at })
  scribe.putPayment(paid)
  const standing = seller.findOrder(paid.order_id)
  const life = openLife(standing === null ? Math.min(at, sale.openedAt) : Date.parse(standing.created_at), at)
  scribe.putOrder(orderOf(seller, sale, { ...life, tenders: [...(standing?.tenders ?? []), tenderOf(paid)] }))
  scribe.settleSlowly(paid.order_id)
  scribe.tellPayment('payment.created', paid, at)
}

function close(scribe: Scribe, sale: TradeSale, at: number): void {
  const { seller } = scribe
  const standing = seller.findOrder(orderIdOf(seller, sale.externalId))
  const closed_at = rfc3339(at)
  const order: Order = orderOf(seller, sale, {
    state: 'COMPLETED',
    created_at: standing?.created_at ?? rfc3339(sale.openedAt),
    updated_at: closed_at,
    closed_at,
    tenders: tendersOf(scribe, sale),
  })
  scribe.putOrder(order)
  scribe.follow(order, null, at)
}

/** The standing payments of that sale as its order shows them. */
function tendersOf({ seller }: Scribe, sale: TradeSale): Tender[] {
  return sale.payments.flatMap((payment) => {
    const standing = seller.findPayment(paymentIdOf(seller, payment.externalId))
    return standing === null ? [] : [tenderOf(standing)]
  })
}

function openLife(createdAt: number, updatedAt = createdAt): OrderLife {
  return { state: 'OPEN', created_at: rfc3339(createdAt), updated_at: rfc3339(updatedAt) }
}

/** The sale while only half of it is on the ticket; null where that half could not be told from the whole. */
function firstLinesOf(open: TradeSale): TradeSale | null {
  if (open.lines.length < 2 || open.discount > 0n || open.serviceCharge > 0n) return null
  const lines = open.lines.slice(0, Math.ceil(open.lines.length / 2))
  let [gross, deferred, taxAdded, taxIncluded] = [0n, 0n, 0n, 0n]
  for (const line of lines) {
    if (line.giftCard) deferred += line.gross
    else gross += line.gross
    for (const tax of line.taxes) {
      if (tax.included) taxIncluded += tax.amount
      else taxAdded += tax.amount
    }
  }
  return { ...open, lines, gross, deferred, taxAdded, taxIncluded, total: gross + deferred + taxAdded }
}
