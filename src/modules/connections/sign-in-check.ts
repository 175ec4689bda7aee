import { Fault } from '#kernel/fault.ts'
import type { Instant } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type {
  Application,
  CallFailed,
  Credentials,
  DataType,
  Environment,
  Live,
  PosSystem,
  ProviderLocation,
  SignInCheck,
} from '../../../connectors/contract.ts'
import { callFailed } from './call-fault.ts'
import { PRIVATE_ADDRESS } from './converse-call.ts'
import type { Keeping } from './keeping.ts'
import { askedWith } from './linked.ts'
import { isPrivateHost } from './reachable.ts'
import { spoken } from './spoken.ts'

// Asks the provider whom credentials are of and what they may do, before anything is stored. Whatever is wrong with them
// is said at the field that a person has to mend.

export type GivenSignIn = {
  readonly posSystem: PosSystem
  readonly live: Live
  readonly environment: Environment
  readonly credentials: Credentials
  readonly application: Application | null
}

export type FoundSignIn = {
  readonly check: SignInCheck
  readonly places: readonly ProviderLocation[]
  readonly dataTypes: readonly DataType[]
}

const VALUE_MAX = 8_192
/** A person waits for the answer. */
const ASK_MAX_MS = 20_000

/** Throws `connections.credentials-incomplete`. */
export function readCredentials({ signIn }: Live, given: Readonly<Record<string, string>>): Credentials {
  const known = new Set(signIn.fields.map(({ name }) => name))
  const places = [
    ...Object.keys(given)
      .filter((name) => !known.has(name))
      .map((name) => ({ pointer: pointerTo(name), detail: 'is no field of this system’s credentials' })),
    ...signIn.fields.flatMap(({ name, required, label }) => {
      const value = given[name]?.trim() ?? ''
      if (value === '' && required) return [{ pointer: pointerTo(name), detail: `${label} is missing` }]
      return value.length > VALUE_MAX ? [{ pointer: pointerTo(name), detail: 'is longer than any such secret' }] : []
    }),
  ]
  const trimmed = Object.entries(given).map(([name, value]) => [name, value.trim()] as const)
  const credentials = Object.fromEntries(trimmed.filter(([, value]) => value !== ''))
  if (places.length === 0) {
    const problems = signIn.problems?.(credentials) ?? []
    places.push(...problems.map(({ field, say }) => ({ pointer: pointerTo(field), detail: say })))
  }
  if (places.length > 0) {
    throw new HttpFault(422, 'connections.credentials-incomplete', {
      say: `The credentials are not whole: ${places.map(({ detail }) => detail.replace(/\.$/, '')).join('; ')}.`,
      places,
    })
  }
  return credentials
}

/**
 * Throws `connections.environment-wrong`, `connections.credentials-refused`, `connections.credentials-expired`,
 * `connections.permission-missing`, `connections.address-private`, `connections.provider-unavailable`,
 * `connections.provider-refused`.
 */
export async function findSignIn(keeping: Keeping, given: GivenSignIn, now: Instant): Promise<FoundSignIn> {
  const { live, environment, credentials } = given
  const looksLike = live.signIn.environmentOf(credentials)
  if (looksLike !== null && looksLike !== environment) throw wrongEnvironment(given)
  const asked = askedWith(keeping.systems, { ...given, account: null })
  // Said before anything is stored, even where nothing is asked to check the credentials.
  if (asked.guarded && isPrivateHost(new URL(asked.baseUrl).hostname)) throw addressPrivate()
  try {
    const check = await keeping.converseWith(asked, 'live', (link) => live.signIn.check(link), patience())
    if (check.expiresAt !== null && check.expiresAt <= now) throw expired(given)
    const dataTypes = readable(live, check)
    if (!dataTypes.includes('sales'))
      throw notAllowed(given, check.missing.find(({ blocks }) => blocks.includes('sales'))?.say)
    const known = askedWith(keeping.systems, { ...given, account: check.account })
    const places = await keeping.converseWith(known, 'live', (link) => live.locations(link), patience())
    return { check, places, dataTypes }
  } catch (error) {
    const failed = callFailed(error)
    if (failed === null) throw error
    if (failed.verdict.kind === 'unauthorized' && (await isOfTheOther(keeping, given))) throw wrongEnvironment(given)
    throw signInFault(given, failed)
  }
}

function patience() {
  return { signal: AbortSignal.timeout(ASK_MAX_MS) }
}

