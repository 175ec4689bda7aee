import { businessDayAt, dateOf, dayNumber, dayOfYear, instantOf, weekdayOf } from './calendar.ts'
import { Dice, fixedDraw, type Seed, streamOf } from './random.ts'
import type { OpenHours, Season, Shop, Site } from './shop-shape.ts'

// How many sales are to be expected, and how far a day strays from that. The expectation knows no seed: it is what a
// perfect forecaster would know. The mood of a day (weather, luck, a street festival) is shared by all its items.

const MOOD = streamOf('mood')
const GROWTH_FROM = dayNumber('2024-01-01')
const YEAR_DAYS = 365.25

export function zoneOf(shop: Shop, site: Site): string {
  return site.timeZone ?? shop.timeZone
}

export function yearsSince(from: number, day: number): number {
  return (day - from) / YEAR_DAYS
}

export function seasonFactor(season: Season | undefined, day: number): number {
  if (season === undefined) return 1
  const away = dayOfYear(day) - season.peak
  if (season.width === undefined) return 1 + season.strength * Math.cos((2 * Math.PI * away) / YEAR_DAYS)
  const days = Math.min(Math.abs(away), YEAR_DAYS - Math.abs(away))
  return 1 + season.strength * Math.exp(-0.5 * (days / season.width) ** 2)
}

/** The opening hours on that day, or null when the shop stays shut. */
export function hoursOn(shop: Shop, day: number): OpenHours | null {
  const date = dateOf(day)
  if (shop.closedDays.includes(date) || shop.closedDays.includes(date.slice(5))) return null
  return shop.week[weekdayOf(day)] ?? null
}

/** The opening as instants. On the day of a clock change it is an hour shorter or longer than the hours say. */
export function openingOn(shop: Shop, site: Site, day: number): { fromMs: number; toMs: number } | null {
  const hours = hoursOn(shop, day)
  if (hours === null) return null
  const zone = zoneOf(shop, site)
  const fromMs = instantOf(day, hours.from, zone)
  // An opening hour that falls into the skipped hour may leave nothing between the two.
  const toMs = Math.max(fromMs, instantOf(day, hours.to, zone))
  return { fromMs, toMs }
}

export function tradingDayAt(shop: Shop, site: Site, atMs: number): number {
  return businessDayAt(atMs, zoneOf(shop, site), shop.closeOutHour)
}

/** Expected sales of a whole day. */
export function expectedOnDay(shop: Shop, site: Site, day: number): number {
  if (hoursOn(shop, day) === null) return 0
  const { demand } = shop
  let expected = shop.scale * site.size * demand.salesPerDay * (demand.weekday[weekdayOf(day)] ?? 1)
  for (const season of demand.season) expected *= seasonFactor(season, day)
  expected *= (1 + demand.growthPerYear) ** yearsSince(GROWTH_FROM, day)
  // A weekly day of rest draws nobody in on its eve; a holiday does.
  const closedTomorrow = hoursOn(shop, day + 1) === null && shop.week[weekdayOf(day + 1)] !== null
  return closedTomorrow ? expected * demand.eve : expected
}

/** For each hour of the wall clock, the share of the day's sales that begins in it while the shop is open all through. */
export function hourRates(shop: Shop, day: number): readonly number[] {
  const weights = weekdayOf(day) >= 5 ? shop.demand.weekendHours : shop.demand.hours
  const hours = hoursOn(shop, day)
  if (hours === null) return weights.map(() => 0)
  let sum = 0
  for (let hour = Math.floor(hours.from); hour < hours.to; hour++) {
    sum += (weights[hour % 24] ?? 0) * openPart(hours, hour)
  }
  return weights.map((weight) => (sum === 0 ? 0 : weight / sum))
}

function openPart(hours: OpenHours, hour: number): number {
  return Math.max(0, Math.min(hour + 1, hours.to) - Math.max(hour, hours.from))
}

/** What a perfect forecaster would say about one hour: 25 is one o'clock in the night after `date`. */
export function expectedSales(shop: Shop, site: Site, date: string, hour: number): number {
  const day = dayNumber(date)
  const hours = hoursOn(shop, day)
  if (hours === null) return 0
  return expectedOnDay(shop, site, day) * (hourRates(shop, day)[hour % 24] ?? 0) * openPart(hours, hour)
}

/** The factor by which a day strays from its expectation, about one in the mean; all items of the day share it. */
export function moodOf(shop: Shop, seeds: { readonly seed: Seed; readonly weatherSeed: Seed }, day: number): number {
  const { dayNoise, rain, peak } = shop.demand
  const dice = moodDice.reseed(seeds.seed, MOOD, day)
  const shape = 1 / (dayNoise * dayNoise)
  const luck = dice.gamma(shape) / shape
  const festival = dice.chance(peak.chance) ? dice.around(peak.factor, 0.1) : 1
  return luck * festival * (1 - (1 - rain) * wetness(seeds.weatherSeed, day))
}

/** From 0 (dry) to 1 (it pours all day). Drawn at knots two days apart and blended between, so rain comes in spells. */
function wetness(weatherSeed: Seed, day: number): number {
  const knot = Math.floor(day / 2)
  const along = day / 2 - knot
  const sky = fixedDraw(weatherSeed, knot) * (1 - along) + fixedDraw(weatherSeed, knot + 1) * along
  return Math.min(1, Math.max(0, (sky - 0.62) / 0.25))
}

const moodDice = new Dice()
