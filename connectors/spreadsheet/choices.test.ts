import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { sourceOf } from '../conformance/files.ts'
import type { ColumnRole, FileChoices, FileDetection, FileSource } from '../contract-files.ts'
import { detectSales } from './detect.ts'

// What a person says of a file is taken as given and asked no more, or refused with a sentence that says what to choose.

const home = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

function detect(text: string, choices: FileChoices = {}, told: Partial<FileSource> = {}): Promise<FileDetection> {
  return detectSales(sourceOf(Buffer.from(text), 'export.csv', told), home, choices)
}

function refusal(text: string, choices: FileChoices): Promise<string> {
  return detect(text, choices).then(
    () => 'accepted',
    (fault: { kind?: string; code?: string; message: string }) => `${fault.kind} ${fault.code}: ${fault.message}`,
  )
}

function roles(detection: FileDetection): readonly ColumnRole[] {
  return detection.columns.map((column) => column.role)
}

function asked(detection: FileDetection): readonly string[] {
  return detection.notes.filter((note) => note.severity === 'confirm').map((note) => note.code)
}

/** Asks everything: whether 3/4 is in March, whether 1,234 is a thousand, whose the tax is, which dollars. */
const DOUBTFUL = [
  'Receipt,Date,Item,Amount,Tax,Tip',
  '17,3/4/2026,Tea,"$1,234",$10,$5',
  '17,3/4/2026,Bun,"$1,234",$10,$5',
  '18,4/4/2026,Tea,"$2,345",$10,$5',
  '18,4/4/2026,Bun,"$1,234",$10,$5',
  '19,5/4/2026,Tea,"$2,345",$10,$5',
  '19,5/4/2026,Bun,"$1,234",$10,$5',
  '',
].join('\n')

const SIMPLE = 'Order,Date,Item,Price\n1,2026-03-13,Tea,1.00\n2,2026-03-14,Cake,2.00\n'

