import type { Order, OrderCustomer, OrderItem, OrderModifier, OrderTax } from '#canon/order.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { type Decimal, decimal, multiply, multiplyToMinor } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { type Minor, sum } from '#kernel/money.ts'
import type { PosArticle } from '../contract.ts'
import type { StageDish } from './stage.ts'

// Orders as a channel hands them in: their sums hold, and each has a customer whose name must turn up nowhere.

/** Who orders, in every one of them. */
export const GUEST: OrderCustomer = {
  name: 'Philippa Quist-Halloran',
  phone: '+15555550147',
  email: 'philippa@quist-halloran.example',
}

export const ADDRESS = {
  lines: ['77 Analytical Row', 'Rear bell'],
  city: 'Elmsworth',
  region: null,
  postalCode: '10117',
  country: null,
}

/** Parts of an order that are a person's: they belong into bodies, and nowhere else. */
export const PERSONAL_WORDS: readonly string[] = [
  GUEST.name,
  'Quist-Halloran',
  '5555550147',
  GUEST.email ?? '',
  ...ADDRESS.lines,
]

export type LineWish = {
  /** Which of what the provider sells; the first when left out. */
  readonly dish?: number
  /** So many of what may be added to it, or of our own making where it has none. */
  readonly extras?: number
  readonly quantity?: string
  readonly unitPrice?: Minor
  readonly extraPrice?: Minor
  readonly discount?: Minor
  readonly name?: string
  readonly note?: string | null
  /** It stands for nothing that the provider sells. */
  readonly unmapped?: boolean
}

export type OrderWish = Partial<Omit<Order, 'id' | 'items' | 'total' | 'currency'>> & {
  readonly lines?: readonly LineWish[]
}

/** What every order of one check has in common. */
export type OrderBase = {
  readonly id: Id
  readonly nth: number
  readonly currency: CurrencyCode
  readonly placedAt: Instant
  readonly menu: readonly StageDish[]
}

export function sampleOrder(base: OrderBase, { lines = [{}], ...wish }: OrderWish): Order {
  const items = lines.map((line, nth) => itemOf(base.menu, line, nth))
  const order = {
    id: base.id,
    channel: 'web-shop',
    externalId: `w-${base.nth}`,
    number: `WEB-${base.nth}`,
    placedAt: base.placedAt,
    currency: base.currency,
    fulfilment: { kind: 'pickup', at: null, table: null, guests: null, address: null, note: null },
    customer: GUEST,
    items,
    discounts: [],
    taxes: [],
    charges: [],
    tip: 0n,
    payment: { state: 'paid', method: 'card', reference: `pay-${base.nth}` },
    note: null,
    test: false,
    ...wish,
  } satisfies Omit<Order, 'total'>
  return { ...order, total: totalOf(order) }
}

function totalOf({ items, discounts, taxes, charges, tip }: Omit<Order, 'total'>): Minor {
  const added = taxes.filter(({ included }: OrderTax) => !included)
  const of = (parts: readonly { readonly amount: Minor }[]) => sum(parts.map(({ amount }) => amount))
  return sum(items.map(({ total }) => total)) - of(discounts) + of(added) + of(charges) + tip
}

const PRICE = 450n

function itemOf(menu: readonly StageDish[], wish: LineWish, nth: number): OrderItem {
  const at = (wish.dish ?? 0) % Math.max(1, menu.length)
  const dish = menu[at]
  const quantity = decimal(wish.quantity ?? '1')
  const unitPrice = wish.unitPrice ?? dish?.article.price ?? PRICE
  const modifiers = (wish.unmapped ? [] : (dish?.extras ?? [])).slice(0, wish.extras ?? 0).map(
    (extra, of): OrderModifier => ({
      itemId: extraId(at, of),
      name: extra.name,
      quantity: decimal(1),
      unitPrice: wish.extraPrice ?? extra.price ?? 0n,
    }),
  )
  const discount = wish.discount ?? 0n
  return {
    lineId: `l-${nth}`,
    itemId: wish.unmapped === true ? null : dishId(at),
    name: wish.name ?? dish?.article.name ?? 'Something',
    sku: null,
    quantity,
    unitPrice,
    modifiers,
    discount,
    total: grossOf(unitPrice, modifiers, quantity) - discount,
    note: wish.note ?? null,
  }
}

