import { type ReactNode, useCallback, useMemo } from 'react'
import { type Grain, grainOf, type Range } from '../../app/dates.ts'
import { formatDay, formatDayRange, formatHour, formatMajor, formatMajorShort, formatNumber } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { useShade } from '../../app/theme.ts'
import type { FiguresBlock } from '../../app/wire.ts'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { TrendChart, type TrendPoint } from '../../ui/chart/trend-chart.tsx'
import { Table } from '../../ui/table.tsx'
import { bucketsOf, hoursOf, isCut, type TrendBucket } from './trend-points.ts'

type Row = TrendPoint & { readonly transactions: number; readonly units: number | null }

/** Net sales by day, week or month, or by hour when a single day is looked at, against the period before. */
export function Trend(props: { block: FiguresBlock; range: Range; today: string; className?: string }): ReactNode {
  const { block, range, today } = props
  const shade = useShade()
  const single = range.from === range.to
  const grain = grainOf(range)
  const rows = useMemo(
    () =>
      single ? hourRows(block) : bucketsOf(block.daily_trend, grain).map((b) => bucketRow(b, grain, range, today)),
    [block, grain, range, single, today],
  )
  const { currency } = block
  const format = useCallback((value: number) => formatMajor(value, currency), [currency])
  const formatShort = useCallback((value: number) => formatMajorShort(value, currency), [currency])
  const against = block.growth === null ? null : texts.overview.comparisons[block.growth.basis]
  const names = useMemo(() => ({ value: texts.overview.thisPeriod, before: against ?? '' }), [against])
  const best = rows.reduce<Row | null>((top, row) => ((row.value ?? 0) > (top?.value ?? 0) ? row : top), null)
  const say = texts.overview.trendSummary(
    formatDayRange(range.from, range.to),
    format(block.summary.total_revenue),
    best?.long ?? texts.none,
    format(best?.value ?? 0),
  )
  const hasBefore = rows.some((row) => row.before !== null)

  return (
    <ChartCard
      title={texts.overview.trend}
      say={texts.overview.trendBy[single ? 'hour' : grain]}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      actions={
        <div aria-hidden="true" className="flex items-center gap-4 pr-1 text-xs text-muted max-sm:hidden">
          <span className="flex items-center gap-1.5">
            <span className="h-0.5 w-4 rounded-full bg-chart-1" />
            {names.value}
          </span>
          {hasBefore ? (
            <span className="flex items-center gap-1.5">
              <span className="w-4 border-t-2 border-dashed border-chart-before" />
              {names.before}
            </span>
          ) : null}
        </div>
      }
      chart={
        <TrendChart
          say={say}
          points={rows}
          kind={single ? 'bar' : 'line'}
          names={names}
          format={format}
          formatShort={formatShort}
          shade={shade}
          fill
        />
      }
      table={
        <Table
          label={texts.overview.trend}
          dense
          stickyHead
          rows={rows}
          rowKey={(row) => row.key}
          columns={[
            { key: 'when', head: single ? texts.overview.hour : texts.overview.date, cell: (row) => row.long },
            {
              key: 'revenue',
              head: texts.overview.revenue,
              align: 'end',
              cell: (row) => (row.value === null ? texts.none : format(row.value)),
            },
            {
              key: 'transactions',
              head: texts.overview.transactions,
              align: 'end',
              cell: (row) => formatNumber(row.transactions),
            },
            ...(hasBefore
              ? [
                  {
                    key: 'before',
                    head: names.before,
                    align: 'end' as const,
                    cell: (row: Row) => (row.before === null ? texts.none : format(row.before)),
                  },
                ]
              : []),
          ]}
        />
      }
    />
  )
}

function hourRows(block: FiguresBlock): Row[] {
  return hoursOf(block.hours).map((one) => ({
    key: String(one.hour),
    label: formatHour(one.hour),
    long: `${formatHour(one.hour)}–${formatHour((one.hour + 1) % 24)}`,
    value: one.revenue,
    before: null,
    beforeLong: null,
    cut: false,
    transactions: one.transactions,
    units: null,
  }))
}

function bucketRow(bucket: TrendBucket, grain: Grain, range: Range, today: string): Row {
  const whole = grain === 'day' ? formatDay(bucket.from, 'weekday') : formatDayRange(bucket.from, bucket.to)
  const { beforeFrom, beforeTo } = bucket
  const cut = isCut(bucket, grain, range)
  const note = bucket.to >= today ? texts.overview.soFar : cut ? texts.overview.partialBucket : null
  return {
    key: bucket.from,
    label: formatDay(bucket.from, 'short'),
    long: note === null ? whole : `${whole} (${note})`,
    value: bucket.revenue,
    before: bucket.before,
    beforeLong: beforeFrom === null || beforeTo === null ? null : formatDayRange(beforeFrom, beforeTo),
    cut: note !== null,
    transactions: bucket.transactions,
    units: bucket.items,
  }
}
