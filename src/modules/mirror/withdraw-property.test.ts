import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import type { Source } from './filing.ts'
import { recordSales } from './mirror.ts'
import { getSale, listSales } from './sales.ts'
import { anySteps, type Import, type Step } from './test-imports.ts'
import { withdrawBatch } from './withdraw.ts'

const db = useDatabase()
const runs = Number(process.env.TILLWIRE_PROPERTY_RUNS ?? 40)

test(
  'what stands after imports were taken back is what the other imports alone would have made',
  async () => {
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const stall = await openBooks('stall')
        const alone = await openBooks('alone')
        for (const { batchId, step } of await play(stall, steps)) await record(alone, batchId, step)
        expect(await everythingOf(stall)).toEqual(await everythingOf(alone))
        expect(await leftOver(stall)).toEqual([])
      }),
      { numRuns: runs },
    )
  },
  30_000 + runs * 2_500,
)

type Books = { readonly tenant: TenantId; readonly connectionId: Id; readonly days: { passed: number } }
type Played = { readonly batchId: Id | null; readonly step: Import }

async function openBooks(name: string): Promise<Books> {
  const tenant = await makeTenant(db, `${name}-${randomUUID()}`)
  return { tenant, connectionId: newId(), days: { passed: 0 } }
}

/** Answers the imports that are left in the end. Ids stay and versions rise throughout. */
async function play(books: Books, steps: readonly Step[]): Promise<readonly Played[]> {
  const there: Played[] = []
  const seen = new Map<string, { id: string; version: number }>()
  for (const step of steps) {
    if (step.kind === 'import') {
      const batchId = step.live ? null : newId()
      await record(books, batchId, step)
      there.push({ batchId, step })
    } else {
      const undoable = there.filter(({ batchId }) => batchId !== null)
      const chosen = undoable[step.nth % Math.max(1, undoable.length)]
      if (chosen?.batchId == null) continue
      await withdraw(books, chosen.batchId, step.limit)
      there.splice(there.indexOf(chosen), 1)
    }
    for (const { external_id, id, version } of await standing(books)) {
      const before = seen.get(external_id)
      if (before !== undefined) {
        expect(id).toBe(before.id)
        expect(version).toBeGreaterThanOrEqual(before.version)
      }
      seen.set(external_id, { id, version })
    }
  }
  return there
}

function sourceOf({ tenant, connectionId, days }: Books, batchId: Id | null): Source {
  const now = instant(Date.UTC(2026, 2, 1) + days.passed++ * 86_400_000)
  return {
    ...{ tenantId: tenant, connectionId, posSystem: 'spreadsheet', batchId },
    ...{ actor: 'job:test', requestId: null, now },
  }
}

async function record(books: Books, batchId: Id | null, { sales, refunds }: Import): Promise<void> {
  const source = sourceOf(books, batchId)
  await db.database.tenant(books.tenant, (tx) => recordSales(tx, source, sales, refunds))
}

async function withdraw(books: Books, batchId: Id, limit: number): Promise<void> {
  const source = sourceOf(books, null)
  const step = () => db.database.tenant(books.tenant, (tx) => withdrawBatch(tx, source, batchId, limit))
  while ((await step()).left);
  // Once more does nothing.
  expect(await step()).toEqual({
    ...{ salesRemoved: 0, salesRestored: 0, refundsRemoved: 0, refundsRestored: 0, left: false },
  })
}

function standing({ tenant }: Books) {
  return db.query<{ external_id: string; id: string; version: number }>(
    'select external_id, id::text, version from pos.transactions where tenant_id = $1',
    [tenant],
  )
}

