import { expect, test } from 'vitest'
import { localDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { at } from './test-shop.ts'
import { compareWindow, daysOf, monthsOf, todaysOf, WINDOW_DAYS_MAX, windowOf } from './window.ts'

test('the previous window is as long as the window and ends the day before it', () => {
  const march = windowOf('2026-03-01', '2026-03-31')
  expect(compareWindow(march, 'previous')).toMatchObject({ from: '2026-01-29', to: '2026-02-28', shiftDays: 31 })
  const leapDay = windowOf('2024-03-01', '2024-03-01')
  expect(compareWindow(leapDay, 'previous')).toMatchObject({ from: '2024-02-29', to: '2024-02-29' })
})

test('the same weekdays are whole weeks before, and never overlap the window', () => {
  const tenDays = windowOf('2024-02-26', '2024-03-06')
  expect(compareWindow(tenDays, 'same_weekdays')).toMatchObject({ from: '2024-02-12', to: '2024-02-21', shiftDays: 14 })
})

test('last year is the same weekday 364 days ago, leap day or not', () => {
  const leapDay = windowOf('2024-02-29', '2024-02-29')
  expect(compareWindow(leapDay, 'last_year')).toMatchObject({ from: '2023-03-02', to: '2023-03-02' })
  expect(compareWindow(windowOf('2025-03-01', '2025-03-01'), 'last_year').from).toBe('2024-03-02')
})

test('a window has every one of its days, the leap day too', () => {
  expect(daysOf(windowOf('2024-02-28', '2024-03-01'))).toEqual(['2024-02-28', '2024-02-29', '2024-03-01'])
  expect(daysOf(windowOf('2024-01-01', '2026-03-10'))).toHaveLength(WINDOW_DAYS_MAX)
  expect(() => windowOf('2024-01-01', '2026-03-11')).toThrow('spans 801 days')
})

test('today is each place’s own business day', () => {
  const berlin = { timeZone: zoneName('Europe/Berlin'), closeOutMinutes: 240 }
  const auckland = { timeZone: zoneName('Pacific/Auckland'), closeOutMinutes: 0 }
  // 01:30 in Berlin is still yesterday's business; in Auckland the day after has begun long ago.
  const today = todaysOf([auckland, berlin], at('2026-03-31 23:30'))
  expect(today).toEqual({ first: localDate('2026-03-31'), last: localDate('2026-04-01') })
})

test('a window is whole months and the odd days about them', () => {
  const parts = (from: string, to: string) => monthsOf(windowOf(from, to))
  expect(parts('2026-01-15', '2026-04-10')).toEqual({
    months: { from: '2026-02-01', to: '2026-03-01' },
    days: [
      { from: '2026-01-15', to: '2026-01-31' },
      { from: '2026-04-01', to: '2026-04-10' },
    ],
  })
  expect(parts('2024-02-01', '2024-02-29')).toEqual({ months: { from: '2024-02-01', to: '2024-02-01' }, days: [] })
  expect(parts('2026-02-01', '2026-02-27')).toMatchObject({ months: null, days: [{ to: '2026-02-27' }] })
  expect(parts('2026-01-31', '2026-03-01')).toEqual({
    months: { from: '2026-02-01', to: '2026-02-01' },
    days: [
      { from: '2026-01-31', to: '2026-01-31' },
      { from: '2026-03-01', to: '2026-03-01' },
    ],
  })
  expect(parts('2026-01-20', '2026-02-10')).toMatchObject({ months: null })
})
