import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { centralRecords, patched, refusal, unpacked, zipOf } from './test-archives.ts'
import { workbookOf } from './workbook/test-workbooks.ts'

const TABLE = 'Order,Date,Total\n17,2026-05-04,12.50\n'
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
const names = async (archive: Buffer) => (await unpacked(archive)).tables.map(({ name }) => name)

describe('the tables of an archive', () => {
  test('are its files of text, by their bytes; the rest is passed over', async () => {
    const archive = await zipOf({
      'items.csv': TABLE,
      'folder/payments': TABLE.replaceAll(',', '\t'),
      'logo.csv': PNG,
      'readme.html': '<html>',
      'manifest.json': '{"files": []}',
      'noise.txt': Buffer.from(Array.from({ length: 5000 }, (_, nth) => (nth * 89) % 256)),
      'nothing.csv': '',
      '__MACOSX/._items.csv': TABLE,
      '.DS_Store': TABLE,
    })
    const { container, tables } = await unpacked(archive)
    expect(container).toBe('zip')
    expect(tables.map(({ name, text }) => [name, text])).toEqual([
      ['items.csv', TABLE],
      ['folder/payments', TABLE.replaceAll(',', '\t')],
    ])
  })

  test('may be in UTF-16, gzip or a workbook of their own', async () => {
    const workbook = await workbookOf({
      sheets: [
        { name: 'May', rows: '<row><c><v>5</v></c></row>' },
        { name: 'Notes', state: 'hidden', rows: '' },
      ],
    })
    const { tables } = await unpacked(
      await zipOf({
        'wide.csv': Buffer.from(`\ufeff${TABLE}`, 'utf16le'),
        'packed.csv.gz': gzipSync(TABLE),
        'cut.csv.gz': gzipSync(TABLE).subarray(0, -4),
        'book.xlsx': workbook,
      }),
    )
    expect(tables).toEqual([
      { name: 'wide.csv', hidden: false, encoding: 'utf-16le', brokenOff: false, text: `\ufeff${TABLE}` },
      { name: 'packed.csv', hidden: false, encoding: null, brokenOff: false, text: TABLE },
      { name: 'cut.csv', hidden: false, encoding: null, brokenOff: true, text: TABLE },
      { name: 'book.xlsx / May', hidden: false, encoding: 'utf-8', brokenOff: false, text: '5\n' },
      { name: 'book.xlsx / Notes', hidden: true, encoding: 'utf-8', brokenOff: false, text: '' },
    ])
  })

  test.each([
    ['stored', { compress: false }],
    ['in the format for sizes beyond 4 GiB', { forceZip64Format: true }],
  ])('are found when the archive is written %s', async (_, habit) => {
    expect((await unpacked(await zipOf({ 'a.csv': TABLE }, habit))).tables).toMatchObject([{ text: TABLE }])
  })

  test('are found when sizes follow the data, as of a writer that streams', async () => {
    const archive = await zipOf({ 'a.csv': { stream: () => [TABLE, TABLE] } })
    expect((await unpacked(archive)).tables).toMatchObject([{ text: TABLE + TABLE }])
  })

  test('have names that lead nowhere', async () => {
    const archive = await zipOf({ 'aa/bb/etc/passwd.csv': TABLE, 'c_/windows/b.csv': TABLE, 'x/y/z.csv': TABLE })
    const odd = patched(
      patched(patched(archive, 'aa/bb/', '../../'), 'c_/windows/', '..\\windows\\'),
      'x/y/z',
      '//y\\z',
    )
    expect(await names(odd)).toEqual(['etc/passwd.csv', 'windows/b.csv', 'y/z.csv'])
  })
})

