import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { TenantApi } from './api.ts'
import { businessToday } from './dates.ts'
import { useSession } from './session.tsx'
import type { Page, Site } from './wire.ts'

/** The places a tenant trades at; their clocks and their money decide what most screens show. */
export function sitesQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'sites'],
    queryFn: ({ signal }) => api.get<Page<Site>>(api.path('sites'), { signal }),
    staleTime: 5 * 60_000,
    select: (page) => page.data,
  })
}

export function useSites(): readonly Site[] {
  const { api } = useSession()
  return useQuery(sitesQuery(api)).data ?? []
}

/** The business day that is running at a site, or at the tenant's first; it moves on by itself at the close-out. */
export function useBusinessToday(siteId?: string): string {
  const { tenant } = useSession()
  const sites = useSites()
  const site = sites.find((one) => one.id === siteId) ?? sites[0]
  const now = useNow(30_000)
  return businessToday(now, site?.time_zone ?? tenant.time_zone, site?.close_out ?? tenant.close_out)
}

/** The machine's clock, looked at every so often. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
