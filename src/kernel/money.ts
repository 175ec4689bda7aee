import Big from 'big.js'
import { type CurrencyCode, exponentOf } from './currency.ts'
import type { Decimal } from './decimal.ts'

/** Whole minor units (cents, yen, fils) of a currency that stands beside it. A bigint cannot meet a float by mistake. */
export type Minor = bigint

export type Money = { readonly amount: Minor; readonly currency: CurrencyCode }

/** Money as every address of ours writes it. */
export type WireMoney = { amount: number; currency: string }

/**
 * Major units (`"12.5"`) as minor units. Null when the amount has more digits than the currency, for example half a
 * yen: such an amount is shown to a person and never rounded away.
 */
export function findMinor(major: Decimal, currency: CurrencyCode): Minor | null {
  const exponent = exponentOf(currency)
  const point = major.indexOf('.')
  const digits = point < 0 ? 0 : major.length - point - 1
  if (digits > exponent) return null
  return BigInt((point < 0 ? major : major.slice(0, point) + major.slice(point + 1)) + '0'.repeat(exponent - digits))
}

/** Major units as minor units, half away from zero: for prices that carry more digits than the currency has. */
export function roundToMinor(major: Decimal, currency: CurrencyCode): Minor {
  const shifted = new Big(major).times(new Big(10).pow(exponentOf(currency)))
  return BigInt(shifted.round(0, Big.roundHalfUp).toFixed(0))
}

/** Minor units as plain major text with the currency's own number of digits: `1250n` in EUR is `"12.50"`. */
export function majorText(amount: Minor, currency: CurrencyCode): string {
  const exponent = exponentOf(currency)
  const sign = amount < 0n ? '-' : ''
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0')
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** Minor units as a JSON number. Nine quadrillion minor units fit; more would be a fault of the data, so it is said. */
export function wireAmount(amount: Minor): number {
  const number = Number(amount)
  if (!Number.isSafeInteger(number)) throw new RangeError(`amount ${amount} is beyond what JSON numbers hold exactly`)
  return number
}

export function wireMoney(amount: Minor, currency: string): WireMoney {
  return { amount: wireAmount(amount), currency }
}

export function sum(amounts: Iterable<Minor>): Minor {
  let total = 0n
  for (const amount of amounts) total += amount
  return total
}
