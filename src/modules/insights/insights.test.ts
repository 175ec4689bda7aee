import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import type { Site } from '#modules/sites/sites.ts'
import { useDatabase } from '#tests/harness/database.ts'
import type { Connection } from './insights.ts'
import { at, connect, item, openShop, openSite, record, refund, sale, serve, type TestShop } from './test-shop.ts'
import type { WireFigures } from './wire.ts'

// A café of two sites in March 2026: every number below was added up by hand.

const db = useDatabase()
const now = at('2026-03-31 12:00')
let cafe: TestShop
let empty: TestShop
let server: FastifyInstance
let main: Site
let harbour: Site
let till: Connection
let files: Connection

const coffee = (quantity: string, gross: bigint, discount = 0n) =>
  item('Coffee', quantity, gross, {
    discount,
    article: { externalId: null, sku: null, name: 'Coffee', variant: null, category: 'Drinks' },
  })
const cake = item('=Cake "large", fresh', '1', 450n)
// Berlin: Monday 2 March 09:00. 7.50 − 0.50, 7 % inside, 1.00 tip.
const breakfast = sale('breakfast', '2026-03-02 08:00', [coffee('2', 700n, 50n), item('Croissant', '1', 50n)], {
  taxIncluded: 46n,
  tip: 100n,
  customer: 'c-1',
})
// Berlin: Tuesday 3 March 02:00, still Monday's business day.
const lateNight = sale('lateNight', '2026-03-03 01:00', [coffee('1', 350n), cake])
const lunch = sale('lunch', '2026-03-04 11:00', [cake, coffee('1.5', 525n)], { customer: 'c-1' })
const voided = sale('voided', '2026-03-04 11:30', [coffee('9', 9900n)], { status: 'voided' })
const giftCard = sale('giftCard', '2026-03-04 12:00', [item('Gift card', '1', 2500n, { kind: 'gift_card' })], {
  deferred: 2500n,
})
const lateNightRefund = refund('lateNightRefund', '2026-03-05 12:00', 450n, {
  tax: 29n,
  items: [
    {
      ...{ saleItemExternalId: null, article: cake.article, quantity: decimal('1') },
      ...{ amount: 450n, tax: 29n },
    },
  ],
})
const february = sale('february', '2026-02-24 11:00', [coffee('1', 1000n)])
const lastYear = sale('lastYear', '2025-03-03 11:00', [item('Hot wine', '1', 2000n)])

beforeAll(async () => {
  cafe = await openShop(db, 'cafe')
  empty = await openShop(db, 'empty')
  main = await openSite(db, cafe, 'Main street')
  harbour = await openSite(db, cafe, 'Old harbour')
  till = connect(cafe, 'Till')
  files = connect(cafe, 'Harbour files', 'spreadsheet')
  await record(
    db,
    cafe,
    { site: main, connection: till, now: at('2026-03-30 07:00') },
    [breakfast, lateNight, voided, giftCard, february, lastYear],
    [{ of: lateNight, refund: lateNightRefund }],
  )
  await record(db, cafe, { site: harbour, connection: files, now: at('2026-03-30 08:00') }, [lunch])
  const yen = { currency: currencyCode('JPY') }
  const dinar = { currency: currencyCode('KWD') }
  await record(db, cafe, { site: main, connection: till, now: at('2026-03-30 09:00') }, [
    sale('yen', '2026-03-04 13:00', [item('Tea', '1', 1200n)], yen),
    sale('dinar', '2026-03-04 14:00', [item('Tea', '1', 1234n)], dinar),
  ])
  server = await serve(db, [cafe, empty], now)
})
afterAll(() => server.close())

async function ask(body: object, key = 'cafe'): Promise<WireFigures> {
  const answer = await post('analytics', body, key)
  expect(answer.statusCode, answer.body).toBe(200)
  return answer.json()
}

function post(name: string, payload: object, key = 'cafe') {
  return server.inject({
    method: 'POST',
    url: `/api/pos-integrations/${name}`,
    headers: { 'x-api-key': key, 'x-tenant-id': key },
    payload,
  })
}

function get(url: string, key = 'cafe') {
  return server.inject({ method: 'GET', url, headers: { 'x-api-key': key } })
}

const week = { from: '2026-03-02', to: '2026-03-08' }

