import { z } from 'zod'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Coverage } from './coverage.ts'
import { progressOf } from './progress.ts'
import type { SyncRun } from './store-runs.ts'
import type { Schedule } from './store-schedules.ts'
import type { ToldWindow, WindowsStanding } from './store-windows.ts'
import { SYNC_MODES, SYNC_STATES } from './sync-states.ts'

const time = z.string().meta({ format: 'date-time' })
export const wireDataType = z.enum(['sales', 'catalog', 'inventory', 'customers'])
const wirePast = z.enum(['unfinished', 'whole', 'wanted', 'horizon', 'exhausted']).meta({
  description:
    'Why the past goes no further back: it is `unfinished`, as far as `wanted`, at the system’s own `horizon`, ' +
    '`exhausted` (there is nothing older), or the data are always read `whole`',
})
const wireError = z.strictObject({ code: z.string(), detail: z.string() })

export const wireSync = z
  .strictObject({
    id: z.string(),
    connection_id: z.string(),
    mode: z.enum(SYNC_MODES),
    data_types: z.array(wireDataType),
    from: time.nullable().meta({ description: 'As it was asked for; null: as far as is needed' }),
    to: time,
    state: z.enum(SYNC_STATES),
    started_by: z.string(),
    progress: z.strictObject({
      unit: z.enum(['days', 'windows']).meta({ description: 'Days of the past, or stretches of what changed' }),
      done: z.number(),
      total: z.number().nullable().meta({ description: 'Null where nobody knows how far back the past goes' }),
      covered_from: time.nullable().meta({ description: 'Everything from here on is read' }),
      records_per_second: z.number().nullable(),
      calls_left: z.int().nullable(),
      seconds_left: z.int().nullable(),
    }),
    counts: z.strictObject({
      created: z.int(),
      updated: z.int(),
      unchanged: z.int(),
      late: z.int().meta({ description: 'Older than what stood; kept as history' }),
      failed: z.int().meta({ description: 'Could not be read; kept as they came' }),
      unplaced: z.int().meta({ description: 'Of places that were not chosen' }),
      refunds_created: z.int(),
      refunds_updated: z.int(),
      refunds_unchanged: z.int(),
      articles_created: z.int(),
      articles_updated: z.int(),
      articles_unchanged: z.int(),
    }),
    pages: z.int(),
    records: z.int(),
    calls: z.int(),
    throttled: z.int().meta({ description: 'How often it put itself off since the system had enough' }),
    windows_done: z.int(),
    windows_failed: z.int(),
    error: wireError.nullable(),
    due_at: time.nullable().meta({ description: 'When a waiting one goes on' }),
    created_at: time,
    started_at: time.nullable(),
    moved_at: time,
    finished_at: time.nullable(),
  })
  .meta({ id: 'Sync' })

export type WireSync = z.output<typeof wireSync>

export function syncToWire(run: SyncRun, windows: WindowsStanding): WireSync {
  const progress = progressOf(run, windows)
  const { tally } = run
  return {
    id: run.id,
    connection_id: run.connectionId,
    mode: run.mode,
    data_types: [...run.dataTypes],
    from: textOf(run.from),
    to: instantText(run.to),
    state: run.state,
    started_by: run.startedBy,
    progress: {
      unit: progress.unit,
      done: rounded(progress.done),
      total: progress.total === null ? null : rounded(progress.total),
      covered_from: textOf(progress.coveredFrom),
      records_per_second: progress.recordsPerSecond === null ? null : rounded(progress.recordsPerSecond),
      calls_left: progress.callsLeft,
      seconds_left: progress.secondsLeft,
    },
    counts: {
      created: tally.created,
      updated: tally.updated,
      unchanged: tally.unchanged,
      late: tally.late,
      failed: tally.failed,
      unplaced: tally.unplaced,
      refunds_created: tally.refundsCreated,
      refunds_updated: tally.refundsUpdated,
      refunds_unchanged: tally.refundsUnchanged,
      articles_created: tally.articlesCreated,
      articles_updated: tally.articlesUpdated,
      articles_unchanged: tally.articlesUnchanged,
    },
    pages: tally.pages,
    records: tally.records,
    calls: tally.calls,
    throttled: run.throttled,
    windows_done: tally.windowsDone,
    windows_failed: tally.windowsFailed,
    error: run.errorCode === null ? null : { code: run.errorCode, detail: run.error ?? '' },
    due_at: textOf(run.dueAt),
    created_at: instantText(run.createdAt),
    started_at: textOf(run.startedAt),
    moved_at: instantText(run.movedAt),
    finished_at: textOf(run.finishedAt),
  }
}

export const wireWindow = z.strictObject({
  no: z.int(),
  data_type: wireDataType,
  stream: z.string(),
  period: z.int().meta({ description: 'Counted from the newest; 0 is what is read whole or what changed' }),
  by: z.enum(['created', 'updated', 'whole']),
  from: time,
  to: time,
  reached: time.nullable().meta({ description: 'Everything up to here is read' }),
  locations: z.array(z.string()).nullable().meta({ description: 'The system’s places; null: the whole account' }),
  state: z.enum(['open', 'done', 'failed']),
  pages: z.int(),
  records: z.int(),
  tries: z.int().meta({ description: 'Failures in a row' }),
  due_at: time.nullable(),
  error: wireError.nullable(),
  begun_at: time.nullable(),
  finished_at: time.nullable(),
})

export function windowToWire(window: ToldWindow): z.output<typeof wireWindow> {
  const { failure } = window
  return {
    no: window.no,
    data_type: window.dataType,
    stream: window.stream,
    period: window.round,
    by: window.by,
    from: instantText(window.from),
    to: instantText(window.to),
    reached: textOf(window.reachedAt),
    locations: window.locations === null ? null : [...window.locations],
    state: window.state,
    pages: window.pages,
    records: window.records,
    tries: window.tries,
    due_at: textOf(window.dueAt),
    error: failure === null ? null : { code: failure.code, detail: failure.say },
    begun_at: textOf(window.begunAt),
    finished_at: textOf(window.finishedAt),
  }
}

export const wireCoverage = z.strictObject({
  data_type: wireDataType,
  from: time.nullable().meta({ description: 'Everything from here on is read, at every place' }),
  to: time.nullable().meta({ description: 'Everything that changed until then is known' }),
  past: wirePast,
  horizon: time.nullable().meta({ description: 'The system shows nothing older, by its own rule' }),
  unfinished: z.array(
    z.strictObject({
      stream: z.string(),
      location: z.string().nullable().meta({ description: 'The system’s place; null: the whole account' }),
      from: time,
    }),
  ),
})

export function coverageToWire(coverage: Coverage): z.output<typeof wireCoverage> {
  return {
    data_type: coverage.dataType,
    from: textOf(coverage.from),
    to: textOf(coverage.to),
    past: coverage.past,
    horizon: textOf(coverage.horizon),
    unfinished: coverage.unfinished.map(({ stream, location, from }) => ({
      stream,
      location: location === '' ? null : location,
      from: instantText(from),
    })),
  }
}

export const wireNext = z.strictObject({
  news: time,
  catalog: time,
  nightly: time,
  past: time.nullable().meta({ description: 'When a past that is not finished is taken up again' }),
})

export function scheduleToWire(schedule: Schedule): z.output<typeof wireNext> {
  return {
    news: instantText(schedule.newsAt),
    catalog: instantText(schedule.catalogAt),
    nightly: instantText(schedule.nightlyAt),
    past: textOf(schedule.pastAt),
  }
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
