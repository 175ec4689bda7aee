import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decimal } from '#kernel/decimal.ts'
import { sum } from '#kernel/money.ts'
import { anyOrder, dinner, itemOf, orderOf } from '../test-orders.ts'
import { billOf, differenceOf, shareOut } from './bill.ts'

describe('what is sent adds up as the system will add it', () => {
  test('for every order that adds up', () => {
    fc.assert(fc.property(anyOrder, (order) => void expect(differenceOf(billOf(order))).toBeNull()))
  })

  test('and never for one whose total is wrong by more than a hundredth', () => {
    fc.assert(
      fc.property(anyOrder, fc.bigInt({ min: 11n, max: 10_000n }), fc.boolean(), (order, by, isMore) => {
        const wrong = { ...order, total: order.total + (isMore ? by : -by) }
        expect(differenceOf(billOf(wrong))).toBe(decimal(isMore ? -by : by))
      }),
    )
  })

  test('a hundredth is a paisa, ten fils, and nothing of a yen', () => {
    const off = (currency: string, by: bigint) => {
      const order = orderOf({ currency: currency as never })
      return differenceOf(billOf({ ...order, total: order.total + by })) === null
    }
    expect([off('INR', 1n), off('INR', 2n)]).toEqual([true, false])
    expect([off('KWD', 10n), off('KWD', 11n)]).toEqual([true, false])
    expect(off('JPY', 1n)).toBe(false)
  })
})

describe('taxes', () => {
  test('every line’s shares add up to the tax, and the taxes to their sum', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const bill = billOf(order)
        const onLines = bill.lines.flatMap(({ taxes }) => taxes.map(({ amount }) => amount))
        expect(sum(onLines)).toBe(bill.taxTotal)
        expect(sum(bill.taxes.map(({ amount }) => amount))).toBe(bill.taxTotal)
      }),
    )
  })

  test('GST stands as the centre’s and the state’s half, an odd paisa with the centre', () => {
    const { taxes } = billOf(dinner)
    expect(taxes).toEqual([
      { name: 'CGST', rate: '2.5', amount: 1_838n },
      { name: 'SGST', rate: '2.5', amount: 1_837n },
    ])
  })

  test('a tax of one line stands with that line alone', () => {
    const items = [itemOf('a'), itemOf('b')]
    const tax = { name: 'VAT', rate: decimal(20), amount: 99n, included: false, lineIds: ['b'] }
    expect(billOf(orderOf({ items, taxes: [tax] })).lines.map(({ taxes }) => taxes.length)).toEqual([0, 1])
  })

  test('one inside the prices is not added', () => {
    const tax = { name: 'GST', rate: decimal(5), amount: 667n, included: true, lineIds: null }
    expect(billOf(orderOf({ taxes: [tax] }))).toMatchObject({ taxTotal: 0n, taxes: [] })
  })
})

test('what is shared out is whole, and nobody gets more than a unit beyond his part', () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10_000n }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1_000_000n }), weights, (amount, given) => {
      fc.pre(sum(given) > 0n)
      const parts = shareOut(amount, given)
      expect(sum(parts)).toBe(amount)
      for (const [nth, part] of parts.entries()) {
        const exact = (amount * (given[nth] ?? 0n)) / sum(given)
        expect(part === exact || part === exact + 1n).toBe(true)
      }
    }),
  )
})

test('a line that is weighed goes as one piece for its rounded price', () => {
  const [line] = billOf(orderOf({ items: [itemOf('cheese', { quantity: '0.333', unitPrice: 999n })] })).lines
  expect(line).toMatchObject({ isWeighed: true, quantity: '1', unitPrice: 333n, gross: 333n })
})
