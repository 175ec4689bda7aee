import { Temporal } from 'temporal-polyfill'
import { Fault } from './fault.ts'
import type { Instant, LocalDate } from './instant.ts'

/** An IANA time zone name that this machine knows, such as `Europe/Berlin`. */
export type ZoneName = string & { readonly __brand: 'ZoneName' }

/** A wall clock in a zone, as milliseconds since 1970-01-01T00:00:00 of that wall clock. */
export type WallClock = number & { readonly __brand: 'WallClock' }

/** `once` everywhere, but for the hour a clock change repeats or leaves out. */
export type WallClockFate = 'once' | 'twice' | 'never'

const QUARTER_MS = 15 * 60_000

// Rules change at whole quarters of an hour in every zone since 1972, so an offset found once holds for its quarter.
const offsetsByZone = new Map<string, Map<number, number>>()
const fatesByZone = new Map<string, Map<number, { offset: number; fate: WallClockFate }>>()
const CACHE_MAX = 200_000

export function isZoneName(text: string): text is ZoneName {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    // Intl takes bare offsets such as +01:00 too; a shop's clock changes with the seasons, so a place is wanted.
    return !/^[+-]/.test(text)
  } catch {
    return false
  }
}

export function zoneName(text: string): ZoneName {
  if (isZoneName(text)) return text
  throw new Fault('invalid', 'zone.unknown', {
    say: `"${text.slice(0, 40)}" is not a time zone. Give a name of the IANA database such as Europe/Berlin.`,
  })
}

/** The wall clock in a zone at an instant. */
export function wallClockAt(at: Instant, zone: ZoneName): WallClock {
  return (at + offsetAt(at, zone)) as WallClock
}

/**
 * The instant of a wall clock. In the hour that comes twice it is the first; in the hour that does not exist the clock
 * is moved forward by the gap (Temporal's `compatible`). The fate says which, so that an import can count such rows.
 */
export function instantOf(clock: WallClock, zone: ZoneName): { at: Instant; fate: WallClockFate } {
  const cache = cacheOf(fatesByZone, zone)
  const quarter = Math.floor(clock / QUARTER_MS)
  let known = cache.get(quarter)
  if (!known) {
    const plain = plainOf(quarter * QUARTER_MS)
    const earlier = plain.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds
    const later = plain.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
    const chosen = plain.toZonedDateTime(zone, { disambiguation: 'compatible' })
    const never = !chosen.toPlainDateTime().equals(plain)
    known = {
      offset: chosen.epochMilliseconds - quarter * QUARTER_MS,
      fate: never ? 'never' : earlier === later ? 'once' : 'twice',
    }
    if (cache.size >= CACHE_MAX) cache.clear()
    cache.set(quarter, known)
  }
  return { at: (clock + known.offset) as Instant, fate: known.fate }
}

export function wallClockOf(date: LocalDate, msOfDay: number): WallClock {
  return (Date.parse(`${date}T00:00:00Z`) + msOfDay) as WallClock
}

/** The calendar day that a wall clock shows. */
export function dateOf(clock: WallClock): LocalDate {
  return new Date(clock).toISOString().slice(0, 10) as LocalDate
}

/** The hour that a wall clock shows, 0 to 23. */
export function hourOf(clock: WallClock): number {
  return new Date(clock).getUTCHours()
}

function offsetAt(at: Instant, zone: ZoneName): number {
  const cache = cacheOf(offsetsByZone, zone)
  const quarter = Math.floor(at / QUARTER_MS)
  let offset = cache.get(quarter)
  if (offset === undefined) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS).toZonedDateTimeISO(zone)
    offset = Math.round(zoned.offsetNanoseconds / 1e6)
    if (cache.size >= CACHE_MAX) cache.clear()
    cache.set(quarter, offset)
  }
  return offset
}

function cacheOf<T>(caches: Map<string, Map<number, T>>, zone: ZoneName): Map<number, T> {
  let cache = caches.get(zone)
  if (!cache) {
    cache = new Map()
    caches.set(zone, cache)
  }
  return cache
}

function plainOf(ms: number): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO('UTC').toPlainDateTime()
}
