import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { ChartNoAxesCombined, Download, ShoppingBag } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useArrived } from '../../app/arrived.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useBusinessToday, useNow, useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { OrderLine } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { More } from '../../ui/more.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Filters } from './filters.tsx'
import { FirstOrder } from './first-order.tsx'
import { OrderRow } from './order-row.tsx'
import { orderFilters, ordersCsvHref, ordersQuery } from './queries.ts'
import { isFiltered, readOrdersSearch } from './search.ts'
import { Strip } from './strip.tsx'

export function Orders(): ReactNode {
  const search = readOrdersSearch(useSearch({ strict: false }))
  const { api } = useSession()
  const today = useBusinessToday(search.site)
  const filters = useMemo(() => orderFilters(search, today), [search, today])
  const orders = useInfiniteQuery(ordersQuery(api, filters))
  const rows = useMemo(() => orders.data?.pages.flatMap((page) => page.data) ?? [], [orders.data])
  const filtered = isFiltered(search)
  const isFirst = orders.isSuccess && rows.length === 0 && !filtered && !orders.isPlaceholderData
  return (
    <>
      <title>{texts.title(texts.orders.title)}</title>
      <Header csv={isFirst ? null : ordersCsvHref(api, filters)} />
      {isFirst ? (
        <FirstOrder />
      ) : (
        <>
          <Strip />
          <Filters search={search} today={today} rows={rows} />
          <div className="mt-4">
            {orders.isError ? (
              <div className="mb-4">
                <ProblemNotice
                  title={texts.orders.failedTitle}
                  error={orders.error}
                  onRetry={() => orders.refetch()}
                  compact={rows.length > 0}
                />
              </div>
            ) : null}
            {orders.isPending && !orders.isError ? (
              <div className="rounded-lg border border-line bg-surface p-5">
                <SkeletonLines lines={9} label={texts.loading} />
              </div>
            ) : rows.length > 0 ? (
              <div
                aria-busy={orders.isPlaceholderData}
                className={classes('transition-opacity', orders.isPlaceholderData && 'opacity-50')}
              >
                <List rows={rows} scope={JSON.stringify(filters)} settled={!orders.isPlaceholderData} />
              </div>
            ) : orders.isError ? null : orders.hasNextPage ? null : (
              <NoOrders />
            )}
            {orders.isSuccess && (rows.length > 0 || orders.hasNextPage) ? (
              <More
                // A page of one state of the way may be short, or empty, with more behind it.
                key={rows.length}
                more={orders.hasNextPage}
                label={texts.orders.next}
                end={texts.orders.end}
                busy={orders.isFetchingNextPage}
                onMore={() => {
                  if (!orders.isFetching) orders.fetchNextPage()
                }}
              />
            ) : null}
          </div>
        </>
      )}
    </>
  )
}

function Header(props: { csv: string | null }): ReactNode {
  return (
    <header className="mb-4 flex flex-wrap items-start justify-between gap-3">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{texts.orders.title}</h1>
        <p className="text-sm text-muted">{texts.orders.intro}</p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Link to="/orders/statistics" className={buttonClasses('plain')}>
          <ChartNoAxesCombined className="size-4 text-muted" aria-hidden="true" />
          {texts.orders.statistics}
        </Link>
        {props.csv === null ? null : (
          <a href={props.csv} download className={buttonClasses('plain')}>
            <Download className="size-4 text-muted" aria-hidden="true" />
            {texts.orders.export}
          </a>
        )}
      </div>
    </header>
  )
}

function NoOrders(): ReactNode {
  return (
    <Empty
      icon={<ShoppingBag className="size-6" aria-hidden="true" />}
      title={texts.orders.emptyTitle}
      say={texts.orders.emptyFiltered}
    >
      <Link to="/orders" search={{}} className={buttonClasses('plain')}>
        {texts.orders.clear}
      </Link>
    </Empty>
  )
}

function List(props: { rows: readonly OrderLine[]; scope: string; settled: boolean }): ReactNode {
  const { rows } = props
  const { tenant } = useSession()
  const sites = useSites()
  const now = useNow(5_000)
  const arrived = useArrived(rows, props.scope, props.settled)
  const words = texts.orders
  const head = 'px-2.5 py-2 font-medium whitespace-nowrap'
  return (
    <section aria-label={words.list} className="rounded-lg border border-line bg-surface shadow-card">
      <output className="sr-only">{arrived.size > 0 ? words.arrived(arrived.size) : ''}</output>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{words.list}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="py-2 pr-2.5 pl-5 font-medium whitespace-nowrap">
              {words.number}
            </th>
            <th scope="col" className={classes(head, 'max-md:hidden')}>
              {words.placed}
            </th>
            <th scope="col" className={classes(head, 'max-lg:hidden')}>
              {words.promised}
            </th>
            <th scope="col" className={classes(head, 'max-sm:hidden')}>
              {words.progress}
            </th>
            <th scope="col" className={classes(head, 'max-sm:hidden')}>
              {words.push}
            </th>
            <th scope="col" className="py-2 pr-5 pl-2.5 text-right font-medium">
              {words.total}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((order) => {
            const site = sites.find((one) => one.id === order.location_id)
            return (
              <OrderRow
                key={order.id}
                order={order}
                site={sites.length > 1 ? (site?.name ?? '') : ''}
                zone={site?.time_zone ?? tenant.time_zone}
                now={now}
                arrived={arrived.has(order.id)}
              />
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
