import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { wallClockAt, zoneName } from '#kernel/zone.ts'
import { quietUntil } from './preferences.ts'
import { dueOf } from './spread.ts'

const BERLIN = zoneName('Europe/Berlin')
const NIGHT = { from: 22 * 60, until: 7 * 60 }
const at = (text: string) => Date.parse(text) as Instant

describe('quiet hours', () => {
  test.each([
    ['in the evening', '2026-11-20T21:30:00Z', '2026-11-21T06:00:00Z'],
    ['after midnight', '2026-11-20T01:30:00Z', '2026-11-20T06:00:00Z'],
    ['at their first minute', '2026-11-20T21:00:00Z', '2026-11-21T06:00:00Z'],
    ['over the hour that is skipped', '2026-03-29T00:30:00Z', '2026-03-29T05:00:00Z'],
    ['over the hour that comes twice', '2026-10-25T00:30:00Z', '2026-10-25T06:00:00Z'],
  ])('%s end in the morning', (_name, now, end) => {
    expect(quietUntil(NIGHT, BERLIN, at(now))).toBe(at(end))
  })

  test('are not by day, nor where there are none', () => {
    expect(quietUntil(NIGHT, BERLIN, at('2026-11-20T12:00:00Z'))).toBeNull()
    expect(quietUntil(NIGHT, BERLIN, at('2026-11-20T06:00:00Z'))).toBeNull()
    expect(quietUntil(null, BERLIN, at('2026-11-20T23:00:00Z'))).toBeNull()
  })

  test('always end, after now and within a day and an hour, outside of themselves', () => {
    const minute = fc.integer({ min: 0, max: 1_439 })
    const zones = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'Pacific/Kiritimati',
      'Asia/Kathmandu',
      'Pacific/Niue',
    )
    fc.assert(
      fc.property(minute, minute, zones, fc.integer({ min: 0, max: 366 * 24 * 60 }), (from, until, name, offset) => {
        const zone = zoneName(name)
        const now = instant(at('2026-01-01T00:00:00Z') + offset * 60_000)
        const end = quietUntil({ from, until }, zone, now)
        if (end === null) return
        expect(end).toBeGreaterThan(now)
        expect(end - now).toBeLessThanOrEqual(25 * 3_600_000)
        // Where the clock skips the end, they end at the skip.
        const minuteOfDay = Math.floor((wallClockAt(end, zone) % 86_400_000) / 60_000)
        expect(minuteOfDay).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  test('hold back what can wait, and what cannot only where the person wants that', () => {
    const now = at('2026-11-20T23:00:00Z')
    const wanted = { quiet: NIGHT, timeZone: BERLIN, urgentAtOnce: true }
    expect(dueOf(wanted, 'task', now)).toBe(at('2026-11-21T06:00:00Z'))
    expect(dueOf(wanted, 'order_push_failed', now)).toBe(now + 3_000)
    expect(dueOf({ ...wanted, urgentAtOnce: false }, 'order_push_failed', now)).toBe(at('2026-11-21T06:00:00Z'))
  })
})
