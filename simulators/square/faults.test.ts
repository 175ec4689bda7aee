import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf } from '../trade/shop.ts'
import { SQUARE_FAULTS } from './faults.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { type Client, clientOf, type Json, type Reply } from './test-client.ts'

// Every fault is seen by whoever calls or listens; those of deliveries and pages have tests of their own beside them.

const NOW = Date.UTC(2026, 9, 20, 12)

let square: RunningSquare
let client: Client
let receiver: Server
let hosts: string[]

beforeAll(async () => {
  square = await startSquare({
    clock: new StageClock({ at: NOW, frozen: true }),
    rateLimit: null,
    sellers: [{ shop: shopOf('restaurant'), country: 'US', habits: { offline: 0, refundsByAmount: 0 } }],
  })
  client = clientOf(square)
  square.sell({ from: '2026-10-10', to: '2026-10-13' })
  square.sell({ from: '2026-04-01', to: '2026-04-01' })
  hosts = []
  receiver = createServer((request, response) => {
    hosts.push(request.headers.host ?? '')
    request.resume().on('end', () => response.end())
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await square.close()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

afterEach(() => {
  for (const { name, on } of square.square.faults.list()) if (on) square.fault({ name, on: false })
})

function search(limit = 20): Promise<Reply> {
  return client.post('/v2/orders/search', { location_ids: [square.locations[0]?.id], limit })
}

function texts(value: Json, field: string): string[] {
  const found: string[] = []
  JSON.stringify(value, (key, each) => {
    if (key === field && typeof each === 'string') found.push(each)
    return each
  })
  return found
}

test('each fault has a pain or says why not, a sentence and a name of its own', () => {
  expect(new Set(SQUARE_FAULTS.map(({ name }) => name)).size).toBe(SQUARE_FAULTS.length)
  for (const { name, pain, says } of SQUARE_FAULTS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(says).toMatch(/^[A-Z].+\.$/)
    expect(pain === null || (pain >= 1 && pain <= 34)).toBe(true)
  }
})

test('calls are throttled, fail inside and fail at the gateway', async () => {
  square.fault({ name: 'rate-limit', on: true, rate: 1, value: 7 })
  const throttled = await search()
  expect([throttled.status, throttled.headers.get('retry-after'), throttled.body.errors[0].code]).toEqual([
    429,
    '7',
    'RATE_LIMITED',
  ])
  square.fault({ name: 'rate-limit', on: false })
  square.fault({ name: 'server-error', on: true, rate: 1, times: 1 })
  expect((await search()).status).toBe(500)
  square.fault({ name: 'gateway-html', on: true, rate: 1, times: 1 })
  const gateway = await search()
  expect([gateway.status, gateway.headers.get('content-type'), typeof gateway.body]).toEqual([
    502,
    'text/html',
    'string',
  ])
  expect((await search()).status).toBe(200)
})

test('answers break off, drip, are cut and never come', async () => {
  square.fault({ name: 'invalid-json', on: true, rate: 1, times: 1 })
  await expect(search()).rejects.toThrow(SyntaxError)
  square.fault({ name: 'cut-connection', on: true, rate: 1, times: 1 })
  await expect(search()).rejects.toThrow()
  square.fault({ name: 'slow-drip', on: true, value: 0.2, times: 1 })
  expect((await search()).body.orders).toHaveLength(20)
  square.fault({ name: 'slow-answer', on: true, value: 0.05, times: 1 })
  expect((await search()).body.orders).toHaveLength(20)
  for (const name of ['timeout-before-commit', 'timeout-after-commit', 'outage']) {
    square.fault({ name, on: true, value: 0.05, times: 1 })
    await expect(search()).rejects.toThrow()
  }
})

test('what times out before its commit was not done, what times out after it was', async () => {
  const create = () =>
    client.post('/v2/webhooks/subscriptions', {
      subscription: { name: 'Hub', event_types: ['payment.created'], notification_url: 'https://hub.example.com/' },
    })
  const count = () => square.square.subscriptions.list().length
  square.fault({ name: 'timeout-before-commit', on: true, value: 0.05, times: 1 })
  await expect(create()).rejects.toThrow()
  expect(count()).toBe(0)
  square.fault({ name: 'timeout-after-commit', on: true, value: 0.05, times: 1 })
  await expect(create()).rejects.toThrow()
  expect(count()).toBe(1)
  square.fault({ name: 'subscription-removed', on: true })
  expect(count()).toBe(0)
})

test('records come with members and fields from the future, with text for amounts and without noughts', async () => {
  square.fault({ name: 'unknown-enum', on: true, rate: 0.3, seed: 'enum' })
  const states = texts((await search()).body, 'state')
  expect(states.some((state) => state.endsWith('_OF_2031'))).toBe(true)
  expect(states.some((state) => state === 'COMPLETED')).toBe(true)
  square.fault({ name: 'unknown-enum', on: false })
  square.fault({ name: 'unknown-field', on: true })
  expect((await search()).body.orders[0].field_of_2031).toEqual(['new'])
  square.fault({ name: 'unknown-field', on: false })
  square.fault({ name: 'wrong-type', on: true })
  expect(typeof (await search()).body.orders[0].total_money.amount).toBe('string')
  square.fault({ name: 'wrong-type', on: false })
  square.fault({ name: 'null-money', on: true })
  const noughts = JSON.stringify((await search()).body).match(/"amount":0[,}]/)
  expect(noughts).toBeNull()
})

test('an API version that does not exist, or no longer, is refused; the answer names the one it speaks', async () => {
  const speaking = (version: string) => clientOf(square, undefined, { 'square-version': version }).get('/v2/locations')
  expect((await speaking('2026-09-16')).headers.get('square-version')).toBe('2026-09-16')
  expect((await speaking('2026-09-15')).status).toBe(400)
  expect((await speaking('latest')).body.errors[0].code).toBe('INVALID_SQUARE_VERSION_FORMAT')
  square.fault({ name: 'version-retired', on: true })
  expect((await speaking('2026-09-16')).status).toBe(400)
})

test('lists hide the past, leave records out and expire their cursors', async () => {
  const all = async () => {
    const query = { sort: { sort_field: 'CREATED_AT', sort_order: 'ASC' } }
    const { body } = await client.post('/v2/orders/search', {
      location_ids: [square.locations[0]?.id],
      limit: 500,
      query,
    })
    return body.orders as Json[]
  }
  expect((await all())[0]?.created_at.slice(0, 7)).toBe('2026-04')
  square.fault({ name: 'short-horizon', on: true, value: 60 })
  expect((await all())[0]?.created_at.slice(0, 7)).toBe('2026-10')
  square.fault({ name: 'short-horizon', on: false })
  const whole = (await all()).length
  square.fault({ name: 'missing-records', on: true, rate: 0.2 })
  expect((await all()).length).toBeLessThan(whole)
  square.fault({ name: 'missing-records', on: false })
  const { body } = await search(5)
  square.fault({ name: 'cursor-expired', on: true })
  const expired = await client.post('/v2/orders/search', {
    location_ids: [square.locations[0]?.id],
    limit: 5,
    cursor: body.cursor,
  })
  expect(expired.body.errors[0].code).toBe('INVALID_CURSOR')
})

test('just after its payment an order has no lines or cannot be found, and then it can, with the same updated_at', async () => {
  const fresh = async () => {
    const before = new Set([...square.square.mainSeller.allOrders()].map(({ id }) => id))
    square.sell({ count: 6 })
    const paid = [...square.square.mainSeller.allOrders()].filter(({ id, tenders }) => !before.has(id) && tenders)
    return (paid[0] as Json).id as string
  }
  square.fault({ name: 'thin-event', on: true, value: 6 })
  const thin = await fresh()
  const early = (await client.get(`/v2/orders/${thin}`)).body.order
  expect([early.line_items, early.total_money.amount > 0]).toEqual([undefined, true])
  square.fault({ name: 'thin-event', on: false })
  await square.clock.advance(6000)
  const settled = (await client.get(`/v2/orders/${thin}`)).body.order
  expect(settled.line_items.length).toBeGreaterThan(0)
  expect(settled.updated_at).toBe(early.updated_at)
  square.fault({ name: 'early-event', on: true, value: 3 })
  const hidden = await fresh()
  expect((await client.get(`/v2/orders/${hidden}`)).status).toBe(404)
  await square.clock.advance(3000)
  expect((await client.get(`/v2/orders/${hidden}`)).status).toBe(200)
})

test('a clock that is ahead stamps what is new with the future', async () => {
  square.fault({ name: 'clock-skew', on: true, value: 90 })
  square.sell({ count: 5 })
  const latest = [...square.square.mainSeller.allPayments()].map(({ updated_at }) => Date.parse(updated_at))
  expect(Math.max(...latest)).toBe(square.clock.now() + 90_000)
})

test('a refund without items names an amount and nothing else', () => {
  square.fault({ name: 'refund-without-items', on: true })
  square.sell({ from: '2026-09-01', to: '2026-09-20', seed: 'amounts' })
  const returns = [...square.square.mainSeller.allOrders()].flatMap((order) => order.returns ?? [])
  const custom = returns.filter(({ return_line_items = [] }) => return_line_items[0]?.item_type === 'CUSTOM_AMOUNT')
  expect(custom.length).toBeGreaterThan(0)
  for (const { return_line_items = [] } of custom) expect(return_line_items).toHaveLength(1)
})

test('behind a proxy the request names another host than was signed', async () => {
  const notificationUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  square.subscribe({ notificationUrl, eventTypes: ['payment.created'] })
  square.fault({ name: 'proxied-delivery', on: true })
  square.sell({ count: 3 })
  await square.idle()
  expect(new Set(hosts)).toEqual(new Set(['internal.invalid']))
})

test('the first state of a thing comes half an hour after its last', async () => {
  square.square.subscriptions.removeAll()
  const notificationUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  square.subscribe({ notificationUrl, eventTypes: ['payment.created'] })
  square.fault({ name: 'stale-version-late', on: true })
  hosts = []
  square.sell({ count: 5 })
  await square.idle()
  expect(hosts).toEqual([])
  await square.clock.advance(1_800_000)
  expect(hosts.length).toBeGreaterThan(0)
})
