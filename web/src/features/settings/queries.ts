import { queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import type { ApiKey, Page } from '../../app/wire.ts'

export function keysQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'api-keys'],
    queryFn: ({ signal }) => api.get<Page<ApiKey>>(api.path('api-keys'), { signal, query: { limit: 500 } }),
    // Revoked keys are kept for the record; here only what still opens something is of interest.
    select: (page) => page.data.filter((key) => key.revoked_at === null),
  })
}
