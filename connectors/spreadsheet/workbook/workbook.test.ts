import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Records } from '../records.ts'
import { patched, refusal, unpacked, zipOf } from '../test-archives.ts'
import { unpackFile } from '../unpack.ts'
import { escaped, relationships, workbookOf } from './test-workbooks.ts'

const fixture = (name: string) => readFile(new URL(`./fixtures/${name}`, import.meta.url))
const textOf = async (bytes: Uint8Array) => (await unpacked(bytes)).tables[0]?.text
const rowsOf = (rows: string, more = {}) => workbookOf({ sheets: [{ rows }], ...more }).then(textOf)

describe('workbooks of real libraries', () => {
  test('a till export, as XlsxWriter makes it', async () => {
    const { container, tables } = await unpacked(await fixture('till-export.xlsx'))
    expect(container).toBe('xlsx')
    expect(tables.map(({ name, hidden, encoding }) => [name, hidden, encoding])).toEqual([
      ['Notes', true, 'utf-8'],
      ['Salg', false, 'utf-8'],
      ['Skjult', true, 'utf-8'],
    ])
    expect(tables[1]?.text.split('\n')).toEqual([
      '"Kvitteringer, Café Grøn"',
      'Periode: maj 2026',
      '',
      'Dato,Tid,Lukket,Antal,Pris,Moms,Betalt,Varenr.,Vare,Bonnr.',
      '2026-05-04,08:15:30,2026-05-04 08:15:30,1,32.5 DKK,25%,TRUE,00042,"Kaffe ""stor"", sort",1234567890123456',
      '2026-05-04,23:59:59,2026-05-04 23:59:59,0.3750,12.3450 DKK,7.25%,FALSE,00007,"Rundstykke',
      'med ost",17',
      '2026-05-05,00:00:00,2026-05-05 00:00:00,-1,-32.5 DKK,0%,TRUE,100000,=1+1,18',
      '',
      ',,,,,,,,fed skrift,',
      '',
      'I alt,,,,12.3450 DKK,#N/A,,,,',
      '',
    ])
    expect(tables[2]?.text).toBe('\n,,x\n')
  })

  test('days counted from 1904 and inline strings, as XlsxWriter makes them', async () => {
    expect(await textOf(await fixture('from-1904-inline.xlsx'))).toBe(
      'When,Day,Took,Item,Price\n' +
        '2026-02-27 17:33:00,2024-02-29,30:00:00, Käse & Brot <0> ,0.333333 EUR\n' +
        '2026-02-28 17:33:01,2024-02-29,54:00:00, Käse & Brot <1> ,0.333333 EUR\n' +
        '2026-03-01 00:00:00,2024-02-29,78:00:00, Käse & Brot <2> ,0.333333 EUR\n',
    )
  })

  test('orders, as openpyxl makes them', async () => {
    const { tables } = await unpacked(await fixture('openpyxl.xlsx'))
    expect(tables.map(({ name, hidden, text }) => [name, hidden, text.split('\n')])).toEqual([
      [
        'Orders',
        false,
        [
          'Order,When,Amount,Calculated,Took',
          'A-1,2026-03-29 02:30:00,12.5 USD,=C2*2,30:05:00',
          'A-2,2026-03-30,-3 EUR,,09:05:00',
          '',
          '"é😀 ""x""",,0,123456789012345700,',
          'plain bold,,1234567.1250,,',
          '',
          'merged,,,,',
          '',
        ],
      ],
      ['Empty', false, ['']],
      ['Old', true, ['', ',old', '']],
    ])
  })

  test('any byte of a real workbook changed: the same text, or a refusal with a code', async () => {
    const original = await fixture('till-export.xlsx')
    const { tables } = await unpacked(original)
    await fc.assert(
      fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(original)
        changed[at] = (changed[at] ?? 0) ^ change
        const outcome = await unpacked(changed).then(
          (answer) => (answer.container === 'xlsx' ? answer.tables : 'not taken for a workbook'),
          (fault: { code?: string }) => fault.code ?? 'no fault of the file',
        )
        if (typeof outcome === 'string') expect(outcome).toMatch(/^(?:file\.|not taken)/)
        else expect(outcome.map(({ text }) => text)).toEqual(tables.map(({ text }) => text))
      }),
      { numRuns: 150 },
    )
  })
})

