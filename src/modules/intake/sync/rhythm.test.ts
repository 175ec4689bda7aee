import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { hourOf, wallClockAt, type ZoneName } from '#kernel/zone.ts'
import { quietTimeAfter } from './rhythm.ts'

const zones = [
  'Pacific/Pago_Pago',
  'America/New_York',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Pacific/Kiritimati',
] as ZoneName[]

test('the next quiet time lies ahead, within a day and a bit, in the small hours of the zone', () => {
  const moment = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 11, 31) })
  fc.assert(
    fc.property(moment, fc.constantFrom(...zones), (ms, zone) => {
      const at = quietTimeAfter(instant(ms), zone, newId())
      expect(at).toBeGreaterThan(ms)
      expect(at - ms).toBeLessThanOrEqual(25 * 3_600_000)
      expect([3, 4]).toContain(hourOf(wallClockAt(at, zone)))
    }),
  )
})

test('on the days on which clocks change there is one quiet time a day too', () => {
  const zone = 'Europe/Berlin' as ZoneName
  for (const change of ['2026-03-29', '2026-10-25']) {
    let at = instant(Date.parse(`${change}T00:00:00Z`) - 86_400_000)
    const days = new Set<string>()
    for (let night = 0; night < 3; night++) {
      at = quietTimeAfter(at, zone, '00000000-0000-7000-8000-000000000000')
      days.add(new Date(wallClockAt(at, zone)).toISOString().slice(0, 10))
    }
    expect(days.size).toBe(3)
  }
})
