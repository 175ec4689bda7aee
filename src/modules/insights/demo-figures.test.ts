import { expect, test } from 'vitest'
import { refundFiling, saleFiling } from '#app/demo/traded.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { localDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { Site } from '#modules/sites/sites.ts'
import { booksOf } from '#simulators/trade/books.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'
import { type DemoTrade, demoFigures } from './demo-figures.ts'
import { at } from './test-shop.ts'
import type { Window } from './window.ts'
import { wireFigures } from './wire.ts'

const cafe = shopOf('cafe')
const sites = new Map<string, Site>(
  cafe.sites.map(({ externalId, name }) => [
    externalId,
    {
      ...{ id: newId() as Id, name, slug: externalId, timeZone: zoneName(cafe.timeZone) },
      ...{ currency: currencyCode(cafe.currency.code), closeOutMinutes: cafe.closeOutHour * 60 },
    },
  ]),
)

async function traded(span: Window): Promise<DemoTrade> {
  const sales = [...trade(cafe, { seed: 'mock', ...span })]
  const siteOf = (externalId: string) => sites.get(externalId) as Site
  return {
    sites: [...sites.values()],
    currency: cafe.currency.code,
    sales: sales.map((sale) => saleFiling(sale, siteOf(sale.site), 0)),
    refunds: sales.flatMap((sale) => sale.refunds.map((one) => refundFiling(one, sale, siteOf(sale.site)))),
  }
}

test('thirty made-up days are marked, whole, and equal to the generator’s own books', async () => {
  const now = at('2026-03-31 12:00')
  const figures = await demoFigures(traded, localDate('2026-03-31'), now)
  expect(() => wireFigures.parse(figures)).not.toThrow()
  expect(figures).toMatchObject({ demo: true, from: '2026-03-01', to: '2026-03-30', coverage: { state: 'complete' } })
  const sales = [...trade(cafe, { seed: 'mock', from: '2026-01-30', to: '2026-03-30' })]
  const books = booksOf(sales, { from: '2026-03-01', to: '2026-03-30' })
  expect(figures.summary.total_transactions).toBe(books.count)
  expect(figures.summary.total_collected).toBe(Number(books.total - books.refunds.amount) / 100)
  expect(figures.growth?.total_transactions.before).toBeGreaterThan(100)
  expect(figures.baskets.length).toBeGreaterThan(5)
  expect(figures.baskets[0]?.lift).toBeGreaterThan(1)
  expect(await demoFigures(traded, localDate('2026-03-31'), now)).toEqual(figures)
})
