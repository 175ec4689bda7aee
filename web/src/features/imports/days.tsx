import { type ReactNode, useCallback, useMemo } from 'react'
import {
  exponentOf,
  formatDay,
  formatDayRange,
  formatMajor,
  formatMajorShort,
  formatMoneyOr,
  formatNumber,
  formatQuantity,
  formatShort,
} from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import { useShade } from '../../app/theme.ts'
import type { CheckDay, ImportCheck } from '../../app/wire.ts'
import { TrendChart } from '../../ui/chart/trend-chart.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { dayPoints, isPriced, sumDays } from './day-points.ts'

/** What each day comes to, as a picture and beside it as the table a merchant compares with their own report. */
export function Days(props: { check: ImportCheck; currency: string }): ReactNode {
  const { check, currency } = props
  const words = texts.imports.check
  if (check.days.length === 0) return null
  return (
    <div className="grid gap-x-6 gap-y-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <DayChart days={check.days} currency={currency} />
      <div className="min-w-0">
        <DayTable days={check.days} currency={currency} whole={check.days_left_out === 0} />
        {check.days_left_out === 0 ? null : (
          <p className="num mt-2 text-xs text-muted">{words.leftOut(check.days_left_out)}</p>
        )}
      </div>
    </div>
  )
}

function DayChart(props: { days: readonly CheckDay[]; currency: string }): ReactNode {
  const { days, currency } = props
  const shade = useShade()
  const words = texts.imports.check
  const priced = isPriced(days)
  const { grain, points } = useMemo(() => dayPoints(days), [days])
  const format = useCallback(
    (value: number) => (priced ? formatMajor(value, currency) : formatNumber(value)),
    [priced, currency],
  )
  const formatAxis = useCallback(
    (value: number) => (priced ? formatMajorShort(value, currency) : formatShort(value)),
    [priced, currency],
  )
  const title = `${priced ? words.chart.total : words.chart.sales} ${words.per[grain]}`
  const names = useMemo(() => ({ value: title, before: '' }), [title])
  const sums = sumDays(days)
  const best = points.reduce((top, point) => ((point.value ?? 0) > (top?.value ?? 0) ? point : top), points[0])
  const say = words.chartSay(
    title,
    formatDayRange(days[0]?.business_date ?? '', days.at(-1)?.business_date ?? ''),
    format(priced ? (sums.total ?? 0) / 10 ** exponentOf(currency) : sums.sales),
    best?.long ?? texts.none,
    format(best?.value ?? 0),
  )
  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 text-xs text-muted">{title}</figcaption>
      <TrendChart
        say={say}
        points={points}
        kind="bar"
        names={names}
        format={format}
        formatShort={formatAxis}
        shade={shade}
      />
    </figure>
  )
}

type Row = { readonly key: string; readonly label: string; readonly day: CheckDay | null }

function DayTable(props: { days: readonly CheckDay[]; currency: string; whole: boolean }): ReactNode {
  const { days, currency } = props
  const words = texts.imports.check
  const sums = sumDays(days)
  const rows: readonly Row[] = [
    ...(days.length < 2 ? [] : [{ key: 'all', label: props.whole ? words.all : words.listed, day: null }]),
    ...days.map((day) => ({ key: day.business_date, label: formatDay(day.business_date, 'weekday'), day })),
  ]
  const money = (amount: number | null): string =>
    amount === null ? texts.none : formatMajor(amount / 10 ** exponentOf(currency), currency)
  const strong = (row: Row, text: string): ReactNode =>
    row.day === null ? <strong className="font-semibold">{text}</strong> : text
  const columns: readonly Column<Row>[] = [
    { key: 'day', head: words.day, className: 'num whitespace-nowrap', cell: (row) => strong(row, row.label) },
    {
      key: 'sales',
      head: words.sales,
      align: 'end',
      cell: (row) => strong(row, formatNumber(row.day?.sales ?? sums.sales)),
    },
    {
      key: 'refunds',
      head: words.refunds,
      align: 'end',
      shown: 'wide',
      cell: (row) => strong(row, formatNumber(row.day?.refunds ?? sums.refunds)),
    },
    {
      key: 'units',
      head: words.units,
      align: 'end',
      shown: 'wide',
      cell: (row) => (row.day === null ? '' : formatQuantity(row.day.units)),
    },
    {
      key: 'gross',
      head: words.gross,
      align: 'end',
      shown: 'wide',
      cell: (row) => strong(row, row.day === null ? money(sums.gross) : formatMoneyOr(row.day.gross, texts.none)),
    },
    {
      key: 'refunded',
      head: words.refunded,
      align: 'end',
      shown: 'wide',
      cell: (row) => strong(row, money(row.day === null ? sums.refunded : row.day.refunded.amount)),
    },
    {
      key: 'total',
      head: words.total,
      align: 'end',
      cell: (row) => strong(row, row.day === null ? money(sums.total) : formatMoneyOr(row.day.total, texts.none)),
    },
  ]
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table label={words.days} dense stickyHead rows={rows} rowKey={(row) => row.key} columns={columns} />
    </div>
  )
}
