import type { Instant } from '#kernel/instant.ts'
import { instantOf, type WallClock, wallClockAt, type ZoneName, zoneName } from '#kernel/zone.ts'

// Such systems write times on the restaurant’s own clock: with its offset in our contract, without any in Petpooja’s.

const MINUTE_MS = 60_000
/** A smaller number is no time of an order, but a count of minutes or an id. */
const EARLIEST_MS = 1_000_000_000_000

/** `2026-01-01T15:49:00+05:30`. */
export function zonedText(at: Instant, zone: ZoneName): string {
  const clock = wallClockAt(at, zone)
  const minutes = Math.round((clock - at) / MINUTE_MS)
  const sign = minutes < 0 ? '-' : '+'
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${clockText(clock).replace(' ', 'T')}${sign}${two(hours)}:${two(rest)}`
}

/** `2026-01-01 15:49:00`. */
export function localText(at: Instant, zone: ZoneName): string {
  return clockText(wallClockAt(at, zone))
}

const IST = zoneName('Asia/Kolkata')
const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2}))?$/

/**
 * Reads both, and seconds or milliseconds since 1970. One without an offset is India’s, for those who write it that way
 * are in India. Null for anything else.
 */
export function findTime(value: unknown): Instant | null {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d{10}(?:\d{3})?$/.test(value))) {
    const number = Number(value)
    const ms = number < 100_000_000_000 ? number * 1_000 : number
    return Number.isSafeInteger(ms) && ms >= EARLIEST_MS ? (ms as Instant) : null
  }
  if (typeof value !== 'string') return null
  const local = LOCAL.exec(value.trim())
  if (local === null) {
    // A day alone, or words, is no moment.
    const ms = /^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(value.trim()) ? Date.parse(value) : Number.NaN
    return Number.isNaN(ms) ? null : (ms as Instant)
  }
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = local
    .slice(1)
    .map((part) => Number(part ?? '0'))
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // A day that there is not, such as the 30th of February, would come out as another one.
  if (!clockText(ms as WallClock).startsWith(value.trim().slice(0, 16).replace('T', ' '))) return null
  return instantOf(ms as WallClock, IST).at
}

function clockText(clock: WallClock): string {
  return new Date(clock).toISOString().slice(0, 19).replace('T', ' ')
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
