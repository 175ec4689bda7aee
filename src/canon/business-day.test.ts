import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { instantOf, type WallClock, wallClockAt, zoneName } from '#kernel/zone.ts'
import { businessMoment } from './business-day.ts'

const at = (text: string) => instant(Date.parse(text))
const berlin = { zone: zoneName('Europe/Berlin'), closeOutMinutes: 240 }

test('a sale after midnight and before the close-out hour belongs to the evening before', () => {
  expect(businessMoment(at('2026-06-13T01:59:59Z'), berlin)).toEqual({ date: '2026-06-12', hour: 3 })
  expect(businessMoment(at('2026-06-13T02:00:00Z'), berlin)).toEqual({ date: '2026-06-13', hour: 4 })
})

test('a shop that closes its day at midnight files by the calendar', () => {
  const shop = { zone: zoneName('Asia/Tokyo'), closeOutMinutes: 0 }
  expect(businessMoment(at('2026-01-01T14:59:59Z'), shop).date).toBe('2026-01-01')
  expect(businessMoment(at('2026-01-01T15:00:00Z'), shop).date).toBe('2026-01-02')
})

test('both nights of a clock change file every sale under one of two neighbouring days, in order', () => {
  for (const night of ['2026-03-28', '2026-10-24']) {
    const days = []
    for (let hour = 0; hour < 36; hour++) {
      days.push(businessMoment(instant(Date.parse(`${night}T12:00:00Z`) + hour * 3_600_000), berlin).date)
    }
    expect([...days].sort()).toEqual(days)
    expect(new Set(days).size).toBe(2)
  }
})

// St. John's changed its clocks at one minute past midnight until 2011: the odd one out that a cache must not smooth over.
const zones = [
  'Pacific/Pago_Pago',
  'America/St_Johns',
  'Europe/Berlin',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
]

test('the day is the one that Temporal finds, in every zone from UTC−11 to UTC+14 and for every close-out', () => {
  const moments = fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') })
  fc.assert(
    fc.property(moments, fc.constantFrom(...zones), fc.integer({ min: 0, max: 1439 }), (ms, zone, closeOutMinutes) => {
      const local = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDateTime()
      const expected = local.subtract({ minutes: closeOutMinutes }).toPlainDate().toString()
      const found = businessMoment(instant(ms), { zone: zoneName(zone), closeOutMinutes })
      expect(found).toEqual({ date: expected, hour: local.hour })
    }),
    { numRuns: 2_000 },
  )
})

test('a wall clock leads back to its instant, but for the hour that comes twice and the one that does not exist', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2040-01-01') }),
      fc.constantFrom(...zones),
      (ms, name) => {
        const zone = zoneName(name)
        const { at: back, fate } = instantOf(wallClockAt(instant(ms), zone), zone)
        if (fate === 'once') expect(back).toBe(ms)
        else expect(fate).toBe('twice')
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the repeated hour of autumn is its first occurrence, the missing hour of spring moves forward', () => {
  const clock = (text: string) => Date.parse(`${text}Z`) as WallClock
  const zone = zoneName('Europe/Berlin')
  expect(instantOf(clock('2026-10-25T02:30:00'), zone)).toEqual({
    at: at('2026-10-25T00:30:00Z') as Instant,
    fate: 'twice',
  })
  expect(instantOf(clock('2026-03-29T02:30:00'), zone)).toEqual({
    at: at('2026-03-29T01:30:00Z') as Instant,
    fate: 'never',
  })
})
