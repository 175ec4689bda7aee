import fc from 'fast-check'
import type { Order, OrderItem } from '#canon/order.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Decimal, decimal, multiplyToMinor } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import type { Credentials, Link, OutgoingOrder, PosArticle } from '../contract.ts'

// Orders of a small restaurant, made up here, and arbitrary ones whose sums are right.

export const INR = currencyCode('INR')
export const PLACED_AT = instant(Date.parse('2026-01-01T10:19:00Z'))

export const CREDENTIALS: Credentials = {
  base_url: 'https://pos.example.com/v1',
  restaurant_id: 'R-77',
  app_key: 'key-4711',
  app_secret: 'planted-secret',
  access_token: 'planted-token',
}

export function linkWith(changes: Credentials = {}): Link {
  const credentials = { ...CREDENTIALS, ...changes }
  return { environment: 'production', credentials, account: 'R-77@pos.example.com', application: null }
}

type Line = Partial<Omit<OrderItem, 'quantity' | 'total'>> & { readonly quantity?: string }

export function itemOf(lineId: string, { quantity = '1', ...line }: Line = {}): OrderItem {
  const item = {
    lineId,
    itemId: lineId,
    name: 'Garlic Bread',
    sku: null,
    unitPrice: 14_000n,
    modifiers: [],
    discount: 0n,
    note: null,
    ...line,
  }
  return { ...item, quantity: decimal(quantity), total: worthOf({ ...item, quantity: decimal(quantity) }) }
}

/** As the canon has it: rounded once, less the discount. */
function worthOf(item: Omit<OrderItem, 'total'>): bigint {
  const thousandths = item.modifiers.reduce(
    (all, { quantity, unitPrice }) => all + multiplyToMinor(unitPrice * 1_000n, quantity),
    item.unitPrice * 1_000n,
  )
  return divided(multiplyToMinor(thousandths, item.quantity), 1_000n) - item.discount
}

/** Half away from zero. */
function divided(amount: bigint, by: bigint): bigint {
  return (amount * 2n + by) / (by * 2n)
}

export function orderOf(changes: Partial<Order> = {}): Order {
  const whole = {
    id: '0196a0de-0000-7000-8000-000000000001' as Id,
    channel: 'web-shop',
    externalId: 'MM-1001',
    number: 'MM-1001',
    placedAt: PLACED_AT,
    currency: INR,
    fulfilment: { kind: 'pickup', at: null, table: null, guests: null, address: null, note: null },
    customer: null,
    items: [itemOf('bread')],
    discounts: [],
    taxes: [],
    charges: [],
    tip: 0n,
    payment: { state: 'paid', method: 'transfer', reference: 'pay_81' },
    note: null,
    test: false,
    ...changes,
  } satisfies Omit<Order, 'total'>
  return { ...whole, total: changes.total ?? totalOf(whole) }
}

function totalOf(order: Omit<Order, 'total'>): bigint {
  const added = order.taxes.filter(({ included }) => !included).map(({ amount }) => amount)
  const discounts = sum(order.discounts.map(({ amount }) => amount))
  const charges = sum(order.charges.map(({ amount }) => amount))
  return sum(order.items.map(({ total }) => total)) - discounts + sum(added) + charges + order.tip
}

/** Everything that an order can have. */
export const dinner: Order = orderOf({
  fulfilment: {
    kind: 'delivery',
    at: instant(PLACED_AT + 45 * 60_000),
    table: null,
    guests: 2,
    address: { lines: ['12 Lake Road', 'Flat 3'], city: 'Pune', region: null, postalCode: '411001', country: 'IN' },
    note: 'Ring twice',
  },
  customer: { name: 'Asha Rao', phone: '+919812345678', email: null },
  items: [
    itemOf('bread', { discount: 1_400n }),
    itemOf('pizza', {
      quantity: '2',
      name: 'Pizza',
      unitPrice: 31_000n,
      modifiers: [{ itemId: 'cheese', name: 'Cheese', quantity: decimal(1), unitPrice: 1_000n }],
      note: 'well done',
    }),
  ],
  discounts: [{ name: 'New year', code: 'NY26', amount: 3_100n }],
  taxes: [{ name: 'GST', rate: decimal(5), amount: 3_675n, included: false, lineIds: null }],
  charges: [
    { kind: 'delivery', name: 'Delivery', amount: 5_000n },
    { kind: 'packing', name: 'Packing', amount: 2_000n },
  ],
  tip: 1_500n,
  note: 'No onions',
})

export function article(externalId: string, parentExternalId: string | null = null): PosArticle {
  return { externalId, parentExternalId, name: externalId, price: null }
}

const ARTICLES = new Map([
  ['bread', article('7765862:89058', '118829')],
  ['pizza', article('118807')],
  ['cheese', article('addon:1150783', '135699')],
])

export function outgoing(order: Order, changes: Partial<OutgoingOrder> = {}): OutgoingOrder {
  return {
    order,
    location: 'R-77',
    key: '0196a0de-0000-7000-8000-0000000000aa',
    reference: order.externalId,
    articles: ARTICLES,
    callbackUrl: 'https://hub.example/api/v1/webhooks/dine-pos/x?order=MM-1001&token=t',
    timeZone: 'Asia/Kolkata',
    ...changes,
  }
}

const minor = (most: bigint) => fc.bigInt({ min: 0n, max: most })
const quantity: fc.Arbitrary<Decimal> = fc
  .oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }) },
    fc.integer({ min: 1, max: 9_999 }).map((n) => n / 1_000),
  )
  .map((number) => decimal(String(number)))

const anyItem = fc
  .record({
    quantity,
    unitPrice: minor(500_000n),
    modifiers: fc.array(
      fc.record({ itemId: fc.constant('cheese'), name: fc.constant('Cheese'), quantity, unitPrice: minor(20_000n) }),
      { maxLength: 3 },
    ),
    off: minor(100n),
  })
  .map(({ off, ...line }) => {
    const full = itemOf('bread', line)
    return itemOf('bread', { ...line, discount: (full.total * off) / 200n })
  })

/** Orders that add up, in a currency of none, two or three decimals. */
export const anyOrder: fc.Arbitrary<Order> = fc
  .record({
    currency: fc.constantFrom('INR', 'JPY', 'KWD', 'EUR').map(currencyCode),
    items: fc
      .array(anyItem, { minLength: 1, maxLength: 12 })
      .map((items) => items.map((item, nth) => ({ ...item, lineId: `l-${nth}` }))),
    taxes: fc.array(
      fc.record({
        name: fc.constantFrom('GST', 'VAT', 'CGST', 'Cess'),
        rate: fc.constantFrom(null, decimal(5), decimal('18')),
        amount: minor(90_001n),
        included: fc.boolean(),
        lineIds: fc.constantFrom(null, ['l-0'], ['l-0', 'l-1'], ['gone']),
      }),
      { maxLength: 3 },
    ),
    charges: fc.array(
      fc.record({
        kind: fc.constantFrom('delivery', 'packing', 'service'),
        name: fc.constant('x'),
        amount: minor(9_000n),
      }),
      { maxLength: 3 },
    ),
    tip: minor(5_000n),
  })
  .map((parts) => orderOf(parts as Partial<Order>))

export function at(text: string): Instant {
  return instant(Date.parse(text))
}
