import { instant } from '#kernel/instant.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { batchesOf, positionKeys } from './batches.ts'
import { rebuildCatalog } from './catalog.ts'
import { type Desk, locationsOf, planOf, record, stagedOf } from './desk.ts'
import { closePeriod, cutTrack, endOf, isPlanned, openTrack, type PastBounds, planPeriod, type Track } from './plan.ts'
import { EARLIEST } from './span.ts'
import { lowerReadFrom, type Past } from './store-positions.ts'
import { cutPeriod, insertWindows } from './store-windows.ts'
import { wantedFromOf } from './wanted.ts'

// The periods of a run that walks through the past: planned ahead of the work, closed in their order behind it. What is
// known of the past moves in the transaction that closes a period.

/** So many periods may be open at once: while one waits for its last window, the next ones are worked on. */
const OPEN_PERIODS_MAX = 3

export function boundsOf({ run, connection }: Desk): PastBounds {
  return { to: run.to, wantedFrom: run.from ?? wantedFromOf(connection), now: run.createdAt }
}

export async function openTracks(desk: Desk): Promise<void> {
  const tracks = desk.run.dataTypes.flatMap((dataType): [DataType, Track][] => {
    const staged = stagedOf(desk, dataType)
    return staged.length === 0 ? [] : [[dataType, openTrack(staged, boundsOf(desk))]]
  })
  await record(desk, async () => ({ change: { plan: planOf(new Map(tracks)) }, result: undefined }))
  for (const [dataType, track] of tracks) desk.tracks.set(dataType, track)
}

/** Closes what is finished, and plans more where less than `wanted` windows are ready. True when something was done. */
export async function tendPeriods(desk: Desk, readyCount: (desk: Desk) => number, wanted: number): Promise<void> {
  for (const [dataType, track] of [...desk.tracks]) await closeFinished(desk, dataType, track)
  for (const [dataType] of [...desk.tracks]) {
    for (;;) {
      const track = desk.tracks.get(dataType)
      if (track === undefined || isPlanned(track) || track.periods.length >= OPEN_PERIODS_MAX) break
      if (track.periods.length > 0 && readyCount(desk) >= wanted) break
      await planNext(desk, dataType, track)
      // A period may be empty of windows: then it is finished as it stands.
      await closeFinished(desk, dataType, desk.tracks.get(dataType) as Track)
    }
  }
}

async function planNext(desk: Desk, dataType: DataType, track: Track): Promise<void> {
  const planned = planPeriod(track, stagedOf(desk, dataType), locationsOf(desk), boundsOf(desk))
  const tracks = new Map(desk.tracks).set(dataType, planned.track)
  const made = await record(desk, async (tx) => ({
    change: { plan: planOf(tracks) },
    result: await insertWindows(tx, desk.run, planned.windows),
  }))
  desk.tracks.set(dataType, planned.track)
  for (const window of made) desk.windows.set(window.no, window)
}

async function closeFinished(desk: Desk, dataType: DataType, begun: Track): Promise<void> {
  let track = begun
  for (let period = track.periods[0]; period !== undefined; period = track.periods[0]) {
    const { round } = period
    const windows = [...desk.windows.values()].filter((one) => one.dataType === dataType && one.round === round)
    if (windows.some((window) => window.state === 'open')) return
    if (dataType === 'catalog' && windows.some((window) => window.records > 0)) await rebuildCatalog(desk)
    const closed = closePeriod(track, windows, stagedOf(desk, dataType))
    await recordClosed(desk, dataType, track, closed)
    for (const window of windows) desk.windows.delete(window.no)
    desk.tracks.set(dataType, closed)
    track = closed
  }
}

async function recordClosed(desk: Desk, dataType: DataType, before: Track, closed: Track): Promise<void> {
  const { run } = desk
  const tracks = new Map(desk.tracks).set(dataType, closed)
  await record(desk, async (tx) => {
    // A run that only reads what changed knows nothing of the past.
    if (run.lane === 'past') {
      for (const { stream } of stagedOf(desk, dataType)) {
        const isWhole = stream.backfillBy === 'whole'
        if (closed.holes.includes(stream.name) || isWhole !== (closed.closed === 0)) continue
        const end = endOf(stream, boundsOf(desk).wantedFrom, boundsOf(desk).now)
        const from = isWhole ? EARLIEST : instant(Math.max(closed.coveredFrom, end.at))
        // A range that a person asked for is not the end of the past.
        const isEnd = run.from === null && (isWhole || closed.coveredFrom <= end.at)
        const past: Past = !isEnd ? 'unfinished' : isWhole ? 'whole' : end.is
        const locations = batchesOf(locationsOf(desk), stream.locationsMax).flatMap(positionKeys)
        await lowerReadFrom(tx, run, { stream: stream.name, locations, from, to: before.coveredFrom, past })
      }
    }
    return { change: { plan: planOf(tracks) }, result: undefined }
  })
}

/** Makes a period begin at `from`. Nobody may be walking in its kind of data meanwhile. */
export async function cutAt(desk: Desk, dataType: DataType, round: number, from: Track['frontier']): Promise<void> {
  const track = desk.tracks.get(dataType)
  const period = track?.periods.find((one) => one.round === round)
  if (track === undefined || period === undefined || period.from >= from) return
  const cut = cutTrack(track, round, from)
  const tracks = new Map(desk.tracks).set(dataType, cut)
  await record(desk, async (tx) => {
    await cutPeriod(tx, desk.run, dataType, round, from)
    return { change: { plan: planOf(tracks) }, result: undefined }
  })
  desk.tracks.set(dataType, cut)
  for (const window of [...desk.windows.values()]) {
    if (window.dataType !== dataType || window.round < round) continue
    if (window.round > round) desk.windows.delete(window.no)
    else if (window.state === 'open' && window.from < from)
      desk.windows.set(window.no, { ...window, from, walkFrom: from, cursor: null, reachedAt: null })
  }
}
