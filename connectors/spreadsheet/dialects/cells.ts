import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant } from '#kernel/instant.ts'
import { type Minor, majorText } from '#kernel/money.ts'
import { instantOf, type WallClock } from '#kernel/zone.ts'
import type { Dialect, NumberHabits } from './dialect.ts'
import { MONTHS } from './headings.ts'

// Amounts, quantities and moments as a dialect writes them.

const SIGNS: Readonly<Record<string, string>> = { EUR: '€', USD: '$', JPY: '¥', GBP: '£' }

/** Where nothing was taken off, taxed or tipped, some tills write nothing. */
export function extraCell(amount: Minor, currency: CurrencyCode, habits: NumberHabits): string {
  return amount === 0n && habits.zeroBlank ? '' : amountCell(amount, currency, habits)
}

export function amountCell(amount: Minor, currency: CurrencyCode, habits: NumberHabits): string {
  const [whole = '', fraction] = majorText(amount < 0n ? -amount : amount, currency).split('.')
  const digits = fraction === undefined ? grouped(whole, habits) : `${grouped(whole, habits)}${habits.mark}${fraction}`
  const sign = habits.currency === 'code' ? currency : (SIGNS[currency] ?? currency)
  // Letters are kept apart from digits; a sign stands close before them and apart behind them.
  const signed =
    habits.currency === 'none'
      ? digits
      : habits.currency === 'before'
        ? `${sign}${sign.length > 1 ? ' ' : ''}${digits}`
        : `${digits} ${sign}`
  return amount < 0n ? negative(signed, habits) : signed
}

/** Quantities are counted, so they have neither groups nor a currency. */
export function quantityCell(quantity: string, habits: NumberHabits): string {
  const below = quantity.startsWith('-')
  const digits = (below ? quantity.slice(1) : quantity).replace('.', habits.mark)
  return below ? negative(digits, habits) : digits
}

function negative(text: string, { minus }: NumberHabits): string {
  if (minus === 'behind') return `${text}-`
  if (minus === 'brackets') return `(${text})`
  return minus === 'sign' ? `\u2212${text}` : `-${text}`
}

function grouped(whole: string, { group, indian }: NumberHabits): string {
  if (group === '') return whole
  const pattern = indian ? /\B(?=(?:\d{2})*\d{3}$)/g : /\B(?=(?:\d{3})+$)/g
  return whole.replace(pattern, group)
}

/** Date and time as one text or as two; the time is '' where the dialect knows none. */
export function momentCells(wall: number, dialect: Dialect): readonly [date: string, time: string] {
  const { dates, zone } = dialect
  const at = new Date(wall)
  if (dates.style === 'iso_offset') {
    const minutes = (wall - instantOf(wall as WallClock, zone).at) / 60_000
    return [`${at.toISOString().slice(0, 19)}${offsetText(minutes)}`, '']
  }
  return [dateText(at, dialect), timeText(at, dialect)]
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function dateText(at: Date, { dates, language }: Dialect): string {
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()]
  const { order, separator, style } = dates
  if (style === 'named') {
    const name = MONTHS[language][month - 1] ?? ''
    return order === 'mdy' ? `${name} ${day}, ${year}` : `${day} ${name} ${year}`
  }
  if (order === 'ymd') return [year, two(month), two(day)].join(separator)
  const last = style === 'short_year' ? two(year % 100) : String(year)
  return (order === 'dmy' ? [two(day), two(month), last] : [String(month), String(day), last]).join(separator)
}

function timeText(at: Date, { dates }: Dialect): string {
  const [hour, minute, second] = [at.getUTCHours(), two(at.getUTCMinutes()), two(at.getUTCSeconds())]
  if (dates.clock === 'none') return ''
  if (dates.clock === '24') return `${two(hour)}:${minute}`
  if (dates.clock === '24_seconds') return `${two(hour)}:${minute}:${second}`
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minute}:${second} ${hour < 12 ? 'AM' : 'PM'}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** The instant that a dialect's cells still say: to the minute, to the second, or the noon of a day. */
export function instantIn(wall: number, { dates, zone }: Dialect): Instant {
  return instantOf(wallIn(wall, dates) as WallClock, zone).at
}

export function wallIn(wall: number, { style, clock }: Dialect['dates']): number {
  if (style === 'iso_offset') return Math.floor(wall / 1000) * 1000
  if (clock === 'none') return Math.floor(wall / 86_400_000) * 86_400_000 + 43_200_000
  return clock === '24' ? Math.floor(wall / 60_000) * 60_000 : Math.floor(wall / 1000) * 1000
}
