import { describe, expect, test } from 'vitest'
import {
  exponentOf,
  formatBytes,
  formatDayRange,
  formatMoney,
  formatPercentChange,
  formatQuantity,
  formatShare,
  formatTime,
  formatWeekday,
  majorOf,
} from './format.ts'

describe('money', () => {
  test.each([
    ['GBP', 123456, 1234.56],
    ['JPY', 123456, 123456],
    ['KWD', 123456, 123.456],
    ['IQD', 1500, 1.5],
    ['CLF', 12345, 1.2345],
  ])('%s has its own digits', (currency, amount, major) => {
    expect(majorOf({ amount, currency })).toBe(major)
  })
  test('shows every digit that the currency has, and no other', () => {
    expect(formatMoney({ amount: 5, currency: 'GBP' })).toContain('0.05')
    expect(formatMoney({ amount: 5, currency: 'JPY' })).toMatch(/5$/)
    expect(formatMoney({ amount: 5, currency: 'BHD' })).toContain('0.005')
  })
  test('knows the digits of ISO 4217 where browsers differ', () => {
    expect(exponentOf('IQD')).toBe(3)
    expect(exponentOf('MGA')).toBe(2)
  })
})

test('quantities are exact and without empty decimals', () => {
  expect(formatQuantity('1.000')).toBe('1')
  expect(formatQuantity('0.350')).toBe('0.35')
})

test('a change always shows its sign, but for no change', () => {
  expect(formatPercentChange(4.25)).toMatch(/^\+4\.3/)
  expect(formatPercentChange(-1)).toMatch(/1\.0/)
  expect(formatPercentChange(0)).toMatch(/^0\.0/)
})

test('small shares keep a decimal', () => {
  expect(formatShare(0.015)).toMatch(/1\.5/)
  expect(formatShare(0.68)).toMatch(/^68/)
})

test('bytes have a unit that fits', () => {
  expect(formatBytes(0)).toMatch(/^0 bytes?/)
  expect(formatBytes(812_345)).toMatch(/812\.3\s?kB/)
})

test('a business day has no zone; an instant has the site’s', () => {
  expect(formatDayRange('2026-03-30', '2026-03-30')).toContain('30')
  expect(formatTime('2026-03-31T22:30:00Z', 'Asia/Tokyo')).toMatch(/^0?7:30/)
  expect(formatWeekday(7, 'long')).toBe('Sunday')
})
