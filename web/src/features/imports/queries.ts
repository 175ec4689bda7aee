import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type TenantApi, withQuery } from '../../app/api.ts'
import type { Import, ImportMapping, ImportState, Page, Rejection } from '../../app/wire.ts'
import { type ImportsSearch, statesAsked } from './search.ts'

// Progress is told by events; it is also asked for now and then, so that a lost connection does not freeze the bar.
const ASK_MS = 2_000
const PAGE_ROWS = 50
const MOVING: readonly ImportState[] = ['receiving', 'queued', 'running', 'undoing']
const FOLLOWED = ['import.detected', 'import.moved', 'import.finished', 'import.failed', 'import.undone'] as const

/** Something of it changes by itself: it arrives, is tried, runs or is taken back. */
export function isMoving(run: Import): boolean {
  if (MOVING.includes(run.state)) return true
  return run.state === 'detected' && (run.check?.state === 'waiting' || run.check?.state === 'running')
}

export function importsQuery(api: TenantApi, search: ImportsSearch = {}) {
  return infiniteQueryOptions({
    queryKey: [api.tenantId, 'imports', search],
    queryFn: ({ signal, pageParam }) =>
      api.get<Page<Import>>(api.path('imports'), {
        signal,
        query: { state: statesAsked(search), limit: PAGE_ROWS, cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: (query) => {
      const moving = query.state.data?.pages.some((page) => page.data.some(isMoving)) === true
      return moving ? ASK_MS : false
    },
    meta: { follows: FOLLOWED },
  })
}

export function importQuery(api: TenantApi, importId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'import', importId],
    queryFn: ({ signal }) => api.get<Import>(importPath(api, importId), { signal }),
    refetchInterval: (query) => (query.state.data !== undefined && isMoving(query.state.data) ? ASK_MS : false),
    meta: { follows: FOLLOWED },
  })
}

export function importPath(api: TenantApi, importId: string, rest = ''): string {
  return api.path(`imports/${encodeURIComponent(importId)}${rest}`)
}

export function rejectionsQuery(api: TenantApi, importId: string, finished: boolean) {
  return queryOptions({
    queryKey: [api.tenantId, 'rejections', importId, finished],
    queryFn: ({ signal }) =>
      api.get<Page<Rejection>>(importPath(api, importId, '/rejections'), { signal, query: { limit: 100 } }),
  })
}

export function rejectionsCsvHref(api: TenantApi, importId: string): string {
  return importPath(api, importId, '/rejections.csv')
}

export function mappingsQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'import-mappings'],
    queryFn: ({ signal }) =>
      api.get<{ readonly data: readonly ImportMapping[] }>(api.path('import-mappings'), { signal }),
    select: (page) => page.data,
    meta: { follows: ['import.moved', 'import.finished'] },
  })
}

/** The file is only understood at first; what was understood is confirmed by the person who gave it. */
export function uploadPath(api: TenantApi, fileName: string, siteId: string | undefined): string {
  return withQuery(api.path('imports'), { file_name: fileName.slice(-255), site_id: siteId, confirm: 'no' })
}
