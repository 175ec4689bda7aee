import { expect, test } from 'vitest'
import { standingOf } from '../../app/order-state.tsx'
import { orderFilters } from './queries.ts'
import { isFiltered, readOrdersSearch, readStatisticsSearch } from './search.ts'

test('an order’s number in the address may arrive as a number', () => {
  expect(readOrdersSearch({ q: 1042, test: false })).toEqual({ q: '1042', test: 'false' })
})

test('a mistyped filter is none', () => {
  expect(isFiltered(readOrdersSearch({ progress: 'cooked', push: 'gone', test: 'perhaps' }))).toBe(false)
  expect(readStatisticsSearch({ days: 12 })).toEqual({})
  expect(readStatisticsSearch({ days: '30' })).toEqual({ days: 30 })
})

test('without a range no day is asked for', () => {
  expect(orderFilters({}, '2026-03-31').from).toBeUndefined()
  expect(orderFilters({ range: 'today' }, '2026-03-31')).toMatchObject({ from: '2026-03-31', to: '2026-03-31' })
})

test('what waits for a person says so before anything else, and a try without an end is no failure', () => {
  const push = { status: 'retry', outcome: 'unknown', waits_for_person: false, error_code: null } as const
  expect(standingOf(push)).toBe('unknown')
  expect(standingOf({ ...push, waits_for_person: true })).toBe('person')
  expect(standingOf({ ...push, outcome: null })).toBe('retry')
  expect(standingOf(null)).toBe('none')
  expect(standingOf({ ...push, status: 'failed', error_code: 'push.handled' })).toBe('handled')
  expect(standingOf({ ...push, status: 'failed', error_code: 'timeout' })).toBe('failed')
})
