import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { sourceOf } from '../conformance/files.ts'
import type { FileDetection, FileSite, FileSource } from '../contract-files.ts'
import { DAY_MS, MomentReader } from './dates.ts'
import { detectSales } from './detect.ts'
import { readNumber } from './numbers.ts'
import { ZONE_NAMES } from './zone-names.ts'

// How a file writes numbers and dates is told by the whole of a column. The one thing that must never happen is that a
// figure or a day is read otherwise than it was meant without anybody having been asked.

const home: FileSite = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

function detect(
  rows: readonly (readonly string[])[],
  told: Partial<FileSource> = {},
  site = home,
): Promise<FileDetection> {
  const text = rows.map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join('\t')}\n`).join('')
  return detectSales(sourceOf(Buffer.from(text), 'export.csv', told), site, {})
}

function amounts(...cells: readonly string[]): Promise<FileDetection> {
  return detect([['Order', 'Date', 'Total'], ...cells.map((cell, nth) => [`${nth}`, '2026-03-13', cell])])
}

function dates(...cells: readonly string[]): Promise<FileDetection> {
  return detect([['Order', 'Date', 'Total'], ...cells.map((cell, nth) => [`${nth}`, cell, '1.00'])])
}

function codes(detection: FileDetection): readonly string[] {
  return detection.notes.map((note) => note.code)
}

describe('numbers', () => {
  test.each([
    ['$1,149.00 ', '$12.00', '.', '1149'],
    ['($33.62)', '$12.00', '.', '-33.62'],
    ['-$3.00', '$12.00', '.', '-3'],
    ['1.234,56 EUR', '12,00 EUR', ',', '1234.56'],
    ['0,90 €', '12,00 €', ',', '0.9'],
    ['1.821.220', '12', ',', '1821220'],
    ['$ 2.834.201', '$ 12', ',', '2834201'],
    ['1 234,50', '12,00', ',', '1234.5'],
    ['1\u00a0234,50', '12,00', ',', '1234.5'],
    ['1\u202f234,50', '12,00', ',', '1234.5'],
    ["1'234.50", '12.00', '.', '1234.5'],
    ['1’234.50', '12.00', '.', '1234.5'],
    ['₹1,23,456.78', '₹12.00', '.', '123456.78'],
    ['-700,00', '12,00', ',', '-700'],
    ['−700,00', '12,00', ',', '-700'],
    ['12-', '12', '.', '-12'],
    ['12.50 DKK', '3.00 DKK', '.', '12.5'],
    ['kr. 1.250,00', 'kr. 3,00', ',', '1250'],
  ])('%s beside %s has the mark %s and is %s', async (cell, other, mark, value) => {
    const detection = await amounts(cell, other, other)
    expect(detection.columns[2]?.role).toBe('total')
    expect(detection.marks[2]).toBe(mark)
    expect(codes(detection)).not.toContain('decimal_mark_ambiguous')
    expect(readNumber(cell, detection.marks[2] ?? '.')).toBe(value)
  })

  test('three digits behind every mark are asked about; one number that shows its mark answers', async () => {
    expect(codes(await amounts('1,234', '2,345', '12'))).toContain('decimal_mark_ambiguous')
    expect(await amounts('1,234', '2,345', '12,5')).toMatchObject({ decimalMark: ',' })
    expect(codes(await amounts('1,234', '2,345', '12,5'))).not.toContain('decimal_mark_ambiguous')
  })

  test('a currency of three decimals has them behind a point; behind a comma a person is asked', async () => {
    const rows = (...cells: string[]): string[][] => [
      ['Order', 'Date', 'Total'],
      ...cells.map((cell, nth) => [`${nth}`, '2026-03-13', cell]),
    ]
    const dinars = { ...home, currency: currencyCode('TND') }
    const points = await detect(rows('1.250', '3.400'), {}, dinars)
    expect(points.decimalMark).toBe('.')
    expect(codes(points)).not.toContain('decimal_mark_ambiguous')
    const commas = await detect(rows('1,250', '3,400'), {}, dinars)
    expect(commas.decimalMark).toBe(',')
    expect(codes(commas)).toContain('decimal_mark_ambiguous')
  })

  test('a quantity may have its unit behind it, and proves a mark like any number', async () => {
    const rows = [
      ['Order', 'Date', 'Item', 'Quantity', 'Total'],
      ['1', '2026-03-13', 'Cheese', '0,25 kg', '4,00'],
      ['2', '2026-03-14', 'Bun', '2 x', '3,00'],
    ]
    expect((await detect(rows)).columns[3]).toMatchObject({ role: 'quantity' })
  })

  test('amounts in any writing have their mark found, or a person is asked', async () => {
    const writings = fc.record({
      mark: fc.constantFrom('.', ','),
      group: fc.constantFrom('', '.', ',', ' ', '\u00a0', "'"),
      decimals: fc.constantFrom(0, 2, 3),
      minors: fc.array(fc.integer({ min: -9_999_999, max: 9_999_999 }), { minLength: 1, maxLength: 8 }),
    })
    await fc.assert(
      fc.asyncProperty(writings, async ({ mark, group, decimals, minors }) => {
        fc.pre(mark !== group)
        const cells = minors.map((minor) => writtenAmount(minor, decimals, mark, group))
        const detection = await amounts(...cells)
        if (codes(detection).includes('decimal_mark_ambiguous')) return
        expect(cells.map((cell) => readNumber(cell, detection.marks[2] ?? '.'))).toEqual(
          minors.map((minor) => plain(minor, decimals)),
        )
      }),
      { numRuns: 300 },
    )
  })
})

function writtenAmount(minor: number, decimals: number, mark: string, group: string): string {
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, group)
  return `${minor < 0 ? '-' : ''}${whole}${decimals > 0 ? mark + digits.slice(-decimals) : ''}`
}

function plain(minor: number, decimals: number): string {
  const text = writtenAmount(minor, decimals, '.', '')
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  return short === '-0' ? '0' : short
}

describe('dates', () => {
  test.each([
    ['12/27/2018', 'mdy', '2018-12-27'],
    ['7/28/26 1:33 PM', 'mdy', '2026-07-28T13:33'],
    ['10/28/26 5:18 PM', 'mdy', '2026-10-28T17:18'],
    ['2026-04-05 21:06:21 +0400', 'ymd', '2026-04-05T21:06:21 +240'],
    ['24.03.2023, 12:32', 'dmy', '2023-03-24T12:32'],
    ['2023-03-24 12:32:00', 'ymd', '2023-03-24T12:32'],
    ['2021-09-13T22:14:20.5158963+02:00', 'ymd', '2021-09-13T22:14:20.515 +120'],
    ['14-05-2019 19:37', 'dmy', '2019-05-14T19:37'],
    ['Sep 4, 2026 1:05:07 AM PDT', 'ymd', '2026-09-04T01:05:07 -420'],
    ['September 24, 2026', 'ymd', '2026-09-24'],
    ['10/25/2026 2:30:00 PM', 'mdy', '2026-10-25T14:30'],
    ['31.12.2025 24:00', 'dmy', '2026-01-01T00:00'],
    ['2026-05-04 17:33:00', 'ymd', '2026-05-04T17:33'],
  ])('%s is read %s, as %s', async (cell, order, moment) => {
    const detection = await dates(cell, cell)
    expect(detection.dateOrder).toBe(order)
    expect(codes(detection)).not.toContain('dates_ambiguous')
    expect(shown(cell, detection)).toBe(moment)
  })

  test('days that may be months are asked about, and one day beyond the twelfth answers for all', async () => {
    expect(codes(await dates('10/05/2026 2:30:00 PM', '7/8/26'))).toContain('dates_ambiguous')
    expect(codes(await dates('10/05/2026', '7/8/26', '7/13/26'))).not.toContain('dates_ambiguous')
    expect((await dates('10/05/2026', '7/8/26', '7/13/26')).dateOrder).toBe('mdy')
  })

  test('what is written above the table or in the name of the file is proposed, and asked about all the same', async () => {
    const table = 'Order,Date,Total\n1,3/4/2026,1.00\n2,4/4/2026,2.00\n'
    const proposed = async (above: string, name: string): Promise<unknown> => {
      const dollars = { ...home, currency: currencyCode('USD') }
      const detection = await detectSales(sourceOf(Buffer.from(above + table), name), dollars, {})
      expect(codes(detection)).toContain('dates_ambiguous')
      return detection.dateOrder
    }
    expect(await proposed('', 'export.csv')).toBe('mdy')
    expect(await proposed('Period: 01/04/2026 - 30/04/2026,,\n', 'export.csv')).toBe('dmy')
    expect(await proposed('', 'sales_30-04-2026.csv')).toBe('dmy')
  })

  test('the day that answers may stand in the last of fifty thousand rows', async () => {
    const rows = Array.from({ length: 50_000 }, (_, nth) => `${(nth % 12) + 1}/${(nth % 11) + 1}/2026`)
    const open = await dates(...rows)
    expect(open).toMatchObject({ wholeFile: true })
    expect(codes(open)).toContain('dates_ambiguous')
    const closed = await dates(...rows, '1/31/2026')
    expect(closed).toMatchObject({ dateOrder: 'mdy', wholeFile: true })
    expect(codes(closed)).not.toContain('dates_ambiguous')
  })

  test('in any order are read as they were meant, or a person is asked', async () => {
    const day = fc.integer({ min: Date.UTC(2024, 0, 1) / DAY_MS, max: Date.UTC(2027, 0, 1) / DAY_MS })
    const drawn = fc.record({
      order: fc.constantFrom('dmy', 'mdy', 'ymd'),
      sign: fc.constantFrom('/', '.', '-'),
      days: fc.array(day, { minLength: 1, maxLength: 6 }),
      short: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(drawn, async ({ order, sign, days, short }) => {
        const cells = days.map((one) => writtenDay(one, order, sign, short))
        const detection = await dates(...cells)
        if (codes(detection).includes('dates_ambiguous')) return
        const reader = new MomentReader(detection.dateOrder ?? 'ymd')
        expect(cells.map((cell) => reader.moment(cell)?.day)).toEqual(days)
      }),
      { numRuns: 300 },
    )
  })

  test('of a workbook that are half dates and half text were swapped by a program, so a person is asked', async () => {
    const half = ['2026-04-03', '2026-05-03', '13/03/2026', '27/03/2026']
    const rows = [['Order', 'Date', 'Total'], ...half.map((cell, nth) => [`${nth}`, cell, '1.00'])]
    expect(codes(await detect(rows, { container: 'xlsx', encoding: 'utf-8' }))).toContain('dates_half_converted')
    const whole = rows.map((cells) => cells.map((cell) => cell.replace(/^(\d\d)\/03\/2026$/, '2026-03-$1')))
    expect(codes(await detect(whole, { container: 'xlsx', encoding: 'utf-8' }))).not.toContain('dates_half_converted')
  })

  test('whose zone has letters of several zones are asked about, unless the shop lies in one of those', async () => {
    const rows = [
      ['Order', 'Date', 'Total'],
      ['1', 'Jan 4, 2026 1:05:07 AM CST', '1.00'],
    ]
    const chicago = { ...home, zone: zoneName('America/Chicago') }
    expect(codes(await detect(rows))).toContain('zone_letters_ambiguous')
    expect(codes(await detect(rows, {}, chicago))).not.toContain('zone_letters_ambiguous')
    const tokyo = [
      ['Order', 'Date', 'Total'],
      ['1', 'Jan 4, 2026 1:05:07 AM JST', '1.00'],
    ]
    expect(codes(await detect(tokyo))).not.toContain('zone_letters_ambiguous')
  })

  test.each([
    ['Eastern Time (US & Canada)', 'America/New_York'],
    ['Pacific Time (US & Canada)', 'America/Los_Angeles'],
    ['Edinburgh', 'Europe/London'],
    ['Mumbai', 'Asia/Kolkata'],
    ['W. Europe Standard Time', 'Europe/Berlin'],
  ])('the zone %s is %s', (name, zone) => expect(ZONE_NAMES[name.toLowerCase()]).toBe(zone))

  test('every named zone is one that this machine knows', () => {
    for (const zone of Object.values(ZONE_NAMES)) expect(() => zoneName(zone)).not.toThrow()
  })
})

function writtenDay(day: number, order: string, sign: string, short: boolean): string {
  const iso = new Date(day * DAY_MS).toISOString()
  const [year, month, date] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)]
  if (order === 'ymd') return [year, month, date].join(sign)
  const last = short ? year.slice(2) : year
  return (order === 'dmy' ? [date, month, last] : [month, date, last]).join(sign)
}

/** The moment that a cell is read as: seconds where there are any, minutes east of UTC where the text says so. */
function shown(cell: string, { dateOrder }: FileDetection): string | null {
  const moment = new MomentReader(dateOrder ?? 'ymd').moment(cell)
  if (moment === null) return null
  const iso = new Date(moment.day * DAY_MS + (moment.time ?? 0)).toISOString()
  if (moment.time === null) return iso.slice(0, 10)
  const clock = iso.replace('Z', '').replace('.000', '').replace(/:00$/, '')
  return moment.offset === null ? clock : `${clock} ${moment.offset < 0 ? '' : '+'}${moment.offset}`
}
