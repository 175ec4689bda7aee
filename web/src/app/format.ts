import { texts } from './texts.ts'
import type { Money } from './wire.ts'

// Numbers, money and times as a person reads them. Digits follow ISO 4217, not the browser's own table: a browser
// shows the dinar of Iraq without its thousandths.

const EXPONENTS: Readonly<Record<string, number>> = Object.fromEntries([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV'].map((c) => [
    c,
    0,
  ]),
  ...['XAF', 'XOF', 'XPF'].map((c) => [c, 0]),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((c) => [c, 3]),
  ...['CLF', 'UYW'].map((c) => [c, 4]),
])

export function exponentOf(currency: string): number {
  return EXPONENTS[currency] ?? 2
}

export function majorOf(money: Money): number {
  return money.amount / 10 ** exponentOf(money.currency)
}

const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${JSON.stringify(options)}`
  const known = made.get(key)
  if (known instanceof Intl.NumberFormat) return known
  const format = new Intl.NumberFormat(texts.locale, options)
  made.set(key, format)
  return format
}

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${JSON.stringify(options)}`
  const known = made.get(key)
  if (known instanceof Intl.DateTimeFormat) return known
  const format = new Intl.DateTimeFormat(texts.locale, options)
  made.set(key, format)
  return format
}

function currencyOptions(currency: string): Intl.NumberFormatOptions {
  const digits = exponentOf(currency)
  return {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }
}

/** Decimal major units, as figures carry them. */
export function formatMajor(value: number, currency: string): string {
  return numberFormat(currencyOptions(currency)).format(value === 0 ? 0 : value)
}

/** With its sign always shown: `+£4.20`. */
export function formatMajorChange(value: number, currency: string): string {
  return numberFormat({ ...currencyOptions(currency), signDisplay: 'exceptZero' }).format(value)
}

/** Short, for axes and small cells: `£1.2K`. */
export function formatMajorShort(value: number, currency: string): string {
  const whole = Math.abs(value) >= 1000
  return numberFormat({
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    notation: 'compact',
    minimumFractionDigits: 0,
    // Small sums are told apart by their cents.
    maximumFractionDigits: whole ? 1 : Math.abs(value) < 10 ? 2 : 0,
  }).format(value)
}

export function formatMoney(money: Money): string {
  return formatMajor(majorOf(money), money.currency)
}

export function formatMoneyOr(money: Money | null, otherwise: string): string {
  return money === null ? otherwise : formatMoney(money)
}

export function formatNumber(value: number, digits = 0): string {
  return numberFormat({ maximumFractionDigits: digits }).format(value)
}

export function formatChange(value: number, digits = 0): string {
  return numberFormat({ maximumFractionDigits: digits, signDisplay: 'exceptZero' }).format(value)
}

export function formatShort(value: number): string {
  return numberFormat({ notation: 'compact', maximumFractionDigits: 1 }).format(value)
}

/** An exact decimal that came as text: `1.000` is one, `0.350` is 0.35. */
export function formatQuantity(value: string | number): string {
  return numberFormat({ maximumFractionDigits: 6 }).format(Number(value))
}

/** From a share, 0 to 1. */
export function formatShare(share: number): string {
  const digits = share !== 0 && Math.abs(share) < 0.1 ? 1 : 0
  return numberFormat({ style: 'percent', maximumFractionDigits: digits }).format(share)
}

/** From percent points, with its sign: `+4.2 %`. */
export function formatPercentChange(percent: number): string {
  const digits = Math.abs(percent) < 100 ? 1 : 0
  const options: Intl.NumberFormatOptions = {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  }
  return numberFormat(options).format(percent / 100)
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const

export function formatBytes(bytes: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3))
  const options: Intl.NumberFormatOptions = {
    style: 'unit',
    unit: BYTE_UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 ? 0 : 1,
  }
  return numberFormat(options).format(bytes / 1000 ** step)
}

export function formatDuration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds))
  if (rounded < 60) return texts.time.seconds(rounded)
  if (rounded < 3600) return texts.time.minutes(Math.round(rounded / 60))
  return texts.time.hours(Math.round(rounded / 3600))
}

/** A business day: it has no zone, so it is read and shown as UTC. */
export function formatDay(day: string, style: 'short' | 'medium' | 'long' | 'weekday' = 'medium'): string {
  const at = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return day
  // A weekday of another year says so: nobody takes a sale of 2017 for one of last spring.
  const past = style === 'weekday' && at.getUTCFullYear() !== new Date().getUTCFullYear()
  return dateFormat({ ...DAY_STYLES[style], ...(past ? { year: 'numeric' } : {}), timeZone: 'UTC' }).format(at)
}

const DAY_STYLES = {
  short: { day: 'numeric', month: 'short' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>

export function formatDayRange(from: string, to: string): string {
  if (from === to) return formatDay(from, 'weekday')
  const a = new Date(`${from}T00:00:00Z`)
  const b = new Date(`${to}T00:00:00Z`)
  if (Number.isNaN(a.getTime()) || Number.isNaN(b.getTime())) return `${from} – ${to}`
  return dateFormat({ ...DAY_STYLES.medium, timeZone: 'UTC' }).formatRange(a, b)
}

/** As short as it can be told: without the year where both ends share it. */
export function formatDayRangeShort(from: string, to: string): string {
  const text = formatDayRange(from, to)
  return from === to || from.slice(0, 4) !== to.slice(0, 4) ? text : text.replace(/,? \d{4}$/, '')
}

export function formatTime(instant: string, timeZone: string): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', timeZone }).format(new Date(instant))
}

export function formatTimeExact(instant: string, timeZone: string): string {
  return dateFormat({ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }).format(new Date(instant))
}

export function formatMoment(instant: string, timeZone: string): string {
  const options: Intl.DateTimeFormatOptions = { ...DAY_STYLES.medium, hour: '2-digit', minute: '2-digit', timeZone }
  return dateFormat(options).format(new Date(instant))
}

/** 1 Monday to 7 Sunday. */
export function formatWeekday(weekday: number, style: 'short' | 'long' = 'short'): string {
  // 1 January 2024 was a Monday.
  return dateFormat({ weekday: style, timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, weekday)))
}

export function formatHour(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

/** How long ago, in the largest unit that says something. */
export function formatAgo(instant: string, now: number): string {
  const seconds = Math.round((now - new Date(instant).getTime()) / 1000)
  const relative = new Intl.RelativeTimeFormat(texts.locale, { numeric: 'auto', style: 'long' })
  if (seconds < 45) return texts.time.justNow
  if (seconds < 3600) return relative.format(-Math.round(seconds / 60), 'minute')
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour')
  if (seconds < 30 * 86_400) return relative.format(-Math.round(seconds / 86_400), 'day')
  return dateFormat(DAY_STYLES.medium).format(new Date(instant))
}

/** When something that is due goes on: `goes on in 3 minutes`. */
export function formatAhead(
  instant: string,
  now: number,
  words: { readonly goesOn: (when: string) => string; readonly soon: string },
): string {
  const seconds = Math.round((new Date(instant).getTime() - now) / 1000)
  if (seconds < 2) return words.soon
  const relative = new Intl.RelativeTimeFormat(texts.locale, { numeric: 'always', style: 'long' })
  if (seconds < 90) return words.goesOn(relative.format(seconds, 'second'))
  if (seconds < 5400) return words.goesOn(relative.format(Math.round(seconds / 60), 'minute'))
  return words.goesOn(relative.format(Math.round(seconds / 3600), 'hour'))
}
