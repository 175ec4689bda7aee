import { type Instant, instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { announce } from './announce.ts'
import { type Desk, planOf, record } from './desk.ts'
import { SYNC_FAULTS, type SyncFaultCode } from './faults.ts'
import { enqueueSync } from './jobs.ts'
import { isClosed, readyWindows } from './plan.ts'
import { type Release, releaseRun, type SyncRun, triesOf } from './store-runs.ts'
import { findSchedule, updateSchedule } from './store-schedules.ts'
import { failStream, firstFailure, openTrouble } from './store-windows.ts'
import type { Syncing } from './syncing.ts'
import { runPauseMs, type Trouble } from './trouble.ts'
import type { SyncWindow } from './window.ts'

// How a step gives its run back: to the queue, to wait, or ended. What follows from it (the next job, the next look at the
// past, the event) is of the same transaction.

export type StepOutcome = 'more' | 'waiting' | 'ended' | 'elsewhere'

/** Why a step ended before its time. */
export type Ending =
  | (Trouble & { readonly kind: 'wait' })
  | { readonly kind: 'stop'; readonly code: SyncFaultCode; readonly say?: string }

type Place = Pick<Desk, 'syncing' | 'run' | 'windows' | 'tracks'>

export async function settleRun(place: Place, ending: Ending | null): Promise<StepOutcome> {
  const { syncing, run } = place
  const now = syncing.clock.now()
  const release = await syncing.database.tenant(run.tenantId, async (tx) => {
    const release = await releaseOf(tx, place, ending, now)
    const after = await releaseRun(tx, run, release)
    if (after === null) return null
    if (after.finishedAt !== null) await afterEnd(tx, after, now)
    else if (after.state === 'queued') await enqueueSync(tx, run.id, run.lane)
    await announce(tx, after, now)
    return release
  })
  if (release === null) return 'elsewhere'
  if (release.state === 'queued') return 'more'
  if (release.state === 'waiting') return 'waiting'
  syncing.meter.ended(run.mode, release.state)
  return 'ended'
}

async function releaseOf(tx: Tx, place: Place, ending: Ending | null, now: Instant): Promise<Release> {
  const { run, windows, tracks } = place
  const tries = await triesOf(tx, run)
  const still: Release = { state: 'queued', error: null, dueAt: null, tries, throttled: 0, now }
  if (ending?.kind === 'stop') {
    return { ...still, state: 'failed', error: { code: ending.code, say: ending.say ?? SYNC_FAULTS[ending.code] } }
  }
  if (ending?.kind === 'wait') {
    const { code, say, afterMs } = ending
    const dueAt = instant(now + runPauseMs(tries, afterMs))
    const throttled = code === 'sync.throttled' ? 1 : 0
    return { ...still, state: 'waiting', error: { code, say }, dueAt, tries: tries + 1, throttled }
  }
  const waiting = [...windows.values()].filter((window) => window.state === 'open')
  if (waiting.length > 0) {
    if (readyWindows(waiting, new Set(), now).length > 0) return still
    // Everything that is left is put off, or waits for something that is.
    const dueAt = Math.min(...waiting.flatMap((window) => window.dueAt ?? []))
    return { ...still, state: 'waiting', error: await openTrouble(tx, run), dueAt: instant(dueAt) }
  }
  if (![...tracks.values()].every(isClosed)) return still
  const failure = await firstFailure(tx, run)
  return { ...still, state: failure === null ? 'done' : 'partial', error: failure }
}

/** A stream that may not be read: its windows fail with the permission that is missing, and no more of it is planned. */
export async function dropStream(desk: Desk, window: SyncWindow, trouble: Trouble & { kind: 'stream' }): Promise<void> {
  const { stream, dataType } = window
  const track = desk.tracks.get(dataType)
  if (track === undefined) return
  const dropped = { ...track, dropped: [...new Set([...track.dropped, stream])] }
  const tracks = new Map(desk.tracks).set(dataType, dropped)
  await record(desk, async (tx, now) => {
    const failed = await failStream(tx, desk.run, stream, { code: trouble.code, say: trouble.say }, now)
    return { change: { plan: planOf(tracks), add: { windowsFailed: failed } }, result: undefined }
  })
  desk.tracks.set(dataType, dropped)
  for (const one of desk.windows.values()) {
    if (one.stream === stream && one.state === 'open') desk.windows.set(one.no, { ...one, state: 'failed' })
  }
}

const PAST_PAUSE_MS = 3_600_000
const DAY_MS = 24 * PAST_PAUSE_MS

/** What an ended run leaves to be done: a past that is not finished is taken up again, later and later. */
async function afterEnd(tx: Tx, run: SyncRun, now: Instant): Promise<void> {
  if (run.lane !== 'past') return
  const schedule = await findSchedule(tx, run.tenantId, run.connectionId, 'lock')
  if (schedule === null) return
  const pastTries = run.state === 'done' ? 0 : schedule.pastTries + 1
  const pauseMs = Math.min(PAST_PAUSE_MS * 2 ** Math.min(pastTries - 1, 10), DAY_MS)
  // Whoever looks next sees whether something of the past is left. After a lost sign-in that is whenever it is back.
  const isAtOnce = run.state === 'done' || run.errorCode === 'sync.sign-in-needed'
  const pastAt = isAtOnce ? now : instant(now + pauseMs)
  await updateSchedule(tx, { ...schedule, pastTries, pastAt })
}

/** Failures that are ours in a row, after which a run is given up. */
const BREAKS_MAX = 8

/** After a mistake of ours, or of the database: it is tried again later, and not for ever. */
export async function breakRun(syncing: Syncing, run: SyncRun): Promise<void> {
  const now = syncing.clock.now()
  const error = { code: 'sync.broken', say: SYNC_FAULTS['sync.broken'] }
  try {
    await syncing.database.tenant(run.tenantId, async (tx) => {
      const tries = (await triesOf(tx, run)) + 1
      const isGivenUp = tries >= BREAKS_MAX
      const dueAt = isGivenUp ? null : instant(now + runPauseMs(tries - 1, null))
      const state = isGivenUp ? 'failed' : 'waiting'
      const after = await releaseRun(tx, run, { state, error, dueAt, tries, throttled: 0, now })
      if (after === null) return
      if (after.finishedAt !== null) await afterEnd(tx, after, now)
      await announce(tx, after, now)
    })
  } catch {
    // The database is away, so nothing can be written down; the claim runs out by itself and the run is taken up again.
  }
}
