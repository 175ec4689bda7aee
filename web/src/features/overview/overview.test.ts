import { describe, expect, test } from 'vitest'
import type { FiguresBlock, TrendDay } from '../../app/wire.ts'
import { isComparable } from './comparable.ts'
import { comparisonAsked, readOverviewSearch } from './search.ts'
import { bucketsOf, heatGrid, hoursOf, isCut, tradingHours } from './trend-points.ts'

const day = (date: string, revenue: number, before: number | null = null): TrendDay => ({
  date,
  revenue,
  transactions: 1,
  items_sold: 2,
  compare_date: before === null ? null : `2025${date.slice(4)}`,
  compare_revenue: before,
})

describe('the address of the overview', () => {
  test('keeps what is known and drops the rest', () => {
    const search = { range: '7d', compare: 'last_year', site: 'abc', currency: 'EUR', utm: 'x' }
    expect(readOverviewSearch(search)).toEqual({ range: '7d', compare: 'last_year', site: 'abc', currency: 'EUR' })
    expect(readOverviewSearch({ compare: 'moon', currency: 'euro' })).toEqual({})
  })
  test('a default stands in no address', () => {
    expect(readOverviewSearch({ compare: 'previous' })).toEqual({})
    expect(comparisonAsked({})).toBe('previous')
    expect(comparisonAsked({ compare: 'none' })).toBeUndefined()
  })
})

describe('days added up', () => {
  const days = [day('2026-03-28', 10, 1), day('2026-03-29', 20, 2), day('2026-03-30', 40), day('2026-03-31', 80, 8)]
  test('a week holds its days, and what stood against them as far as it is known', () => {
    const weeks = bucketsOf(days, 'week')
    expect(weeks.map((week) => [week.from, week.to, week.revenue, week.before])).toEqual([
      ['2026-03-28', '2026-03-29', 30, 3],
      ['2026-03-30', '2026-03-31', 120, 8],
    ])
  })
  test('a week that the range cuts is marked', () => {
    const range = { from: '2026-03-28', to: '2026-03-31' }
    expect(bucketsOf(days, 'week').map((week) => isCut(week, 'week', range))).toEqual([true, true])
    const whole = { from: '2026-03-23', to: '2026-04-05' }
    expect(bucketsOf(days, 'week').map((week) => isCut(week, 'week', whole))).toEqual([false, false])
    expect(bucketsOf(days, 'day').some((one) => isCut(one, 'day', range))).toBe(false)
  })
})

describe('hours', () => {
  test('between the first sale and the last have no holes', () => {
    const points = hoursOf([
      { weekday: 2, hour: 9, revenue: 5, transactions: 1 },
      { weekday: 2, hour: 11, revenue: 7, transactions: 2 },
    ])
    expect(points.map((point) => [point.hour, point.revenue])).toEqual([
      [9, 5],
      [10, 0],
      [11, 7],
    ])
  })
  test('of a bar stay together over midnight', () => {
    expect(tradingHours([0, 1, 18, 20, 23])).toEqual([18, 19, 20, 21, 22, 23, 0, 1])
    expect(tradingHours([9])).toEqual([9])
    expect(tradingHours([])).toEqual([])
  })
  test('every weekday has its row, whether it sold or not', () => {
    const grid = heatGrid([{ weekday: 5, hour: 12, revenue: 1, transactions: 1 }])
    expect(grid.rows).toHaveLength(7)
    expect(grid.rows[4]?.cells).toHaveLength(1)
    expect(grid.rows[0]?.cells).toEqual([null])
  })
})

describe('a change in percent', () => {
  const block = (before: readonly (number | null)[], state: 'complete' | 'partial') => ({
    growth: { coverage: { state } } as FiguresBlock['growth'],
    daily_trend: before.map((amount, place) => ({ ...day(`2026-03-0${place + 1}`, 10), compare_revenue: amount })),
  })
  test('stands while half of the days traded before, too', () => {
    expect(isComparable(block([5, 5, null, 0], 'partial'))).toBe(true)
    expect(isComparable(block([5, 0, null, 0], 'partial'))).toBe(false)
  })
  test('stands whenever everything is known', () => {
    expect(isComparable(block([0, 0, 0, 0], 'complete'))).toBe(true)
  })
})
