import { createHash } from 'node:crypto'
import { type Instant, instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import {
  CallFailed,
  type Link,
  type Subscription,
  type Subscriptions,
  type Talk,
} from '../../../connectors/contract.ts'
import { callFailed, isGone, reasonOf } from './call-fault.ts'
import type { Desk } from './desk.ts'
import { endpointPath, secretBinding } from './endpoints.ts'
import { askedWith, liveOf } from './linked.ts'
import type { ConnectionRef } from './live.ts'
import { isReachable } from './reachable.ts'
import { signInFault } from './sign-in-check.ts'
import { type AskedFacts, type Configuration, findConfiguration } from './store.ts'
import {
  type EndpointOwner,
  type EndpointRow,
  type EndpointState,
  findEndpointRow,
  forgetSubscription,
  recordEndpointState,
  recordSubscription,
} from './store-endpoints.ts'

// Sees to it that the provider tells us: looks at what stands there, mends what is gone, stopped or leads elsewhere, and
// says plainly what cannot be mended. Polling brings every sale meanwhile; being told only brings it sooner.

/** Providers drop subscriptions without a word, so what stands is looked at again. */
const LOOK_AGAIN_MS = 6 * 3_600_000
const RETRY_FIRST_MS = 60_000
const TALK_MAX_MS = 20_000
const LEFT_ATTEMPTS_MAX = 10

/** Somebody to ask in the name of: a connection's own sign-in, or the application's. */
type Asking = <T>(talk: (link: Link) => Talk<T>) => Promise<T>

/** Whose subscription a connection depends on; null where the system has none that a program could make. */
export function endpointOwnerOf(
  desk: Pick<Desk, 'systems'>,
  { tenantId, id, posSystem }: Pick<Configuration, 'tenantId' | 'id' | 'posSystem'>,
  asked: Pick<AskedFacts, 'environment' | 'credentialsFrom'>,
): EndpointOwner | null {
  const subscriptions = desk.systems.findConnector(posSystem)?.live?.webhooks?.subscriptions
  if (subscriptions === undefined) return null
  if (asked.credentialsFrom !== 'oauth' || subscriptions.by === 'connection')
    return { kind: 'connection', tenantId, id }
  const applicationId = desk.systems.applicationOf(posSystem, asked.environment)?.id
  return applicationId === undefined
    ? null
    : { kind: 'application', posSystem, environment: asked.environment, applicationId }
}

export function endpointUrl(
  desk: Pick<Desk, 'publicBase'>,
  posSystem: Configuration['posSystem'],
  id: Configuration['id'] | null,
) {
  // The base may have a path of its own, behind a proxy.
  return `${desk.publicBase.href.replace(/\/+$/, '')}${endpointPath(posSystem, id)}`
}

/** Looks at one subscription and mends it. Answers the state that was written down. Never throws for the provider's sake. */
export async function tendEndpoint(desk: Desk, owner: EndpointOwner): Promise<EndpointState> {
  try {
    return owner.kind === 'connection' ? await tendOwn(desk, owner) : await tendApplications(desk, owner)
  } finally {
    desk.endpoints.forget()
  }
}

async function tendOwn(desk: Desk, owner: EndpointOwner & { kind: 'connection' }): Promise<EndpointState> {
  const { tenantId, id } = owner
  const { found, row } = await desk.database.tenant(tenantId, async (tx) => ({
    found: await findConfiguration(tx, tenantId, id),
    row: await findEndpointRow(tx, owner),
  }))
  const { posSystem, asked, state } = found ?? {}
  if (row === null || posSystem === undefined || asked == null || row.state === 'manual') return row?.state ?? 'off'
  const subscriptions = desk.systems.findConnector(posSystem)?.live?.webhooks?.subscriptions
  const target = {
    owner,
    row,
    url: endpointUrl(desk, posSystem, id),
    baseUrl: desk.systems.baseUrlOf(posSystem, asked.environment),
  }
  if (subscriptions === undefined) return settle(desk, target, { state: 'off' })
  if (state === 'disconnected') return removeLeft(desk, found as Configuration, subscriptions, target)
  const ask = asking(desk, owner, subscriptions)
  if (!asked.webhooksWanted) return removeUnwanted(desk, subscriptions, ask, target)
  return tend(desk, subscriptions, ask, target)
}

/**
 * In the name of a connection. Where subscriptions are the application's, a merchant's own sign-in may be fine and still
 * not be allowed to manage them: then a refusal says nothing of the sign-in, and must not end it.
 */
function asking(desk: Desk, ref: ConnectionRef, { by }: Subscriptions): Asking {
  return async (talk) => {
    const within = { signal: AbortSignal.timeout(TALK_MAX_MS) }
    if (by === 'connection') return desk.converse(ref, 'repair', talk, within)
    const linked = await desk.keeper.linkOf(ref)
    if (linked.state !== 'active') throw new CallFailed('subscriptions', NOT_SIGNED_IN)
    return desk.converseWith(linked, 'repair', talk, within)
  }
}

const NOT_SIGNED_IN = { kind: 'unauthorized', code: 'sign_in_needed', revoked: false } as const

async function tendApplications(desk: Desk, owner: EndpointOwner & { kind: 'application' }): Promise<EndpointState> {
  const { posSystem, environment, applicationId } = owner
  const row = await desk.database.system((tx) => findEndpointRow(tx, owner))
  const application = desk.systems.applicationOf(posSystem, environment)
  const live = liveOf(desk.systems, posSystem)
  const subscriptions = live.webhooks?.subscriptions
  // Another application took its place in the settings; whatever this one still has stands at the provider.
  if (row === null || subscriptions === undefined || application?.id !== applicationId) return 'off'
  const target = {
    owner,
    row,
    url: endpointUrl(desk, posSystem, null),
    baseUrl: desk.systems.baseUrlOf(posSystem, environment),
  }
  if (Object.keys(application.credentials).length === 0) {
    return settle(desk, target, { state: 'failed', reason: 'application_credentials_missing', failed: true })
  }
  const { credentials } = application
  const asked = askedWith(desk.systems, { posSystem, live, environment, account: null, credentials, application })
  const ask: Asking = (talk) => desk.converseWith(asked, 'repair', talk, { signal: AbortSignal.timeout(TALK_MAX_MS) })
  return tend(desk, subscriptions, ask, target)
}

type Target = {
  readonly owner: EndpointOwner
  readonly row: EndpointRow
  /** Where the subscription should lead. */
  readonly url: string
  /** Whom it is made at. */
  readonly baseUrl: string
}

async function tend(desk: Desk, subscriptions: Subscriptions, ask: Asking, target: Target): Promise<EndpointState> {
  const { row, url, baseUrl } = target
  if (!isReachable(desk.publicBase, baseUrl)) return settle(desk, target, { state: 'unreachable' })
  try {
    const standing = await ask((link) => subscriptions.list(link))
    const ours = standing.find(({ id }) => id === row.subscriptionId)
    const tellsAll = ours !== undefined && subscriptions.events.every((type) => ours.events.includes(type))
    if (tellsAll && ours.enabled && ours.url === url && row.secret !== null) {
      return await settle(desk, target, { state: 'subscribed' })
    }
    // Said before it is mended: if mending fails, a person sees why nothing comes.
    if (row.subscriptionId !== null) await settle(desk, target, { state: stateOf(ours, url), failed: true })
    // One that leads here and is not known is of an attempt whose answer was lost, and with it the secret.
    for (const old of standing.filter((one) => one.id === row.subscriptionId || one.url === url)) {
      await ask((link) => subscriptions.unsubscribe(link, old.id)).catch(unlessGone)
    }
    const key = keyOf(url, row)
    const made = await ask((link) => subscriptions.subscribe(link, url, key))
    if (made.secret === null) return await settle(desk, target, { state: 'failed', reason: 'no_secret', failed: true })
    return await keepSubscription(desk, target.owner, { ...made, secret: made.secret })
  } catch (error) {
    return await settle(desk, target, { state: 'failed', reason: reasonOf(error), failed: true })
  }
}

function stateOf(ours: Subscription | undefined, url: string): EndpointState {
  if (ours === undefined) return 'missing'
  if (ours.url !== url) return 'elsewhere'
  return ours.enabled ? 'failed' : 'disabled'
}

async function removeUnwanted(
  desk: Desk,
  subscriptions: Subscriptions,
  ask: Asking,
  target: Target,
): Promise<EndpointState> {
  const { owner, row } = target
  if (row.subscriptionId !== null) {
    const { subscriptionId } = row
    try {
      await ask((link) => subscriptions.unsubscribe(link, subscriptionId))
    } catch (error) {
      if (!isGone(error)) return settle(desk, target, { state: 'failed', reason: reasonOf(error), failed: true })
    }
  }
  await inScope(desk, owner, (tx) => forgetSubscription(tx, owner, desk.clock.now()))
  return 'off'
}

/**
 * A subscription that outlived its connection. The connection's secrets are gone, so it can only be removed where the
 * hub's own application may do so; elsewhere it stays, and its deliveries are refused until the provider gives up.
 */
async function removeLeft(
  desk: Desk,
  { posSystem, asked }: Configuration,
  subscriptions: Subscriptions,
  target: Target,
): Promise<EndpointState> {
  const { subscriptionId, attempts } = target.row
  const environment = asked?.environment ?? 'production'
  const application = desk.systems.applicationOf(posSystem, environment)
  if (subscriptionId === null) return settle(desk, target, { state: 'off' })
  if (subscriptions.by !== 'application' || application === null || attempts >= LEFT_ATTEMPTS_MAX) {
    return settle(desk, target, { state: 'left' }, null)
  }
  const { credentials } = application
  const live = liveOf(desk.systems, posSystem)
  const asker = askedWith(desk.systems, { posSystem, live, environment, account: null, credentials, application })
  try {
    await desk
      .converseWith(asker, 'repair', (link) => subscriptions.unsubscribe(link, subscriptionId))
      .catch(unlessGone)
    await inScope(desk, target.owner, (tx) => forgetSubscription(tx, target.owner, desk.clock.now()))
    return 'off'
  } catch (error) {
    return settle(desk, target, { state: 'left', reason: reasonOf(error), failed: true })
  }
}

async function keepSubscription(
  desk: Desk,
  owner: EndpointOwner,
  made: { readonly id: string; readonly url: string; readonly secret: string },
): Promise<EndpointState> {
  const sealer = await (owner.kind === 'connection' ? desk.vault.tenant(owner.tenantId) : desk.vault.hub())
  const secret = sealer.seal(Buffer.from(made.secret), secretBinding(owner))
  const now = desk.clock.now()
  const row = { url: made.url, subscriptionId: made.id, secret }
  await inScope(desk, owner, (tx) =>
    recordSubscription(tx, owner, row, 'subscribed', now, instant(now + LOOK_AGAIN_MS)),
  )
  return 'subscribed'
}

async function settle(
  desk: Desk,
  { owner, row }: Target,
  found: { readonly state: EndpointState; readonly reason?: string; readonly failed?: boolean },
  again?: null,
): Promise<EndpointState> {
  const now = desk.clock.now()
  const failed = found.failed ?? false
  const wait = failed ? Math.min(RETRY_FIRST_MS * 2 ** row.attempts, LOOK_AGAIN_MS) : LOOK_AGAIN_MS
  const due = found.state === 'off' || again === null ? null : instant(now + wait)
  await inScope(desk, owner, (tx) =>
    recordEndpointState(tx, owner, { state: found.state, reason: found.reason ?? null, failed }, now, due),
  )
  return found.state
}

/** Another secret for a subscription; what the old one signed is still believed for a while. */
export async function rotateSecret(desk: Desk, owner: EndpointOwner, now: Instant): Promise<EndpointState> {
  const row = await inScope(desk, owner, (tx) => findEndpointRow(tx, owner))
  if (row === null || row.subscriptionId === null || owner.kind !== 'connection') return row?.state ?? 'off'
  const { subscriptionId, url } = row
  const found = await desk.database.tenant(owner.tenantId, (tx) => findConfiguration(tx, owner.tenantId, owner.id))
  const live = found === null ? undefined : desk.systems.findConnector(found.posSystem)?.live
  const subscriptions = live?.webhooks?.subscriptions
  const rotate = subscriptions?.rotate
  if (found === null || live === undefined || subscriptions === undefined || rotate === undefined) return row.state
  const key = keyOf(`${url} ${now}`, row)
  try {
    const secret = await asking(desk, owner, subscriptions)((link) => rotate(link, subscriptionId, key))
    return await keepSubscription(desk, owner, { id: subscriptionId, url, secret })
  } catch (error) {
    const failed = callFailed(error)
    throw failed === null ? error : signInFault({ live, posSystem: found.posSystem }, failed)
  } finally {
    desk.endpoints.forget()
  }
}

/** At most 45 characters, the least that any provider takes; another one once the subscription it made is gone. */
function keyOf(url: string, { subscriptionId, checkedAt }: EndpointRow): string {
  const what = JSON.stringify([url, subscriptionId, checkedAt])
  return createHash('sha256').update(what).digest('hex').slice(0, 40)
}

function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error
}

function inScope<T>(desk: Desk, owner: EndpointOwner, work: (tx: Tx) => Promise<T>): Promise<T> {
  return owner.kind === 'connection' ? desk.database.tenant(owner.tenantId, work) : desk.database.system(work)
}
