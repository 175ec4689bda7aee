import { describe, expect, test } from 'vitest'
import { placesBody, sameChoices, standingChoices } from '../../app/place-choices.ts'
import type { BookFigures, ConnectionPlace } from '../../app/wire.ts'
import { rowsOf } from './figures-table.tsx'
import { firstDayOf, PASTS, pastOf, problemOfPast } from './past.ts'
import { readSetupSearch, readSignInSearch } from './search.ts'

const TODAY = '2026-11-20'

describe('how far back', () => {
  test('what was answered is what stands there after a reload', () => {
    for (const past of PASTS) {
      const choice = { past, day: past === 'day' ? '2026-03-04' : '' }
      const from = firstDayOf(choice, TODAY)
      expect(firstDayOf(pastOf(from, TODAY), TODAY)).toBe(from)
      expect(pastOf(from, TODAY).past).toBe(past)
    }
    expect(firstDayOf({ past: 'lastYear', day: '' }, TODAY)).toBe('2025-01-01')
  })

  test('a day must be there and not lie ahead', () => {
    expect(problemOfPast({ past: 'day', day: '' }, TODAY)).toBe('missing')
    expect(problemOfPast({ past: 'day', day: '2026-11-21' }, TODAY)).toBe('future')
    expect(problemOfPast({ past: 'day', day: TODAY }, TODAY)).toBeNull()
    expect(problemOfPast({ past: 'all', day: '' }, TODAY)).toBeNull()
  })
})

describe('places', () => {
  const place = (id: string, change: Partial<ConnectionPlace> = {}): ConnectionPlace => ({
    ...{ id, name: id, active: true, currency: 'EUR', time_zone: 'Europe/Berlin', country: 'DE' },
    ...{ chosen: false, site_id: null },
    ...change,
  })

  test('of a fresh account all that are in use are chosen; of another one those that were', () => {
    const closed = place('b', { active: false })
    expect(standingChoices([place('a'), closed])).toMatchObject({ a: { chosen: true }, b: { chosen: false } })
    const standing = standingChoices([place('a', { chosen: true, site_id: 's' }), place('c')])
    expect(standing).toEqual({ a: { chosen: true, site: 's' }, c: { chosen: false, site: 'auto' } })
    expect(sameChoices(standing, { ...standing, c: { chosen: true, site: 'auto' } })).toBe(false)
  })

  test('the hub is told a site only where a person named one', () => {
    const choices = {
      a: { chosen: true, site: 'auto' },
      b: { chosen: true, site: 'new' },
      c: { chosen: false, site: 's' },
    }
    expect(placesBody(choices, true)).toEqual({
      all: true,
      places: [
        { id: 'a', chosen: true },
        { id: 'b', chosen: true, site_id: 'new' },
        { id: 'c', chosen: false },
      ],
    })
  })
})

test('both readings of a day stand side by side, in the currency’s own digits', () => {
  const figures = (currency: string, paid: number): BookFigures => ({
    currency,
    ...{ payments: 2, refunds: 0 },
    ...{ paid: { amount: paid, currency }, tips: { amount: 0, currency }, refunded: { amount: 0, currency } },
  })
  const rows = rowsOf({ theirs: [figures('JPY', 1_200)], ours: [figures('JPY', 1_100)] })
  expect(rows[0]?.theirs).toMatch(/1,200$/)
  expect(rows[0]?.difference).toMatch(/^\+?-.*100$/)
  expect(rows.find(({ key }) => key === 'JPY payments')?.difference).toBeNull()
  // Money that only one side knows is held against nothing.
  const alone = rowsOf({ theirs: [], ours: [figures('EUR', 250)] })
  expect(alone[0]?.difference).toMatch(/^\+.*2\.50$/)
})

test('a mistyped address is the plain screen', () => {
  expect(readSignInSearch({ environment: 'moon', way: 1, connection: '../x' })).toEqual({})
  expect(readSignInSearch({ environment: 'sandbox', way: 'token' })).toEqual({ environment: 'sandbox', way: 'token' })
  expect(readSetupSearch({ step: 'nowhere' })).toEqual({})
})