test('a week of the café is what its receipts add up to', async () => {
  const figures = await ask(week)
  // Gross 750 + 800 + 975 = 25.25; discount 0.50; tax inside 0.46; given back 4.50, of it 0.29 tax: net 20.08.
  expect(figures.summary).toEqual({
    total_revenue: 20.08,
    total_transactions: 4,
    total_items_sold: 7.5,
    average_transaction_value: 5.02,
    gross_sales: 25.25,
    discounts: 0.5,
    refunds: 4.5,
    tax_in_prices: 0.46,
    refunds_of_goods: 4.21,
    refund_count: 1,
    net_sales: 20.08,
    tax: 0.17,
    tips: 1,
    service_charges: 0,
    rounding: 0,
    gift_cards_sold: 25,
    total_collected: 46.25,
    voided_transactions: 1,
    unpriced_transactions: 0,
  })
  expect(figures.daily_trend.map((day) => [day.date, day.revenue, day.transactions])).toEqual([
    ['2026-03-02', 14.54, 2],
    ['2026-03-03', 0, 0],
    ['2026-03-04', 9.75, 2],
    ['2026-03-05', -4.21, 0],
    ['2026-03-06', 0, 0],
    ['2026-03-07', 0, 0],
    ['2026-03-08', 0, 0],
  ])
  expect(figures.hours).toEqual([
    { weekday: 1, hour: 2, revenue: 8, transactions: 1 },
    { weekday: 1, hour: 9, revenue: 6.54, transactions: 1 },
    { weekday: 3, hour: 12, revenue: 9.75, transactions: 1 },
    { weekday: 3, hour: 13, revenue: 0, transactions: 1 },
    { weekday: 4, hour: 13, revenue: -4.21, transactions: 0 },
  ])
  expect(figures.sites).toEqual([
    { location_id: main.id, name: 'Main street', revenue: 10.33, transactions: 3, share: 0.5144 },
    { location_id: harbour.id, name: 'Old harbour', revenue: 9.75, transactions: 1, share: 0.4856 },
  ])
  // Paid: 8.00 (tip inside) + 8.00 + 25.00 + 9.75.
  expect(figures.payment_methods).toEqual([{ method: 'cash', amount: 50.75, payments: 4, share: 1, refunded: 4.5 }])
})

test('items and categories rank by revenue, and what no longer sells is slow', async () => {
  const { top_items, slow_items, categories } = await ask(week)
  expect(top_items.map((one) => [one.item_name, one.quantity_sold, one.revenue, one.last_sold_on])).toEqual([
    ['Coffee', 4.5, 15.25, '2026-03-04'],
    ['=Cake "large", fresh', 2, 4.79, '2026-03-04'],
    ['Croissant', 1, 0.5, '2026-03-02'],
  ])
  expect(slow_items.map((one) => [one.item_name, one.quantity_sold, one.last_sold_on])).toEqual([
    ['Hot wine', 0, '2025-03-03'],
    ['Croissant', 1, '2026-03-02'],
  ])
  expect(categories.map((one) => [one.category, one.revenue, one.share])).toEqual([
    ['Drinks', 15.25, 0.7425],
    [null, 5.29, 0.2575],
  ])
})

test('currencies stand apart, each with its own digits', async () => {
  const { currency, other_currencies } = await ask(week)
  expect(currency).toBe('EUR')
  expect(other_currencies.map((block) => [block.currency, block.summary.total_revenue])).toEqual([
    ['JPY', 1200],
    ['KWD', 1.234],
  ])
  expect(other_currencies[1]?.growth?.total_revenue).toEqual({ before: 0, change: 1.234, percent: null })
})

test('a week is held against the week before, the same weekdays, or the same week last year', async () => {
  const previous = await ask(week)
  expect(previous.growth).toMatchObject({ basis: 'previous', from: '2026-02-23', to: '2026-03-01' })
  expect(previous.growth?.total_revenue).toEqual({ before: 10, change: 10.08, percent: 100.8 })
  expect(previous.daily_trend[1]).toMatchObject({ compare_date: '2026-02-24', compare_revenue: 10 })
  const lastYears = await ask({ ...week, compare: 'last_year' })
  expect(lastYears.growth).toMatchObject({ from: '2025-03-03', total_transactions: { before: 1, change: 3 } })
  expect(lastYears.growth?.coverage.say).toBe(
    'Partial: Harbour files: no data was given for these days (2025-03-03 to 2025-03-09).',
  )
  const oneDay = await ask({ from: '2026-03-03', to: '2026-03-03', compare: 'same_weekdays' })
  expect(oneDay.growth).toMatchObject({ from: '2026-02-24', to: '2026-02-24' })
  const before = await ask({ from: '2024-01-01', to: '2024-01-31' })
  expect(before.growth).toBeNull()
})

