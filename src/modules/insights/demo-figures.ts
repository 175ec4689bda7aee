import type { ArticleMention, Refund, Sale } from '#canon/sale.ts'
import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import { addDays, type Instant, instantText, type LocalDate, weekdayOf } from '#kernel/instant.ts'
import { basketFiguresOf, SAMPLE_SALES_MAX } from './baskets.ts'
import { DEFINITIONS } from './definitions.ts'
import { blocksOf } from './figures.ts'
import { ITEMS_SHOWN } from './item-figures.ts'
import {
  type DaySums,
  type FigureSums,
  type HourSums,
  type ItemSums,
  netOf,
  type SalesSums,
  type SampledSale,
  type SiteSums,
  type TenderSums,
  totalOf,
} from './sums.ts'
import { compareWindow, contains, type Window } from './window.ts'
import type { WireCoverage, WireFigures } from './wire.ts'

// Figures of made-up sales, in memory alone: they are never stored, so they can never meet real ones. From here on they
// go the same way as real sums, and every answer made of them says `demo: true`.

type Place = { readonly siteId: string; readonly businessDate: LocalDate; readonly businessHour: number }
export type DemoSale = Place & { readonly sale: Sale }
export type DemoRefund = Place & { readonly currency: string; readonly refund: Refund }

export type DemoTrade = {
  readonly sites: readonly { readonly id: string; readonly name: string }[]
  readonly currency: string
  readonly sales: readonly DemoSale[]
  readonly refunds: readonly DemoRefund[]
}

export const DEMO_DAYS = 30

const MADE_UP: WireCoverage = { state: 'complete', gaps: [], say: 'Made up: these sales never happened.' }

/** The last 30 whole days before `today`, held against the 30 before them. `tradeOf` makes up the sales of a span. */
export async function demoFigures(
  tradeOf: (span: Window) => Promise<DemoTrade>,
  today: LocalDate,
  now: Instant,
): Promise<WireFigures> {
  const window: Window = { from: addDays(today, -DEMO_DAYS), to: addDays(today, -1) }
  const comparison = compareWindow(window, 'previous')
  const trade = await tradeOf({ from: comparison.from, to: window.to })
  const [lead, ...others] = blocksOf(demoSums(trade, window, comparison), {
    window,
    comparison,
    comparisonCoverage: MADE_UP,
    firstDay: comparison.from,
    homeCurrency: trade.currency,
    siteNames: new Map(trade.sites.map(({ id, name }) => [id, name])),
    itemsMax: ITEMS_SHOWN,
  })
  const sold = trade.sales.filter(
    ({ sale, businessDate }) => sale.status === 'closed' && contains(window, businessDate),
  )
  return {
    ...lead,
    ...window,
    demo: true,
    as_of: instantText(now),
    coverage: MADE_UP,
    other_currencies: others,
    definitions: DEFINITIONS,
    ...basketFiguresOf(sold.slice(-SAMPLE_SALES_MAX).map(({ sale }) => sampled(sale))),
  }
}

export function demoSums(trade: DemoTrade, window: Window, compare: Window): FigureSums {
  const settled = trade.sales.filter(({ sale }) => sale.status !== 'open')
  const facts = [...settled.map(saleFact), ...trade.refunds.map(refundFact)]
  const inWindow = facts.filter((fact) => contains(window, fact.businessDate))
  const inCompare = facts.filter((fact) => contains(compare, fact.businessDate))
  return {
    sites: [...siteSums(inWindow, 'window'), ...siteSums(inCompare, 'compare')],
    days: grouped([...inWindow, ...inCompare], (fact) => `${fact.businessDate} ${fact.currency}`).map(
      ([first, sum]): DaySums => ({ date: first.businessDate, ...shownOf(first, sum), units: sum.units }),
    ),
    hours: grouped(inWindow, (fact) => `${weekdayOf(fact.businessDate)} ${fact.businessHour} ${fact.currency}`)
      .filter(([, sum]) => sum.sales !== 0n || sum.refunds !== 0n)
      .map(([first, sum]): HourSums => {
        return { weekday: weekdayOf(first.businessDate), hour: first.businessHour, ...shownOf(first, sum) }
      })
      .sort((a, b) => a.weekday - b.weekday || a.hour - b.hour),
    items: itemSums(trade, window),
    tenders: tenderSums(trade, window),
  }
}

type Fact = Place & SalesSums & { readonly currency: string }

const NOTHING = totalOf([])

