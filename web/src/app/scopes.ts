import { useSession } from './session.tsx'

const RANKS = ['read', 'write', 'admin'] as const

/** Whether the person may do that in this tenant: `orders:write` lies within `orders:admin`, and all of it within `*`. */
export function useMay(scope: `${string}:${(typeof RANKS)[number]}`): boolean {
  return allows(useSession().tenant.scopes, scope)
}

export function allows(held: readonly string[], scope: string): boolean {
  const [noun, far] = scope.split(':')
  const rank = (word: string | undefined): number => (RANKS as readonly (string | undefined)[]).indexOf(word)
  return held.some((one) => {
    const [ownNoun, ownFar] = one.split(':')
    return (ownNoun === '*' || ownNoun === noun) && rank(ownFar) >= rank(far)
  })
}
