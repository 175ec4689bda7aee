import type {
  Order,
  OrderCharge,
  OrderDiscount,
  OrderFulfilment,
  OrderItem,
  OrderModifier,
  OrderPayment,
  OrderTax,
} from '#canon/order.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { type Minor, wireAmount } from '#kernel/money.ts'
import { type OrderPersonal, personalOf } from './personal.ts'

// An order as a revision keeps it: what was ordered as JSON, and apart from it what is told of a person. The two are put
// together again by `orderOf`. Amounts are numbers: whatever came in is a safe integer, and so is every sum of it.

type Stored<T> = { readonly [Key in keyof T]: T[Key] extends Minor ? number : T[Key] }

export type OrderBody = {
  readonly channel: string
  readonly externalId: string
  readonly number: string
  readonly placedAt: number
  readonly currency: CurrencyCode
  readonly fulfilment: Omit<OrderFulfilment, 'at' | 'address' | 'note'> & { readonly at: number | null }
  readonly items: readonly (Omit<Stored<OrderItem>, 'modifiers' | 'note'> & {
    readonly modifiers: readonly Stored<OrderModifier>[]
  })[]
  readonly discounts: readonly Stored<OrderDiscount>[]
  readonly taxes: readonly Stored<OrderTax>[]
  readonly charges: readonly Stored<OrderCharge>[]
  readonly tip: number
  readonly total: number
  readonly payment: OrderPayment
  readonly test: boolean
}

export function partsOf(order: Order): { readonly body: OrderBody; readonly personal: OrderPersonal | null } {
  const { kind, at, table, guests } = order.fulfilment
  const body: OrderBody = {
    channel: order.channel,
    externalId: order.externalId,
    number: order.number,
    placedAt: order.placedAt,
    currency: order.currency,
    fulfilment: { kind, at, table, guests },
    items: order.items.map(({ note: _note, ...item }) => ({
      ...item,
      unitPrice: wireAmount(item.unitPrice),
      modifiers: item.modifiers.map((one) => ({ ...one, unitPrice: wireAmount(one.unitPrice) })),
      discount: wireAmount(item.discount),
      total: wireAmount(item.total),
    })),
    discounts: order.discounts.map(amountAsNumber),
    taxes: order.taxes.map(amountAsNumber),
    charges: order.charges.map(amountAsNumber),
    tip: wireAmount(order.tip),
    total: wireAmount(order.total),
    payment: order.payment,
    test: order.test,
  }
  return { body, personal: personalOf(order) }
}

export function orderOf(id: Id, body: OrderBody, personal: OrderPersonal | null): Order {
  const lineNotes = new Map(personal?.lineNotes)
  return {
    id,
    channel: body.channel,
    externalId: body.externalId,
    number: body.number,
    placedAt: instant(body.placedAt),
    currency: body.currency,
    fulfilment: {
      ...body.fulfilment,
      at: body.fulfilment.at as Instant | null,
      address: personal?.address ?? null,
      note: personal?.fulfilmentNote ?? null,
    },
    customer: personal?.customer ?? null,
    items: body.items.map((item) => ({
      ...item,
      unitPrice: BigInt(item.unitPrice),
      modifiers: item.modifiers.map((one) => ({ ...one, unitPrice: BigInt(one.unitPrice) })),
      discount: BigInt(item.discount),
      total: BigInt(item.total),
      note: lineNotes.get(item.lineId) ?? null,
    })),
    discounts: body.discounts.map(amountAsMinor),
    taxes: body.taxes.map(amountAsMinor),
    charges: body.charges.map(amountAsMinor),
    tip: BigInt(body.tip),
    total: BigInt(body.total),
    payment: body.payment,
    note: personal?.note ?? null,
    test: body.test,
  }
}

function amountAsNumber<T extends { readonly amount: Minor }>(one: T): Omit<T, 'amount'> & { readonly amount: number } {
  return { ...one, amount: wireAmount(one.amount) }
}

function amountAsMinor<T extends { readonly amount: number }>(one: T): Omit<T, 'amount'> & { readonly amount: Minor } {
  return { ...one, amount: BigInt(one.amount) }
}
