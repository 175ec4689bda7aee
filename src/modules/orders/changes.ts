import { isDeepStrictEqual } from 'node:util'
import type { Order } from '#canon/order.ts'

// What tells two orders of one id apart, by the names that the wire has for it.

const FIELDS = {
  channel: (order) => order.channel,
  external_id: (order) => order.externalId,
  number: (order) => order.number,
  placed_at: (order) => order.placedAt,
  currency: (order) => order.currency,
  fulfilment: (order) => order.fulfilment,
  customer: (order) => order.customer,
  items: (order) => order.items,
  discounts: (order) => order.discounts,
  taxes: (order) => order.taxes,
  charges: (order) => order.charges,
  tip: (order) => order.tip,
  total: (order) => order.total,
  payment: (order) => order.payment,
  note: (order) => order.note,
  test: (order) => order.test,
} as const satisfies Readonly<Record<string, (order: Order) => unknown>>

export type OrderField = keyof typeof FIELDS

export function changesBetween(before: Order, after: Order): OrderField[] {
  return (Object.keys(FIELDS) as OrderField[]).filter(
    (field) => !isDeepStrictEqual(FIELDS[field](before), FIELDS[field](after)),
  )
}
