import type { Grain, Range } from '../../app/dates.ts'
import { formatDay, formatDayRange, formatHour } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FiguresBlock } from '../../app/wire.ts'
import type { TrendPoint } from '../../ui/chart/trend-chart.tsx'
import { hoursOf, isCut, type TrendBucket } from './trend-points.ts'

export type Measure = 'revenue' | 'transactions' | 'items'

/** A point of the chart, and the row of the table behind it. */
export type TrendRow = TrendPoint & {
  readonly revenue: number
  readonly transactions: number
  readonly units: number | null
}

export function hourRows(block: FiguresBlock, measure: Measure): TrendRow[] {
  return hoursOf(block.hours).map((one) => ({
    key: String(one.hour),
    label: formatHour(one.hour),
    long: `${formatHour(one.hour)}–${formatHour((one.hour + 1) % 24)}`,
    value: measure === 'revenue' ? one.revenue : one.transactions,
    before: null,
    beforeLong: null,
    cut: false,
    revenue: one.revenue,
    transactions: one.transactions,
    units: null,
  }))
}

export function bucketRow(
  bucket: TrendBucket,
  view: { readonly grain: Grain; readonly range: Range; readonly today: string; readonly measure: Measure },
): TrendRow {
  const { grain, range, today, measure } = view
  const whole = grain === 'day' ? formatDay(bucket.from, 'weekday') : formatDayRange(bucket.from, bucket.to)
  const cut = isCut(bucket, grain, range)
  const note = bucket.to >= today ? texts.overview.soFar : cut ? texts.overview.partialBucket : null
  const { beforeFrom, beforeTo } = bucket
  return {
    key: bucket.from,
    label: formatDay(bucket.from, 'short'),
    long: note === null ? whole : `${whole} (${note})`,
    value: bucket[measure],
    // The period before is told in money alone.
    before: measure === 'revenue' ? bucket.before : null,
    beforeLong: beforeFrom === null || beforeTo === null ? null : formatDayRange(beforeFrom, beforeTo),
    cut: note !== null,
    revenue: bucket.revenue,
    transactions: bucket.transactions,
    units: bucket.items,
  }
}
