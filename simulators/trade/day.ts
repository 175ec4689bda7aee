import { DAY_MS, dateOf, HOUR_MS, instantOf, offsetMsAt } from './calendar.ts'
import { expectedOnDay, hourRates, moodOf, openingOn, tradingDayAt, zoneOf } from './demand.ts'
import { Menu, type Shelf, shelfOf, tasteOf } from './menu.ts'
import { Dice, type Seed, seedOf, streamOf, tagOf } from './random.ts'
import type { Shop, Site } from './shop-shape.ts'
import { type Levies, leviesOf } from './taxes.ts'

// One site on one day: when it is open, who comes in when. It is seeded by itself, so it can be had without the day
// before. The sales are made one at a time from here, when somebody asks for them.

const ARRIVALS = streamOf('arrivals')

/** What is the same for all days of a shop under one seed. */
export type Floor = {
  readonly shop: Shop
  readonly seed: Seed
  readonly shelf: Shelf
  readonly levies: Levies
  readonly places: readonly Place[]
  /** Minor units in what one euro buys. */
  readonly euro: number
}

/** A site with what follows from the seed. */
export type Place = {
  readonly site: Site
  readonly index: number
  readonly zone: string
  readonly seed: Seed
  /** Sites of one zone share the weather. */
  readonly weatherSeed: Seed
  readonly tag: string
  readonly taste: Float64Array
  readonly staff: Shop['staff']
}

export function floorOf(shop: Shop, seed: string): Floor {
  const shelf = shelfOf(shop)
  const places = shop.sites.map((site, index) => {
    const siteSeed = seedOf(seed, shop.kind, shop.name, site.externalId)
    const own = shop.staff.filter((_, at) => at % shop.sites.length === index)
    return {
      site,
      index,
      zone: zoneOf(shop, site),
      seed: siteSeed,
      weatherSeed: seedOf(seed, 'weather', zoneOf(shop, site)),
      tag: tagOf(siteSeed),
      taste: tasteOf(shelf, siteSeed),
      staff: own.length < 2 ? shop.staff : own,
    }
  })
  return {
    shop,
    seed: seedOf(seed, shop.kind, shop.name),
    shelf,
    levies: leviesOf(shop),
    places,
    euro: shop.currency.level * 10 ** shop.currency.exponent,
  }
}

export class SiteDay {
  readonly floor: Floor
  readonly place: Place
  readonly day: number
  readonly date: string
  readonly seed: Seed
  readonly fromMs: number
  readonly toMs: number
  /** When each sale is opened, ascending. */
  readonly arrivals: Float64Array
  readonly idStart: string
  readonly numberStart: string
  readonly #utcOffsetMs: number
  readonly #steadyClock: boolean
  #menu: Menu | null = null
  #nextDayMs: number | null = null

  constructor(floor: Floor, place: Place, day: number, opening: { fromMs: number; toMs: number }) {
    this.floor = floor
    this.place = place
    this.day = day
    this.date = dateOf(day)
    this.seed = { high: place.seed.high, low: (place.seed.low + Math.imul(day, 0x9e3779b1)) >>> 0 }
    this.fromMs = opening.fromMs
    this.toMs = opening.toMs
    this.#utcOffsetMs = offsetMsAt(opening.fromMs, place.zone)
    this.#steadyClock = offsetMsAt(opening.toMs, place.zone) === this.#utcOffsetMs
    this.arrivals = this.#arrivalsOf()
    const compact = this.date.replaceAll('-', '')
    this.idStart = `${place.tag}-${compact}-`
    this.numberStart = `${place.index + 1}-${compact.slice(2)}-`
  }

  get menu(): Menu {
    this.#menu ??= new Menu(this.floor.shop, this.floor.shelf, this.place.taste, this.day)
    return this.#menu
  }

  /** The wall clock at that instant, in hours and their fractions. */
  wallHourAt(atMs: number): number {
    const offset = this.#steadyClock ? this.#utcOffsetMs : offsetMsAt(atMs, this.place.zone)
    return ((((atMs + offset) % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS
  }

  businessDateAt(atMs: number): string {
    const { shop } = this.floor
    this.#nextDayMs ??= instantOf(this.day + 1, shop.closeOutHour, this.place.zone)
    if (atMs >= this.fromMs && atMs < this.#nextDayMs) return this.date
    return dateOf(tradingDayAt(shop, this.place.site, atMs))
  }

  #arrivalsOf(): Float64Array {
    const { shop } = this.floor
    const rates = hourRates(shop, this.day)
    const expected = expectedOnDay(shop, this.place.site, this.day) * moodOf(shop, this.place, this.day)
    const dice = arrivalDice.reseed(this.seed, ARRIVALS, 0)
    const arrivals: number[] = []
    // Real time, cut where the wall clock's hour turns: a repeated hour is traded twice, a skipped one never.
    for (let from = this.fromMs; from < this.toMs; ) {
      const wall = this.wallHourAt(from)
      const hour = Math.floor(wall)
      const to = Math.min(this.toMs, from + Math.max(1, Math.round((hour + 1 - wall) * HOUR_MS)))
      const count = dice.poisson((expected * (rates[hour] ?? 0) * (to - from)) / HOUR_MS)
      for (let nth = 0; nth < count; nth++) arrivals.push(from + dice.below(to - from))
      from = to
    }
    return Float64Array.from(arrivals).sort()
  }
}

/** That site's day, or null when it stays shut. */
export function siteDay(floor: Floor, place: Place, day: number): SiteDay | null {
  const opening = openingOn(floor.shop, place.site, day)
  return opening === null || opening.toMs <= opening.fromMs ? null : new SiteDay(floor, place, day, opening)
}

const arrivalDice = new Dice()