describe('an archive that is no gift is refused with a code and a way out', () => {
  test('nothing in it', async () => {
    expect(await refusal(await zipOf({}))).toMatch(/^file.empty: .{20}/)
    const folder = patched(await zipOf({ folder_: '' }), 'folder_', 'folder/')
    expect(await refusal(folder)).toMatch(/^file.empty: .{20}/)
  })

  test('no table in it; the sentence says what there is, and names no file', async () => {
    const archive = await zipOf({ 'Anna Berg.png': PNG, 'b.png': PNG, 'c.pdf': '%PDF-1.7' })
    expect(await refusal(archive)).toBe(
      'file.not_a_table: No file of this archive is a table; it holds 2 times a picture (PNG), a PDF. Give the CSV or Excel export itself.',
    )
  })

  test('an archive in the archive is not opened, be it the same one', async () => {
    const inner = await zipOf({ 'a.csv': TABLE })
    expect(await refusal(await zipOf({ 'inner.zip': inner }))).toContain('an archive inside the archive')
    expect(await names(await zipOf({ 'inner.zip': inner, 'b.csv': TABLE }))).toEqual(['b.csv'])
  })

  test('a password', async () => {
    const archive = await zipOf({ 'a.csv': TABLE })
    for (const at of centralRecords(archive)) archive.writeUInt16LE(archive.readUInt16LE(at + 8) | 1, at + 8)
    expect(await refusal(archive)).toMatch(/^file.protected: .{20}/)
  })

  test('a way of packing that is not read', async () => {
    const archive = await zipOf({ 'a.csv': TABLE })
    for (const at of centralRecords(archive)) archive.writeUInt16LE(14, at + 10)
    expect(await refusal(archive)).toMatch(/^file.archive_unsupported: .{20}/)
  })

  test('cut off, at whatever place', async () => {
    const archive = await zipOf({ 'a.csv': TABLE, 'b.csv': TABLE })
    for (const bytes of [4, 40, archive.length - 30, archive.length - 1]) {
      expect(await refusal(archive.subarray(0, bytes))).toMatch(/^file.damaged: .{20}/)
    }
  })

  test('a sum that does not fit', async () => {
    const archive = await zipOf({ 'a.csv': TABLE }, { compress: false })
    archive[archive.indexOf('12.50')] = 0x32
    expect(await refusal(archive)).toMatch(/^file.damaged/)
  })

  test('more bytes than announced', async () => {
    const archive = await zipOf({ 'a.csv': TABLE.repeat(1000) })
    for (const at of centralRecords(archive)) archive.writeUInt32LE(100, at + 24)
    expect(await refusal(archive)).toMatch(/^file.damaged/)
  })

  test('more bytes than allowed, in one file or in all of them together', async () => {
    const zeros = { stream: () => [Buffer.alloc(3 * 1024 ** 2, 'a,b\n')] }
    const limit = { bytesMax: 1024 ** 3, bytesFree: 4 * 1024 ** 2, ratioMax: 200 }
    expect(await refusal(await zipOf({ 'a.csv': zeros }), limit)).toBe('accepted')
    expect(await refusal(await zipOf({ 'a.csv': zeros, 'b.csv': zeros }), limit)).toMatch(/^file.unpacks_too_large/)
    expect(await refusal(await zipOf({ 'a.csv': zeros }), { ...limit, bytesMax: 1024 ** 2 })).toMatch(
      /^file.unpacks_too_large: .{20}/,
    )
  })

  test('more than a thousand files', async () => {
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, nth) => [`${nth}.csv`, 'a,b\n']))
    expect(await refusal(await zipOf(many))).toMatch(/^file.unpacks_too_large: .*1001/)
  })

  test('files that share their bytes', async () => {
    const archive = await zipOf({ 'a.csv': TABLE, 'b.csv': TABLE })
    const [first = 0, second = 0] = centralRecords(archive)
    archive.writeUInt32LE(archive.readUInt32LE(first + 42), second + 42)
    expect(await refusal(archive)).toMatch(/^file.damaged: .*overlap/)
  })
})

describe('documents that are archives and no tables', () => {
  test.each([
    ['file.workbook_unsupported', '.xlsb', { '_rels/.rels': rels('xl/workbook.bin'), 'xl/workbook.bin': 'x' }],
    ['file.workbook_unsupported', '.ods', { mimetype: 'application/vnd.oasis', 'content.xml': '<x/>' }],
    ['file.workbook_unsupported', 'Numbers', { 'Index/Document.iwa': 'x' }],
    [
      'file.not_a_table',
      'no workbook',
      {
        '[Content_Types].xml': '<Types/>',
        '_rels/.rels': rels('word/document.xml'),
        'word/document.xml': '<document/>',
      },
    ],
  ])('%s: %s', async (code, says, files) => {
    const sentence = await refusal(await zipOf(files))
    expect(sentence).toMatch(new RegExp(`^${code}: .{20}`))
    expect(sentence).toContain(says)
  })
})

function rels(target: string): string {
  return `<Relationships><Relationship Id="a" Type="http://x/officeDocument" Target="${target}"/></Relationships>`
}
