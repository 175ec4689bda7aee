import { DAY_MS, dateOf, dayNumber, HOUR_MS, weekdayOf } from './calendar.ts'
import type { TradeSale } from './sale.ts'
import type { Shop } from './shop-shape.ts'
import { trade } from './trade.ts'

// Sales as somebody asks for them: those of a window, so many of a window, or so many right now.

const FRIDAY = 4
/** No zone is further from UTC than that. */
export const ZONES_REACH_MS = 14 * HOUR_MS

/** What was asked for: instants [from, to), and the trading days in which such sales may lie. */
export type Window = { readonly from: number; readonly to: number; readonly firstDay: string; readonly lastDay: string }

/** Dates are trading days, both inclusive; instants are [from, to). */
export function windowOf({ from, to }: { readonly from?: string; readonly to?: string }, now: number): Window {
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
export function* salesWithin(shop: Shop, seed: string, window: Window, count: number | null): Generator<TradeSale> {
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
export function* busySales(shop: Shop, seed: string, now: number): Generator<TradeSale> {
  const today = Math.floor(now / DAY_MS)
  const friday = today - 7 - ((weekdayOf(today) - FRIDAY + 7) % 7)
  for (let round = 0; ; round++) {
    yield* trade(shop, { seed: `${seed} ${round}`, from: dateOf(friday), to: dateOf(friday + 6) })
  }
}

/** The same sale at another time. */
export function movedBy(sale: TradeSale, ms: number): TradeSale {
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
