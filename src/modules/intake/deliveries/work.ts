import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import { type Clock, type Instant, instant } from '#kernel/instant.ts'
import type { ConnectionRef, Converse, LiveConnection } from '#modules/connections/live.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Sealer, Vault } from '#platform/vault/vault.ts'
import type { ItemAvailability, RecordRef, WebhookReading } from '../../../../connectors/contract.ts'
import { putDownMissing } from '../records/due-reads.ts'
import { keepRecords } from '../records/keep.ts'
import { type Kept, NOTHING_KEPT, type SeenRecord, WEBHOOK_AGE_MS } from '../records/kept.ts'
import { keyOf } from '../records/newest.ts'
import { rereadSubjects } from '../records/reread.ts'
import { deliveryPlace, openBody } from '../records/sealed-body.ts'
import { availabilityEvents } from '../records/tell-of-orders.ts'
import { articlesMeant } from './articles-meant.ts'
import { type ClaimedDelivery, type Ending, RETRY_PAUSES_MS } from './delivery.ts'
import { INTAKE_LIVE_FAULTS } from './faults.ts'
import { type Fetched, fetchRefs, type Trouble } from './fetch-refs.ts'
import type { DeliveryMetrics } from './metrics.ts'
import { unreadable } from './receive.ts'
import { type Claimer, type Ended, endDeliveries, type Put, putOffDeliveries } from './store-deliveries.ts'

// Working at some claimed deliveries of one connection together: read them, fetch what they only name, keep all of it and
// put down how each ended, in one transaction. Facts and endings are committed together or not at all, and only while the
// claim holds; so nothing is lost by a crash at any point, and nothing is done twice. While a connection's transaction is
// under way, whatever else of it is ready gathers for the next one.

export type Signal = NonNullable<WebhookReading['signal']>

export type WorkDesk = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly vault: Vault
  readonly converse: Converse
  readonly metrics: DeliveryMetrics
  readonly claimer: Claimer
  /** Null when there is none. May be remembered for a moment. */
  findLive(ref: ConnectionRef): Promise<LiveConnection | null>
  /** Something was said that is not for us: the sign-in was revoked, places or the catalogue changed. Repeatable. */
  signalled(connection: LiveConnection, signal: Signal): Promise<void>
  /** Facts of places that are not the connection's, by the provider's ids. */
  unplaced(connection: LiveConnection, locations: readonly string[]): Promise<void>
  /** Commits the work together with whatever else of its connection is ready, by `commitWorks`. */
  commit(work: Work): Promise<Kept>
}

/** Never throws: what goes wrong is put down with the deliveries, or their claims end by themselves. */
export async function workAt(
  desk: WorkDesk,
  ref: ConnectionRef,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  try {
    const connection = await desk.findLive(ref)
    if (connection === null || connection.state === 'disconnected')
      await endAll(desk, ref, deliveries, endingOf('ignored', 'webhook.disconnected'))
    else await workWith(desk, connection, deliveries)
  } catch (error) {
    await recover(desk, ref, deliveries, error)
  }
}

async function workWith(
  desk: WorkDesk,
  connection: LiveConnection,
  deliveries: readonly ClaimedDelivery[],
): Promise<void> {
  const sealer = await desk.vault.tenant(connection.tenantId)
  const read = deliveries.map((delivery) => ({ delivery, reading: readAgain(connection, sealer, delivery) }))
  const signals = new Set(read.flatMap(({ reading }) => reading?.signal ?? []))
  for (const signal of signals) await desk.signalled(connection, signal)
  const fetched = await fetchRefs(
    desk,
    connection,
    read.flatMap(({ reading }) => reading?.fetch ?? []),
  )
  const now = desk.clock.now()
  const judged = read.map((one) => judge(one, fetched, now))
  const records = [...read.flatMap(broughtRecords), ...fetched.records]
  const availability = read.flatMap(({ reading }) => reading?.availability ?? [])
  const missing = missingOf(read, fetched)
  const kept = await desk.commit({ connection, sealer, judged, records, missing, availability })
  note(desk, connection, judged)
  if (kept.unplacedLocations.length > 0) await desk.unplaced(connection, kept.unplacedLocations)
}