/** What may be read: what the connector reads, without what is not granted. */
export function readable(live: Live, { missing }: Pick<SignInCheck, 'missing'>): readonly DataType[] {
  const blocked = new Set(missing.flatMap(({ blocks }) => blocks))
  // A system of which nothing is pulled tells by itself of what is put into it, and may show its menu.
  const told: readonly DataType[] = live.orders?.menu === undefined ? ['sales'] : ['catalog', 'sales']
  const all = live.pull.streams.length === 0 ? told : live.pull.streams.map(({ dataType }) => dataType)
  return [...new Set(all)].filter((dataType) => !blocked.has(dataType))
}

/** Whether the provider's other environment knows the credentials, where that is another place to ask. */
async function isOfTheOther(keeping: Keeping, given: GivenSignIn): Promise<boolean> {
  const { posSystem, live, environment } = given
  const other = environment === 'production' ? 'sandbox' : 'production'
  const { baseUrlOf } = keeping.systems
  if (given.application !== null || baseUrlOf(posSystem, other) === baseUrlOf(posSystem, environment)) return false
  const asked = askedWith(keeping.systems, { ...given, environment: other, account: null })
  return keeping
    .converseWith(asked, 'live', (link) => live.signIn.check(link))
    .then(
      () => true,
      () => false,
    )
}

/** What a failed call means to whoever gave the credentials. */
export function signInFault(given: Pick<GivenSignIn, 'live' | 'posSystem'>, error: CallFailed): Fault {
  const { verdict } = error
  switch (verdict.kind) {
    case 'unauthorized':
      return /expired/i.test(verdict.code) ? expired(given) : refused(given)
    case 'forbidden':
      return notAllowed(given, verdict.say)
    case 'throttled':
    case 'unavailable':
    case 'unreachable':
    case 'garbled':
      return new Fault('unavailable', 'connections.provider-unavailable', {
        say: `${spoken(given.posSystem)} did not answer, or not well. Nothing was changed; try again in a minute.`,
        detail: { call: error.call, verdict: verdict.kind },
        retryAfterSeconds: 30,
        cause: error,
      })
    default:
      if (verdict.code === PRIVATE_ADDRESS) return addressPrivate()
      return new HttpFault(422, 'connections.provider-refused', {
        say: `${spoken(given.posSystem)} refused a call that the connection needs (${error.call}). Nothing was changed.`,
        detail: { call: error.call, code: verdict.code },
        cause: error,
      })
  }
}

function addressPrivate() {
  return new HttpFault(422, 'connections.address-private', {
    say: 'The address leads into a private network. Whoever runs this hub can allow that with TILLWIRE_PRIVATE_ADDRESSES=allow; else give one that is on the internet.',
    places: [{ pointer: '/credentials', detail: 'the address leads into a private network' }],
  })
}

function refused(given: Pick<GivenSignIn, 'live' | 'posSystem'>) {
  return credentialsFault('connections.credentials-refused', given, 'is not accepted', {
    say: `${spoken(given.posSystem)} does not accept these credentials. Copy them anew; a part of one is easily lost.`,
  })
}

function expired(given: Pick<GivenSignIn, 'live' | 'posSystem'>) {
  return credentialsFault('connections.credentials-expired', given, 'has ended', {
    say: `These credentials have ended. Make new ones at ${spoken(given.posSystem)} and give those.`,
  })
}

function notAllowed(given: Pick<GivenSignIn, 'live' | 'posSystem'>, why: string | undefined) {
  return credentialsFault('connections.permission-missing', given, 'may not read sales', {
    say: `These credentials may not read sales. ${why ?? 'Grant that permission and try again.'}`,
  })
}

function wrongEnvironment(given: GivenSignIn) {
  const other = given.environment === 'production' ? 'sandbox' : 'production'
  return new HttpFault(422, 'connections.environment-wrong', {
    say: `These credentials are for the ${other} environment of ${spoken(given.posSystem)}, not for ${given.environment}.`,
    places: [{ pointer: '/environment', detail: `the credentials are for ${other}` }],
  })
}

function credentialsFault(
  code: 'connections.credentials-refused' | 'connections.credentials-expired' | 'connections.permission-missing',
  { live }: Pick<GivenSignIn, 'live'>,
  detail: string,
  { say }: { readonly say: string },
) {
  const field = live.signIn.fields.find(({ secret, required }) => secret && required)?.name
  return new HttpFault(422, code, {
    say,
    places: [{ pointer: field === undefined ? '/credentials' : pointerTo(field), detail }],
  })
}

function pointerTo(field: string): string {
  return `/credentials/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
