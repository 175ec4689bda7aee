import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useMemo, useSyncExternalStore } from 'react'
import { send, type TenantApi, tenantApi } from './api.ts'
import type { Me, TenantSummary } from './wire.ts'

// Who is signed in, and for which of their tenants they look. The choice is kept per browser tab, and remembered for
// the next one, so that two tabs may show two shops.

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => send<Me>('GET', '/api/v1/auth/me', { signal }),
  staleTime: 60_000,
})

const STORED = 'tillwire.tenant'
const listeners = new Set<() => void>()
let chosen = readChosen()

function readChosen(): string | null {
  try {
    return sessionStorage.getItem(STORED) ?? localStorage.getItem(STORED)
  } catch {
    return null
  }
}

export function chooseTenant(id: string): void {
  chosen = id
  try {
    sessionStorage.setItem(STORED, id)
    localStorage.setItem(STORED, id)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The chosen tenant while it is still theirs, else a live one before a demonstration. */
export function standingTenant(me: Me, wanted: string | null): TenantSummary | undefined {
  const own = me.tenants.find((tenant) => tenant.id === wanted || tenant.slug === wanted)
  return own ?? me.tenants.find((tenant) => tenant.kind === 'live') ?? me.tenants[0]
}

export type Session = { readonly me: Me; readonly tenant: TenantSummary; readonly api: TenantApi }
const SessionContext = createContext<Session | null>(null)

export function SessionProvider(props: { me: Me; children: ReactNode; nobody: ReactNode }): ReactNode {
  const { me, children, nobody } = props
  const wanted = useSyncExternalStore(subscribe, () => chosen)
  const tenant = standingTenant(me, wanted)
  const session = useMemo(() => (tenant === undefined ? null : { me, tenant, api: tenantApi(tenant.id) }), [me, tenant])
  if (session === null) return nobody
  return <SessionContext value={session}>{children}</SessionContext>
}

export function useSession(): Session {
  const session = use(SessionContext)
  if (session === null) throw new Error('A screen that needs a session stands outside the shell.')
  return session
}

export function useTenantApi(): TenantApi {
  return useSession().api
}

export function useMe() {
  return useQuery(meQuery)
}
