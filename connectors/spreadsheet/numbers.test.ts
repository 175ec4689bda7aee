import { describe, expect, test } from 'vitest'
import { markEvidence, numberShape, readNumber } from './numbers.ts'

describe('a number is read as the file writes it', () => {
  test.each([
    ['$1,149.00 ', '.', '1149'],
    ['($33.62)', '.', '-33.62'],
    ['-$3.00', '.', '-3'],
    ['$-3.00', '.', '-3'],
    ['1.234,56 EUR', ',', '1234.56'],
    ['0,90 €', ',', '0.9'],
    ['1.821.220', ',', '1821220'],
    ['$ 2.834.201', ',', '2834201'],
    ['1\u00a0234,50', ',', '1234.5'],
    ['1 234,50', ',', '1234.5'],
    ['1\u202f234,50\u00a0€', ',', '1234.5'],
    ["1'234.50", '.', '1234.5'],
    ['CHF 1’234.50', '.', '1234.5'],
    ['₹1,23,456.78', '.', '123456.78'],
    ['-700,00', ',', '-700'],
    ['12-', '.', '-12'],
    ['\u221212.5', '.', '-12.5'],
    ['kr. 45,00', ',', '45'],
    ['R$ 5,50', ',', '5.5'],
    ['.5', '.', '0.5'],
    ['007', '.', '7'],
    ['12.50', '.', '12.5'],
    ['12.500', '.', '12.5'],
    ['_ 12', '.', null],
    ['0', '.', '0'],
    ['-0.00', '.', '0'],
    ['100 DR', '.', '-100'],
    ['PEN 12', '.', '12'],
    ['12 eur', '.', '12'],
  ] as const)('%s with the decimal mark %s is %s', (cell, mark, value) => {
    expect(readNumber(cell, mark)).toBe(value)
  })

  test.each(['12a', 'abc', '1,23,45', '12.34.5', '1-2', '--5', '5 Stück', '+-+', '(5', 'VAT 20', 'Tea 2', 'Pen 12'])(
    '%s is no number',
    (cell) => {
      expect(readNumber(cell, '.')).toBeNull()
    },
  )

  test('a mark with three digits behind it may group or divide, unless the number shows which', () => {
    expect(['1,234', '1.234', '12,5', '0.125', '1.234,5', '1,234,567', '1234.567'].map(markEvidence)).toEqual([
      'either',
      'either',
      'comma',
      'point',
      'comma',
      'point',
      'point',
    ])
  })

  test('a cell that cannot be read with the mark of its column is read with the other one', () => {
    expect(readNumber('0,90', '.')).toBe('0.9')
    expect(readNumber('1,234', '.')).toBe('1234')
  })

  test('a percentage and a sign are told apart from the digits', () => {
    expect(numberShape('19 %')).toMatchObject({ percent: true, body: '19' })
    expect(numberShape('12,00 kr')).toMatchObject({ sign: 'kr' })
  })
})