/** (unit price + modifiers of one) × quantity, rounded once. All modifiers here are of one each. */
export function grossOf(
  unitPrice: Minor,
  modifiers: readonly { readonly unitPrice: Minor }[],
  quantity: Decimal,
): Minor {
  return multiplyToMinor(unitPrice + sum(modifiers.map((one) => one.unitPrice)), quantity)
}

function dishId(at: number): string {
  return `dish-${at}`
}

function extraId(at: number, of: number): string {
  return `dish-${at}-extra-${of}`
}

/** What the channel's ids stand for, as a person would have matched them. */
export function articlesOf(menu: readonly StageDish[]): ReadonlyMap<string, PosArticle> {
  return new Map(
    menu.flatMap(({ article, extras }, at) => [
      [dishId(at), article] as const,
      ...extras.map((extra, of) => [extraId(at, of), extra] as const),
    ]),
  )
}

const QUANTITIES = ['1', '1', '1', '2', '3', '7', '12', '0.35', '1.255', '0.005', '2.5']
const RATES = [null, '5', '7.25', '10', '19', '0.75']
const CHARGES = ['delivery', 'packing', 'service'] as const

/** Any mixture of lines, additions, discounts, charges, tips and taxes, with and without rates. */
export function anyOrderWish(roll: (below: number) => number): OrderWish {
  const lines = Array.from({ length: 1 + roll(5) }, (): LineWish => {
    const quantity = QUANTITIES[roll(QUANTITIES.length)] ?? '1'
    const [unitPrice, extraPrice] = [BigInt(roll(20_000)), BigInt(roll(300))]
    const line = { dish: roll(8), extras: roll(3), quantity, unitPrice, extraPrice }
    const gross = multiplyToMinor(unitPrice, decimal(quantity))
    return roll(3) === 0 ? { ...line, discount: gross / BigInt(2 + roll(9)) } : line
  })
  // Without what is added to a line, which only makes it dearer: the discount is never more than there is.
  const worth = sum(
    lines.map(({ unitPrice = 0n, quantity = '1', discount = 0n }) => {
      return multiplyToMinor(unitPrice, decimal(quantity)) - discount
    }),
  )
  return {
    lines,
    tip: roll(2) === 0 ? 0n : BigInt(roll(500)),
    charges: CHARGES.slice(0, roll(4)).map((kind) => ({ kind, name: `For ${kind}`, amount: BigInt(roll(900)) })),
    discounts:
      worth < 20n || roll(2) === 0 ? [] : [{ name: 'Welcome', code: 'HI', amount: worth / BigInt(3 + roll(9)) }],
    taxes: Array.from({ length: roll(3) }, (_, nth) => taxOf(worth, nth, roll)),
  }
}

/** By its rate, or a little off it, as channels round in ways of their own. */
function taxOf(worth: Minor, nth: number, roll: (below: number) => number): OrderTax {
  const rate = RATES[roll(RATES.length)] ?? null
  const exact = multiplyToMinor(worth, multiply(decimal(rate ?? '8'), decimal('0.01')))
  return {
    name: `Tax ${nth + 1}`,
    rate: rate === null ? null : decimal(rate),
    amount: exact < 2n ? exact : exact + BigInt(roll(3) - 1),
    // One at most is inside the prices: systems differ in what two of them on a line would mean.
    included: nth === 0 && roll(2) === 0,
    lineIds: roll(3) === 0 ? ['l-0'] : null,
  }
}