type Read = { readonly delivery: ClaimedDelivery; readonly reading: WebhookReading | null }

/** Null when it cannot be read, which the receiver found out already; it may be so again after an update. */
function readAgain({ live, id }: LiveConnection, sealer: Sealer, delivery: ClaimedDelivery): WebhookReading | null {
  if ('reading' in delivery.content) return delivery.content.reading
  try {
    return (
      live.webhooks?.read(
        openBody(sealer, delivery.content.sealed, deliveryPlace(id, delivery.eventKey)),
        delivery.receivedAt,
      ) ?? null
    )
  } catch (error) {
    if (error instanceof Fault) throw error
    return null
  }
}

function broughtRecords({ delivery, reading }: Read): SeenRecord[] {
  const seenAt = instant(delivery.receivedAt - WEBHOOK_AGE_MS)
  return (reading?.records ?? []).map((record) => ({ ...record, seenAt, from: 'webhook' }))
}

/** What was asked for in vain. */
function missingOf(read: readonly Read[], fetched: Fetched): RecordRef[] {
  const here = new Set(fetched.records.map(keyOf))
  const refs = read.flatMap(({ reading }) => reading?.fetch ?? [])
  return refs.filter((ref) => !here.has(keyOf(ref)) && !fetched.troubles.has(keyOf(ref)))
}

/** What is to become of a delivery. */
type Judged = { readonly ended: Ended } | { readonly put: Put }

function judge({ delivery, reading }: Read, fetched: Fetched, now: Instant): Judged {
  if (reading === null) return { ended: { delivery, ending: unreadable(), subjects: [] } }
  const troubles = reading.fetch.flatMap((ref) => fetched.troubles.get(keyOf(ref)) ?? [])
  const later = troubles.find(({ kind }) => kind === 'later')
  if (later !== undefined) return putOff(delivery, later, now)
  const named = new Set(reading.fetch.map(keyOf))
  const found = fetched.records.filter((record) => named.has(keyOf(record)))
  const subjects = [...new Set([...reading.records, ...found].flatMap((record) => record.subjects))].sort()
  const [never] = troubles
  if (never !== undefined) return { ended: { delivery, ending: { outcome: 'failed', ...never }, subjects } }
  const isShort = new Set(found.map(keyOf)).size < named.size
  const isEmpty = isShort && found.length + reading.records.length === 0
  const ending = isShort
    ? endingOf(isEmpty ? 'ignored' : 'processed', 'webhook.record-missing')
    : reading.ignored === null
      ? { outcome: 'processed' as const, code: null, say: null }
      : { outcome: 'ignored' as const, code: null, say: reading.ignored }
  return { ended: { delivery, ending, subjects } }
}

function putOff(delivery: ClaimedDelivery, { code, say, retryAfterMs }: Omit<Trouble, 'kind'>, now: Instant): Judged {
  const pause = RETRY_PAUSES_MS[delivery.attempts - 1]
  if (pause === undefined) return { ended: { delivery, ending: { outcome: 'failed', code, say }, subjects: [] } }
  return { put: { delivery, dueAt: instant(now + Math.max(pause, retryAfterMs ?? 0)), code, say } }
}

function endingOf(outcome: Ending['outcome'], code: keyof typeof INTAKE_LIVE_FAULTS): Ending {
  return { outcome, code, say: INTAKE_LIVE_FAULTS[code] }
}

/** Everything that is known of some deliveries, ready to be put down. */
export type Work = {
  readonly connection: LiveConnection
  readonly sealer: Sealer
  readonly judged: readonly Judged[]
  readonly records: readonly SeenRecord[]
  readonly missing: readonly RecordRef[]
  /** What is sold out, or there again. */
  readonly availability: readonly ItemAvailability[]
}

/** A claim that ran out while we worked: somebody else works at these now. */
class ClaimLost extends Error {
  override readonly name = 'ClaimLost'
  readonly left: ReadonlySet<Id>

  constructor(left: ReadonlySet<Id>) {
    super('the claim on a delivery ran out')
    this.left = left
  }
}

