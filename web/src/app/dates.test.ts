import { describe, expect, test } from 'vitest'
import { addMonths, businessToday, grainOf, grainStart, isDay, presetRange, rangeOf, readRangeSearch } from './dates.ts'

const at = (text: string): number => Date.parse(text)

describe('the running business day', () => {
  test('is the day before until the shop closes out', () => {
    expect(businessToday(at('2026-03-31T02:59:00Z'), 'UTC', '03:00')).toBe('2026-03-30')
    expect(businessToday(at('2026-03-31T03:00:00Z'), 'UTC', '03:00')).toBe('2026-03-31')
  })
  test('goes by the shop’s zone and not by the reader’s', () => {
    expect(businessToday(at('2026-03-31T12:00:00Z'), 'Pacific/Auckland')).toBe('2026-04-01')
    expect(businessToday(at('2026-03-31T05:00:00Z'), 'America/Los_Angeles')).toBe('2026-03-30')
  })
})

describe('ranges', () => {
  const today = '2026-03-31'
  test('count today in', () => {
    expect(presetRange('7d', today)).toEqual({ from: '2026-03-25', to: today })
    expect(presetRange('28d', today)).toEqual({ from: '2026-03-04', to: today })
    expect(presetRange('13m', today)).toEqual({ from: '2025-03-01', to: today })
  })
  test('know how long a month is', () => {
    expect(presetRange('last_month', '2026-03-31')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
    expect(presetRange('last_month', '2026-01-05')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
    expect(addMonths('2024-03-31', -1)).toBe('2024-02-29')
  })
  test('of the address: a preset, two days in either order, or the screen’s own', () => {
    expect(readRangeSearch({ range: '7d', from: 'x' })).toEqual({ range: '7d' })
    expect(readRangeSearch({ from: '2026-03-02', to: '2026-03-01' })).toEqual({ from: '2026-03-01', to: '2026-03-02' })
    expect(readRangeSearch({ from: '2026-02-30', to: '2026-03-01' })).toEqual({})
    expect(readRangeSearch({ range: 'for ever' })).toEqual({})
    expect(rangeOf({}, today, 'today')).toEqual({ from: today, to: today })
  })
  test('a day that does not exist is none', () => {
    expect(isDay('2026-02-29')).toBe(false)
    expect(isDay('2024-02-29')).toBe(true)
    expect(isDay('yesterday')).toBe(false)
  })
})

describe('the grain of a chart', () => {
  test('grows with the range', () => {
    expect(grainOf({ from: '2026-01-01', to: '2026-01-31' })).toBe('day')
    expect(grainOf({ from: '2025-01-01', to: '2026-01-31' })).toBe('week')
    expect(grainOf({ from: '2020-01-01', to: '2026-01-31' })).toBe('month')
  })
  test('weeks begin on Monday, months on their first', () => {
    expect(grainStart('2026-03-29', 'week')).toBe('2026-03-23')
    expect(grainStart('2026-03-30', 'week')).toBe('2026-03-30')
    expect(grainStart('2026-03-30', 'month')).toBe('2026-03-01')
  })
})
