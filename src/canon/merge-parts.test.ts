import fc from 'fast-check'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { ONE } from '#kernel/decimal.ts'
import { instant } from '#kernel/instant.ts'
import { mergeParts, type Told } from './merge-parts.ts'
import { checkIdentity, totalOf } from './money-identity.ts'
import type { Payment, Sale, SaleItem, SalePart } from './sale.ts'

const nobody = { externalId: 'lunch', number: null, location: null, register: null, staff: null, channel: null }
const moments = { openedAt: instant(0), closedAt: instant(0), timePrecision: 'instant' } as const
const nothing = {
  ...{ gross: null, discount: 0n, taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n, tip: 0n, rounding: 0n },
  ...{ deferred: 0n, total: null, items: [], payments: [], refunds: [] },
}
const blank: Sale = {
  ...{ ...nobody, customer: null, status: 'closed', currency: currencyCode('EUR') },
  ...moments,
  ...nothing,
}

const line = (name: string, gross: bigint | null, more: Partial<SaleItem> = {}): SaleItem => ({
  ...{ externalId: null, article: { externalId: null, sku: null, name, variant: null, category: null } },
  ...{ quantity: ONE, unitPrice: null, gross, discount: 0n, taxes: [], modifiers: [], kind: 'article' },
  ...more,
})
const paid = (amount: bigint, tip = 0n, more: Partial<Payment> = {}): Payment => ({
  ...{ externalId: null, tender: 'card', brand: null, last4: null, amount, tip, fee: null, paidAt: null },
  ...more,
})

const items: Told = {
  part: 'items',
  sale: { ...blank, staff: 'Ada', gross: 1000n, total: 1000n, items: [line('Soup', 600n), line('Bread', 400n)] },
}
const payments: Told = {
  part: 'payments',
  sale: { ...blank, register: 'Till 2', tip: 150n, total: 1150n, payments: [paid(1150n, 150n)] },
}
const sale: Told = {
  part: 'sale',
  sale: { ...blank, gross: 1000n, tip: 150n, total: 1150n, payments: [paid(1150n, 150n, { tender: 'cash' })] },
}

test('lines of one file and payments of another make one sale, with the tip on top', () => {
  const { sale: lunch } = mergeParts([items, payments])
  expect(lunch).toMatchObject({ gross: 1000n, tip: 150n, total: 1150n, staff: 'Ada', register: 'Till 2' })
  expect(lunch.items).toBe(items.sale.items)
  expect(lunch.payments).toBe(payments.sale.payments)
  expect(checkIdentity(lunch).verdict).toBe('holds')
})

test('amounts of a whole receipt are believed before those of its lines, and the lines before none', () => {
  expect(mergeParts([items, sale]).sale).toMatchObject({ gross: 1000n, tip: 150n, total: 1150n, staff: 'Ada' })
  const unpriced: Told = { part: 'sale', sale: { ...sale.sale, gross: null } }
  const { sale: lunch } = mergeParts([unpriced, items])
  expect(lunch).toMatchObject({ gross: 1000n, total: 1150n })
  expect(checkIdentity(lunch).verdict).toBe('holds')
})

test('what two parts say differently is kept as it was said, and marked', () => {
  const dearer: Told = { part: 'sale', sale: { ...sale.sale, gross: 1300n, total: 1450n } }
  const { sale: lunch } = mergeParts([dearer, items])
  expect(lunch).toMatchObject({ gross: 1300n, total: 1450n })
  expect(lunch.items).toBe(items.sale.items)
  expect(checkIdentity(lunch).verdict).toBe('differs')

  const tippedLess: Told = { part: 'payments', sale: { ...payments.sale, tip: 100n, payments: [paid(1100n, 100n)] } }
  const dinner = mergeParts([sale, tippedLess]).sale
  expect(dinner).toMatchObject({ tip: 100n, total: 1150n })
  expect(checkIdentity(dinner)).toMatchObject({ verdict: 'differs', difference: 50n })
})

test('a total that stands in the file is not raised by a tip that it held already', () => {
  const rung: Told = { part: 'items', sale: { ...items.sale, total: 1150n } }
  const { sale: lunch } = mergeParts([rung, payments])
  expect(lunch).toMatchObject({ tip: 150n, total: 1150n })
  expect(checkIdentity(lunch).verdict).toBe('holds')
})

test('a service charge that only the payments know comes on top of what the items make', () => {
  const served: Told = {
    part: 'payments',
    sale: { ...payments.sale, tip: 150n, serviceCharge: 200n, payments: [paid(1350n, 150n)] },
  }
  const merged = mergeParts([items, served]).sale
  expect(merged).toEqual(mergeParts([served, items]).sale)
  expect(merged).toMatchObject({ tip: 150n, serviceCharge: 200n, total: (items.sale.total ?? 0n) + 350n })
  expect(checkIdentity(merged).verdict).toBe('holds')
})

