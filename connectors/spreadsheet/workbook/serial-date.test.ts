import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elapsedText, serialText } from './serial-date.ts'

const DATE = { date: true, time: false }
const TIME = { date: false, time: true }
const BOTH = { date: true, time: true }

describe('a moment as a workbook stores it', () => {
  test.each([
    [46146, DATE, '2026-05-04'],
    [46146.73125, BOTH, '2026-05-04 17:33:00'],
    [46146, BOTH, '2026-05-04 00:00:00'],
    [46146.73125, DATE, '2026-05-04 17:33:00'],
    [46146.73125, TIME, '2026-05-04 17:33:00'],
    [46146.9999999, BOTH, '2026-05-05 00:00:00'],
    [46146.0000001, DATE, '2026-05-04'],
    [0.73125, TIME, '17:33:00'],
    [0.73125, BOTH, '17:33:00'],
    [1.73125, TIME, '17:33:00'],
    [0, TIME, '00:00:00'],
    [0, DATE, null],
    [1, DATE, '1900-01-01'],
    [59, DATE, '1900-02-28'],
    [60, DATE, '1900-02-29'],
    [61, DATE, '1900-03-01'],
    [2_958_465, DATE, '9999-12-31'],
    [2_958_466, DATE, null],
    [-1, DATE, null],
    [Number.NaN, DATE, null],
  ] as const)('%d counted from 1900, shown as %o', (serial, shown, text) => {
    expect(serialText(serial, shown, false)).toBe(text)
  })

  test.each([
    [0, DATE, '1904-01-01'],
    [44684.73125, BOTH, '2026-05-04 17:33:00'],
    [0.25, TIME, '06:00:00'],
  ] as const)('%d counted from 1904, shown as %o', (serial, shown, text) => {
    expect(serialText(serial, shown, true)).toBe(text)
  })

  test('hours beyond a day stay hours', () => {
    expect(elapsedText(1.5)).toBe('36:00:00')
    expect(elapsedText(0.73125)).toBe('17:33:00')
    expect(elapsedText(-1)).toBeNull()
  })

  test('every second of two centuries comes back, from either count', () => {
    const from = Date.UTC(1904, 2, 1)
    const to = Date.UTC(2099, 11, 31)
    const second = fc.integer({ min: from / 1000, max: to / 1000 })
    fc.assert(
      fc.property(second, fc.boolean(), (seconds, from1904) => {
        const serial = seconds / 86_400 + 25_569 - (from1904 ? 1462 : 0)
        const text = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
        expect(serialText(serial, BOTH, from1904)).toBe(text)
      }),
    )
  })
})
