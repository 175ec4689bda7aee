import { expect, test } from 'vitest'
import { saleFilters } from './queries.ts'
import { isFiltered, readSalesSearch } from './search.ts'

test('a receipt’s number in the address may arrive as a number', () => {
  expect(readSalesSearch({ q: 5012, min: '4.5' })).toEqual({ q: '5012', min: 4.5 })
})

test('closed sales are the plain list', () => {
  expect(readSalesSearch({ status: 'closed' })).toEqual({})
  expect(readSalesSearch({ status: 'voided' })).toEqual({ status: 'voided' })
  expect(isFiltered(readSalesSearch({ status: 'nonsense', min: 'much' }))).toBe(false)
})

test('amounts leave in minor units of the currency', () => {
  expect(saleFilters({ min: 4.35 }, '2026-03-31', 'GBP').min_amount).toBe(435)
  expect(saleFilters({ min: 435 }, '2026-03-31', 'JPY').min_amount).toBe(435)
})

test('without a range no day is asked for', () => {
  expect(saleFilters({}, '2026-03-31', 'GBP').from).toBeUndefined()
  expect(saleFilters({ range: 'today' }, '2026-03-31', 'GBP').from).toBe('2026-03-31')
})
