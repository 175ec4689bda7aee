import { Fault } from '#kernel/fault.ts'
import { ACCESS_FAULTS } from './faults.ts'

// A scope is a noun and how far: admin includes write, write includes read. `*` stands for every noun.
// A role is nothing but a name for scopes.

export const ROLES = ['owner', 'manager', 'viewer'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES_BY_ROLE = {
  owner: ['*:admin'],
  manager: ['*:write'],
  viewer: ['*:read'],
} as const satisfies Record<Role, readonly string[]>

const RANKS = { read: 1, write: 2, admin: 3 } as const
const SCOPE = /^(\*|[a-z][a-z-]{0,40}):(read|write|admin)$/

export function isScope(text: string): boolean {
  return SCOPE.test(text)
}

/** Whether somebody who holds `held` reaches `needed`. */
export function covers(held: Iterable<string>, needed: string): boolean {
  const want = parts(needed)
  if (!want) return false
  for (const one of held) {
    const have = parts(one)
    if (have && (have.noun === '*' || have.noun === want.noun) && have.rank >= want.rank) return true
  }
  return false
}

/** Throws `access.scope-beyond-own` unless every scope asked for lies within those held. */
export function checkHandingOut(held: Iterable<string>, wanted: readonly string[]): void {
  const own = [...held]
  const beyond = wanted.filter((scope) => !covers(own, scope))
  if (beyond.length === 0) return
  throw new Fault('denied', 'access.scope-beyond-own', {
    say: ACCESS_FAULTS['access.scope-beyond-own'],
    detail: { scopes: beyond },
  })
}

function parts(scope: string): { noun: string; rank: number } | null {
  const match = SCOPE.exec(scope)
  const [, noun, verb] = match ?? []
  return noun !== undefined && verb !== undefined ? { noun, rank: RANKS[verb as keyof typeof RANKS] } : null
}
