import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { keepRecords } from '../records/keep.ts'
import { type Kept, NOTHING_KEPT, type SeenRecord } from '../records/kept.ts'
import { positionKeys } from './batches.ts'
import { type Desk, record } from './desk.ts'
import type { Armful, Leg } from './hand.ts'
import { raiseReadTo } from './store-positions.ts'
import type { Tally } from './store-runs.ts'
import { addCatalogKinds } from './store-schedules.ts'
import { moveWindow } from './store-windows.ts'
import type { SyncWindow } from './window.ts'

// Keeping pages, some hundred records a transaction. The last transaction also says where the windows have come to, so
// that they are never ahead of what is kept.

/** Records of one transaction, so that none lasts long. */
const SLICE_MAX = 400
/** News of a longer time than that are not read at one go. */
const LONG_MS = 3_600_000

/**
 * Keeps an armful. `earlier` is what is being kept already, null when nothing is: windows are moved by what was taken first
 * first.
 */
export async function keepPages(
  desk: Desk,
  { legs, records }: Armful,
  earlier: Promise<unknown> | null,
): Promise<void> {
  const sealer = await desk.syncing.vault.tenant(desk.run.tenantId)
  const last = newestOfEach(legs)
  const walking = legs.some(({ window }) => isLong(desk, window))
  const keep = async (slice: readonly SeenRecord[], isLast: boolean) => {
    await record(desk, async (tx, now) => {
      if (isLast) await settleLegs(desk, tx, legs, last, now)
      const origin = { actor: 'job:intake.sync', requestId: desk.run.requestId, now, walking }
      const kept = slice.length === 0 ? NOTHING_KEPT : await keepRecords(tx, { sealer }, desk.connection, slice, origin)
      const add = { ...tallyOf(kept), records: slice.length, ...(isLast ? tallyOfLegs(legs, last) : {}) }
      return { change: { add, isWell: legs.some(({ isPage }) => isPage) }, result: undefined }
    })
  }
  const slices = slicesOf(records)
  for (const slice of slices.slice(0, -1)) await keep(slice, false)
  const end = slices.at(-1) ?? []
  if (earlier === null) await keep(end, true)
  else {
    if (end.length > 0) await keep(end, false)
    await earlier
    await keep([], true)
  }
  for (const { window } of last) desk.windows.set(window.no, window)
}

/** Whether what a reading still lacks will come with the walk itself: then nobody needs to fetch it in two seconds. */
function isLong({ run }: Desk, window: SyncWindow): boolean {
  return run.lane === 'past' || window.to - window.from > LONG_MS
}

/** Where each window has come to in the end. */
function newestOfEach(legs: readonly Leg[]): readonly Leg[] {
  return [...new Map(legs.map((leg) => [leg.window.no, leg])).values()]
}

async function settleLegs(desk: Desk, tx: Tx, legs: readonly Leg[], last: readonly Leg[], now: Instant): Promise<void> {
  const { tenantId, connectionId } = desk.run
  const kinds = legs.flatMap(({ window, records }) =>
    window.dataType === 'catalog' ? records.map(({ kind }) => kind) : [],
  )
  if (kinds.length > 0) await addCatalogKinds(tx, tenantId, connectionId, [...new Set(kinds)])
  for (const { window, failure } of last) {
    // A window that was cut away meanwhile is gone; what its page said is kept all the same.
    const isThere = await moveWindow(tx, desk.run, window, now, failure)
    if (!isThere || window.state !== 'done' || window.by !== 'updated') continue
    const locations = positionKeys(window.locations)
    await raiseReadTo(tx, { tenantId, connectionId }, { ...window, locations }, now)
  }
}

/** Some hundred records each; those of one subject are kept together. One empty slice where there is no record. */
function slicesOf(records: readonly SeenRecord[]): readonly (readonly SeenRecord[])[] {
  const groups = new Map<string, SeenRecord[]>()
  for (const [index, record] of records.entries()) {
    const key = record.subjects.find((subject) => groups.has(subject)) ?? record.subjects[0] ?? `loose ${index}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [record])
    else group.push(record)
  }
  const slices: SeenRecord[][] = [[]]
  for (const group of groups.values()) {
    let slice = slices.at(-1) as SeenRecord[]
    if (slice.length > 0 && slice.length + group.length > SLICE_MAX) {
      slice = []
      slices.push(slice)
    }
    slice.push(...group)
  }
  return slices
}

function tallyOfLegs(legs: readonly Leg[], last: readonly Leg[]): Partial<Tally> {
  const pages = legs.filter(({ isPage }) => isPage)
  return {
    pages: pages.length,
    calls: legs.reduce((sum, { calls }) => sum + calls, 0),
    windowsDone: last.filter(({ window }) => window.state === 'done').length,
    windowsFailed: last.filter(({ window }) => window.state === 'failed').length,
  }
}

/** What was kept, as a run counts it. */
function tallyOf(kept: Kept): Partial<Tally> {
  return {
    created: kept.created,
    updated: kept.updated,
    unchanged: kept.unchanged,
    late: kept.late,
    refundsCreated: kept.refundsCreated,
    refundsUpdated: kept.refundsUpdated,
    refundsUnchanged: kept.refundsUnchanged,
    failed: kept.quarantined,
    unplaced: kept.unplaced,
  }
}
