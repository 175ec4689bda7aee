import { dayNumber } from './calendar.ts'
import type { SiteDay } from './day.ts'
import { yearsSince } from './demand.ts'
import { Dice, fixedDraw, streamOf } from './random.ts'
import type { TradeSale } from './sale.ts'
import type { Channel } from './shop-shape.ts'

const PEOPLE = streamOf('people')
const POOL_FROM = dayNumber('2024-01-01')
const STAY_MAX_MS = 4 * 3_600_000
const STAY_MIN_MS = 12_000

export type People = {
  readonly channel: Channel
  readonly guests: number
  /** The rank of a known customer among the regulars. */
  readonly customer: number | null
  readonly register: string | null
  readonly staff: TradeSale['staff']
  readonly closedAt: number
}

const people = new Dice()

/** Who comes in with the nth sale of that day, who serves them, and how long they stay. */
export function peopleOf(day: SiteDay, nth: number, openedAt: number, wallHour: number): People {
  const { shop } = day.floor
  people.reseed(day.seed, PEOPLE, nth)
  const channel = people.pick(shop.channels)
  const guests = 1 + partyOf(shop.catalogue.guests, people.unit())
  const known = people.chance(channel === 'in_store' ? shop.customers.known : 0.9)
  const customer = known ? customerOf(day, people.unit()) : null
  const { staff } = day.place
  // Three people are on shift; who they are goes round with the days and changes in mid-afternoon.
  const shift = day.day + (wallHour >= 6 && wallHour < 15 ? 0 : 3)
  const server = staff[(shift + people.below(Math.min(3, staff.length))) % staff.length]
  const register = shop.registers[Math.floor(shop.registers.length * people.unit() ** 1.6)]
  const { medianMs, spread } = shop.stay
  const stay = channel === 'in_store' ? people.around(medianMs, spread) : people.around(45_000, 0.5)
  const online = channel === 'online'
  return {
    channel,
    guests,
    customer,
    register: online ? null : (register ?? null),
    staff: online ? null : (server ?? null),
    closedAt: openedAt + Math.round(Math.min(STAY_MAX_MS, Math.max(STAY_MIN_MS, stay))),
  }
}

function partyOf(weights: readonly number[], draw: number): number {
  let left = draw
  for (let at = 0; at < weights.length; at++) {
    left -= weights[at] ?? 0
    if (left < 0) return at
  }
  return 0
}

/** A regular by rank: the lower, the more often seen. The pool grows, so that new faces appear. */
function customerOf(day: SiteDay, draw: number): number {
  const { customers, scale } = day.floor.shop
  const grown = (1 + customers.growthPerYear) ** yearsSince(POOL_FROM, day.day)
  return 1 + Math.floor(customers.pool * Math.max(1, scale) * grown * draw ** 2.2)
}

export function customerHandle(day: SiteDay, rank: number): string {
  const hidden = Math.floor(fixedDraw(day.floor.seed, rank) * 36 ** 5)
  return `cus-${hidden.toString(36).padStart(5, '0')}${rank.toString(36)}`
}