describe('what a sheet holds', () => {
  test('gaps between cells and rows stay gaps, and rows end where the widest one above ends', async () => {
    const cell = (r: string) => `<c r="${r}"><v>1</v></c>`
    const rows = `<row r="2">${cell('B2')}</row><row r="3"/><row r="5">${cell('A5')}${cell('AB5')}</row><row r="6">${cell('C6')}</row><row r="9"><c r="A9" s="0"/></row>`
    expect(await rowsOf(rows)).toBe(`\n,1\n\n\n1${','.repeat(27)}1\n,,1${','.repeat(25)}\n`)
  })

  test('rows and cells without a place follow each other, and cells out of order find theirs', async () => {
    const rows = '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>'
    expect(await rowsOf(rows)).toBe('1,,3\n1,,3\n')
  })

  test.each([
    ['a shared text', '<c t="s"><v>1</v></c>', '"b, c"'],
    ['runs of a shared text, without how they are spoken', '<c t="s"><v>2</v></c>', '東京 x'],
    ['an inline text', '<c t="inlineStr"><is><t>a&amp;b</t></is></c>', 'a&b'],
    [
      'runs of an inline text',
      '<c t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r><rPh><t>z</t></rPh></is></c>',
      'a b',
    ],
    ['a text in CDATA', '<c t="inlineStr"><is><t><![CDATA[<a> & ]]>b</t></is></c>', '<a> & b'],
    ['references to characters', '<c t="str"><v>&#x41;&#8364;&lt;&quot;&apos;</v></c>', '"A€<""\'"'],
    ['characters that XML cannot hold', '<c t="str"><v>a_x000D_\nb_x005F_x0041_</v></c>', '"a\r\nb_x0041_"'],
    ['a text that looks like a formula', '<c t="str"><v>=1+1</v></c>', '=1+1'],
    ['what a formula came to', '<c><f>A1*2</f><v>2.5</v></c>', '2.5'],
    ['an empty text that a formula came to', '<c t="str"><f>IF(A1,"","x")</f><v></v></c><c><v>1</v></c>', ',1'],
    ['a formula that nobody worked out', '<c><f>A1*B1, 2</f></c>', '"=A1*B1, 2"'],
    ['yes and no', '<c t="b"><v>1</v></c><c t="b"><v>0</v></c>', 'TRUE,FALSE'],
    ['an error', '<c t="e"><v>#DIV/0!</v></c>', '#DIV/0!'],
    ['a date of the strict dialect', '<c t="d" s="1"><v>2026-05-04T17:33:00.000Z</v></c>', '2026-05-04 17:33:00'],
    ['a day of the strict dialect', '<c t="d" s="0"><v>2026-05-04T00:00:00</v></c>', '2026-05-04'],
    ['a number of a style that is not there', '<c s="99"><v>46146</v></c>', '46146'],
    ['a control character that no XML may hold', '<c t="str"><v>a\u0001b</v></c>', 'a\ufffdb'],
  ])('%s', async (_, cells, text) => {
    const strings = ['a', 'b, c'].map((string) => `<si><t>${string}</t></si>`)
    strings.push(
      '<si><r><t>東京</t></r><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><r><t xml:space="preserve"> x</t></r></si>',
    )
    expect(await rowsOf(`<row>${cells}</row>`, { strings, formats: ['dd/mm/yyyy', 22] })).toBe(`${text}\n`)
  })

  test('texts of other namespaces and of notes behind the data are no cells', async () => {
    const rows =
      '<row><c><v>1</v><z:v xmlns:z="z">2</z:v></c></row></sheetData><extLst><row><c><v>3</v></c></row></extLst><sheetData>'
    expect(await rowsOf(rows)).toBe('1\n')
  })
})

