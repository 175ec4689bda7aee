import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusal, unpacked, zipOf } from './test-archives.ts'
import { unpackFile } from './unpack.ts'

const TABLE = 'Beleg;Datum;Artikel;Betrag\n17;13.02.2025 08:15;Käse „Würzig“;12,50 €\n'

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

describe('a text file is one table', () => {
  test('its bytes pass through as they are, once, whatever its name says', async () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffa,b\r\n'), Buffer.from([0xe4, 0x80, 0x0d])])
    const { container, tables } = await unpacked(bytes, 'export.xlsx')
    expect(container).toBe('plain')
    expect(tables).toEqual([
      { name: 'export.xlsx', hidden: false, encoding: null, brokenOff: false, text: bytes.toString('utf8') },
    ])
  })

  test.each([
    ['utf-16le', Buffer.from(`\ufeff${TABLE}`, 'utf16le'), `\ufeff${TABLE}`],
    ['utf-16le', Buffer.from(TABLE, 'utf16le'), TABLE],
    ['utf-16be', utf16be(`\ufeff${TABLE}`), `\ufeff${TABLE}`],
    ['utf-16be', utf16be(TABLE), TABLE],
  ] as const)('%s becomes UTF-8, its mark kept', async (encoding, bytes, text) => {
    expect((await unpacked(bytes)).tables).toMatchObject([{ encoding, text }])
    expect((await unpacked(gzipSync(bytes))).tables).toMatchObject([{ encoding, text }])
  })

  test('half a character of UTF-16 becomes the sign for it', async () => {
    const odd = Buffer.concat([Buffer.from('\ufeffab\ud83dcd', 'utf16le'), Buffer.from([0x41])])
    expect((await unpacked(odd)).tables[0]?.text).toBe('\ufeffab\ufffdcd\ufffd')
  })

  test('any text in UTF-16 is the same text in UTF-8, wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 2000 }), fc.boolean(), async (text, little) => {
        const marked = `\ufeff${text}`
        const bytes = little ? Buffer.from(marked, 'utf16le') : utf16be(marked)
        expect((await unpacked(bytes)).tables[0]?.text).toBe(marked)
      }),
      { numRuns: 50 },
    )
  })
})

describe('gzip', () => {
  test('is unpacked as it flows, and its table is named without the ending', async () => {
    const { container, tables } = await unpacked(gzipSync(TABLE), 'sales.csv.GZ')
    expect(container).toBe('gzip')
    expect(tables).toMatchObject([{ name: 'sales.csv', brokenOff: false, text: TABLE }])
  })

  test('several members are one table', async () => {
    const both = Buffer.concat([gzipSync('a,b\n'), gzipSync('1,2\n')])
    expect((await unpacked(both)).tables).toMatchObject([{ text: 'a,b\n1,2\n', brokenOff: false }])
  })

  test('what is cut off gives up all that can be unpacked, and says so', async () => {
    const lines = Array.from({ length: 20_000 }, (_, nth) => `${nth},${(nth * 7919) % 1000}\n`).join('')
    const packed = gzipSync(lines)
    const { text = '', brokenOff } = (await unpacked(packed.subarray(0, packed.length - 2000))).tables[0] ?? {}
    expect(brokenOff).toBe(true)
    expect(lines.startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThan(lines.length / 2)
    expect((await unpacked(packed.subarray(0, -4))).tables).toMatchObject([{ brokenOff: true, text: lines }])
  })

  test('a bomb is refused before it fills the disk, however it is measured', async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 ** 2, 'a,b\n'))
    const free = { bytesMax: 64 * 1024 ** 2, bytesFree: 1024 ** 2, ratioMax: 200 }
    expect(await refusal(bomb, free)).toMatch(/^file.unpacks_too_large: .{40}/)
    expect(await refusal(bomb, { ...free, ratioMax: 5000 })).toBe('accepted')
    expect(await refusal(bomb, { ...free, ratioMax: 5000, bytesMax: 1024 ** 2 })).toMatch(/^file.unpacks_too_large/)
  })
})

const compound = (stream: string) =>
  Buffer.concat([
    Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
    Buffer.alloc(70_001),
    Buffer.from(stream, 'utf16le'),
    Buffer.alloc(500),
  ])

describe('what is no table is refused by its bytes, with a way out', () => {
  test.each([
    ['file.empty', 'empty', Buffer.alloc(0)],
    ['file.empty', 'unpacks to nothing', gzipSync('')],
    ['file.damaged', 'cut off', gzipSync(TABLE).subarray(0, 10)],
    ['file.binary', 'PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0])],
    ['file.binary', 'PNG', gzipSync(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0]))],
    ['file.binary', 'JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70])],
    ['file.binary', 'GIF', Buffer.from('GIF89a')],
    ['file.binary', 'PDF', Buffer.from('%PDF-1.7\n')],
    ['file.archive_unsupported', 'bzip2', Buffer.from('BZh91AY')],
    ['file.archive_unsupported', '7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c])],
    ['file.archive_unsupported', 'RAR', Buffer.from('Rar!\x1a\x07')],
    ['file.archive_unsupported', 'zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0])],
    ['file.archive_unsupported', 'xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])],
    ['file.archive_unsupported', 'tar', Buffer.from('sales.csv'.padEnd(257, '\0').concat('ustar\0'.padEnd(255, '\0')))],
    ['file.archive_unsupported', 'packed twice', gzipSync(gzipSync(TABLE))],
    ['file.workbook_unsupported', 'old Excel workbook', compound('Workbook')],
    ['file.protected', 'remove the password', compound('EncryptedPackage')],
    [
      'file.workbook_unsupported',
      'web page with a table',
      Buffer.from('\ufeff\n<html><body><TABLE><tr><td>Date</td></tr>'),
    ],
    [
      'file.workbook_unsupported',
      'web page with a table',
      Buffer.from('\ufeff<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>', 'utf16le'),
    ],
    [
      'file.workbook_unsupported',
      'Excel 2003',
      Buffer.from('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'),
    ],
  ])('%s: %s', async (code, says, bytes) => {
    const sentence = await refusal(bytes)
    expect(sentence).toMatch(new RegExp(`^${code}: .{20}`))
    expect(sentence).toContain(says)
  })

  test('an archive that holds a gzip file twice packed is refused too', async () => {
    expect(await refusal(await zipOf({ 'a.gz': gzipSync(gzipSync(TABLE)) }))).toMatch(/^file.not_a_table/)
  })

  test('a source that fails is not blamed on the file', async () => {
    async function* failing() {
      yield gzipSync(TABLE).subarray(0, 30)
      throw new Error('the connection was cut')
    }
    const file = unpackFile({ name: 'sales.csv.gz', bytes: failing(), scratchDir: '' })
    await expect(file).rejects.toThrow('the connection was cut')
  })
})
