import codes from 'currency-codes'
import { Fault } from './fault.ts'

/** An ISO 4217 alphabetic code that is in force, such as `EUR`. */
export type CurrencyCode = string & { readonly __brand: 'CurrencyCode' }

const EXPONENTS: ReadonlyMap<string, number> = new Map(codes.data.map((entry) => [entry.code, entry.digits]))

export function isCurrencyCode(text: string): text is CurrencyCode {
  return EXPONENTS.has(text)
}

/** Reads a code, whatever its case. Throws `currency.unknown`. */
export function currencyCode(text: string): CurrencyCode {
  const code = text.trim().toUpperCase()
  if (isCurrencyCode(code)) return code
  throw new Fault('invalid', 'currency.unknown', {
    say: `"${text.slice(0, 12)}" is not a currency of ISO 4217. Give a three-letter code such as EUR.`,
  })
}

/** Digits behind the decimal point: 0 for JPY, 2 for EUR, 3 for KWD, 4 for CLF. From the ISO 4217 table only. */
export function exponentOf(currency: CurrencyCode): number {
  return EXPONENTS.get(currency) ?? 2
}
