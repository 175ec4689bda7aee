import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Query, type TenantApi, withQuery } from '../../app/api.ts'
import { type Range, rangeOf } from '../../app/dates.ts'
import { exponentOf } from '../../app/format.ts'
import type { Connection, Page, Sale } from '../../app/wire.ts'
import type { SalesSearch } from './search.ts'

/** The hub's own names for the filters; without days every sale there is. */
export function saleFilters(search: SalesSearch, today: string, currency: string): Query {
  const dated = search.range !== undefined || search.from !== undefined
  const range: Range | null = dated ? rangeOf(search, today, '28d') : null
  const minor = (value: number | undefined): number | undefined =>
    value === undefined ? undefined : Math.round(value * 10 ** exponentOf(currency))
  return {
    from: range?.from,
    to: range?.to,
    business_date: search.day,
    location: search.site,
    connection: search.connection,
    status: search.status,
    item: search.item,
    min_amount: minor(search.min),
    max_amount: minor(search.max),
    q: search.q,
    import: search.import,
  }
}

export function salesQuery(api: TenantApi, filters: Query) {
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'sales', filters],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Sale>>(api.path('pos/transactions'), {
        signal,
        query: { ...filters, limit: 50, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    meta: { follows: ['sales.recorded', 'sales.withdrawn', 'import.finished'] },
  })
}

export function salesCsvHref(api: TenantApi, filters: Query): string {
  return withQuery(api.path('pos/transactions.csv'), filters)
}

export function connectionsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'connections'],
    queryFn: ({ signal }) => api.get<Page<Connection>>(api.path('pos/configurations'), { signal }),
    staleTime: 60_000,
    select: (page) => page.data,
  })
}
