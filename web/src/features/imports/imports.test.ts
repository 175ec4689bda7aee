import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckDay, ColumnRole, FileChoices, FileColumn, FileDetection, PreviewSale } from '../../app/wire.ts'
import { AMOUNT_ROLES, sameChoices, withChoice, withLevel, withRole } from './choices.ts'
import { dayPoints, sumDays } from './day-points.ts'
import { questionsOf } from './questions.ts'
import { readDay, readNumber, tellingCell } from './readings.ts'
import { ROLE_GROUPS } from './roles.ts'
import { readImportsSearch, statesAsked } from './search.ts'
import { understoodSentence } from './sentence.ts'
import { nextPace, secondsLeft } from './upload-rate.ts'

const role = fc.constantFrom<ColumnRole>('sale_id', 'date', 'item', 'total', 'ignore')
const heading = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__')

describe('a date in a cell', () => {
  test('is one day or another, by what comes first', () => {
    expect(readDay('03/04/2026 10:12', 'dmy')).toBe('2026-04-03')
    expect(readDay('03/04/2026 10:12', 'mdy')).toBe('2026-03-04')
    expect(readDay('2026-04-03', 'ymd')).toBe('2026-04-03')
    expect(readDay('3.4.26', 'dmy')).toBe('2026-04-03')
  })
  test('is none where the calendar has none', () => {
    expect(readDay('13/05/2026', 'mdy')).toBeNull()
    expect(readDay('29/02/2026', 'dmy')).toBeNull()
    expect(readDay('yesterday', 'dmy')).toBeNull()
    expect(readDay('2026-04-03', 'dmy')).toBeNull()
  })
  test('of any day is read back from any way of writing it', () => {
    const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(days, fc.constantFrom('/', '.', '-'), fc.constantFrom('ymd', 'dmy', 'mdy'), (at, sign, order) => {
        const day = at.toISOString().slice(0, 10)
        const [year = '', month = '', date = ''] = day.split('-')
        const parts = { ymd: [year, month, date], dmy: [date, month, year], mdy: [month, date, year] }[order]
        expect(readDay(parts.join(sign), order)).toBe(day)
      }),
    )
  })
})

describe('a number in a cell', () => {
  test('is a thousand times another, by what its mark means', () => {
    expect(readNumber('1.234', '.')).toBe('1.234')
    expect(readNumber('1.234', ',')).toBe('1234')
    expect(readNumber('€ 1.234,50', ',')).toBe('1234.50')
    expect(readNumber("1'234.50", '.')).toBe('1234.50')
    expect(readNumber('(3.00)', '.')).toBe('-3.00')
    expect(readNumber('3,00-', ',')).toBe('-3.00')
    expect(readNumber('n/a', '.')).toBeNull()
  })
  test('is shown on a cell that tells the readings apart', () => {
    const readings = (['.', ','] as const).map((mark) => (cell: string) => readNumber(cell, mark))
    expect(tellingCell(['12', '1.234'], readings)).toBe('1.234')
    expect(tellingCell(['12', '7'], readings)).toBe('12')
    expect(tellingCell(['', 'x'], readings)).toBeNull()
  })
})

describe('corrections', () => {
  test('a choice taken back leaves nothing behind', () => {
    fc.assert(
      fc.property(heading, role, (key, name) => {
        expect(withRole(withRole({}, key, name), key, undefined)).toEqual({})
      }),
    )
    expect(withLevel(withLevel({}, 'total', 'sale'), 'total', undefined)).toEqual({})
    expect(withChoice(withChoice({}, 'date_order', 'dmy'), 'date_order', undefined)).toEqual({})
  })
  test('a preset put away is not the same as none said', () => {
    expect(withChoice({}, 'preset', null)).toEqual({ preset: null })
    expect(sameChoices({ preset: null }, {})).toBe(false)
  })
  test('say the same in whatever order they were made', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(heading, role), { selector: ([key]) => key, maxLength: 8 }), (pairs) => {
        const make = (list: typeof pairs): FileChoices =>
          list.reduce<FileChoices>((choices, [key, name]) => withRole(choices, key, name), {})
        expect(sameChoices(make(pairs), make([...pairs].reverse()))).toBe(true)
      }),
    )
  })
  test('every role is offered once', () => {
    const offered = ROLE_GROUPS.flatMap(({ roles }): readonly string[] => roles)
    expect(new Set(offered).size).toBe(offered.length)
    for (const amount of AMOUNT_ROLES) expect(offered).toContain(amount)
  })
})

describe('questions', () => {
  test('an ambiguous date is asked with both days, on a cell that tells them apart', () => {
    const { open } = questionsOf(ambiguous('dates_ambiguous'), {}, new Set())
    expect(open).toHaveLength(1)
    expect(open[0]?.readings.map(({ value }) => value)).toEqual(['dmy', 'mdy'])
    expect(open[0]?.readings[0]?.example).toMatch(/April/)
    expect(open[0]?.readings[1]?.example).toMatch(/March/)
    expect(open[0]?.readings[0]?.apply({ tax: 'added' })).toEqual({ tax: 'added', date_order: 'dmy' })
  })
  test('an answered one stays to be answered anew, until the page is left', () => {
    const settled: FileDetection = { ...ambiguous('dates_ambiguous'), notes: [], choices: { date_order: 'mdy' } }
    expect(questionsOf(settled, settled.choices, new Set(['date_order'])).answered[0]?.chosen).toBe('mdy')
    expect(questionsOf(settled, settled.choices, new Set()).answered).toEqual([])
  })
  test('a doubt without readings is ticked off, and two doubts of one kind are two questions', () => {
    const notes = ['this', 'that'].map((say) => ({ code: 'strange_thing', severity: 'confirm' as const, say }))
    const { open } = questionsOf({ ...ambiguous('x'), notes }, {}, new Set())
    expect(open.map(({ kind }) => kind)).toEqual(['agree', 'agree'])
  })
  test('whose a repeated amount is, is asked of the column that the note names', () => {
    const note = {
      code: 'amount_level_assumed',
      severity: 'confirm' as const,
      say: '"Total" is the same on every row.',
    }
    const { open } = questionsOf({ ...ambiguous('x'), notes: [note] }, {}, new Set())
    expect(open[0]?.key).toBe('level:total')
    expect(open[0]?.readings[1]?.apply({})).toEqual({ levels: { total: 'line' } })
  })
})

