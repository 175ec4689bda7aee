import { Temporal } from 'temporal-polyfill'
import { Fault } from './fault.ts'
import type { Instant, LocalDate } from './instant.ts'

/** An IANA time zone name that this machine knows, such as `Europe/Berlin`. */
export type ZoneName = string & { readonly __brand: 'ZoneName' }

/** A wall clock in a zone, as milliseconds since 1970-01-01T00:00:00 of that wall clock. */
export type WallClock = number & { readonly __brand: 'WallClock' }

/** `once` everywhere, but for the hour a clock change repeats or leaves out. */
export type WallClockFate = 'once' | 'twice' | 'never'

const DAY_MS = 86_400_000
const QUARTER_MS = 15 * 60_000

type Fate = { readonly offset: number; readonly fate: WallClockFate }

// Asking the zone rules costs microseconds and is done for every row of an import, so an answer is kept: for its day,
// where the clock does not change on that day (no zone changes its clock twice within a week), else for its quarter of an
// hour. Nearly all clocks change at whole quarters; St. John's did at one minute past midnight until 2011, so a span
// whose ends differ is kept as null and asked more closely each time.
const dayOffsetsByZone = new Map<string, Map<number, number | null>>()
const offsetsByZone = new Map<string, Map<number, number | null>>()
const dayFatesByZone = new Map<string, Map<number, Fate | null>>()
const fatesByZone = new Map<string, Map<number, Fate | null>>()
const CACHE_MAX = 200_000

// Making a formatter costs more than reading a row, and a site's zone is asked about with every row that names it.
const zoneNames = new Map<string, boolean>()
const ZONE_NAMES_MAX = 2_000

export function isZoneName(text: string): text is ZoneName {
  let known = zoneNames.get(text)
  if (known === undefined) {
    known = knowsZone(text)
    if (zoneNames.size < ZONE_NAMES_MAX) zoneNames.set(text, known)
  }
  return known
}

function knowsZone(text: string): boolean {
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
  const day = fateOfDay(clock, zone)
  if (day !== null) return { at: (clock + day.offset) as Instant, fate: day.fate }
  const cache = cacheOf(fatesByZone, zone)
  const quarter = Math.floor(clock / QUARTER_MS)
  let known = cache.get(quarter)
  if (known === undefined) {
    const first = askFate(quarter * QUARTER_MS, zone)
    const last = askFate(quarter * QUARTER_MS + QUARTER_MS - 1, zone)
    known = first.offset === last.offset && first.fate === last.fate ? first : null
    keep(cache, quarter, known)
  }
  const { offset, fate } = known ?? askFate(clock, zone)
  return { at: (clock + offset) as Instant, fate }
}

/** The offset of a whole day; null for a day on which the clock changes. No zone changes its clock twice a day. */
function fateOfDay(clock: number, zone: ZoneName): Fate | null {
  const cache = cacheOf(dayFatesByZone, zone)
  const day = Math.floor(clock / DAY_MS)
  let known = cache.get(day)
  if (known === undefined) {
    const first = askFate(day * DAY_MS, zone)
    const last = askFate((day + 1) * DAY_MS - 1, zone)
    known = first.offset === last.offset && first.fate === 'once' && last.fate === 'once' ? first : null
    keep(cache, day, known)
  }
  return known
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
  const day = offsetOfDay(at, zone)
  if (day !== null) return day
  const cache = cacheOf(offsetsByZone, zone)
  const quarter = Math.floor(at / QUARTER_MS)
  let offset = cache.get(quarter)
  if (offset === undefined) {
    const first = askOffset(quarter * QUARTER_MS, zone)
    offset = first === askOffset(quarter * QUARTER_MS + QUARTER_MS - 1, zone) ? first : null
    keep(cache, quarter, offset)
  }
  return offset ?? askOffset(at, zone)
}

function offsetOfDay(at: number, zone: ZoneName): number | null {
  const cache = cacheOf(dayOffsetsByZone, zone)
  const day = Math.floor(at / DAY_MS)
  let known = cache.get(day)
  if (known === undefined) {
    const first = askOffset(day * DAY_MS, zone)
    known = first === askOffset((day + 1) * DAY_MS - 1, zone) ? first : null
    keep(cache, day, known)
  }
  return known
}

function askOffset(ms: number, zone: ZoneName): number {
  return Math.round(Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6)
}

/** What must be added to a wall clock to reach its instant. */
function askFate(clock: number, zone: ZoneName): Fate {
  const plain = Temporal.Instant.fromEpochMilliseconds(clock).toZonedDateTimeISO('UTC').toPlainDateTime()
  const chosen = plain.toZonedDateTime(zone, { disambiguation: 'compatible' })
  const offset = chosen.epochMilliseconds - clock
  if (!chosen.toPlainDateTime().equals(plain)) return { offset, fate: 'never' }
  const later = plain.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds
  return { offset, fate: later === chosen.epochMilliseconds ? 'once' : 'twice' }
}

function keep<T>(cache: Map<number, T>, quarter: number, value: T): void {
  if (cache.size >= CACHE_MAX) cache.clear()
  cache.set(quarter, value)
}

function cacheOf<T>(caches: Map<string, Map<number, T>>, zone: ZoneName): Map<number, T> {
  let cache = caches.get(zone)
  if (!cache) {
    cache = new Map()
    caches.set(zone, cache)
  }
  return cache
}
