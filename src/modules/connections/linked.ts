import { Fault } from '#kernel/fault.ts'
import type { Application, Credentials, Environment, Link, Live, PosSystem } from '../../../connectors/contract.ts'
import type { Asked, Linked } from './converse-options.ts'
import { openCredentials } from './credentials.ts'
import type { Keeping, Systems } from './keeping.ts'
import type { ConnectionRef } from './live.ts'
import { type AskedFacts, type Configuration, getConfiguration } from './store.ts'

// A connection with its secrets opened, as a call needs it.

/** Throws `connections.unknown`, `connections.not-live`, `connections.system-not-live`. */
export async function openLinked(keeping: Keeping, ref: ConnectionRef): Promise<Linked> {
  const sealer = await keeping.vault.tenant(ref.tenantId)
  const { found, credentials } = await keeping.database.tenant(ref.tenantId, async (tx) => {
    const found = await getConfiguration(tx, ref.tenantId, ref.id)
    const version = found.asked?.credentialsVersion ?? 0
    return { found, credentials: await openCredentials(tx, sealer, ref, version) }
  })
  return linkedWith(keeping.systems, found, credentials ?? {})
}

export function linkedWith(systems: Systems, found: Configuration, credentials: Credentials): Linked {
  const asked = askedOf(found)
  const live = liveOf(systems, found.posSystem)
  return {
    ...askedWith(systems, {
      posSystem: found.posSystem,
      live,
      environment: asked.environment,
      account: asked.account,
      credentials,
      application: asked.credentialsFrom === 'oauth' ? systems.applicationOf(found.posSystem, asked.environment) : null,
    }),
    // Without anything to sign in with nothing can be asked, whatever the row says.
    state: found.state === 'active' && Object.keys(credentials).length === 0 ? 'needs_sign_in' : found.state,
    credentialsVersion: asked.credentialsVersion,
    expiresAt: asked.tokenExpiresAt,
  }
}

/** What a question is asked with, whether or not it is of a connection that is stored. */
export function askedWith(
  systems: Systems,
  given: {
    readonly posSystem: PosSystem
    readonly live: Live
    readonly environment: Environment
    readonly account: string | null
    readonly credentials: Credentials
    readonly application: Application | null
  },
): Asked {
  const { posSystem, live, environment, account, credentials, application } = given
  const link: Link = { environment, account, credentials, application }
  return {
    posSystem,
    live,
    link,
    ...systems.addressOf(posSystem, environment, credentials),
    budget: `${posSystem} ${environment} ${account ?? 'unknown'}`,
  }
}

/** Throws `connections.not-live`. */
export function askedOf({ asked, name }: Configuration): AskedFacts {
  if (asked !== null) return asked
  throw new Fault('conflict', 'connections.not-live', {
    say: `“${name}” is no connection to a system that is asked, so there is nothing to sign in to. Its sales come as files.`,
  })
}

/** Throws `connections.system-not-live`. */
export function liveOf(systems: Systems, posSystem: string): Live {
  const live = systems.findConnector(posSystem)?.live
  if (live !== undefined) return live
  throw new Fault('invalid', 'connections.system-not-live', {
    say: `This hub has no connector that asks ${posSystem} yet. Its sales can be brought in as files meanwhile.`,
  })
}
