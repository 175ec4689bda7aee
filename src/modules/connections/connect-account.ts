import { HttpFault } from '#platform/http/http-fault.ts'
import type { Application, Environment, Live, PosSystem } from '../../../connectors/contract.ts'
import { changeConnection } from './change.ts'
import { connect, type Origin } from './connect.ts'
import type { NewCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import type { AccountConnected, GivenAccount } from './for-orders.ts'
import { liveOf } from './linked.ts'
import { listPlaces } from './places.ts'
import { type FoundSignIn, findSignIn, readCredentials } from './sign-in-check.ts'
import { type Configuration, listConfigurations } from './store.ts'
import { newWebhookSecret } from './webhook-secret.ts'

// An account by its token, whether or not the tenant has connected it already: one that it has stays as it is, and is
// only signed in anew where that is needed.

/** Throws as a new connection does, and `connections.account-differs`, `connections.account-unnamed`, `connections.place-unknown`. */
export async function connectAccount(desk: Desk, origin: Origin, given: GivenAccount): Promise<AccountConnected> {
  const live = liveOf(desk.systems, given.posSystem)
  const posSystem = given.posSystem as PosSystem
  const standing = await standingOf(desk, origin, posSystem)
  const named = given.account === null ? null : (standing.find(({ asked }) => asked?.account === given.account) ?? null)
  if (named?.state === 'active') return take(desk, origin, named, given.location)
  if (given.credentials === null) {
    const [only, another] = standing.filter(({ state }) => state === 'active')
    if (only !== undefined && another === undefined && given.account === null) {
      return take(desk, origin, only, given.location)
    }
    throw unnamed(live, standing.length > 1)
  }
  return desk.meter.attempt(posSystem, () => signIn(desk, origin, { given, live, posSystem, standing }))
}

type Signing = {
  readonly given: GivenAccount
  readonly live: Live
  readonly posSystem: PosSystem
  readonly standing: readonly Configuration[]
}

async function signIn(desk: Desk, origin: Origin, { given, live, posSystem, standing }: Signing) {
  const credentials = readCredentials(live, given.credentials ?? {})
  const environment = live.signIn.environmentOf(credentials) ?? 'production'
  const application = given.refreshToken === null ? null : renewerOf(desk, live, posSystem, environment)
  const signingIn = { posSystem, live, environment, credentials, application }
  const found = await findSignIn(desk, signingIn, origin.now)
  const { account, accountName } = found.check
  if (given.account !== null && given.account !== account) throw otherAccount()
  const known = standing.find(({ asked }) => asked?.account === account && asked.environment === environment)
  if (known?.state === 'active') return take(desk, origin, known, given.location)
  const fresh = freshOf(given, credentials, application, found)
  if (known !== undefined) {
    await changeConnection(desk, origin, known.id, { signIn: { found, credentials: fresh } })
    return { ...(await take(desk, origin, known, given.location)), how: 'signed_in_again' } as const
  }
  const webhookSecret = live.webhooks?.secretBy === 'ours' ? newWebhookSecret() : null
  const made = await connect(
    desk,
    origin,
    signingIn,
    found,
    {
      name: accountName ?? posSystem,
      locations: given.location === null ? 'all' : [given.location],
      backfillFrom: null,
      webhooks: true,
      webhookSecret: webhookSecret ?? undefined,
    },
    fresh,
  )
  return { connectionId: made.id, how: 'made', webhookSecret } as const
}

/** A token that comes with the means to renew it is renewed where the hub's own application may do that. */
function freshOf(
  { refreshToken, expiresAt }: GivenAccount,
  credentials: NewCredentials['credentials'],
  application: Application | null,
  { check }: FoundSignIn,
): NewCredentials {
  const endsAt = check.expiresAt ?? expiresAt
  const typed = { refreshExpiresAt: null, expiresAt: endsAt } as const
  if (refreshToken === null || application === null) {
    return { ...typed, credentials, from: 'person', refreshDueAt: null }
  }
  return {
    ...typed,
    credentials: { ...credentials, refresh_token: refreshToken },
    from: 'oauth',
    // Nobody knows how old it is: it is renewed at its end, or when it is refused.
    refreshDueAt: endsAt,
  }
}

function renewerOf(desk: Desk, live: Live, posSystem: PosSystem, environment: Environment): Application | null {
  return live.signIn.oauth === undefined ? null : desk.systems.applicationOf(posSystem, environment)
}

async function standingOf(desk: Desk, { tenantId }: Origin, posSystem: PosSystem): Promise<Configuration[]> {
  const all = await desk.database.tenant(tenantId, (tx) => listConfigurations(tx, tenantId))
  return all.filter((one) => one.posSystem === posSystem && one.asked !== null && one.state !== 'disconnected')
}

/** A standing connection, with the place that is wanted chosen beside the others. */
async function take(
  desk: Desk,
  origin: Origin,
  { tenantId, id }: Configuration,
  location: string | null,
): Promise<AccountConnected> {
  const taken: AccountConnected = { connectionId: id, how: 'standing', webhookSecret: null }
  if (location === null) return taken
  const places = await desk.database.tenant(tenantId, (tx) => listPlaces(tx, { tenantId, id }))
  const wanted = places.find(({ externalId }) => externalId === location)
  if (wanted?.chosen === true) return taken
  const chosen = places.filter((place) => place.chosen).map(({ externalId }) => externalId)
  await changeConnection(desk, origin, id, { locations: [...chosen, location] })
  return taken
}

function otherAccount() {
  return new HttpFault(422, 'connections.account-differs', {
    say: 'The token is of another account than the one that was named. Nothing was stored.',
    places: [{ pointer: '/merchant_id', detail: 'is not the account of the token' }],
  })
}

function unnamed({ signIn }: Live, several: boolean) {
  const fields = signIn.fields.filter(({ required }) => required).map(({ name }) => name)
  const say = several
    ? 'Several accounts of this system are connected. Say by merchant_id which is meant, or give a token.'
    : `No account of this system is connected. Give its credentials (${fields.join(', ')}), or connect it first.`
  return new HttpFault(422, 'connections.account-unnamed', {
    say,
    places: [{ pointer: several ? '/merchant_id' : '/access_token', detail: 'is missing' }],
  })
}
