import { type Instant, instant } from '#kernel/instant.ts'
import { isClosed, type Track } from './plan.ts'
import type { SyncRun } from './store-runs.ts'
import { isUnfinished } from './sync-states.ts'

// How far a run has come. Days are known where the past has an end that is known; calls that remain and the time left
// follow from what the days that are read have cost.

export type Progress = {
  /** `days`: of the past. `windows`: of a run that reads what changed. */
  readonly unit: 'days' | 'windows'
  readonly done: number
  /** Null where nobody knows how far back the past goes. */
  readonly total: number | null
  /** Everything from here on is read; null where a run does not walk through the past. */
  readonly coveredFrom: Instant | null
  readonly recordsPerSecond: number | null
  readonly callsLeft: number | null
  readonly secondsLeft: number | null
}

const DAY_MS = 86_400_000

export function progressOf(run: SyncRun, windowsOpen: number): Progress {
  const { calls, records, windowsDone, windowsFailed } = run.tally
  const seconds = run.startedAt === null ? 0 : Math.max(0, (run.movedAt - run.startedAt) / 1000)
  const recordsPerSecond = seconds > 0 ? records / seconds : null
  const track = leading(run)
  if (run.lane !== 'past' || track === null) {
    const done = windowsDone + windowsFailed
    const total = Object.keys(run.plan).length === 0 ? null : done + windowsOpen
    const left = estimate({ calls, seconds, done, total: isUnfinished(run.state) ? total : done })
    return { unit: 'windows', done, total, coveredFrom: null, recordsPerSecond, ...left }
  }
  const done = (run.to - track.coveredFrom) / DAY_MS
  const isKnown = track.endIs !== 'exhausted' || isClosed(track)
  const total = isKnown ? (run.to - track.end) / DAY_MS : null
  const left = estimate({ calls, seconds, done, total: isUnfinished(run.state) ? total : done })
  return { unit: 'days', done, total, coveredFrom: instant(track.coveredFrom), recordsPerSecond, ...left }
}

/** The kind of data that a person waits for: sales, where they are among it. */
function leading(run: SyncRun): Track | null {
  return run.plan.sales ?? run.dataTypes.flatMap((dataType) => run.plan[dataType] ?? [])[0] ?? null
}

function estimate(so: { calls: number; seconds: number; done: number; total: number | null }) {
  if (so.total === null || so.done <= 0) return { callsLeft: null, secondsLeft: null }
  const share = Math.max(0, so.total - so.done) / so.done
  return {
    callsLeft: Math.round(so.calls * share),
    secondsLeft: so.seconds > 0 ? Math.round(so.seconds * share) : null,
  }
}
