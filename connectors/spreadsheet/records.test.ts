import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RECORD_CHARS_MAX, Records, type Row } from './records.ts'

function rowsOf(text: string, cuts: readonly number[] = [], delimiter = ','): readonly Row[] {
  const records = new Records(delimiter)
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b)
  let rows: readonly Row[] = []
  let from = 0
  for (const place of places) {
    rows = [...rows, ...records.push(text.slice(from, place))]
    from = place
  }
  return [...rows, ...records.push(text.slice(from)), ...records.finish()]
}

function cellsOf(text: string, delimiter = ','): readonly (readonly string[])[] {
  return rowsOf(text, [], delimiter).map((row) => row.cells)
}

test('line ends of all three kinds end a record, and one inside quotes does not', () => {
  expect(cellsOf('a,b\nc,d\r\ne,f\rg,"h\r\ni"\n')).toEqual([
    ['a', 'b'],
    ['c', 'd'],
    ['e', 'f'],
    ['g', 'h\r\ni'],
  ])
})

test('doubled quotes are one quote, and a quote inside an unquoted cell is a letter', () => {
  expect(cellsOf('"say ""hi""",5" pipe\n "padded, cell" ,x\n')).toEqual([
    ['say "hi"', '5" pipe'],
    ['padded, cell', 'x'],
  ])
})

test('where the stream is cut changes no record', () => {
  const piece = fc.constantFrom('a', '"', '""', ',', '\n', '\r', '\r\n', ' ', 'ü', '"x,y"', '1.5', '"\n"')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
      const text = pieces.join('')
      expect(rowsOf(text, cuts)).toEqual(rowsOf(text))
    }),
    { numRuns: 1500 },
  )
})

test('no letter of a file is lost: raw rows and their line ends make the text again', () => {
  const cell = fc.constantFrom('a', '', '"q"', '"a,b"', 'x y', '"two\nlines"')
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (table) => {
      const text = table.map((row) => `${row.join(',')}\n`).join('')
      expect(
        rowsOf(text)
          .map((row) => `${row.raw}\n`)
          .join(''),
      ).toBe(text)
    }),
  )
})

test('a quote that is never closed costs its own line and none behind it', () => {
  const text = `1,ok\n2,"never closed\n${'3,fine\n'.repeat(400_000)}`
  const rows = rowsOf(text, [1000, 500_000, 900_000])
  expect(rows.filter((row) => row.flaw !== null).map((row) => [row.row, row.raw, row.flaw])).toEqual([
    [2, '2,"never closed', 'row.quote_open'],
  ])
  expect(rows.length).toBe(400_002)
})

test('a line beyond a mebibyte is refused, and the next one is read', () => {
  const rows = rowsOf(`1,a\n2,${'x'.repeat(RECORD_CHARS_MAX + 10)}\n3,c\n`, [10, 600_000, RECORD_CHARS_MAX + 8])
  expect(rows.map((row) => [row.row, row.flaw])).toEqual([
    [1, null],
    [2, 'row.too_long'],
    [3, null],
  ])
})

test('a file that ends inside quotes ends with a row that is cut off', () => {
  expect(rowsOf('1,a\n2,"b').map((row) => row.flaw)).toEqual([null, 'row.cut_off'])
})

test('NUL bytes mark their own row', () => {
  expect(rowsOf('1,a\n2,\0\n3,c\n').map((row) => row.flaw)).toEqual([null, 'row.nul_bytes', null])
})