/**
 * Puts down works of one connection in one transaction. The first answer counts all of it, the others nothing. Throws
 * what the database throws, and when a claim was lost; nothing is committed then.
 */
export async function commitWorks(
  { database, clock, claimer }: Pick<WorkDesk, 'database' | 'clock' | 'claimer'>,
  works: readonly Work[],
): Promise<readonly Kept[]> {
  const [first] = works
  if (first === undefined) return []
  const { connection, sealer } = first
  const now = clock.now()
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const origin = { actor: `provider:${connection.posSystem}`, requestId: null, now }
  const judged = works.flatMap((work) => work.judged)
  const ended = judged.flatMap((one) => ('ended' in one ? one.ended : []))
  const put = judged.flatMap((one) => ('put' in one ? one.put : []))
  const missing = works.flatMap((work) => work.missing)
  const records = works.flatMap((work) => work.records)
  const kept = await database.tenant(
    connection.tenantId,
    async (tx) => {
      const done = await endDeliveries(tx, claimer, ended, now)
      const released = await putOffDeliveries(tx, claimer, put)
      if (done.size + released.size < judged.length) throw new ClaimLost(new Set([...done, ...released]))
      if (missing.length > 0) await putDownMissing(tx, owner, missing, now)
      const all = await keepRecords(tx, { sealer }, connection, records, origin)
      const again = ended
        .filter(({ delivery }) => delivery.again)
        .flatMap(({ subjects }) => subjects.filter((subject) => !all.subjects.includes(subject)))
      if (again.length > 0) await rereadSubjects(tx, { sealer }, connection, again, origin)
      const said = works.flatMap((work) => work.availability)
      const told = await articlesMeant(tx, connection, said)
      await appendEvents(tx, connection.tenantId, availabilityEvents({ ...owner, ...origin }, told))
      return all
    },
    { plans: 'kept' },
  )
  return works.map((_, index) => (index === 0 ? kept : NOTHING_KEPT))
}

function note(desk: WorkDesk, { posSystem }: LiveConnection, judged: readonly Judged[]): void {
  const now = desk.clock.now()
  for (const one of judged) {
    const { delivery } = 'ended' in one ? one.ended : one.put
    const outcome = 'ended' in one ? one.ended.ending.outcome : 'put_off'
    desk.metrics.ended(posSystem, outcome, Math.max(0, now - delivery.receivedAt) / 1_000)
  }
}

async function endAll(
  desk: WorkDesk,
  { tenantId }: ConnectionRef,
  deliveries: readonly ClaimedDelivery[],
  ending: Ending,
): Promise<void> {
  const ended = deliveries.map((delivery): Ended => ({ delivery, ending, subjects: [] }))
  const now = desk.clock.now()
  await desk.database.tenant(tenantId, (tx) => endDeliveries(tx, desk.claimer, ended, now))
}

async function recover(
  desk: WorkDesk,
  ref: ConnectionRef,
  deliveries: readonly ClaimedDelivery[],
  error: unknown,
): Promise<void> {
  if (error instanceof ClaimLost) {
    const left = deliveries.filter(({ id }) => error.left.has(id))
    if (left.length > 0) await workAt(desk, ref, left)
    return
  }
  // Nothing can be put down while the database is away: the claims run out, and then they are claimed anew.
  if (error instanceof Fault && error.kind === 'unavailable') return
  if (deliveries.length > 1) {
    for (const one of deliveries) await workAt(desk, ref, [one])
    return
  }
  const [delivery] = deliveries
  if (delivery === undefined) return
  desk.log.error({ delivery_id: delivery.id, err: error }, 'working at a delivery broke')
  const broken = { code: 'webhook.broken', say: INTAKE_LIVE_FAULTS['webhook.broken'], retryAfterMs: null } as const
  const judged = putOff(delivery, broken, desk.clock.now())
  await desk.database
    .tenant(ref.tenantId, async (tx) => {
      if ('put' in judged) await putOffDeliveries(tx, desk.claimer, [judged.put])
      else await endDeliveries(tx, desk.claimer, [judged.ended], desk.clock.now())
    })
    .catch(() => undefined)
}
