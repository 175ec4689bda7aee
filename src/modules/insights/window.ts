import { businessMoment } from '#canon/business-day.ts'
import { Fault } from '#kernel/fault.ts'
import { addDays, daysBetween, findLocalDate, type Instant, type LocalDate } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'

// Windows are whole business days, both ends inclusive, as stored with each fact.

export type Window = { readonly from: LocalDate; readonly to: LocalDate }

export type Basis = 'previous' | 'same_weekdays' | 'last_year'

/** A window and the earlier one, of the same length, that it is held against. */
export type Comparison = Window & { readonly basis: Basis; readonly shiftDays: number }

export const WINDOW_DAYS_MAX = 800

/** Reads the two ends of a range. Throws `figures.day-unreadable`, `figures.range-backwards`, `figures.range-too-long`. */
export function windowOf(fromText: string, toText: string): Window {
  const from = dayOf(fromText, 'from')
  const to = dayOf(toText, 'to')
  if (to < from) {
    throw new Fault('invalid', 'figures.range-backwards', {
      say: `The range ends on ${to}, before it begins on ${from}. Exchange the two days.`,
      places: [{ pointer: '/to', detail: `lies before ${from}` }],
    })
  }
  const days = lengthOf({ from, to })
  if (days > WINDOW_DAYS_MAX) {
    throw new Fault('invalid', 'figures.range-too-long', {
      say: `The range spans ${days} days; one answer holds at most ${WINDOW_DAYS_MAX}. Ask for fewer days.`,
      places: [{ pointer: '/from', detail: `lies more than ${WINDOW_DAYS_MAX} days before /to` }],
    })
  }
  return { from, to }
}

function dayOf(text: string, field: 'from' | 'to'): LocalDate {
  const day = findLocalDate(text)
  // Every comparison looks back a year at most, and no till is older than its century.
  if (day && day >= '1900-01-01' && day < '2200-01-01') return day
  throw new Fault('invalid', 'figures.day-unreadable', {
    say: `"${text.slice(0, 24)}" is not a day that figures can be of. Write it as 2026-03-31.`,
    places: [{ pointer: `/${field}`, detail: 'is not a day between 1900 and 2199, written as 2026-03-31' }],
  })
}

export function lengthOf(window: Window): number {
  return daysBetween(window.from, window.to) + 1
}

/** The earlier window. All three bases are shifts by whole days, so day n is always held against day n. */
export function compareWindow(window: Window, basis: Basis): Comparison {
  const length = lengthOf(window)
  const shiftDays = basis === 'previous' ? length : basis === 'same_weekdays' ? Math.ceil(length / 7) * 7 : 364
  return { basis, shiftDays, from: addDays(window.from, -shiftDays), to: addDays(window.to, -shiftDays) }
}

export function daysOf(window: Window): LocalDate[] {
  return Array.from({ length: lengthOf(window) }, (_, n) => addDays(window.from, n))
}

export function contains(window: Window, date: LocalDate): boolean {
  return date >= window.from && date <= window.to
}

export function earlierOf(a: LocalDate, b: LocalDate): LocalDate {
  if (a < b) return a
  return b
}

export function laterOf(a: LocalDate, b: LocalDate): LocalDate {
  if (a > b) return a
  return b
}

type SiteClock = { readonly timeZone: ZoneName; readonly closeOutMinutes: number }

/** The business day that is running, by the clock of each place: the earliest and the latest of them. */
export function todaysOf(sites: readonly SiteClock[], now: Instant): { first: LocalDate; last: LocalDate } {
  const days = sites
    .map(({ timeZone, closeOutMinutes }) => businessMoment(now, { zone: timeZone, closeOutMinutes }).date)
    .sort()
  const [first] = days
  const last = days.at(-1)
  if (first === undefined || last === undefined) throw new Error('a day needs a clock')
  return { first, last }
}

/** So many business days, `today` the last of them. */
export function lastDays(today: LocalDate, days: number): Window {
  return { from: addDays(today, 1 - days), to: today }
}

/** A window as the calendar months that lie in it whole, and the days at its ends that are left over. */
export function monthsOf(window: Window): { readonly months: Window | null; readonly days: readonly Window[] } {
  const first = window.from.endsWith('-01') ? window.from : monthAfter(window.from)
  // The day after the last whole month.
  const end = monthStart(addDays(window.to, 1))
  if (first >= end) return { months: null, days: [window] }
  const head = window.from < first ? [{ from: window.from, to: addDays(first, -1) }] : []
  const tail = end <= window.to ? [{ from: end, to: window.to }] : []
  return { months: { from: first, to: monthStart(addDays(end, -1)) }, days: [...head, ...tail] }
}

/** The first day of the calendar month. */
export function monthStart(date: LocalDate): LocalDate {
  return `${date.slice(0, 7)}-01` as LocalDate
}

function monthAfter(date: LocalDate): LocalDate {
  return monthStart(addDays(monthStart(date), 31))
}
