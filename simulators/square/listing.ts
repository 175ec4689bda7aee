import { DAY_MS } from '../trade/calendar.ts'
import type { JsonObject } from './answer.ts'
import { type CursorState, cursorOf, readCursor } from './cursors.ts'
import { type Kept, mergedWalk, type Place, type Shelf } from './shelf.ts'
import type { Square } from './square.ts'

// One page of a list of orders, payments or refunds, with everything that can be odd about a page.

export type Question<T extends { readonly id: string }> = {
  /** The name of the call, for faults. */
  readonly call: string
  readonly shelves: readonly Shelf<T>[]
  /** The field it is sorted and cut by: `UPDATED_AT`. */
  readonly field: string
  readonly descending: boolean
  /** Epoch milliseconds, both inclusive; no `to` is the time of the first request. */
  readonly from: number | null
  readonly to: number | null
  readonly limit: number
  readonly cursor: string | undefined
  readonly matches: (value: T) => boolean
  /** What makes it this question and no other; a cursor serves no other. */
  readonly asked: JsonObject
}

export type Page<T extends { readonly id: string }> = {
  readonly records: readonly Kept<T>[]
  readonly cursor: string | null
}

/** So many records are looked at for a page at most: a page of rare things is short and has a cursor. */
const LOOKED_AT_FACTOR = 20

export function pageOf<T extends { readonly id: string }>(square: Square, question: Question<T>): Page<T> {
  const state = readCursor(square, question.asked, question.cursor, question.call)
  const end = state?.end ?? question.to ?? square.now()
  const { records, last, more } = collect(square, question, walkOf(square, question, state, end))
  const at = (place: Place) => cursorOf(square, question.asked, { after: place, end })
  const page = { records, cursor: more && last !== null ? at(last) : null }
  return oddPage(square, question, state, page, (record) => at(placeOf(question, record)))
}

/** The page as it comes when a fault of the day strikes it. */
function oddPage<T extends { readonly id: string }>(
  square: Square,
  question: Question<T>,
  state: CursorState | null,
  page: Page<T>,
  cursorAt: (record: Kept<T>) => string,
): Page<T> {
  const strikes = (name: string) => square.faults.strikes(name, question.call)
  const { records, cursor } = page
  const last = records.at(-1)
  const full = records.length === question.limit
  if (last === undefined) return page
  if (cursor === null) return full && strikes('full-last-page') ? { records, cursor: cursorAt(last) } : page
  if (full && strikes('clipped-page')) return { records, cursor: null }
  if (records.length > 1 && strikes('short-page')) {
    const half = records.slice(0, Math.ceil(records.length / 2))
    return { records: half, cursor: cursorAt(half.at(-1) ?? last) }
  }
  const repeated = state !== null && strikes('repeated-page') ? findKept(question, state.after.id) : null
  if (repeated === null || records.length < 2) return page
  const rest = records.slice(0, -1)
  return { records: [repeated, ...rest], cursor: cursorAt(rest.at(-1) ?? last) }
}

function walkOf<T extends { readonly id: string }>(
  square: Square,
  question: Question<T>,
  state: CursorState | null,
  end: number,
) {
  const { field, descending, shelves } = question
  const days = square.faults.valueWhileOn('short-horizon')
  const horizon = days === null ? Number.NEGATIVE_INFINITY : square.now() - days * DAY_MS
  const from = Math.max(question.from ?? Number.NEGATIVE_INFINITY, horizon)
  const walks = shelves.map((shelf) => shelf.walk(field, from, end, descending, state?.after ?? null))
  return mergedWalk(walks, descending)
}

function collect<T extends { readonly id: string }>(
  square: Square,
  question: Question<T>,
  walk: ReturnType<typeof mergedWalk<T>>,
): { records: Kept<T>[]; last: Place | null; more: boolean } {
  const records: Kept<T>[] = []
  const shownUntil = square.clock.now() - 1000 * (square.faults.valueWhileOn('list-lag') ?? 0)
  const lookedMax = question.limit * LOOKED_AT_FACTOR
  let last: Place | null = null
  let looked = 0
  for (; records.length < question.limit && looked < lookedMax; looked++) {
    const { value, done } = walk.next()
    if (done) return { records, last, more: false }
    last = { at: value.at, id: value.id }
    if (value.record.writtenAt > shownUntil || !question.matches(value.record.value)) continue
    if (!square.faults.strikes('missing-records', question.call)) records.push(value.record)
  }
  return { records, last, more: !walk.next().done }
}

function findKept<T extends { readonly id: string }>(question: Question<T>, id: string): Kept<T> | null {
  for (const shelf of question.shelves) {
    const record = shelf.get(id)
    if (record !== null) return record
  }
  return null
}

function placeOf<T extends { readonly id: string }>(question: Question<T>, record: Kept<T>): Place {
  for (const shelf of question.shelves) {
    const place = shelf.placeOf(question.field, record.value.id)
    if (place !== null) return place
  }
  throw new RangeError(`${record.value.id} stands in none of the lists that it came from.`)
}
