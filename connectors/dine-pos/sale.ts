import type { OrderProgress } from '#canon/order.ts'
import type { Payment, Sale, SaleStatus, Tender } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import type { KeptItem, KeptOrder, KeptTax } from './orders/record.ts'
import { isFurther } from './statuses.ts'

// A pushed order as a sale: none before the restaurant accepted it, open while it is made, closed when it was handed over
// (or as soon as the connection says), voided when it was cancelled. Its amounts are those that were pushed.

/** What was said, when it was first said, and how it stands. */
export type OrderPath = {
  readonly reached: OrderProgress
  has(progress: OrderProgress): boolean
  /** Null too where it was said and nobody knows when. */
  at(progress: OrderProgress): Instant | null
}

/** What an accepted order may be said to be, in the usual order. */
const ACCEPTED = ['accepted', 'preparing', 'ready', 'dispatched', 'completed'] as const

const TENDERS: Readonly<Record<string, Tender>> = {
  card: 'card',
  cash: 'cash',
  wallet: 'wallet',
  transfer: 'bank_transfer',
  gift_card: 'gift_card',
}

export function saleOf(order: KeptOrder, path: OrderPath): readonly Sale[] {
  const { reached } = path
  // One that was refused at once never was a sale; one that was accepted before is voided.
  if (reached === 'placed' || !ACCEPTED.some((progress) => path.has(progress))) return []
  const status = statusOf(order, path)
  const openedAt = instant(order.placed_at)
  const closedAt = status === 'open' ? null : notBefore(openedAt, closingTime(order, path) ?? openedAt)
  const sold = order.items.map(itemOf)
  const total = BigInt(order.total)
  return [
    {
      // The record of the order alone says it, so that it stays the same whatever is told later.
      externalId: order.pos_order_id ?? order.order_id,
      number: order.number,
      location: order.restaurant_id,
      register: null,
      staff: null,
      channel: order.channel,
      customer: null,
      status,
      currency: currencyCode(order.currency),
      openedAt,
      closedAt,
      timePrecision: 'instant',
      gross: sum(sold.map(({ gross }) => gross ?? 0n)),
      discount: BigInt(order.discount),
      taxAdded: taxOf(order.taxes, false),
      taxIncluded: taxOf(order.taxes, true),
      serviceCharge: BigInt(order.service),
      tip: BigInt(order.tip),
      rounding: 0n,
      deferred: 0n,
      total,
      items: sold,
      payments: paymentsOf(order, status, closedAt),
      refunds: [],
    },
  ]
}

function statusOf(order: KeptOrder, { reached }: OrderPath): SaleStatus {
  if (reached === 'cancelled') return 'voided'
  return reached === order.closed_by || isFurther(reached, order.closed_by) ? 'closed' : 'open'
}

/** When the word that closes it was said; where that one was left out, the first after it. */
function closingTime({ closed_by }: KeptOrder, path: OrderPath): Instant | null {
  if (path.reached === 'cancelled') return path.at('cancelled')
  const after = ACCEPTED.filter((word) => word === closed_by || isFurther(word, closed_by))
  return after.map((word) => path.at(word)).find((at) => at !== null) ?? null
}

function notBefore(first: Instant, at: Instant): Instant {
  return at < first ? first : at
}

function itemOf(item: KeptItem): Sale['items'][number] {
  return {
    externalId: item.line_id,
    article: { externalId: item.pos_item_id, sku: item.sku, name: item.name, variant: null, category: null },
    quantity: decimal(item.quantity),
    unitPrice: BigInt(item.unit_price),
    gross: BigInt(item.gross),
    discount: BigInt(item.discount),
    taxes: item.taxes.map(({ name, rate, amount, included }) => ({
      name,
      rate: rate === null ? null : decimal(rate),
      amount: BigInt(amount),
      included,
    })),
    modifiers: item.modifiers.map(({ name, quantity, price }) => ({
      name,
      quantity: decimal(quantity),
      price: BigInt(price),
    })),
    kind: 'article',
  }
}

function taxOf(taxes: readonly KeptTax[], included: boolean): bigint {
  return sum(taxes.filter((tax) => tax.included === included).map(({ amount }) => BigInt(amount)))
}

/** What the guest paid before is with the channel; what was due is paid when the order is handed over. */
function paymentsOf(order: KeptOrder, status: SaleStatus, closedAt: Instant | null): readonly Payment[] {
  const { state, method, reference } = order.payment
  if (status === 'voided' || (state === 'due' && status !== 'closed')) return []
  return [
    {
      externalId: reference,
      tender: TENDERS[method] ?? 'other',
      brand: null,
      last4: null,
      amount: BigInt(order.total),
      tip: BigInt(order.tip),
      fee: null,
      paidAt: state === 'paid' ? instant(order.placed_at) : closedAt,
    },
  ]
}
