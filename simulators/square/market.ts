import type { SellAnswer, SellOrder } from '../stage/control.ts'
import { DAY_MS, dateOf, dayNumber, HOUR_MS, weekdayOf } from '../trade/calendar.ts'
import type { TradeSale } from '../trade/sale.ts'
import type { Shop } from '../trade/shop.ts'
import { refundsWithoutSale, trade } from '../trade/trade.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import { Till } from './till.ts'

// Lets a seller's business trade: in a window of the past or the future, right now, or live from now on.

const FRIDAY = 4
const ZONES_REACH_MS = 14 * HOUR_MS

export class Market {
  readonly #square: Square
  readonly #tills = new Map<Seller, Till>()
  #runs = 0

  constructor(square: Square) {
    this.#square = square
  }

  sell(order: SellOrder): SellAnswer {
    const seller = order.merchant === undefined ? this.#square.mainSeller : this.#square.seller(order.merchant)
    if (order.count !== undefined && !(Number.isSafeInteger(order.count) && order.count >= 0)) {
      throw new RangeError('The count must be a whole number.')
    }
    const shop = shopAt(seller, order.location)
    return order.from === undefined && order.to === undefined
      ? this.#sellNow(seller, shop, order)
      : this.#sellWithin(seller, shop, order)
  }

  /** From now on each sale is rung up as the clock reaches it. `scale` multiplies the number of sales. */
  live(seller: Seller, seed: string, scale = 1): void {
    const { clock } = this.#square
    const from = clock.now()
    const shop = { ...seller.shop, scale: seller.shop.scale * scale }
    const openDay = (day: number): void => {
      for (const sale of trade(shop, { seed, from: dateOf(day), to: dateOf(day) })) {
        if (sale.openedAt >= from) clock.at(sale.openedAt, () => this.#tillOf(seller).ring(sale))
      }
      for (const refund of refundsWithoutSale(shop, { seed, from: dateOf(day), to: dateOf(day) })) {
        if (refund.at >= from) clock.at(refund.at, () => this.#tillOf(seller).takeBack(refund))
      }
    }
    const today = Math.floor(from / DAY_MS)
    const follow = (day: number): void => {
      openDay(day)
      clock.at((day + 1) * DAY_MS - ZONES_REACH_MS, () => follow(day + 1))
    }
    openDay(today - 1)
    follow(today)
  }

  /** Sales of a busy day, moved so that each is paid now, or one after the other at a steady pace. */
  #sellNow(seller: Seller, shop: Shop, { count = 1, seed, per_second: perSecond }: SellOrder): SellAnswer {
    const now = this.#square.clock.now()
    const till = this.#tillOf(seller)
    const run = ++this.#runs
    let sold = 0
    for (const sale of busySales(shop, `${seed ?? this.#square.seed} run ${run}`, now)) {
      if (sold === count) break
      const at = now + (perSecond === undefined ? 0 : Math.round((sold * 1000) / perSecond))
      const moved = movedBy(sale, at - (sale.closedAt ?? sale.openedAt))
      // What began before this moment is rung up in its place when it is paid, so that a steady pace is a steady pace.
      if (at <= now) till.ring(moved)
      else this.#square.clock.at(at, () => till.ring(moved))
      sold++
    }
    return { sold, known: 0 }
  }

  #sellWithin(seller: Seller, shop: Shop, order: SellOrder): SellAnswer {
    const window = windowOf(order, this.#square.clock.now())
    const seed = String(order.seed ?? this.#square.seed)
    const till = this.#tillOf(seller)
    let [sold, known] = [0, 0]
    for (const sale of salesWithin(shop, seed, window, order.count ?? null)) {
      if (till.ring(sale)) sold++
      else known++
    }
    if (order.count === undefined) {
      for (const refund of refundsWithoutSale(shop, { seed, from: window.firstDay, to: window.lastDay })) {
        if (refund.at >= window.from && refund.at < window.to) till.takeBack(refund)
      }
    }
    return { sold, known }
  }

  #tillOf(seller: Seller): Till {
    const known = this.#tills.get(seller)
    if (known !== undefined) return known
    const made = new Till(this.#square, seller)
    this.#tills.set(seller, made)
    return made
  }
}

function shopAt(seller: Seller, locationId: string | undefined): Shop {
  const trading = seller.shop.sites.filter(({ externalId }) => {
    const id = seller.locationIdOf(externalId)
    return locationId === undefined ? seller.findLocation(id)?.status === 'ACTIVE' : id === locationId
  })
  if (trading.length === 0) throw new RangeError(`No location of ${seller.name} has the id ${locationId}.`)
  return { ...seller.shop, sites: trading }
}

type Window = { readonly from: number; readonly to: number; readonly firstDay: string; readonly lastDay: string }

/** Dates are trading days, both inclusive; instants are [from, to). */
function windowOf({ from, to }: SellOrder, now: number): Window {
  const isDate = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text)
  const start = from ?? to ?? ''
  const end = to ?? new Date(now).toISOString()
  const fromMs = isDate(start) ? Number.NEGATIVE_INFINITY : instantIn(start)
  const toMs = isDate(end) ? Number.POSITIVE_INFINITY : instantIn(end)
  const firstDay = isDate(start) ? start : dateOf(Math.floor((fromMs - ZONES_REACH_MS) / DAY_MS) - 1)
  const lastDay = isDate(end) ? end : dateOf(Math.floor((toMs + ZONES_REACH_MS) / DAY_MS))
  dayNumber(firstDay)
  dayNumber(lastDay)
  return { from: fromMs, to: toMs, firstDay, lastDay }
}

function instantIn(text: string): number {
  const instant = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(instant)) throw new RangeError(`"${text}" is neither a date nor an RFC 3339 instant.`)
  return instant
}

