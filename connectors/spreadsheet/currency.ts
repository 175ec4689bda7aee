import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import type { ColumnMapping, ColumnRole, FileNote, FileSite } from '../contract-files.ts'
import { choiceFault } from './choice-fault.ts'
import { NUMERIC_ROLES } from './column-fit.ts'
import { fileNote } from './faults.ts'
import { heading } from './header.ts'
import type { Survey } from './survey.ts'

// Which money the amounts are: a column says it, or a sign at the amounts or in a heading, or the site.

export type CurrencyGuess = {
  readonly currency: CurrencyCode
  readonly from: 'file' | 'person' | 'site'
  readonly notes: readonly FileNote[]
}

const CODE_BY_SIGN: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₩': 'KRW',
  '₪': 'ILS',
  '₫': 'VND',
  '₴': 'UAH',
  '₺': 'TRY',
  '₽': 'RUB',
  '₱': 'PHP',
  '฿': 'THB',
  '₦': 'NGN',
  '₡': 'CRC',
  '₲': 'PYG',
  '₵': 'GHS',
  '₸': 'KZT',
  '₭': 'LAK',
  '₮': 'MNT',
  r$: 'BRL',
  zł: 'PLN',
  lei: 'RON',
  ft: 'HUF',
  kč: 'CZK',
  us$: 'USD',
  ca$: 'CAD',
  a$: 'AUD',
  au$: 'AUD',
  nz$: 'NZD',
  hk$: 'HKD',
  s$: 'SGD',
  mx$: 'MXN',
  rs: 'INR',
  'rs.': 'INR',
  fr: 'CHF',
  'fr.': 'CHF',
  sfr: 'CHF',
  'sfr.': 'CHF',
}

/** Signs that several currencies share, with the ones that use them; the first is taken unless the site's is another. */
const SHARED_SIGNS: Readonly<Record<string, readonly string[]>> = {
  $: [
    'USD',
    'CAD',
    'AUD',
    'NZD',
    'SGD',
    'HKD',
    'MXN',
    'CLP',
    'COP',
    'ARS',
    'TWD',
    'BBD',
    'JMD',
    'TTD',
    'BSD',
    'BZD',
    'FJD',
    'UYU',
    'DOP',
  ],
  '¥': ['JPY', 'CNY'],
  kr: ['SEK', 'DKK', 'NOK', 'ISK'],
  'kr.': ['DKK', 'SEK', 'NOK', 'ISK'],
}

const MONEY_ROLES: ReadonlySet<ColumnRole> = new Set([...NUMERIC_ROLES].filter((role) => role !== 'quantity'))

export function guessCurrency(
  columns: readonly ColumnMapping[],
  look: Survey,
  preamble: readonly string[],
  site: FileSite,
  chosen: CurrencyCode | undefined,
): CurrencyGuess {
  const column = columns.find(({ role }) => role === 'currency')
  const values = column ? look.evidence[column.index]?.values : undefined
  const codes = [...(values ?? [])]
    .map(([value, times]) => [value.trim().toUpperCase(), times] as const)
    .filter(([code]) => isCurrencyCode(code))
    .sort((a, b) => b[1] - a[1])
  const first = codes[0]?.[0]
  if (chosen !== undefined) {
    refuseContradiction(chosen, column?.header, codes)
    return { currency: chosen, from: 'person', notes: [] }
  }
  if (first !== undefined && isCurrencyCode(first)) {
    return { currency: first, from: 'file', notes: codes.length > 1 ? [fileNote('currency_mixed', 'warning')] : [] }
  }
  for (const sign of [...signsAtAmounts(columns, look), ...signsInHeadings(columns), ...codesIn(preamble)]) {
    const found = currencyOfSign(sign, site.currency)
    if (found)
      return {
        currency: found.currency,
        from: 'file',
        notes: found.shared
          ? [fileNote('currency_of_sign', 'confirm', `"${sign}" is read as ${found.currency}. Please confirm.`)]
          : [],
      }
  }
  return { currency: site.currency, from: 'site', notes: [] }
}

/** A column that names another currency in every row would go on deciding for each row. */
function refuseContradiction(
  chosen: CurrencyCode,
  header: string | undefined,
  codes: readonly (readonly [string, number])[],
): void {
  if (!isCurrencyCode(chosen)) throw choiceFault(`"${chosen}" is no currency of ISO 4217. Choose a code such as EUR.`)
  if (codes.length === 0 || codes.some(([code]) => code === chosen)) return
  throw choiceFault(
    `"${header}" says ${codes[0]?.[0]} and never ${chosen}. Choose "ignore" for that column to read all amounts as ${chosen}.`,
  )
}

function signsAtAmounts(columns: readonly ColumnMapping[], look: Survey): readonly string[] {
  const counts = new Map<string, number>()
  for (const { role, index } of columns) {
    if (!MONEY_ROLES.has(role)) continue
    for (const [sign, times] of look.evidence[index]?.signs ?? []) counts.set(sign, (counts.get(sign) ?? 0) + times)
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([sign]) => sign)
}

function signsInHeadings(columns: readonly ColumnMapping[]): readonly string[] {
  const hints = columns.filter(({ role }) => MONEY_ROLES.has(role)).flatMap(({ header }) => heading(header).hints)
  // `Total (all)` is not in Albanian lek.
  return hints.filter((hint) => !/^[a-z]{3}$/.test(hint))
}

/** `Currency: DKK` above the header. */
function codesIn(preamble: readonly string[]): readonly string[] {
  return preamble.flatMap((line) => {
    const match = /\b(?:currency|währung|valuta|devise|moneda)\b\W*([A-Z]{3})\b/iu.exec(line)
    return match?.[1] ? [match[1]] : []
  })
}

function currencyOfSign(sign: string, site: CurrencyCode): { currency: CurrencyCode; shared: boolean } | null {
  const text = sign.trim().toLowerCase()
  const shared = SHARED_SIGNS[text]
  if (shared) {
    const code = shared.includes(site) ? site : (shared[0] ?? '')
    // The site's own currency uses this sign: nothing is left to ask.
    return isCurrencyCode(code) ? { currency: code, shared: code !== site } : null
  }
  const code = CODE_BY_SIGN[text] ?? (text.length === 3 ? text.toUpperCase() : '')
  return isCurrencyCode(code) ? { currency: code, shared: false } : null
}