describe('habits of writers', () => {
  const row = '<row><c t="s"><v>0</v></c><c s="0"><v>46146</v></c></row>'
  const draft = { sheets: [{ rows: row }], strings: ['<si><t>a</t></si>'], formats: [14] }
  const text = 'a,2026-05-04\n'

  test('elements with a prefix', async () => {
    const prefixed = (xml: string) => xml.replace(/<(\/?)/g, '<$1x:')
    const drafted = { ...draft, prefix: 'x:', strings: draft.strings.map(prefixed), sheets: [{ rows: prefixed(row) }] }
    expect(await textOf(await workbookOf(drafted))).toBe(text)
  })

  test.each([
    ['stored', { habit: { compress: false } }],
    ['zip64', { habit: { forceZip64Format: true } }],
    ['without relationships of the root', { parts: { '_rels/.rels': null } }],
    ['without content types', { parts: { '[Content_Types].xml': null } }],
  ])('%s', async (_, more) => {
    expect(await textOf(await workbookOf({ ...draft, ...more }))).toBe(text)
  })

  test('targets from the root, in capitals and with backslashes', async () => {
    const rels = relationships([
      ['s0', 'worksheet', '/XL/worksheets/sheet1.xml'],
      ['st', 'styles', 'styles.xml'],
      ['ss', 'sharedStrings', '..\\xl\\sharedStrings.xml'],
    ])
    const bytes = await workbookOf({ ...draft, parts: { 'xl/_rels/workbook.xml.rels': rels } })
    expect(await textOf(bytes)).toBe(text)
    expect(await textOf(patched(bytes, 'xl/worksheets/sheet1.xml', 'xl\\worksheets\\sheet1.xml'))).toBe(text)
  })

  test('a part in UTF-16, and one that only says so', async () => {
    const sheet = `<worksheet><sheetData><row><c t="str"><v>Käse</v></c></row></sheetData></worksheet>`
    for (const part of [
      Buffer.from(`\ufeff<?xml version="1.0" encoding="utf-16"?>${sheet}`, 'utf16le'),
      Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${sheet}`),
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${sheet}`, 'latin1'),
    ]) {
      expect(await textOf(await workbookOf({ ...draft, parts: { 'xl/worksheets/sheet1.xml': part } }))).toBe('Käse\n')
    }
  })

  test('the order of the sheets is the one of their tabs', async () => {
    const sheets = ['C', 'A', 'B'].map((name) => ({ name, rows: '' }))
    expect((await unpacked(await workbookOf({ sheets }))).tables.map(({ name }) => name)).toEqual(['C', 'A', 'B'])
  })
})

test('heads of several sheets may be looked at first, side by side, and closing in the middle leaves nothing', async () => {
  const strings = Array.from({ length: 60_000 }, (_, nth) => `<si><t>text number ${nth}</t></si>`)
  const rows = strings.map((_, nth) => `<row><c t="s"><v>${nth}</v></c><c><v>${nth}</v></c></row>`).join('')
  const bytes = await workbookOf({ sheets: [{ rows }, { rows }], strings })
  const scratchDir = await mkdtemp(path.join(tmpdir(), 'tillwire-unpack-'))
  const file = await unpackFile({ name: 'big.xlsx', bytes: Readable.from([bytes]), scratchDir })
  const heads = await Promise.all(
    file.tables.map(async (table) => {
      for await (const head of table.bytes()) return Buffer.from(head).toString()
      return ''
    }),
  )
  expect(heads[0]).toBe(heads[1])
  expect(heads[0]?.startsWith('text number 0,0\ntext number 1,1\n')).toBe(true)
  const whole: Uint8Array[] = []
  for await (const piece of file.tables[1]?.bytes() ?? []) whole.push(piece)
  expect(Buffer.concat(whole).toString().endsWith('text number 59999,59999\n')).toBe(true)
  for await (const _ of file.tables[0]?.bytes() ?? []) break
  await file.close()
  expect(await readdir(scratchDir)).toEqual([])
  await rm(scratchDir, { recursive: true })
})

