// Workbooks count days, and a time is a part of a day. Excel counts from 1 January 1900 and believes in a 29 February
// of that year; the other count begins at 1 January 1904 with 0.

const DAY_SECONDS = 86_400
const DAY_MS = DAY_SECONDS * 1000
const DAYS_TO_1904 = 1462
/** 31 December 9999. */
const DAY_MAX = 2_958_465
const LEAP_DAY_THAT_NEVER_WAS = 60
/** A time alone may be stored with a day out of the first year of the count, which nobody meant. */
const FIRST_YEAR_DAYS = 366

export type SerialShown = { readonly date: boolean; readonly time: boolean }

/**
 * `2026-05-04`, `2026-05-04 17:33:00` or `17:33:00`: all that the number knows, to the nearest second, also where the
 * format shows less of it. Null for a number that is no moment.
 */
export function serialText(serial: number, shown: SerialShown, from1904: boolean): string | null {
  const seconds = Math.round(serial * DAY_SECONDS)
  const stored = Math.floor(seconds / DAY_SECONDS)
  const clock = seconds - stored * DAY_SECONDS
  const day = from1904 ? stored + DAYS_TO_1904 : stored
  if (!(serial >= 0) || day > DAY_MAX) return null
  if (stored === 0 && !(from1904 && shown.date)) return shown.time || clock > 0 ? clockText(clock) : null
  if (!shown.date && stored <= FIRST_YEAR_DAYS) return clockText(clock)
  return clock === 0 && !shown.time ? dayText(day) : `${dayText(day)} ${clockText(clock)}`
}

/** Hours, minutes and seconds, however many hours: `36:00:00`. Null below zero. */
export function elapsedText(serial: number): string | null {
  const seconds = Math.round(serial * DAY_SECONDS)
  if (!(seconds >= 0 && seconds <= Number.MAX_SAFE_INTEGER)) return null
  return clockText(seconds)
}

function clockText(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`
}

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

// A table's rows share their days.
let lastDay = -1
let lastText = ''

function dayText(day: number): string {
  if (day === lastDay) return lastText
  lastDay = day
  if (day === LEAP_DAY_THAT_NEVER_WAS) lastText = '1900-02-29'
  else {
    const sinceEpoch = day - 25_569 + (day < LEAP_DAY_THAT_NEVER_WAS ? 1 : 0)
    lastText = new Date(sinceEpoch * DAY_MS).toISOString().slice(0, 10)
  }
  return lastText
}
