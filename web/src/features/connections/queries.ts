import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { Problem, type TenantApi } from '../../app/api.ts'
import { CONNECTION_EVENTS, connectionPath, SYNC_EVENTS } from '../../app/connections.ts'
import type {
  Health,
  Page,
  PushIntegration,
  RecordTroubles,
  Sync,
  SyncDetail,
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '../../app/wire.ts'
import type { ConnectionSearch } from './search.ts'

const PAGE_ROWS = 50
// No event tells of a message that led to no sale.
const LOG_MS = 5_000

export function healthQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'health'],
    queryFn: ({ signal }) => api.get<Health>('/api/pos-integrations/health', { signal }),
    refetchInterval: 30_000,
    meta: {
      follows: ['sales.recorded', 'sales.withdrawn', 'import.finished', 'import.failed', ...CONNECTION_EVENTS],
    },
  })
}

export function syncsQuery(api: TenantApi, connectionId: string) {
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'syncs'],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Sync>>(connectionPath(api, connectionId, '/syncs'), {
        signal,
        query: { limit: 20, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    meta: { follows: ['sync.started', 'sync.finished'] },
  })
}

export function syncQuery(api: TenantApi, connectionId: string, syncId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'sync', syncId],
    queryFn: ({ signal }) =>
      api.get<SyncDetail>(connectionPath(api, connectionId, `/syncs/${encodeURIComponent(syncId)}`), { signal }),
    meta: { follows: SYNC_EVENTS },
  })
}

export function deliveriesQuery(api: TenantApi, connectionId: string, search: ConnectionSearch, zone: string) {
  const { outcome, type, from, to } = search
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'webhooks', { outcome, type, from, to, zone }],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<WebhookDelivery>>(connectionPath(api, connectionId, '/webhooks'), {
        signal,
        query: {
          outcome,
          type,
          from: from === undefined ? undefined : beginningOf(from, zone),
          to: to === undefined ? undefined : beginningOf(to, zone),
          limit: PAGE_ROWS,
          cursor: pageParam,
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: LOG_MS,
    meta: { follows: ['sales.recorded'] },
  })
}

export function deliveryQuery(api: TenantApi, connectionId: string, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'webhook', id],
    queryFn: ({ signal }) =>
      api.get<WebhookDeliveryDetail>(connectionPath(api, connectionId, `/webhooks/${encodeURIComponent(id)}`), {
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.outcome === 'received' ? 1_000 : false),
    meta: { follows: ['sales.recorded'] },
  })
}

/** Where the tenant's orders go; null where no connection ever took any. */
export function integrationQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'push-integration'],
    async queryFn({ signal }) {
      try {
        const path = `/api/v1/pos/integration/${encodeURIComponent(api.tenantId)}`
        return (await api.get<IntegrationAnswer>(path, { signal })).data.integration
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null
        throw error
      }
    },
    meta: { follows: ['push_target.changed', 'push.moved', ...CONNECTION_EVENTS] },
  })
}

type IntegrationAnswer = { readonly data: { readonly integration: PushIntegration } }

export function troublesQuery(api: TenantApi, connectionId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', connectionId, 'records'],
    queryFn: ({ signal }) => api.get<RecordTroubles>(connectionPath(api, connectionId, '/records'), { signal }),
    meta: { follows: ['records.quarantined', 'records.drifted', 'sync.finished'] },
  })
}

/** The first moment of a calendar day on a shop's clock. */
export function beginningOf(day: string, zone: string): string {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Two looks: the first may lie on the other side of a change of the clocks.
  const first = midnight - offsetMs(midnight, zone)
  return new Date(midnight - offsetMs(first, zone)).toISOString()
}

function offsetMs(at: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  const wall = Date.parse(`${parts.format(at).replace(' ', 'T')}Z`)
  return wall - Math.floor(at / 1000) * 1000
}
