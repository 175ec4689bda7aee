import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { grainOf, type Range } from '../../app/dates.ts'
import { formatDayRange, formatMajor, formatMajorShort, formatNumber, formatShort } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { useShade } from '../../app/theme.ts'
import type { FiguresBlock } from '../../app/wire.ts'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { TrendChart } from '../../ui/chart/trend-chart.tsx'
import { Segments } from '../../ui/field.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { isPriced } from './priced.ts'
import { bucketsOf } from './trend-points.ts'
import { bucketRow, hourRows, type Measure, type TrendRow } from './trend-rows.ts'

/** By day, week or month, or by hour when a single day is looked at; net sales against the period before. */
export function Trend(props: { block: FiguresBlock; range: Range; today: string; className: string }): ReactNode {
  const { block, range, today } = props
  const { currency, summary } = block
  const shade = useShade()
  const [chosen, setMeasure] = useState<Measure | null>(null)
  const single = range.from === range.to
  const grain = grainOf(range)
  const wanted = chosen ?? (isPriced(block) ? 'revenue' : 'transactions')
  // Hours are told without their units.
  const measure = single && wanted === 'items' ? 'transactions' : wanted
  const rows = useMemo(
    () =>
      single
        ? hourRows(block, measure)
        : bucketsOf(block.daily_trend, grain).map((one) => bucketRow(one, { grain, range, today, measure })),
    [block, grain, range, single, today, measure],
  )
  const money = measure === 'revenue'
  const format = useCallback(
    (value: number) => (money ? formatMajor(value, currency) : formatNumber(value, 2)),
    [money, currency],
  )
  const formatAxis = useCallback(
    (value: number) => (money ? formatMajorShort(value, currency) : formatShort(value)),
    [money, currency],
  )
  const against = block.growth === null ? '' : texts.overview.comparisons[block.growth.basis]
  const names = useMemo(() => ({ value: texts.overview.thisPeriod, before: against }), [against])
  const hasBefore = rows.some((row) => row.before !== null)
  const total = {
    revenue: summary.total_revenue,
    transactions: summary.total_transactions,
    items: summary.total_items_sold,
  }[measure]
  const best = rows.reduce<TrendRow | null>((top, row) => ((row.value ?? 0) > (top?.value ?? 0) ? row : top), null)
  const title = texts.overview.trends[measure]
  const say = texts.overview.trendSummary(
    title,
    formatDayRange(range.from, range.to),
    format(total),
    best?.long ?? texts.none,
    format(best?.value ?? 0),
  )

  return (
    <ChartCard
      title={title}
      say={<Legend grain={texts.overview.trendBy[single ? 'hour' : grain]} before={hasBefore ? against : null} />}
      texts={texts}
      className={props.className}
      actions={
        <Segments
          label={texts.overview.measure}
          value={measure}
          onChange={setMeasure}
          choices={[
            { value: 'revenue' as const, label: texts.overview.revenue },
            { value: 'transactions' as const, label: texts.overview.transactions },
            ...(single ? [] : [{ value: 'items' as const, label: texts.overview.units }]),
          ]}
        />
      }
      chart={
        <TrendChart
          say={say}
          points={rows}
          kind={single ? 'bar' : 'line'}
          names={names}
          format={format}
          formatShort={formatAxis}
          shade={shade}
          fill
        />
      }
      table={
        <Table
          label={title}
          dense
          stickyHead
          rows={rows}
          rowKey={(row) => row.key}
          columns={columnsOf({ single, currency, before: hasBefore ? against : null })}
        />
      }
    />
  )
}

function Legend(props: { grain: string; before: string | null }): ReactNode {
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      {props.grain}
      {props.before === null ? null : (
        <span className="flex items-center gap-1.5">
          <span aria-hidden="true" className="w-4 border-t-2 border-dashed border-chart-before" />
          {props.before}
        </span>
      )}
    </span>
  )
}

function columnsOf(from: { single: boolean; currency: string; before: string | null }): Column<TrendRow>[] {
  const { single, currency, before } = from
  const columns: Column<TrendRow>[] = [
    { key: 'when', head: single ? texts.overview.hour : texts.overview.date, cell: (row) => row.long },
    {
      key: 'revenue',
      head: texts.overview.revenue,
      align: 'end',
      cell: (row) => formatMajor(row.revenue, currency),
    },
    {
      key: 'transactions',
      head: texts.overview.transactions,
      align: 'end',
      cell: (row) => formatNumber(row.transactions),
    },
  ]
  if (!single) {
    columns.push({
      key: 'units',
      head: texts.overview.units,
      align: 'end',
      shown: 'wide',
      cell: (row) => (row.units === null ? texts.none : formatNumber(row.units, 2)),
    })
  }
  if (before !== null) {
    columns.push({
      key: 'before',
      head: before,
      align: 'end',
      cell: (row) => (row.before === null ? texts.none : formatMajor(row.before, currency)),
    })
  }
  return columns
}
