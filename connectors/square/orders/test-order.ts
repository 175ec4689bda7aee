import fc from 'fast-check'
import type { Order, OrderItem, OrderModifier } from '#canon/order.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Decimal, decimal, multiplyToMinor } from '#kernel/decimal.ts'
import { newId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import type { OutgoingOrder } from '../../contract.ts'

// Orders as a channel hands them in, whose sums hold.

export type OrderTraits = Partial<Omit<Order, 'items' | 'currency' | 'total'>> & {
  readonly currency?: string
  readonly items?: readonly ItemTraits[]
  readonly placedAt?: Instant
}

export type ItemTraits = {
  readonly name?: string
  readonly itemId?: string | null
  readonly quantity?: string
  readonly unitPrice?: number
  readonly discount?: number
  readonly note?: string | null
  readonly modifiers?: readonly {
    readonly name: string
    readonly quantity?: string
    readonly unitPrice: number
    readonly itemId?: string
  }[]
}

export function orderWith({ items = [{}], currency = 'AUD', ...traits }: OrderTraits): Order {
  const lines = items.map(itemWith)
  const { discounts = [], taxes = [], charges = [], tip = 0n } = traits
  const total =
    sum(lines.map((line) => line.total)) -
    sum(discounts.map(({ amount }) => amount)) +
    sum(taxes.filter(({ included }) => !included).map(({ amount }) => amount)) +
    sum(charges.map(({ amount }) => amount)) +
    tip
  return {
    id: newId(),
    channel: 'web-shop',
    externalId: 'w-1001',
    number: 'WEB-1001',
    placedAt: 0 as Instant,
    currency: currencyCode(currency),
    fulfilment: { kind: 'pickup', at: null, table: null, guests: null, address: null, note: null },
    customer: { name: 'Ada Lovelace', phone: '+61255550123', email: 'ada@shop.example' },
    items: lines,
    discounts,
    taxes,
    charges,
    tip,
    total,
    payment: { state: 'paid', method: 'card', reference: 'pay_1' },
    note: null,
    test: false,
    ...traits,
  }
}

function itemWith(traits: ItemTraits, nth: number): OrderItem {
  const modifiers: OrderModifier[] = (traits.modifiers ?? []).map((one) => ({
    itemId: one.itemId ?? null,
    name: one.name,
    quantity: decimal(one.quantity ?? 1),
    unitPrice: BigInt(one.unitPrice),
  }))
  const quantity = decimal(traits.quantity ?? '1')
  const unitPrice = BigInt(traits.unitPrice ?? 450)
  const discount = BigInt(traits.discount ?? 0)
  const each = sum([unitPrice, ...modifiers.map((one) => multiplyToMinor(one.unitPrice, one.quantity))])
  return {
    lineId: String(nth + 1),
    itemId: traits.itemId ?? null,
    name: traits.name ?? 'Flat white',
    sku: null,
    quantity,
    unitPrice,
    modifiers,
    discount,
    total: multiplyToMinor(each, quantity) - discount,
    note: traits.note ?? null,
  }
}

export function outgoingOf(order: Order, location: string, changes: Partial<OutgoingOrder> = {}): OutgoingOrder {
  return {
    order,
    location,
    key: order.id,
    reference: `tw-${order.id}`,
    articles: new Map(),
    callbackUrl: null,
    timeZone: 'Australia/Sydney',
    ...changes,
  }
}

const price = fc.integer({ min: 0, max: 20_000 })
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 12 }).map(String),
  fc.integer({ min: 1, max: 4_000 }).map((thousandths) => decimal(String(thousandths / 1_000)) as Decimal),
)

/** Any mixture of lines, modifiers, discounts, charges, tips and taxes, with and without rates. */
export const anyOrder: fc.Arbitrary<OrderTraits> = fc
  .record({
    items: fc.array(
      fc.record({
        quantity,
        unitPrice: price,
        modifiers: fc.array(fc.record({ name: fc.constant('Oat milk'), unitPrice: fc.integer({ min: 0, max: 300 }) }), {
          maxLength: 3,
        }),
        note: fc.option(fc.string({ maxLength: 40 })),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    tip: fc.integer({ min: 0, max: 500 }).map(BigInt),
    charge: fc.integer({ min: 0, max: 900 }),
    discount: fc.integer({ min: 0, max: 100 }),
    rate: fc.option(fc.constantFrom('7.25', '10', '5.5')),
    taxAmount: fc.integer({ min: 0, max: 2_000 }),
    included: fc.boolean(),
  })
  .map(({ items, tip, charge, discount, rate, taxAmount, included }) => {
    const gross = sum(orderWith({ items }).items.map((line) => line.total))
    return {
      items,
      tip,
      charges: [{ kind: 'delivery' as const, name: 'Delivery', amount: BigInt(charge) }],
      discounts: gross > BigInt(discount) ? [{ name: 'Welcome', code: 'HI', amount: BigInt(discount) }] : [],
      taxes: [
        {
          ...{ name: 'GST', rate: rate === null ? null : decimal(rate), amount: BigInt(taxAmount), included },
          lineIds: null,
        },
      ],
    }
  })