describe('what a person says of a file', () => {
  test('settles every question that the file leaves open', async () => {
    const open = asked(await detect(DOUBTFUL))
    expect(open).toEqual(
      expect.arrayContaining([
        'dates_ambiguous',
        'currency_of_sign',
        'decimal_mark_ambiguous',
        'tax_assumed_included',
        'amount_level_assumed',
      ]),
    )
    const choices: FileChoices = {
      dateOrder: 'mdy',
      decimalMark: '.',
      currency: currencyCode('USD'),
      tax: 'added',
      levels: { total: 'line', tax: 'sale', tip: 'sale' },
    }
    const detection = await detect(DOUBTFUL, choices)
    expect(asked(detection)).toEqual([])
    expect(detection).toMatchObject({
      dateOrder: 'mdy',
      decimalMark: '.',
      currency: 'USD',
      currencyFrom: 'person',
      tax: 'added',
      levels: { total: 'line', tax: 'sale', tip: 'sale' },
      choices,
    })
    expect(new Set(detection.marks)).toEqual(new Set(['.']))
  })

  test('is honoured one choice at a time, whatever else is chosen', async () => {
    const some = fc.record(
      {
        dateOrder: fc.constantFrom('dmy' as const, 'mdy' as const),
        decimalMark: fc.constantFrom('.' as const, ',' as const),
        currency: fc.constantFrom(currencyCode('USD'), currencyCode('CAD'), currencyCode('EUR')),
        zone: fc.constantFrom(zoneName('America/New_York'), zoneName('Asia/Tokyo')),
        grain: fc.constantFrom('item' as const, 'sale' as const, 'payment' as const),
        tax: fc.constantFrom('added' as const, 'included' as const),
        levels: fc.record(
          {
            tip: fc.constantFrom('line' as const, 'sale' as const),
            tax: fc.constantFrom('line' as const, 'sale' as const),
          },
          { requiredKeys: [] },
        ),
        encoding: fc.constantFrom('utf-8' as const, 'windows-1252' as const),
        columns: fc.record(
          {
            Tip: fc.constantFrom('ignore' as const, 'service_charge' as const),
            Receipt: fc.constant('sale_number' as const),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(some, async (drawn) => {
        const detection = await detect(DOUBTFUL, drawn)
        const { columns, levels, ...plain } = drawn
        expect(detection).toMatchObject(plain)
        expect(detection.levels).toMatchObject(levels ?? {})
        expect(detection.choices).toEqual(drawn)
        for (const [header, role] of Object.entries(columns ?? {})) {
          const column = detection.columns.find((one) => one.header === header)
          expect(column).toMatchObject({ role, from: 'person', confidence: 1 })
        }
        const settled = {
          dates_ambiguous: plain.dateOrder,
          currency_of_sign: plain.currency,
          tax_assumed_included: plain.tax,
        }
        for (const [code, said] of Object.entries(settled))
          if (said !== undefined) expect(asked(detection)).not.toContain(code)
      }),
      { numRuns: 100 },
    )
  })

  test('is told and no longer asked when it was accepted', async () => {
    const open = asked(await detect(DOUBTFUL))
    const detection = await detect(DOUBTFUL, { accepted: open })
    expect(asked(detection)).toEqual([])
    expect(detection.notes.map((note) => note.code)).toEqual(expect.arrayContaining([...open]))
  })

  test('may be the header row, also one that does not look like it', async () => {
    const text = '1,2,3,4\n9,10,11,12\n1,2026-03-13,Tea,1.00\n2,2026-03-14,Cake,2.00\n'
    const columns = { '9': 'sale_id', '10': 'date', '11': 'item', '12': 'total' } as const
    const detection = await detect(text, { headerRow: 2, columns })
    expect(detection).toMatchObject({ headerRow: 2, preamble: ['1,2,3,4'], rowsLookedAt: 2 })
    expect(roles(detection)).toEqual(['sale_id', 'date', 'item', 'total'])
  })

  test('may be a delimiter and an encoding', async () => {
    const text = Buffer.from('Order/Date/Item/Price\n1/2026-03-13/K\u00e4se/1.00\n', 'latin1')
    const choices = { delimiter: '/', encoding: 'windows-1252' } as const
    const detection = await detectSales(sourceOf(text), home, choices)
    expect(detection).toMatchObject({ delimiter: '/', encoding: 'windows-1252' })
    expect(detection.columns[2]?.examples).toEqual(['K\u00e4se'])
    expect(detection.notes.map((note) => note.code)).not.toContain('encoding_guessed')
  })

  test('leaves nothing to choose where the text was made by us', async () => {
    const detection = await detect(
      SIMPLE,
      { encoding: 'windows-1252', decimalMark: ',' },
      { container: 'xlsx', encoding: 'utf-8' },
    )
    expect(detection).toMatchObject({ encoding: 'utf-8', decimalMark: '.', container: 'xlsx' })
  })
})

describe('a column that a person names', () => {
  test('takes its role away from the column that was guessed for it, and from nothing else', async () => {
    const text = 'Order,Date,Item,Price,Total,Comment\n1,2026-03-13,Tea,1.00,1.50,a\n2,2026-03-14,Cake,2.00,2.50,b\n'
    expect(roles(await detect(text))).toEqual(['sale_id', 'date', 'item', 'unit_price', 'total', 'ignore'])
    const detection = await detect(text, { columns: { Price: 'total', Comment: 'staff' } })
    expect(roles(detection)).toEqual(['sale_id', 'date', 'item', 'total', 'ignore', 'staff'])
    expect(detection.columns[4]?.because).toContain('"Price"')
  })

  test('is found by its place where it has no heading, and by its count where a heading comes twice', async () => {
    const text = 'Order,Date,Till,,Amount,Amount\n1,2026-03-13,A,Tea,1.00,9.00\n2,2026-03-14,B,Cake,2.00,9.00\n'
    const detection = await detect(text, { columns: { '#3': 'item', 'Amount#2': 'total', Amount: 'ignore' } })
    expect(roles(detection)).toEqual(['sale_id', 'date', 'register', 'item', 'ignore', 'total'])
  })

  test('is found again in the next file, where it stands elsewhere and is written otherwise; an unknown one is passed over', async () => {
    const text = 'date;ORDER;price;item\n2026-03-13;1;1.00;Tea\n2026-03-14;2;2.00;Cake\n'
    expect(roles(await detect(text, { columns: { Price: 'total', Elsewhere: 'tip' } }))).toEqual([
      'date',
      'sale_id',
      'total',
      'item',
    ])
  })

  test('may hold the moment: then the guessed day and time are no longer read', async () => {
    const text =
      'Order,Date,Time,Closed,Price\n1,2026-03-13,10:00,2026-03-13 10:20,1.00\n2,2026-03-14,11:00,2026-03-14 11:20,2.00\n'
    expect(roles(await detect(text, { columns: { Closed: 'date_time' } }))).toEqual([
      'sale_id',
      'ignore',
      'ignore',
      'date_time',
      'unit_price',
    ])
    expect(roles(await detect(text, { columns: { Date: 'date' } }))).toEqual([
      'sale_id',
      'date',
      'time',
      'ignore',
      'unit_price',
    ])
  })
})

describe('a choice that cannot work is refused, and says what to choose', () => {
  test.each([
    ['a date without dates', { columns: { Item: 'date' } }, '"Item" was chosen as date,'],
    ['an amount without numbers', { columns: { Item: 'total' } }, '"Item" was chosen as total,'],
    ['a currency without codes', { columns: { Item: 'currency' } }, '"Item" was chosen as currency,'],
    ['two columns for one part', { columns: { Item: 'staff', Order: 'staff' } }, '"Item" and "Order"'],
    ['no column left for the date', { columns: { Date: 'ignore' } }, 'Choose a column of dates'],
    ['a row that is not there', { headerRow: 900 }, 'Row 900'],
    ['a delimiter of two signs', { delimiter: ';;' }, 'A delimiter is one sign'],
    ['an encoding that the file is not in', { encoding: 'utf-16le' }, 'Choose UTF-8 or Windows-1252'],
    ['a zone that is none', { zone: 'Mars' as FileChoices['zone'] }, 'Europe/Berlin'],
    ['a currency that is none', { currency: 'XYZ' as FileChoices['currency'] }, 'ISO 4217'],
  ] as readonly (readonly [string, FileChoices, string])[])('%s', async (_, choices, says) => {
    const said = await refusal(SIMPLE, choices)
    expect(said).toMatch(/^invalid file\.choice_unusable: /)
    expect(said).toContain(says)
  })

  test('an order that no date of the file can have', async () => {
    const text = 'Order,Date,Item,Price\n1,13/3/2026,Tea,1.00\n2,4/3/2026,Cake,2.00\n'
    expect(await refusal(text, { dateOrder: 'mdy' })).toContain('Choose the day first')
    expect((await detect(text, { dateOrder: 'dmy' })).dateOrder).toBe('dmy')
  })

  test('a currency that a column contradicts in every row, unless that column is passed over', async () => {
    const text = 'Order,Date,Item,Price,Currency\n1,2026-03-13,Tea,1.00,USD\n2,2026-03-14,Cake,2.00,USD\n'
    const eur = currencyCode('EUR')
    expect(await refusal(text, { currency: eur })).toContain('"Currency" says USD')
    expect((await detect(text, { currency: eur, columns: { Currency: 'ignore' } })).currency).toBe('EUR')
  })
})

describe('columns that we added to a list of refused rows', () => {
  test('change neither the shape nor what the other columns are, wherever they stand', async () => {
    const plain = await detect(SIMPLE)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4 }), fc.boolean(), async (at, upper) => {
        const ours = (cells: string, own: string): string => {
          const list = cells.split(',')
          list.splice(at, 0, own)
          return list.join(',')
        }
        const [head = '', ...rows] = SIMPLE.trim().split('\n')
        const name = upper ? 'Tillwire_Reason' : 'tillwire_reason'
        const text = [ours(head, name), ...rows.map((row) => ours(row, 'The date is missing.'))].join('\n')
        const detection = await detect(`${text}\n`)
        expect(detection).toMatchObject({ shape: plain.shape, family: plain.family })
        expect(detection.columns[at]).toMatchObject({ role: 'ignore', header: name })
        expect(roles(detection).filter((_, index) => index !== at)).toEqual(roles(plain))
      }),
      { numRuns: 10 },
    )
  })
})
