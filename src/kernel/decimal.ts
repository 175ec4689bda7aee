import Big from 'big.js'

/**
 * An exact decimal number in canonical form: no exponent, no leading zeros, no trailing zeros behind the point, no
 * `-0`. Two equal numbers are equal strings, PostgreSQL's `numeric` takes it as it stands, and no float ever rounds it.
 */
export type Decimal = string & { readonly __brand: 'Decimal' }

const PLAIN = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{0,11}[1-9])?$/

// Big.js must never answer in exponent notation, and a division must keep more digits than any rate or quantity has.
Big.PE = 40
Big.NE = -40
Big.DP = 20

export const ZERO = '0' as Decimal
export const ONE = '1' as Decimal

/** Reads plain decimal text (`12`, `-0.50`, `1e3`); null when it is no finite number. */
export function findDecimal(text: string): Decimal | null {
  if (PLAIN.test(text) && text !== '-0') return text as Decimal
  try {
    return canonical(new Big(text))
  } catch {
    return null
  }
}

/** Like {@link findDecimal}, for numbers that our own code or a checked schema made. */
export function decimal(value: string | number | bigint): Decimal {
  if (typeof value === 'bigint') return value.toString() as Decimal
  return canonical(new Big(value))
}

export function add(a: Decimal, b: Decimal): Decimal {
  // Nearly every quantity is a small whole number, and sums are made by the million.
  if (a.length < 15 && b.length < 15 && !a.includes('.') && !b.includes('.'))
    return String(Number(a) + Number(b)) as Decimal
  return canonical(new Big(a).plus(b))
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return canonical(new Big(a).times(b))
}

export function negate(a: Decimal): Decimal {
  if (a === '0') return a
  return (a.startsWith('-') ? a.slice(1) : `-${a}`) as Decimal
}

export function isNegative(a: Decimal): boolean {
  return a.startsWith('-')
}

/** `a * b` as whole minor units, half away from zero: how tills round a weighed price. */
export function multiplyToMinor(minor: bigint, by: Decimal): bigint {
  if (by === '1') return minor
  return BigInt(new Big(minor.toString()).times(by).round(0, Big.roundHalfUp).toFixed(0))
}

function canonical(value: Big): Decimal {
  const text = value.toFixed()
  const trimmed = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return (trimmed === '-0' || trimmed === '' ? '0' : trimmed) as Decimal
}