test('a figure says how new and how whole it is', async () => {
  const figures = await ask(week)
  expect(figures.as_of).toBe('2026-03-30T09:00:00.000Z')
  expect(figures.coverage.state).toBe('partial')
  expect(figures.coverage.say).toBe(
    'Partial: Harbour files: no data was given for these days (2026-03-02 to 2026-03-03); Harbour files: no data was given for these days (2026-03-05 to 2026-03-08).',
  )
  const tillAlone = await ask({ ...week, pos_system: 'generic-rest' })
  expect(tillAlone.coverage).toEqual({
    state: 'complete',
    gaps: [],
    say: 'Complete: the connection has data for all 7 days.',
  })
  const running = await ask({ from: '2026-03-30', to: '2026-04-02', pos_system: 'generic-rest' })
  expect(running.coverage.say).toBe(
    'Partial: today is not over; these days are still to come (2026-04-01 to 2026-04-02).',
  )
})

test('a place or a system narrows every figure', async () => {
  const { summary, coverage } = await ask({ ...week, locations: ['old-harbour'] })
  expect([summary.total_revenue, summary.total_transactions]).toEqual([9.75, 1])
  expect(coverage.gaps.map((gap) => gap.connection_id)).toEqual([files.id, files.id])
  const byFiles = await ask({ ...week, pos_system: 'spreadsheet' })
  expect(byFiles.summary.total_revenue).toBe(9.75)
  const none = await ask({ ...week, pos_system: 'dine-pos' })
  expect(none.coverage.state).toBe('unknown')
})

test('customers and baskets are told from the sales looked at', async () => {
  const { customers, basket, baskets } = await ask({ ...week, locations: [main.id, harbour.id] })
  expect(customers).toEqual({ known: 1, share_of_transactions: 0.3333 })
  expect(basket).toEqual({ average_lines: 1.33, average_units: 1.58, sales_looked_at: 6 })
  expect(baskets).toEqual([])
})

test('an empty tenant gets zeros, and says that it knows nothing', async () => {
  const figures = await ask(week, 'empty')
  expect(figures.summary).toMatchObject({ total_revenue: 0, total_transactions: 0, average_transaction_value: null })
  expect(figures).toMatchObject({ currency: 'EUR', growth: null, customers: null, as_of: '2026-03-31T12:00:00.000Z' })
  expect(figures.coverage.say).toBe('Unknown: no connection brings data here yet.')
  expect(figures.daily_trend).toHaveLength(7)
})

test('a tenant sees nothing of another, whatever it asks for', async () => {
  const foreignSite = await post('analytics', { ...week, locations: [main.id] }, 'empty')
  expect([foreignSite.statusCode, foreignSite.json().code]).toEqual([400, 'figures.site-unknown'])
  const foreignFile = await get('/api/v1/tenants/cafe/figures/sites.csv?from=2026-03-02&to=2026-03-08', 'empty')
  expect(foreignFile.statusCode).toBe(403)
  const sales = await post('sales-data', week, 'empty')
  expect(sales.json()).toMatchObject({ data: [], next_cursor: null })
})

test.each([
  [{ from: '2026-03-08', to: '2026-03-02' }, 'figures.range-backwards', '/to'],
  [{ from: '2026-02-29', to: '2026-03-02' }, 'figures.day-unreadable', '/from'],
  [{ from: '2020-01-01', to: '2026-03-02' }, 'figures.range-too-long', '/from'],
  [{ ...week, locations: ['moon'] }, 'figures.site-unknown', '/locations/0'],
  [{ ...week, pos_system: 'abacus' }, 'figures.pos-system-unknown', '/pos_system'],
  [{ ...week, colour: 'red' }, 'http.input-invalid', '/colour'],
])('%j is refused, and the field is named', async (body, code, pointer) => {
  const answer = await post('analytics', body)
  expect([answer.statusCode, answer.json().code]).toEqual([400, code])
  expect(answer.json().errors[0].pointer).toBe(pointer)
})

