import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf } from './raw-cells.ts'

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

test('any cells that were written quoted come back as they were', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\t', ' ', '=', "'") }), {
        minLength: 1,
      }),
      fc.constantFrom(',', ';', '\t', '|'),
      (cells, delimiter) => {
        expect(cellsOf(cells.map(quoted).join(delimiter), delimiter)).toEqual(cells)
      },
    ),
  )
})

test('a row whose quotation mark never closes is parted at every delimiter', () => {
  expect(cellsOf('17,"Rye loaf,1,4.20', ',')).toEqual(['17', '"Rye loaf', '1', '4.20'])
})

test('a row with more cells than its header keeps them all', () => {
  expect(cellsOf('17;Rye;loaf;1', ';')).toEqual(['17', 'Rye', 'loaf', '1'])
})
