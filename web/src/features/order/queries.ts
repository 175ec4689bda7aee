import { queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import { ORDER_EVENTS } from '../../app/order-state.tsx'
import type { OrderDetail, PushRehearsal, PushTimeline } from '../../app/wire.ts'

export function orderPath(api: TenantApi, id: string, rest = ''): string {
  return api.path(`orders/${encodeURIComponent(id)}${rest}`)
}

export function orderQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'order', id],
    queryFn: ({ signal }) => api.get<OrderDetail>(orderPath(api, id), { signal }),
    meta: { follows: ORDER_EVENTS },
  })
}

/** Every try with its calls. An order that never went anywhere has none, and is not asked for it. */
export function timelineQuery(api: TenantApi, id: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'order', id, 'push'],
    queryFn: ({ signal }) => api.get<PushTimeline>(orderPath(api, id, '/push'), { signal }),
    // What is written down while a try is under way is told by no event.
    refetchInterval: (query) => (query.state.data?.status === 'syncing' ? 1_000 : false),
    meta: { follows: ['push.moved', 'order.progressed'] },
  })
}

/** What would be sent, and what each item stands for now. Asks nothing of the POS. */
export function rehearsalQuery(api: TenantApi, id: string, version: number) {
  return queryOptions({
    queryKey: [api.tenantId, 'order', id, 'rehearsal', version],
    queryFn: ({ signal }) => api.post<PushRehearsal>(orderPath(api, id, '/push'), { dry_run: true }, { signal }),
    staleTime: 60_000,
    meta: { follows: ['item_mapping.changed', 'push_target.changed', 'connection.changed'] },
  })
}
