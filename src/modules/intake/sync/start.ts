import { Fault } from '#kernel/fault.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { announceStart } from './announce.ts'
import { batchesOf, positionKeys } from './batches.ts'
import { SYNC_FAULTS } from './faults.ts'
import { enqueueSync } from './jobs.ts'
import { hasMenu } from './menu.ts'
import { stagedStreams } from './plan.ts'
import { NEWS_EVERY_MS, nextNightlyAt } from './rhythm.ts'
import { beginPositions, listPositions, type Position } from './store-positions.ts'
import { insertRun, type NewRun, unfinishedRuns } from './store-runs.ts'
import { findSchedule, insertSchedule, updateSchedule } from './store-schedules.ts'
import { LANE_OF, type SyncMode } from './sync-states.ts'

// Beginning runs: by a person, by the hub's own rhythm, or because a connection has just been made.

export type SyncWish = {
  readonly mode: SyncMode
  readonly dataTypes: readonly DataType[]
  /** Null: all places that are chosen. */
  readonly locations?: readonly string[] | null
  readonly from: Instant | null
  readonly to: Instant | null
  readonly actor: string
  readonly requestId: string | null
}

/** The id of the new run; or of the one of its lane that is not finished yet. */
export type Started = { readonly kind: 'started' | 'running'; readonly id: Id }

/** Begins a run in the caller's transaction. Its first step is taken up as soon as that is committed. */
export async function startSync(tx: Tx, connection: LiveConnection, wish: SyncWish, now: Instant): Promise<Started> {
  const lane = LANE_OF[wish.mode]
  const run: NewRun = {
    tenantId: connection.tenantId,
    id: newId(),
    connectionId: connection.id,
    mode: wish.mode,
    lane,
    dataTypes: wish.dataTypes,
    locations: wish.locations ?? null,
    from: wish.from,
    to: wish.to ?? now,
    startedBy: wish.actor,
    requestId: wish.requestId,
    plan: {},
    createdAt: now,
  }
  if (!(await insertRun(tx, run))) {
    const running = (await unfinishedRuns(tx, run.tenantId, run.connectionId)).find((one) => one.lane === lane)
    // It ended between the two questions: the caller's transaction sees neither, so it is asked to try again.
    if (running === undefined) throw new Fault('unavailable', 'sync.running', { say: SYNC_FAULTS['sync.running'] })
    return { kind: 'running', id: running.id }
  }
  await enqueueSync(tx, run.id, lane)
  await announceStart(tx, run, now)
  return { kind: 'started', id: run.id }
}

/**
 * The first sync of a connection that was just made, in the transaction that makes it: from now on its news is followed,
 * its catalogue and the last two days are read at once, then its past, newest first. Calling it again begins nothing anew.
 */
export async function startFirstSync(
  tx: Tx,
  connection: LiveConnection,
  { actor, requestId, now }: { readonly actor: string; readonly requestId: string | null; readonly now: Instant },
): Promise<Started | null> {
  const { tenantId, id: connectionId } = connection
  const newsAt = instant(now + NEWS_EVERY_MS)
  const nightlyAt = await nextNightlyAt(tx, connection, now)
  // Where there is a menu, a person who has just connected the system waits to see it.
  const catalogAt = hasMenu(connection) ? now : newsAt
  const schedule = { tenantId, connectionId, newsAt, catalogAt, nightlyAt, pastAt: newsAt }
  await insertSchedule(tx, { ...schedule, pastTries: 0, catalogKinds: [] })
  await wake(tx, connection)
  await ensurePositions(tx, connection, now)
  return startBackfill(tx, connection, { actor, requestId, now })
}

/** A schedule that was put to sleep while nobody could sign in is due by its own times again. */
async function wake(tx: Tx, { tenantId, id }: LiveConnection): Promise<void> {
  const standing = await findSchedule(tx, tenantId, id, 'lock')
  if (standing !== null) await updateSchedule(tx, standing)
}

/** Places and streams that are followed from now on, where they are not yet. True when there were any. */
export async function ensurePositions(tx: Tx, connection: LiveConnection, now: Instant): Promise<boolean> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const known = new Set((await listPositions(tx, owner)).map(keyOf))
  const missing = wantedPositions(connection).filter((position) => !known.has(keyOf(position)))
  return missing.length > 0 && (await beginPositions(tx, owner, missing, now)) > 0
}

/** Every stream and place that a connection follows. */
export function wantedPositions(connection: LiveConnection): { readonly stream: string; readonly location: string }[] {
  const places = [...connection.places.keys()]
  return stagedStreams(connection.live.pull.streams, connection.dataTypes).flatMap(({ stream }) =>
    batchesOf(places, stream.locationsMax)
      .flatMap(positionKeys)
      .map((location) => ({ stream: stream.name, location })),
  )
}

/** Reads what of the past is not known yet, from where it is known on downwards. Null: nothing is missing. */
export async function startBackfill(
  tx: Tx,
  connection: LiveConnection,
  { actor, requestId, now }: { readonly actor: string; readonly requestId: string | null; readonly now: Instant },
): Promise<Started | null> {
  const missing = await missingPast(tx, connection)
  if (missing.length === 0) return null
  const streams = connection.live.pull.streams.filter(({ name }) => missing.some(({ stream }) => stream === name))
  const dataTypes = connection.dataTypes.filter((one) => streams.some(({ dataType }) => dataType === one))
  const places = [...new Set(missing.map(({ location }) => location))].filter((location) => location !== '')
  const frontier = missing.reduce((latest, { readFrom }) => Math.max(latest, readFrom), 0)
  const wish: SyncWish = {
    mode: 'backfill',
    dataTypes,
    // Where only some places lack their past, the others are left in peace.
    locations: places.length === 0 || places.length === connection.places.size ? null : places,
    from: null,
    to: instant(Math.min(frontier, now)),
    actor,
    requestId,
  }
  return startSync(tx, connection, wish, now)
}

/** Positions of followed streams and chosen places whose past is not read to its end. */
export async function missingPast(tx: Tx, connection: LiveConnection): Promise<Position[]> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const wanted = new Set(wantedPositions(connection).map(keyOf))
  const positions = await listPositions(tx, owner)
  return positions.filter((position) => wanted.has(keyOf(position)) && position.past === 'unfinished')
}

function keyOf({ stream, location }: { readonly stream: string; readonly location: string }): string {
  return `${stream} ${location}`
}
