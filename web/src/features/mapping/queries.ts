import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type TenantApi, withQuery } from '../../app/api.ts'
import { connectionPath } from '../../app/connections.ts'
import type { Channel, ItemMapping, ItemMappingChange, ItemPreflight, Page, PosItemSide } from '../../app/wire.ts'
import { type MappingSearch, statesOf } from './search.ts'

/** A channel's items within one connection. */
export type Pair = { readonly connection: string; readonly channel: string }

const ROWS = 100
/** Other prices are looked for here, among many. */
const ROWS_MAX = 500
const FOLLOWS = ['item_mapping.changed', 'channel_catalog.changed', 'item_preflight.changed'] as const

export function mappingPath(api: TenantApi, { connection }: Pair, rest = ''): string {
  return connectionPath(api, connection, `/item-mappings${rest}`)
}

export function channelsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'channels'],
    queryFn: ({ signal }) => api.get<Page<Channel>>(api.path('channels'), { signal }),
    select: (page) => page.data,
    meta: { follows: ['channel_catalog.changed'] },
  })
}

export function mappingsQuery(api: TenantApi, pair: Pair, { show, q }: MappingSearch) {
  const state = statesOf(show)
  const limit = show === 'repriced' ? ROWS_MAX : ROWS
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'mapping', pair, { show: show ?? null, q: q ?? null }],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<ItemMapping>>(mappingPath(api, pair), {
        signal,
        query: { channel: pair.channel, state, q, limit, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    meta: { follows: FOLLOWS },
  })
}

/** The newest look at the pair; null: there was none yet. */
export function preflightQuery(api: TenantApi, { connection, channel }: Pair) {
  return queryOptions({
    queryKey: [api.tenantId, 'preflight', connection, channel],
    queryFn: ({ signal }) =>
      api.get<Page<ItemPreflight>>(api.path('preflights'), { signal, query: { connection, channel } }),
    select: (page) => page.data[0] ?? null,
    meta: { follows: FOLLOWS },
  })
}

/** The newest change, which is the one that can be undone. */
export function lastChangeQuery(api: TenantApi, pair: Pair) {
  return queryOptions({
    queryKey: [api.tenantId, 'mapping-changes', pair],
    queryFn: ({ signal }) =>
      api.get<Page<ItemMappingChange>>(mappingPath(api, pair, '/changes'), {
        signal,
        query: { channel: pair.channel, limit: 20 },
      }),
    select: (page) => page.data.find(({ undone_at: undoneAt, how }) => undoneAt === null && how !== 'undo') ?? null,
    meta: { follows: FOLLOWS },
  })
}

export function articlesQuery(api: TenantApi, { connection }: Pair, q: string, kind: 'article' | 'modifier') {
  return queryOptions({
    queryKey: [api.tenantId, 'articles', connection, kind, q],
    queryFn: ({ signal }) =>
      api.get<Page<PosItemSide>>(connectionPath(api, connection, '/articles'), {
        signal,
        query: { q, kind, limit: 30 },
      }),
    select: (page) => page.data,
    placeholderData: keepPreviousData,
  })
}

export function tableHref(api: TenantApi, pair: Pair): string {
  return withQuery(mappingPath(api, pair, '.csv'), { channel: pair.channel })
}
