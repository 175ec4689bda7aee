import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf } from '../trade/shop.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { type Client, clientOf, type Json } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const HOUR_MS = 3_600_000

let square: RunningSquare
let client: Client
let receiver: Server
let told: { readonly at: number; readonly body: Json }[]
let keys = 0

beforeEach(async () => {
  square = await startSquare({
    clock: new StageClock({ at: NOW, frozen: true }),
    rateLimit: null,
    sellers: [{ shop: shopOf('cafe', { sites: [{ externalId: 'one', name: 'One', size: 1 }] }), country: 'IE' }],
    staff: true,
    idempotencyLifeMs: 24 * HOUR_MS,
  })
  client = clientOf(square)
  told = []
  receiver = createServer(async (request, response) => {
    told.push({ at: square.clock.now(), body: JSON.parse((await request.toArray()).join('')) })
    response.end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const eventTypes = [
    'order.updated',
    'order.fulfillment.updated',
    'inventory.count.updated',
    'catalog.version.updated',
  ]
  const notificationUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  square.subscribe({ notificationUrl, eventTypes })
})

afterEach(async () => {
  await square.close()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

function create(reference: string, details: Json = {}, key = `order-${reference}`) {
  return client.post('/v2/orders', {
    idempotency_key: key,
    order: {
      location_id: square.locations[0]?.id,
      reference_id: reference,
      line_items: [{ name: 'Soup', quantity: '1', base_price_money: { amount: 900, currency: 'EUR' } }],
      fulfillments: [{ type: 'PICKUP', pickup_details: { recipient: { display_name: 'Guest' }, ...details } }],
    },
  })
}

function pay(order: Json, key = `pay-${++keys}`) {
  return client.post('/v2/payments', {
    idempotency_key: key,
    source_id: 'EXTERNAL',
    order_id: order.id,
    amount_money: order.net_amount_due_money,
    external_details: { type: 'OTHER', source: 'Web shop' },
  })
}

async function read(id: string): Promise<Json> {
  return (await client.get(`/v2/orders/${id}`)).body.order
}

test('a paid order is accepted, prepared and handed over by the clock, each told with the state before and after', async () => {
  const { order } = (await create('WEB-1', { schedule_type: 'ASAP' })).body
  await pay(order)
  await square.clock.advance(HOUR_MS)
  const moves = told
    .filter(({ body }) => body.type === 'order.fulfillment.updated')
    .map(({ body }) => body.data.object.order_fulfillment_updated.fulfillment_update[0])
  expect(moves.map(({ old_state, new_state }) => [old_state, new_state])).toEqual([
    ['PROPOSED', 'RESERVED'],
    ['RESERVED', 'PREPARED'],
    ['PREPARED', 'COMPLETED'],
  ])
  const done = await read(order.id)
  const { accepted_at, ready_at, picked_up_at } = done.fulfillments[0].pickup_details
  expect([accepted_at < ready_at, ready_at < picked_up_at, done.state]).toEqual([true, true, 'COMPLETED'])
  expect(done.version).toBe(order.version + 4)
})

test('an order that nobody has paid stays as it is, and one for later is not ready hours before its time', async () => {
  const unpaid = (await create('WEB-1')).body.order
  const pickup_at = new Date(NOW + 5 * HOUR_MS).toISOString()
  const later = (await create('WEB-2', { schedule_type: 'SCHEDULED', pickup_at })).body.order
  await pay(later)
  await square.clock.advance(4 * HOUR_MS)
  expect((await read(unpaid.id)).fulfillments[0].state).toBe('PROPOSED')
  expect((await read(later.id)).fulfillments[0].state).toBe('RESERVED')
  await square.clock.advance(2 * HOUR_MS)
  expect((await read(later.id)).state).toBe('COMPLETED')
})

test('somebody at the counter moves an order by hand, and the rest goes on from there', async () => {
  const { order } = (await create('WEB-1')).body
  await pay(order)
  square.act('move-order', { reference_id: 'WEB-1', state: 'PREPARED' })
  expect((await read(order.id)).fulfillments[0]).toMatchObject({ state: 'PREPARED' })
  square.act('move-order', { id: order.id, state: 'CANCELED', reason: 'Oven broken' })
  const ended = await read(order.id)
  expect(ended.fulfillments[0]).toMatchObject({ state: 'CANCELED', pickup_details: { cancel_reason: 'Oven broken' } })
  expect(ended.state).toBe('COMPLETED')
  await square.clock.advance(HOUR_MS)
  expect((await read(order.id)).version).toBe(ended.version)
  expect(() => square.act('move-order', { reference_id: 'WEB-9', state: 'PREPARED' })).toThrow('No open order')
})

test('note and time of a fulfilment can be changed while it is on its way, and that is no change of its state', async () => {
  const { order } = (await create('WEB-1', { note: 'no nuts' })).body
  const pickup_details = { note: 'no milk', pickup_at: '2026-10-20T18:00:00Z' }
  const change = { version: 1, fulfillments: [{ uid: order.fulfillments[0].uid, pickup_details }] }
  const location_id = square.locations[0]?.id
  const { body } = await client.put(`/v2/orders/${order.id}`, { order: { location_id, ...change } })
  expect(body.order.fulfillments[0]).toMatchObject({
    state: 'PROPOSED',
    pickup_details: { ...pickup_details, recipient: { display_name: 'Guest' } },
  })
  await square.idle()
  expect(told.map(({ body: event }) => event.type)).toEqual(['order.updated'])
})

test('a key is forgotten after its life, and then the same call makes a second order, which is listed as a twin', async () => {
  const first = (await create('WEB-1')).body.order
  await square.clock.advance(23 * HOUR_MS)
  expect((await create('WEB-1')).body.order.id).toBe(first.id)
  expect(square.square.requests.counts().doubled).toEqual([])
  await square.clock.advance(2 * HOUR_MS)
  expect((await create('WEB-1')).body.order.id).not.toBe(first.id)
  const { doubled, pushed } = square.square.requests.counts()
  expect([doubled, pushed.map(({ twins }) => twins)]).toEqual([['WEB-1'], [1, 1]])
})

test('what is sold out is marked in the catalogue, nothing of it is left, and both are told', async () => {
  const entries = [...square.square.mainSeller.reads.catalogue.entriesAt(NOW).values()]
  const counted = entries.find(({ type, data }) => type === 'ITEM_VARIATION' && data.track_inventory === true)
  const location_id = square.locations[0]?.id
  const shown = async () => {
    const { object } = (await client.get(`/v2/catalog/object/${counted?.id}`)).body
    const { counts } = (await client.get(`/v2/inventory/${counted?.id}`)).body
    return [object.item_variation_data.location_overrides ?? [], counts[0].quantity]
  }
  square.act('sell-out', { id: counted?.id })
  expect(await shown()).toEqual([[{ location_id, sold_out: true }], '0'])
  await square.idle()
  expect(told.map(({ body }) => body.type).sort()).toEqual(['catalog.version.updated', 'inventory.count.updated'])
  square.act('bring-back', { id: counted?.parentId, quantity: 12 })
  expect(await shown()).toEqual([[], '12'])
  expect(() => square.act('sell-out', { id: 'NOBODY' })).toThrow('no item')
})

test.each([
  ['timeout-before-commit', 0],
  ['timeout-after-commit', 1],
  ['error-before-commit', 0],
  ['error-after-commit', 1],
  ['duplicate-answer', 1],
  ['rate-limit', 0],
  ['rate-limit-storm', 0],
] as const)('%s strikes the calls that it was told and leaves %i orders behind', async (name, standing) => {
  const calls = ['orders.create', 'payments.create']
  square.fault({ name, on: true, rate: 1, value: 0.05, calls })
  await create('WEB-1').catch(() => undefined)
  expect([...square.square.mainSeller.allOrders()]).toHaveLength(standing)
  expect((await client.get('/v2/locations')).status).toBe(200)
  square.fault({ name, on: false })
  const { order } = (await create('WEB-1')).body
  expect([...square.square.mainSeller.allOrders()]).toHaveLength(1)
  square.fault({ name, on: true, rate: 1, value: 0.05, calls })
  await pay(order, 'pay-once').catch(() => undefined)
  square.fault({ name, on: false })
  expect((await pay(order, 'pay-once')).status).toBe(200)
  expect([...square.square.mainSeller.allPayments()]).toHaveLength(1)
})

test('a storm lasts for its time by the clock, and a rate and a seed strike at the same pushes again', async () => {
  square.fault({ name: 'rate-limit-storm', on: true, rate: 1, times: 1, value: 5, calls: ['orders.create'] })
  const statuses: number[] = []
  for (const seconds of [0, 2, 2, 2]) {
    await square.clock.advance(seconds * 1000)
    statuses.push((await create(`S-${seconds}`)).status)
  }
  expect(statuses).toEqual([429, 429, 429, 200])
  const struck = async (round: string) => {
    square.fault({ name: 'error-after-commit', on: true, rate: 0.3, seed: 'a', calls: ['orders.create'] })
    const answers = []
    for (let nth = 0; nth < 12; nth++) answers.push((await create(`${round}-${nth}`)).status)
    return answers
  }
  const once = await struck('first')
  expect(once).toContain(500)
  expect(await struck('second')).toEqual(once)
})

test('an ended token is a 401 until it was refreshed; the application’s own token stands', async () => {
  const { accessToken, refreshToken } = square.connect(square.square.mainSeller.merchantId)
  const merchant = clientOf(square, accessToken)
  square.fault({ name: 'token-expired', on: true, times: 1, calls: ['locations'] })
  const refused = await merchant.get('/v2/locations')
  expect([refused.status, refused.body.errors[0].code]).toEqual([401, 'ACCESS_TOKEN_EXPIRED'])
  expect((await merchant.get('/v2/locations')).status).toBe(401)
  const { id, secret } = square.credentials.application
  const grant = { client_id: id, client_secret: secret, grant_type: 'refresh_token', refresh_token: refreshToken }
  const renewed = (await client.post('/oauth2/token', grant)).body.access_token
  expect((await clientOf(square, renewed).get('/v2/locations')).status).toBe(200)
})

test('whatever faults strike and however often it is pushed with one key, an order stands there once and is paid once', async () => {
  const names = [
    'timeout-before-commit',
    'timeout-after-commit',
    'error-before-commit',
    'error-after-commit',
    'duplicate-answer',
  ]
  let orders = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 4 }), fc.nat(), async (faults, seed) => {
      const reference = `P-${++orders}`
      for (const name of [...faults, null]) {
        if (name !== null) square.fault({ name, on: true, rate: 0.7, seed, value: 0.01, times: 1 })
        const order = (await create(reference).catch(() => null))?.body.order
        if (order !== undefined) await pay(order, `pay-${reference}`).catch(() => null)
      }
      for (const name of names) square.fault({ name, on: false })
      const { order } = (await create(reference)).body
      await pay(order, `pay-${reference}`)
      const same = [...square.square.mainSeller.allOrders()].filter((each) => each.reference_id === reference)
      expect(same.map(({ tenders = [] }) => tenders.length)).toEqual([1])
    }),
    { numRuns: 25 },
  )
  expect(square.square.requests.counts().doubled).toEqual([])
})
