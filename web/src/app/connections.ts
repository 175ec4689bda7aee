import { queryOptions, useQuery } from '@tanstack/react-query'
import type { TenantApi } from './api.ts'
import type { EventType } from './live.ts'
import { useMay } from './scopes.ts'
import { useSession } from './session.tsx'
import { useSites } from './sites.ts'
import type { Connection, ConnectionPlace, Page, PosSystem, Site, SyncStatus, WebhookStatus } from './wire.ts'

// What several screens ask of connections. Events tell of most changes; what a provider does with a subscription is told
// by none, so it is looked at now and then.

export const CONNECTION_EVENTS: readonly EventType[] = [
  'connection.created',
  'connection.changed',
  'connection.needs_sign_in',
  'connection.expiring',
  'connection.disconnected',
]
export const SYNC_EVENTS: readonly EventType[] = ['sync.started', 'sync.moved', 'sync.finished']
const LOOK_MS = 15_000

export function connectionPath(api: TenantApi, id: string, rest = ''): string {
  return api.path(`pos/configurations/${encodeURIComponent(id)}${rest}`)
}

export function systemsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'pos-systems'],
    queryFn: ({ signal }) => api.get<{ data: readonly PosSystem[] }>('/api/pos-integrations/pos-systems', { signal }),
    select: (answer) => answer.data,
    staleTime: 60_000,
    meta: { follows: ['import.finished', ...CONNECTION_EVENTS] },
  })
}

export function connectionsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'connections'],
    queryFn: ({ signal }) => api.get<Page<Connection>>(api.path('pos/configurations'), { signal }),
    select: (page) => page.data,
    refetchInterval: LOOK_MS,
    meta: { follows: ['import.finished', ...CONNECTION_EVENTS] },
  })
}

export function connectionQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', id],
    queryFn: ({ signal }) => api.get<Connection>(connectionPath(api, id), { signal }),
    refetchInterval: LOOK_MS,
    meta: { follows: CONNECTION_EVENTS },
  })
}

export function placesQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', id, 'places'],
    queryFn: ({ signal }) => api.get<Page<ConnectionPlace>>(connectionPath(api, id, '/places'), { signal }),
    select: (page) => page.data,
    meta: { follows: CONNECTION_EVENTS },
  })
}

export function syncStatusQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'connection', id, 'sync-status'],
    queryFn: ({ signal }) => api.get<SyncStatus>(connectionPath(api, id, '/sync/status'), { signal }),
    refetchInterval: LOOK_MS,
    meta: { follows: [...SYNC_EVENTS, ...CONNECTION_EVENTS] },
  })
}

export function webhookStatusQuery(api: TenantApi, posSystem: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'webhook-status', posSystem],
    queryFn: ({ signal }) =>
      api.get<WebhookStatus>(`/api/v1/webhooks/${encodeURIComponent(posSystem)}/status`, { signal }),
    refetchInterval: LOOK_MS,
    meta: { follows: ['sales.recorded', ...CONNECTION_EVENTS] },
  })
}

/** Asked live at a provider, and not by files. */
export function isLive(connection: Connection): boolean {
  return connection.account !== null
}

/** The clock by which a connection's times are told: its one site's, else the tenant's. */
export function useConnectionZone(id: string): string {
  const { api, tenant } = useSession()
  const sites = useSites()
  const places = useQuery(placesQuery(api, id)).data ?? []
  const own = new Set(places.flatMap((place) => (place.chosen && place.site_id !== null ? [place.site_id] : [])))
  const zones = new Set(sites.filter((site: Site) => own.has(site.id)).map((site) => site.time_zone))
  const [only] = zones
  return zones.size === 1 && only !== undefined ? only : tenant.time_zone
}

export function useMayConnect(): boolean {
  return useMay('connections:write')
}
