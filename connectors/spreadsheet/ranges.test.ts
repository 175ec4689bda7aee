import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readWhole, sourceOf } from '../conformance/files.ts'
import type { FileChoices, Files } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'
import { ROW_REJECTIONS } from './faults.ts'

// One value that nobody can record is its row's misfortune and not the file's.

const files = spreadsheet.files as Files
const HEADER = 'Order,Date,Item,Quantity,Price'
const breakfast = '1,2026-03-02 08:01,Rye loaf,1,4.20'
const elevenses = '2,2026-03-02 10:40,Bun,3,0.90'

async function read(lines: readonly string[], currency = 'EUR', choices: FileChoices = {}) {
  const source = sourceOf(Buffer.from(`${lines.join('\n')}\n`))
  const site = { zone: zoneName('Europe/Berlin'), currency: currencyCode(currency) }
  const { sales, slices, rowsRead } = await readWhole(files, source, site, 500, choices)
  const rejected = slices.flatMap((slice) => slice.rejected)
  const refunds = slices.flatMap((slice) => slice.refunds)
  const inSales = [...sales, ...refunds].reduce((sum, { rows }) => sum + rows.length, 0)
  expect(rowsRead).toBe(inSales + rejected.length)
  return { sales: sales.map((one) => one.sale), refunds, rejected }
}

const REFUSED: readonly (readonly [what: string, row: string, code: string, column: string | null])[] = [
  ['more money than there is', '3,2026-03-02 11:00,Bun,1,99999999999999999999.00', 'row.amount_range', 'Price'],
  ['more money than JSON can carry', '3,2026-03-02 11:00,Bun,1,100000000000000.00', 'row.amount_range', 'Price'],
  ['one cent too much', '3,2026-03-02 11:00,Bun,1,100000000000.01', 'row.amount_range', 'Price'],
  ['as much money given back', '3,2026-03-02 11:00,Bun,1,-100000000000.01', 'row.amount_range', 'Price'],
  ['a product too large', '3,2026-03-02 11:00,Bun,900000000,900000000.00', 'row.amount_range', 'Price'],
  ['a product of fractions too large', '3,2026-03-02 11:00,Bun,900000000.5,900000.005', 'row.amount_range', 'Price'],
  ['a number as long as a page', `3,2026-03-02 11:00,Bun,1,${'9'.repeat(4_000)}`, 'row.amount_unreadable', 'Price'],
  ['more pieces than there are', `3,2026-03-02 11:00,Bun,${'9'.repeat(32)},1.00`, 'row.quantity_range', 'Quantity'],
  ['one piece too many', '3,2026-03-02 11:00,Bun,1000000001,0.01', 'row.quantity_range', 'Quantity'],
  ['crumbs of crumbs', '3,2026-03-02 11:00,Bun,0.0000000001,1.00', 'row.quantity_range', 'Quantity'],
  ['the zero of spreadsheets', '3,1899-12-30 11:00,Bun,1,1.00', 'row.date_range', 'Date'],
  ['the year 26', '3,0026-03-02 11:00,Bun,1,1.00', 'row.date_range', 'Date'],
  ['the last minute of 1989', '3,1989-12-31 23:59,Bun,1,1.00', 'row.date_range', 'Date'],
  ['the first minute of 2100', '3,2100-01-01 00:00,Bun,1,1.00', 'row.date_range', 'Date'],
  ['midnight at the end of 2099', '3,2099-12-31 24:00,Bun,1,1.00', 'row.date_range', 'Date'],
  ['a name as long as a book', `3,2026-03-02 11:00,${'Bun '.repeat(100_000)},1,1.00`, 'row.text_long', 'Item'],
  ['an id as long as a page', `${'3'.repeat(1_001)},2026-03-02 11:00,Bun,1,1.00`, 'row.text_long', 'Order'],
  ['a name of many bytes', `3,2026-03-02 11:00,${'麺'.repeat(900)},1,1.00`, 'row.text_long', 'Item'],
]

