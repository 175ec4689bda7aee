import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Sale } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Instant, instant, type LocalDate, localDate } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { type DemoSale, demoSums } from './demo-figures.ts'
import { blocksOf } from './figures.ts'
import { figuresOf } from './overview.ts'
import { at, connect, item, openShop, openSite, record, refund, SYSTEMS, sale } from './test-shop.ts'
import { compareWindow, windowOf } from './window.ts'

const db = useDatabase()

// Noon on days of one fortnight, so that a made-up sale's business day needs no clock to be known.
const dayOf = (n: number): LocalDate => localDate(`2026-03-${String(n + 1).padStart(2, '0')}`)
const noonOf = (n: number): Instant => instant(Date.parse(`${dayOf(n)}T12:00:00Z`))

const line = fc
  .record({
    name: fc.constantFrom('Coffee', 'Cake', 'Tea', 'Soup'),
    quantity: fc.constantFrom('1', '2', '0.435', '12'),
    gross: fc.bigInt(0n, 1_000_000_000n),
    discount: fc.bigInt(0n, 1_000n),
    card: fc.boolean(),
  })
  .map(({ name, quantity, gross, discount, card }) =>
    item(name, quantity, gross, card ? { kind: 'gift_card' } : { discount }),
  )
const made = fc.record({
  day: fc.integer({ min: 0, max: 13 }),
  status: fc.constantFrom('closed', 'closed', 'closed', 'voided', 'open'),
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  site: fc.boolean(),
  lines: fc.array(line, { maxLength: 4 }),
  tip: fc.bigInt(0n, 500n),
  taxIncluded: fc.bigInt(0n, 500n),
  taxAdded: fc.bigInt(0n, 500n),
  rounding: fc.bigInt(-2n, 2n),
  refunded: fc.option(fc.record({ day: fc.integer({ min: 0, max: 13 }), amount: fc.bigInt(1n, 900n) }), { nil: null }),
})

test('whatever is sold, the summary is what the sales add up to, and made-up sales are summed alike', async () => {
  let nth = 0
  await fc.assert(
    fc.asyncProperty(fc.array(made, { minLength: 1, maxLength: 25 }), async (drafts) => {
      nth += 1
      const shop = await openShop(db, `random-${nth}`)
      const sites = [await openSite(db, shop, 'One'), await openSite(db, shop, 'Two')] as const
      const connection = connect(shop, 'Till')
      const sold = drafts.map((draft, place) => {
        const { status, lines, tip, taxIncluded, taxAdded, rounding } = draft
        const deferred = lines.reduce((sum, one) => sum + (one.kind === 'gift_card' ? (one.gross ?? 0n) : 0n), 0n)
        const closedAt = status === 'open' ? null : noonOf(draft.day)
        const more: Partial<Sale> = {
          ...{ status, closedAt, tip, taxIncluded, taxAdded, rounding, deferred },
          currency: currencyCode(draft.currency),
        }
        return { draft, site: sites[draft.site ? 0 : 1], sale: sale(`s${place}`, noonOf(draft.day), lines, more) }
      })
      const given = sold.flatMap((one, place) => {
        const { refunded } = one.draft
        if (refunded === null) return []
        const amount = refunded.amount
        const more = { tax: amount / 10n, tip: amount / 20n }
        return [
          { ...one, day: refunded.day, refund: refund(`r${place}`, `${dayOf(refunded.day)} 12:00`, amount, more) },
        ]
      })
      for (const site of sites) {
        const here = <T extends { site: unknown }>(all: readonly T[]) => all.filter((one) => one.site === site)
        const refunds = here(given).map((one) => ({ of: one.sale, refund: one.refund }))
        await record(
          db,
          shop,
          { site, connection },
          here(sold).map((one) => one.sale),
          refunds,
        )
      }

      const window = windowOf(dayOf(3), dayOf(9))
      const comparison = compareWindow(window, 'previous')
      const around = { systems: SYSTEMS, listConnections: async () => shop.connections }
      const question = { window, basis: 'previous', posSystem: null, locations: null } as const
      const figures = await db.database.tenant(shop.tenant.id, (tx) =>
        figuresOf(tx, around, shop.tenant, question, at('2026-03-31 12:00')),
      )

      const inWindow = (day: number) => day >= 3 && day <= 9
      for (const block of [figures, ...figures.other_currencies]) {
        const scale = { EUR: 100, JPY: 1, KWD: 1000 }[block.currency] ?? Number.NaN
        const closed = sold.filter(
          (one) => one.sale.status === 'closed' && one.sale.currency === block.currency && inWindow(one.draft.day),
        )
        const back = given.filter((one) => one.sale.currency === block.currency && inWindow(one.day))
        const whole = (values: readonly bigint[]) => Number(values.reduce((sum, value) => sum + value, 0n)) / scale
        const net = whole([
          ...closed.map(({ sale: one }) => (one.gross ?? 0n) - one.discount - one.taxIncluded),
          ...back.map(({ refund: one }) => -(one.amount - one.tax - one.tip)),
        ])
        const { summary } = block
        expect(summary.total_revenue).toBe(net)
        expect(summary.total_transactions).toBe(closed.length)
        expect(summary.total_collected).toBe(
          whole([...closed.map(({ sale: one }) => one.total ?? 0n), ...back.map(({ refund: one }) => -one.amount)]),
        )
        expect(summary.refund_count).toBe(back.length)
        expect(sumOf(block.daily_trend)).toBeCloseTo(net, 6)
        expect(sumOf(block.hours)).toBeCloseTo(net, 6)
        expect(sumOf(block.sites)).toBeCloseTo(net, 6)
      }

      const place = (site: { id: string }, day: number) =>
        ({ siteId: site.id, businessDate: dayOf(day), businessHour: 13 }) as const
      const trade = {
        ...{ sites, currency: 'EUR' },
        sales: sold.map((one): DemoSale => ({ ...place(one.site, one.draft.day), sale: one.sale })),
        refunds: given.map((one) => ({
          ...place(one.site, one.day),
          ...{ currency: one.sale.currency, refund: one.refund },
        })),
      }
      const frame = {
        ...{ window, comparison, homeCurrency: 'EUR', itemsMax: 20, firstDay: null },
        comparisonCoverage: figures.coverage,
        siteNames: new Map(sites.map((site) => [site.id as string, site.name])),
      }
      const madeUp = blocksOf(demoSums(trade, window, comparison), frame)
      expect(madeUp.map(comparable)).toEqual([figures, ...figures.other_currencies].map(comparable))
    }),
    { numRuns: 12 },
  )
}, 120_000)

function sumOf(rows: readonly { readonly revenue: number }[]): number {
  return rows.reduce((sum, row) => sum + row.revenue, 0)
}

// Growth needs to know what the sources have, and the trend's compare values with it; slow items look back beyond what
// is made up.
function comparable(block: ReturnType<typeof blocksOf>[number]) {
  const { currency, summary, top_items, categories, hours, payment_methods, sites } = block
  return { currency, summary, top_items, categories, hours, payment_methods, sites }
}
