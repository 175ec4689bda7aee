import { type ReactNode, useMemo, useState } from 'react'
import { formatHour, formatMajor, formatMajorShort, formatNumber, formatWeekday } from '../../app/format.ts'
import { texts } from '../../app/texts.ts'
import type { FiguresBlock } from '../../app/wire.ts'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { Segments } from '../../ui/field.tsx'
import { HeatMap } from '../../ui/heat-map.tsx'
import { Table } from '../../ui/table.tsx'
import { isPriced } from './priced.ts'
import { heatGrid } from './trend-points.ts'

type Measure = 'revenue' | 'transactions'

/** When the week is busy. */
export function Heat(props: { block: FiguresBlock; className?: string }): ReactNode {
  const { block } = props
  const [chosen, setMeasure] = useState<Measure | null>(null)
  const measure = chosen ?? (isPriced(block) ? 'revenue' : 'transactions')
  const grid = useMemo(() => heatGrid(block.hours), [block.hours])
  const most = Math.max(0, ...block.hours.map((one) => one[measure]))
  const hourSpan = (hour: number): string => `${formatHour(hour)}–${formatHour((hour + 1) % 24)}`
  const rows = grid.rows.map((row) => ({
    short: formatWeekday(row.weekday),
    long: formatWeekday(row.weekday, 'long'),
    cells: row.cells.map((cell, place) => {
      const when = `${formatWeekday(row.weekday, 'long')} ${hourSpan(grid.hours[place] ?? 0)}`
      if (cell === null) return { share: null, short: '', say: `${when} · ${texts.overview.heatQuiet}` }
      const money = isPriced(block) ? `${formatMajor(cell.revenue, block.currency)} · ` : ''
      return {
        share: most > 0 ? Math.max(0, cell[measure] / most) : 0,
        short: measure === 'revenue' ? formatMajorShort(cell.revenue, block.currency) : formatNumber(cell.transactions),
        say: `${when} · ${money}${texts.count.sales(cell.transactions)}`,
      }
    }),
  }))

  return (
    <ChartCard
      title={texts.overview.heat}
      say={texts.overview.heatSay[measure]}
      texts={texts}
      {...(props.className === undefined ? {} : { className: props.className })}
      actions={
        <Segments
          label={texts.overview.measure}
          value={measure}
          onChange={setMeasure}
          choices={[
            { value: 'revenue', label: texts.overview.revenue },
            { value: 'transactions', label: texts.overview.transactions },
          ]}
        />
      }
      chart={
        <HeatMap
          label={texts.overview.heat}
          corner={texts.overview.weekday}
          hint={texts.overview.heatHint}
          less={texts.overview.heatLess}
          more={texts.overview.heatMore}
          numbers={false}
          columns={grid.hours.map((hour) => ({ short: String(hour), long: hourSpan(hour) }))}
          rows={rows}
        />
      }
      table={
        <Table
          label={texts.overview.heat}
          dense
          stickyHead
          rows={[...block.hours].sort((a, b) => a.weekday - b.weekday || a.hour - b.hour)}
          rowKey={(row) => `${row.weekday} ${row.hour}`}
          columns={[
            { key: 'day', head: texts.overview.weekday, cell: (row) => formatWeekday(row.weekday, 'long') },
            { key: 'hour', head: texts.overview.hour, cell: (row) => hourSpan(row.hour) },
            {
              key: 'revenue',
              head: texts.overview.revenue,
              align: 'end',
              cell: (row) => formatMajor(row.revenue, block.currency),
            },
            {
              key: 'transactions',
              head: texts.overview.transactions,
              align: 'end',
              cell: (row) => formatNumber(row.transactions),
            },
          ]}
        />
      }
    />
  )
}
