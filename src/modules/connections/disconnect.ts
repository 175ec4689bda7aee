import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { isGone, reasonOf } from './call-fault.ts'
import type { Origin } from './connect.ts'
import type { Linked } from './converse-options.ts'
import { shredSecrets } from './credentials.ts'
import type { Desk } from './desk.ts'
import { askedOf, askedWith, openLinked } from './linked.ts'
import type { ConnectionRef } from './live.ts'
import { type Configuration, getConfiguration, setState } from './store.ts'
import { findEndpointRow, forgetSubscription, recordEndpointState } from './store-endpoints.ts'
import { endpointOwnerOf } from './subscriptions.ts'

// The end of a connection: nothing is asked and nothing is taken in from the first moment on; then the provider is told,
// as well as that goes; then every secret is removed, whatever the provider said. Sales and logs stay.

const TALK_MAX_MS = 8_000
const LOOK_AGAIN_MS = 10 * 60_000
/** How long an end that was cut short is left to the process that began it. */
const CUT_SHORT_MS = 60_000

export type Disconnected = {
  readonly connection: Configuration
  /** `left`: it still stands at the provider, whose deliveries are refused from now on. */
  readonly subscription: 'removed' | 'none' | 'left'
  readonly consent: 'revoked' | 'none' | 'left'
}

/** Throws `connections.unknown`, `connections.not-live`. */
export async function disconnect(desk: Desk, origin: Origin, id: string): Promise<Disconnected> {
  const { tenantId, actor, requestId, now } = origin
  const ended = await desk.database.tenant(tenantId, async (tx) => {
    const standing = await getConfiguration(tx, tenantId, id, 'lock')
    askedOf(standing)
    if (standing.state === 'disconnected') return standing
    await setState(tx, standing, 'disconnected', 'by_person', now)
    await appendEvents(tx, tenantId, [
      {
        type: 'connection.disconnected',
        subject: `connection/${standing.id}`,
        occurredAt: now,
        actor,
        requestId,
        data: { connection_id: standing.id, name: standing.name, pos_system: standing.posSystem },
      },
    ])
    return getConfiguration(tx, tenantId, id)
  })
  forget(desk, ended)
  return finishEnd(desk, ended)
}

/** Tells the provider, then removes every secret. Safe to repeat. */
async function finishEnd(desk: Desk, ended: Configuration): Promise<Disconnected> {
  const { tenantId } = ended
  const linked = await openLinked(desk, ended).catch((error: unknown) => {
    desk.log.warn({ connection: ended.id, err: error }, 'a connection that ends could not be opened')
    return null
  })
  const has = linked !== null && Object.keys(linked.link.credentials).length > 0
  const subscription = has ? await unsubscribe(desk, ended, linked) : 'none'
  const consent = has ? await revoke(desk, ended, linked) : 'none'
  const owner = { kind: 'connection', tenantId, id: ended.id } as const
  const connection = await desk.database.tenant(tenantId, async (tx) => {
    const now = desk.clock.now()
    const standing = await getConfiguration(tx, tenantId, ended.id, 'lock')
    // Connected again meanwhile: what it has now is not what ended.
    if (standing.state !== 'disconnected') return standing
    if (subscription === 'left') {
      const again = instant(now + LOOK_AGAIN_MS)
      await recordEndpointState(tx, owner, { state: 'left', reason: null, failed: false }, now, again)
    } else {
      await forgetSubscription(tx, owner, now)
    }
    await shredSecrets(tx, ended)
    return getConfiguration(tx, tenantId, ended.id)
  })
  forget(desk, ended)
  if (subscription === 'left' || consent === 'left') {
    desk.log.warn(
      { connection: ended.id, subscription, consent },
      'a connection ended and something of it stays at the provider',
    )
  }
  return { connection, subscription, consent }
}

async function unsubscribe(desk: Desk, ended: Configuration, linked: Linked): Promise<Disconnected['subscription']> {
  const owner = endpointOwnerOf(desk, ended, askedOf(ended))
  const subscriptions = linked.live.webhooks?.subscriptions
  // An application's one subscription serves the other accounts too.
  if (owner?.kind !== 'connection' || subscriptions === undefined) return 'none'
  const row = await desk.database.tenant(ended.tenantId, (tx) => findEndpointRow(tx, owner))
  const id = row?.subscriptionId ?? null
  if (id === null) return 'none'
  return desk
    .converseWith(linked, 'live', (link) => subscriptions.unsubscribe(link, id), {
      signal: AbortSignal.timeout(TALK_MAX_MS),
    })
    .then(
      () => 'removed' as const,
      (error: unknown) => (isGone(error) ? 'removed' : leave(desk, ended, 'subscription', error)),
    )
}

async function revoke(desk: Desk, ended: Configuration, linked: Linked): Promise<Disconnected['consent']> {
  const { link, live, posSystem } = linked
  const { oauth } = live.signIn
  const { application } = link
  if (oauth === undefined || application === null) return 'none'
  const asked = askedWith(desk.systems, { ...link, posSystem, live, application })
  return desk
    .converseWith(asked, 'live', (own) => oauth.revoke(application, own), { signal: AbortSignal.timeout(TALK_MAX_MS) })
    .then(
      () => 'revoked' as const,
      (error: unknown) => leave(desk, ended, 'consent', error),
    )
}

function leave(desk: Desk, { id }: ConnectionRef, what: string, error: unknown): 'left' {
  desk.log.warn(
    { connection: id, what, reason: reasonOf(error) },
    'the provider could not be told of the end of a connection',
  )
  return 'left'
}

/** Ends that a crash cut short between the first moment and the last. */
export async function finishEnds(desk: Desk, now: Instant): Promise<void> {
  const before = instantText(instant(now - CUT_SHORT_MS))
  const refs = await desk.database.system(async (tx) => {
    const { rows } = await sql<{ tenant_id: TenantId; id: ConnectionRef['id'] }>`
      select tenant_id, id from pos.configurations
      where state = 'disconnected' and credentials_fingerprint is not null and state_since < ${before}
      order by state_since limit 20`.execute(tx)
    return rows
  })
  for (const { tenant_id: tenantId, id } of refs) {
    await finishEnd(desk, await desk.database.tenant(tenantId, (tx) => getConfiguration(tx, tenantId, id)))
  }
}

function forget(desk: Desk, ref: ConnectionRef): void {
  desk.keeper.forget(ref)
  desk.endpoints.forget()
}
