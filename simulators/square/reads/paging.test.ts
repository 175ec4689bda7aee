import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Switchboard } from '../../stage/faults.ts'
import type { JsonObject } from '../answer.ts'
import type { Call } from '../endpoint.ts'
import { SQUARE_FAULTS } from '../faults.ts'
import { SquareRefusal } from '../refusal.ts'
import { pageOf } from './paging.ts'

const faults = new Switchboard(SQUARE_FAULTS)

/** A call as far as paging looks at it. */
function callWith(body: JsonObject): Call {
  return { params: {}, query: {}, body, headers: {}, now: 0, square: { faults } } as unknown as Call
}

function walk(list: () => readonly string[], limit: number, between: () => void): string[] {
  const seen: string[] = []
  for (let cursor: JsonObject = {}; ; ) {
    const paged = pageOf(callWith({ filter: 'all', ...cursor }), 'things.list', list(), limit, (entry) => entry)
    seen.push(...paged.page)
    if (paged.cursor.cursor === undefined) return seen
    cursor = { cursor: paged.cursor.cursor }
    between()
  }
}

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { maxLength: 40 }).map((list) => list.sort())

test('pages of any size come to the whole, in order, without an empty one at the end', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 12 }), (list, limit) => {
      let pages = 1
      expect(
        walk(
          () => list,
          limit,
          () => pages++,
        ),
      ).toEqual(list)
      expect(pages).toBe(Math.max(1, Math.ceil(list.length / limit)))
    }),
  )
})

test('what comes and goes between two pages neither repeats nor hides anything that stays', () => {
  fc.assert(
    fc.property(names, names, names, fc.integer({ min: 1, max: 5 }), (stays, goes, comes, limit) => {
      const going = goes.filter((name) => !stays.includes(name))
      const coming = comes.filter((name) => !stays.includes(name) && !goes.includes(name))
      let list = [...stays, ...going].sort()
      let turn = 0
      const seen = walk(
        () => list,
        limit,
        () => {
          const gone = going[turn]
          const come = coming.slice(turn, turn + 1)
          list = [...list.filter((name) => name !== gone), ...come].sort()
          turn++
        },
      )
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen).toEqual(expect.arrayContaining([...stays]))
    }),
  )
})

test('a cursor serves the request that it was given to and no other', () => {
  const list = ['a', 'b', 'c']
  const { cursor } = pageOf(callWith({ filter: 'all' }), 'things.list', list, 1, (entry) => entry)
  const again = (body: JsonObject) => () => pageOf(callWith(body), 'things.list', list, 1, (entry) => entry)
  expect(again({ filter: 'all', ...cursor })().page).toEqual(['b'])
  expect(again({ filter: 'some', ...cursor })).toThrow(SquareRefusal)
  for (const garbled of ['', 'x', 'bm90IGpzb24', 7, { of: 'mine' }]) {
    expect(again({ filter: 'all', cursor: garbled })).toThrow(SquareRefusal)
  }
})

test('a clipped page has no cursor, a repeated one begins with the last entry, an expired cursor is refused', () => {
  const list = ['a', 'b', 'c', 'd']
  const page = (body: JsonObject) => pageOf(callWith(body), 'things.list', list, 2, (entry) => entry)
  const first = page({})
  faults.set({ name: 'clipped-page', on: true, times: 1, calls: ['things'] })
  expect(page({})).toEqual({ page: ['a', 'b'], cursor: {} })
  faults.set({ name: 'repeated-page', on: true, times: 1 })
  expect(page({ ...first.cursor }).page).toEqual(['b', 'c'])
  faults.set({ name: 'cursor-expired', on: true, times: 1 })
  expect(() => page({ ...first.cursor })).toThrow('The cursor has expired.')
  faults.set({ name: 'missing-records', on: true, times: 1 })
  expect(page({}).page).toEqual(['b'])
  expect(page({ ...first.cursor })).toEqual({ page: ['c', 'd'], cursor: {} })
})
