import { setMaxListeners } from 'node:events'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { CLAIM_MS, ClaimLost, type Desk } from './desk.ts'
import { readMenu } from './menu.ts'
import { planNews } from './news.ts'
import { openTracks } from './periods.ts'
import type { Track } from './plan.ts'
import { breakRun, type Ending, type StepOutcome, settleRun } from './settle.ts'
import { claimRun, type SyncRun } from './store-runs.ts'
import { workingWindows } from './store-windows.ts'
import type { Syncing } from './syncing.ts'
import { walk } from './walk.ts'

// One step of a run: a few seconds of work, then the run goes back to the queue behind everybody else's. So hundreds of
// connections share a few workers, and nobody's file waits for a year of receipts.

/** How long a step begins anything new. Machine time, since it measures work and not business. */
const STEP_MS = 5_000
/** How much longer it goes on asking for what pages in hand wait for. */
const FINISH_MS = 5_000
/** A call that hangs is cut off so long after that. */
const GRACE_MS = 30_000

export async function stepSync(
  syncing: Syncing,
  tenantId: TenantId,
  id: Id,
  options: { readonly signal?: AbortSignal; readonly stepMs?: number } = {},
): Promise<StepOutcome> {
  const now = syncing.clock.now()
  const run = await syncing.database.tenant(tenantId, (tx) => claimRun(tx, tenantId, id, now, instant(now + CLAIM_MS)))
  if (run === null) return 'elsewhere'
  const connection = await connectionOf(syncing, run)
  const ending = endingOf(connection)
  if (connection === null || ending !== null)
    return settleRun({ syncing, run, windows: new Map(), tracks: new Map() }, ending)
  const place = placeOfWork(syncing, connection, run, now, options)
  try {
    const desk = await laidOut(place.desk)
    return await settleRun(desk, (await readMenu(desk)) ?? (await walk(desk)))
  } catch (error) {
    if (error instanceof ClaimLost) return 'elsewhere'
    await breakRun(syncing, run)
    throw error
  } finally {
    place.clear()
  }
}

function connectionOf({ database, findConnection }: Syncing, run: SyncRun): Promise<LiveConnection | null> {
  const ref = { tenantId: run.tenantId, id: run.connectionId }
  return database.tenant(run.tenantId, (tx) => findConnection(tx, ref))
}

function endingOf(connection: LiveConnection | null): Ending | null {
  if (connection === null || connection.state === 'disconnected') return { kind: 'stop', code: 'sync.disconnected' }
  return connection.state === 'needs_sign_in' ? { kind: 'stop', code: 'sync.sign-in-needed' } : null
}

function placeOfWork(
  syncing: Syncing,
  connection: LiveConnection,
  run: SyncRun,
  now: Instant,
  { signal, stepMs = STEP_MS }: { readonly signal?: AbortSignal; readonly stepMs?: number },
): { desk: Desk; clear: () => void } {
  const overAt = performance.now() + stepMs
  const hanging = new AbortController()
  const timer = setTimeout(() => hanging.abort(), stepMs + GRACE_MS)
  const either = signal === undefined ? hanging.signal : AbortSignal.any([signal, hanging.signal])
  // Every call of the step listens to it.
  setMaxListeners(0, either)
  const desk: Desk = {
    syncing,
    connection,
    run,
    now,
    tracks: new Map(Object.entries(run.plan) as [DataType, Track][]),
    windows: new Map(),
    signal: either,
    isOver: () => performance.now() >= overAt || either.aborted,
    isLate: () => performance.now() >= overAt + FINISH_MS || either.aborted,
  }
  return { desk, clear: () => clearTimeout(timer) }
}

/** Reads what earlier steps left, or makes the first plan. */
async function laidOut(desk: Desk): Promise<Desk> {
  const { syncing, run, tracks, windows } = desk
  if (tracks.size === 0) {
    await (run.lane === 'past' ? openTracks(desk) : planNews(desk))
    return desk
  }
  const closed = new Map([...tracks].map(([dataType, track]) => [dataType, track.closed]))
  const found = await syncing.database.tenant(run.tenantId, (tx) => workingWindows(tx, run, closed))
  for (const window of found) windows.set(window.no, window)
  return desk
}
