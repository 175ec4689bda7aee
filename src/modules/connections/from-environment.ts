import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Credentials, Environment, PosSystem } from '../../../connectors/contract.ts'
import { changeConnection } from './change.ts'
import { connect, type Origin } from './connect.ts'
import { fingerprintOf, type NewCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import { liveOf } from './linked.ts'
import { findSignIn, readCredentials } from './sign-in-check.ts'
import { type Configuration, listConfigurations } from './store.ts'

// Credentials that are set where the hub runs, beside its other settings. They fill one connection of the first tenant,
// are taken anew whenever they change there, and are never brought back once a person has disconnected it.

export type GivenByEnvironment = {
  readonly posSystem: PosSystem
  readonly environment: Environment
  readonly credentials: Credentials
}

export type EnvironmentOutcome =
  | { readonly kind: 'connected' | 'replaced' | 'unchanged'; readonly connection: Configuration }
  /** A person ended this connection. It is left as it is. */
  | { readonly kind: 'ended' }
  /** The provider does not take them, or not just now: `code` says which. `again` asks to be tried again later. */
  | { readonly kind: 'refused'; readonly code: string; readonly again: boolean }

/** Safe to call at every start. Throws for what is neither the provider's nor the credentials' fault. */
export async function connectFromEnvironment(
  desk: Desk,
  origin: Omit<Origin, 'actor' | 'requestId'>,
  given: GivenByEnvironment,
): Promise<EnvironmentOutcome> {
  const { tenantId, now } = origin
  const live = liveOf(desk.systems, given.posSystem)
  try {
    const credentials = readCredentials(live, given.credentials)
    const standing = await findStanding(desk, tenantId, given)
    if (
      standing?.state === 'active' &&
      standing.asked?.fingerprint === fingerprintOf(desk.fingerprintKey, credentials)
    ) {
      return { kind: 'unchanged', connection: standing }
    }
    const signIn = { ...given, live, credentials, application: null }
    const found = await findSignIn(desk, signIn, now)
    const by: Origin = { ...origin, actor: 'hub:settings', requestId: null }
    const { expiresAt } = found.check
    const fresh: NewCredentials = {
      credentials,
      from: 'environment',
      expiresAt,
      refreshExpiresAt: null,
      refreshDueAt: null,
    }
    if (standing !== null && standing.asked?.account === found.check.account) {
      if (standing.state === 'disconnected') return { kind: 'ended' }
      const connection = await changeConnection(desk, by, standing.id, { signIn: { found, credentials: fresh } })
      return { kind: 'replaced', connection }
    }
    const name = desk.systems.findConnector(given.posSystem)?.name ?? given.posSystem
    const draft = { name, locations: 'all', backfillFrom: null, webhooks: true } as const
    return { kind: 'connected', connection: await connect(desk, by, signIn, found, draft, fresh) }
  } catch (error) {
    if (!(error instanceof Fault) || !error.code.startsWith('connections.')) throw error
    desk.log.warn({ pos_system: given.posSystem, code: error.code }, 'credentials from the environment were not taken')
    return { kind: 'refused', code: error.code, again: error.kind === 'unavailable' }
  }
}

/** The newest connection that the environment filled, ended ones too. */
async function findStanding(
  desk: Desk,
  tenantId: TenantId,
  { posSystem, environment }: GivenByEnvironment,
): Promise<Configuration | null> {
  const all = await desk.database.tenant(tenantId, (tx) => listConfigurations(tx, tenantId))
  const own = all.filter(
    ({ asked, ...one }) =>
      one.posSystem === posSystem && asked?.environment === environment && asked.credentialsFrom === 'environment',
  )
  return own.find(({ state }) => state !== 'disconnected') ?? own.at(-1) ?? null
}
