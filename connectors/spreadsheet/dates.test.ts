import { describe, expect, test } from 'vitest'
import type { DateOrder } from '../contract-files.ts'
import { DAY_MS, MomentReader, readTime } from './dates.ts'

function clock(text: string, order: DateOrder = 'dmy'): string | null {
  const moment = new MomentReader(order).moment(text)
  if (moment === null) return null
  const iso = new Date(moment.day * DAY_MS + (moment.time ?? 0)).toISOString().replace('Z', '')
  const shown = moment.time === null ? iso.slice(0, 10) : iso.replace('.000', '')
  return moment.offset === null ? shown : `${shown} ${moment.offset}`
}

describe('a date is read as tills write it', () => {
  test.each([
    ['2026-09-13', 'ymd', '2026-09-13'],
    ['12/27/2018', 'mdy', '2018-12-27'],
    ['7/28/26 1:33 PM', 'mdy', '2026-07-28T13:33:00'],
    ['10/8/26 12:05 AM', 'mdy', '2026-10-08T00:05:00'],
    ['10/8/26 12:05 p.m.', 'mdy', '2026-10-08T12:05:00'],
    ['2026-04-05 21:06:21 +0400', 'ymd', '2026-04-05T21:06:21 240'],
    ['24.03.2023, 12:32', 'dmy', '2023-03-24T12:32:00'],
    ['2023-03-24 12:32:00', 'ymd', '2023-03-24T12:32:00'],
    ['2021-09-13T22:14:20.5158963+02:00', 'ymd', '2021-09-13T22:14:20.515 120'],
    ['2021-09-13T22:14:20Z', 'ymd', '2021-09-13T22:14:20 0'],
    ['14-05-2019 19:37', 'dmy', '2019-05-14T19:37:00'],
    ['Sep 4, 2026 1:05:07 AM PDT', 'mdy', '2026-09-04T01:05:07 -420'],
    ['September 24, 2026', 'mdy', '2026-09-24'],
    ['4. März 2026', 'dmy', '2026-03-04'],
    ['4 août 2026 08:00', 'dmy', '2026-08-04T08:00:00'],
    ['3 de enero de 2026', 'dmy', '2026-01-03'],
    ['10/05/2026 2:30:00 PM', 'mdy', '2026-10-05T14:30:00'],
    ['20260913', 'ymd', '2026-09-13'],
    ['3/1/68', 'dmy', '2068-01-03'],
    ['3/1/69', 'dmy', '1969-01-03'],
    ['31.12.2025 24:00', 'dmy', '2026-01-01T00:00:00'],
    ['Mon, 5 Jan 2026 10:00', 'dmy', '2026-01-05T10:00:00'],
    ['29/02/2024', 'dmy', '2024-02-29'],
  ] as const)('%s read as %s is %s', (text, order, shown) => {
    expect(clock(text, order)).toBe(shown)
  })

  test.each([
    '29/02/2025',
    '31/04/2025',
    '32/01/2025',
    '13/13/2025',
    '2025-02-29',
    'tomorrow',
    '12/2025',
    '01/02/2025 25:00',
    '01/02/2025 10:61',
    '1/2/3/4',
  ])('%s is no date that exists', (text) => expect(clock(text)).toBeNull())

  test('a time may use points, and half the day may have a name', () => {
    expect(readTime('22.14.20')?.ms).toBe(80_060_000)
    expect(readTime('22.14')?.ms).toBe(80_040_000)
    expect(readTime('1:33PM')?.ms).toBe(48_780_000)
    expect(readTime('13:00 PM')).toBeNull()
    expect(readTime('9')).toBeNull()
  })
})
