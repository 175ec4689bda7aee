import type { Environment, PosSystem } from '../../../connectors/contract.ts'
import { endpointPath } from './endpoints.ts'
import type { Systems } from './keeping.ts'
import { redirectUriOf } from './oauth.ts'
import { isReachable } from './reachable.ts'

// What a person needs to connect a system, before anything of theirs is known.

const ENVIRONMENTS: readonly Environment[] = ['production', 'sandbox']

/** Null for a system that is not asked live. */
export function signInFactsOf(systems: Systems, publicBase: URL, posSystem: PosSystem) {
  const live = systems.findConnector(posSystem)?.live
  if (live === undefined) return null
  const { fields, oauth } = live.signIn
  const base = publicBase.href.replace(/\/+$/, '')
  return {
    fields,
    oauth:
      oauth === undefined
        ? null
        : {
            redirectUri: redirectUriOf({ publicBase }, posSystem),
            environments: ENVIRONMENTS.filter((one) => systems.applicationOf(posSystem, one) !== null),
            settings: systems.applicationSettings(posSystem),
          },
    webhooks:
      live.webhooks === undefined
        ? null
        : {
            url: `${base}${endpointPath(posSystem, null)}`,
            reachable: isReachable(publicBase, systems.baseUrlOf(posSystem, 'production')),
          },
  }
}
