import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { refundFiling, saleFiling } from '#app/demo/traded.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant, type LocalDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createSite, type Site } from '#modules/sites/sites.ts'
import { booksOf } from '#simulators/trade/books.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import type { Source } from './filing.ts'
import { recordSales } from './mirror.ts'

const db = useDatabase()
const now = instant(Date.UTC(2026, 0, 20, 12))
let tenant: TenantId
let site: Site
let source: Source

beforeAll(async () => {
  tenant = await makeTenant(db, 'corner-cafe')
  site = await db.database.tenant(tenant, (tx) =>
    createSite(
      tx,
      tenant,
      { name: 'Main street', timeZone: zoneName('Europe/Berlin'), currency: currencyCode('EUR'), closeOutMinutes: 240 },
      now,
    ),
  )
  source = {
    tenantId: tenant,
    connectionId: newId(),
    posSystem: 'generic-rest',
    batchId: null,
    actor: 'job:test',
    requestId: null,
    now,
  }
})

const cafe = shopOf('cafe')
const january = () => [...trade(cafe, { seed: 'mirror', from: '2026-01-05', to: '2026-01-11' })]

test('a week of a café stands in the roll-ups as in the till’s own books, and a repeat changes nothing', async () => {
  const sales = january()
  const filings = sales.map((sale) => saleFiling(sale, site, now))
  const refunds = sales.flatMap((sale) => sale.refunds.map((refund) => refundFiling(refund, sale, site)))
  const first = await db.database.tenant(tenant, (tx) => recordSales(tx, source, filings, refunds))
  expect(first).toMatchObject({
    created: sales.length,
    updated: 0,
    unchanged: 0,
    late: 0,
    refundsCreated: refunds.length,
  })
  const again = await db.database.tenant(tenant, (tx) => recordSales(tx, source, filings, refunds))
  expect(again).toMatchObject({ created: 0, updated: 0, unchanged: sales.length, refundsUnchanged: refunds.length })

  const books = booksOf(sales)
  const [sums] = await db.query<Record<string, string>>(
    `select sum(sales) as count, sum(total) as total, sum(gross) as gross, sum(discount) as discount, sum(tip) as tip,
       sum(tax_included) as tax_included, sum(deferred) as deferred, sum(refunds) as refunds, sum(refunded) as refunded
     from pos.daily_sales`,
  )
  expect(sums).toEqual({
    count: String(books.count),
    total: String(books.total),
    gross: String(books.gross),
    discount: String(books.discount),
    tip: String(books.tip),
    tax_included: String(books.taxIncluded),
    deferred: String(books.deferred),
    refunds: String(books.refunds.count),
    refunded: String(books.refunds.amount),
  })
  expect(await recount()).toEqual([])
  const identities = await db.query('select identity, count(*)::int as n from pos.transactions group by 1')
  expect(identities).toEqual([{ identity: 'holds', n: sales.length }])
})

test('a newer version replaces what stands, an older one becomes history, and the roll-ups follow', async () => {
  const [breakfast] = january().filter((sale) => sale.status === 'closed' && sale.refunds.length === 0)
  if (breakfast === undefined) throw new Error('the week has a sale')
  const at = (minutes: number) => instant((breakfast.closedAt ?? 0) + minutes * 60_000)
  const filing = saleFiling(breakfast, site, now)
  const tipped = {
    ...filing,
    sale: { ...filing.sale, tip: filing.sale.tip + 100n, total: (filing.sale.total ?? 0n) + 100n },
    sourceUpdatedAt: at(10),
  }
  const late = { ...filing, sale: { ...filing.sale, staff: 'Somebody else' }, sourceUpdatedAt: at(5) }
  const replaced = await db.database.tenant(tenant, (tx) => recordSales(tx, source, [tipped]))
  expect(replaced).toMatchObject({ created: 0, updated: 1, late: 0 })
  const ignored = await db.database.tenant(tenant, (tx) => recordSales(tx, source, [late]))
  expect(ignored).toMatchObject({ created: 0, updated: 0, late: 1 })
  const [stands] = await db.query('select version, tip, staff from pos.transactions where external_id = $1', [
    breakfast.externalId,
  ])
  expect(stands).toMatchObject({ version: 2, tip: String(tipped.sale.tip), staff: filing.sale.staff })
  const revisions = await db.query(
    `select r.version, r.late, r.snapshot is not null as kept from pos.sale_revisions r
     join pos.sale_keys k on k.sale_id = r.sale_id where k.external_id = $1 order by 1`,
    [breakfast.externalId],
  )
  expect(revisions).toEqual([
    { version: 1, late: false, kept: true },
    { version: 2, late: false, kept: false },
    { version: 3, late: true, kept: true },
  ])
  expect(await recount()).toEqual([])
})

