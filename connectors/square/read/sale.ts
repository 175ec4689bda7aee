import { totalOf } from '#canon/money-identity.ts'
import type { Payment, Sale, SaleStatus } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Drift, Lookup, RecordRef, Settling } from '../../contract.ts'
import type { WireOrder, WirePayment } from '../wire.ts'
import { readAmounts } from './amounts.ts'
import type { CheckedRecords } from './checked.ts'
import { exchangeId, isPaid, isSale, nettedOf } from './due.ts'
import { readItems } from './items.ts'
import { momentOf } from './moments.ts'
import { minorOf, minorOrZero } from './money.ts'
import { type Paid, readPaid } from './payments.ts'

// An order and its payments as a sale. What is once told keeps its id, the order's, and a later reading completes it: an
// order whose lines did not come yet is an open sale of which only the money is known.

export type SaleReading = {
  readonly sale: Sale | null
  readonly settling: Settling | null
  readonly needs: readonly RecordRef[]
  readonly drift: readonly Drift[]
}

const NOTHING: SaleReading = { sale: null, settling: null, needs: [], drift: [] }

/** `id` is the order's; `payment:<id>` for a payment that names none. */
export function readSale(id: string, { order, payments }: CheckedRecords, lookup: Lookup): SaleReading {
  const paid = readPaid(order, payments)
  if (order === null) return readPaymentsAlone(id, payments)
  switch (order.state) {
    case 'CANCELED':
      // An empty ticket that was thrown away never was anything.
      return isSale(order) || payments.length > 0 || (order.tenders?.length ?? 0) > 0
        ? told(order, payments, { ...paid, payments: [] }, 'voided', null, lookup)
        : NOTHING
    case 'DRAFT':
      if (paid.sum === 0n) return NOTHING
  }
  return isSale(order) ? readLines(order, payments, paid, lookup) : readThin(order, payments, paid, lookup)
}

function readLines(order: WireOrder, payments: readonly WirePayment[], paid: Paid, lookup: Lookup): SaleReading {
  const isClosed = isPaid(order, paid.sum)
  const reason = order.state === 'COMPLETED' ? (isClosed ? null : 'payment_missing') : 'open'
  const reading = told(order, payments, paid, isClosed ? 'closed' : 'open', reason, lookup)
  if (reason !== null || reading.sale === null) return reading
  const made = totalOf(reading.sale)
  // Lines appear late, and sometimes one after the other.
  const areMissing = made !== null && reading.sale.total !== null && made < reading.sale.total
  return areMissing ? { ...reading, settling: again('lines_missing', order) } : reading
}

/** An order whose lines did not come yet: a known race right after a payment. It is open until they explain its total. */
function readThin(order: WireOrder, payments: readonly WirePayment[], paid: Paid, lookup: Lookup): SaleReading {
  const tenders = order.tenders ?? []
  if (paid.sum === 0n && minorOrZero(order.total_money) === 0n) {
    if (tenders.length > 0 && tenders.every(({ type }) => type === 'NO_SALE')) return NOTHING
    return { ...NOTHING, settling: again(order.state === 'COMPLETED' ? 'lines_missing' : 'open', order) }
  }
  return told(order, payments, paid, 'open', 'lines_missing', lookup)
}

/**
 * Money whose order is not there yet. Nothing is told of it: every payment has an order, which says what was sold, and in
 * a first walk through the past the payments come before their orders.
 */
function readPaymentsAlone(id: string, payments: readonly WirePayment[]): SaleReading {
  const isAlive = payments.some(({ status }) => status !== 'CANCELED' && status !== 'FAILED')
  if (!isAlive) return NOTHING
  if (!id.startsWith('payment:')) return { ...NOTHING, needs: [{ kind: 'order', id }] }
  const again = payments.map((payment) => ({ kind: 'payment', id: payment.id ?? '' }))
  return { ...NOTHING, settling: { reason: 'lines_missing', again } }
}

function told(
  order: WireOrder,
  payments: readonly WirePayment[],
  paid: Paid,
  status: SaleStatus,
  reason: Settling['reason'] | null,
  lookup: Lookup,
): SaleReading {
  const currency = currencyOf(order) ?? payments[0]?.amount_money?.currency ?? null
  const closedAt = status === 'open' ? null : closingOf(order, paid)
  const openedAt = earlier(
    momentOf(order.created_at),
    closedAt ?? paid.payments[0]?.paidAt ?? momentOf(order.updated_at),
  )
  const wrong = wrongOf(currency, openedAt, payments)
  if (currency === null || openedAt === null || wrong !== null) {
    return { ...NOTHING, drift: [{ what: 'wrong_type', path: wrong ?? 'order', value: null }] }
  }
  const items = readItems(order, lookup)
  const sale: Sale = {
    externalId: order.id ?? '',
    ...headOf(order, payments[0], paid),
    status,
    currency: currency as CurrencyCode,
    openedAt,
    closedAt,
    timePrecision: 'instant',
    ...readAmounts(order, items),
    items: items.items,
    payments: status === 'closed' ? withNetted(order, paid, closedAt) : paid.payments,
    refunds: [],
  }
  return { sale, settling: reason === null ? null : again(reason, order), needs: [], drift: [] }
}

/** Who, where and how: handles and names of things, never of people. */
function headOf(order: WireOrder, payment: WirePayment | undefined, paid: Paid) {
  return {
    number: paid.receipt,
    location: order.location_id ?? payment?.location_id ?? null,
    register: paid.register,
    staff: paid.staff,
    channel: order.source?.name?.trim() || null,
    customer: order.customer_id || paid.customer,
  }
}

/** The till's own hour where it had no network: Square knows of such a sale only when it arrives. */
function closingOf(order: WireOrder, paid: Paid): Instant | null {
  return (
    paid.offlineAt ??
    momentOf(order.closed_at) ??
    paid.payments[0]?.paidAt ??
    momentOf(order.updated_at) ??
    momentOf(order.created_at)
  )
}

function withNetted(order: WireOrder, paid: Paid, paidAt: Instant | null): readonly Payment[] {
  const amount = nettedOf(order, paid.sum)
  if (amount === 0n) return paid.payments
  const netted: Payment = {
    ...{ externalId: exchangeId(order), tender: 'other', brand: 'EXCHANGE', last4: null },
    ...{ amount, tip: 0n, fee: null, paidAt },
  }
  return [...paid.payments, netted]
}

function currencyOf({ total_money, line_items, net_amounts }: WireOrder): string | null {
  return (
    total_money?.currency ?? line_items?.[0]?.base_price_money?.currency ?? net_amounts?.total_money?.currency ?? null
  )
}

/** The path of what a sale cannot do without, and what must not be added up. */
function wrongOf(currency: string | null, openedAt: Instant | null, payments: readonly WirePayment[]): string | null {
  if (currency === null) return 'order.total_money'
  if (openedAt === null) return 'order.created_at'
  const foreign = payments.some(
    ({ amount_money, status }) =>
      status === 'COMPLETED' && minorOf(amount_money) !== null && (amount_money?.currency ?? currency) !== currency,
  )
  return foreign ? 'payment.amount_money' : null
}

function again(reason: Settling['reason'], order: WireOrder): Settling {
  return { reason, again: [{ kind: 'order', id: order.id ?? '' }] }
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}
