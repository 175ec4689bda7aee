import { type CurrencyCode, currencyCode, exponentOf } from '#kernel/currency.ts'
import { majorText } from '#kernel/money.ts'

// The last step of every figure: exact minor units become the decimals that these addresses promise. A double holds
// fifteen digits, so an amount is exact to its minor unit up to ten trillion euros.

export type Decimals = (amount: bigint) => number

/** Minor units of that currency as a decimal number of major units. */
export function decimalsOf(currency: string): Decimals {
  const code: CurrencyCode = currencyCode(currency)
  return (amount) => Number(majorText(amount, code))
}

/** Digits behind the point that an amount of that currency is written with. */
export function digitsOf(currency: string): number {
  return exponentOf(currencyCode(currency))
}

/** 0 to 1 with four digits; null where the whole is nothing, or less. */
export function shareOf(part: bigint, whole: bigint): number | null {
  return whole > 0n ? roundTo(Number(part) / Number(whole), 4) : null
}

/** Percent with two digits; null when there was nothing before. */
export function percentOf(before: number, change: number): number | null {
  return before > 0 ? roundTo((change / before) * 100, 2) : null
}

export function roundTo(value: number, digits: number): number {
  const factor = 10 ** digits
  // Adding zero turns −0, which JSON would show, into 0.
  return Math.round(value * factor) / factor + 0
}

/** Half away from zero, as a person rounds a price. */
export function divideRounded(amount: bigint, by: bigint): bigint {
  const negative = amount < 0n
  const size = negative ? -amount : amount
  const rounded = (size * 2n + by) / (by * 2n)
  return negative ? -rounded : rounded
}