/** All that can be seen of a tenant, but for what says when and in how many steps it came about. */
async function everythingOf({ tenant, connectionId }: Books) {
  const [tables] = await db.query<{ everything: unknown }>(
    `select jsonb_build_object(
       'sales', (select jsonb_agg(to_jsonb(t) - '{tenant_id, id, filed_on, connection_id, version, recorded_at}'::text[]
         order by external_id) from pos.transactions t where tenant_id = $1),
       'lines', (select jsonb_agg(to_jsonb(i) - '{tenant_id, sale_id, filed_on, article_id}'::text[]
         || jsonb_build_object('sale', t.external_id, 'article', a.key) order by t.external_id, i.position)
         from pos.transaction_items i join pos.transactions t on t.tenant_id = i.tenant_id and t.id = i.sale_id
         join pos.articles a on a.tenant_id = i.tenant_id and a.id = i.article_id where i.tenant_id = $1),
       'payments', (select jsonb_agg(to_jsonb(p) - '{tenant_id, sale_id, filed_on}'::text[]
         || jsonb_build_object('sale', t.external_id) order by t.external_id, p.position)
         from pos.transaction_payments p join pos.transactions t on t.tenant_id = p.tenant_id and t.id = p.sale_id
         where p.tenant_id = $1),
       'refunds', (select jsonb_agg(to_jsonb(r) - '{tenant_id, id, filed_on, connection_id, sale_id, recorded_at, items}'::text[]
         || jsonb_build_object('sale', t.external_id, 'items',
           (select jsonb_agg(item - 'articleId') from jsonb_array_elements(r.items) item)) order by r.external_id)
         from pos.refunds r left join pos.transactions t on t.tenant_id = r.tenant_id and t.id = r.sale_id
         where r.tenant_id = $1),
       'hours', (select jsonb_agg(to_jsonb(f) - '{tenant_id, connection_id}'::text[] order by business_date, hour)
         from pos.hourly_figures f where tenant_id = $1),
       'days', (select jsonb_agg(to_jsonb(f) - '{tenant_id, connection_id}'::text[] order by business_date)
         from pos.daily_figures f where tenant_id = $1),
       'tenders', (select jsonb_agg(to_jsonb(f) - '{tenant_id, connection_id}'::text[] order by business_date, tender)
         from pos.tender_figures f where tenant_id = $1),
       'items', (select jsonb_agg(to_jsonb(f) - '{tenant_id, connection_id, article_id}'::text[] order by business_date, sku)
         from pos.item_figures f where tenant_id = $1),
       'months', (select jsonb_agg(to_jsonb(f) - '{tenant_id, connection_id, article_id}'::text[] order by month, sku)
         from pos.item_month_figures f where tenant_id = $1)
     ) as everything`,
    [tenant],
  )
  const seen = await db.database.tenant(tenant, async (tx) => {
    const filter = { statuses: ['open', 'closed', 'voided'] as const }
    const { data } = await listSales(tx, tenant, filter, { limit: 100, cursor: null })
    const reasons = new Map<string, readonly string[]>()
    for (const sale of data) reasons.set(sale.external_id, (await getSale(tx, tenant, sale.id)).identity_reasons)
    return data
      .map(({ id: _id, connection_id, version: _version, ...sale }) => ({
        ...sale,
        ours: connection_id === connectionId,
        items: sale.items.map((item) => ({ ...item, article: { ...item.article, id: null } })),
        refunds: sale.refunds.map((refund) => ({ ...refund, id: null })).sort(byName),
        reasons: reasons.get(sale.external_id),
      }))
      .sort(byName)
  })
  return { ...(tables?.everything as object), seen }
}

/** Facts of one moment are listed by their ids, and these are not compared. */
function byName(a: { readonly external_id: string }, b: { readonly external_id: string }): number {
  return a.external_id < b.external_id ? -1 : 1
}

/** Figures that differ from a recount, rows that belong to no sale, and work that was left lying about. */
async function leftOver({ tenant }: Books) {
  return db.query(
    `select 'a day that is not its recount' as what from (
       select business_date, sum(sales) as sales, sum(total) as total, sum(units) as units, sum(refunded) as refunded
       from pos.daily_sales where tenant_id = $1 group by 1) d
     full join (
       select business_date, sum(sales) as sales, sum(total) as total, sum(units) as units, sum(refunded) as refunded from (
         select business_date, count(*) as sales, coalesce(sum(total), 0) as total, 0::numeric as refunded,
           coalesce(sum((select sum(quantity) from pos.transaction_items i
             where i.tenant_id = t.tenant_id and i.sale_id = t.id and i.kind = 'article')), 0) as units
         from pos.transactions t where tenant_id = $1 and status = 'closed' group by 1
         union all
         select business_date, 0, 0, sum(amount), 0 from pos.refunds where tenant_id = $1 group by 1
       ) facts group by 1) c using (business_date)
     where (coalesce(d.sales, 0), coalesce(d.total, 0), coalesce(d.units, 0), coalesce(d.refunded, 0))
       <> (coalesce(c.sales, 0), coalesce(c.total, 0), coalesce(c.units, 0), coalesce(c.refunded, 0))
     union all
     select 'an item without its sale' from pos.transaction_items i where tenant_id = $1 and not exists (
       select from pos.transactions t where t.tenant_id = i.tenant_id and t.id = i.sale_id)
     union all
     select 'a payment without its sale' from pos.transaction_payments p where tenant_id = $1 and not exists (
       select from pos.transactions t where t.tenant_id = p.tenant_id and t.id = p.sale_id)
     union all
     select 'a sale without its version' from pos.transactions t where tenant_id = $1 and not exists (
       select from pos.sale_revisions r where r.tenant_id = t.tenant_id and r.sale_id = t.id and r.version = t.version)
     union all
     select 'a key that says otherwise' from pos.sale_keys k
     left join pos.transactions t on t.tenant_id = k.tenant_id and t.id = k.sale_id and t.filed_on = k.filed_on
     where k.tenant_id = $1 and k.version <> coalesce(t.version, 0)
     union all
     select 'a note that was not worked off' from pos.withdrawals where tenant_id = $1`,
    [tenant],
  )
}
