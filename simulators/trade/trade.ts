import { looseRefundsOf } from './afterlife.ts'
import { DAY_MS, dayNumber } from './calendar.ts'
import { type Floor, floorOf, type Place, type SiteDay, siteDay } from './day.ts'
import { Chronicle, saleAsOf, saleOf, type TradeFact } from './facts.ts'
import type { TradeRefund, TradeSale } from './sale.ts'
import type { Shop } from './shop-shape.ts'

export type TradeSpan = {
  readonly seed: string
  /** Trading days by the sites' own calendars, both inclusive. */
  readonly from: string
  readonly to: string
}

/**
 * A shop's sales, in the order in which they were opened, made one at a time. With `until` (epoch milliseconds) they
 * are as the tills show them at that instant: some still open, none from later, no refund that has yet to come.
 */
export function* trade(shop: Shop, span: TradeSpan & { readonly until?: number }): Generator<TradeSale, void> {
  const floor = floorOf(shop, span.seed)
  const { first, last } = daysOf(span)
  const tills = floor.places.map((place) => new Till(floor, place, first, last))
  const until = span.until ?? Number.POSITIVE_INFINITY
  for (;;) {
    let earliest: Till | undefined
    for (const till of tills) {
      // On a tie the site that stands first in the shop goes first.
      if (earliest === undefined || till.nextAt < earliest.nextAt) earliest = till
    }
    if (earliest === undefined || earliest.nextAt === Number.POSITIVE_INFINITY || earliest.nextAt > until) return
    const sale = earliest.take()
    const shown = span.until === undefined ? sale : saleAsOf(sale, until)
    if (shown !== null) yield shown
  }
}

/** Goods brought back without a receipt on those trading days, by site and instant. */
export function* refundsWithoutSale(shop: Shop, span: TradeSpan): Generator<TradeRefund, void> {
  const floor = floorOf(shop, span.seed)
  const { first, last } = daysOf(span)
  for (const place of floor.places) {
    for (let day = first; day <= last; day++) {
      const open = siteDay(floor, place, day)
      if (open !== null) yield* looseRefundsOf(open)
    }
  }
}

/**
 * What happens in [fromMs, toMs), in order: sales opened, closed and voided, refunds of sales however old. However a
 * span is cut, its pieces tell the same as the whole, and the same as `trade` of the days.
 */
export function* tradeBetween(shop: Shop, seed: string, fromMs: number, toMs: number): Generator<TradeFact, void> {
  const between = followTrade(shop, seed)
  for (let from = fromMs; from < toMs; from += DAY_MS) yield* between(from, Math.min(toMs, from + DAY_MS))
}

/** The same for a clock that ticks: the function it answers remembers the days about it from one tick to the next. */
export function followTrade(shop: Shop, seed: string): (fromMs: number, toMs: number) => readonly TradeFact[] {
  const chronicle = new Chronicle(floorOf(shop, seed))
  return (fromMs, toMs) => chronicle.facts(fromMs, toMs)
}

function daysOf(span: TradeSpan): { first: number; last: number } {
  return { first: dayNumber(span.from), last: dayNumber(span.to) }
}

/** One site's sales day after day; holds no more than the arrivals of one day. */
class Till {
  /** When its next sale is opened; infinity when there is none. */
  nextAt = Number.POSITIVE_INFINITY
  readonly #floor: Floor
  readonly #place: Place
  readonly #last: number
  #day: number
  #open: SiteDay | null = null
  #nth = -1

  constructor(floor: Floor, place: Place, first: number, last: number) {
    this.#floor = floor
    this.#place = place
    this.#last = last
    this.#day = first - 1
    this.#step()
  }

  take(): TradeSale {
    if (this.#open === null) throw new RangeError('This till has no sale left.')
    const sale = saleOf(this.#open, this.#nth)
    this.#step()
    return sale
  }

  #step(): void {
    this.#nth++
    while (this.#open === null || this.#nth >= this.#open.arrivals.length) {
      if (this.#day >= this.#last) {
        this.#open = null
        this.nextAt = Number.POSITIVE_INFINITY
        return
      }
      this.#day++
      this.#open = siteDay(this.#floor, this.#place, this.#day)
      this.#nth = 0
    }
    this.nextAt = this.#open.arrivals[this.#nth] ?? Number.POSITIVE_INFINITY
  }
}