describe('a workbook that is no gift is refused with a code and a way out', () => {
  const with_ = (part: string, content: string) =>
    workbookOf({ sheets: [{ rows: '<row><c><v>1</v></c></row>' }], strings: [], parts: { [part]: content } })
  const sheet = 'xl/worksheets/sheet1.xml'

  test.each([
    ['file.empty', 'no sheet', 'xl/workbook.xml', '<workbook><sheets/></workbook>'],
    [
      'file.damaged',
      '"May" is not there',
      'xl/workbook.xml',
      '<workbook xmlns:r="r"><sheet name="May" r:id="no"/></workbook>',
    ],
    ['file.damaged', 'document type', sheet, '<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'],
    ['file.damaged', 'document type', sheet, '<!DOCTYPE a SYSTEM "file:///etc/passwd"><worksheet/>'],
    ['file.damaged', 'document type', 'xl/styles.xml', '<!DOCTYPE a><styleSheet/>'],
    ['file.damaged', 'not well-formed', sheet, '<worksheet>&nbsp;</worksheet>'],
    ['file.damaged', 'not well-formed', sheet, '<worksheet><sheetData><row><c>'],
    ['file.damaged', 'too deep', sheet, `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`],
    ['file.damaged', 'encoding', sheet, '<?xml version="1.0" encoding="klingon"?><worksheet/>'],
    ['file.damaged', '1,048,576', sheet, '<worksheet><sheetData><row r="1048577"/></sheetData></worksheet>'],
  ])('%s: %s', async (code, says, part, content) => {
    const sentence = await refusal(await with_(part, content))
    expect(sentence).toMatch(new RegExp(`^${code}: .{20}`))
    expect(sentence).toContain(says)
  })

  test('styles that it points at and does not have', async () => {
    const bytes = await workbookOf({ sheets: [{ rows: '' }], parts: { 'xl/styles.xml': null } })
    expect(await refusal(bytes)).toMatch(/^file.damaged: .*xl\/styles.xml/)
  })

  test.each(['7', '-1', '1.5', 'x'])('a cell that points at text %s of 3', async (index) => {
    const strings = ['a', 'b', 'c'].map((text) => `<si><t>${text}</t></si>`)
    const rows = `<row r="1"><c t="s"><v>2</v></c></row><row r="4"><c t="s"><v>${index}</v></c></row>`
    expect(await refusal(await workbookOf({ sheets: [{ rows }], strings }))).toMatch(/^file.damaged: .*row 4 .*text/)
  })

  test('ten thousand columns', async () => {
    const rows = `<row>${'<c><v>1</v></c>'.repeat(10_000)}</row>`
    expect(await refusal(await workbookOf({ sheets: [{ rows }] }))).toMatch(/^file.too_many_columns: .{20}/)
    const empty = `<row>${'<c><v>1</v></c>'.repeat(2000)}${'<c s="1"/>'.repeat(8000)}</row>`
    expect(await refusal(await workbookOf({ sheets: [{ rows: empty }] }))).toBe('accepted')
  })

  test('one cell of 200 MB', async () => {
    const piece = Buffer.alloc(1024 ** 2, 'a')
    function* stream() {
      yield '<worksheet><sheetData><row><c t="str"><v>'
      for (let mb = 0; mb < 200; mb++) yield piece
      yield '</v></c></row></sheetData></worksheet>'
    }
    const bytes = await workbookOf({ sheets: [{ rows: '' }], parts: { [sheet]: { stream } } })
    expect(await refusal(bytes)).toMatch(/^file.damaged: .*8 MiB/)
  })

  test('a text of more than 1 MiB', async () => {
    const long = 'a'.repeat(1024 ** 2 + 1)
    const inline = workbookOf({ sheets: [{ rows: `<row><c t="str"><v>${long}</v></c></row>` }] })
    expect(await refusal(await inline)).toMatch(/^file.damaged: .*1 MiB/)
    const shared = { sheets: [{ rows: '<row><c t="s"><v>0</v></c></row>' }], strings: [`<si><t>${long}</t></si>`] }
    expect(await refusal(await workbookOf(shared))).toMatch(/^file.damaged: .*1 MiB/)
  })

  test('one long text that is named again and again', async () => {
    const strings = [`<si><t>${'a'.repeat(500_000)}</t></si>`]
    const limit = { bytesMax: 64 * 1024 ** 2, bytesFree: 1024 ** 2, ratioMax: 10_000 }
    const name = '<c t="s"><v>0</v></c>'
    const inRows = await workbookOf({ sheets: [{ rows: `<row>${name}</row>`.repeat(1000) }], strings })
    expect(await refusal(inRows, limit)).toMatch(/^file.unpacks_too_large/)
    const inOneRow = await workbookOf({ sheets: [{ rows: `<row>${name.repeat(1000)}</row>` }], strings })
    expect(await refusal(inOneRow, limit)).toMatch(/^file.unpacks_too_large: .*Row 1/)
  })

  test('an archive with a lying table of contents next to a good sheet', async () => {
    const files = { 'xl/workbook.xml': '<workbook/>', 'a.csv': 'a,b\n1,2\n' }
    expect(await refusal(await zipOf(files))).toMatch(/^file.empty/)
  })
})