test('a sale that moves to another day stays filed where it was and counts on its new day', async () => {
  const sale = january().find((one) => one.status === 'closed')
  if (sale === undefined) throw new Error('the week has a sale')
  const filing = saleFiling({ ...sale, externalId: 'late-night-breakfast' }, site, now)
  await db.database.tenant(tenant, (tx) => recordSales(tx, source, [filing]))
  const moved = {
    ...filing,
    sale: { ...filing.sale, number: 'moved' },
    businessDate: '2026-03-01' as LocalDate,
    sourceUpdatedAt: instant(now),
  }
  await db.database.tenant(tenant, (tx) => recordSales(tx, source, [moved]))
  const [row] = await db.query(
    `select filed_on::text, business_date::text, number from pos.transactions where external_id = 'late-night-breakfast'`,
  )
  expect(row).toEqual({ filed_on: filing.businessDate, business_date: '2026-03-01', number: 'moved' })
  expect(await recount()).toEqual([])
})

test('two writers of the same sales in the same moment make each sale once', async () => {
  const filings = january()
    .slice(0, 200)
    .map((sale) => saleFiling({ ...sale, externalId: `race-${sale.externalId}` }, site, now))
  const outcomes = await Promise.all(
    [filings, [...filings].reverse(), filings].map((batch) =>
      db.database.tenant(tenant, (tx) => recordSales(tx, source, batch)),
    ),
  )
  expect(outcomes.reduce((sum, outcome) => sum + outcome.created, 0)).toBe(200)
  expect(await recount()).toEqual([])
})

test('another tenant sees nothing of it, and a transaction without a tenant neither', async () => {
  const stranger = await makeTenant(db, 'stranger')
  for (const table of ['transactions', 'transaction_items', 'sale_revisions', 'daily_figures', 'sold_lines']) {
    const count = (id: Id | TenantId) =>
      db.database.tenant(id as TenantId, async (tx) => {
        const { rows } = await sql<{ n: bigint }>`select count(*) as n from ${sql.raw(`pos.${table}`)}`.execute(tx)
        return rows[0]?.n
      })
    expect(await count(stranger), table).toBe(0n)
    expect(await count(tenant), table).not.toBe(0n)
  }
})

/** Days whose roll-up differs from a recount of the facts. */
async function recount() {
  const months = await db.query(
    `select m.month::text, m.article_id, m.quantity, d.quantity as counted from pos.monthly_items m
     full join (
       select tenant_id, date_trunc('month', business_date)::date as month, site_id, connection_id, currency, article_id,
         sum(quantity) as quantity, sum(gross) as gross, sum(refunded) as refunded
       from pos.daily_items group by 1, 2, 3, 4, 5, 6) d
       using (tenant_id, month, site_id, connection_id, currency, article_id)
     where (m.quantity, m.gross, m.refunded) is distinct from (d.quantity, d.gross, d.refunded)`,
  )
  if (months.length > 0) return months
  return db.query(
    `with counted as (
       select tenant_id, business_date, site_id, connection_id, currency,
         count(*) filter (where status = 'closed') as sales, count(*) filter (where status = 'voided') as voided,
         coalesce(sum(gross) filter (where status = 'closed'), 0) as gross,
         coalesce(sum(total) filter (where status = 'closed'), 0) as total,
         coalesce(sum(tip) filter (where status = 'closed'), 0) as tip,
         coalesce(sum((select sum(quantity) from pos.transaction_items i where i.tenant_id = s.tenant_id and i.sale_id = s.id
           and i.kind = 'article')) filter (where status = 'closed'), 0) as units
       from pos.transactions s where status <> 'open' group by 1, 2, 3, 4, 5)
     select business_date::text, d.sales, c.sales as counted, d.total, c.total as counted_total, d.units, c.units as counted_units
     from pos.daily_sales d full join counted c using (tenant_id, business_date, site_id, connection_id, currency)
     where (coalesce(d.sales, 0), coalesce(d.voided, 0), coalesce(d.gross, 0), coalesce(d.total, 0), coalesce(d.tip, 0), coalesce(d.units, 0))
       is distinct from (coalesce(c.sales, 0), coalesce(c.voided, 0), coalesce(c.gross, 0), coalesce(c.total, 0), coalesce(c.tip, 0), coalesce(c.units, 0))`,
  )
}