function saleFact({ sale, siteId, businessDate, businessHour }: DemoSale): Fact {
  const place = { siteId, businessDate, businessHour, currency: sale.currency }
  if (sale.status === 'voided') return { ...NOTHING, ...place, voided: 1n }
  const { discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred } = sale
  return {
    ...NOTHING,
    ...place,
    ...{ discount, taxAdded, taxIncluded, serviceCharge, tip, rounding, deferred },
    sales: 1n,
    unpriced: sale.gross === null ? 1n : 0n,
    units: unitsOf(sale),
    gross: sale.gross ?? 0n,
    total: sale.total ?? 0n,
  }
}

function refundFact({ refund, siteId, businessDate, businessHour, currency }: DemoRefund): Fact {
  const given = { refunds: 1n, refunded: refund.amount, refundedTax: refund.tax, refundedTip: refund.tip }
  return { ...NOTHING, siteId, businessDate, businessHour, currency, ...given }
}

function siteSums(facts: readonly Fact[], period: SiteSums['period']): SiteSums[] {
  return grouped(facts, (fact) => `${fact.siteId} ${fact.currency}`).map(([{ siteId, currency }, sum]) => ({
    ...sum,
    period,
    siteId,
    currency,
  }))
}

function grouped(facts: readonly Fact[], keyOf: (fact: Fact) => string): (readonly [Fact, SalesSums])[] {
  return [...Map.groupBy(facts, keyOf).values()].flatMap((group) => {
    const [first] = group
    return first === undefined ? [] : [[first, totalOf(group)] as const]
  })
}

function shownOf(fact: Fact, sum: SalesSums): { currency: string; net: bigint; sales: bigint } {
  return { currency: fact.currency, net: netOf(sum), sales: sum.sales }
}

function itemSums(trade: DemoTrade, window: Window): ItemSums[] {
  const items = new Map<string, { -readonly [Key in keyof ItemSums]: ItemSums[Key] }>()
  const keyOf = (currency: string, { name, variant, category }: ArticleMention) =>
    JSON.stringify([currency, name, variant, category])
  const itemOf = (currency: string, article: ArticleMention, day: LocalDate) => {
    const standing = items.get(keyOf(currency, article))
    if (standing) return standing
    const { name, variant, category } = article
    const made = { currency, name, variant, category, quantity: ZERO, net: 0n, amountless: true, lastSoldOn: day }
    items.set(keyOf(currency, article), made)
    return made
  }
  for (const { sale, businessDate } of trade.sales) {
    if (sale.status !== 'closed' || businessDate > window.to) continue
    for (const line of sale.items) {
      if (line.kind === 'gift_card') continue
      const item = itemOf(sale.currency, line.article, businessDate)
      if (businessDate > item.lastSoldOn) item.lastSoldOn = businessDate
      if (!contains(window, businessDate)) continue
      const taxIncluded = line.taxes.reduce((sum, tax) => sum + (tax.included ? tax.amount : 0n), 0n)
      item.quantity = add(item.quantity, line.quantity)
      item.net += (line.gross ?? 0n) - line.discount - taxIncluded
      item.amountless &&= (line.gross ?? 0n) === 0n
    }
  }
  for (const { refund, currency, businessDate } of trade.refunds) {
    if (!contains(window, businessDate)) continue
    for (const line of refund.items) {
      const item = items.get(keyOf(currency, line.article))
      if (item) item.net -= line.amount - line.tax
    }
  }
  return [...items.values()]
}

function tenderSums(trade: DemoTrade, window: Window): TenderSums[] {
  const tenders = new Map<string, { -readonly [Key in keyof TenderSums]: TenderSums[Key] }>()
  const tenderOf = (currency: string, tender: string) => {
    const standing = tenders.get(`${currency} ${tender}`)
    if (standing) return standing
    const made = { currency, tender, payments: 0n, amount: 0n, refunded: 0n }
    tenders.set(`${currency} ${tender}`, made)
    return made
  }
  for (const { sale, businessDate } of trade.sales) {
    if (sale.status !== 'closed' || !contains(window, businessDate)) continue
    for (const payment of sale.payments) {
      const tender = tenderOf(sale.currency, payment.tender)
      tender.payments += 1n
      tender.amount += payment.amount
    }
  }
  for (const { refund, currency, businessDate } of trade.refunds) {
    if (contains(window, businessDate)) tenderOf(currency, refund.tender).refunded += refund.amount
  }
  return [...tenders.values()]
}

function unitsOf(sale: Sale): Decimal {
  return sale.items.reduce((sum, item) => (item.kind === 'gift_card' ? sum : add(sum, item.quantity)), ZERO)
}

function sampled(sale: Sale): SampledSale {
  const articles = sale.items.filter((item) => item.kind === 'article')
  return {
    items: [...new Set(articles.flatMap((item) => item.article.name ?? []))],
    lines: articles.length,
    units: unitsOf(sale),
    customer: sale.customer,
  }
}
