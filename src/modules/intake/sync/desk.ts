import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType, Stream } from '../../../../connectors/contract.ts'
import { type Plan, type Staged, stagedStreams, type Track } from './plan.ts'
import { moveRun, type RunChange, type SyncRun } from './store-runs.ts'
import type { Syncing } from './syncing.ts'
import type { SyncWindow } from './window.ts'

// One step's place of work: the run that it claimed, its windows and its plan as they stand. Whatever it records carries
// its claim; when somebody else has claimed the run meanwhile, or a person cancelled it, nothing is recorded.

export type Desk = {
  readonly syncing: Syncing
  readonly connection: LiveConnection
  readonly run: SyncRun
  /** What the step began with: one moment for all that it plans. */
  readonly now: Instant
  readonly tracks: Map<DataType, Track>
  /** Windows that are open, and those of periods that are not closed. */
  readonly windows: Map<number, SyncWindow>
  /** Ends calls that hang when the step should be over. */
  readonly signal: AbortSignal
  /** True from the moment when only what was begun is to be finished. */
  isOver(): boolean
  /** True from the moment when not even that is. */
  isLate(): boolean
}

/** The claim is not ours any more. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost'
}

/** How long a claim holds from the last thing that was recorded under it. */
export const CLAIM_MS = 90_000

/** One transaction under the claim. `work` says what the run gained; repeated on a deadlock, like every transaction. */
export async function record<T>(
  desk: Desk,
  work: (tx: Tx, now: Instant) => Promise<{ readonly change: Omit<RunChange, 'movedAt'>; readonly result: T }>,
): Promise<T> {
  const { run, syncing } = desk
  const now = syncing.clock.now()
  const recorded = async (tx: Tx) => {
    const { change, result } = await work(tx, now)
    // Last, since the run's row makes the other windows of the step wait.
    const ours = await moveRun(tx, run, { ...change, movedAt: now, claimedUntil: instant(now + CLAIM_MS) })
    if (!ours) throw new ClaimLost()
    return result
  }
  return syncing.database.tenant(run.tenantId, recorded, { plans: 'kept' })
}

export function streamOf({ connection }: Desk, name: string): Stream {
  const stream = connection.live.pull.streams.find((one) => one.name === name)
  if (stream === undefined) throw new Error(`the connector has no stream ${name}`)
  return stream
}

export function stagedOf({ connection }: Desk, dataType: DataType): Staged[] {
  return stagedStreams(connection.live.pull.streams, [dataType])
}

/** The places that the run reads, sorted. */
export function locationsOf({ connection, run }: Pick<Desk, 'connection' | 'run'>): string[] {
  const chosen = [...connection.places.keys()].sort()
  return run.locations === null ? chosen : chosen.filter((location) => run.locations?.includes(location))
}

export function planOf(tracks: ReadonlyMap<DataType, Track>): Plan {
  return Object.fromEntries(tracks)
}
