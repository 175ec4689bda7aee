import { queryOptions, useQuery } from '@tanstack/react-query'
import type { TenantApi } from './api.ts'
import { useSession } from './session.tsx'
import { texts } from './texts.ts'
import type { ApiKey, Member, Page } from './wire.ts'

/** Names of colleagues; only whoever may see members asks for them. */
export function membersQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'members'],
    queryFn: ({ signal }) => api.get<Page<Member>>(api.path('members'), { signal }),
    select: (page) => page.data,
    staleTime: 5 * 60_000,
  })
}

function keysQuery(api: TenantApi) {
  return queryOptions({
    queryKey: [api.tenantId, 'api-keys', 'all'],
    queryFn: ({ signal }) => api.get<Page<ApiKey>>(api.path('api-keys'), { signal, query: { limit: 500 } }),
    select: (page) => page.data,
    staleTime: 5 * 60_000,
  })
}

/** Members and keys are an owner's business; to others a colleague stays one. */
export function useMaySeeMembers(): boolean {
  return useSession().tenant.scopes.includes('*:admin')
}

/** Who did something, by name where the person looking may know it: `person:…` and `key:…` are what the hub writes. */
export function useActorName(): (actor: string | null) => string {
  const { api, me } = useSession()
  const isOwner = useMaySeeMembers()
  const members = useQuery({ ...membersQuery(api), enabled: isOwner })
  const keys = useQuery({ ...keysQuery(api), enabled: isOwner })
  const words = texts.actors
  return (actor) => {
    if (actor === null) return texts.none
    const [kind, id] = actor.split(':')
    if (kind === 'person') {
      if (id === me.person.id) return words.you
      return members.data?.find((one) => one.id === id)?.name ?? words.person
    }
    if (kind === 'key') {
      const key = keys.data?.find((one) => one.id === id)
      return key === undefined ? words.key : words.keyNamed(key.name)
    }
    if (kind === 'pos') return words.pos
    if (kind === 'channel') return words.channel
    return kind === 'hub' || kind === 'job' ? words.hub : actor
  }
}
