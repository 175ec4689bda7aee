import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import type { SourceRecord } from '../../../../connectors/contract.ts'
import { turnOf } from './turn.ts'
import { askingOf, type SyncWindow, withoutCursor } from './window.ts'

const START = Date.UTC(2026, 0, 1)
const PAGE = 5

type Thing = { readonly id: number; readonly at: number }

const window: SyncWindow = {
  no: 1,
  dataType: 'sales',
  round: 1,
  stage: 0,
  stream: 'receipts',
  by: 'created',
  from: instant(START),
  to: instant(START + 1_000),
  locations: ['L1'],
  state: 'open',
  walkFrom: instant(START),
  cursor: null,
  reachedAt: null,
  pages: 0,
  records: 0,
  counted: 0,
  tries: 0,
  dueAt: null,
}

const record = (id: number): SourceRecord => ({
  kind: 'receipt',
  id: String(id),
  body: '{}',
  version: { version: null, updatedAt: null },
  location: 'L1',
  subjects: [],
  deleted: false,
})

/** A provider's list: risen by time, cut into pages; at some turns it clips (no next page named) or forgets its cursor. */
function walk(things: readonly Thing[], clips: readonly boolean[], forgets: readonly boolean[]) {
  const seen = new Set<number>()
  let at = window
  for (let turn = 0; turn < 500; turn++) {
    if (at.cursor !== null && forgets[turn] === true) {
      at = withoutCursor(at)
      continue
    }
    const { from, to } = askingOf(at)
    const list = things.filter((thing) => thing.at >= from && thing.at <= to).sort((a, b) => a.at - b.at || a.id - b.id)
    const offset = at.cursor === null ? 0 : Number(at.cursor)
    const shown = list.slice(offset, offset + PAGE)
    const more = offset + PAGE < list.length && clips[turn] !== true
    for (const { id } of shown) seen.add(id)
    const result = turnOf(at, PAGE, {
      records: shown.map(({ id }) => record(id)),
      next: more ? String(offset + PAGE) : null,
      lastAt: shown.length === 0 ? null : instant(shown.at(-1)?.at ?? 0),
      count: shown.length,
    })
    if (result.kind !== 'go-on') return { seen, end: result }
    at = result.window
  }
  throw new Error('the walk does not end')
}

const things = fc.uniqueArray(fc.record({ id: fc.nat(10_000), at: fc.integer({ min: START, max: START + 1_000 }) }), {
  selector: ({ id }) => id,
  maxLength: 60,
})
const accidents = fc.array(fc.boolean(), { maxLength: 40 })

test('a walk sees everything, though pages are clipped and cursors forgotten, or says that it cannot', () => {
  fc.assert(
    fc.property(things, accidents, accidents, (list, clips, forgets) => {
      const { seen, end } = walk(list, clips, forgets)
      if (end.kind === 'end') {
        expect(seen.size).toBe(list.length)
      } else {
        expect(end).toEqual({ kind: 'stuck', code: 'sync.page-clipped' })
        const together = list.map((one) => list.filter((other) => other.at === one.at).length)
        expect(Math.max(...together)).toBeGreaterThanOrEqual(PAGE)
      }
    }),
    { numRuns: 500 },
  )
})

test('a last page that is exactly full is asked again and is the end when nothing more comes', () => {
  const exactly = Array.from({ length: PAGE * 2 }, (_, id) => ({ id, at: START + id }))
  const { seen, end } = walk(exactly, [], [])
  expect(seen.size).toBe(PAGE * 2)
  expect(end.kind).toBe('end')
})

test('a page full of one instant without a next page is a loud failure and not an end', () => {
  const atOnce = Array.from({ length: PAGE + 1 }, (_, id) => ({ id, at: START + 7 }))
  expect(walk(atOnce, [true, true, true], []).end).toEqual({ kind: 'stuck', code: 'sync.page-clipped' })
})

test('a page that names itself as the next one is a failure and not a circle', () => {
  const page = { records: [], next: 'c', lastAt: null, count: PAGE }
  expect(turnOf({ ...window, cursor: 'c' }, PAGE, page)).toEqual({ kind: 'stuck', code: 'sync.page-repeats' })
})

test('where pages do not rise by a time, a full last page is the end: the connector answers for it', () => {
  const full = { records: [], next: null, lastAt: null, count: PAGE }
  expect(turnOf({ ...window, by: 'whole', cursor: 'c' }, PAGE, full)).toMatchObject({ kind: 'end' })
})

test('a full last page of a list that is read whole is read on by what changed, where it says when', () => {
  const full = { records: [], next: null, lastAt: instant(START + 9), count: PAGE }
  const turn = turnOf({ ...window, by: 'whole', cursor: 'c' }, PAGE, full)
  expect(turn).toMatchObject({ kind: 'go-on', window: { by: 'updated', cursor: null, walkFrom: START + 9 } })
})
