import { Temporal } from 'temporal-polyfill'

// A day is counted as days since 1970-01-01, which sorts, adds and seeds; it becomes a text only where a sale shows it.

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

export function dayNumber(date: string): number {
  const number = Date.parse(`${date}T00:00:00Z`) / DAY_MS
  if (!Number.isInteger(number) || dateOf(number) !== date) throw new RangeError(`"${date}" is not a date.`)
  return number
}

export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** Monday is 0. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7
}

/** The first of January is 0. */
export function dayOfYear(day: number): number {
  return day - Date.UTC(new Date(day * DAY_MS).getUTCFullYear(), 0) / DAY_MS
}

/**
 * The instant at which the wall clock shows `hour` (25.5 is half past one in the night after). An hour that the
 * clock change skips begins where the skip ends; one that it repeats means the first of the two.
 */
export function instantOf(day: number, hour: number, timeZone: string): number {
  const wall = new Date(day * DAY_MS + Math.round(hour * HOUR_MS)).toISOString().slice(0, -1)
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(timeZone).epochMilliseconds
}

/** How far the wall clock is ahead of UTC at that instant. */
export function offsetMsAt(atMs: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}

/** The day whose books are open at that instant: before the close-out hour it is still yesterday's. */
export function businessDayAt(atMs: number, timeZone: string, closeOutHour: number): number {
  return Math.floor((atMs + offsetMsAt(atMs, timeZone) - closeOutHour * HOUR_MS) / DAY_MS)
}
