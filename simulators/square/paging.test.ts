import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf, sitesOf } from '../trade/shop.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { allOf, type Client, clientOf, type Json, ordersPage } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const MINUTE_MS = 60_000

let square: RunningSquare
let client: Client

beforeAll(async () => {
  square = await startSquare({
    clock: new StageClock({ at: NOW, frozen: true }),
    rateLimit: null,
    sellers: [
      {
        shop: shopOf('cafe', { sites: sitesOf(11), timeZone: 'Europe/Dublin' }),
        country: 'IE',
        habits: { offline: 0.1 },
      },
    ],
  })
  client = clientOf(square)
  square.sell({ from: '2026-10-01', to: '2026-10-15', count: 1200 })
  await square.clock.advance(4 * 86_400_000)
})

afterAll(() => square.close())

beforeEach(() => {
  for (const { name, on } of square.square.faults.list()) if (on) square.fault({ name, on: false })
})

function locationIds(count = 10): string[] {
  return square.locations.slice(0, count).map(({ id }) => id)
}

function ordersOfTen(): Json[] {
  return locationIds().flatMap((id) => [...square.square.mainSeller.ordersAt(id).values()].map(({ value }) => value))
}

test('a search walks through all orders of ten locations once, in order, whatever the page size', async () => {
  const expected = ordersOfTen().length
  for (const limit of [7, 100, 500]) {
    const { items, sizes } = await allOf(ordersPage(square, client, limit), 'orders')
    expect(new Set(items.map(({ id }) => id)).size).toBe(expected)
    expect(items.length).toBe(expected)
    expect(Math.max(...sizes)).toBe(Math.min(limit, expected))
    const times = items.map(({ updated_at }) => updated_at)
    expect(times).toEqual(times.toSorted())
  }
})

test('a page never holds more than 500 orders, and more than 1000 are not even asked for', async () => {
  const page = ordersPage(square, client, 1000)
  expect((await page(undefined)).body.orders).toHaveLength(500)
  expect((await ordersPage(square, client, 1001)(undefined)).status).toBe(400)
})

test('a last page that is exactly full is the end', async () => {
  const whole = ordersOfTen().length
  const divisor = [...Array(400).keys()].map((at) => 500 - at).find((size) => whole % size === 0) ?? 1
  const { sizes } = await allOf(ordersPage(square, client, divisor), 'orders')
  expect(sizes).toEqual(Array(whole / divisor).fill(divisor))
  square.fault({ name: 'full-last-page', on: true })
  const after = await allOf(ordersPage(square, client, divisor), 'orders')
  expect(after.sizes).toEqual([...Array(whole / divisor).fill(divisor), 0])
})

test('a window is inclusive at both ends, and must be sorted by its own field', async () => {
  const [order] = ordersOfTen()
  const search = (sort_field: string, field = 'updated_at') =>
    client.post('/v2/orders/search', {
      location_ids: [order.location_id],
      query: {
        filter: { date_time_filter: { [field]: { start_at: order.updated_at, end_at: order.updated_at } } },
        sort: { sort_field },
      },
    })
  expect((await search('UPDATED_AT')).body.orders.map(({ id }: Json) => id)).toContain(order.id)
  for (const wrong of [await search('CREATED_AT'), await search('UPDATED_AT', 'created_at'), await search('NAME')]) {
    expect(wrong.status).toBe(400)
    expect(wrong.body.errors[0].category).toBe('INVALID_REQUEST_ERROR')
  }
})

test('more than ten locations, a foreign location and two windows at once are refused', async () => {
  const refused = [
    { location_ids: locationIds(11) },
    { location_ids: ['LNOTYOURS'] },
    { location_ids: [] },
    {
      location_ids: locationIds(1),
      query: { filter: { date_time_filter: { created_at: {}, updated_at: {} } }, sort: { sort_field: 'CREATED_AT' } },
    },
  ]
  for (const body of refused) expect((await client.post('/v2/orders/search', body)).status).toBe(400)
})

test('a cursor lives fifteen minutes, serves its own question only, and each page brings a fresh one', async () => {
  const page = ordersPage(square, client, 50)
  const first = (await page(undefined)).body.cursor
  await square.clock.advance(14 * MINUTE_MS)
  const second = (await page(first)).body.cursor
  await square.clock.advance(14 * MINUTE_MS)
  expect((await page(second)).status).toBe(200)
  const expired = await page(first)
  expect(expired.status).toBe(400)
  expect(expired.body.errors[0]).toMatchObject({ code: 'INVALID_CURSOR', field: 'cursor' })
  expect((await ordersPage(square, client, 49)(second)).status).toBe(400)
  expect((await page('bm90aGluZw')).status).toBe(400)
})

