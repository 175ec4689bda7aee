import { expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { getSale, listSales } from './sales.ts'
import { importTo, lunch, openStall, returned, ringUp, type Stall, soupBack, takeBack } from './test-stall.ts'

const db = useDatabase()

const NOTHING = { salesRemoved: 0, salesRestored: 0, refundsRemoved: 0, refundsRestored: 0, left: false }

async function listed({ tenant }: Stall) {
  const page = { limit: 100, cursor: null }
  const { data } = await db.database.tenant(tenant, (tx) => listSales(tx, tenant, { statuses: ['closed'] }, page))
  return data
}

function shown({ tenant }: Stall, saleId: string) {
  return db.database.tenant(tenant, (tx) => getSale(tx, tenant, saleId))
}

test('lines of one import and payments of another are one sale, and each can be taken back alone', async () => {
  const stall = await openStall(db)
  const items = await importTo(db, stall, [lunch(stall, 'a', 'items', { staff: 'Ada' })])
  const payments = await importTo(db, stall, [lunch(stall, 'a', 'payments')])
  expect(await listed(stall)).toMatchObject([
    { version: 2, staff: 'Ada', identity: 'holds', tip: { amount: 150 }, total: { amount: 1150 } },
  ])
  expect((await listed(stall))[0]).toMatchObject({
    items: [{ article: { name: 'Soup' } }],
    payments: [{ tender: 'card' }],
  })

  expect(await takeBack(db, stall, payments)).toEqual({ ...NOTHING, salesRestored: 1 })
  expect(await listed(stall)).toMatchObject([{ version: 3, total: { amount: 1000 }, payments: [] }])
  await importTo(db, stall, [lunch(stall, 'a', 'payments')])
  expect(await listed(stall)).toMatchObject([{ version: 4, total: { amount: 1150 } }])
  expect(await takeBack(db, stall, items)).toEqual({ ...NOTHING, salesRestored: 1 })
  expect(await listed(stall)).toMatchObject([{ version: 5, items: [], gross: null, payments: [{ tender: 'card' }] }])
})

test('a sale that is taken back leaves list and figures, says so, and comes back under its id', async () => {
  const stall = await openStall(db)
  const batch = await importTo(db, stall, [lunch(stall, 'a', 'whole'), lunch(stall, 'b', 'whole')])
  const [sale] = await listed(stall)
  const id = sale?.id as Id
  expect(await takeBack(db, stall, batch, 1)).toEqual({ ...NOTHING, salesRemoved: 1, left: true })
  expect(await listed(stall)).toHaveLength(1)
  expect(await takeBack(db, stall, batch, 1)).toEqual({ ...NOTHING, salesRemoved: 1 })
  expect(await takeBack(db, stall, batch, 1)).toEqual(NOTHING)
  expect(await listed(stall)).toEqual([])
  await expect(shown(stall, id)).rejects.toMatchObject({ kind: 'missing', code: 'sale.withdrawn' })
  for (const table of ['hourly_sales', 'daily_sales', 'daily_items', 'monthly_items', 'daily_tenders']) {
    expect(await db.query(`select * from pos.${table} where tenant_id = $1`, [stall.tenant]), table).toEqual([])
  }

  const again = await importTo(db, stall, [lunch(stall, 'a', 'whole'), lunch(stall, 'b', 'whole')])
  const back = await shown(stall, id)
  expect(back).toMatchObject({ version: 2, identity: 'holds' })
  expect(back.revisions).toMatchObject([
    { version: 2, stands: true, withdrawn_at: null, part: 'whole', source: { import_id: again } },
    { version: 1, stands: false, withdrawn_at: '2026-06-01T00:00:00.000Z', source: { import_id: batch } },
  ])
  expect(back.revisions[1]?.sale).toMatchObject({ sale: { total: '1150' } })
})

test('a sale that another import told the same way stays as it is and is found with that import', async () => {
  const stall = await openStall(db)
  const first = await importTo(db, stall, [lunch(stall, 'a', 'whole')])
  const second = await importTo(db, stall, [lunch(stall, 'a', 'whole')])
  const before = await listed(stall)
  expect(await takeBack(db, stall, first)).toEqual({ ...NOTHING, salesRestored: 1 })
  expect(await listed(stall)).toEqual(before)
  const page = { limit: 10, cursor: null }
  const ofSecond = { statuses: ['closed'] as const, batchId: second }
  const { data } = await db.database.tenant(stall.tenant, (tx) => listSales(tx, stall.tenant, ofSecond, page))
  expect(data).toEqual(before)
  expect(await takeBack(db, stall, second)).toEqual({ ...NOTHING, salesRemoved: 1 })
})

test('what a live source said stays, whether it came before the import, after it or between', async () => {
  const stall = await openStall(db)
  await ringUp(db, stall, [lunch(stall, 'before', 'whole')])
  const batch = await importTo(db, stall, [
    ...['before', 'after', 'repeated'].map((id) => lunch(stall, id, 'whole', { staff: 'File' })),
  ])
  await ringUp(db, stall, [
    { ...lunch(stall, 'after', 'whole', { staff: 'Till' }), sourceUpdatedAt: instant(Date.UTC(2026, 4, 5)) },
    lunch(stall, 'repeated', 'whole', { staff: 'File' }),
  ])
  expect(await takeBack(db, stall, batch)).toMatchObject({ salesRemoved: 0, left: false })
  const staff = Object.fromEntries((await listed(stall)).map((sale) => [sale.external_id, sale.staff]))
  expect(staff).toEqual({ before: null, after: 'Till', repeated: 'File' })
})

test('a refund that comes before its sale is linked when the sale comes, and waits again when it goes', async () => {
  const stall = await openStall(db)
  await importTo(db, stall, [], [returned(stall, 'r', 'a')])
  const sales = await importTo(db, stall, [lunch(stall, 'a', 'whole')])
  expect(await listed(stall)).toMatchObject([{ refunded: { amount: 1000 }, refunds: [{ external_id: 'r' }] }])
  await takeBack(db, stall, sales)
  const [loose] = await db.query('select sale_id, sale_external_id from pos.refunds where tenant_id = $1', [
    stall.tenant,
  ])
  expect(loose).toEqual({ sale_id: null, sale_external_id: 'a' })
  await importTo(db, stall, [lunch(stall, 'a', 'whole')])
  expect(await listed(stall)).toMatchObject([{ refunded: { amount: 1000 } }])
})

test('the items of a refund are kept from the file that has them while the other says how the money went', async () => {
  const stall = await openStall(db)
  await importTo(db, stall, [lunch(stall, 'a', 'whole')])
  const items = await importTo(
    db,
    stall,
    [],
    [returned(stall, 'r', 'a', { tender: 'unknown', reason: 'Cold', items: [soupBack] })],
  )
  await importTo(db, stall, [], [returned(stall, 'r', 'a', { tender: 'cash' })])
  const refunds = async () => (await listed(stall))[0]?.refunds
  expect(await refunds()).toMatchObject([{ tender: 'cash', reason: 'Cold', items: [{ name: 'Soup' }] }])
  expect(await takeBack(db, stall, items)).toEqual({ ...NOTHING, refundsRestored: 1 })
  expect(await refunds()).toMatchObject([{ tender: 'cash', reason: null, items: [], unallocated: { amount: 1000 } }])
})

test('taking back is one line of the outbox a call, and none where nothing changed', async () => {
  const stall = await openStall(db)
  const batch = await importTo(db, stall, [lunch(stall, 'a', 'whole')], [returned(stall, 'r', 'a')])
  const [sale] = await listed(stall)
  await takeBack(db, stall, batch)
  await takeBack(db, stall, batch)
  const lines = await db.query(
    `select subject, data from hub.outbox where tenant_id = $1 and type = 'sales.withdrawn'`,
    [stall.tenant],
  )
  expect(lines).toEqual([
    {
      subject: `sale/${sale?.id}`,
      data: {
        ...{ batch_id: batch, connection_id: stall.connectionId, pos_system: 'spreadsheet' },
        ...{ sales_removed: 1, sales_restored: 0, refunds_removed: 1, refunds_restored: 0 },
        ...{ first_business_date: '2026-05-04', last_business_date: '2026-05-04', sale_ids: [sale?.id] },
      },
    },
  ])
})

test('an article is called as the imports that are left call it', async () => {
  const stall = await openStall(db)
  const named = (name: string) => {
    const { sale, ...filing } = lunch(stall, name, 'whole')
    return {
      ...filing,
      sale: { ...sale, items: sale.items.map((item) => ({ ...item, article: { ...item.article, name } })) },
    }
  }
  const first = await importTo(db, stall, [named('Supe')])
  const second = await importTo(db, stall, [named('Soup')])
  const names = () => db.query('select distinct name from pos.item_figures where tenant_id = $1', [stall.tenant])
  expect(await names()).toEqual([{ name: 'Supe' }])
  await takeBack(db, stall, first)
  expect(await names()).toEqual([{ name: 'Soup' }])
  await takeBack(db, stall, second)
  await importTo(db, stall, [named('Broth')])
  expect(await names()).toEqual([{ name: 'Broth' }])
})

test('an import that repeats what is being taken back at that very moment keeps every sale, once', async () => {
  const stall = await openStall(db)
  const sales = Array.from({ length: 60 }, (_, index) =>
    lunch(stall, `sale-${String(index).padStart(2, '0')}`, 'whole'),
  )
  const first = await importTo(db, stall, sales)
  const takeAllBack = async () => {
    while ((await takeBack(db, stall, first, 7)).left);
  }
  await Promise.all([
    takeAllBack(),
    importTo(db, stall, sales),
    importTo(db, stall, [...sales].reverse()),
    takeAllBack(),
  ])
  const stands = await listed(stall)
  expect(stands).toHaveLength(60)
  const [day] = await db.query('select sales::int, total::int, tip::int from pos.daily_sales where tenant_id = $1', [
    stall.tenant,
  ])
  expect(day).toEqual({ sales: 60, total: 60 * 1150, tip: 60 * 150 })
})