test.for(REFUSED)('%s is refused with its row, and the other rows stand', async ([, row, code, column]) => {
  const { sales, rejected } = await read([HEADER, breakfast, row, elevenses])
  expect(sales.map((sale) => [sale.number, sale.total])).toEqual([
    ['1', 420n],
    ['2', 270n],
  ])
  expect(rejected.map((one) => [one.row, one.code, one.column])).toEqual([[3, code, column]])
})

test('what is just within the range is read', async () => {
  const { sales, rejected } = await read([
    HEADER,
    '1,2026-03-02 08:01,Rye loaf,1,100000000000.00',
    '2,1990-01-01 00:00,Bun,1,1.00',
    '3,2099-12-31 23:59,Bun,1,1.00',
    '4,2026-03-02 08:01,Crumb,0.000000001,1000000000',
    '5,2026-03-02 08:01,Grain,1000000000,100.00',
    `6,2026-03-02 08:01,${'B'.repeat(1_000)},1,1.00`,
    `${'7'.repeat(1_000)},2026-03-02 08:01,Bun,1,1.00`,
  ])
  expect(rejected).toEqual([])
  expect(sales.map((sale) => sale.total).sort()).toEqual([10n ** 13n, 10n ** 13n, 100n, 100n, 100n, 100n, 100n].sort())
})

test.for(['Gross sales', 'Discount', 'Tax', 'Total', 'Tip', 'Service charge'])(
  'an amount of "%s" that is out of range is named by its column',
  async (heading) => {
    const headings = ['Gross sales', 'Discount', 'Tax', 'Total', 'Tip', 'Service charge']
    const row = headings.map((one) => (one === heading ? '100000000000000' : '1.00'))
    const { sales, rejected } = await read([
      `Order,Date,${headings.join(',')}`,
      `1,2026-03-02 08:01,${headings.map(() => '1.00').join(',')}`,
      `2,2026-03-02 08:02,${row.join(',')}`,
    ])
    expect(sales.map((sale) => sale.number)).toEqual(['1'])
    expect(rejected.map(({ code, column }) => [code, column])).toEqual([['row.amount_range', heading]])
  },
)

test('amounts that leave the range only together are refused with their row', async () => {
  const { sales, rejected } = await read([
    'Order,Date,Item,Total,Discount',
    '1,2026-03-02 08:01,Rye loaf,4.20,0.00',
    '2,2026-03-02 08:02,Bun,90000000000.00,90000000000.00',
  ])
  expect(sales.map((sale) => sale.number)).toEqual(['1'])
  expect(rejected.map(({ row, code, column }) => [row, code, column])).toEqual([[3, 'row.amount_range', null]])
})

test('a sale whose lines come to more than can be recorded is refused with all of its rows', async () => {
  const large = '7,2026-03-02 08:01,Bun,1,100000000000.00'
  const stands = await read([HEADER, breakfast, ...Array.from({ length: 99 }, () => large)])
  expect(stands.sales.map((sale) => sale.total)).toEqual([420n, 99n * 10n ** 13n])
  const refused = await read([HEADER, breakfast, ...Array.from({ length: 100 }, () => large), elevenses])
  expect(refused.sales.map((sale) => sale.number)).toEqual(['1', '2'])
  expect(new Set(refused.rejected.map(({ code }) => code))).toEqual(new Set(['row.amount_range']))
  const returned = large.replace('Bun,1', 'Bun,-1')
  const refunds = await read([HEADER, breakfast, ...Array.from({ length: 100 }, () => returned)])
  expect([refunds.sales.length, refunds.refunds.length, refunds.rejected.length]).toEqual([1, 0, 100])
})

