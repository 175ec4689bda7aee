import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import { currencyCode, exponentOf } from '#kernel/currency.ts'
import { majorText } from '#kernel/money.ts'
import { instantOf, type WallClock, zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf } from '../conformance/files.ts'
import type { Files } from '../contract.ts'
import { spreadsheet } from './connector.ts'

// Sales, written down in any dialect that a spreadsheet knows, and read back: they must be the same sales.

const files = spreadsheet.files as Files
const zone = zoneName('Europe/Paris')

type Dialect = {
  readonly delimiter: ',' | ';' | '\t' | '|'
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly encoding: 'utf8' | 'utf8-bom' | 'utf16le' | 'latin1'
  readonly mark: '.' | ','
  readonly grouped: boolean
  readonly order: 'ymd' | 'dmy' | 'mdy'
  readonly quoteAll: boolean
  readonly split: boolean
  readonly currency: 'EUR' | 'JPY' | 'KWD'
  readonly columns: readonly number[]
}

type Written = {
  readonly id: number
  readonly wall: number
  readonly tender: string
  readonly lines: readonly WrittenLine[]
}
type WrittenLine = {
  readonly item: string
  readonly quantity: number
  readonly price: number
  readonly discount: number
}

const dialects: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  encoding: fc.constantFrom('utf8', 'utf8-bom', 'utf16le', 'latin1'),
  mark: fc.constantFrom('.', ','),
  grouped: fc.boolean(),
  order: fc.constantFrom('ymd', 'dmy', 'mdy'),
  quoteAll: fc.boolean(),
  split: fc.boolean(),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  columns: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
})

const items = fc.constantFrom(
  'Café crème',
  'Käse, groß',
  'Tea "loose"',
  'Two\nlines',
  'Pain; complet',
  'A|B',
  'Brød',
  'Naan',
)
const line: fc.Arbitrary<WrittenLine> = fc.record({
  item: items,
  quantity: fc.integer({ min: 1, max: 40 }),
  price: fc.integer({ min: 1, max: 5_000_000 }),
  discount: fc.integer({ min: 0, max: 1 }),
})
const sale = fc.record({
  wall: fc.integer({ min: Date.UTC(2024, 0, 1) / 60_000, max: Date.UTC(2026, 11, 31) / 60_000 }),
  tender: fc.constantFrom('Cash', 'Visa', 'PayPal'),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
})

test('an amount that may belong to each row or to the whole sale waits for a person to say which', async () => {
  const rows = [1, 2, 3].flatMap((id) => ['Tea', 'Bun'].map((item) => `${id},2026-03-02 10:0${id},${item},1,4.00,0.50`))
  const repeated = ['Receipt,Date,Item,Quantity,Price,Discount', ...rows].join('\n')
  const site = { zone, currency: currencyCode('EUR') }
  const doubtful = await files.detect(sourceOf(Buffer.from(repeated)), site)
  expect(doubtful.notes).toContainEqual(
    expect.objectContaining({
      code: 'amount_level_assumed',
      severity: 'confirm',
      say: expect.stringContaining('Discount'),
    }),
  )
  const varied = `${repeated}\n4,2026-03-02 11:00,Tea,1,4.00,0.50\n4,2026-03-02 11:00,Bun,1,4.00,0.20`
  const clear = await files.detect(sourceOf(Buffer.from(varied)), site)
  expect(clear.notes.map((note) => note.code)).not.toContain('amount_level_assumed')
})

