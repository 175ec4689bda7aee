import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf, tableOf, type WholeRead } from '../conformance/files.ts'
import type { FileChoices, FileDetection, FileSource, Files } from '../contract-files.ts'
import { spreadsheet } from './connector.ts'
import { readLayout, settleEncoding } from './table.ts'

const files = spreadsheet.files as Files
const berlin = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

async function read(
  table: Buffer | FileSource,
  choices: FileChoices = {},
): Promise<WholeRead & { detection: FileDetection }> {
  const file = Buffer.isBuffer(table) ? sourceOf(table) : table
  const detection = await files.detect(file, berlin, choices)
  return { detection, ...(await readAs(files, file, detection, berlin)) }
}

function refused(bytes: Buffer, choices: FileChoices = {}): Promise<unknown> {
  return files.detect(sourceOf(bytes), berlin, choices).then(
    () => 'accepted',
    (fault: { code?: string; message: string }) => `${fault.code}: ${fault.message}`,
  )
}

const TABLE =
  'Beleg;Datum;Artikel;Betrag\n17;13.02.2025 08:15;Käse „Würzig“ – groß;12,50 €\n18;14.02.2025 09:00;Crème brûlée;3,00 €\n'

/** Windows-1252 for the letters of the table above. */
function windows1252(text: string): Buffer {
  const special: Readonly<Record<string, number>> = { '€': 0x80, '„': 0x84, '“': 0x93, '–': 0x96, '’': 0x92 }
  return Buffer.from([...text].map((char) => special[char] ?? char.charCodeAt(0)))
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

describe('a table is the same table in every encoding', () => {
  test.each([
    ['utf-8', Buffer.from(TABLE), false],
    ['utf-8', Buffer.from(`\ufeff${TABLE}`), true],
    ['utf-16le', Buffer.from(`\ufeff${TABLE}`, 'utf16le'), true],
    ['utf-16le', Buffer.from(TABLE, 'utf16le'), false],
    ['utf-16be', utf16be(`\ufeff${TABLE}`), true],
    ['utf-16be', utf16be(TABLE), false],
    ['windows-1252', windows1252(TABLE), false],
  ] as const)('%s', async (encoding, bytes, byteOrderMark) => {
    const { detection, sales } = await read(await tableOf(files, bytes))
    expect(detection).toMatchObject({ encoding, byteOrderMark, delimiter: ';', dateOrder: 'dmy', decimalMark: ',' })
    expect(sales.map(({ sale }) => [sale.items[0]?.article.name, sale.total])).toEqual([
      ['Käse „Würzig“ – groß', 1250n],
      ['Crème brûlée', 300n],
    ])
  })

  test('the first letter beyond ASCII may come half a megabyte into the file', async () => {
    const many = Array.from({ length: 15_000 }, (_, nth) => `${nth};13.02.2025 08:15;Brot;1,00 EUR`).join('\n')
    const { detection, sales } = await read(
      windows1252(`Beleg;Datum;Artikel;Betrag\n${many}\n99999;14.02.2025 09:00;Käse;3,00 EUR\n`),
    )
    expect(detection.encoding).toBe('windows-1252')
    expect(detection.notes.map((note) => note.code)).toContain('encoding_guessed')
    expect(sales.at(-1)?.sale.items[0]?.article.name).toBe('Käse')
  })

  test('where the bound comes before the first letter beyond ASCII, UTF-8 is assumed and nobody is left in doubt', async () => {
    const file = sourceOf(
      windows1252(`Beleg;Datum;Betrag\n${'1;13.02.2025;1,00\n'.repeat(40_000)}2;14.02.2025;1,00 €\n`),
    )
    const layout = await readLayout(file, {})
    expect(await settleEncoding(file, layout, 100_000)).toEqual({ encoding: 'utf-8', assumed: true })
    expect(await settleEncoding(file, layout, 1_000_000)).toEqual({ encoding: 'windows-1252', assumed: false })
  })

  test('a broken byte in UTF-8 costs its row alone, also at the very end', async () => {
    const table = Buffer.from(`${TABLE}19;14.02.2025 09:01;Te`)
    const { slices, sales } = await read(Buffer.concat([table, Buffer.from([0xc3])]))
    expect(sales.length).toBe(2)
    expect(slices[0]?.rejected.map(({ row, code }) => [row, code])).toEqual([[4, 'row.encoding']])
  })

  test('NUL bytes cost their row alone', async () => {
    const { slices, sales } = await read(
      Buffer.from(`${TABLE}19;14.02.2025 09:01;T\0e;1,00 €\n20;14.02.2025 09:02;Tee;1,00 €\n`),
    )
    expect(sales.length).toBe(3)
    expect(slices[0]?.rejected.map(({ row, code }) => [row, code])).toEqual([[4, 'row.nul_bytes']])
  })
})

describe('what is no table of sales is refused with a code and a way out', () => {
  test.each([
    ['file.empty', Buffer.alloc(0)],
    ['file.empty', Buffer.from('\n \n\r\n')],
    ['file.binary', Buffer.from(Array.from({ length: 5000 }, (_, nth) => (nth * 89) % 256))],
    ['file.not_a_table', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
    ['file.not_a_table', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>')],
    ['file.not_a_table', Buffer.from('{"orders": []}')],
    ['file.not_a_table', Buffer.from('[{"id": 1}]')],
    ['file.not_a_table', Buffer.from('Dear all\nplease find below\nnothing\n')],
    ['file.no_header', Buffer.from('1,2025-02-13,Bread,1.00\n2,2025-02-13,Bread,1.00\n')],
    ['file.no_rows', Buffer.from('Order,Date,Item,Price\n')],
    ['file.no_date', Buffer.from('SKU,Name,Price\n00123,Bread,1.00\n00124,Cake,2.00\n')],
    ['file.no_sales', Buffer.from('Date,Staff,Hours worked today\n2025-01-01,Ann,7\n2025-01-01,Bob,8\n')],
    ['file.not_a_table', Buffer.from('x'.repeat(4_000_000))],
    ['file.too_many_columns', Buffer.from(`${'a,'.repeat(10_000)}\n${'1,'.repeat(10_000)}\n`)],
    ['file.too_many_columns', Buffer.from(`Order,Date,Total\n${'1,'.repeat(500_000)}\n`)],
  ] as const)('%s', async (code, bytes) => {
    expect(await refused(bytes)).toMatch(new RegExp(`^${code}: .{20}`))
  })

  test('totals per day, and totals per article and day, are no sales', async () => {
    const days = Array.from({ length: 28 }, (_, nth) => `2025-02-${String(nth + 1).padStart(2, '0')}`)
    const daily = days.map((day, nth) => `${day},${100 + nth}.50`).join('\n')
    const perItem = ['Bread', 'Cake']
      .flatMap((item) => days.map((day) => `${item},${day},${item.length}.50`))
      .join('\n')
    expect(await refused(Buffer.from(`Date,Total\n${daily}\n`))).toMatch(/^file.aggregate_report/)
    expect(await refused(Buffer.from(`Item,Date,Turnover\n${perItem}\n`))).toMatch(/^file.aggregate_report/)
  })

  test.each([
    ['web page with a table', '<html><body><table><tr><td>Date</td></tr></table></body></html>'],
    ['saved as XML', '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'],
  ])('what tills call an Excel file and is a %s gets a sentence of its own', async (says, text) => {
    expect(await refused(Buffer.from(text))).toContain(says)
    expect(await refused(Buffer.from(text))).toContain('save it as XLSX or CSV')
  })
})

describe('the layout is found', () => {
  test.each([
    [',', ','],
    [';', ';'],
    ['tab', '\t'],
    ['bar', '|'],
  ] as const)('cells parted by %s', async (_, delimiter) => {
    const table = `Order,Date,Item,Price\n1,2025-02-13,"Tea, ; | \tgreen",1.00\n2,2025-02-13,Cake,2.00\n`
    const cells = table.replace(/,(?=\S)/g, delimiter)
    expect((await read(Buffer.from(cells))).detection.delimiter).toBe(delimiter)
  })

  test('a hint line sets the delimiter and is no row of the table', async () => {
    const { detection, sales } = await read(Buffer.from('sep=|\nOrder|Date|Item|Price\n1|2025-02-13|Tea|1.00\n'))
    expect(detection).toMatchObject({ delimiter: '|', headerRow: 2 })
    expect(sales[0]?.rows).toEqual([3])
  })

  test('sixteen rows may stand above the header', async () => {
    const above = Array.from({ length: 15 }, (_, nth) => `Line ${nth},,,`).join('\n')
    const { detection, sales } = await read(
      Buffer.from(`${above}\n\nOrder,Date,Item,Price\n1,2025-02-13,Tea,1.00\n2,2025-02-13,Tea,1.00\n`),
    )
    expect(detection.headerRow).toBe(17)
    expect(detection.preamble.length).toBe(16)
    expect(sales[0]?.rows).toEqual([18])
  })

  test('quotes may be doubled inside a heading, and two columns may have one name', async () => {
    const { detection } = await read(
      Buffer.from('Order,Date,"Item ""name""",Price,Note,Note\n1,2025-02-13,Tea,1.00,a,b\n'),
    )
    expect(detection.columns[2]).toMatchObject({ header: 'Item "name"', role: 'item' })
    expect(detection.notes.map((note) => note.code)).toContain('columns_repeated')
  })

  test('a longer row is refused, a shorter one is filled up when only unimportant cells are missing', async () => {
    const { slices, detection, sales } = await read(
      Buffer.from(
        'Order,Date,Item,Price,Note\n1,2025-02-13,Tea,1.00,x\n2,2025-02-13,Tea,1.00\n3,2025-02-13,Tea,1,00,x\n4,2025-02-13\n5,2025-02-13,Tea,1.00,,\n',
      ),
    )
    expect(detection.notes.map((note) => note.code)).toContain('rows_ragged')
    expect(sales.map(({ sale }) => sale.number)).toEqual(['1', '2', '5'])
    expect(slices[0]?.rejected.map(({ row, code }) => [row, code])).toEqual([
      [4, 'row.width'],
      [5, 'row.width'],
    ])
    expect(slices[0]?.noticed).toMatchObject({ row_padded: 1 })
  })

  test('the same shape has the same hash, whatever its rows', async () => {
    const one = await read(Buffer.from('Order,Date,Item,Price\n1,2025-02-13,Tea,1.00\n'))
    const other = await read(Buffer.from('order;DATE;item;price\n9;31.12.2025;Brot;1,00\n'))
    expect(one.detection.shape).toMatch(/^[0-9a-f]{64}$/)
    expect(other.detection.shape).toBe(one.detection.shape)
  })

  test('a table that broke off is read up to there, and the row at the break is refused', async () => {
    const bytes = Buffer.from(`${TABLE}19;14.02.2025 09:01;Tee;1,0`)
    const { slices, sales, rowsRead, detection } = await read(sourceOf(bytes, 'export.csv', { extent: 'broken_off' }))
    expect(slices.flatMap((slice) => slice.rejected).map(({ row, code }) => [row, code])).toEqual([[4, 'row.cut_off']])
    expect(sales.length).toBe(2)
    expect(rowsRead).toBe(3)
    expect(slices.reduce((sum, slice) => sum + (slice.noticed.file_truncated ?? 0), 0)).toBe(1)
    expect(detection.notes).toContainEqual(expect.objectContaining({ code: 'file_truncated', severity: 'confirm' }))
  })

  test('of the head of a table the row that is not all there is left out, and the rest is never taken for the whole', async () => {
    const bytes = Buffer.from(`${TABLE}19;14.02.2025 09:01;Tee;1,0`)
    const { slices, sales, detection } = await read(sourceOf(bytes, 'export.csv', { extent: 'head' }))
    expect(sales.length).toBe(2)
    expect(slices.flatMap((slice) => slice.rejected)).toEqual([])
    expect(detection).toMatchObject({ wholeFile: false, rowsLookedAt: 2 })
    expect(detection.notes.map((note) => note.code)).not.toContain('file_truncated')
  })

  test('what the head of a table leaves open is asked, because the rest may settle it', async () => {
    const rows = Array.from({ length: 300 }, (_, nth) => `${nth},0${(nth % 9) + 1}/02/2025,1.00\n`).join('')
    const head = sourceOf(Buffer.from(`Order,Date,Total\n${rows}`), 'export.csv', { extent: 'head' })
    const { detection } = await read(head)
    expect(detection.notes).toContainEqual(expect.objectContaining({ code: 'dates_ambiguous', severity: 'confirm' }))
    const whole = await read(Buffer.from(`Order,Date,Total\n${rows}300,02/13/2025,1.00\n`))
    expect(whole.detection).toMatchObject({ dateOrder: 'mdy', wholeFile: true })
  })
})

describe('what stands around the table does not matter', () => {
  test.each([
    ['a title in one cell of many', 'Sales report,,,\nMarch 2025,,,\n\n', 4],
    ['groups of columns', ',Sale,,Money\n', 2],
    ['a period', 'From,2025-02-01,To,2025-02-28\n', 2],
  ])('%s stands above the header', async (_, above, headerRow) => {
    const table = 'Order,Date,Item,Price\n1,2025-02-13,Tea,1.00\n2,2025-02-14,Cake,2.00\n'
    expect((await read(Buffer.from(above + table))).detection.headerRow).toBe(headerRow)
  })

  test('a row of units below the header is no sale and spoils none', async () => {
    const { detection, sales } = await read(
      Buffer.from('Order,Date,Item,Price\n,,,EUR\n1,2025-02-13,Tea,1.00\n2,2025-02-14,Cake,2.00\n'),
    )
    expect(detection.headerRow).toBe(1)
    expect(sales.map(({ sale }) => sale.total)).toEqual([100n, 200n])
  })

  test('a second table further down is told, because its rows do not fit the first', async () => {
    const { detection } = await read(
      Buffer.from(
        'Order,Date,Item,Price\n1,2025-02-13,Tea,1.00\n2,2025-02-14,Cake,2.00\n\n\nStaff,Hours,Wage,Paid on\nAnn,7,10.00,2025-02-14\nBob,8,10.00,2025-02-14\n',
      ),
    )
    expect(detection.notes).toContainEqual(expect.objectContaining({ code: 'second_table', severity: 'confirm' }))
    expect(detection.notes.find((note) => note.code === 'second_table')?.say).toContain('Row 6')
  })

  test('of two tables the first that holds sales is read', async () => {
    const { detection, sales } = await read(
      Buffer.from(
        'Branch,Manager,Seats\nHarbour,Ann,40\nCastle,Bob,25\n\nOrder,Date,Item,Price\n1,2025-02-13,Tea,1.00\n2,2025-02-14,Cake,2.00\n',
      ),
    )
    expect(detection).toMatchObject({ headerRow: 5, choices: {} })
    expect(sales.map(({ sale }) => sale.total)).toEqual([100n, 200n])
  })

  test.each([
    [',', ';'],
    [';', ','],
  ])(
    'where %s and %s make a table equally well, the one with sales is taken and a person is asked',
    async (by, other) => {
      const rows = [
        'Order,Date,Item;Size;Heat;Note,Total',
        '1,2025-02-13,Tea;small;hot;a,1.00',
        '2,2025-02-14,Tea;big;hot;b,2.00',
      ]
      const swapped: Readonly<Record<string, string>> = { ',': by, ';': other }
      const text = rows.map((row) => row.replace(/[,;]/g, (sign) => swapped[sign] ?? sign)).join('\n')
      const { detection, sales } = await read(Buffer.from(`${text}\n`))
      expect(detection.delimiter).toBe(by)
      expect(detection.notes).toContainEqual(
        expect.objectContaining({ code: 'delimiter_ambiguous', severity: 'confirm' }),
      )
      expect(sales.map(({ sale }) => sale.total)).toEqual([100n, 200n])
      expect(
        (await read(Buffer.from(`${text}\n`), { delimiter: by })).detection.notes.map((note) => note.code),
      ).not.toContain('delimiter_ambiguous')
    },
  )
})