test('payments without a column for tips take none away', () => {
  const untold: Told = { part: 'payments', sale: { ...blank, total: 1150n, payments: [paid(1150n)] } }
  expect(mergeParts([sale, untold]).sale).toMatchObject({ tip: 150n, total: 1150n })
})

test('a file that knows days leaves the minute to one that knows minutes', () => {
  const day: Told = { part: 'sale', sale: { ...sale.sale, timePrecision: 'day', closedAt: instant(43_200_000) } }
  const merged = mergeParts([day, items])
  expect(merged.sale).toMatchObject({ timePrecision: 'instant', closedAt: instant(0) })
  expect(merged.momentsOf).toBe(items)
  expect(mergeParts([sale, items]).momentsOf).toBe(sale)
})

test('money of another currency is not mixed in', () => {
  const dollars: Told = { part: 'payments', sale: { ...payments.sale, currency: currencyCode('USD') } }
  expect(mergeParts([items, dollars]).sale).toEqual(items.sale)
})

const amount = fc.bigInt(-1_000n, 5_000n)
const name = fc.constantFrom(null, 'A', 'B')
const anySale = fc
  .record({
    ...{ number: name, register: name, staff: name, channel: name, customer: name },
    ...{ gross: fc.option(amount), discount: amount, taxAdded: amount, taxIncluded: amount, serviceCharge: amount },
    ...{ tip: fc.bigInt(0n, 300n), rounding: fc.bigInt(-2n, 2n), deferred: amount, stated: fc.option(amount) },
    derived: fc.boolean(),
    lines: fc.array(fc.option(amount), { maxLength: 3 }),
    tenders: fc.array(fc.tuple(amount, fc.bigInt(0n, 100n)), { maxLength: 2 }),
    status: fc.constantFrom('open' as const, 'closed' as const, 'voided' as const),
    closedAt: fc.integer({ min: 0, max: 5 }),
    timePrecision: fc.constantFrom('instant' as const, 'day' as const),
    currency: fc.constantFrom(currencyCode('EUR'), currencyCode('EUR'), currencyCode('USD')),
  })
  .map(({ stated, derived, lines, tenders, closedAt, ...said }): Sale => {
    const whole = { ...blank, ...said }
    return {
      ...whole,
      closedAt: said.status === 'open' ? null : instant(closedAt),
      total: derived ? totalOf(whole) : stated,
      items: lines.map((gross, index) => line(`Dish ${index}`, gross)),
      payments: tenders.map(([sum, tip]) => paid(sum, tip)),
    }
  })
const told = (...parts: readonly SalePart[]) => fc.record({ part: fc.constantFrom(...parts), sale: anySale })

test('a part that is said again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(told('whole', 'items', 'sale', 'payments'), { minLength: 1, maxLength: 4 }), (parts) => {
      const last = parts.at(-1)
      if (last === undefined) return
      expect(mergeParts([...parts, last])).toEqual(mergeParts(parts))
    }),
    { numRuns: 500 },
  )
})

test('parts of different kinds make the same sale in whatever order they come', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(told('items', 'sale', 'payments'), { selector: ({ part }) => part, minLength: 2, maxLength: 3 }),
      fc.option(anySale),
      fc.infiniteStream(fc.nat(5)),
      (parts, whole, numbers) => {
        const before: Told[] = whole === null ? [] : [{ part: 'whole', sale: whole }]
        const shuffled = parts.map((part) => ({ part, key: numbers.next().value })).sort((a, b) => a.key - b.key)
        const other = [...before, ...shuffled.map(({ part }) => part)]
        expect(mergeParts(other)).toEqual(mergeParts([...before, ...parts]))
      },
    ),
    { numRuns: 500 },
  )
})

test('a part alone, and a whole sale after whatever there was, is what it says', () => {
  fc.assert(
    fc.property(fc.array(told('whole', 'items', 'sale', 'payments'), { maxLength: 3 }), anySale, (before, said) => {
      const whole: Told = { part: 'whole', sale: said }
      expect(mergeParts([...before, whole]).sale).toBe(said)
      for (const one of before) expect(mergeParts([one]).sale).toBe(one.sale)
    }),
    { numRuns: 500 },
  )
})

test('no lines, no payments and no gross amount are ever made up', () => {
  fc.assert(
    fc.property(fc.array(told('whole', 'items', 'sale', 'payments'), { minLength: 1, maxLength: 4 }), (parts) => {
      const { sale: merged } = mergeParts(parts)
      const said = parts.map((part) => part.sale)
      if (merged.items.length > 0) expect(said.map((one) => one.items)).toContain(merged.items)
      if (merged.payments.length > 0) expect(said.map((one) => one.payments)).toContain(merged.payments)
      expect(said.map((one) => one.gross)).toContain(merged.gross)
      expect((merged.status === 'open') === (merged.closedAt === null)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
