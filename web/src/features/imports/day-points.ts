import { type Grain, grainOf, grainStart } from '../../app/dates.ts'
import { formatDay, formatDayRange, majorOf } from '../../app/format.ts'
import type { CheckDay } from '../../app/wire.ts'
import type { TrendPoint } from '../../ui/chart/trend-chart.tsx'

// The trial's days as points of a chart, and their sums. Money is added in whole minor units; only a drawing divides it.

export type DaySums = {
  readonly sales: number
  readonly refunds: number
  readonly gross: number | null
  readonly total: number | null
  readonly refunded: number
}

/** Sums of all days, in minor units; null where no day has the amount. */
export function sumDays(days: readonly CheckDay[]): DaySums {
  const sum = (of: (day: CheckDay) => number | null | undefined): number | null =>
    days.reduce<number | null>((whole, day) => {
      const part = of(day)
      return part === null || part === undefined ? whole : (whole ?? 0) + part
    }, null)
  return {
    sales: sum((day) => day.sales) ?? 0,
    refunds: sum((day) => day.refunds) ?? 0,
    gross: sum((day) => day.gross?.amount),
    total: sum((day) => day.total?.amount),
    refunded: sum((day) => day.refunded.amount) ?? 0,
  }
}

/** Whether the chart shows money; a file without prices is told by its sales. */
export function isPriced(days: readonly CheckDay[]): boolean {
  return days.some((day) => day.total !== null)
}

/** One point a day, a week or a month, so that their number stays readable. */
export function dayPoints(days: readonly CheckDay[]): {
  readonly grain: Grain
  readonly points: readonly TrendPoint[]
} {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return { grain: 'day', points: [] }
  const grain = grainOf({ from: first.business_date, to: last.business_date })
  const priced = isPriced(days)
  const buckets = new Map<string, { to: string; value: number }>()
  for (const day of days) {
    const start = grainStart(day.business_date, grain)
    const value = !priced ? day.sales : day.total === null ? 0 : majorOf(day.total)
    const bucket = buckets.get(start)
    if (bucket === undefined) buckets.set(start, { to: day.business_date, value })
    else buckets.set(start, { to: day.business_date, value: bucket.value + value })
  }
  const points = [...buckets].map(([from, { to, value }]) => ({
    key: from,
    label: formatDay(from, 'short'),
    long: grain === 'day' ? formatDay(from, 'weekday') : formatDayRange(from, to),
    value,
    before: null,
    beforeLong: null,
    cut: false,
  }))
  return { grain, points }
}
