import { queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import type { NoticePreferences, NoticeWay, Page } from '../../app/wire.ts'

const LOOK_MS = 15_000

export function preferencesQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'notice-preferences'],
    queryFn: ({ signal }) => api.get<NoticePreferences>(api.path('notice-preferences'), { signal }),
  })
}

/** No event tells that a message went out. */
export function waysQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'notice-ways'],
    queryFn: ({ signal }) => api.get<Page<NoticeWay>>(api.path('notice-ways'), { signal }),
    select: (page) => page.data,
    refetchInterval: LOOK_MS,
    meta: { follows: ['notice.made'] },
  })
}
