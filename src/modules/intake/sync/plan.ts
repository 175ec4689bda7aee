import { type Instant, instant } from '#kernel/instant.ts'
import type { DataType, Stream } from '../../../../connectors/contract.ts'
import { type Batch, batchesOf } from './batches.ts'
import { EARLIEST, FIRST_SPAN_MS, nextSpan, periodFrom, SPAN_MIN_MS } from './span.ts'
import type { SyncWindow } from './window.ts'

// How a run walks through the past: in periods, newest first, one after the other below a frontier. A period is one window
// for every stream and batch of places. Periods may overlap in their work, but they are closed in their order, so that
// "known from here on" is one moment and has no holes above it.

/** Why the past ends where it does. */
export type PastEnd = 'wanted' | 'horizon' | 'exhausted'

/** How far one kind of data has come. Kept with the run as JSON: instants are milliseconds. */
export type Track = {
  /** Everything above it is planned. */
  readonly frontier: Instant
  /** Where to stop. */
  readonly end: Instant
  readonly endIs: PastEnd
  readonly spanMs: number
  /** The newest period that was planned, and the newest that is closed with all before it. */
  readonly round: number
  readonly closed: number
  /** Everything from here on is read; never below a period that is not closed. */
  readonly coveredFrom: Instant
  readonly emptyMs: number
  /** Periods that are planned and not closed, each with where it begins. */
  readonly periods: readonly { readonly round: number; readonly from: Instant }[]
  /** Streams of which a window failed: their coverage stays where it was. */
  readonly holes: readonly string[]
  /** Streams that may not be read: nothing more of them is planned. */
  readonly dropped: readonly string[]
}

export type Plan = { readonly [Data in DataType]?: Track }

/** A stream with its place among the connector's. */
export type Staged = { readonly stage: number; readonly stream: Stream }

export type NewWindow = Pick<SyncWindow, 'dataType' | 'round' | 'stage' | 'stream' | 'by' | 'from' | 'to' | 'locations'>

export function stagedStreams(streams: readonly Stream[], dataTypes: readonly DataType[]): Staged[] {
  return streams.flatMap((stream, stage) => (dataTypes.includes(stream.dataType) ? [{ stage, stream }] : []))
}

/** What the past of a kind of data is bounded by. */
export type PastBounds = { readonly to: Instant; readonly wantedFrom: Instant | null; readonly now: Instant }

export function openTrack(staged: readonly Staged[], { to, wantedFrom, now }: PastBounds): Track {
  const ends = staged.map(({ stream }) => endOf(stream, wantedFrom, now))
  const furthest = ends.reduce((a, b) => (b.at < a.at ? b : a), ends[0] ?? { at: EARLIEST, is: 'exhausted' as const })
  return {
    frontier: to,
    end: instant(Math.min(furthest.at, to)),
    endIs: furthest.is,
    spanMs: FIRST_SPAN_MS,
    round: -1,
    closed: -1,
    coveredFrom: to,
    emptyMs: 0,
    periods: [],
    holes: [],
    dropped: [],
  }
}

/** Where the past of a stream ends, and why. */
export function endOf(stream: Stream, wantedFrom: Instant | null, now: Instant): { at: Instant; is: PastEnd } {
  const horizon = stream.horizonMs === null ? null : instant(now - stream.horizonMs)
  if (wantedFrom !== null && (horizon === null || wantedFrom >= horizon)) return { at: wantedFrom, is: 'wanted' }
  return horizon === null ? { at: EARLIEST, is: 'exhausted' } : { at: horizon, is: 'horizon' }
}

export function isPlanned(track: Track): boolean {
  return track.round >= 0 && track.frontier <= track.end
}

export function isClosed(track: Track): boolean {
  return isPlanned(track) && track.closed === track.round
}

/**
 * The next period of a track, with its windows. The first, numbered 0, is what is read whole; it may be empty. Only of a
 * track that is not planned to its end.
 */
