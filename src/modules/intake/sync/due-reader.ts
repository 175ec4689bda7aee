import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { RecordRef, SourceRecord } from '../../../../connectors/contract.ts'
import { stepDueReads } from '../records/due-reads.ts'
import { keepRecords } from '../records/keep.ts'
import type { SeenRecord } from '../records/kept.ts'
import { type ClaimedRead, claimDueReads, connectionsWithDueReads, putOffDueReads } from './store-due-reads.ts'
import type { Syncing } from './syncing.ts'
import { runPauseMs, type Trouble, troubleOf } from './trouble.ts'

// Reads again what was missing or not settled. Not by jobs: a sale whose lines are not there yet is asked for after two
// seconds, and must not wait for a worker. Some connections at a time, each on its own, so that a slow provider holds up
// nobody else; what is due of one is asked for together.

export type DueReader = {
  /** Takes up connections that have something due, and does not wait for them. */
  tick(now: Instant): Promise<void>
  /** Answers when nothing is being read any more. */
  idle(): Promise<void>
  /** Takes up nothing more, ends what hangs, and waits for the rest. */
  stop(): Promise<void>
}

const CONNECTIONS_MAX = 8
const READS_MAX = 100
const CLAIM_MS = 120_000
/** The first three tries lie within a minute of the sale: somebody may be looking at it. */
const LIVE_STEPS = 3

type Owner = { readonly tenantId: TenantId; readonly connectionId: Id }

export function createDueReader(syncing: Syncing, report: (error: unknown) => void): DueReader {
  const stopping = new AbortController()
  const reading = new Map<Id, Promise<void>>()

  async function tick(now: Instant): Promise<void> {
    const free = CONNECTIONS_MAX - reading.size
    if (free <= 0 || stopping.signal.aborted) return
    const busy = [...reading.keys()]
    const due = await syncing.database.system((tx) => connectionsWithDueReads(tx, now, free, busy))
    for (const owner of due) {
      if (reading.has(owner.connectionId)) continue
      const work = readAll(syncing, owner, stopping.signal)
        .catch(report)
        .finally(() => reading.delete(owner.connectionId))
      reading.set(owner.connectionId, work)
    }
  }

  async function idle(): Promise<void> {
    while (reading.size > 0) await Promise.all(reading.values())
  }

  return {
    tick,
    idle,
    async stop() {
      stopping.abort()
      await idle()
    },
  }
}

/** Everything that is due of a connection now, some hundred at a time. */
async function readAll(syncing: Syncing, owner: Owner, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const now = syncing.clock.now()
    const claim = newId()
    const bounds = { now, until: instant(now + CLAIM_MS), limit: READS_MAX }
    const { connection, reads } = await syncing.database.tenant(owner.tenantId, async (tx) => ({
      connection: await syncing.findConnection(tx, { tenantId: owner.tenantId, id: owner.connectionId }),
      reads: await claimDueReads(tx, owner, claim, bounds),
    }))
    if (reads.length === 0) return
    if (connection === null || connection.state !== 'active') {
      await putOff(syncing, owner, claim, ASLEEP_MS)
      return
    }
    const isDone = await readClaimed(syncing, connection, claim, reads, signal)
    if (!isDone || reads.length < READS_MAX) return
  }
}

const ASLEEP_MS = 10 * 60_000

/** False when the provider could not be asked; then the reads were put off. */
async function readClaimed(
  syncing: Syncing,
  connection: LiveConnection,
  claim: Id,
  reads: readonly ClaimedRead[],
  signal: AbortSignal,
): Promise<boolean> {
  const owner: Owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const seenAt = syncing.clock.now()
  let found: readonly SourceRecord[]
  try {
    found = await fetchAll(syncing, connection, reads, signal)
  } catch (error) {
    const trouble = signal.aborted ? null : troubleOf(error)
    // Nothing is known of these reads, so none of them counts as a try.
    const isAway = trouble?.kind === 'wait' || trouble?.kind === 'later'
    await putOff(syncing, owner, claim, isAway ? runPauseMs(0, trouble.afterMs) : ASLEEP_MS)
    if (trouble === null && !signal.aborted) throw error
    return false
  }
  const sealer = await syncing.vault.tenant(connection.tenantId)
  const records = found.map((one): SeenRecord => ({ ...one, seenAt, from: 'fetch' }))
  const kept = async (tx: Tx) => {
    const now = syncing.clock.now()
    const origin = { actor: 'hub:due-reads', requestId: null, now }
    if (records.length > 0) await keepRecords(tx, { sealer }, connection, records, origin)
    return stepDueReads(tx, owner, claim, reads, found, now)
  }
  const stepped = await syncing.database.tenant(connection.tenantId, kept, { plans: 'kept' })
  syncing.meter.dueRead('kept', found.length)
  syncing.meter.dueRead('missing', reads.length - found.length)
  syncing.meter.dueRead('given_up', stepped.givenUp)
  return true
}

async function putOff(syncing: Syncing, owner: Owner, claim: Id, pauseMs: number): Promise<void> {
  const at = instant(syncing.clock.now() + pauseMs)
  await syncing.database.tenant(owner.tenantId, (tx) => putOffDueReads(tx, owner, claim, at))
  syncing.meter.dueRead('failed', 1)
}

async function fetchAll(
  syncing: Syncing,
  connection: LiveConnection,
  reads: readonly ClaimedRead[],
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  const found: SourceRecord[] = []
  for (const priority of ['live', 'repair'] as const) {
    const now = reads.filter(({ step }) => (step < LIVE_STEPS ? 'live' : 'repair') === priority)
    for (const batch of batchesByKind(connection, now)) {
      found.push(...(await fetchSome(syncing, connection, priority, batch, signal)))
    }
  }
  return found
}

/** Records by kind, each once, no more at a time than one call can ask for. */
function batchesByKind({ live }: LiveConnection, reads: readonly ClaimedRead[]): RecordRef[][] {
  const batches: RecordRef[][] = []
  for (const [kind, ofKind] of Map.groupBy(reads, (read) => read.kind)) {
    const ids = [...new Set(ofKind.map(({ id }) => id))]
    const max = Math.max(1, live.pull.fetchMax(kind))
    for (let at = 0; at < ids.length; at += max) batches.push(ids.slice(at, at + max).map((id) => ({ kind, id })))
  }
  return batches
}

/** One record that cannot be had must not keep the others of its call away: a call that fails is asked in halves. */
async function fetchSome(
  syncing: Syncing,
  connection: LiveConnection,
  priority: 'live' | 'repair',
  refs: readonly RecordRef[],
  signal: AbortSignal,
): Promise<readonly SourceRecord[]> {
  try {
    return await syncing.converse(connection, priority, (link) => connection.live.pull.fetch(link, refs), { signal })
  } catch (error) {
    if (signal.aborted || !concernsRecords(troubleOf(error))) throw error
    if (refs.length === 1) return []
    const middle = Math.ceil(refs.length / 2)
    const first = await fetchSome(syncing, connection, priority, refs.slice(0, middle), signal)
    return [...first, ...(await fetchSome(syncing, connection, priority, refs.slice(middle), signal))]
  }
}

function concernsRecords(trouble: Trouble | null): boolean {
  return trouble?.kind === 'window' || trouble?.kind === 'stream' || trouble?.kind === 'cursor'
}