test('the last days end with the business day that is running', async () => {
  const answer = await get('/api/pos-integrations/quick-analytics?days=28')
  expect(answer.json()).toMatchObject({ from: '2026-03-04', to: '2026-03-31', summary: { total_revenue: 5.54 } })
  expect((await get('/api/pos-integrations/quick-analytics?days=0')).statusCode).toBe(400)
})

test('sales data are the closed sales of the range, page by page', async () => {
  const first = (await post('sales-data', { ...week, limit: 4 })).json()
  const second = (await post('sales-data', { ...week, limit: 4, cursor: first.next_cursor })).json()
  const shown = [...first.data, ...second.data].map((one) => one.external_id)
  expect(shown).toEqual(['dinar', 'yen', 'giftCard', 'lunch', 'lateNight', 'breakfast'])
  expect(first).toMatchObject({ currency: 'EUR', as_of: '2026-03-30T09:00:00.000Z', coverage: { state: 'partial' } })
  expect(second.next_cursor).toBeNull()
})

test('a table comes as a file that no spreadsheet can be tricked by', async () => {
  const answer = await get(
    '/api/v1/tenants/cafe/figures/top_items.csv?from=2026-03-02&to=2026-03-08&location=main-street',
  )
  expect(answer.headers).toMatchObject({ 'x-coverage': 'complete', 'x-as-of': '2026-03-30T09:00:00.000Z' })
  expect(answer.body).toBe(
    [
      '\uFEFFcurrency,item_name,variant,category,quantity_sold,revenue,share,last_sold_on',
      'EUR,Coffee,,Drinks,3,10.00,0.9268,2026-03-02',
      'EUR,Croissant,,,1,0.50,0.0463,2026-03-02',
      `EUR,"'=Cake ""large"", fresh",,,1,0.29,0.0269,2026-03-02`,
      'JPY,Tea,,,1,1200,1,2026-03-04',
      'KWD,Tea,,,1,1.234,1,2026-03-04',
      '',
    ].join('\r\n'),
  )
  const trend = await get('/api/v1/tenants/cafe/figures/daily_trend.csv?from=2026-03-05&to=2026-03-05')
  expect(trend.body.split('\r\n')[1]).toBe('EUR,2026-03-05,-4.21,0,0,2026-03-04,9.75')
})

test('every system is listed, and which of them this tenant has', async () => {
  const { data } = (await get('/api/pos-integrations/pos-systems')).json()
  expect(
    data.map((one: { id: string; available: boolean; connected: boolean }) => [one.id, one.available, one.connected]),
  ).toEqual([
    ['generic-rest', true, true],
    ['spreadsheet', true, true],
    ['dine-pos', false, false],
  ])
})

test('health tells what each connection brought last', async () => {
  cafe.arrivals.push({ connectionId: files.id, kind: 'import', at: at('2026-03-30 08:00'), outcome: 'failed' })
  const health = (await get('/api/pos-integrations/health')).json()
  expect(health.state).toBe('attention')
  expect(health.connections[1]).toEqual({
    connection_id: files.id,
    name: 'Harbour files',
    pos_system: 'spreadsheet',
    state: 'active',
    say: 'It holds 1 sales from 2026-03-04 to 2026-03-04. Its last import failed.',
    last_arrival: { kind: 'import', at: '2026-03-30T08:00:00.000Z', outcome: 'failed' },
    newest_sale_at: '2026-03-04T11:00:00.000Z',
    newest_sale_stored_at: '2026-03-30T08:00:00.000Z',
    coverage: { from: '2026-03-04', to: '2026-03-04' },
    sales: 1,
    refunds: 0,
    voided: 0,
    unpriced: 0,
  })
})

test('made-up figures say so, and hold nothing of the tenant’s own', async () => {
  const answer = await get('/api/pos-integrations/mock-data')
  expect(answer.json()).toMatchObject({ demo: true, from: '2026-03-01', summary: { total_transactions: 0 } })
})