test('payments answer for the main location unless told otherwise, refunds for all', async () => {
  const page = (path: string, query: Record<string, string>) => (cursor: string | undefined) =>
    client.get(path, { ...query, ...(cursor && { cursor }) })
  const seller = square.square.mainSeller
  const main = await allOf(page('/v2/payments', { limit: '1000', sort_order: 'ASC' }), 'payments')
  expect(new Set(main.items.map(({ location_id }) => location_id))).toEqual(new Set([seller.mainLocation.id]))
  expect(Math.max(...main.sizes)).toBe(100)
  let count = 0
  for (const { id } of seller.locations) {
    const { items } = await allOf(page('/v2/payments', { location_id: id, sort_field: 'UPDATED_AT' }), 'payments')
    count += items.length
  }
  expect(count).toBe([...seller.allPayments()].length)
  const refunds = await allOf(page('/v2/refunds', { limit: '3' }), 'refunds')
  expect(refunds.items.length).toBe(seller.refunds.size)
})

test('a sale uploaded days late is found by its update and not by its creation', async () => {
  const seller = square.square.mainSeller
  const offline = [...seller.allPayments()].find(({ is_offline_payment }) => is_offline_payment)
  const order = seller.findOrder(offline?.order_id ?? '')
  if (offline === undefined || order === null) throw new Error('No sale was rung up offline.')
  expect(Date.parse(offline.created_at) - Date.parse(order.created_at)).toBeGreaterThan(3_000_000)
  const around = (time: string) => ({
    start_at: new Date(Date.parse(time) - 1000).toISOString(),
    end_at: new Date(Date.parse(time) + 20_000).toISOString(),
  })
  const search = async (field: 'created_at' | 'updated_at') => {
    const query = {
      filter: { date_time_filter: { [field]: around(offline.created_at) } },
      sort: { sort_field: field.toUpperCase() },
    }
    const { body } = await client.post('/v2/orders/search', { location_ids: [order.location_id], query })
    return (body.orders ?? []).map(({ id }: Json) => id)
  }
  expect(await search('updated_at')).toContain(order.id)
  expect(await search('created_at')).not.toContain(order.id)
  const since = { offline_begin_time: '2026-01-01T00:00:00Z', location_id: order.location_id }
  const { body } = await client.get('/v2/payments', since)
  expect(body.payments.every(({ is_offline_payment }: Json) => is_offline_payment)).toBe(true)
})

test('a clipped page looks full and has no cursor; a repeated one begins with the last of the one before', async () => {
  const page = ordersPage(square, client, 50)
  square.fault({ name: 'clipped-page', on: true })
  const clipped = await page(undefined)
  expect([clipped.body.orders.length, clipped.body.cursor]).toEqual([50, undefined])
  square.fault({ name: 'clipped-page', on: false })
  square.fault({ name: 'repeated-page', on: true })
  const first = await page(undefined)
  const second = await page(first.body.cursor)
  expect(second.body.orders[0].id).toBe(first.body.orders.at(-1).id)
  const { items } = await allOf(page, 'orders')
  expect(new Set(items.map(({ id }) => id)).size).toBe(ordersOfTen().length)
  expect(items.length).toBeGreaterThan(ordersOfTen().length)
})

test('short pages still have a cursor, and nothing is lost between them', async () => {
  square.fault({ name: 'short-page', on: true, rate: 0.5 })
  const { items, sizes } = await allOf(ordersPage(square, client, 50), 'orders')
  expect(new Set(items.map(({ id }) => id)).size).toBe(ordersOfTen().length)
  expect(sizes.slice(0, -1).some((size) => size < 50)).toBe(true)
})

test('a list that lags shows a new sale after a while; reading it by its id shows it at once', async () => {
  square.fault({ name: 'list-lag', on: true, value: 8 })
  const before = new Set([...square.square.mainSeller.allOrders()].map(({ id }) => id))
  square.sell({ count: 1, location: locationIds(1)[0] ?? '' })
  const [fresh] = [...square.square.mainSeller.allOrders()].filter(({ id }) => !before.has(id))
  const newest = async () => {
    const query = { sort: { sort_field: 'UPDATED_AT', sort_order: 'DESC' } }
    const { body } = await client.post('/v2/orders/search', { location_ids: locationIds(1), limit: 5, query })
    return body.orders.map(({ id }: Json) => id)
  }
  expect((await client.get(`/v2/orders/${fresh?.id}`)).status).toBe(200)
  expect(await newest()).not.toContain(fresh?.id)
  await square.clock.advance(9000)
  expect(await newest()).toContain(fresh?.id)
})
