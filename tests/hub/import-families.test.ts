import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { rowsOf, type Shop, useHub } from '#tests/harness/hub.ts'
import { importDesk, type Json } from '#tests/harness/import-desk.ts'

// Several exports of one till: each tells something of the same sales, and no sale counts twice.

const hub = useHub()
const desk = importDesk(hub)

const sample = (name: string) =>
  readFile(new URL(`../../connectors/spreadsheet/presets/samples/${name}`, import.meta.url))
const connectionsOf = async (shop: Shop) => rowsOf<Json>(await desk.send(shop, 'GET', 'pos/configurations'))
const withoutSite = (sales: readonly Json[]) =>
  sales.map(
    ({ location_id: _site, refunds, ...sale }): Json => ({
      ...sale,
      refunds: (refunds as Json[]).map(({ id: _id, ...refund }) => refund),
    }),
  )
const codesOf = (received: Json) => (received.detection as { notes: { code: string }[] }).notes.map(({ code }) => code)

/** An import's first file makes the connection; a helper for shops in dollars, as the samples are. */
const dollars = { currency: 'USD', timeZone: 'America/New_York' }

describe('a till’s items and its transactions', () => {
  test('come to the same sales in either order, in one connection', async () => {
    const items = await sample('square-items.csv')
    const transactions = await sample('square-transactions.csv')
    const one = await hub.openShop('items-first', dollars)
    const other = await hub.openShop('transactions-first', dollars)
    for (const [shop, files] of [
      [one, [items, transactions]],
      [other, [transactions, items]],
    ] as const) {
      for (const file of files) {
        const done = await desk.taken(shop, file)
        expect(done).toMatchObject({ state: 'done', joins: null, detection: { family: 'square' } })
      }
      expect(await connectionsOf(shop)).toMatchObject([{ name: 'Square', pos_system: 'spreadsheet' }])
    }
    const sales = await desk.sales(one)
    expect(withoutSite(sales)).toEqual(withoutSite(await desk.sales(other)))
    const both = sales.filter(({ items: lines, payments }) =>
      [lines, payments].every((all) => (all as Json[]).length > 0),
    )
    expect(both.length).toBeGreaterThan(3)
  })

  test('taken back one by one, leave what the other alone would have made', async () => {
    const items = await sample('square-items.csv')
    const transactions = await sample('square-transactions.csv')
    const shop = await hub.openShop('both', dollars)
    const alone = await hub.openShop('transactions-alone', dollars)
    const first = await desk.taken(shop, items)
    const second = await desk.taken(shop, transactions)
    await desk.taken(alone, transactions)
    await desk.undone(shop, first.id)
    expect(withoutSite(await desk.sales(shop))).toEqual(withoutSite(await desk.sales(alone)))
    await desk.undone(shop, second.id)
    expect(await desk.sales(shop)).toEqual([])
  })
})

