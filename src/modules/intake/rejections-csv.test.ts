import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellsOf } from '#connectors/spreadsheet/raw-cells.ts'
import { withoutGuards } from '#connectors/spreadsheet/rejections.ts'
import { rejectionRecord } from './rejections-csv.ts'

const letters = fc.constantFrom('a', '7', '=', '+', '-', '@', '\t', '\r', '\n', '"', "'", ',', ';', '.', ' ', 'é')
// An apostrophe before such a sign is how the guard itself looks: what had one before loses it.
const cells = fc.array(
  fc.string({ unit: letters }).filter((cell) => !/^'[=+\-@\t\r]/.test(cell)),
  { minLength: 1, maxLength: 8 },
)

test('cells that go out and come back are the same, whatever stands in them', () => {
  fc.assert(
    fc.property(cells, fc.constantFrom(',', ';', '\t', '|'), (row, delimiter) => {
      const line = rejectionRecord(row, delimiter)
      expect(line.endsWith('\r\n')).toBe(true)
      expect(withoutGuards(cellsOf(line.slice(0, -2), delimiter))).toEqual(row)
    }),
  )
})

test('no cell begins as a formula, unless it is a number', () => {
  fc.assert(
    fc.property(cells, (row) => {
      for (const cell of cellsOf(rejectionRecord(row, ',').slice(0, -2), ',')) {
        expect(/^[=+\-@\t\r]/.test(cell) && !/^[+-]?\d[\d.,]*$/.test(cell)).toBe(false)
      }
    }),
  )
})

test.for(['-3.00', '-1.234,50', '+5', '-7'])('the number %s stays a number', (number) => {
  expect(rejectionRecord([number], ';')).toBe(`${number}\r\n`)
})
