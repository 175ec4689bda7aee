import { Fault } from '#kernel/fault.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Converse, LiveConnection } from '#modules/connections/live.ts'
import { CallFailed, Garbled, type RecordRef } from '../../../../connectors/contract.ts'
import type { SeenRecord } from '../records/kept.ts'
import { keyOf } from '../records/newest.ts'
import { INTAKE_LIVE_FAULTS } from './faults.ts'

// Fetching what deliveries only named. Each object is asked for once, however many deliveries speak of it, and as many in
// a call as the provider lets us. A call that is refused for good is cut in halves, until only what is refused is left.

/** Why an object could not be fetched. `later`: another try may help. */
export type Trouble = {
  readonly kind: 'later' | 'never'
  readonly code: keyof typeof INTAKE_LIVE_FAULTS
  readonly say: string
  readonly retryAfterMs: number | null
}

export type Fetched = {
  readonly records: readonly SeenRecord[]
  /** By the key of the object. What is neither here nor among the records, the provider does not know (yet). */
  readonly troubles: ReadonlyMap<string, Trouble>
}

export type Fetching = { readonly converse: Converse; readonly clock: Clock }

export async function fetchRefs(
  fetching: Fetching,
  connection: LiveConnection,
  refs: readonly RecordRef[],
): Promise<Fetched> {
  const once = [...new Map(refs.map((ref) => [keyOf(ref), ref])).values()]
  const batches = [...Map.groupBy(once, (ref) => ref.kind)].flatMap(([kind, some]) =>
    inBatches(some, connection.live.pull.fetchMax(kind)),
  )
  const parts = await Promise.all(batches.map((batch) => fetchBatch(fetching, connection, batch)))
  return {
    records: parts.flatMap((part) => part.records),
    troubles: new Map(parts.flatMap((part) => [...part.troubles])),
  }
}

async function fetchBatch(
  fetching: Fetching,
  connection: LiveConnection,
  batch: readonly RecordRef[],
): Promise<Fetched> {
  // Nothing that the answer holds is older than this.
  const seenAt: Instant = fetching.clock.now()
  try {
    const records = await fetching.converse(connection, 'live', (link) => connection.live.pull.fetch(link, batch))
    return { records: records.map((record) => ({ ...record, seenAt, from: 'fetch' as const })), troubles: new Map() }
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble === 'missing') return { records: [], troubles: new Map() }
    if (trouble.kind === 'later' || batch.length === 1) {
      return { records: [], troubles: new Map(batch.map((ref) => [keyOf(ref), trouble])) }
    }
    const middle = Math.ceil(batch.length / 2)
    const halves = [
      await fetchBatch(fetching, connection, batch.slice(0, middle)),
      await fetchBatch(fetching, connection, batch.slice(middle)),
    ]
    return {
      records: halves.flatMap((half) => half.records),
      troubles: new Map(halves.flatMap((half) => [...half.troubles])),
    }
  }
}

function troubleOf(error: unknown): Trouble | 'missing' {
  if (error instanceof CallFailed) return troubleOfCall(error.verdict)
  if (error instanceof Garbled) return trouble('never', 'webhook.garbled')
  if (error instanceof Fault && error.code === 'connections.disconnected')
    return trouble('never', 'webhook.disconnected')
  if (error instanceof Fault && error.code === 'connections.sign-in-needed') {
    return trouble('later', 'webhook.sign-in-needed')
  }
  // A breaker that is open, a budget that has no room, a database that is away.
  if (error instanceof Fault && (error.kind === 'unavailable' || error.kind === 'throttled')) {
    const { retryAfterSeconds } = error
    return trouble('later', 'webhook.provider-away', retryAfterSeconds === null ? null : retryAfterSeconds * 1_000)
  }
  throw error
}

function troubleOfCall(verdict: CallFailed['verdict']): Trouble | 'missing' {
  switch (verdict.kind) {
    case 'missing':
      return 'missing'
    case 'unauthorized':
      return trouble('later', 'webhook.sign-in-needed')
    case 'forbidden':
    case 'refused':
      return trouble('never', 'webhook.provider-refused')
    case 'garbled':
      return trouble('never', 'webhook.garbled')
    case 'throttled':
    case 'unavailable':
      return trouble('later', 'webhook.provider-away', verdict.retryAfterMs)
    default:
      return trouble('later', 'webhook.provider-away')
  }
}

function trouble(kind: Trouble['kind'], code: Trouble['code'], retryAfterMs: number | null = null): Trouble {
  return { kind, code, say: INTAKE_LIVE_FAULTS[code], retryAfterMs }
}

function inBatches(refs: readonly RecordRef[], most: number): RecordRef[][] {
  const batches: RecordRef[][] = []
  for (let from = 0; from < refs.length; from += most) batches.push(refs.slice(from, from + most))
  return batches
}
