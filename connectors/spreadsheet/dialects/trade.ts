import type { Tender } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { type Decimal, multiplyToMinor } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'

// What a shop sold, before any till wrote it down.

export type Trade = {
  readonly currency: CurrencyCode
  /** Whether prices have the tax inside. */
  readonly tax: 'added' | 'included'
  readonly sales: readonly TradedSale[]
}

export type TradedSale = {
  /** As it stands on the receipt. */
  readonly number: string
  /** Milliseconds of the shop's own clock since 1970-01-01T00:00. */
  readonly wall: number
  readonly register: string
  readonly items: readonly TradedItem[]
  readonly tip: Minor
  /** One, or two that share the total. */
  readonly tenders: readonly TradedTender[]
  /** What came back later: the first item, whole. Milliseconds after the sale. */
  readonly refundedAfter: number | null
}

export type TradedTender = Extract<Tender, 'cash' | 'card' | 'wallet'>

export type TradedItem = {
  readonly name: string
  readonly sku: string
  readonly quantity: Decimal
  readonly price: Minor
  readonly discount: Minor
  /** In percent. */
  readonly taxRate: number
}

/** Before the discount, half a minor unit rounded away from zero. */
export function grossOf({ price, quantity }: TradedItem): Minor {
  return multiplyToMinor(price, quantity)
}

/** A discount is never more than what it is taken off. */
export function discountOf(item: TradedItem): Minor {
  const gross = grossOf(item)
  return item.discount < gross ? item.discount : gross
}

export function taxOf(item: TradedItem, tax: Trade['tax']): Minor {
  const left = grossOf(item) - discountOf(item)
  const [part, whole] = [BigInt(item.taxRate), tax === 'added' ? 100n : 100n + BigInt(item.taxRate)]
  return (left * part * 2n + whole) / (whole * 2n)
}

/** What is to be paid for an item. */
export function dueOf(item: TradedItem, tax: Trade['tax']): Minor {
  return grossOf(item) - discountOf(item) + (tax === 'added' ? taxOf(item, tax) : 0n)
}

/** What came back of a sale: nothing where nothing had been paid for it. */
export function returnedItem({ items, refundedAfter }: TradedSale): TradedItem | null {
  const [first] = items
  return refundedAfter === null || first === undefined || discountOf(first) === grossOf(first) ? null : first
}

export function totalled(items: readonly TradedItem[], amountOf: (item: TradedItem) => Minor): Minor {
  return items.reduce((sum, item) => sum + amountOf(item), 0n)
}

/** What two tenders pay of a sale: the first a third, the other the rest. */
export function sharesOf(total: Minor, tenders: readonly TradedTender[]): readonly Minor[] {
  return tenders.length === 1 ? [total] : [total / 3n, total - total / 3n]
}
