import { type Instant, instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Page, ProviderAnswer, SourceRecord, Stream, Talk } from '../../../../connectors/contract.ts'
import { keepRecords } from '../records/keep.ts'
import { type Kept, NOTHING_KEPT, type SeenRecord } from '../records/kept.ts'
import { positionKeys } from './batches.ts'
import { type Desk, record, streamOf } from './desk.ts'
import { SYNC_FAULTS } from './faults.ts'
import { cutFrom } from './span.ts'
import { raiseReadTo } from './store-positions.ts'
import type { Tally } from './store-runs.ts'
import { addCatalogKinds } from './store-schedules.ts'
import { moveWindow, type WindowFailure } from './store-windows.ts'
import { type Trouble, troubleOf, windowPauseMs } from './trouble.ts'
import { turnOf } from './turn.ts'
import { askingOf, type SyncWindow, withoutCursor } from './window.ts'

// Walking one window: a page is asked for, what it says is kept, and the last transaction of the page also says where the
// window has come to. A walk that is killed is therefore never ahead of what is kept, and repeats one page at most.

export type WalkEnd =
  /** Read to its end, failed for good, cut off by somebody, or put off: nothing more to do in this step. */
  | { readonly kind: 'rested' }
  /** The step is over; the window goes on in the next one. */
  | { readonly kind: 'paused' }
  /** Its period holds far too much and should begin at `from`. */
  | { readonly kind: 'cut'; readonly from: Instant }
  /** It concerns more than the window. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble & { readonly kind: 'wait' | 'stop' | 'stream' } }

/** Records of one transaction, so that none lasts long. */
const SLICE_MAX = 200
/** News of a longer time than that are not read at one go. */
const LONG_MS = 3_600_000
/** A cursor that is lost again and again without a page between is no bad luck any more. */
const CURSOR_LOSSES_MAX = 5

export async function walkWindow(desk: Desk, begun: SyncWindow): Promise<WalkEnd> {
  let window = begun
  while (!desk.isOver()) {
    const stream = streamOf(desk, window.stream)
    const calls = { count: 0 }
    const seenAt = desk.syncing.clock.now()
    let page: Page
    try {
      page = await ask(desk, stream, window, calls)
    } catch (error) {
      if (desk.signal.aborted) return { kind: 'paused' }
      const trouble = troubleOf(error)
      if (trouble === null) throw error
      if (trouble.kind === 'cursor' && window.tries < CURSOR_LOSSES_MAX) {
        window = { ...withoutCursor(window), tries: window.tries + 1 }
        await writeDown(desk, window, null, calls.count)
        continue
      }
      return handle(desk, window, trouble, calls.count)
    }
    const turn = turnOf(window, stream.pageSizeMax, page)
    if (turn.kind === 'stuck') {
      const failure = { code: turn.code, say: SYNC_FAULTS[turn.code] }
      await keepPage(desk, { ...window, state: 'failed', cursor: null }, page, { seenAt, calls: calls.count, failure })
      return { kind: 'rested' }
    }
    const before = window
    window = turn.kind === 'end' ? { ...turn.window, state: 'done' } : turn.window
    await keepPage(desk, window, page, { seenAt, calls: calls.count, failure: null })
    desk.syncing.meter.page(desk.connection.posSystem, stream.name, page.records.length)
    if (window.state === 'done') return { kind: 'rested' }
    const from = cutOf(desk, before, page)
    if (from !== null) return { kind: 'cut', from }
  }
  return { kind: 'paused' }
}

function ask(desk: Desk, stream: Stream, window: SyncWindow, calls: { count: number }): Promise<Page> {
  const priority = desk.run.lane === 'past' ? 'backfill' : 'repair'
  return desk.syncing.converse(
    desk.connection,
    priority,
    (link) => counted(stream.page(link, askingOf(window), window.cursor), calls),
    { signal: desk.signal },
  )
}

/** The same talk, its calls counted. */
export function* counted<T>(talk: Talk<T>, calls: { count: number }): Talk<T> {
  let step = talk.next()
  while (!step.done) {
    calls.count++
    let answer: ProviderAnswer
    try {
      answer = yield step.value
    } catch (error) {
      step = talk.throw(error)
      continue
    }
    step = talk.next(answer)
  }
  return step.value
}

/** By its first page, and by its second where the first came after a long time of nothing. */
const PAGES_LOOKED_AT = 2

function cutOf({ run }: Desk, before: SyncWindow, page: Page): Instant | null {
  if (run.lane !== 'past' || before.by === 'whole' || before.round < 1 || before.pages >= PAGES_LOOKED_AT) return null
  return page.lastAt === null ? null : cutFrom(before.reachedAt ?? before.from, page.lastAt, before.to)
}

