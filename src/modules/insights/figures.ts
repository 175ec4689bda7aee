import { addDays, type LocalDate } from '#kernel/instant.ts'
import { itemBlockOf } from './item-figures.ts'
import { type Decimals, decimalsOf, shareOf } from './share.ts'
import { growthOf, summaryOf } from './summary.ts'
import { type DaySums, type FigureSums, netOf, type SiteSums, totalOf } from './sums.ts'
import { type Comparison, daysOf, type Window } from './window.ts'
import type { FiguresBlock, WireCoverage } from './wire.ts'

// From exact sums to the figures on the wire: pure, one block for each currency.

export type FigureFrame = {
  readonly window: Window
  readonly comparison: Comparison
  readonly comparisonCoverage: WireCoverage
  /** The first day that any of the sources has; null while none has anything. Days before it have no compare value. */
  readonly firstDay: LocalDate | null
  /** The currency of an answer that holds no sale at all. */
  readonly homeCurrency: string
  readonly siteNames: ReadonlyMap<string, string>
  readonly itemsMax: number
}

/** Blocks by currency; the first one leads. There is always one, of zeros if need be. */
export function blocksOf(sums: FigureSums, frame: FigureFrame): readonly [FiguresBlock, ...FiguresBlock[]] {
  const [lead = frame.homeCurrency, ...others] = rankedCurrencies(sums.sites)
  return [blockOf(lead, sums, frame), ...others.map((currency) => blockOf(currency, sums, frame))]
}

/** Most closed sales in the window first, then most in the compare window, then by code. */
function rankedCurrencies(rows: readonly SiteSums[]): string[] {
  const salesOf = (currency: string, period: SiteSums['period']) =>
    totalOf(rows.filter((row) => row.currency === currency && row.period === period)).sales
  const ranked = [...new Set(rows.map((row) => row.currency))].map((currency) => ({
    currency,
    now: Number(salesOf(currency, 'window')),
    before: Number(salesOf(currency, 'compare')),
  }))
  ranked.sort((a, b) => b.now - a.now || b.before - a.before || (a.currency < b.currency ? -1 : 1))
  return ranked.map(({ currency }) => currency)
}

function blockOf(currency: string, sums: FigureSums, frame: FigureFrame): FiguresBlock {
  const decimal = decimalsOf(currency)
  const ofCurrency = <Row extends { readonly currency: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.currency === currency)
  const sites = ofCurrency(sums.sites)
  const inWindow = sites.filter((row) => row.period === 'window')
  const total = totalOf(inWindow)
  const before = totalOf(sites.filter((row) => row.period === 'compare'))
  const comparable = frame.firstDay !== null && frame.firstDay <= frame.comparison.to
  return {
    currency,
    summary: summaryOf(total, decimal),
    growth: comparable ? growthOf(total, before, frame.comparison, frame.comparisonCoverage, decimal) : null,
    daily_trend: trendOf(ofCurrency(sums.days), frame, decimal),
    ...itemBlockOf(ofCurrency(sums.items), {
      window: frame.window,
      decimal,
      someUnpriced: total.unpriced > 0n,
      itemsMax: frame.itemsMax,
    }),
    hours: ofCurrency(sums.hours).map((hour) => ({
      weekday: hour.weekday,
      hour: hour.hour,
      revenue: decimal(hour.net),
      transactions: Number(hour.sales),
    })),
    payment_methods: paymentsOf(ofCurrency(sums.tenders), decimal),
    sites: sitesOf(inWindow, netOf(total), frame.siteNames, decimal),
  }
}

function trendOf(days: readonly DaySums[], frame: FigureFrame, decimal: Decimals): FiguresBlock['daily_trend'] {
  const byDate = new Map(days.map((day) => [day.date, day]))
  const { firstDay, comparison } = frame
  return daysOf(frame.window).map((date) => {
    const day = byDate.get(date)
    const compareDate = addDays(date, -comparison.shiftDays)
    const known = firstDay !== null && compareDate >= firstDay
    return {
      date,
      revenue: decimal(day?.net ?? 0n),
      transactions: Number(day?.sales ?? 0n),
      items_sold: Number(day?.units ?? 0),
      compare_date: compareDate,
      compare_revenue: known ? decimal(byDate.get(compareDate)?.net ?? 0n) : null,
    }
  })
}

function paymentsOf(tenders: FigureSums['tenders'], decimal: Decimals): FiguresBlock['payment_methods'] {
  const whole = tenders.reduce((sum, tender) => sum + tender.amount, 0n)
  return tenders
    .toSorted((a, b) => Number(b.amount - a.amount) || (a.tender < b.tender ? -1 : 1))
    .map((tender) => ({
      method: tender.tender,
      amount: decimal(tender.amount),
      payments: Number(tender.payments),
      share: shareOf(tender.amount, whole),
      refunded: decimal(tender.refunded),
    }))
}

function sitesOf(
  rows: readonly SiteSums[],
  whole: bigint,
  names: ReadonlyMap<string, string>,
  decimal: Decimals,
): FiguresBlock['sites'] {
  return rows
    .map((row) => ({ row, name: names.get(row.siteId) ?? row.siteId, net: netOf(row) }))
    .sort((a, b) => Number(b.net - a.net) || (a.name < b.name ? -1 : 1))
    .map(({ row, name, net }) => ({
      location_id: row.siteId,
      name,
      revenue: decimal(net),
      transactions: Number(row.sales),
      share: shareOf(net, whole),
    }))
}
