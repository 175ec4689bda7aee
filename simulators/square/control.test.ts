import { afterAll, beforeAll, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf, sitesOf } from '../trade/shop.ts'
import { type RunningSquare, simulatorLine, startSquare } from './simulate.ts'
import { clientOf, type Json } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)

let square: RunningSquare

beforeAll(async () => {
  square = await startSquare({
    clock: new StageClock({ at: NOW, frozen: true }),
    rateLimit: { perSecond: 1, burst: 3 },
    sellers: [
      { shop: shopOf('cafe', { sites: sitesOf(2) }), country: 'IE' },
      { shop: shopOf('restaurant'), country: 'US' },
    ],
  })
})

afterAll(() => square.close())

async function control(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${square.controlUrl}${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

test('the line of a simulator that runs alone says where, with what and which locations', () => {
  const line = JSON.parse(JSON.stringify(simulatorLine(square)))
  expect(line).toMatchObject({ provider: 'square', base_url: square.baseUrl, control_url: square.controlUrl })
  expect(line.credentials.access_token).toMatch(/^EAAA/)
  expect(line.locations.map(({ currency }: Json) => currency)).toEqual(['EUR', 'EUR', 'USD'])
})

test('selling in a window gives as many as asked, at the location asked, and the same ones only once', async () => {
  const location = square.locations[1]?.id
  const order = { count: 120, from: '2026-10-01', to: '2026-10-07', location, seed: 'w' }
  expect((await control('POST', '/sell', order)).body).toEqual({ sold: 120, known: 0 })
  expect((await control('POST', '/sell', order)).body).toEqual({ sold: 0, known: 120 })
  const { body } = await control('GET', `/books?from=2026-10-01&to=2026-10-08&location=${location}`)
  expect(body.books).toHaveLength(1)
  expect(body.books[0].count).toBeGreaterThan(100)
  expect((await control('GET', `/books?location=${square.locations[0]?.id}`)).body.books[0].count).toBe(0)
  expect(
    (await control('GET', '/books?from=2026-10-02T00:00:00Z&to=2026-10-03T00:00:00Z')).body.books[0].count,
  ).toBeGreaterThan(5)
})

test('the books of all sellers stand by currency', async () => {
  await control('POST', '/sell', { count: 20, merchant: square.square.sellers[1]?.merchantId })
  await control('POST', '/clock', { advance: '3h' })
  const { body } = await control('GET', '/books')
  expect(body.books.map(({ currency }: Json) => currency)).toEqual(['EUR', 'USD'])
  const merchant = square.square.sellers[1]?.merchantId
  expect((await control('GET', `/books?merchant=${merchant}`)).body.books).toHaveLength(1)
})

test('sales at a pace come as the clock goes on', async () => {
  const before = square.square.mainSeller.soldIds.size
  await control('POST', '/sell', { count: 30, per_second: 10 })
  expect(square.square.mainSeller.soldIds.size).toBe(before + 1)
  await control('POST', '/clock', { advance: '1s' })
  expect(square.square.mainSeller.soldIds.size).toBe(before + 11)
  await control('POST', '/clock', { advance: '1h' })
  expect(square.square.mainSeller.soldIds.size).toBe(before + 30)
})

test('the clock is told and moved, forwards and back', async () => {
  const { body } = await control('POST', '/clock', { at: '2026-11-01T08:00:00Z' })
  expect(body).toEqual({ now: '2026-11-01T08:00:00.000Z' })
  expect((await control('POST', '/clock', { advance: '26h' })).body).toEqual({ now: '2026-11-02T10:00:00.000Z' })
  await control('POST', '/clock', { at: new Date(NOW).toISOString() })
  expect((await control('GET', '/clock')).body).toEqual({ now: '2026-10-20T12:00:00.000Z' })
})

test('calls are counted by name and merchant, and what is over the budget is a 429 with Retry-After', async () => {
  await control('POST', '/requests/reset')
  await control('POST', '/clock', { advance: '1h' })
  const client = clientOf(square)
  const answers = []
  for (let call = 0; call < 5; call++) answers.push(await client.get('/v2/locations'))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429])
  expect(answers[4]?.headers.get('retry-after')).toBe('1')
  const { body } = await control('GET', '/requests')
  expect(body).toMatchObject({ total: 5, calls: { 'locations.list': 5 }, statuses: { 200: 3, 429: 2 }, throttled: 2 })
  expect(body.by_merchant[square.square.mainSeller.merchantId]).toEqual({ total: 5, throttled: 2 })
  await control('POST', '/clock', { advance: '1s' })
  expect((await client.get('/v2/locations')).status).toBe(200)
})

test('faults are listed with their pains and switched by name', async () => {
  const { body } = await control('GET', '/faults')
  const pains = Object.fromEntries(body.faults.map(({ name, pain }: Json) => [name, pain]))
  expect(pains).toMatchObject({
    'duplicate-delivery': 9,
    'reordered-delivery': 14,
    'thin-event': 13,
    'clipped-page': 4,
    'rate-limit': 20,
    'subscription-removed': 10,
    'token-rotated': 8,
  })
  const switched = await control('POST', '/faults', { name: 'clipped-page', on: true, rate: 0.5, seed: 's' })
  expect(switched.body.fault).toMatchObject({ name: 'clipped-page', on: true, rate: 0.5, seed: 's' })
  await control('POST', '/faults', { name: 'clipped-page', on: false })
})

test('an order that makes no sense is a 400 with a sentence', async () => {
  const refused = [
    await control('POST', '/faults', { name: 'nonsense', on: true }),
    await control('POST', '/clock', { advance: 'soon' }),
    await control('POST', '/sell', { count: -1 }),
    await control('POST', '/sell', { count: 1, location: 'LNOWHERE' }),
    await control('POST', '/acts', { name: 'dance' }),
    await control('GET', '/books?from=yesterday'),
    await control('GET', '/books?location=LNOWHERE'),
  ]
  for (const { status, body } of refused) expect([status, typeof body.error]).toEqual([400, 'string'])
})

test('acts change what a seller can change', async () => {
  await control('POST', '/clock', { advance: '1h' })
  const location = square.locations[1]?.id
  await control('POST', '/acts', { name: 'close-location', location })
  const { body } = await clientOf(square).get('/v2/locations')
  expect(body.locations.map(({ status }: Json) => status)).toEqual(['ACTIVE', 'INACTIVE'])
  expect((await control('GET', '/acts')).body.acts.map(({ name }: Json) => name)).toContain('revoke')
})

test('with live trade the day’s sales are rung up as the clock passes', async () => {
  const clock = new StageClock({ at: Date.UTC(2026, 9, 21, 5), frozen: true })
  const live = await startSquare({ clock, live: true, rateLimit: null })
  try {
    expect(live.books()[0]?.count ?? 0).toBe(0)
    await clock.advance(12 * 3_600_000)
    const [half] = live.books({ from: '2026-10-21', to: '2026-10-21' })
    expect(half?.count).toBeGreaterThan(100)
    await clock.advance(24 * 3_600_000)
    expect(live.books({ from: '2026-10-22', to: '2026-10-22' })[0]?.count).toBeGreaterThan(100)
  } finally {
    await live.close()
    clock.close()
  }
})
