import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeft, ChartNoAxesCombined } from 'lucide-react'
import type { ReactNode } from 'react'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import type { PushStatistics } from '../../app/wire.ts'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Segments } from '../../ui/field.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { ByConnection } from './by-connection.tsx'
import { Codes } from './codes.tsx'
import { percent } from './percent.ts'
import { statisticsQuery } from './queries.ts'
import { PERIODS, readStatisticsSearch } from './search.ts'
import { type Sum, summed } from './sum.ts'

export function OrderStatistics(): ReactNode {
  const { days = 7 } = readStatisticsSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const navigate = useNavigate()
  const statistics = useQuery(statisticsQuery(api, days))
  const words = texts.orders.stats
  const rows = statistics.data?.data
  return (
    <>
      <title>{texts.title(words.title)}</title>
      <Link to="/orders" className="mb-3 inline-flex items-center gap-1.5 rounded-sm text-sm text-muted hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden="true" />
        {words.back}
      </Link>
      <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{words.title}</h1>
          <p className="text-sm text-muted">{words.intro}</p>
        </div>
        <Segments
          label={words.days}
          value={String(days) as `${typeof days}`}
          onChange={(value) =>
            navigate({ to: '/orders/statistics', search: readStatisticsSearch({ days: value }), replace: true })
          }
          choices={PERIODS.map((value) => ({ value: `${value}` as const, label: words.periods[value] }))}
        />
      </header>
      {statistics.isError ? (
        <div className="mb-4">
          <ProblemNotice
            title={words.failedTitle}
            error={statistics.error}
            onRetry={() => statistics.refetch()}
            compact={rows !== undefined}
          />
        </div>
      ) : null}
      {rows === undefined && !statistics.isError ? <SkeletonLines lines={8} label={texts.loading} /> : null}
      {rows?.length === 0 ? (
        <Empty
          icon={<ChartNoAxesCombined className="size-6" aria-hidden="true" />}
          title={words.emptyTitle}
          say={words.emptySay}
        />
      ) : null}
      {rows === undefined || rows.length === 0 ? null : (
        <div
          aria-busy={statistics.isPlaceholderData}
          className={classes('transition-opacity', statistics.isPlaceholderData && 'opacity-50')}
        >
          <Figures rows={rows} />
        </div>
      )}
    </>
  )
}

function Figures(props: { rows: readonly PushStatistics[] }): ReactNode {
  const { rows } = props
  const words = texts.orders.stats
  return (
    <div className="flex flex-col gap-4">
      <Tiles sum={summed(rows)} />
      <ByConnection rows={rows} />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
        <Card title={words.failures} say={words.failuresSay}>
          <Codes label={words.failures} rows={rows.flatMap((row) => row.failures)} none={words.noFailures} />
        </Card>
        <Card title={words.troubles} say={words.troublesSay}>
          <Codes label={words.troubles} rows={rows.flatMap((row) => row.troubles)} none={words.noTroubles} />
        </Card>
      </div>
    </div>
  )
}

function Tiles(props: { sum: Sum }): ReactNode {
  const { sum } = props
  const words = texts.orders.stats
  const time = (ms: number | null): string => (ms === null ? texts.none : texts.time.milliseconds(ms))
  const tiles = [
    { name: words.rate, value: percent(sum.rate), say: words.rateSay },
    {
      name: words.recovered,
      value: sum.retried === 0 ? texts.none : percent((sum.recovered * 100) / sum.retried),
      say: words.recoveredSay(sum.recovered, sum.retried),
    },
    { name: words.p50, value: time(sum.p50), say: null },
    { name: words.p95, value: time(sum.p95), say: null },
  ]
  return (
    <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      {tiles.map(({ name, value, say }) => (
        <div key={name} className="rounded-lg border border-line bg-surface px-5 py-4 shadow-card">
          <dt className="text-sm text-muted">{name}</dt>
          <dd>
            <span className="num block text-2xl font-semibold tracking-tight">{value}</span>
            {say === null ? null : <span className="text-xs text-faint">{say}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