describe('the sentence of what was understood', () => {
  const first = { preview: [{ business_date: '2026-04-03' } as PreviewSale], check: null }
  test('names the export, its money, and a date as it is read', () => {
    const known = { ...ambiguous('x'), preset: { id: 'square-items', name: 'Square: items detail' } }
    const said = understoodSentence(first, known)
    expect(said).toContain('This is Square: items detail, beginning with')
    expect(said).toContain('EUR')
    expect(said).toMatch(/day first: 04\/04\/2026 09:00 is .*2026; numbers have a decimal point\.$/)
  })
  test('does not explain a date that nobody mistakes, nor tax where there is none', () => {
    const [date, total] = ambiguous('x').columns
    const plain = date === undefined || total === undefined ? [] : [{ ...date, examples: ['2026-04-03 10:12'] }, total]
    const said = understoodSentence(first, { ...ambiguous('x'), columns: plain })
    expect(said).toContain('Dates are read year first;')
    expect(said).not.toContain('tax')
  })
})

describe('the trial’s days', () => {
  test('add up to what the days say, whatever they are drawn by', () => {
    const starts = fc.constantFrom('2026-01-01', '2023-06-15')
    fc.assert(
      fc.property(
        starts,
        fc.array(fc.integer({ min: -5_000, max: 900_000 }), { minLength: 1, maxLength: 900 }),
        (from, list) => {
          const days = list.map((amount, place) => checkDay(from, place, amount))
          const { points } = dayPoints(days)
          const drawn = points.reduce((sum, point) => sum + Math.round((point.value ?? 0) * 100), 0)
          expect(sumDays(days).total).toBe(list.reduce((sum, amount) => sum + amount, 0))
          expect(drawn).toBe(sumDays(days).total)
        },
      ),
      { numRuns: 30 },
    )
  })
  test('without prices are told by their sales', () => {
    const days = [checkDay('2026-01-01', 0, 1)].map((day) => ({ ...day, gross: null, total: null }))
    expect(sumDays(days).total).toBeNull()
    expect(dayPoints(days).points[0]?.value).toBe(1)
  })
})

describe('the pace of an upload', () => {
  test('comes to the true rate, and to nothing left at the end', () => {
    const start = { atMs: 0, bytes: 0, bytesPerSecond: null }
    expect(secondsLeft(start, 0, 1_000)).toBeNull()
    let pace: ReturnType<typeof nextPace> = start
    for (let n = 1; n <= 20; n++) pace = nextPace(pace, n * 500, n * 5_000)
    expect(pace.bytesPerSecond).toBeCloseTo(10_000, 6)
    expect(secondsLeft(pace, 100_000, 120_000)).toBe(2)
    expect(secondsLeft(pace, 120_000, 120_000)).toBe(0)
  })
})

test('the address of the list keeps a state that is known and drops the rest', () => {
  expect(readImportsSearch({ state: 'done', page: 3 })).toEqual({ state: 'done' })
  expect(readImportsSearch({ state: 'asleep' })).toEqual({})
  expect(statesAsked({ state: 'running' })).toContain('undoing')
  expect(statesAsked({})).toBeUndefined()
})

function checkDay(from: string, place: number, amount: number): CheckDay {
  const at = new Date(`${from}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + place)
  const money = { amount, currency: 'EUR' }
  const day = at.toISOString().slice(0, 10)
  return {
    business_date: day,
    sales: 1,
    refunds: 0,
    units: '1',
    gross: money,
    total: money,
    refunded: { ...money, amount: 0 },
  }
}

function column(index: number, header: string, is: ColumnRole, examples: readonly string[]): FileColumn {
  return { index, header, key: header, role: is, detail: null, confidence: 1, from: 'heading', because: '', examples }
}

function ambiguous(code: string): FileDetection {
  const line = 'line' as const
  return {
    container: 'plain',
    encoding: 'utf-8',
    byte_order_mark: false,
    delimiter: ',',
    preamble: [],
    header_row: 1,
    columns: [
      column(0, 'Date', 'date_time', ['04/04/2026 09:00', '03/04/2026 10:12']),
      column(1, 'Total', 'total', ['12.50']),
    ],
    shape: 'shape',
    family: 'shape',
    preset: null,
    score: 1,
    grain: 'item',
    date_order: 'dmy',
    decimal_mark: '.',
    marks: ['.', '.'],
    currency: 'EUR',
    currency_from: 'site',
    zone: 'Europe/Berlin',
    levels: { gross: line, discount: line, tax: line, net: line, total: line, tip: line, service_charge: line },
    tax: 'included',
    tip_in_total: false,
    net_trusted: true,
    rows_looked_at: 2,
    whole_file: true,
    notes: [{ code, severity: 'confirm', say: 'Please look.' }],
    choices: {},
  }
}
