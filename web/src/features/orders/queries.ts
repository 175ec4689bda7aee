import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type Query, type TenantApi, withQuery } from '../../app/api.ts'
import { rangeOf } from '../../app/dates.ts'
import { ORDER_EVENTS } from '../../app/order-state.tsx'
import type { Channel, OrderLine, Page, PushStatistics } from '../../app/wire.ts'
import type { OrdersSearch } from './search.ts'

/** The hub's own names for the filters; without days every order there is. */
export function orderFilters(search: OrdersSearch, today: string): Query {
  const { channel, progress, push, site, test, q } = search
  const dated = search.range !== undefined || search.from !== undefined
  const range = dated ? rangeOf(search, today, '28d') : null
  return { from: range?.from, to: range?.to, channel, progress, push, site, test, q }
}

export function ordersQuery(api: TenantApi, filters: Query) {
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'orders', filters],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<OrderLine>>(api.path('orders'), { signal, query: { ...filters, limit: 50, cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    meta: { follows: ORDER_EVENTS },
  })
}

export function ordersCsvHref(api: TenantApi, filters: Query): string {
  return withQuery(api.path('orders.csv'), filters)
}

export type Statistics = { readonly days: number; readonly data: readonly PushStatistics[] }

export function statisticsQuery(api: TenantApi, days: number) {
  return queryOptions({
    queryKey: [api.tenantId, 'push-statistics', days],
    queryFn: ({ signal }) => api.get<Statistics>(api.path('pushes/statistics'), { signal, query: { days } }),
    placeholderData: keepPreviousData,
    meta: { follows: ['push.moved'] },
  })
}

/** Channels that handed in a catalogue; one that hands in orders alone is found among those. */
export function channelsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'channels'],
    queryFn: ({ signal }) => api.get<Page<Channel>>(api.path('channels'), { signal }),
    select: (page) => page.data,
    meta: { follows: ['channel_catalog.changed'] },
  })
}
