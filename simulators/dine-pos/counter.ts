import type { StageClock } from '../stage/clock.ts'
import type { SellAnswer, SellOrder } from '../stage/control.ts'
import { DAY_MS, dateOf } from '../trade/calendar.ts'
import type { TradeSale } from '../trade/sale.ts'
import type { Shop } from '../trade/shop.ts'
import { trade } from '../trade/trade.ts'
import { busySales, movedBy, salesWithin, windowOf, ZONES_REACH_MS } from '../trade/wanted.ts'

// What is sold at the counter. It stands in the books and nowhere else: no address of these systems shows it.

export class Counter {
  readonly #shop: Shop
  readonly #seed: string
  readonly #clock: StageClock
  readonly #sales = new Map<string, TradeSale>()
  #runs = 0

  constructor(shop: Shop, seed: string, clock: StageClock) {
    this.#shop = shop
    this.#seed = seed
    this.#clock = clock
  }

  sales(): Iterable<TradeSale> {
    return this.#sales.values()
  }

  /** Refuses a count that is none, and a window that is no window. */
  sell(order: SellOrder): SellAnswer {
    const { count } = order
    if (count !== undefined && !(Number.isSafeInteger(count) && count >= 0)) {
      throw new RangeError('The count must be a whole number.')
    }
    const now = this.#clock.now()
    if (order.from === undefined && order.to === undefined) return this.#sellNow(count ?? 1, order, now)
    const seed = String(order.seed ?? this.#seed)
    let [sold, known] = [0, 0]
    for (const sale of salesWithin(this.#shop, seed, windowOf(order, now), count ?? null)) {
      if (this.#ring(sale)) sold++
      else known++
    }
    return { sold, known }
  }

  /** From now on it trades, so many times as busily as usual. */
  live(scale: number): void {
    const from = this.#clock.now()
    const shop = { ...this.#shop, scale: this.#shop.scale * scale }
    const openDay = (day: number): void => {
      for (const sale of trade(shop, { seed: `${this.#seed} live`, from: dateOf(day), to: dateOf(day) })) {
        if (sale.openedAt >= from) this.#clock.at(sale.openedAt, () => this.#ring(sale))
      }
      this.#clock.at((day + 1) * DAY_MS - ZONES_REACH_MS, () => openDay(day + 1))
    }
    openDay(Math.floor(from / DAY_MS))
  }

  #sellNow(count: number, { seed, per_second: perSecond }: SellOrder, now: number): SellAnswer {
    const run = ++this.#runs
    let sold = 0
    for (const sale of busySales(this.#shop, `${seed ?? this.#seed} run ${run}`, now)) {
      if (sold === count) break
      const at = now + (perSecond === undefined ? 0 : Math.round((sold * 1000) / perSecond))
      this.#ring(movedBy(sale, at - (sale.closedAt ?? sale.openedAt)))
      sold++
    }
    return { sold, known: 0 }
  }

  #ring(sale: TradeSale): boolean {
    if (this.#sales.has(sale.externalId)) return false
    this.#sales.set(sale.externalId, sale)
    return true
  }
}
