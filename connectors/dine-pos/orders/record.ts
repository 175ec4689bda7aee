import type { OrderProgress } from '#canon/order.ts'
import { Garbled, type SourceRecord } from '../../contract.ts'
import { isObject, type Json, wordIn } from '../answers.ts'
import type { Taken } from './answer.ts'
import type { Slip } from './slip.ts'

// What is kept of an order that the system took: no call shows it again, so this is what its sale is read from. Amounts
// are minor units as text. Nothing of the customer is in it.

export type KeptOrder = {
  readonly order_id: string
  readonly pos_order_id: string | null
  readonly restaurant_id: string
  readonly number: string
  readonly channel: string
  readonly placed_at: number
  readonly promised_at: number | null
  readonly currency: string
  /** How far an order must be to count as sold. */
  readonly closed_by: OrderProgress
  /** The connection’s own words, beside those that everybody knows. */
  readonly statuses: Readonly<Record<string, OrderProgress>>
  readonly items: readonly KeptItem[]
  readonly discount: string
  readonly taxes: readonly KeptTax[]
  readonly service: string
  readonly tip: string
  readonly total: string
  readonly payment: { readonly state: 'paid' | 'due'; readonly method: string; readonly reference: string | null }
}

export type KeptItem = {
  readonly line_id: string
  readonly pos_item_id: string | null
  readonly name: string
  readonly sku: string | null
  readonly quantity: string
  readonly unit_price: string
  readonly gross: string
  readonly discount: string
  readonly taxes: readonly KeptTax[]
  readonly modifiers: readonly { readonly name: string; readonly quantity: string; readonly price: string }[]
}

export type KeptTax = {
  readonly name: string
  readonly rate: string | null
  readonly amount: string
  readonly included: boolean
}

export function subjectOf(orderId: string): string {
  return `sale:${orderId}`
}

export function keptOrder(slip: Slip, { posOrderId }: Pick<Taken, 'posOrderId'>): SourceRecord {
  const { settings, outgoing, order, bill } = slip
  const { articles } = outgoing
  const kept: KeptOrder = {
    order_id: outgoing.reference,
    pos_order_id: posOrderId,
    restaurant_id: settings.restaurantId,
    number: order.number,
    channel: order.channel,
    placed_at: order.placedAt,
    promised_at: order.fulfilment.at,
    currency: order.currency,
    closed_by: settings.map.sale.closed_by,
    statuses: settings.map.statuses,
    items: bill.lines.map(({ item, gross, taxes }) => ({
      line_id: item.lineId,
      pos_item_id: (item.itemId === null ? undefined : articles.get(item.itemId))?.externalId ?? null,
      name: item.name,
      sku: item.sku,
      quantity: item.quantity,
      unit_price: `${item.unitPrice}`,
      gross: `${gross}`,
      discount: `${item.discount}`,
      taxes: taxes.map(({ name, rate, amount }) => ({ name, rate, amount: `${amount}`, included: false })),
      modifiers: item.modifiers.map(({ name, quantity, unitPrice }) => ({ name, quantity, price: `${unitPrice}` })),
    })),
    discount: `${bill.discount}`,
    taxes: order.taxes.map(({ name, rate, amount, included }) => ({ name, rate, amount: `${amount}`, included })),
    service: `${bill.delivery + bill.packing + bill.service}`,
    tip: `${bill.tip}`,
    total: `${bill.total}`,
    payment: order.payment,
  }
  return orderRecord(kept)
}

export function orderRecord(kept: KeptOrder): SourceRecord {
  return {
    kind: 'order',
    id: kept.order_id,
    body: JSON.stringify(kept),
    // One that the system was told twice is the same order; what is told of it later stands in other records.
    version: { version: null, updatedAt: null },
    location: kept.restaurant_id,
    subjects: [subjectOf(kept.order_id)],
    deleted: false,
  }
}

/** Throws `Garbled` for what was not written by {@link keptOrder}. */
export function readKept(value: unknown): KeptOrder {
  if (!isObject(value) || !isKept(value)) throw new Garbled('it is no order that was kept here')
  return value as unknown as KeptOrder
}

function isKept(value: Json): boolean {
  const amounts = [value.discount, value.service, value.tip, value.total]
  return (
    wordIn(value.order_id) !== null &&
    wordIn(value.restaurant_id) !== null &&
    typeof value.placed_at === 'number' &&
    Array.isArray(value.items) &&
    Array.isArray(value.taxes) &&
    isObject(value.payment) &&
    isObject(value.statuses) &&
    amounts.every(isAmount) &&
    value.items.every((item) => isObject(item) && [item.unit_price, item.gross, item.discount].every(isAmount))
  )
}

function isAmount(value: unknown): boolean {
  return typeof value === 'string' && /^-?\d{1,18}$/.test(value)
}
