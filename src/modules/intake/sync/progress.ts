import { type Instant, instant } from '#kernel/instant.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { isClosed, type Track } from './plan.ts'
import type { SyncRun } from './store-runs.ts'
import type { WindowsStanding } from './store-windows.ts'
import { isUnfinished } from './sync-states.ts'

// How far a run has come. Days are known where the past has an end that is known; calls that remain and the time left
// follow from what the days that are read have cost. A period that is being read counts by the share of it that is.

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

export function progressOf(run: SyncRun, windows: WindowsStanding): Progress {
  const { calls, records, windowsDone, windowsFailed } = run.tally
  const seconds = run.startedAt === null ? 0 : Math.max(0, (run.movedAt - run.startedAt) / 1000)
  const recordsPerSecond = seconds > 0 ? records / seconds : null
  const dataType = leading(run)
  const track = dataType === undefined ? undefined : run.plan[dataType]
  if (run.lane !== 'past' || track === undefined) {
    const done = windowsDone + windowsFailed
    const total = Object.keys(run.plan).length === 0 ? null : done + windows.open
    const left = estimate({ calls, seconds, done, total: isUnfinished(run.state) ? total : done })
    return { unit: 'windows', done, total, coveredFrom: null, recordsPerSecond, ...left }
  }
  const shares = new Map(
    windows.periods.flatMap((one) => (one.dataType === dataType ? [[one.round, one.share] as const] : [])),
  )
  const done = (run.to - track.coveredFrom + readInside(track, shares)) / DAY_MS
  const isKnown = track.endIs !== 'exhausted' || isClosed(track)
  const total = isKnown ? (run.to - track.end) / DAY_MS : null
  const left = estimate({ calls, seconds, done, total: isUnfinished(run.state) ? total : done })
  return { unit: 'days', done, total, coveredFrom: instant(track.coveredFrom), recordsPerSecond, ...left }
}

/** Of the newest period that is still being read, what of it is, in milliseconds. Those below it count when it is closed. */
function readInside({ coveredFrom, periods: [period] }: Track, shares: ReadonlyMap<number, number>): number {
  return period === undefined ? 0 : (coveredFrom - period.from) * (shares.get(period.round) ?? 0)
}

/** The kind of data that a person waits for: sales, where they are among it. */
function leading({ plan, dataTypes }: SyncRun): DataType | undefined {
  return plan.sales === undefined ? dataTypes.find((dataType) => plan[dataType] !== undefined) : 'sales'
}

function estimate(so: { calls: number; seconds: number; done: number; total: number | null }) {
  if (so.total === null || so.done <= 0) return { callsLeft: null, secondsLeft: null }
  const share = Math.max(0, so.total - so.done) / so.done
  return {
    callsLeft: Math.round(so.calls * share),
    secondsLeft: so.seconds > 0 ? Math.round(so.seconds * share) : null,
  }
}
