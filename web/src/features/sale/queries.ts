import { queryOptions } from '@tanstack/react-query'
import type { TenantApi } from '../../app/api.ts'
import type { SaleDetail } from '../../app/wire.ts'

export function saleQuery(api: TenantApi, saleId: string) {
  return queryOptions({
    queryKey: [api.tenantId, 'sale', saleId],
    queryFn: ({ signal }) =>
      api.get<SaleDetail>(api.path(`pos/transactions/${encodeURIComponent(saleId)}`), { signal }),
    meta: { follows: ['sales.recorded', 'sales.withdrawn'] },
  })
}
