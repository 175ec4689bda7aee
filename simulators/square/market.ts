import type { SellAnswer, SellOrder } from '../stage/control.ts'
import { DAY_MS, dateOf } from '../trade/calendar.ts'
import type { Shop } from '../trade/shop.ts'
import { refundsWithoutSale, trade } from '../trade/trade.ts'
import { busySales, movedBy, salesWithin, windowOf, ZONES_REACH_MS } from '../trade/wanted.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import { Till } from './till.ts'

// Lets a seller's business trade: in a window of the past or the future, right now, or live from now on.

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
