import type { BooksQuery } from '../stage/control.ts'
import { dayNumber, instantOf } from '../trade/calendar.ts'
import { amountsOf } from './sale-return.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import type { Order, Payment, Refund, SquareLocation } from './wire.ts'

// The simulator's own totals, added up from the orders, payments and refunds that stand here and by nothing else.
//
// A sale counts when it has line items, is not CANCELED and its COMPLETED payments cover what was due; it counts at
// `closed_at`, else at its first completed payment. A refund counts when it is COMPLETED, at its `created_at`. In an
// exchange the sale counts whole; the part of what came back that was set against the new goods is a payment by `other`
// and one refund to `other`, and what was paid out besides is a refund of its own.

export const TENDERS = ['cash', 'card', 'gift_card', 'wallet', 'bank_transfer', 'other'] as const
export type TenderKind = (typeof TENDERS)[number]
export type TenderBooks = { payments: number; amount: number; refunded: number }

/** In minor units. total = gross - discount + tax_added + service + tip + rounding + deferred. */
export type CurrencyBooks = {
  readonly currency: string
  count: number
  total: number
  /** Items before discounts, modifiers inside, gift cards outside. */
  gross: number
  discount: number
  /** Tax on top of the stated gross; in countries whose gross leaves inclusive tax out, that tax too. */
  tax_added: number
  /** Tax inside the stated gross. */
  tax_included: number
  tip: number
  service: number
  rounding: number
  /** Gift cards sold. */
  deferred: number
  readonly refunds: { count: number; amount: number; tax: number; tip: number }
  readonly by_tender: Record<TenderKind, TenderBooks>
}

/** [from, to) in epoch milliseconds. */
type Span = { readonly from: number; readonly to: number }

export function booksOf(square: Square, query: BooksQuery): CurrencyBooks[] {
  const books = new Map<string, CurrencyBooks>()
  const sellers = square.sellers.filter(
    ({ merchantId }) => query.merchant === undefined || merchantId === query.merchant,
  )
  if (sellers.length === 0) throw new RangeError(`No seller has the id ${query.merchant}.`)
  let places = 0
  for (const seller of sellers) {
    const spans = new Map<string, Span>()
    for (const location of seller.locations) {
      if (query.location !== undefined && location.id !== query.location) continue
      spans.set(location.id, spanOf(query, location))
      addSalesAt(bookIn(books, location.currency), seller, location, spanOf(query, location))
    }
    if (spans.size > 0) addRefunds(bookIn(books, seller.currency), seller, spans)
    places += spans.size
  }
  if (places === 0) throw new RangeError(`No location has the id ${query.location}.`)
  return [...books.values()]
}

function addSalesAt(book: CurrencyBooks, seller: Seller, location: SquareLocation, span: Span): void {
  for (const { value: order } of seller.ordersAt(location.id).values()) {
    const at = soldAt(seller, order)
    if (at !== null && within(span, at)) addSale(book, seller, order)
  }
}

function addRefunds(book: CurrencyBooks, seller: Seller, spans: ReadonlyMap<string, Span>): void {
  for (const { value: refund } of seller.refunds.values()) {
    const span = spans.get(refund.location_id)
    if (span === undefined || refund.status !== 'COMPLETED') continue
    if (within(span, Date.parse(refund.created_at))) addRefund(book, seller, refund)
  }
}

/** When that order counts as a sale; null if it does not. */
export function soldAt(seller: Seller, order: Order): number | null {
  if (order.state === 'CANCELED' || (order.line_items ?? []).length === 0) return null
  const payments = completedPaymentsOf(seller, order)
  const paid = payments.reduce((sum, payment) => sum + payment.total_money.amount, 0)
  if (paid < order.net_amounts.total_money.amount) return null
  if (order.closed_at !== undefined) return Date.parse(order.closed_at)
  const first = payments.map(paidAt).sort((one, other) => one - other)[0]
  return first ?? null
}

function paidAt(payment: Payment): number {
  return Date.parse(payment.offline_payment_details?.client_created_at ?? payment.created_at)
}

function completedPaymentsOf(seller: Seller, order: Order): Payment[] {
  return (order.tenders ?? []).flatMap(({ id }) => {
    const payment = seller.findPayment(id)
    return payment?.status === 'COMPLETED' ? [payment] : []
  })
}