describe('any table written as a workbook comes back', () => {
  type Cell = string | number | boolean | null
  const text = fc.string({ unit: 'grapheme', maxLength: 30 })
  const awkward = fc.constantFrom(
    '=1+1',
    '_x0041_',
    ' a ',
    '"',
    'a,b',
    'a\nb',
    '\r',
    '\u0001',
    '<c>',
    ']]>',
    '007',
    'TRUE',
  )
  const cents = fc.integer({ min: -1e9, max: 1e9 }).map((value) => value / 100)
  const cell: fc.Arbitrary<Cell> = fc.oneof(text, awkward, cents, fc.boolean(), fc.constant(null))
  const table = fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 12 })

  test('whether texts are shared or not, cells have places or not, and wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), fc.boolean(), async (rows, shared, placed) => {
        const strings: string[] = []
        const xml = rows.map((cells, y) => {
          const each = cells.map((value, x) => {
            const place = placed ? ` r="${String.fromCharCode(65 + x)}${y + 1}"` : ''
            if (value === null) return placed ? '' : '<c/>'
            if (typeof value === 'boolean') return `<c${place} t="b"><v>${Number(value)}</v></c>`
            if (typeof value === 'number') return `<c${place}><v>${value}</v></c>`
            if (!shared) return `<c${place} t="inlineStr"><is><t>${escaped(value)}</t></is></c>`
            strings.push(`<si><t>${escaped(value)}</t></si>`)
            return `<c${place} t="s"><v>${strings.length - 1}</v></c>`
          })
          return placed && each.join('') === '' ? '' : `<row${placed ? ` r="${y + 1}"` : ''}>${each.join('')}</row>`
        })
        const read = records((await rowsOf(xml.join(''), { strings })) ?? '')
        expect(trimmed(read)).toEqual(trimmed(rows.map((cells) => cells.map(plain))))
      }),
      { numRuns: 150 },
    )
  })

  function plain(value: Cell): string {
    if (value === null) return ''
    return typeof value === 'boolean' ? String(value).toUpperCase() : String(value === 0 ? 0 : value)
  }

  function records(csv: string): string[][] {
    const reader = new Records(',')
    return [...reader.push(csv), ...reader.finish()].map(({ cells }) => [...cells])
  }

  /** Empty cells at a row's end and empty rows at the table's are not written. */
  function trimmed(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
    const cut = rows.map((cells) => cells.slice(0, cells.findLastIndex((value) => value !== '') + 1))
    return cut.slice(0, cut.findLastIndex((cells) => cells.length > 0) + 1)
  }
})
