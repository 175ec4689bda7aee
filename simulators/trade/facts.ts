import { fateOf, hasLateRefund, liveOut, looseRefundsOf, REFUND_DAYS_MAX, SETTLED_MS, unpaid } from './afterlife.ts'
import { ringUp } from './basket.ts'
import { DAY_MS } from './calendar.ts'
import { type Floor, type Place, type SiteDay, siteDay } from './day.ts'
import type { TradeRefund, TradeSale } from './sale.ts'

// Trade as it happens: each fact at its instant, with the sale as the till shows it then. A fact belongs to the window
// that holds its instant, whichever day its sale is from, so windows can be cut anywhere without losing or repeating.

type SaleFact = { readonly kind: 'opened' | 'closed' | 'voided'; readonly sale: TradeSale }
type RefundFact = { readonly kind: 'refunded'; readonly sale: TradeSale | null; readonly refund: TradeRefund }

/** The sale of a refund is null when the goods came back without a receipt. */
export type TradeFact = { readonly id: string; readonly at: number } & (SaleFact | RefundFact)

/** The sale as it will stand in the end: rung up, and its fate applied. */
export function saleOf(day: SiteDay, nth: number): TradeSale {
  return liveOut(day, nth, ringUp(day, nth))
}

/** The sale as the till showed it at that instant; null before it was opened. */
export function saleAsOf(sale: TradeSale, atMs: number): TradeSale | null {
  if (atMs < sale.openedAt) return null
  const paid = sale.closedAt !== null && sale.closedAt <= atMs
  if (sale.voidedAt !== null && sale.voidedAt > atMs) return paid ? standing(sale) : unpaid(sale)
  if (!paid) return sale.closedAt === null ? sale : unpaid(sale)
  const refunds = sale.refunds.filter((refund) => refund.at <= atMs)
  return refunds.length === sale.refunds.length ? sale : { ...sale, refunds }
}

/** A sale that was paid and is not yet voided. */
function standing(sale: TradeSale): TradeSale {
  const payments = sale.payments.map((payment) => ({ ...payment, voidedAt: null }))
  return { ...sale, status: 'closed', voidedAt: null, payments }
}

/** Everything that ever happens to a sale, in order. */
export function factsOf(sale: TradeSale): TradeFact[] {
  const facts: TradeFact[] = [saleFact('opened', sale, sale.openedAt)]
  if (sale.closedAt !== null) facts.push(saleFact('closed', sale, sale.closedAt))
  if (sale.voidedAt !== null) facts.push(saleFact('voided', sale, sale.voidedAt))
  for (const refund of sale.refunds) {
    facts.push({ id: refund.externalId, at: refund.at, kind: 'refunded', sale: saleAsOf(sale, refund.at), refund })
  }
  return facts
}

function saleFact(kind: SaleFact['kind'], sale: TradeSale, at: number): TradeFact {
  return { id: `${sale.externalId}-${kind}`, at, kind, sale: saleAsOf(sale, at) ?? sale }
}

export function looseFactOf(refund: TradeRefund): TradeFact {
  return { id: refund.externalId, at: refund.at, kind: 'refunded', sale: null, refund }
}

/** By instant; two facts of one millisecond stand by their id, so that every cut orders them alike. */
export function byInstant(one: TradeFact, other: TradeFact): number {
  return one.at - other.at || (one.id < other.id ? -1 : 1)
}

/** A day, and for each of its sales the instant of its last fact, once that is known. */
type Known = { readonly open: SiteDay; readonly doneAt: Float64Array }

/** Remembers the days it has looked at, so that a clock that ticks each second does not make each day anew. */
export class Chronicle {
  readonly #floor: Floor
  readonly #days = new Map<string, Known | null>()
  readonly #late = new Map<string, readonly TradeSale[]>()

  constructor(floor: Floor) {
    this.#floor = floor
  }

  /** The facts in [fromMs, toMs), in order. */
  facts(fromMs: number, toMs: number): TradeFact[] {
    // Zones reach from a day before to a day after, and a trading day runs past midnight.
    const first = Math.floor((fromMs - SETTLED_MS) / DAY_MS) - 2
    const last = Math.floor(toMs / DAY_MS) + 1
    const facts: TradeFact[] = []
    const keep = (fact: TradeFact) => {
      if (fact.at >= fromMs && fact.at < toMs) facts.push(fact)
    }
    for (const place of this.#floor.places) {
      for (let day = first; day <= last; day++) {
        const known = this.#dayOf(place, day)
        if (known === null) continue
        const { open, doneAt } = known
        for (const nth of arrivalsWithin(open, fromMs - SETTLED_MS, toMs)) {
          if ((doneAt[nth] ?? 0) < fromMs) continue
          const all = factsOf(saleOf(open, nth))
          doneAt[nth] = all.at(-1)?.at ?? Number.POSITIVE_INFINITY
          all.forEach(keep)
        }
        if (open.fromMs < toMs && open.toMs > fromMs) looseRefundsOf(open).map(looseFactOf).forEach(keep)
      }
      for (let day = first - REFUND_DAYS_MAX; day <= last; day++) {
        for (const sale of this.#lateOf(place, day)) {
          if (sale.openedAt < fromMs - SETTLED_MS) factsOf(sale).forEach(keep)
        }
      }
    }
    this.#forgetBefore(first)
    return facts.sort(byInstant)
  }

  #dayOf(place: Place, day: number): Known | null {
    const key = `${place.index} ${day}`
    const known = this.#days.get(key)
    if (known !== undefined) return known
    const open = siteDay(this.#floor, place, day)
    const made = open && { open, doneAt: new Float64Array(open.arrivals.length).fill(Number.POSITIVE_INFINITY) }
    this.#days.set(key, made)
    return made
  }

  /** The sales of that day of which something comes back on a later one. */
  #lateOf(place: Place, day: number): readonly TradeSale[] {
    const key = `${place.index} ${day}`
    const known = this.#late.get(key)
    if (known !== undefined) return known
    const open = this.#dayOf(place, day)?.open ?? null
    const late: TradeSale[] = []
    for (let nth = 0; open !== null && nth < open.arrivals.length; nth++) {
      if (hasLateRefund(fateOf(open, nth))) late.push(saleOf(open, nth))
    }
    this.#late.set(key, late)
    return late
  }

  /** Drops what a later window cannot need; an earlier one makes it again. */
  #forgetBefore(first: number): void {
    for (const key of this.#days.keys()) if (dayIn(key) < first) this.#days.delete(key)
    for (const key of this.#late.keys()) if (dayIn(key) < first - REFUND_DAYS_MAX) this.#late.delete(key)
  }
}

function dayIn(key: string): number {
  return Number(key.slice(key.indexOf(' ') + 1))
}

function* arrivalsWithin(day: SiteDay, fromMs: number, toMs: number): Generator<number> {
  let low = 0
  let high = day.arrivals.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((day.arrivals[middle] ?? 0) < fromMs) low = middle + 1
    else high = middle
  }
  for (let nth = low; nth < day.arrivals.length && (day.arrivals[nth] ?? toMs) < toMs; nth++) yield nth
}
