// What stands behind the question mark on the way to a connection, so that a reload finds the same step.

export const ENVIRONMENTS = ['production', 'sandbox'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export const SETUP_STEPS = ['places', 'sync', 'figures'] as const
export type SetupStep = (typeof SETUP_STEPS)[number]

export type SignInSearch = {
  readonly environment?: Environment
  readonly way?: 'oauth' | 'token'
  /** The connection to sign in anew. */
  readonly connection?: string
}

export function readSignInSearch(search: Record<string, unknown>): SignInSearch {
  const environment = ENVIRONMENTS.find((one) => one === search.environment)
  const way = (['oauth', 'token'] as const).find((one) => one === search.way)
  const { connection } = search
  return {
    ...(environment === undefined ? {} : { environment }),
    ...(way === undefined ? {} : { way }),
    ...(typeof connection === 'string' && /^[\w-]{1,64}$/.test(connection) ? { connection } : {}),
  }
}

export type SetupSearch = { readonly step?: SetupStep }

export function readSetupSearch(search: Record<string, unknown>): SetupSearch {
  const step = SETUP_STEPS.find((one) => one === search.step)
  return step === undefined ? {} : { step }
}
