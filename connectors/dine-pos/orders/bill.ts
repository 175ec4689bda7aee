import type { Order, OrderItem, OrderTax } from '#canon/order.ts'
import { type CurrencyCode, exponentOf } from '#kernel/currency.ts'
import { add, type Decimal, decimal, multiply, negate, ONE, ZERO } from '#kernel/decimal.ts'
import { type Minor, majorText, sum } from '#kernel/money.ts'

// An order’s amounts as such systems want them: every line with its own share of each tax, GST told apart as the central
// and the state’s half, and all of it adding up. Minor units throughout.

export type Bill = {
  readonly currency: CurrencyCode
  readonly lines: readonly BillLine[]
  /** Each tax with its amount over all lines. */
  readonly taxes: readonly BillTax[]
  /** Off lines and off the order. */
  readonly discount: Minor
  readonly lineDiscount: Minor
  readonly taxTotal: Minor
  readonly delivery: Minor
  readonly packing: Minor
  readonly service: Minor
  readonly tip: Minor
  readonly total: Minor
}

export type BillLine = {
  readonly item: OrderItem
  /**
   * One whose price times quantity is no whole minor unit: it goes as one piece for the rounded price, since a till that
   * multiplies by itself would come to another sum.
   */
  readonly isWeighed: boolean
  readonly quantity: Decimal
  readonly unitPrice: Minor
  readonly addons: readonly BillAddon[]
  /** Before its discount, add-ons inside. */
  readonly gross: Minor
  readonly taxes: readonly BillTax[]
}

export type BillAddon = {
  readonly nth: number
  readonly name: string
  /** For the whole line. */
  readonly quantity: Decimal
  /** For each one of the line. */
  readonly each: Decimal
  readonly price: Minor
}

export type BillTax = { readonly name: string; readonly rate: Decimal | null; readonly amount: Minor }

export function billOf(order: Order): Bill {
  const added = order.taxes.filter(({ included }) => !included).flatMap(halvesOf)
  const shares = order.items.map((): BillTax[] => [])
  for (const tax of added) {
    const amounts = shareOut(tax.amount, weightsOf(order.items, tax.lineIds))
    for (const [nth, amount] of amounts.entries()) {
      if (amount !== 0n) shares[nth]?.push({ name: tax.name, rate: tax.rate, amount })
    }
  }
  const charged = (kind: Order['charges'][number]['kind']) =>
    sum(order.charges.filter((charge) => charge.kind === kind).map(({ amount }) => amount))
  const lineDiscount = sum(order.items.map(({ discount }) => discount))
  return {
    currency: order.currency,
    lines: order.items.map((item, nth) => lineOf(item, shares[nth] ?? [])),
    taxes: added.map(({ name, rate, amount }) => ({ name, rate, amount })),
    discount: lineDiscount + sum(order.discounts.map(({ amount }) => amount)),
    lineDiscount,
    taxTotal: sum(added.map(({ amount }) => amount)),
    delivery: charged('delivery'),
    packing: charged('packing'),
    service: charged('service'),
    tip: order.tip,
    total: order.total,
  }
}

function lineOf(item: OrderItem, taxes: readonly BillTax[]): BillLine {
  const gross = item.total + item.discount
  const one = item.modifiers.reduce(
    (price, { quantity, unitPrice }) => add(price, multiply(decimal(unitPrice), quantity)),
    decimal(item.unitPrice),
  )
  const isWeighed = multiply(one, item.quantity) !== decimal(gross)
  const quantity = isWeighed ? ONE : item.quantity
  return {
    item,
    isWeighed,
    quantity,
    unitPrice: isWeighed ? gross : item.unitPrice,
    addons: item.modifiers.map((modifier, nth) => ({
      nth,
      name: modifier.name,
      quantity: multiply(modifier.quantity, quantity),
      each: modifier.quantity,
      // What it costs is inside the line’s one price then.
      price: isWeighed ? 0n : modifier.unitPrice,
    })),
    gross,
    taxes,
  }
}

type Part = BillTax & { readonly lineIds: OrderTax['lineIds'] }

/** India’s GST is half the centre’s and half the state’s, and stands so on every bill. An odd paisa is the centre’s. */
function halvesOf({ name, rate, amount, lineIds }: OrderTax): readonly Part[] {
  if (!/^gst\b/i.test(name.trim())) return [{ name, rate, amount, lineIds }]
  const half = rate === null ? null : multiply(rate, decimal('0.5'))
  const states = amount / 2n
  return [
    { name: 'CGST', rate: half, amount: amount - states, lineIds },
    { name: 'SGST', rate: half, amount: states, lineIds },
  ]
}

/** By what the lines cost after their discounts; alike where none costs anything. */
function weightsOf(items: readonly OrderItem[], lineIds: OrderTax['lineIds']): readonly Minor[] {
  const named = new Set(lineIds ?? [])
  const isOn = ({ lineId }: OrderItem) => lineIds === null || named.has(lineId)
  const isAny = items.some(isOn)
  const weights = items.map((item) => (!isAny || isOn(item) ? (item.total > 0n ? item.total : 0n) : 0n))
  if (weights.some((weight) => weight > 0n)) return weights
  return items.map((item) => (!isAny || isOn(item) ? 1n : 0n))
}

/** Whole minor units in proportion to the weights, adding up to the amount: the largest remainders get what is over. */
export function shareOut(amount: Minor, weights: readonly Minor[]): readonly Minor[] {
  const all = sum(weights)
  if (all === 0n) return weights.map(() => 0n)
  const shares = weights.map((weight, nth) => ({ nth, share: (amount * weight) / all, rest: (amount * weight) % all }))
  let over = amount - sum(shares.map(({ share }) => share))
  const parts = shares.map(({ share }) => share)
  for (const { nth, rest } of shares.toSorted((a, b) =>
    a.rest === b.rest ? a.nth - b.nth : a.rest < b.rest ? 1 : -1,
  )) {
    if (over === 0n || rest === 0n) break
    parts[nth] = (parts[nth] ?? 0n) + 1n
    over -= 1n
  }
  return parts
}

/**
 * Null when what is sent adds up as the system will add it: items and add-ons, less discounts, and taxes and charges on
 * top, to the total within 0.01. Else the difference, in minor units and exact.
 */
export function differenceOf(bill: Bill): Decimal | null {
  const { lines, discount, taxTotal, delivery, packing, service, tip, total, currency } = bill
  let worth: Decimal = ZERO
  for (const { unitPrice, quantity, addons } of lines) {
    worth = add(worth, multiply(decimal(unitPrice), quantity))
    for (const addon of addons) worth = add(worth, multiply(decimal(addon.price), addon.quantity))
  }
  const rest = taxTotal + delivery + packing + service + tip - discount - total
  const difference = add(worth, decimal(rest))
  return isWithin(difference, currency) ? null : difference
}

function isWithin(difference: Decimal, currency: CurrencyCode): boolean {
  const size = difference.startsWith('-') ? negate(difference) : difference
  // A hundredth of the currency: a paisa, ten fils, and nothing of a yen.
  const most = 10 ** exponentOf(currency) / 100
  return most >= 1 ? Number(size) <= most : size === '0'
}

/** For a sentence: `-12.34 INR`. */
export function differenceText(difference: Decimal, { currency }: Pick<Bill, 'currency'>): string {
  const whole = difference.includes('.') ? null : majorText(BigInt(difference), currency)
  return `${whole ?? `${difference} hundredths`} ${currency}`
}
