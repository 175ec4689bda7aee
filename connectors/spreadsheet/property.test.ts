import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { readAs, sourceOf, tableOf } from '../conformance/files.ts'
import { truthOf } from './dialects/dialect.ts'
import { dialects, trades } from './dialects/test-arbitraries.ts'
import { toldBy, toldOf } from './dialects/test-truth.ts'
import { writeTrade } from './dialects/write.ts'
import { files } from './test-tables.ts'

// Sales, written down in any dialect, and read back: they must be the same sales. What the file leaves open must be
// asked, and then the right answer must lead to the same sales; what is not asked must be right as it is.

const RUNS = Number(process.env.TILLWIRE_PROPERTY_RUNS ?? 150)
const zone = zoneName('Europe/Paris')

test('an amount that may belong to each row or to the whole sale waits for a person to say which', async () => {
  const rows = [1, 2, 3].flatMap((id) => ['Tea', 'Bun'].map((item) => `${id},2026-03-02 10:0${id},${item},1,4.00,0.50`))
  const repeated = ['Receipt,Date,Item,Quantity,Price,Discount', ...rows].join('\n')
  const site = { zone, currency: currencyCode('EUR') }
  const doubtful = await files.detect(sourceOf(Buffer.from(repeated)), site, {})
  expect(doubtful.notes).toContainEqual(
    expect.objectContaining({
      code: 'amount_level_assumed',
      severity: 'confirm',
      say: expect.stringContaining('Discount'),
    }),
  )
  const varied = `${repeated}\n4,2026-03-02 11:00,Tea,1,4.00,0.50\n4,2026-03-02 11:00,Bun,1,4.00,0.20`
  const clear = await files.detect(sourceOf(Buffer.from(varied)), site, {})
  expect(clear.notes.map((note) => note.code)).not.toContain('amount_level_assumed')
})

test(
  'sales written in any dialect are read back as they were',
  async () => {
    await fc.assert(
      fc.asyncProperty(dialects, trades, async (dialect, { trade, lasting }) => {
        const written = writeTrade(trade, dialect)
        const site = { zone: dialect.zone, currency: trade.currency }
        const table = await tableOf(files, written.bytes)
        const guessed = await files.detect(table, site, {})
        const asked = guessed.notes.some((note) => note.severity === 'confirm')
        const detection = asked ? await files.detect(table, site, truthOf(dialect, trade.tax, trade.currency)) : guessed
        const { sales, slices } = await readAs(files, table, detection, site)
        expect(slices.flatMap((slice) => slice.rejected)).toEqual([])
        expect(slices.flatMap((slice) => slice.refunds)).toEqual([])
        const read = sales.map(({ sale, part, day }) => toldOf(sale, part, day))
        expect(byId(read)).toEqual(byId(toldBy(trade, dialect, lasting, detection.levels)))
        expect(sales.filter(({ sale }) => checkIdentity(sale).verdict !== 'holds')).toEqual([])
      }),
      { numRuns: RUNS },
    )
  },
  30_000 + RUNS * 200,
)

function byId<T extends { readonly externalId: string }>(sales: readonly T[]): readonly T[] {
  return sales.toSorted((a, b) => (a.externalId < b.externalId ? -1 : 1))
}
