import { isCurrencyCode } from '#kernel/currency.ts'

// The money that a number format names. Many tills write the currency nowhere else. Answered is what the columns'
// reader knows how to read: an ISO code, or a sign that several currencies share when the format does not say more.

type Money = {
  /** Signs that this currency shares with no other that is read here. Case counts: `0" ft"` are feet. */
  readonly signs?: readonly string[]
  /** Windows' numbers of languages and countries, in hexadecimal, as formats write them. */
  readonly locales?: readonly string[]
  readonly countries?: readonly string[]
}

const EURO_COUNTRIES = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ')

const MONEYS: Readonly<Record<string, Money>> = {
  EUR: { signs: ['€'], locales: ['1', '2'], countries: EURO_COUNTRIES },
  GBP: { signs: ['£'], locales: ['809'], countries: ['GB'] },
  USD: { signs: ['US$'], locales: ['409', '540a'], countries: ['US'] },
  CAD: { signs: ['CA$'], locales: ['1009', 'c0c'], countries: ['CA'] },
  AUD: { signs: ['A$', 'AU$'], locales: ['c09'], countries: ['AU'] },
  NZD: { signs: ['NZ$'], locales: ['1409'], countries: ['NZ'] },
  SGD: { signs: ['S$'], locales: ['4809', '1004'], countries: ['SG'] },
  HKD: { signs: ['HK$'], locales: ['c04', '3c09'], countries: ['HK'] },
  TWD: { signs: ['NT$'], locales: ['404'], countries: ['TW'] },
  MXN: { signs: ['MX$'], locales: ['80a'], countries: ['MX'] },
  CLP: { locales: ['340a'], countries: ['CL'] },
  COP: { locales: ['240a'], countries: ['CO'] },
  ARS: { locales: ['2c0a'], countries: ['AR'] },
  UYU: { locales: ['380a'], countries: ['UY'] },
  DOP: { signs: ['RD$'], locales: ['1c0a'], countries: ['DO'] },
  BRL: { signs: ['R$'], locales: ['416'], countries: ['BR'] },
  PEN: { signs: ['S/', 'S/.'], locales: ['280a'], countries: ['PE'] },
  SEK: { locales: ['41d'], countries: ['SE'] },
  DKK: { locales: ['406', '438'], countries: ['DK', 'FO', 'GL'] },
  NOK: { locales: ['414', '814'], countries: ['NO'] },
  ISK: { locales: ['40f'], countries: ['IS'] },
  CHF: { signs: ['Fr.', 'SFr.', 'sFr.'], locales: ['807', '100c', '810', '1407'], countries: ['CH', 'LI'] },
  PLN: { signs: ['zł'], locales: ['415'], countries: ['PL'] },
  CZK: { signs: ['Kč'], locales: ['405'], countries: ['CZ'] },
  HUF: { signs: ['Ft'], locales: ['40e'], countries: ['HU'] },
  RON: { signs: ['lei'], locales: ['418'], countries: ['RO'] },
  BGN: { signs: ['лв.', 'лв'], locales: ['402'], countries: ['BG'] },
  UAH: { signs: ['₴'], locales: ['422'], countries: ['UA'] },
  RUB: { signs: ['₽', 'р.', 'руб.'], locales: ['419'], countries: ['RU'] },
  TRY: { signs: ['₺', 'TL'], locales: ['41f'], countries: ['TR'] },
  ILS: { signs: ['₪'], locales: ['40d'], countries: ['IL'] },
  JPY: { locales: ['411'], countries: ['JP'] },
  CNY: { locales: ['804'], countries: ['CN'] },
  KRW: { signs: ['₩'], locales: ['412'], countries: ['KR'] },
  INR: { signs: ['₹', 'Rs.', 'Rs'], locales: ['4009', '439'], countries: ['IN'] },
  THB: { signs: ['฿'], locales: ['41e'], countries: ['TH'] },
  VND: { signs: ['₫'], locales: ['42a'], countries: ['VN'] },
  IDR: { signs: ['Rp'], locales: ['421'], countries: ['ID'] },
  MYR: { signs: ['RM'], locales: ['43e'], countries: ['MY'] },
  PHP: { signs: ['₱'], locales: ['3409', '464'], countries: ['PH'] },
  ZAR: { locales: ['1c09', '436'], countries: ['ZA'] },
  NGN: { signs: ['₦'], locales: [], countries: ['NG'] },
  AED: { signs: ['د.إ.'], locales: ['3801'], countries: ['AE'] },
  SAR: { locales: ['401'], countries: ['SA'] },
  KWD: { locales: ['3401'], countries: ['KW'] },
  QAR: { locales: ['4001'], countries: ['QA'] },
  BHD: { locales: ['3c01'], countries: ['BH'] },
  EGP: { locales: ['c01'], countries: ['EG'] },
}

/** Written by several countries; the answer names the sign when the format names no country. */
const SHARED_SIGNS: ReadonlyMap<string, string> = new Map([
  ['$', '$'],
  ['¥', '¥'],
  ['￥', '¥'],
  ['kr', 'kr'],
  ['Kr', 'kr'],
  ['kr.', 'kr.'],
  ['Kr.', 'kr.'],
])

const CODE_BY_SIGN = keyed(({ signs }) => signs)
const CODE_BY_LOCALE = keyed(({ locales }) => locales)
const CODE_BY_COUNTRY = keyed(({ countries }) => countries)

function keyed(of: (money: Money) => readonly string[] | undefined): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(MONEYS).flatMap(([code, money]) => (of(money) ?? []).map((key) => [key, code] as const)),
  )
}

/** A sign in brackets with its country: `[$kr.-406]`, `[$€]`, `[$$-en-US]`; `[$-409]` names a country and no money. */
const BRACKETED = /\[\$([^\]-]*)(?:-([^\]]*))?\]/
const LITERAL = /"([^"]*)"|\\(.)|([$€£¥￥₩₹₽₺₪₴₫฿₱₦])/g

/** An ISO code, or a sign that several currencies share; null when the format shows none that is known. */
export function currencyOfFormat(code: string): string | null {
  const bracketed = BRACKETED.exec(code)
  const sign = bracketed?.[1]?.trim()
  if (sign) return isCurrencyCode(sign) ? sign : (ofSign(sign) ?? ofPlace(bracketed?.[2] ?? '') ?? sharedSign(sign))
  for (const [, quoted, escaped, bare] of code.replace(/\[[^\]]*\]/g, '').matchAll(LITERAL)) {
    const text = (quoted ?? escaped ?? bare ?? '').trim()
    const found = ofSign(text) ?? sharedSign(text)
    if (found !== null) return found
  }
  return null
}

function ofSign(sign: string): string | null {
  return Object.hasOwn(MONEYS, sign) ? sign : (CODE_BY_SIGN.get(sign) ?? null)
}

function sharedSign(sign: string): string | null {
  return SHARED_SIGNS.get(sign) ?? null
}

/** `406`, `0406`, `da-DK`, `x-euro2`; digits and calendars may stand in front of the number. */
function ofPlace(place: string): string | null {
  if (place.toLowerCase().startsWith('x-euro')) return 'EUR'
  const country = /^[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b/i.exec(place)?.[1]
  if (country) return CODE_BY_COUNTRY.get(country.toUpperCase()) ?? null
  const number = /^[0-9a-f]{1,8}/i.exec(place)?.[0]
  return number ? (CODE_BY_LOCALE.get(number.toLowerCase().slice(-4).replace(/^0+/, '')) ?? null) : null
}
