import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import type { TenantApi } from '../../app/api.ts'
import { syncStatusQuery, useConnectionZone } from '../../app/connections.ts'
import { formatMoneyOr } from '../../app/format.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useSites } from '../../app/sites.ts'
import { SyncProgress, syncFound } from '../../app/sync-progress.tsx'
import { texts } from '../../app/texts.ts'
import { When } from '../../app/when.tsx'
import type { Connection, Page, Sale, SyncStatus } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { classes } from '../../ui/classes.ts'
import { Failed, SkeletonLines } from '../../ui/states.tsx'
import { StepHeading } from './steps.tsx'

const SHOWN = 8

function newestSalesQuery(api: TenantApi, connectionId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'newest-sales'],
    queryFn: ({ signal }) =>
      api.get<Page<Sale>>(api.path('pos/transactions'), { signal, query: { connection: connectionId, limit: SHOWN } }),
    select: (page) => page.data,
    placeholderData: keepPreviousData,
    meta: { follows: ['sales.recorded'] as const },
  })
}

/** The first sync as it runs: how far it is, and the sales as they come in. */
export function SyncStep(props: { connection: Connection }): ReactNode {
  const { connection } = props
  const { api } = useSession()
  const status = useQuery(syncStatusQuery(api, connection.id))
  const sales = useQuery(newestSalesQuery(api, connection.id))
  const zone = useConnectionZone(connection.id)
  const words = texts.connect.sync
  const running = status.data?.current.find((sync) => sync.mode === 'backfill' || sync.mode === 'full')
  const idle = connection.locations !== 'all' && connection.locations.length === 0
  const title = idle ? words.titleIdle : running === undefined && hasRead(status.data) ? words.titleDone : words.title
  const params = { connectionId: connection.id }
  return (
    <div className="max-w-3xl">
      <StepHeading step="sync" title={title} say={idle ? words.idleSay : words.say} />
      <div className="flex flex-col gap-4">
        <Card title={words.progress}>
          {status.isError ? (
            <ProblemNotice
              title={texts.connections.syncs.failedTitle}
              error={status.error}
              onRetry={() => status.refetch()}
              compact
            />
          ) : null}
          {status.isPending && !status.isError ? <SkeletonLines lines={3} label={texts.loading} /> : null}
          {status.data === undefined ? null : <Running status={status.data} zone={zone} idle={idle} />}
        </Card>
        <NewestSales sales={sales.data} zone={zone} />
        <div className="flex flex-wrap gap-2">
          <Link
            to="/connections/$connectionId/setup"
            params={params}
            search={{ step: 'figures' }}
            className={buttonClasses('primary')}
          >
            {words.next}
          </Link>
          <Link
            to="/connections/$connectionId/setup"
            params={params}
            search={{ step: 'places' }}
            className={buttonClasses('quiet')}
          >
            {words.back}
          </Link>
        </div>
      </div>
    </div>
  )
}

function hasRead(status: SyncStatus | undefined): boolean {
  return status?.recent.some((sync) => sync.state === 'done' || sync.state === 'partial') === true
}

function Running(props: { status: SyncStatus; zone: string; idle: boolean }): ReactNode {
  const { current, recent } = props.status
  const words = texts.connect.sync
  if (current.length > 0) {
    return (
      <ul className="flex flex-col gap-5">
        {current.map((sync) => (
          <li key={sync.id}>
            <SyncProgress sync={sync} zone={props.zone} />
          </li>
        ))}
      </ul>
    )
  }
  const last = recent[0]
  if (last === undefined) return <p className="text-muted">{props.idle ? words.idleSay : words.waiting}</p>
  if (last.state === 'failed') {
    return (
      <Failed
        title={words.failed}
        say={last.error?.detail ?? texts.errors.brokenSay}
        code={last.error === null ? undefined : texts.errors.code(last.error.code)}
        compact
      />
    )
  }
  const past = recent.find((sync) => sync.mode === 'backfill') ?? last
  return (
    <p>
      {texts.connections.syncs.modes[past.mode]}: {texts.connections.syncs.states[past.state].toLowerCase()} ·{' '}
      <span className="num">{syncFound(past)}</span>
    </p>
  )
}

function NewestSales(props: { sales: readonly Sale[] | undefined; zone: string }): ReactNode {
  const { sales = [] } = props
  const sites = useSites()
  const fresh = useFresh(sales.map(({ id }) => id))
  const words = texts.connect.sync
  return (
    <Card title={words.newest} bodyClassName="pt-2 pb-3">
      {sales.length === 0 ? <p className="px-5 py-2 text-muted">{words.waiting}</p> : null}
      <ul aria-label={words.newest} aria-live="off">
        {sales.map((sale) => {
          const site = sites.find((one) => one.id === sale.location_id)
          return (
            <li
              key={sale.id}
              className={classes(
                'flex items-baseline justify-between gap-4 px-5 py-1.5 text-sm',
                fresh.has(sale.id) && 'animate-arrive',
              )}
            >
              <Link
                to="/sales/$saleId"
                params={{ saleId: sale.id }}
                className="min-w-0 truncate rounded-sm hover:underline"
              >
                {sale.items[0]?.article.name ?? sale.number ?? sale.external_id}
                {sale.items.length > 1 ? (
                  <span className="text-muted"> {texts.sales.moreItems(sale.items.length - 1)}</span>
                ) : null}
              </Link>
              <span className="num flex shrink-0 items-baseline gap-3">
                <span className="text-xs text-muted max-sm:hidden">{site?.name}</span>
                <span className="text-xs text-muted">
                  <When at={sale.closed_at ?? sale.opened_at} zone={site?.time_zone ?? props.zone} />
                </span>
                <span className="min-w-16 text-right font-medium">
                  {formatMoneyOr(sale.total, texts.sales.unpriced)}
                </span>
              </span>
            </li>
          )
        })}
      </ul>
    </Card>
  )
}

/** Those that were not there when the list was last drawn. */
function useFresh(ids: readonly string[]): ReadonlySet<string> {
  const key = ids.join(' ')
  const [seen, setSeen] = useState<{ key: string; ids: readonly string[]; fresh: ReadonlySet<string> }>({
    key,
    ids,
    fresh: new Set(),
  })
  if (seen.key !== key) {
    const fresh = seen.ids.length === 0 ? [] : ids.filter((id) => !seen.ids.includes(id))
    setSeen({ key, ids, fresh: new Set(fresh) })
  }
  return seen.fresh
}