test('a sale with a row out of range waits whole, and one of refused rows alone is none', async () => {
  const { sales, rejected } = await read([
    HEADER,
    breakfast,
    '1,2026-03-02 08:01,Bun,1,99999999999999999999.00',
    '2,2026-03-02 08:05,Bun,99999999999,1.00',
    '2,1931-05-01 08:05,Bun,1,1.00',
    '3,2026-03-02 08:09,Bun,1,1.00',
  ])
  expect(sales.map((sale) => [sale.number, sale.items.length, sale.total])).toEqual([['3', 1, 100n]])
  expect(rejected.map(({ row, code }) => [row, code]).sort()).toEqual([
    [2, 'row.sale_incomplete'],
    [3, 'row.amount_range'],
    [4, 'row.quantity_range'],
    [5, 'row.date_range'],
  ])
})

const TEXTS = [
  'Order',
  'Receipt number',
  'Line id',
  'Item',
  'Variant',
  'SKU',
  'Category',
  'Register',
  'Cashier',
  'Channel',
  'Location',
  'Card brand',
]

test.for(TEXTS)('a text of "%s" that no index can hold is refused', async (heading) => {
  const row = (nth: number, text: string) =>
    TEXTS.map((one) => (one === heading ? text : one === 'Order' ? `${nth}` : `${one} ${nth}`)).join(',')
  const { sales, rejected } = await read(
    [
      `Date,Price,${TEXTS.join(',')}`,
      `2026-03-02 08:01,1.00,${row(1, 'North')}`,
      `2026-03-02 08:02,1.00,${row(2, 'South')}`,
      `2026-03-02 08:03,1.00,${row(3, 'x'.repeat(1_001))}`,
    ],
    'EUR',
    { columns: { Order: 'sale_id', 'Receipt number': 'sale_number' } },
  )
  expect(sales.length).toBe(2)
  expect(rejected.map(({ row: at, code, column }) => [at, code, column])).toEqual([[4, 'row.text_long', heading]])
})

test('ids that only with their place are too long for an index are refused', async () => {
  const long = 'x'.repeat(999)
  const { sales, rejected } = await read([
    'Order,Date,Item,Price,Location,Register',
    '1,2026-03-02 08:01,Bun,1.00,North,2',
    `${long},2026-03-02 08:02,Bun,1.00,${long},${long}`,
  ])
  expect(sales.length).toBe(1)
  expect(rejected.map(({ code, column }) => [code, column])).toEqual([['row.text_long', 'Order']])
})

test('a customer may have any name, for it becomes a hash', async () => {
  const { sales, rejected } = await read([
    'Order,Date,Item,Price,Customer',
    `1,2026-03-02 08:01,Bun,1.00,${'Ada '.repeat(2_000)}`,
  ])
  expect(rejected).toEqual([])
  expect(sales[0]?.customer).toMatch(/^customer:[0-9a-f]{24}$/)
})

test('a yen is a minor unit of its own, and has the same range', async () => {
  const { sales, rejected } = await read(
    ['Order,Date,Total', '1,2026-03-02 08:01,10000000000000', '2,2026-03-02 08:02,10000000000001'],
    'JPY',
  )
  expect(sales.map((sale) => sale.total)).toEqual([10n ** 13n])
  expect(rejected.map(({ code }) => code)).toEqual(['row.amount_range'])
})

test('cells as long as a book keep nobody waiting, whatever they hold', { timeout: 20_000 }, async () => {
  const hard = [
    `1${'0'.repeat(400_000)}1`,
    `0.${'0'.repeat(400_000)}1`,
    `1${' '.repeat(400_000)}1`,
    '1 '.repeat(200_000),
  ]
  for (const column of [1, 3, 4]) {
    const rows = hard.map((cell) => ['3', '2026-03-02 11:00', 'Bun', '1', '1.00'].with(column, cell).join(','))
    const { sales, rejected } = await read([HEADER, ...Array(10).fill([breakfast, elevenses]).flat(), ...rows])
    expect(sales.length).toBe(2)
    expect(rejected.length).toBe(hard.length)
  }
})

test('every reason of the range says what to do next', () => {
  const codes = ['row.amount_range', 'row.quantity_range', 'row.date_range', 'row.text_long'] as const
  for (const code of codes) expect(ROW_REJECTIONS[code]).toMatch(/correct it and import the row again\.$/i)
})
