import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { Download, ReceiptText } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { useArrived } from '../../app/arrived.ts'
import { ProblemNotice } from '../../app/problem-notice.tsx'
import { useSession } from '../../app/session.tsx'
import { useBusinessToday, useSites } from '../../app/sites.ts'
import { texts } from '../../app/texts.ts'
import type { Sale } from '../../app/wire.ts'
import { buttonClasses } from '../../ui/button.tsx'
import { classes } from '../../ui/classes.ts'
import { More } from '../../ui/more.tsx'
import { Empty, SkeletonLines } from '../../ui/states.tsx'
import { Filters } from './filters.tsx'
import { saleFilters, salesCsvHref, salesQuery } from './queries.ts'
import { SaleRow } from './sale-row.tsx'
import { isFiltered, readSalesSearch } from './search.ts'

export function Sales(): ReactNode {
  const search = readSalesSearch(useSearch({ strict: false }))
  const { api, tenant } = useSession()
  const today = useBusinessToday(search.site)
  const filters = useMemo(() => saleFilters(search, today, tenant.currency), [search, today, tenant.currency])
  const sales = useInfiniteQuery(salesQuery(api, filters))
  const rows = useMemo(() => sales.data?.pages.flatMap((page) => page.data) ?? [], [sales.data])
  const scope = JSON.stringify(filters)

  return (
    <>
      <title>{texts.title(texts.sales.title)}</title>
      <header className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold tracking-tight">{texts.sales.title}</h1>
        <a href={salesCsvHref(api, filters)} download className={buttonClasses('plain')}>
          <Download className="size-4 text-muted" aria-hidden="true" />
          {texts.sales.export}
        </a>
      </header>
      <Filters search={search} today={today} />
      <div className="mt-4">
        {sales.isError ? (
          <div className="mb-4">
            <ProblemNotice
              title={texts.sales.failedTitle}
              error={sales.error}
              onRetry={() => sales.refetch()}
              compact={rows.length > 0}
            />
          </div>
        ) : null}
        {sales.isPending ? (
          <div className="rounded-lg border border-line bg-surface p-5">
            <SkeletonLines lines={9} label={texts.loading} />
          </div>
        ) : rows.length > 0 ? (
          <div
            aria-busy={sales.isPlaceholderData}
            className={classes('transition-opacity', sales.isPlaceholderData && 'opacity-50')}
          >
            <List rows={rows} scope={scope} settled={!sales.isPlaceholderData} />
            <More
              more={sales.hasNextPage}
              label={texts.sales.next}
              end={texts.sales.end}
              busy={sales.isFetchingNextPage}
              onMore={() => {
                if (!sales.isFetching) sales.fetchNextPage()
              }}
            />
          </div>
        ) : sales.isError ? null : (
          <NoSales filtered={isFiltered(search)} />
        )}
      </div>
    </>
  )
}

function NoSales(props: { filtered: boolean }): ReactNode {
  return (
    <Empty
      icon={<ReceiptText className="size-6" aria-hidden="true" />}
      title={texts.sales.emptyTitle}
      say={props.filtered ? texts.sales.emptyFiltered : texts.sales.emptyYet}
    >
      {props.filtered ? (
        <Link to="/sales" search={{}} className={buttonClasses('plain')}>
          {texts.sales.clear}
        </Link>
      ) : (
        <>
          <Link to="/connections/new" className={buttonClasses('primary')}>
            {texts.connections.add}
          </Link>
          <Link to="/imports" className={buttonClasses('plain')}>
            {texts.overview.emptyImport}
          </Link>
        </>
      )}
    </Empty>
  )
}

function List(props: { rows: readonly Sale[]; scope: string; settled: boolean }): ReactNode {
  const { rows } = props
  const { tenant } = useSession()
  const sites = useSites()
  const arrived = useArrived(rows, props.scope, props.settled)
  return (
    <section aria-label={texts.sales.list} className="rounded-lg border border-line bg-surface shadow-card">
      <output className="sr-only">{arrived.size > 0 ? texts.sales.arrived(arrived.size) : ''}</output>
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{texts.sales.list}</caption>
        <thead>
          <tr className="border-b border-line text-left text-xs text-muted">
            <th scope="col" className="py-2 pr-2.5 pl-5 font-medium">
              {texts.sales.when}
            </th>
            <th scope="col" className="px-2.5 py-2 font-medium max-md:hidden">
              {texts.sales.number}
            </th>
            <th scope="col" className="px-2.5 py-2 font-medium">
              {texts.sales.what}
            </th>
            <th scope="col" className="px-2.5 py-2 font-medium whitespace-nowrap max-lg:hidden">
              {texts.sales.paidWith}
            </th>
            <th scope="col" className="py-2 pr-5 pl-2.5 text-right font-medium">
              {texts.sales.total}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((sale) => {
            const site = sites.find((one) => one.id === sale.location_id)
            return (
              <SaleRow
                key={sale.id}
                sale={sale}
                site={site?.name ?? ''}
                timeZone={site?.time_zone ?? tenant.time_zone}
                arrived={arrived.has(sale.id)}
              />
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
