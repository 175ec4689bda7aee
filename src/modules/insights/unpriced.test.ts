import { expect, test } from 'vitest'
import { useDatabase } from '#tests/harness/database.ts'
import { at, connect, item, openShop, openSite, record, sale, serve } from './test-shop.ts'
import type { WireFigures } from './wire.ts'

const db = useDatabase()

test('sales without prices count as sales, rank by quantity, and add nothing to revenue', async () => {
  const baker = await openShop(db, 'baker')
  const site = await openSite(db, baker, 'Bakery')
  const loaf = (id: string, quantity: string, name: string) =>
    sale(id, '2026-03-04 08:00', [item(name, quantity, null)])
  const sales = [loaf('one', '1', 'Rye'), loaf('two', '3', 'Bread')]
  await record(db, baker, { site, connection: connect(baker, 'Old till', 'spreadsheet') }, sales)
  const bakery = await serve(db, [baker], at('2026-03-31 12:00'))
  const answer = await bakery.inject({
    method: 'POST',
    url: '/api/pos-integrations/analytics',
    headers: { 'x-api-key': 'baker' },
    payload: { from: '2026-03-04', to: '2026-03-04' },
  })
  const figures: WireFigures = answer.json()
  await bakery.close()
  expect(figures.summary).toMatchObject({ total_revenue: 0, unpriced_transactions: 2, average_transaction_value: null })
  expect(figures.top_items.map((one) => [one.item_name, one.quantity_sold, one.revenue, one.share])).toEqual([
    ['Bread', 3, null, null],
    ['Rye', 1, null, null],
  ])
})
