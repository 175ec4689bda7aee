import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode, exponentOf } from './currency.ts'
import { add, type Decimal, decimal, findDecimal, multiply, multiplyToMinor, negate } from './decimal.ts'
import { findMinor, majorText, roundToMinor, wireAmount } from './money.ts'

const currencies = ['JPY', 'EUR', 'KWD', 'CLF'].map(currencyCode)

test('digits behind the point come from ISO 4217: none for the yen, three for the dinar, four for the UF', () => {
  expect(currencies.map(exponentOf)).toEqual([0, 2, 3, 4])
  expect(() => currencyCode('XQQ')).toThrowError(/ISO 4217/)
})

test('minor units written as major text lead back to themselves in every exponent', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 15n), 10n ** 15n), fc.constantFrom(...currencies), (amount, currency) => {
      const text = majorText(amount, currency)
      expect(findMinor(decimal(text), currency)).toBe(amount)
      expect(roundToMinor(decimal(text), currency)).toBe(amount)
    }),
  )
})

test('half a yen is no amount of money, and a tenth of a cent is rounded only where rounding is asked for', () => {
  expect(findMinor(decimal('0.5'), currencyCode('JPY'))).toBeNull()
  expect(findMinor(decimal('12.345'), currencyCode('EUR'))).toBeNull()
  expect(roundToMinor(decimal('12.345'), currencyCode('EUR'))).toBe(1235n)
  expect(roundToMinor(decimal('-12.345'), currencyCode('EUR'))).toBe(-1235n)
})

test('an amount that JSON cannot hold exactly is refused, not bent', () => {
  expect(() => wireAmount(2n ** 60n)).toThrowError(RangeError)
})

test('decimals have one text per number', () => {
  for (const [written, canonical] of [
    ['1.50', '1.5'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['007', '7'],
  ] as const) {
    expect(findDecimal(written)).toBe(canonical)
  }
  expect(findDecimal('1,5')).toBeNull()
  expect(findDecimal('NaN')).toBeNull()
  expect(findDecimal('')).toBeNull()
})

test('sums and products of decimals are exact where floats are not', () => {
  expect(add(decimal('0.1'), decimal('0.2'))).toBe('0.3')
  expect(multiply(decimal('1.1'), decimal('1.1'))).toBe('1.21')
  expect(multiplyToMinor(1999n, decimal('0.435'))).toBe(870n)
  expect(multiplyToMinor(1n, decimal('0.5'))).toBe(1n)
  const cents = fc.integer({ min: -1_000_000, max: 1_000_000 })
  fc.assert(
    fc.property(fc.array(cents, { maxLength: 50 }), (values) => {
      const sum = values.reduce(
        (total, value) => add(total, decimal((BigInt(value) * 10n).toString()) as Decimal),
        decimal(0),
      )
      expect(sum).toBe(String(values.reduce((total, value) => total + value * 10, 0)))
      expect(add(sum, negate(sum))).toBe('0')
    }),
  )
})
