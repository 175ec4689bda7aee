import { beforeAll, describe, expect, test } from 'vitest'
import { rowsOf, type Shop, useHub } from '#tests/harness/hub.ts'
import { importDesk, type Json } from '#tests/harness/import-desk.ts'

// A file's whole life through the addresses, as the dashboard leads it: given, looked at, corrected, tried, confirmed,
// recorded, taken back.

const hub = useHub()
const desk = importDesk(hub)

const HEADER = 'Date,Receipt,Item,Quantity,Price'
const breakfast = '2026-03-02 08:01,R-1000000001,Rye loaf,1,4.20'
const elevenses = '2026-03-02 10:40,R-1000000002,Bun,3,0.90'
const lunch = '2026-03-13 12:15,R-1000000003,Soup,2,5.50'
const supper = '2026-03-13 19:30,R-1000000004,Stew,1,9.80'
const table = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\n')}\n`

const kept = (id: unknown) =>
  hub.db.query<{ chunks: number; rejections: number }>(
    `select (select count(*)::int from pos.import_chunks where import_id = $1) as chunks,
       (select count(*)::int from pos.import_rejections where import_id = $1) as rejections`,
    [id],
  )

describe('a file that a person looks at first', () => {
  let bakery: Shop
  beforeAll(async () => {
    bakery = await hub.openShop('bakery')
  })

  test('is shown and tried, and nothing of it stands before it is confirmed', async () => {
    const received = await desk.give(bakery, table(breakfast, elevenses, lunch))
    expect(received).toMatchObject({
      state: 'detected',
      container: 'plain',
      table: 0,
      connection_id: null,
      joins: null,
    })
    expect(received.tables).toMatchObject([{ index: 0, hidden: false, table_state: 'kept', say: null }])
    expect(received.preview).toMatchObject([{ external_id: 'R-1000000001' }, { external_id: 'R-1000000002' }, {}])
    const tried = await desk.checked(bakery, received.id)
    expect(tried).toMatchObject({
      state: 'detected',
      check: {
        state: 'done',
        progress: 1,
        rows_read: 3,
        sales: 3,
        items: 3,
        units: '6',
        gross: { amount: 1_790, currency: 'EUR' },
        rows_rejected: 0,
        new_sales: 3,
        changed_sales: 0,
        same_sales: 0,
        days: [
          { business_date: '2026-03-02', sales: 2, units: '4', gross: { amount: 690, currency: 'EUR' } },
          { business_date: '2026-03-13', sales: 1, units: '2', gross: { amount: 1_100, currency: 'EUR' } },
        ],
      },
    })
    expect(await desk.sales(bakery)).toEqual([])
    const list = await desk.send(bakery, 'GET', 'imports?state=detected,failed')
    expect(rowsOf<Json>(list)).toMatchObject([{ id: received.id, preview: null, check: null }])
    expect(rowsOf<Json>(await desk.send(bakery, 'GET', 'imports?state=done'))).toEqual([])
  })

  test('recorded, it does what the dry run said; tried once more, it has nothing new', async () => {
    const done = await desk.taken(bakery, table(breakfast, elevenses, lunch))
    expect(done).toMatchObject({
      state: 'done',
      sales_created: 3,
      gross: { amount: 1_790 },
      confirmed_by: expect.stringMatching(/^key:/),
    })
    const again = await desk.give(bakery, table(breakfast, elevenses, lunch.replace('5.50', '6.00'), supper))
    expect((await desk.checked(bakery, again.id)).check).toMatchObject({
      new_sales: 1,
      changed_sales: 1,
      same_sales: 2,
    })
    expect(await desk.sales(bakery)).toHaveLength(3)
  })

  test('the very same bytes once more are said to be known, and change nothing', async () => {
    const before = await desk.sales(bakery)
    const again = await desk.give(bakery, table(breakfast, elevenses, lunch), {
      file_name: 'again.csv',
      confirm: 'auto',
    })
    const done = await desk.ended(bakery, again.id)
    expect(done).toMatchObject({ sales_created: 0, sales_updated: 0, sales_unchanged: 3 })
    expect(done.already_imported).toMatchObject({ import_id: expect.any(String) })
    expect((done.detection as { notes: Json[] }).notes).toContainEqual(
      expect.objectContaining({ code: 'already_imported', severity: 'info' }),
    )
    expect(await desk.sales(bakery)).toEqual(before)
  })
})

describe('taking back', () => {
  let butcher: Shop
  beforeAll(async () => {
    butcher = await hub.openShop('butcher')
  })

  test('a file that was never confirmed is gone at once, with all that was kept of it', async () => {
    const received = await desk.give(butcher, table(breakfast))
    expect((await kept(received.id))[0]?.chunks).toBe(1)
    const undone = await desk.send(butcher, 'POST', `imports/${received.id}/undo`)
    expect(undone.json).toMatchObject({ state: 'undone', undo: { sales_removed: 0 }, preview: null, check: null })
    expect(await kept(received.id)).toEqual([{ chunks: 0, rejections: 0 }])
    const confirm = await desk.send(butcher, 'POST', `imports/${received.id}/confirm`)
    expect(confirm).toMatchObject({ status: 409, json: { code: 'import.not-confirmable' } })
  })

  test('what only the one file told goes, and what another told as well stays', async () => {
    const first = await desk.taken(butcher, table(breakfast, elevenses, lunch, 'no day at all,R-1000000009,Bun,1,1'))
    expect(first).toMatchObject({ sales_created: 3, rows_rejected: 1 })
    const second = await desk.taken(butcher, table(elevenses, lunch.replace('5.50', '6.00'), supper))
    expect(second).toMatchObject({ sales_created: 1, sales_updated: 1, sales_unchanged: 1 })
    const undone = await desk.undone(butcher, first.id)
    expect(undone).toMatchObject({
      undone_by: expect.stringMatching(/^key:/),
      undo: { progress: 1, sales_removed: 1, sales_restored: 1 },
    })
    expect(await kept(first.id)).toEqual([{ chunks: 0, rejections: 0 }])

    const fresh = await hub.openShop('fresh-butcher')
    await desk.taken(fresh, table(elevenses, lunch.replace('5.50', '6.00'), supper))
    const bare = (sales: readonly Json[]) => sales.map(({ location_id: _site, ...sale }) => sale)
    expect(bare(await desk.sales(butcher))).toEqual(bare(await desk.sales(fresh)))

    await desk.undone(butcher, second.id)
    expect(await desk.sales(butcher)).toEqual([])
    const twice = await desk.send(butcher, 'POST', `imports/${second.id}/undo`)
    expect(twice).toMatchObject({ status: 200, json: { state: 'undone' } })
  })

  test('after it, the same file counts as new again', async () => {
    const received = await desk.give(butcher, table(elevenses, supper))
    expect(received.already_imported).toBeNull()
    expect((await desk.checked(butcher, received.id)).check).toMatchObject({ new_sales: 2, same_sales: 0 })
    expect(await desk.confirmed(butcher, received.id)).toMatchObject({ state: 'done' })
    expect(await desk.sales(butcher)).toHaveLength(2)
  })
})
