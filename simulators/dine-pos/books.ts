import type { BooksQuery } from '../stage/control.ts'
import { dayNumber, instantOf } from '../trade/calendar.ts'
import type { TradeRefund, TradeSale } from '../trade/sale.ts'
import type { Counter } from './counter.ts'
import type { DinePos } from './dine-pos.ts'
import { type KeptOrder, type OrderStatus, STATUSES } from './order.ts'

// The simulator's own totals. An order that was pushed in counts as a sale when it has been delivered, at that instant;
// one that was rejected or called off counts nowhere but in its status. The counter's sales count when they are paid.

const TENDERS = ['cash', 'card', 'gift_card', 'wallet', 'bank_transfer', 'voucher', 'other'] as const
type TenderKind = (typeof TENDERS)[number]
type TenderBooks = { payments: number; amount: number; refunded: number }

/** In minor units. total = gross − discount + tax_added + service + tip + rounding + deferred. */
type Totals = {
  count: number
  total: number
  gross: number
  discount: number
  tax_added: number
  tax_included: number
  tip: number
  /** Service, delivery and packing. */
  service: number
  rounding: number
  deferred: number
  readonly refunds: { count: number; amount: number; tax: number; tip: number }
  readonly by_tender: Record<TenderKind, TenderBooks>
}

export type DinePosBooks = Totals & {
  readonly currency: string
  /** The same of pushed orders alone, with all of them by their state, and of the counter alone. */
  readonly pushed: Totals & { readonly by_status: Readonly<Record<OrderStatus, { count: number; total: number }>> }
  readonly counter: Totals
}

type Span = { readonly from: number; readonly to: number }

/** Refuses a location that is not this restaurant, and times that are none. */
export function booksOf(pos: DinePos, counter: Counter, query: BooksQuery): DinePosBooks[] {
  const { restaurantId, shop } = pos
  for (const asked of [query.location, query.merchant]) {
    if (asked !== undefined && asked !== restaurantId) throw new RangeError(`There is no restaurant ${asked}.`)
  }
  const span = spanOf(query, shop.timeZone)
  const now = pos.clock.now()
  const [whole, pushed, sold] = [totals(), totals(), totals()]
  const byStatus = Object.fromEntries(STATUSES.map((status) => [status, { count: 0, total: 0 }]))
  for (const order of pos.orders()) {
    if (within(span, order.receivedAt)) {
      const status = byStatus[order.status] ?? { count: 0, total: 0 }
      status.count++
      status.total += order.sums.total
    }
    if (order.status === 'delivered' && within(span, order.statusAt))
      for (const book of [whole, pushed]) addOrder(book, order)
  }
  for (const sale of counter.sales()) {
    for (const book of [whole, sold]) addSale(book, sale, { from: span.from, to: Math.min(span.to, now + 1) })
  }
  const by_status = byStatus as Record<OrderStatus, { count: number; total: number }>
  return [{ currency: shop.currency.code, ...whole, pushed: { ...pushed, by_status }, counter: sold }]
}

function addOrder(book: Totals, { sums, payment }: KeptOrder): void {
  book.count++
  book.total += sums.total
  book.gross += sums.gross
  book.discount += sums.discount
  book.tax_added += sums.tax
  book.tip += sums.tip
  book.service += sums.service + sums.delivery + sums.packing
  const tender = book.by_tender[payment.prepaid ? (METHODS[payment.method] ?? 'other') : 'cash']
  tender.payments++
  tender.amount += sums.total
}

const METHODS: Readonly<Record<string, TenderKind>> = {
  card: 'card',
  cash: 'cash',
  wallet: 'wallet',
  upi: 'bank_transfer',
}

function addSale(book: Totals, sale: TradeSale, span: Span): void {
  for (const refund of sale.refunds) if (within(span, refund.at)) addRefund(book, refund)
  if (sale.status !== 'closed' || sale.closedAt === null || !within(span, sale.closedAt)) return
  book.count++
  book.total += Number(sale.total)
  book.gross += Number(sale.gross)
  book.discount += Number(sale.discount)
  book.tax_added += Number(sale.taxAdded)
  book.tax_included += Number(sale.taxIncluded)
  book.tip += Number(sale.tip)
  book.service += Number(sale.serviceCharge)
  book.rounding += Number(sale.rounding)
  book.deferred += Number(sale.deferred)
  for (const { tender, amount } of sale.payments) {
    book.by_tender[tender].payments++
    book.by_tender[tender].amount += Number(amount)
  }
}

function addRefund(book: Totals, { amount, tax, tip, tender }: TradeRefund): void {
  book.refunds.count++
  book.refunds.amount += Number(amount)
  book.refunds.tax += Number(tax)
  book.refunds.tip += Number(tip)
  book.by_tender[tender].refunded += Number(amount)
}

function totals(): Totals {
  const tender = (): TenderBooks => ({ payments: 0, amount: 0, refunded: 0 })
  return {
    count: 0,
    total: 0,
    gross: 0,
    discount: 0,
    tax_added: 0,
    tax_included: 0,
    tip: 0,
    service: 0,
    rounding: 0,
    deferred: 0,
    refunds: { count: 0, amount: 0, tax: 0, tip: 0 },
    by_tender: Object.fromEntries(TENDERS.map((kind) => [kind, tender()])) as Record<TenderKind, TenderBooks>,
  }
}

function within({ from, to }: Span, at: number): boolean {
  return at >= from && at < to
}

/** Dates mean whole days of the restaurant's calendar, from midnight to midnight. */
function spanOf({ from, to }: BooksQuery, timeZone: string): Span {
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : boundOf(from, 0, timeZone),
    to: to === undefined ? Number.POSITIVE_INFINITY : boundOf(to, 1, timeZone),
  }
}

function boundOf(text: string, daysAfter: number, timeZone: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return instantOf(dayNumber(text) + daysAfter, 0, timeZone)
  const instant = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant)) throw new RangeError(`"${text}" is neither a date nor an RFC 3339 instant.`)
  return instant
}