function addSale(book: CurrencyBooks, seller: Seller, order: Order): void {
  let [gross, deferred] = [0, 0]
  for (const line of order.line_items ?? []) {
    if (line.item_type === 'GIFT_CARD') deferred += line.gross_sales_money.amount
    else gross += line.gross_sales_money.amount
  }
  const tax = order.total_tax_money.amount
  const included = seller.taxLeftOut ? 0 : includedTaxOf(order)
  const sale = {
    total: order.total_money.amount,
    gross,
    discount: order.total_discount_money.amount,
    tax_added: tax - included,
    tax_included: included,
    tip: order.total_tip_money.amount,
    service: order.total_service_charge_money.amount,
    rounding: order.rounding_adjustment?.amount_money.amount ?? 0,
    deferred,
  }
  const { total, discount, tax_added, service, tip, rounding } = sale
  if (total !== gross - discount + tax_added + service + tip + rounding + deferred) {
    throw new Error(`The order ${order.id} does not add up to its total of ${total}.`)
  }
  book.count++
  for (const [name, amount] of Object.entries(sale)) book[name as keyof typeof sale] += amount
  for (const payment of completedPaymentsOf(seller, order)) {
    const tender = book.by_tender[tenderKindOf(payment)]
    tender.payments++
    tender.amount += payment.total_money.amount
  }
  addExchange(book, order)
}

function includedTaxOf(order: Order): number {
  const inclusive = (order.taxes ?? []).filter(({ type }) => type === 'INCLUSIVE')
  return inclusive.reduce((sum, { applied_money }) => sum + applied_money.amount, 0)
}

/** What came back with an order that also sold something. */
function addExchange(book: CurrencyBooks, order: Order): void {
  const returned = (order.returns ?? []).map(amountsOf)
  if (returned.length === 0) return
  const back = returned.reduce((sum, { total }) => sum + total, 0)
  book.refunds.tax += returned.reduce((sum, { tax }) => sum + tax, 0)
  book.refunds.tip += returned.reduce((sum, { tip }) => sum + tip, 0)
  const netted = Math.min(back, order.total_money.amount)
  if (netted === 0) return
  book.refunds.count++
  book.refunds.amount += netted
  book.by_tender.other.payments++
  book.by_tender.other.amount += netted
  book.by_tender.other.refunded += netted
}

function addRefund(book: CurrencyBooks, seller: Seller, refund: Refund): void {
  const { amount } = refund.amount_money
  const payment = refund.payment_id === undefined ? null : seller.findPayment(refund.payment_id)
  const kind = payment === null ? kindOfSource(refund.destination_type) : tenderKindOf(payment)
  book.by_tender[kind].refunded += amount
  book.refunds.count++
  book.refunds.amount += amount
  const order = seller.findOrder(refund.order_id)
  // The taxes and tips of an exchange were counted with its sale.
  if ((order?.line_items ?? []).length > 0) return
  const returned = (order?.returns ?? []).map(amountsOf)
  book.refunds.tax += returned.reduce((sum, { tax }) => sum + tax, 0)
  book.refunds.tip += returned.reduce((sum, { tip }) => sum + tip, 0)
}

export function tenderKindOf(payment: Payment): TenderKind {
  return payment.card_details?.card.card_brand === 'SQUARE_GIFT_CARD' ? 'gift_card' : kindOfSource(payment.source_type)
}

const KINDS: Readonly<Record<Payment['source_type'], TenderKind>> = {
  CASH: 'cash',
  CARD: 'card',
  WALLET: 'wallet',
  BANK_ACCOUNT: 'bank_transfer',
  EXTERNAL: 'other',
}

function kindOfSource(source: Payment['source_type']): TenderKind {
  return KINDS[source]
}

function within({ from, to }: Span, at: number): boolean {
  return at >= from && at < to
}

/** Dates mean whole days of the location's own calendar, from midnight to midnight. */
function spanOf({ from, to }: BooksQuery, { timezone }: SquareLocation): Span {
  return {
    from: from === undefined ? Number.NEGATIVE_INFINITY : boundOf(from, 0, timezone),
    to: to === undefined ? Number.POSITIVE_INFINITY : boundOf(to, 1, timezone),
  }
}

function boundOf(text: string, daysAfter: number, timezone: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return instantOf(dayNumber(text) + daysAfter, 0, timezone)
  const instant = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant)) throw new RangeError(`"${text}" is neither a date nor an RFC 3339 instant.`)
  return instant
}

function bookIn(books: Map<string, CurrencyBooks>, currency: string): CurrencyBooks {
  const known = books.get(currency)
  if (known !== undefined) return known
  const nought = () => ({ payments: 0, amount: 0, refunded: 0 })
  const made: CurrencyBooks = {
    currency,
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
    by_tender: {
      cash: nought(),
      card: nought(),
      gift_card: nought(),
      wallet: nought(),
      bank_transfer: nought(),
      other: nought(),
    },
  }
  books.set(currency, made)
  return made
}
