import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf, type WholeRead } from '../conformance/files.ts'
import type { FileDetection, Files } from '../contract.ts'
import { spreadsheet } from './connector.ts'
import { openBytes } from './container.ts'

const files = spreadsheet.files as Files
const berlin = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

async function read(bytes: Buffer, name = 'export.csv'): Promise<WholeRead & { detection: FileDetection }> {
  const detection = await files.detect(sourceOf(bytes, name), berlin)
  return { detection, ...(await readAs(files, sourceOf(bytes, name), detection, berlin)) }
}

function refused(bytes: Buffer, name?: string): Promise<unknown> {
  return files.detect(sourceOf(bytes, name), berlin).then(
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
    const { detection, sales } = await read(bytes)
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
    ['file.binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0])],
    ['file.binary', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70])],
    ['file.binary', Buffer.from('%PDF-1.7\n')],
    ['file.binary', Buffer.from(Array.from({ length: 5000 }, (_, nth) => (nth * 89) % 256))],
    ['file.workbook_unsupported', Buffer.from('PK\x03\x04rest')],
    ['file.workbook_unsupported', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1])],
    ['file.not_a_table', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
    ['file.not_a_table', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>')],
    ['file.not_a_table', Buffer.from('{"orders": []}')],
    ['file.not_a_table', Buffer.from('[{"id": 1}]')],
    ['file.not_a_table', Buffer.from('Dear all\nplease find below\nnothing\n')],
    ['file.no_header', Buffer.from('1,2025-02-13,Bread,1.00\n2,2025-02-13,Bread,1.00\n')],
    ['file.no_rows', Buffer.from('Order,Date,Item,Price\n')],
    ['file.no_date', Buffer.from('SKU,Name,Price\n00123,Bread,1.00\n00124,Cake,2.00\n')],
    ['file.no_sales', Buffer.from('Date,Staff,Hours worked today\n2025-01-01,Ann,7\n2025-01-01,Bob,8\n')],
    ['file.damaged', gzipSync(TABLE).subarray(0, 10)],
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

  test('an archive that unpacks to a thousand times its size is refused before it fills the memory', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 ** 2, 'a,b\n'))
    const read = async (bytes: number): Promise<number> => {
      let unpacked = 0
      const opened = await openBytes(sourceOf(bomb), { bytes, ratio: 200 })
      for await (const piece of opened.bytes) unpacked += piece.length
      return unpacked
    }
    await expect(read(1024 ** 2)).rejects.toMatchObject({ code: 'file.unpacks_too_large' })
    expect(await read(64 * 1024 ** 2)).toBe(32 * 1024 ** 2)
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
    expect((await read(Buffer.from(cells), 'tabs.csv')).detection.delimiter).toBe(delimiter)
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

  test('packed data that breaks off is read up to there, and the row at the break is refused', async () => {
    const many = Array.from(
      { length: 20_000 },
      (_, nth) => `${nth};13.02.2025 08:15;Brot ${(nth * 7919) % 1000};1,00 EUR`,
    ).join('\n')
    const packed = gzipSync(`Beleg;Datum;Artikel;Betrag\n${many}\n`)
    const { slices, sales, rowsRead, detection } = await read(packed.subarray(0, packed.length - 30_000))
    const rejected = slices.flatMap((slice) => slice.rejected)
    expect(sales.length).toBeGreaterThan(5000)
    expect(rejected.map(({ code }) => code)).toEqual(['row.cut_off'])
    expect(rejected[0]?.row).toBe(sales.length + 2)
    expect(rowsRead).toBe(sales.length + 1)
    expect(slices.reduce((sum, slice) => sum + (slice.noticed.file_truncated ?? 0), 0)).toBe(1)
    expect(detection.notes.map((note) => note.code)).toContain('file_truncated')
  })
})
