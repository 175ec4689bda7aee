import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { connectionsQuery } from '../../app/connections.ts'
import { formatNumber } from '../../app/format.ts'
import { useMay } from '../../app/scopes.ts'
import { useSession } from '../../app/session.tsx'
import { texts, wordFor } from '../../app/texts.ts'
import type { PushStatistics } from '../../app/wire.ts'
import { ChartCard } from '../../ui/chart/chart-card.tsx'
import { classes } from '../../ui/classes.ts'
import { type Column, Table } from '../../ui/table.tsx'
import { percent } from './percent.ts'

const PARTS = [
  { of: 'success', colour: 'bg-chart-1' },
  { of: 'open', colour: 'bg-chart-2' },
  { of: 'failed', colour: 'bg-bad' },
] as const

/** How each connection's orders ended, as bars or as the numbers behind them. */
export function ByConnection(props: { rows: readonly PushStatistics[] }): ReactNode {
  const { rows } = props
  const { api } = useSession()
  const may = useMay('connections:read')
  const connections = useQuery({ ...connectionsQuery(api), enabled: may }).data ?? []
  const words = texts.orders.stats
  const nameOf = (row: PushStatistics): string =>
    connections.find(({ id }) => id === row.connection_id)?.name ?? wordFor(texts.systems, row.pos_system)
  const time = (ms: number | null): string => (ms === null ? texts.none : texts.time.milliseconds(ms))
  const columns: readonly Column<PushStatistics>[] = [
    { key: 'name', head: words.connection, cell: nameOf },
    { key: 'total', head: words.orders, align: 'end', cell: (row) => formatNumber(row.total) },
    { key: 'success', head: words.success, align: 'end', cell: (row) => formatNumber(row.successful) },
    { key: 'failed', head: words.failed, align: 'end', cell: (row) => formatNumber(row.failed) },
    { key: 'open', head: words.open, align: 'end', cell: (row) => formatNumber(row.open) },
    { key: 'person', head: words.person, align: 'end', cell: (row) => formatNumber(row.waits_for_person) },
    { key: 'rate', head: words.rate, align: 'end', cell: (row) => percent(row.success_rate) },
    { key: 'recovery', head: words.recovery, align: 'end', cell: (row) => percent(row.recovery_rate) },
    { key: 'half', head: words.half, align: 'end', cell: (row) => time(row.p50_ms) },
    { key: 'most', head: words.most, align: 'end', cell: (row) => time(row.p95_ms) },
  ]
  return (
    <ChartCard
      title={words.perConnection}
      say={words.perConnectionSay}
      texts={texts}
      table={
        <Table
          label={words.perConnection}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.connection_id + row.pos_system}
          dense
        />
      }
      chart={
        <>
          <ul className="flex flex-col gap-4">
            {rows.map((row) => (
              <li key={row.connection_id + row.pos_system}>
                <Bar row={row} name={nameOf(row)} />
              </li>
            ))}
          </ul>
          <ul className="mt-4 flex flex-wrap gap-x-5 gap-y-1 text-xs text-muted">
            {PARTS.map(({ of, colour }) => (
              <li key={of} className="flex items-center gap-1.5">
                <span aria-hidden="true" className={classes('size-2.5 rounded-full', colour)} />
                {words[of]}
              </li>
            ))}
          </ul>
        </>
      }
    />
  )
}

function Bar(props: { row: PushStatistics; name: string }): ReactNode {
  const { row, name } = props
  const words = texts.orders.stats
  const counts = { success: row.successful, open: row.open, failed: row.failed }
  const say = PARTS.map(({ of }) => `${words[of]} ${formatNumber(counts[of])}`).join(', ')
  return (
    <>
      <div className="flex items-baseline justify-between gap-3 text-sm">
        <span className="truncate font-medium">{name}</span>
        <span className="num flex items-baseline gap-3">
          <span className="text-xs text-muted">{formatNumber(row.total)}</span>
          <span className="min-w-16 text-right font-semibold">{percent(row.success_rate)}</span>
        </span>
      </div>
      <div
        role="img"
        aria-label={`${name}. ${words.chart(say)}`}
        className="mt-1.5 flex h-3 gap-0.5 overflow-hidden rounded-full bg-sunken"
      >
        {PARTS.map(({ of, colour }) =>
          counts[of] === 0 ? null : (
            <div key={of} className={colour} style={{ width: `${(counts[of] * 100) / row.total}%` }} />
          ),
        )}
      </div>
    </>
  )
}
