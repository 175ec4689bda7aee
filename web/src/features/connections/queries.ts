import { queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import type { Health, PosSystem } from '../../app/wire.ts'

export function systemsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'pos-systems'],
    queryFn: ({ signal }) => api.get<{ data: readonly PosSystem[] }>('/api/pos-integrations/pos-systems', { signal }),
    select: (answer) => answer.data,
    meta: { follows: ['import.finished'] },
  })
}

export function healthQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'health'],
    queryFn: ({ signal }) => api.get<Health>('/api/pos-integrations/health', { signal }),
    refetchInterval: 30_000,
    meta: { follows: ['sales.recorded', 'sales.withdrawn', 'import.finished', 'import.failed'] },
  })
}
