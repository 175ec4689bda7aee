import { queryOptions } from '@tanstack/react-query'
import { type TenantApi, withQuery } from '../../app/api.ts'
import type { Import, ImportState, Page, Rejection } from '../../app/wire.ts'

// Progress is told by events; it is also asked for now and then, so that a lost connection does not freeze the bar.
const ASK_MS = 2_000
const MOVING: readonly ImportState[] = ['receiving', 'queued', 'running']

export function isMoving(state: ImportState): boolean {
  return MOVING.includes(state)
}

export function importsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'imports'],
    queryFn: ({ signal }) => api.get<Page<Import>>(api.path('imports'), { signal }),
    select: (page) => page.data,
    refetchInterval: (query) => (query.state.data?.data.some((one) => isMoving(one.state)) === true ? ASK_MS : false),
    meta: { follows: ['import.moved', 'import.finished', 'import.failed'] },
  })
}

export function importQuery(api: TenantApi, importId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'import', importId],
    queryFn: ({ signal }) => api.get<Import>(api.path(`imports/${encodeURIComponent(importId)}`), { signal }),
    refetchInterval: (query) => {
      const state = query.state.data?.state
      return state !== undefined && isMoving(state) ? ASK_MS : false
    },
    meta: { follows: ['import.moved', 'import.finished', 'import.failed'] },
  })
}

export function rejectionsQuery(api: TenantApi, importId: string, finished: boolean) {
  return queryOptions({
    queryKey: [api.tenantId, 'rejections', importId, finished],
    queryFn: ({ signal }) =>
      api.get<Page<Rejection>>(api.path(`imports/${encodeURIComponent(importId)}/rejections`), {
        signal,
        query: { limit: 100 },
      }),
  })
}

export function rejectionsCsvHref(api: TenantApi, importId: string): string {
  return api.path(`imports/${encodeURIComponent(importId)}/rejections.csv`)
}

/** The file is only understood at first; what was understood is confirmed by the person who gave it. */
export function uploadPath(api: TenantApi, fileName: string, siteId: string | undefined): string {
  return withQuery(api.path('imports'), { file_name: fileName.slice(-255), site_id: siteId, confirm: 'no' })
}
