import { addDays, addMonths, type Grain, grainStart, type Range } from '../../app/dates.ts'
import type { HourFigure, TrendDay } from '../../app/wire.ts'

// From the days of an answer to the points of its chart.

export type TrendBucket = {
  readonly from: string
  readonly to: string
  readonly revenue: number
  readonly transactions: number
  readonly items: number
  readonly beforeFrom: string | null
  readonly beforeTo: string | null
  readonly before: number | null
}

/** Days added up to weeks or months. A bucket that the range cuts is as short as its days. */
export function bucketsOf(days: readonly TrendDay[], grain: Grain): TrendBucket[] {
  const buckets = new Map<string, TrendBucket>()
  for (const day of days) {
    const key = grainStart(day.date, grain)
    const known = buckets.get(key)
    buckets.set(key, {
      from: known?.from ?? day.date,
      to: day.date,
      revenue: (known?.revenue ?? 0) + day.revenue,
      transactions: (known?.transactions ?? 0) + day.transactions,
      items: (known?.items ?? 0) + day.items_sold,
      beforeFrom: known?.beforeFrom ?? day.compare_date,
      beforeTo: day.compare_date ?? known?.beforeTo ?? null,
      before: addKnown(known?.before ?? null, day.compare_revenue),
    })
  }
  return [...buckets.values()]
}

function addKnown(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : a + b
}

export type HourPoint = { readonly hour: number; readonly revenue: number; readonly transactions: number }

/** The hours of a single day, from the first that sold to the last. */
export function hoursOf(hours: readonly HourFigure[]): HourPoint[] {
  const totals = new Map<number, HourPoint>()
  for (const one of hours) {
    const known = totals.get(one.hour)
    totals.set(one.hour, {
      hour: one.hour,
      revenue: (known?.revenue ?? 0) + one.revenue,
      transactions: (known?.transactions ?? 0) + one.transactions,
    })
  }
  const sold = [...totals.keys()]
  if (sold.length === 0) return []
  const points: HourPoint[] = []
  for (let hour = Math.min(...sold); hour <= Math.max(...sold); hour++) {
    points.push(totals.get(hour) ?? { hour, revenue: 0, transactions: 0 })
  }
  return points
}

export type HeatGrid = {
  readonly hours: readonly number[]
  /** By weekday, 1 Monday to 7 Sunday, then by the place in `hours`; null where nothing was sold. */
  readonly rows: readonly { readonly weekday: number; readonly cells: readonly (HourFigure | null)[] }[]
}

/** Hours in the order of the trading day: a bar's night does not fall apart into two edges. */
export function heatGrid(figures: readonly HourFigure[]): HeatGrid {
  const sold = [...new Set(figures.map((one) => one.hour))].sort((a, b) => a - b)
  const hours = tradingHours(sold)
  const rows = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
    weekday,
    cells: hours.map((hour) => figures.find((one) => one.weekday === weekday && one.hour === hour) ?? null),
  }))
  return { hours, rows }
}

/** From after the longest quiet stretch, round the clock, to before it. */
export function tradingHours(sold: readonly number[]): number[] {
  if (sold.length === 0) return []
  let start = sold[0] ?? 0
  let length = 24
  let quietest = 0
  sold.forEach((hour, place) => {
    const next = sold[(place + 1) % sold.length] ?? hour
    const quiet = (next - hour - 1 + 24) % 24
    if (sold.length > 1 && quiet > quietest) {
      quietest = quiet
      start = next
      length = 24 - quiet
    }
  })
  if (sold.length === 1) length = 1
  return Array.from({ length }, (_, step) => (start + step) % 24)
}

/** Whether the range holds only a part of the bucket's week or month. */
export function isCut(bucket: TrendBucket, grain: Grain, range: Range): boolean {
  if (grain === 'day') return false
  const start = grainStart(bucket.from, grain)
  const end = addDays(grain === 'week' ? addDays(start, 7) : addMonths(start, 1), -1)
  return start < range.from || end > range.to
}