/** All sales opened within the window, or so many of them, spread over its days; another seed fills what is missing. */
function* salesWithin(shop: Shop, seed: string, window: Window, count: number | null): Generator<TradeSale> {
  if (count === null) {
    yield* openedWithin(shop, seed, window, window.firstDay, window.lastDay)
    return
  }
  const first = dayNumber(window.firstDay)
  const days = dayNumber(window.lastDay) - first + 1
  let given = 0
  for (let pass = 0; given < count && pass < PASSES_MAX; pass++) {
    for (let nth = 0; nth < days && given < count; nth++) {
      const wanted = pass === 0 ? Math.ceil((count * (nth + 1)) / days) - given : count - given
      const day = dateOf(first + nth)
      const passSeed = pass === 0 ? seed : `${seed} again ${pass}`
      const sales = [...openedWithin(shop, passSeed, window, day, day)]
      for (const sale of spread(sales, wanted)) {
        yield sale
        given++
      }
    }
  }
}

/** A window in which the shop is closed sells nothing, however often it is asked. */
const PASSES_MAX = 40

function* openedWithin(shop: Shop, seed: string, window: Window, from: string, to: string): Generator<TradeSale> {
  for (const sale of trade(shop, { seed, from, to })) {
    if (sale.openedAt >= window.from && sale.openedAt < window.to) yield sale
  }
}

/** So many of the list, evenly. */
function spread<T>(list: readonly T[], count: number): T[] {
  if (count >= list.length) return [...list]
  return Array.from({ length: count }, (_, nth) => list[Math.floor((nth * list.length) / count)] as T)
}

/** The sales of the last Friday and the days after it, without end. */
function* busySales(shop: Shop, seed: string, now: number): Generator<TradeSale> {
  const today = Math.floor(now / DAY_MS)
  const friday = today - 7 - ((weekdayOf(today) - FRIDAY + 7) % 7)
  for (let round = 0; ; round++) {
    yield* trade(shop, { seed: `${seed} ${round}`, from: dateOf(friday), to: dateOf(friday + 6) })
  }
}

/** The same sale at another time. */
function movedBy(sale: TradeSale, ms: number): TradeSale {
  const moved = (at: number | null) => (at === null ? null : at + ms)
  return {
    ...sale,
    openedAt: sale.openedAt + ms,
    closedAt: moved(sale.closedAt),
    voidedAt: moved(sale.voidedAt),
    payments: sale.payments.map((payment) => ({ ...payment, at: payment.at + ms, voidedAt: moved(payment.voidedAt) })),
    refunds: sale.refunds.map((refund) => ({ ...refund, at: refund.at + ms })),
  }
}
