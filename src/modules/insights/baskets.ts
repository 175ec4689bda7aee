import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import { roundTo } from './share.ts'
import type { SampledSale } from './sums.ts'
import type { WireFigures } from './wire.ts'

// What is bought together, and by whom, told from the newest sales of the window: enough to say so with confidence, and
// as quick for ten million sales as for ten thousand.

export const SAMPLE_SALES_MAX = 4_000
const COMMON_SALES_MIN = 5
const PAIRS_SHOWN = 20
/** A wholesale order of everything says nothing about what goes together, and has pairs by the million. */
const BASKET_ITEMS_MAX = 60

export type BasketFigures = Pick<WireFigures, 'baskets' | 'basket' | 'customers'>

export function basketFiguresOf(sales: readonly SampledSale[]): BasketFigures {
  const count = sales.length
  const lines = sales.reduce((sum, sale) => sum + sale.lines, 0)
  const units = sales.reduce<Decimal>((sum, sale) => add(sum, sale.units), ZERO)
  return {
    baskets: pairsOf(sales),
    basket: {
      average_lines: count === 0 ? null : roundTo(lines / count, 2),
      average_units: count === 0 ? null : roundTo(Number(units) / count, 2),
      sales_looked_at: count,
    },
    customers: customersOf(sales),
  }
}

function customersOf(sales: readonly SampledSale[]): BasketFigures['customers'] {
  const named = sales.flatMap((sale) => sale.customer ?? [])
  if (named.length === 0) return null
  return { known: new Set(named).size, share_of_transactions: roundTo(named.length / sales.length, 4) }
}

function pairsOf(sales: readonly SampledSale[]): BasketFigures['baskets'] {
  const holding = new Map<string, number>()
  for (const sale of sales) for (const item of sale.items) holding.set(item, (holding.get(item) ?? 0) + 1)
  // An item in fewer sales than a pair needs can be in no pair that counts.
  const frequent = [...holding].filter(([, count]) => count >= COMMON_SALES_MIN).map(([item]) => item)
  const placeOf = new Map(frequent.sort().map((item, place) => [item, place]))
  const together = new Map<number, number>()
  for (const sale of sales) {
    if (sale.items.length > BASKET_ITEMS_MAX) continue
    const places = sale.items.flatMap((item) => placeOf.get(item) ?? []).sort((a, b) => a - b)
    places.forEach((first, i) => {
      for (const second of places.slice(i + 1)) {
        const pair = first * frequent.length + second
        together.set(pair, (together.get(pair) ?? 0) + 1)
      }
    })
  }
  return [...together]
    .filter(([, common]) => common >= COMMON_SALES_MIN)
    .map(([pair, common]) => {
      const first = frequent[Math.floor(pair / frequent.length)] ?? ''
      const second = frequent[pair % frequent.length] ?? ''
      const byChance = ((holding.get(first) ?? 0) * (holding.get(second) ?? 0)) / sales.length
      return {
        items: [first, second],
        sales: common,
        support: roundTo(common / sales.length, 4),
        lift: roundTo(common / byChance, 2),
      }
    })
    .sort((a, b) => b.lift - a.lift || b.sales - a.sales || (a.items.join() < b.items.join() ? -1 : 1))
    .slice(0, PAIRS_SHOWN)
}
