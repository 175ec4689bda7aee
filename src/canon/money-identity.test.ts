import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { type Decimal, ONE } from '#kernel/decimal.ts'
import { instant } from '#kernel/instant.ts'
import { checkIdentity, totalOf } from './money-identity.ts'
import type { Sale, SaleItem } from './sale.ts'

const article = { externalId: null, sku: null, name: 'Tea', variant: null, category: null }
const item = (more: Partial<SaleItem>): SaleItem => ({
  ...{ externalId: null, article, quantity: ONE, unitPrice: null, gross: 0n, discount: 0n },
  ...{ taxes: [], modifiers: [], kind: 'article' },
  ...more,
})

const breakfast: Sale = {
  ...{
    externalId: 'breakfast',
    number: '1',
    location: null,
    register: null,
    staff: null,
    channel: null,
    customer: null,
  },
  ...{
    status: 'closed',
    currency: currencyCode('EUR'),
    openedAt: instant(0),
    closedAt: instant(0),
    timePrecision: 'instant',
  },
  ...{ gross: 0n, discount: 0n, taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n, tip: 0n, rounding: 0n, deferred: 0n },
  ...{ total: 0n, items: [], payments: [], refunds: [] },
}

const amount = fc.bigInt(-1_000_000_000n, 1_000_000_000n)
const soldItem = fc.record({ gross: amount, discount: fc.bigInt(0n, 1_000n), gift: fc.boolean() })

/** A sale whose amounts are made of its items, as an honest till makes it. */
const honestSale = fc
  .record({
    items: fc.array(soldItem, { maxLength: 12 }),
    orderDiscount: fc.bigInt(0n, 500n),
    taxAdded: amount,
    serviceCharge: amount,
    tip: amount,
    rounding: fc.bigInt(-2n, 2n),
  })
  .map(({ items, orderDiscount, taxAdded, serviceCharge, tip, rounding }): Sale => {
    const lines = items.map(({ gross, discount, gift }) =>
      item({ gross, discount, kind: gift ? 'gift_card' : 'article' }),
    )
    const sum = (of: (line: SaleItem) => bigint) => lines.reduce((total, line) => total + of(line), 0n)
    const amounts = {
      gross: sum((line) => (line.kind === 'article' ? (line.gross ?? 0n) : 0n)),
      discount: sum((line) => (line.kind === 'article' ? line.discount : 0n)) + orderDiscount,
      deferred: sum((line) => (line.kind === 'gift_card' ? (line.gross ?? 0n) - line.discount : 0n)),
      ...{ taxAdded, serviceCharge, tip, rounding },
    }
    return { ...breakfast, ...amounts, items: lines, total: totalOf(amounts) }
  })

test('the identity holds for every sale that an honest till makes', () => {
  fc.assert(
    fc.property(honestSale, (sale) => {
      expect(checkIdentity(sale)).toEqual({ verdict: 'holds', difference: 0n, reasons: [] })
    }),
    { numRuns: 500 },
  )
})

test('one minor unit more or less anywhere is found, and its size is said', () => {
  const fields = ['gross', 'discount', 'taxAdded', 'serviceCharge', 'tip', 'rounding', 'deferred', 'total'] as const
  fc.assert(
    fc.property(honestSale, fc.constantFrom(...fields), fc.constantFrom(1n, -1n, 100n), (sale, field, by) => {
      const bent = { ...sale, [field]: (sale[field] ?? 0n) + by }
      const found = checkIdentity(bent)
      expect(found.verdict).toBe('differs')
      const sign = field === 'total' || field === 'discount' ? 1n : -1n
      expect(found.difference).toBe(sign * by)
    }),
    { numRuns: 500 },
  )
})

test('items that do not add up to their sale are found although the totals agree with each other', () => {
  const sale = { ...breakfast, gross: 500n, total: 500n, items: [item({ gross: 300n }), item({ gross: 100n })] }
  expect(checkIdentity(sale)).toMatchObject({ verdict: 'differs', difference: 0n })
})

test('a sale whose source leaves out an amount is incomplete, and never zero', () => {
  const unpriced = { ...breakfast, gross: null, total: null, items: [item({ gross: null, quantity: '2' as Decimal })] }
  expect(checkIdentity(unpriced)).toMatchObject({ verdict: 'incomplete', difference: null })
  expect(checkIdentity({ ...breakfast, total: null }).verdict).toBe('incomplete')
  expect(checkIdentity({ ...breakfast, items: [item({ gross: null })] }).verdict).toBe('incomplete')
})

test('tax inside prices and refunds change nothing about what the customer owed', () => {
  const lunch = { ...breakfast, gross: 1190n, taxIncluded: 190n, total: 1190n, items: [item({ gross: 1190n })] }
  expect(checkIdentity(lunch).verdict).toBe('holds')
})
