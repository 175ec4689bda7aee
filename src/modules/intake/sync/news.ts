import { type Instant, instant } from '#kernel/instant.ts'
import type { DataType } from '../../../../connectors/contract.ts'
import { type Batch, batchesOf, positionKeys } from './batches.ts'
import { type Desk, locationsOf, planOf, record, stagedOf } from './desk.ts'
import type { NewWindow, Staged, Track } from './plan.ts'
import { listPositions, type Position } from './store-positions.ts'
import { insertWindows } from './store-windows.ts'

// What changed since it was last looked, and what may have appeared late: one window a stream and batch of places, by the
// time of change. It begins an overlap before the least watermark of its places; the watermark follows when it is read to
// its end, and not before.

export async function planNews(desk: Desk): Promise<void> {
  const { run } = desk
  const tracks = new Map<DataType, Track>()
  const made = await record(desk, async (tx) => {
    const positions = await listPositions(tx, run)
    tracks.clear()
    const windows = run.dataTypes.flatMap((dataType) => {
      const planned = stagedOf(desk, dataType).flatMap((staged) => windowsOf(desk, staged, positions))
      if (planned.length > 0) tracks.set(dataType, newsTrack(desk, planned))
      return planned
    })
    return { change: { plan: planOf(tracks) }, result: await insertWindows(tx, run, windows) }
  })
  for (const [dataType, track] of tracks) desk.tracks.set(dataType, track)
  for (const window of made) desk.windows.set(window.no, window)
}

function windowsOf(desk: Desk, { stage, stream }: Staged, positions: readonly Position[]): NewWindow[] {
  const { run } = desk
  if (run.mode === 'nightly' && stream.lateMs === 0) return []
  return batchesOf(locationsOf(desk), stream.locationsMax).map((locations) => ({
    dataType: stream.dataType,
    round: 0,
    stage,
    stream: stream.name,
    by: 'updated',
    from: fromOf(desk, { stage, stream }, locations, positions),
    to: run.to,
    locations,
  }))
}

function fromOf({ run }: Desk, { stream }: Staged, batch: Batch, positions: readonly Position[]): Instant {
  if (run.from !== null) return run.from
  if (run.mode === 'nightly') return instant(run.to - stream.lateMs)
  const keys = positionKeys(batch)
  const known = positions.filter(({ stream: name, location }) => name === stream.name && keys.includes(location))
  const readTo = known.reduce((least, position) => Math.min(least, position.readTo), run.to as number)
  return instant(readTo - stream.overlapMs)
}

/** One period and nothing below it. */
function newsTrack({ run }: Desk, windows: readonly NewWindow[]): Track {
  const from = windows.reduce((least, window) => (window.from < least ? window.from : least), run.to)
  return {
    frontier: from,
    end: from,
    endIs: 'wanted',
    spanMs: run.to - from,
    round: 0,
    closed: -1,
    coveredFrom: run.to,
    emptyMs: 0,
    periods: [{ round: 0, from }],
    holes: [],
    dropped: [],
  }
}
