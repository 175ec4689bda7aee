import fc from 'fast-check'
import { expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { at } from './test-orders.ts'
import { findTime, localText, zonedText } from './times.ts'

const IST = zoneName('Asia/Kolkata')
const seconds = fc.integer({ min: 946_684_800, max: 4_102_444_800 }).map((one) => instant(one * 1_000))

test('a moment is written on the restaurant’s clock', () => {
  const moment = at('2026-01-01T10:19:00Z')
  expect(zonedText(moment, IST)).toBe('2026-01-01T15:49:00+05:30')
  expect(localText(moment, IST)).toBe('2026-01-01 15:49:00')
  expect(zonedText(moment, zoneName('America/New_York'))).toBe('2026-01-01T05:19:00-05:00')
})

test('and read again as the same moment, with its offset anywhere and without one in India', () => {
  const zones = fc.constantFrom('Asia/Kolkata', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Chatham')
  fc.assert(fc.property(seconds, zones, (moment, zone) => findTime(zonedText(moment, zoneName(zone))) === moment))
  fc.assert(fc.property(seconds, (moment) => findTime(localText(moment, IST)) === moment))
})

test.each([
  ['2026-01-01 15:49', '2026-01-01T10:19:00Z'],
  ['2026-01-01T10:19:00Z', '2026-01-01T10:19:00Z'],
  [1_767_262_740, '2026-01-01T10:19:00Z'],
  ['1767262740000', '2026-01-01T10:19:00Z'],
])('%s', (written, moment) => {
  expect(findTime(written)).toBe(at(moment))
})

test.each(['endofday', '', '30', '2026-01-01', null, undefined, {}, 12, '2026-02-30 10:00', '1 hour'])(
  '%s is no moment',
  (written) => {
    expect(findTime(written)).toBeNull()
  },
)
