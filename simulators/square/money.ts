import type { MoneyAmounts } from './wire.ts'

// Amounts are whole numbers of minor units throughout, as on Square's wire.

/** The quotient of two whole numbers, halves to the even neighbour, as Square rounds. */
export function dividedHalfEven(dividend: number, divisor: number): number {
  const floor = Math.floor(dividend / divisor)
  const twice = 2 * (dividend - floor * divisor)
  if (twice !== divisor) return twice > divisor ? floor + 1 : floor
  return floor % 2 === 0 ? floor : floor + 1
}

/** That many percent ('8.875', up to five decimals) of an amount. */
export function percentOf(amount: number, percentage: string): number {
  const { part, whole } = fractionOf(percentage)
  return dividedHalfEven(amount * part, whole)
}

/** The tax that is inside an amount at that rate. */
export function includedIn(amount: number, percentage: string): number {
  const { part, whole } = fractionOf(percentage)
  return dividedHalfEven(amount * part, whole + part)
}

/** '8.875' percent as 8875 of 100000. */
function fractionOf(percentage: string): { part: number; whole: number } {
  const match = /^(\d{1,3})(?:\.(\d{1,5}))?$/.exec(percentage)
  if (match === null) throw new RangeError(`"${percentage}" is not a percentage.`)
  const decimals = match[2] ?? ''
  return { part: Number(`${match[1]}${decimals}`), whole: 100 * 10 ** decimals.length }
}

/** A quantity such as '2' or '0.435' as a whole number and what it is divided by. */
export function quantityOf(text: string): { units: number; divisor: number } {
  const match = /^(\d{1,7})(?:\.(\d{1,5}))?$/.exec(text)
  if (match === null) throw new RangeError(`"${text}" is not a quantity.`)
  const decimals = match[2] ?? ''
  return { units: Number(`${match[1]}${decimals}`), divisor: 10 ** decimals.length }
}

/** Splits an amount by weights so that the parts sum to it. */
export function shared(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let reached = 0
  let given = 0
  return weights.map((weight) => {
    reached += weight
    const upTo = sum === 0 ? 0 : Math.round(amount * (reached / sum))
    const part = upTo - given
    given = upTo
    return part
  })
}

export function sumOf(amounts: Iterable<{ readonly amount: number } | undefined>): number {
  let sum = 0
  for (const money of amounts) sum += money?.amount ?? 0
  return sum
}

export type Amounts = { total: number; tax: number; discount: number; tip: number; serviceCharge: number }

export const NOTHING: Amounts = { total: 0, tax: 0, discount: 0, tip: 0, serviceCharge: 0 }

export function moneyAmounts(amounts: Amounts, currency: string): MoneyAmounts {
  return {
    total_money: { amount: amounts.total, currency },
    tax_money: { amount: amounts.tax, currency },
    discount_money: { amount: amounts.discount, currency },
    tip_money: { amount: amounts.tip, currency },
    service_charge_money: { amount: amounts.serviceCharge, currency },
  }
}

export function difference(one: Amounts, other: Amounts): Amounts {
  return {
    total: one.total - other.total,
    tax: one.tax - other.tax,
    discount: one.discount - other.discount,
    tip: one.tip - other.tip,
    serviceCharge: one.serviceCharge - other.serviceCharge,
  }
}
