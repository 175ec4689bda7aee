import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { markEvidence, numberShape, readNumber } from '../numbers.ts'
import { customFormat, type NumberFormat, PLAIN } from './number-format.ts'
import { numberText } from './number-text.ts'

const shown = (stored: string, format: NumberFormat = PLAIN) => numberText(stored, format, false)

describe('a number of a workbook as text', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['7', '7'],
    ['-12', '-12'],
    ['007', '7'],
    ['12.5', '12.5'],
    ['12.50', '12.5'],
    ['-0.05', '-0.05'],
    ['.5', '0.5'],
    ['1234.56', '1234.56'],
    ['0.1', '0.1'],
    ['12.300000000000001', '12.3'],
    ['0.30000000000000004', '0.3'],
    ['1.1499999999999999', '1.15'],
    ['0.1234565', '0.123457'],
    ['0.0000004', '0'],
    ['-0.0000004', '0'],
    ['1.5E-3', '0.0015'],
    ['1E-7', '0'],
    ['2.5E+3', '2500'],
    ['1.2345678901E10', '12345678901'],
    ['1E21', '1000000000000000000000'],
    ['6.02E+23', '602000000000000000000000'],
    ['123456789012345', '123456789012345'],
    ['1234567890123456789', '1234567890123456789'],
    ['-9007199254740993', '-9007199254740993'],
    [' 12 ', '12'],
    ['', ''],
    ['12,50', '12,50'],
    ['abc', 'abc'],
  ])('%s is written %s', (stored, text) => {
    expect(shown(stored)).toBe(text)
  })

  test('three decimals get a fourth, so that they prove the mark', () => {
    expect(shown('1.234')).toBe('1.2340')
    expect(shown('-0.125')).toBe('-0.1250')
    expect(shown('1.2345')).toBe('1.2345')
    expect(shown('1234')).toBe('1234')
  })

  test.each([
    ['0.25', '0%', '25%'],
    ['0.0725', '0.00%', '7.25%'],
    ['0.07125', '0.000%', '7.1250%'],
    ['1', '0%', '100%'],
    ['123', '00000', '00123'],
    ['123456', '00000', '123456'],
    ['-5', '000', '-5'],
    ['12.5', '#,##0.00\\ [$kr.-406]', '12.5 DKK'],
    ['-3', '"$"#,##0.00', '-3 $'],
    ['0.8', '#,##0.00" pcs"', '0.8'],
  ])('%s in the format %s is written %s', (stored, code, text) => {
    expect(shown(stored, customFormat(code))).toBe(text)
  })

  test('cents come back to the cent, however the double is spelt', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 14n), 10n ** 14n), (cents) => {
        const text = shown(String(Number(cents) / 100))
        const [, minus = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? []
        expect(BigInt(`${minus}${whole}${fraction.padEnd(2, '0')}`)).toBe(cents)
      }),
    )
  })

  test('every double is a plain decimal of at most six places that never leaves its mark open', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = shown(String(value))
        expect(text).toMatch(/^-?(?:0|[1-9]\d*)(?:\.\d{1,6})?$/)
        expect(text).not.toMatch(/\.\d{3}$|^-0$/)
        expect(markEvidence(text)).not.toBe('either')
        expect(readNumber(text, '.')).not.toBeNull()
        if (Math.abs(value) < 1e9) expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(5.1e-7)
      }),
    )
  })

  test('whatever money a format names, the amount can be read', () => {
    for (const code of ['[$€-407]', '[$$-409]', '[$$]', '[$¥-411]', '"kr"', '[$kr-41D]', '[$CHF-807]', '[$zł-415]']) {
      const text = shown('1234.5', customFormat(`#,##0.00 ${code}`))
      expect(numberShape(text)).toMatchObject({ body: '1234.5', negative: false })
      expect(numberShape(text)?.sign).not.toBeNull()
    }
  })
})
