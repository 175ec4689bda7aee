import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../app/session.tsx'
import { texts } from '../../app/texts.ts'
import { keysQuery, membersQuery } from './queries.ts'

/** Who did something, by name where the person looking may know it: `person:…` and `key:…` are what the hub writes. */
export function useActorName(): (actor: string | null) => string {
  const { api, me, tenant } = useSession()
  // Members and keys are an owner's business; to others a colleague stays one.
  const isOwner = tenant.scopes.includes('*:admin')
  const members = useQuery({ ...membersQuery(api), enabled: isOwner })
  const keys = useQuery({ ...keysQuery(api), enabled: isOwner })
  const words = texts.imports.history
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
    return kind === 'hub' ? words.hub : actor
  }
}

/** Whether the person may give files and confirm them; a viewer only looks. */
export function useMayImport(): boolean {
  const { scopes } = useSession().tenant
  return scopes.some((scope) => /^(\*|imports):(write|admin)$/.test(scope))
}
