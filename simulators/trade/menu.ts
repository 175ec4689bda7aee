import { dateOf, dayNumber, weekdayOf } from './calendar.ts'
import { seasonFactor, yearsSince } from './demand.ts'
import { big } from './money.ts'
import { fixedDraw, type Seed } from './random.ts'
import type { Category, Currency, Item, Shop } from './shop-shape.ts'

// What lies on the shelf (the same every day), and what is on the menu of one day: prices and popularity.

const ZIPF = 0.85
const DRIFT_FROM = dayNumber('2025-01-01')
const LAUNCH_DAYS = 28

/** An item in one of its variants: what a guest points at. */
export type Choice = {
  readonly itemKey: string
  readonly name: string
  readonly variant: string | null
  readonly sku: string
  readonly price: number
  readonly weight: number
  readonly item: Item
  readonly category: Category
}

export type Shelf = {
  readonly choices: readonly Choice[]
  /** For each course, the places of its choices on the shelf. */
  readonly courses: readonly (readonly number[])[]
}

type PricedOption = {
  readonly name: string
  readonly price: number
  readonly bigPrice: bigint
  readonly weight: number
}
export type PricedGroup = { readonly chance: number; readonly options: readonly PricedOption[] }

export function shelfOf(shop: Shop): Shelf {
  const choices = shop.catalogue.categories.flatMap(choicesOf)
  const courses = shop.catalogue.courses.map((course) =>
    choices.flatMap((choice, at) => (course.categories.includes(choice.category.key) ? [at] : [])),
  )
  return { choices, courses }
}

function choicesOf(category: Category): Choice[] {
  const popularity = category.items.map((_, rank) => (rank + 1) ** -ZIPF)
  const whole = popularity.reduce((sum, part) => sum + part, 0)
  return category.items.flatMap((item, rank) => {
    const number = String(101 + rank)
    const weight = (category.share * (popularity[rank] ?? 0)) / whole
    const variants = item.variants ?? [{ name: null, add: 0, share: 1 }]
    return variants.map((variant) => ({
      itemKey: keyOf(item.name),
      name: item.name,
      variant: variant.name,
      sku: `${category.code}-${number}${variant.name === null ? '' : `-${variant.name.charAt(0)}`}`,
      price: item.price + variant.add,
      weight: weight * variant.share,
      item,
      category,
    }))
  })
}

function keyOf(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
}

/** A price tag in minor units: moved to the currency's level, rounded to its step, with a nine at its end on a shelf. */
function priceTag(currency: Currency, euros: number, charm: boolean): number {
  if (euros === 0) return 0
  const exact = euros * currency.level * 10 ** currency.exponent
  const tag = Math.max(currency.step, Math.round(exact / currency.step) * currency.step)
  return charm && currency.exponent === 2 && tag > 10 ? tag - 1 : tag
}

/** How much dearer everything has become since the catalogue was written. */
function priceLevelOn(shop: Shop, day: number): number {
  const { since, on, percent } = shop.catalogue.priceRise
  const date = dateOf(day)
  const rises = Number(date.slice(0, 4)) - since - (date.slice(5) < on ? 1 : 0)
  return (1 + percent / 100) ** rises
}

/** How each choice sells at a site, compared with the other sites; the neighbourhoods differ. */
export function tasteOf(shelf: Shelf, seed: Seed): Float64Array {
  return Float64Array.from(shelf.choices, (_, at) => 0.7 + 0.6 * fixedDraw(seed, at))
}

function available(item: Item, date: string): boolean {
  if (item.launched !== undefined && date < item.launched) return false
  if (item.discontinued !== undefined && date > item.discontinued) return false
  if (item.only === undefined) return true
  const { from, to } = item.only
  const inYear = date.slice(5)
  return from <= to ? inYear >= from && inYear <= to : inYear >= from || inYear <= to
}

export class Menu {
  readonly prices: readonly number[]
  readonly groups: ReadonlyMap<string, PricedGroup>
  readonly #shelf: Shelf
  readonly #weights: Float64Array
  /** Running sums of the weights, by course and part of the day, made when first asked for. */
  readonly #sums = new Map<number, Float64Array>()

  constructor(shop: Shop, shelf: Shelf, taste: Float64Array, day: number) {
    const level = priceLevelOn(shop, day)
    const date = dateOf(day)
    const { charm, modifiers } = shop.catalogue
    this.#shelf = shelf
    this.prices = shelf.choices.map((choice) => priceTag(shop.currency, choice.price * level, charm))
    this.#weights = Float64Array.from(shelf.choices, (choice, at) => popularityOn(choice, day, date) * (taste[at] ?? 1))
    this.groups = new Map(
      Object.entries(modifiers).map(([key, group]) => {
        const options = group.options.map((option) => {
          const price = priceTag(shop.currency, option.price * level, false)
          return { name: option.name, price, bigPrice: big(price), weight: option.share }
        })
        return [key, { chance: group.chance, options }]
      }),
    )
  }

  /** The place on the shelf to which a draw in [0, 1) points, or null when the course offers nothing at that time. */
  pick(course: number, daypart: number, draw: number): number | null {
    const places = this.#shelf.courses[course] ?? []
    const sums = this.#sumsOf(course, daypart, places)
    const whole = sums[places.length - 1] ?? 0
    if (whole === 0) return null
    const wanted = draw * whole
    let low = 0
    let high = places.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > wanted) high = middle
      else low = middle + 1
    }
    return places[low] ?? null
  }

  #sumsOf(course: number, daypart: number, places: readonly number[]): Float64Array {
    const key = course * 8 + daypart
    const known = this.#sums.get(key)
    if (known !== undefined) return known
    let sum = 0
    const sums = Float64Array.from(places, (at) => {
      sum += (this.#weights[at] ?? 0) * (this.#shelf.choices[at]?.category.dayparts[daypart] ?? 0)
      return sum
    })
    this.#sums.set(key, sums)
    return sums
  }
}

function popularityOn(choice: Choice, day: number, date: string): number {
  const { item, category } = choice
  if (!available(item, date)) return 0
  const weekday = weekdayOf(day)
  let weight = choice.weight * (item.weekday?.[weekday] ?? 1) * (category.weekday?.[weekday] ?? 1)
  weight *= seasonFactor(item.season, day) * seasonFactor(category.season, day)
  if (item.drift !== undefined) weight *= (1 + item.drift) ** yearsSince(DRIFT_FROM, day)
  if (item.launched !== undefined) weight *= Math.min(1, (day - dayNumber(item.launched) + 7) / LAUNCH_DAYS)
  return weight
}
