import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { type TenantApi, withQuery } from '../../app/api.ts'
import type { Figures, FiguresRequest, Page, Sale } from '../../app/wire.ts'

export function figuresQuery(api: TenantApi, request: FiguresRequest) {
  return queryOptions({
    queryKey: [api.tenantId, 'figures', request],
    queryFn: ({ signal }) => api.post<Figures>('/api/pos-integrations/analytics', request, { signal }),
    placeholderData: keepPreviousData,
    meta: { follows: ['sales.recorded', 'sales.withdrawn', 'import.finished'] },
  })
}

/** The newest sale there is, for a range in which nothing was sold. */
export function newestSaleQuery(api: TenantApi, site: string | undefined) {
  return queryOptions({
    queryKey: [api.tenantId, 'newest-sale', site ?? null],
    queryFn: async ({ signal }) => {
      const page = await api.get<Page<Sale>>(api.path('pos/transactions'), {
        signal,
        query: { limit: 1, location: site },
      })
      return page.data[0] ?? null
    },
    meta: { follows: ['sales.recorded', 'sales.withdrawn', 'import.finished'] },
  })
}

export const EXPORTS = [
  'daily_trend',
  'top_items',
  'slow_items',
  'categories',
  'hours',
  'payment_methods',
  'sites',
] as const

export function exportHref(api: TenantApi, what: (typeof EXPORTS)[number], request: FiguresRequest): string {
  return withQuery(api.path(`figures/${what}.csv`), {
    from: request.from,
    to: request.to,
    location: request.locations?.join(','),
    pos_system: request.pos_system,
  })
}