describe('two shapes of file whose till nobody knows', () => {
  const items = (...ids: readonly number[]) =>
    [
      'Day,Ticket,Article,Pieces,Price',
      ...ids.map((id) => `2026-04-${String(10 + (id % 10))} 08:00,T-20000000${id},Rye loaf,2,4.20`),
      '',
    ].join('\n')
  const payments = (...ids: readonly number[]) =>
    [
      'Date,Ticket number,Total,Tip,Payment type',
      ...ids.map((id) => `2026-04-${String(10 + (id % 10))} 08:00,T-20000000${id},8.40,0.00,Card`),
      '',
    ].join('\n')

  test('the second joins the connection that knows its sales, and says so', async () => {
    const shop = await hub.openShop('joining')
    await desk.taken(shop, items(11, 12, 13, 14), { file_name: 'till items.csv' })
    const received = await desk.give(shop, payments(12, 13, 14, 15))
    expect(received.joins).toMatchObject({ name: 'till items', connection_id: expect.any(String) })
    expect(codesOf(received)).toContain('joins_connection')
    expect((await desk.checked(shop, received.id)).check).toMatchObject({ sales: 4, new_sales: 1 })
    const done = await desk.confirmed(shop, received.id)
    expect(done.connection_id).toBe((received.joins as Json).connection_id)
    expect(await desk.sales(shop)).toHaveLength(5)
    expect(await connectionsOf(shop)).toHaveLength(1)
    // The next one belongs there although nothing of it is known yet.
    const later = await desk.taken(shop, payments(16, 17, 18))
    expect(later.connection_id).toBe(done.connection_id)
  })

  test('a person who knows better keeps them apart', async () => {
    const shop = await hub.openShop('apart')
    await desk.taken(shop, items(11, 12, 13, 14))
    const received = await desk.give(shop, payments(11, 12, 13, 14))
    expect(received.joins).not.toBeNull()
    const apart = await desk.correct(shop, received.id, { join: false })
    expect(apart.joins).toBeNull()
    expect(codesOf(apart)).toContain('days_already_covered')
    expect(await desk.confirmed(shop, received.id)).toMatchObject({ sales_created: 4 })
    expect(await connectionsOf(shop)).toHaveLength(2)
  })

  test('days that another file told of are asked about, and the file does not run by itself', async () => {
    const shop = await hub.openShop('two-tills')
    await desk.taken(shop, items(11, 12, 13), { file_name: 'front till.csv' })
    const others = payments(11, 12, 13).replaceAll('T-2', 'X-9')
    const received = await desk.give(shop, others, { confirm: 'auto' })
    expect(received).toMatchObject({ state: 'detected', joins: null })
    const notes = (received.detection as { notes: Json[] }).notes
    expect(notes.find(({ code }) => code === 'days_already_covered')).toMatchObject({
      severity: 'confirm',
      say: expect.stringContaining('3 of the first 3 days of the file already have sales'),
    })
    await desk.confirmed(shop, received.id)
    expect(await desk.sales(shop)).toHaveLength(6)
    // That these two stand beside each other is known from now on.
    const next = await desk.give(shop, others.replaceAll('T-9', 'T-8'), { confirm: 'auto' })
    expect(await desk.ended(shop, next.id)).toMatchObject({ state: 'done' })
  })

  test('receipts with short numbers may be another till’s, so that is asked', async () => {
    const shop = await hub.openShop('short-numbers')
    const short = (text: string) => text.replaceAll('T-20000000', '')
    await desk.taken(shop, short(items(11, 12, 13, 14)))
    const received = await desk.give(shop, short(payments(11, 12, 13, 14)), { confirm: 'auto' })
    expect(received.state).toBe('detected')
    const notes = (received.detection as { notes: Json[] }).notes
    expect(notes.find(({ code }) => code === 'joins_connection')).toMatchObject({ severity: 'confirm' })
  })
})

test('exports that overlap tell no sale twice, and sites do not mix', async () => {
  const shop = await hub.openShop('overlapping')
  const days = (from: number, to: number) =>
    [
      'Date,Receipt,Item,Quantity,Price',
      ...Array.from({ length: to - from }, (_, n) => `2026-05-${from + n} 09:00,R-30000000${from + n},Bun,1,1.00`),
      '',
    ].join('\n')
  await desk.taken(shop, days(10, 20))
  const second = await desk.taken(shop, days(15, 25))
  expect(second).toMatchObject({ sales_created: 5, sales_unchanged: 5 })
  expect(await desk.sales(shop)).toHaveLength(15)
  const site = await desk.send(shop, 'POST', 'sites', {
    name: 'Harbour',
    slug: 'harbour',
    time_zone: 'Europe/Berlin',
    currency: 'EUR',
    close_out: '00:00',
  })
  expect(site.status, site.text).toBe(201)
  const elsewhere = await desk.taken(shop, days(15, 25), { site_id: 'harbour' })
  expect(elsewhere).toMatchObject({ sales_created: 10 })
  expect(await connectionsOf(shop)).toHaveLength(2)
})
