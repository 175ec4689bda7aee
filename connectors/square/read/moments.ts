import type { Instant } from '#kernel/instant.ts'

// RFC 3339, with none to nine digits of a second. What is beyond the millisecond is cut off, never rounded up: a moment
// must not fall behind the window that it was found in.
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

const MINUTE_MS = 60_000

/** Null for anything that is no moment. A record has a dozen of them, so they are not left to `Date.parse`. */
export function momentOf(value: unknown): Instant | null {
  if (typeof value !== 'string' || !MOMENT.test(value)) return null
  const [month, day] = [pair(value, 5), pair(value, 8)]
  const [hour, minute, second] = [pair(value, 11), pair(value, 14), pair(value, 17)]
  const isOnClock = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 60
  if (!isOnClock) return null
  const year = pair(value, 0) * 100 + pair(value, 2)
  const utc = Date.UTC(year, month - 1, day, hour, minute, second, millisecondsOf(value))
  // A day that its month does not have would be taken for one of the next.
  if (day > 28 && new Date(utc).getUTCDate() !== day) return null
  return (value.endsWith('Z') ? utc : utc - offsetOf(value)) as Instant
}

function pair(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528
}

function millisecondsOf(text: string): number {
  if (text[19] !== '.') return 0
  let [ms, unit] = [0, 100]
  for (let at = 20; unit >= 1; at++) {
    const digit = text.charCodeAt(at) - 48
    // A sign or a `Z` ends it.
    if (digit < 0 || digit > 9) break
    ms += digit * unit
    unit /= 10
  }
  return ms
}

function offsetOf(text: string): number {
  const at = text.length - 6
  const minutes = pair(text, at + 1) * 60 + pair(text, at + 4)
  return (text[at] === '-' ? -minutes : minutes) * MINUTE_MS
}
