import { currencyOfFormat } from './format-currency.ts'

// What a number format says that its number is. A date is stored as a number, and so is a share; the format alone tells.

export type NumberFormat =
  | { readonly kind: 'plain' }
  /** `00000`: shown with this many digits at least. */
  | { readonly kind: 'padded'; readonly digits: number }
  | { readonly kind: 'percent' }
  /** `sign` is an ISO code or a sign such as `$`. */
  | { readonly kind: 'money'; readonly sign: string }
  | { readonly kind: 'moment'; readonly date: boolean; readonly time: boolean }
  /** Hours beyond a day: how long something took. */
  | { readonly kind: 'elapsed' }

export const PLAIN: NumberFormat = { kind: 'plain' }
const PERCENT: NumberFormat = { kind: 'percent' }
const DATE: NumberFormat = { kind: 'moment', date: true, time: false }
const TIME: NumberFormat = { kind: 'moment', date: false, time: true }
const DATE_TIME: NumberFormat = { kind: 'moment', date: true, time: true }
const ELAPSED: NumberFormat = { kind: 'elapsed' }

/**
 * The formats that a workbook need not spell out. The ones of money (5 to 8, 37 to 44) are left plain: their sign is
 * that of whoever looks at them.
 */
export function builtInFormat(id: number): NumberFormat {
  if (id === 9 || id === 10) return PERCENT
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 54)) return DATE
  // In some languages 55 and 56 are times; a date that has a time shows it all the same.
  if (id >= 55 && id <= 58) return DATE
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return TIME
  if (id === 22) return DATE_TIME
  return id === 46 ? ELAPSED : PLAIN
}

// Quoted text, an escaped sign, a sign to leave room for or to fill with: none of them is of the format's own language.
const LITERALS = /"[^"]*"|\\.|_.|\*./g
const BRACKETS = /\[[^\]]*\]/g
const WORDS = /general|standard|am\/pm|a\/p/g

/** What a format's code says, such as `DD\.MM\.YYYY;@` or `#,##0.00\ [$kr.-406]`. */
export function customFormat(code: string): NumberFormat {
  const bare = code.replace(LITERALS, '').toLowerCase()
  if (/\[(?:h+|m+|s+)\]/.test(bare)) return ELAPSED
  const first = bare.replace(BRACKETS, '').replace(WORDS, '').split(';')[0] ?? ''
  const moment = momentFormat(first)
  if (moment) return moment
  if (first.includes('%')) return PERCENT
  const sign = currencyOfFormat(code)
  if (sign !== null) return { kind: 'money', sign }
  return /^0{2,40}$/.test(first.trim()) ? { kind: 'padded', digits: first.trim().length } : PLAIN
}

function momentFormat(section: string): NumberFormat | null {
  // Digits to fill are of a number, but for parts of a second: `0.0 pcs` is no time, though it has an s.
  if (/[0#?]/.test(section.replace(/s[.,]0+/g, 's'))) return null
  const time = /[hs]/.test(section)
  const date = /[yd]/.test(section) || (!time && section.includes('m'))
  if (date) return time ? DATE_TIME : DATE
  return time ? TIME : null
}
