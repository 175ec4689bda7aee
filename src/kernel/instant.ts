import { Fault } from './fault.ts'

/** A moment: milliseconds since 1970-01-01T00:00:00Z, whole. Where and how it is shown is somebody else's business. */
export type Instant = number & { readonly __brand: 'Instant' }

/** A calendar day without a zone, `YYYY-MM-DD`. Sorts as text. */
export type LocalDate = string & { readonly __brand: 'LocalDate' }

/** Hands out the time. Business code is given one; nothing below `app` asks the machine for it. */
export type Clock = { now(): Instant }

const DAY_MS = 86_400_000
const LOCAL_DATE = /^(\d{4})-(\d{2})-(\d{2})$/

export function instant(ms: number): Instant {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`${ms} is no instant`)
  return ms as Instant
}

/** RFC 3339 in UTC with a `Z` and milliseconds. */
export function instantText(at: Instant): string {
  return new Date(at).toISOString()
}

export function findInstant(text: string): Instant | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : (ms as Instant)
}

/** Null unless the text is a day that exists: `2025-02-29` is null. */
export function findLocalDate(text: string): LocalDate | null {
  const match = LOCAL_DATE.exec(text)
  if (!match) return null
  const day = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text ? (text as LocalDate) : null
}

export function localDate(text: string): LocalDate {
  const found = findLocalDate(text)
  if (found) return found
  throw new Fault('invalid', 'date.unreadable', {
    say: `"${text.slice(0, 24)}" is not a day. Write it as 2026-03-31.`,
  })
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10) as LocalDate
}

/** Days from `from` to `to`: 0 for the same day, negative when `to` lies before. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** ISO weekday: 1 for Monday to 7 for Sunday. */
export function weekdayOf(date: LocalDate): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1
}
