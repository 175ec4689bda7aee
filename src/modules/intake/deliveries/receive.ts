import { hash } from 'node:crypto'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Endpoint, Endpoints } from '#modules/connections/endpoints.ts'
import type { ConnectionRef } from '#modules/connections/live.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Verification, WebhookReading } from '../../../../connectors/contract.ts'
import { deliveryPlace, sealUnpacked } from '../records/sealed-body.ts'
import type { Ending, NewDelivery } from './delivery.ts'
import { INTAKE_LIVE_FAULTS } from './faults.ts'
import type { GroupCommit } from './group-commit.ts'
import type { DeliveryMetrics } from './metrics.ts'
import type { Accepted } from './store-deliveries.ts'

// Taking in what a provider sends: verify the bytes as they came, then read them, then keep them. Nothing is parsed before
// it is known to be genuine, and nothing is answered with success before it is committed.

export type Received = {
  readonly posSystem: string
  readonly configId: string | null
  /** As it was hit, without a query. */
  readonly path: string
  /** What followed the `?` of it; left out: nothing did. Only `verify` sees it, and it is not kept. */
  readonly query?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly now: Instant
}

export type Receiver = {
  /**
   * Answers once the delivery is committed, or is known to be nobody's. Throws `webhook.unknown-endpoint`,
   * `webhook.forged`, `webhook.unsigned`, `webhook.stale`, and what the database throws.
   */
  receive(received: Received): Promise<void>
}

export type ReceiverOptions = {
  readonly endpoints: Endpoints
  readonly vault: Vault
  /** What providers were given as the beginning of our address. Never the Host header. */
  readonly publicBase: URL
  readonly committer: GroupCommit<NewDelivery, Accepted>
  readonly metrics: DeliveryMetrics
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { endpoints, vault, committer, metrics } = options
  const base = options.publicBase.href.replace(/\/+$/, '')

  async function keep(owner: ConnectionRef, received: Received, told: Told, endpoint: Endpoint): Promise<Accepted> {
    const sealer = await vault.tenant(owner.tenantId)
    const eventKey = eventKeyOf(told.reading?.eventId ?? null, received.body)
    return committer.commit({
      tenantId: owner.tenantId,
      connectionId: owner.id,
      id: newId(),
      posSystem: endpoint.posSystem,
      eventKey,
      eventId: told.reading?.eventId?.slice(0, WORD_MAX) ?? null,
      type: told.reading?.type.slice(0, WORD_MAX) ?? 'unreadable',
      occurredAt: told.reading?.occurredAt ?? null,
      receivedAt: received.now,
      headers: worthKeeping(received.headers),
      body: received.body,
      sealed: sealUnpacked(sealer, received.body, deliveryPlace(owner.id, eventKey)),
      ...told,
    })
  }

  return {
    async receive(received) {
      const candidates = await endpoints.find(received.posSystem, received.configId)
      if (candidates.length === 0) {
        metrics.refused('unknown', 'unknown_endpoint')
        throw fault(404, 'webhook.unknown-endpoint')
      }
      const { endpoint, verification } = verify(candidates, received, base + received.path)
      if (verification !== 'genuine') {
        metrics.refused(endpoint.posSystem, verification)
        throw fault(401, CODE_OF[verification])
      }
      const told = readDelivery(endpoint, received)
      const owners = await ownersOf(endpoints, endpoint, told.reading)
      const outcomes = await Promise.all(owners.map((owner) => keep(owner, received, told, endpoint)))
      if (outcomes.length === 0) metrics.accepted(endpoint.posSystem, 'unowned')
      for (const outcome of outcomes) metrics.accepted(endpoint.posSystem, outcome)
    },
  }
}

/** The database's index holds words of some length; a provider's own are far shorter. */
const WORD_MAX = 200

function verify(
  candidates: readonly Endpoint[],
  received: Received,
  url: string,
): { endpoint: Endpoint; verification: Verification } {
  const checked = candidates.map((endpoint) => ({
    endpoint,
    verification: endpoint.webhooks.verify(received, endpoint.secrets, url, received.now),
  }))
  const best = checked.find((one) => one.verification === 'genuine') ?? checked[0]
  if (best === undefined) throw new Error('there is at least one candidate')
  return best
}

type Told = Pick<NewDelivery, 'reading' | 'ending'>

/** What a genuine delivery says. One that cannot be read is kept, so that somebody can find out why. */
function readDelivery(endpoint: Endpoint, { body, now }: Received): Told {
  let reading: WebhookReading
  try {
    reading = endpoint.webhooks.read(body, now)
  } catch {
    return { reading: null, ending: unreadable() }
  }
  const { ignored } = reading
  return { reading, ending: ignored === null ? null : { outcome: 'ignored', code: null, say: ignored } }
}

export function unreadable(): Ending {
  return { outcome: 'failed', code: 'webhook.garbled', say: INTAKE_LIVE_FAULTS['webhook.garbled'] }
}

/** Whose delivery it is. A connection's own address is no way to speak of somebody else's account. */
async function ownersOf(
  endpoints: Endpoints,
  { posSystem, environment, connection }: Endpoint,
  reading: WebhookReading | null,
): Promise<readonly ConnectionRef[]> {
  const account = reading?.account ?? null
  if (account === null) return connection === null ? [] : [connection]
  const owners = await endpoints.accountOwners(posSystem, environment, account)
  return connection === null ? owners : owners.filter((owner) => owner.id === connection.id)
}

function eventKeyOf(eventId: string | null, body: Uint8Array): string {
  if (eventId === null) return `sha256:${hash('sha256', body, 'hex')}`
  return eventId.length <= WORD_MAX ? `id:${eventId}` : `id-sha256:${hash('sha256', eventId, 'hex')}`
}

// What tells of the delivery itself: how often it was tried, and as what. Nothing that signs or signs in.
const KEPT_HEADER = /retry|delivery|event|topic|attempt|environment|api-version|triggered|user-agent|content-type/
const NEVER_KEPT = /signature|hmac|authorization|cookie|token|secret|key/
const HEADER_MAX = 500

function worthKeeping(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const name in headers) {
    if (isKept(name)) kept[name] = headers[name]?.slice(0, HEADER_MAX) ?? ''
  }
  return kept
}

// A provider sends the same dozen names each time.
const judged = new Map<string, boolean>()
const JUDGED_MAX = 1_000

function isKept(name: string): boolean {
  let kept = judged.get(name)
  if (kept === undefined) {
    kept = KEPT_HEADER.test(name) && !NEVER_KEPT.test(name)
    if (judged.size < JUDGED_MAX) judged.set(name, kept)
  }
  return kept
}

const CODE_OF = {
  forged: 'webhook.forged',
  unsigned: 'webhook.unsigned',
  stale: 'webhook.stale',
} as const satisfies Record<Exclude<Verification, 'genuine'>, keyof typeof INTAKE_LIVE_FAULTS>

function fault(status: 401 | 404, code: keyof typeof INTAKE_LIVE_FAULTS): HttpFault {
  return new HttpFault(status, code, { say: INTAKE_LIVE_FAULTS[code] })
}

/** Said when a delivery cannot be kept just now: the provider sends it again. */
export function notKeptNow(): Fault {
  return new Fault('unavailable', 'webhook.not-kept', {
    say: INTAKE_LIVE_FAULTS['webhook.not-kept'],
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
}

const RETRY_AFTER_SECONDS = 5
