import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sale } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, localDate } from '#kernel/instant.ts'
import type { SaleFiling } from '#modules/mirror/filing.ts'
import type { FileSlice } from '../../../connectors/contract-files.ts'
import { addSlice, checkOf, emptyTally } from './tally.ts'

const EUR = currencyCode('EUR')
const KNOWN = { created: 0, changed: 0, same: 0 }

const filing = fc
  .record({
    day: fc.integer({ min: 1, max: 28 }),
    gross: fc.bigInt({ min: -100_000n, max: 100_000n }),
    pieces: fc.array(fc.integer({ min: -5, max: 40 }), { maxLength: 4 }),
    status: fc.constantFrom('closed' as const, 'voided' as const),
    currency: fc.constantFrom(EUR, currencyCode('USD')),
  })
  .map(({ day, gross, pieces, status, currency }): SaleFiling => {
    const none = { externalId: null, sku: null, name: 'Bun', variant: null, category: null }
    const items = pieces.map((quantity) => ({
      externalId: null,
      article: none,
      quantity: decimal(quantity),
      unitPrice: null,
      gross: null,
      discount: 0n,
      taxes: [],
      modifiers: [],
      kind: 'article' as const,
    }))
    const sale: Sale = {
      externalId: 'R-1',
      number: null,
      location: null,
      register: null,
      staff: null,
      channel: null,
      customer: null,
      status,
      currency,
      openedAt: 0 as Instant,
      closedAt: 0 as Instant,
      timePrecision: 'day',
      gross,
      discount: 0n,
      taxAdded: 0n,
      taxIncluded: 0n,
      serviceCharge: 0n,
      tip: 0n,
      rounding: 0n,
      deferred: 0n,
      total: gross,
      items,
      payments: [],
      refunds: [],
    }
    const businessDate = localDate(`2026-03-${String(day).padStart(2, '0')}`)
    const place = { siteId: '' as Id, businessDate, businessHour: 9 }
    return { sale, part: 'whole', ...place, sourceVersion: null, sourceUpdatedAt: null, rows: null, raw: null }
  })

const sliceOf = (index: number, rowsRead: number): FileSlice => ({
  index,
  sales: [],
  refunds: [],
  rejected: [
    { row: rowsRead + 2, raw: 'x', code: index % 2 ? 'row.width' : 'row.date_missing', say: 'No.', column: null },
  ],
  rowsRead,
  progress: 1,
  noticed: { row_padded: 2 },
})

test('days add up to the whole, and it does not matter how a file was sliced', () => {
  fc.assert(
    fc.property(fc.array(filing, { maxLength: 30 }), fc.integer({ min: 1, max: 30 }), (filings, size) => {
      const sliced = emptyTally(EUR, true)
      const slices = Math.max(1, Math.ceil(filings.length / size))
      for (let n = 0; n < slices; n++) {
        const sales = filings.slice(n * size, (n + 1) * size)
        addSlice(sliced, sliceOf(n, Math.min(filings.length, (n + 1) * size)), { sales, refunds: [] })
      }
      const whole = emptyTally(EUR, true)
      addSlice(whole, sliceOf(0, filings.length), { sales: filings, refunds: [] })
      const [a, b] = [checkOf(sliced, KNOWN, 1, 'whole'), checkOf(whole, KNOWN, 1, 'whole')]
      const sums = ({ sales, items, units, gross, total, days, rows_read }: typeof a) => ({
        sales,
        items,
        units,
        gross,
        total,
        days,
        rows_read,
      })
      expect(sums(a)).toEqual(sums(b))
      expect(a.rows_rejected).toBe(slices)
      expect(Object.values(a.rejected_by_code).reduce((sum, one) => sum + one, 0)).toBe(slices)

      const counted = filings.filter(({ sale }) => sale.status === 'closed' && sale.currency === EUR)
      const gross = counted.reduce((sum, { sale }) => sum + (sale.gross ?? 0n), 0n)
      expect(a.gross).toEqual({ amount: Number(gross), currency: 'EUR' })
      expect(a.days.reduce((sum, day) => sum + (day.gross?.amount ?? 0), 0)).toBe(Number(gross))
    }),
  )
})

test('a file that states no amounts has none, which is not the same as nothing', () => {
  const tally = emptyTally(EUR, false)
  addSlice(tally, sliceOf(0, 0), { sales: [], refunds: [] })
  expect(checkOf(tally, KNOWN, 1, 'whole')).toMatchObject({ gross: null, total: null, days: [] })
})
