import { type Instant, instant } from '#kernel/instant.ts'
import type { Page, ProviderAnswer, Stream, Talk } from '../../../../connectors/contract.ts'
import type { SeenRecord } from '../records/kept.ts'
import { type Desk, streamOf } from './desk.ts'
import { SYNC_FAULTS } from './faults.ts'
import type { Leg } from './hand.ts'
import { cutFrom } from './span.ts'
import { type Trouble, troubleOf, windowPauseMs } from './trouble.ts'
import { turnOf } from './turn.ts'
import { askingOf, type SyncWindow, withoutCursor } from './window.ts'

// Asking for the next page of a window, and what comes of it. Nothing is recorded here.

export type Read =
  | {
      readonly kind: 'leg'
      readonly leg: Leg
      /** Its period holds far too much and should begin there. */
      readonly cut: Instant | null
    }
  /** It concerns more than the window. */
  | { readonly kind: 'trouble'; readonly leg: Leg; readonly trouble: RunTrouble }
  /** It was cut off since the step is over. */
  | { readonly kind: 'dropped' }

export type RunTrouble = Trouble & { readonly kind: 'wait' | 'stop' | 'stream' }

/** A cursor that is lost again and again without a page between is no bad luck any more. */
const CURSOR_LOSSES_MAX = 5

export async function readPage(desk: Desk, window: SyncWindow): Promise<Read> {
  const stream = streamOf(desk, window.stream)
  const calls = { count: 0 }
  const seenAt = desk.syncing.clock.now()
  try {
    const page = await ask(desk, stream, window, calls)
    desk.syncing.meter.page(desk.connection.posSystem, stream.name, page.records.length)
    return legOf(desk, stream, window, page, { seenAt, calls: calls.count })
  } catch (error) {
    if (desk.signal.aborted) return { kind: 'dropped' }
    const trouble = troubleOf(error)
    if (trouble === null) throw error
    return afterTrouble(desk, window, trouble, calls.count)
  }
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
function* counted<T>(talk: Talk<T>, calls: { count: number }): Talk<T> {
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

function legOf(
  desk: Desk,
  stream: Stream,
  window: SyncWindow,
  page: Page,
  facts: { readonly seenAt: Instant; readonly calls: number },
): Read {
  const records = page.records.map((one): SeenRecord => ({ ...one, seenAt: facts.seenAt, from: 'pull' }))
  const leg = { records, isPage: true, calls: facts.calls, failure: null }
  const turn = turnOf(window, stream.pageSizeMax, page)
  if (turn.kind === 'stuck') {
    const failure = { code: turn.code, say: SYNC_FAULTS[turn.code] }
    return { kind: 'leg', leg: { ...leg, window: { ...window, state: 'failed', cursor: null }, failure }, cut: null }
  }
  if (turn.kind === 'end') return { kind: 'leg', leg: { ...leg, window: { ...turn.window, state: 'done' } }, cut: null }
  return { kind: 'leg', leg: { ...leg, window: turn.window }, cut: cutOf(desk, window, page) }
}

/** By its first page, and by its second where the first came after a long time of nothing. */
const PAGES_LOOKED_AT = 2

function cutOf({ run }: Desk, before: SyncWindow, page: Page): Instant | null {
  if (run.lane !== 'past' || before.by === 'whole' || before.round < 1 || before.pages >= PAGES_LOOKED_AT) return null
  return page.lastAt === null ? null : cutFrom(before.reachedAt ?? before.from, page.lastAt, before.to)
}

function afterTrouble(desk: Desk, window: SyncWindow, trouble: Trouble, calls: number): Read {
  const leg = { records: [], isPage: false, calls }
  if (trouble.kind === 'wait' || trouble.kind === 'stop' || trouble.kind === 'stream') {
    return { kind: 'trouble', leg: { ...leg, window, failure: null }, trouble }
  }
  const tries = window.tries + 1
  if (trouble.kind === 'cursor' && tries <= CURSOR_LOSSES_MAX) {
    return { kind: 'leg', leg: { ...leg, window: { ...withoutCursor(window), tries }, failure: null }, cut: null }
  }
  const { code, say } = trouble.kind === 'cursor' ? CURSOR_GONE : trouble
  const isGivenUp = trouble.kind === 'cursor' || (trouble.kind === 'window' && tries >= trouble.triesMax)
  const pauseMs = Math.max(windowPauseMs(tries), (trouble.kind === 'later' ? trouble.afterMs : null) ?? 0)
  const dueAt = isGivenUp ? null : instant(desk.syncing.clock.now() + pauseMs)
  const put = { ...withoutCursor(window), tries, dueAt, state: isGivenUp ? 'failed' : 'open' } as const
  return { kind: 'leg', leg: { ...leg, window: put, failure: { code, say } }, cut: null }
}

const CURSOR_GONE = { code: 'sync.refused', say: SYNC_FAULTS['sync.refused'] } as const