type PageFacts = { readonly seenAt: Instant; readonly calls: number; readonly failure: WindowFailure | null }

/** Keeps a page, a few hundred records a transaction; the last one also moves the window to where the page leads. */
async function keepPage(desk: Desk, window: SyncWindow, page: Page, facts: PageFacts): Promise<void> {
  const { syncing, connection, run } = desk
  const sealer = await syncing.vault.tenant(run.tenantId)
  const slices = slicesOf(page.records)
  for (const [index, slice] of slices.entries()) {
    const seen = slice.map((one): SeenRecord => ({ ...one, seenAt: facts.seenAt, from: 'pull' }))
    const isLast = index === slices.length - 1
    await record(desk, async (tx, now) => {
      if (isLast) await settlePage(desk, tx, window, page.records, facts.failure, now)
      const walking = isLong(desk, window)
      const origin = { actor: 'job:intake.sync', requestId: run.requestId, now, walking }
      const kept = seen.length === 0 ? NOTHING_KEPT : await keepRecords(tx, { sealer }, connection, seen, origin)
      const pageTally = isLast ? tallyOfPage(window, page, facts.calls) : {}
      return { change: { add: { ...tallyOf(kept), ...pageTally }, isWell: true }, result: undefined }
    })
  }
  desk.windows.set(window.no, window)
}

/** Whether what a reading still lacks will come with the walk itself: then nobody needs to fetch it in two seconds. */
function isLong({ run }: Desk, window: SyncWindow): boolean {
  return run.lane === 'past' || window.to - window.from > LONG_MS
}

async function settlePage(
  desk: Desk,
  tx: Tx,
  window: SyncWindow,
  records: readonly SourceRecord[],
  failure: WindowFailure | null,
  now: Instant,
): Promise<void> {
  const { tenantId, connectionId } = desk.run
  // A window that was cut away meanwhile is gone; what its page said is kept all the same.
  const isThere = await moveWindow(tx, desk.run, window, now, failure)
  if (window.dataType === 'catalog' && records.length > 0) {
    await addCatalogKinds(tx, tenantId, connectionId, [...new Set(records.map(({ kind }) => kind))])
  }
  if (isThere && window.state === 'done' && window.by === 'updated') {
    const locations = positionKeys(window.locations)
    await raiseReadTo(tx, { tenantId, connectionId }, { ...window, locations }, now)
  }
}

/** Where a window has come to without a page. */
async function writeDown(desk: Desk, window: SyncWindow, failure: WindowFailure | null, calls: number): Promise<void> {
  const add = { calls, windowsFailed: window.state === 'failed' ? 1 : 0 }
  await record(desk, async (tx, now) => {
    await moveWindow(tx, desk.run, window, now, failure)
    return { change: { add }, result: undefined }
  })
  desk.windows.set(window.no, window)
}

async function handle(desk: Desk, window: SyncWindow, trouble: Trouble, calls: number): Promise<WalkEnd> {
  if (trouble.kind === 'wait' || trouble.kind === 'stop' || trouble.kind === 'stream') {
    await writeDown(desk, window, null, calls)
    return { kind: 'trouble', trouble }
  }
  const tries = window.tries + 1
  const { code, say } = trouble.kind === 'cursor' ? CURSOR_GONE : trouble
  const isGivenUp = trouble.kind === 'cursor' || (trouble.kind === 'window' && tries >= trouble.triesMax)
  const pauseMs = Math.max(windowPauseMs(tries), (trouble.kind === 'later' ? trouble.afterMs : null) ?? 0)
  const dueAt = isGivenUp ? null : instant(desk.syncing.clock.now() + pauseMs)
  const put = { ...withoutCursor(window), tries, dueAt, state: isGivenUp ? 'failed' : 'open' } as const
  await writeDown(desk, put, { code, say }, calls)
  return { kind: 'rested' }
}

const CURSOR_GONE = { code: 'sync.refused', say: SYNC_FAULTS['sync.refused'] } as const

function slicesOf(records: readonly SourceRecord[]): (readonly SourceRecord[])[] {
  const count = Math.max(1, Math.ceil(records.length / SLICE_MAX))
  return Array.from({ length: count }, (_, index) => records.slice(index * SLICE_MAX, (index + 1) * SLICE_MAX))
}

function tallyOfPage(window: SyncWindow, page: Page, calls: number): Partial<Tally> {
  return {
    pages: 1,
    records: page.records.length,
    calls,
    windowsDone: window.state === 'done' ? 1 : 0,
    windowsFailed: window.state === 'failed' ? 1 : 0,
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