export function planPeriod(
  track: Track,
  staged: readonly Staged[],
  locations: readonly string[],
  bounds: PastBounds,
): { track: Track; windows: NewWindow[] } {
  const round = track.round + 1
  const isWhole = round === 0
  const readable = staged.filter(
    ({ stream }) => (stream.backfillBy === 'whole') === isWhole && !track.dropped.includes(stream.name),
  )
  const walked = staged.some(({ stream }) => stream.backfillBy !== 'whole')
  const to = track.frontier
  const from = isWhole ? EARLIEST : periodFrom(to, track.spanMs, track.end, track.emptyMs)
  const windows = readable.flatMap(({ stage, stream }) => {
    const end = endOf(stream, bounds.wantedFrom, bounds.now).at
    if (!isWhole && end >= to) return []
    const start = isWhole ? EARLIEST : instant(Math.max(from, end))
    const batches: Batch[] = batchesOf(locations, stream.locationsMax)
    return batches.map((batch) => ({
      dataType: stream.dataType,
      round,
      stage,
      stream: stream.name,
      by: stream.backfillBy,
      from: start,
      to,
      locations: batch,
    }))
  })
  // Where everything is read whole, or nothing may be read, there is no past to walk through.
  const goesOn = isWhole ? walked : readable.length > 0
  const frontier = goesOn ? (isWhole ? to : from) : track.end
  const periods = [...track.periods, { round, from: isWhole ? to : frontier }]
  return { track: { ...track, round, frontier, periods }, windows }
}

/** After a period was found to hold far too much: it begins at `from` now, and what was planned below it is not. */
export function cutTrack(track: Track, round: number, from: Instant): Track {
  const periods = track.periods
    .filter((period) => period.round <= round)
    .map((period) => (period.round === round ? { round, from } : period))
  const spanMs = Math.min(track.spanMs, Math.max(SPAN_MIN_MS, track.coveredFrom - from))
  return { ...track, round, frontier: from, periods, spanMs }
}

/** After the last window of the lowest open period was done or failed. `windows` are those of the period. */
export function closePeriod(track: Track, windows: readonly SyncWindow[], staged: readonly Staged[]): Track {
  const closed = track.closed + 1
  const [period, ...periods] = track.periods
  if (period?.round !== closed) throw new Error('periods are closed in their order')
  const failed = windows.filter((window) => window.state === 'failed').map((window) => window.stream)
  const holes = [...new Set([...track.holes, ...failed])]
  const after: Track = { ...track, closed, periods, holes, coveredFrom: period.from }
  if (closed === 0) return after
  const isEmpty = windows.every((window) => window.counted === 0)
  const length = track.coveredFrom - period.from
  return { ...after, spanMs: spanAfter(length, windows, staged), emptyMs: isEmpty ? track.emptyMs + length : 0 }
}

function spanAfter(spanMs: number, windows: readonly SyncWindow[], staged: readonly Staged[]): number {
  const densities = staged.map(({ stream }) => {
    const own = windows.filter((window) => window.stream === stream.name)
    const counted = own.reduce((sum, window) => sum + window.counted, 0)
    return own.length === 0 ? 0 : counted / stream.pageSizeMax / own.length
  })
  const isEmpty = windows.every((window) => window.counted === 0)
  return nextSpan(spanMs, { pagesPerWindow: Math.max(0, ...densities), isEmpty })
}

/**
 * Windows that may be worked on now, the next one first: periods in their order, and in a period whichever has come least
 * far, so that what belongs together is read at about the same time. `busy` are being worked on.
 */
export function readyWindows(
  windows: Iterable<SyncWindow>,
  busy: ReadonlySet<number>,
  now: Instant,
): readonly SyncWindow[] {
  const open = [...windows].filter((window) => window.state === 'open')
  // Sales name their articles better once the catalogue is there. One that fails does not keep them waiting.
  const catalogOpen = open.some((window) => window.dataType === 'catalog' && window.tries === 0)
  const ready = open.filter((window) => {
    if (window.dataType === 'sales' && catalogOpen) return false
    return !busy.has(window.no) && (window.dueAt === null || window.dueAt <= now)
  })
  return ready.sort(
    (a, b) =>
      // What failed goes last: where the next call decides whether the provider is thought to be well, it is a better one.
      a.tries - b.tries ||
      a.round - b.round ||
      (a.reachedAt ?? a.from) - (b.reachedAt ?? b.from) ||
      a.stage - b.stage ||
      a.no - b.no,
  )
}