test('sales written in any dialect are read back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(dialects, fc.array(sale, { minLength: 1, maxLength: 12 }), async (dialect, drawn) => {
      // One sale that settles what the others may leave open: a day beyond 12, an amount with both marks.
      const settling = {
        wall: Date.UTC(2025, 4, 25, 10, 30) / 60_000,
        tender: 'Cash',
        lines: [{ item: 'Naan', quantity: 1, price: 123_456_7, discount: 0 }],
      }
      const sales: Written[] = [settling, ...drawn].map((one, nth) => ({ ...one, id: nth + 1 }))
      const currency = currencyCode(dialect.currency)
      const site = { zone, currency }
      const file = sourceOf(encoded(written(sales, dialect), dialect))
      const detection = await files.detect(file, site)
      // A discount that is the same on all rows of all sales could be either; then the file must wait for a person.
      if (detection.notes.some((note) => note.code === 'amount_level_assumed' && note.severity === 'confirm')) return
      const { sales: read, slices } = await readAs(files, file, detection, site)
      expect(slices.flatMap((slice) => slice.rejected)).toEqual([])
      expect(
        read.map(({ sale: one }) => ({
          number: one.number,
          openedAt: one.openedAt,
          tender: one.payments[0]?.tender,
          currency: one.currency,
          discount: one.discount,
          total: one.total,
          items: one.items.map((item) => [item.article.name, item.quantity, item.unitPrice]),
        })),
      ).toEqual(sales.map((one) => expected(one, dialect.currency)))
      expect(read.every(({ sale: one }) => checkIdentity(one).verdict === 'holds')).toBe(true)
    }),
    { numRuns: 150 },
  )
})

function expected(one: Written, currency: string): unknown {
  const gross = one.lines.reduce((sum, line) => sum + line.quantity * line.price, 0)
  const discount = one.lines.reduce((sum, line) => sum + line.discount, 0)
  return {
    number: String(one.id),
    openedAt: instantOf((one.wall * 60_000) as WallClock, zone).at,
    tender: { Cash: 'cash', Visa: 'card', PayPal: 'wallet' }[one.tender],
    currency,
    discount: BigInt(discount),
    total: BigInt(gross - discount),
    items: one.lines.map((line) => [line.item, String(line.quantity), BigInt(line.price)]),
  }
}

function written(sales: readonly Written[], dialect: Dialect): string {
  const headings = [
    'Receipt number',
    dialect.split ? 'Date' : 'Date and time',
    dialect.split ? 'Time' : 'Note',
    'Item',
    'Quantity',
    'Unit price',
    'Discount',
    'Payment type',
  ]
  const rows = [headings]
  for (const one of sales) {
    const [date, time] = clock(one.wall, dialect)
    for (const line of one.lines) {
      const when = dialect.split ? [date, time] : [`${date} ${time}`, '']
      rows.push([
        String(one.id),
        ...when,
        line.item,
        String(line.quantity),
        money(line.price, dialect),
        money(line.discount, dialect),
        one.tender,
      ])
    }
  }
  return rows
    .map(
      (cells) =>
        dialect.columns.map((at) => quoted(cells[at] ?? '', dialect)).join(dialect.delimiter) + dialect.lineEnd,
    )
    .join('')
}

function clock(wall: number, { order }: Dialect): readonly [string, string] {
  const iso = new Date(wall * 60_000).toISOString()
  const [year, month, day] = [iso.slice(0, 4), iso.slice(5, 7), iso.slice(8, 10)]
  const date =
    order === 'ymd'
      ? `${year}-${month}-${day}`
      : order === 'dmy'
        ? `${day}.${month}.${year}`
        : `${Number(month)}/${Number(day)}/${year}`
  return [date, iso.slice(11, 16)]
}

function money(minor: number, dialect: Dialect): string {
  const currency = currencyCode(dialect.currency)
  const [whole = '', fraction] = majorText(BigInt(minor), currency).split('.')
  const group = dialect.mark === '.' ? ',' : '.'
  // A currency without decimals shows its marks by grouping twice; otherwise it would be truly ambiguous.
  const grouped = dialect.grouped && exponentOf(currency) > 0
  const digits = grouped ? whole.replace(/\B(?=(\d{3})+$)/g, group) : whole
  return fraction === undefined ? digits : `${digits}${dialect.mark}${fraction}`
}

function quoted(cell: string, { delimiter, quoteAll }: Dialect): string {
  const needs = quoteAll || cell.includes(delimiter) || /["\r\n]/.test(cell)
  return needs ? `"${cell.replaceAll('"', '""')}"` : cell
}

function encoded(text: string, { encoding }: Dialect): Buffer {
  if (encoding === 'utf16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (encoding === 'latin1') return Buffer.from(text, 'latin1')
  return Buffer.from(encoding === 'utf8-bom' ? `\ufeff${text}` : text)
}
