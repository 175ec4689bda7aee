import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { EVENT_TYPES } from './events.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { signaturesOf } from './subscriptions.ts'
import { clientOf, type Json } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

type Received = {
  readonly at: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: Json
}

let square: RunningSquare
let receiver: Server
let url: string
let received: Received[]
let answer: number

beforeEach(async () => {
  square = await startSquare({ clock: new StageClock({ at: NOW, frozen: true }), rateLimit: null })
  received = []
  answer = 200
  receiver = createServer(async (request, response) => {
    const text = (await request.toArray()).join('')
    received.push({ at: square.clock.now(), headers: request.headers, text, body: JSON.parse(text) })
    response.writeHead(answer).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/v1/webhooks/square`
})

afterEach(async () => {
  await square.close()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

function subscribe(eventTypes: readonly string[] = EVENT_TYPES) {
  return square.subscribe({ notificationUrl: url, eventTypes, signatureKey: 'sig-key-for-tests-01' })
}

async function sellAndWait(count: number): Promise<void> {
  square.sell({ count })
  await square.idle()
}

function types(): string[] {
  return received.map(({ body }) => body.type)
}

test('signs as Square does: the subscription’s URL and the body, the key as it stands', () => {
  const body =
    '{"merchant_id":"MTESTMERCHANT1","type":"payment.updated","event_id":"11111111-2222-4333-8444-555555555555",' +
    '"created_at":"2026-10-01T12:00:00.123456789Z","data":{"type":"payment","id":"PAYTEST1","object":{"payment":' +
    '{"id":"PAYTEST1","status":"COMPLETED","note":"Café <3"}}}}'
  const address = 'https://hub.example.com/api/v1/webhooks/square'
  expect(Buffer.byteLength(body)).toBe(273)
  expect(signaturesOf('sig-key-for-tests-01', address, body)).toEqual({
    sha256: 'eg1opfK67bWUsOhj/TYlw4GHPk/Uikji7C4Ukogki5Y=',
    sha1: 'tOePAW+tXpbz7horPYMUBcfmlOQ=',
  })
  expect(signaturesOf('sig-key-for-tests-01', `${address}/`, body).sha256).toBe(
    'OdjnmE4JGlheEftH58/BKpHHlSoP8w5F+dIB55/uWj4=',
  )
})

test('a sale at the till is told by its payments and by no order event', async () => {
  subscribe()
  await sellAndWait(40)
  const online = [...square.square.mainSeller.allOrders()].filter(({ version }) => version !== undefined)
  const told = received.filter(({ body }) => body.type.startsWith('order.'))
  expect(types()).toContain('payment.created')
  expect(types()).toContain('payment.updated')
  const onlineIds = new Set(online.map(({ id }) => id))
  for (const { body } of told) expect(onlineIds.has(body.data.id)).toBe(true)
  for (const { body, headers, text } of received) {
    expect(body.merchant_id).toBe(square.square.mainSeller.merchantId)
    const signature = createHmac('sha256', 'sig-key-for-tests-01')
      .update(url + text)
      .digest('base64')
    expect(headers['x-square-hmacsha256-signature']).toBe(signature)
    expect(headers['square-environment']).toBe('Production')
    expect(headers['square-retry-number']).toBeUndefined()
  }
})

test('the fee of a card comes some ten seconds later with another update', async () => {
  subscribe(['payment.updated'])
  await sellAndWait(15)
  const before = received.length
  expect(received.some(({ body }) => body.data.object.payment.processing_fee)).toBe(false)
  await square.clock.advance(15_000)
  const fees = received.slice(before)
  expect(fees.length).toBeGreaterThan(0)
  for (const { body } of fees) expect(body.data.object.payment.processing_fee[0].type).toBe('INITIAL')
})

test('a delivery that is refused is tried again after 1, 2, 4, 8, 16, 32 minutes, then hourly, for a day', async () => {
  subscribe(['refund.created'])
  answer = 503
  square.square.raise(square.square.mainSeller, {
    type: 'refund.created',
    dataType: 'refund',
    id: 'R1',
    object: { refund: {} },
  })
  await square.idle()
  await square.clock.advance(30 * HOUR_MS)
  const minutes = received.map(({ at }) => Math.round((at - NOW) / MINUTE_MS))
  expect(minutes.slice(0, 8)).toEqual([0, 1, 3, 7, 15, 31, 63, 123])
  expect(minutes.at(-1)).toBeLessThanOrEqual(24 * 60)
  expect(minutes.length).toBe(29)
  expect(new Set(received.map(({ body }) => body.event_id)).size).toBe(1)
  expect(received.map(({ headers }) => headers['square-retry-number'])).toEqual([
    undefined,
    ...Array.from({ length: 28 }, (_, at) => String(at + 1)),
  ])
  expect(received[1]?.headers['square-retry-reason']).toBe('http_error')
  expect(new Set(received.map(({ headers }) => headers['square-initial-delivery-timestamp'])).size).toBe(1)
})

test('a redirect is a failure; the first 2xx ends the retries', async () => {
  subscribe(['refund.created'])
  answer = 302
  square.square.raise(square.square.mainSeller, { type: 'refund.created', dataType: 'refund', id: 'R1', object: {} })
  await square.idle()
  answer = 204
  await square.clock.advance(24 * HOUR_MS)
  expect(received.length).toBe(2)
})

test('deliveries can be doubled, dropped, delayed, reordered and forged', async () => {
  subscribe(['payment.created'])
  square.square.events.enable(true)
  square.fault({ name: 'duplicate-delivery', on: true })
  await sellAndWait(10)
  await square.clock.settle()
  const ids = received.map(({ body }) => body.event_id)
  expect(ids.length).toBe(2 * new Set(ids).size)
  square.fault({ name: 'duplicate-delivery', on: false })

  received = []
  square.fault({ name: 'dropped-delivery', on: true })
  await sellAndWait(5)
  expect(received).toEqual([])
  square.fault({ name: 'dropped-delivery', on: false })

  square.fault({ name: 'late-delivery', on: true, value: 600 })
  await sellAndWait(5)
  expect(received).toEqual([])
  await square.clock.advance(10 * MINUTE_MS)
  expect(received.length).toBeGreaterThan(0)
  square.fault({ name: 'late-delivery', on: false })

  received = []
  square.fault({ name: 'reordered-delivery', on: true, value: 60, seed: 'r' })
  await sellAndWait(20)
  await square.clock.advance(MINUTE_MS)
  const arrived = received.map(({ body }) => body.event_id)
  const raised = square.square.events.kept(square.clock.now()).map(({ eventId }) => eventId)
  const told = raised.filter((id) => arrived.includes(id))
  expect(arrived.length).toBeGreaterThan(5)
  expect(arrived.toSorted()).toEqual(told.toSorted())
  expect(arrived).not.toEqual(told)
  square.fault({ name: 'reordered-delivery', on: false })

  received = []
  square.fault({ name: 'forged-delivery', on: true })
  await sellAndWait(5)
  const genuine = received.filter(({ text, headers }) => {
    return headers['x-square-hmacsha256-signature'] === signaturesOf('sig-key-for-tests-01', url, text).sha256
  })
  expect(genuine.length).toBeGreaterThan(0)
  expect(received.length).toBe(2 * genuine.length)
})

test('while Square is out of reach webhooks wait, and come when it is back', async () => {
  subscribe(['payment.created'])
  square.fault({ name: 'outage', on: true })
  await sellAndWait(5)
  expect(received).toEqual([])
  await expect(clientOf(square).get('/v2/locations')).rejects.toThrow()
  square.fault({ name: 'outage', on: false })
  await square.idle()
  expect(received.length).toBeGreaterThan(0)
})

test('the Events API knows what was told since it was switched on, even what was never delivered', async () => {
  const client = clientOf(square)
  await sellAndWait(3)
  await client.put('/v2/events/enable')
  subscribe(['payment.created', 'payment.updated'])
  square.fault({ name: 'dropped-delivery', on: true })
  await sellAndWait(60)
  const seen: Json[] = []
  let cursor: string | undefined
  do {
    const query = { filter: { event_types: ['payment.created'] }, sort: { field: 'DEFAULT', order: 'ASC' } }
    const { body, status } = await client.post('/v2/events', { limit: 20, query, cursor })
    expect(status).toBe(200)
    seen.push(...(body.events ?? []))
    cursor = body.cursor
  } while (cursor !== undefined)
  const created = seen.map(({ data }) => data.id)
  expect(received).toEqual([])
  expect(new Set(created).size).toBe(created.length)
  expect(created.length).toBeGreaterThan(40)
  await square.clock.advance(29 * 24 * HOUR_MS)
  expect((await client.post('/v2/events', {})).body.events ?? []).not.toContainEqual(seen[0])
})

test('subscriptions are made, read, changed, tested, rotated and removed with the application’s own token only', async () => {
  const client = clientOf(square)
  const made = await client.post('/v2/webhooks/subscriptions', {
    idempotency_key: 'one',
    subscription: { name: 'Hub', event_types: ['payment.created'], notification_url: url, api_version: '2026-09-16' },
  })
  const { id, signature_key: key } = made.body.subscription
  expect(key).toMatch(/^\w{22}$/)
  expect((await client.get('/v2/webhooks/subscriptions')).body.subscriptions).toHaveLength(1)
  const result = await client.post(`/v2/webhooks/subscriptions/${id}/test`, { event_type: 'payment.created' })
  expect(result.body.subscription_test_result.status_code).toBe(200)
  expect(received[0]?.headers['x-square-hmacsha256-signature']).toBe(
    signaturesOf(key, url, received[0]?.text ?? '').sha256,
  )
  const rotated = await client.post(`/v2/webhooks/subscriptions/${id}/signature-key`, { idempotency_key: 'two' })
  expect(rotated.body.signature_key).not.toBe(key)
  await client.put(`/v2/webhooks/subscriptions/${id}`, { subscription: { enabled: false } })
  expect((await client.get('/v2/webhooks/subscriptions')).body.subscriptions).toBeUndefined()
  expect(
    (await client.get('/v2/webhooks/subscriptions', { include_disabled: 'true' })).body.subscriptions,
  ).toHaveLength(1)
  const seller = clientOf(square, square.connect(square.square.mainSeller.merchantId).accessToken)
  expect((await seller.get('/v2/webhooks/subscriptions')).status).toBe(401)
  await client.delete(`/v2/webhooks/subscriptions/${id}`)
  expect((await client.get(`/v2/webhooks/subscriptions/${id}`)).status).toBe(404)
  const plain = {
    subscription: { name: 'x', event_types: ['payment.created'], notification_url: 'http://hub.example.com/' },
  }
  expect((await client.post('/v2/webhooks/subscriptions', plain)).status).toBe(400)
})

test('the fault takes all subscriptions away at once', async () => {
  subscribe()
  square.fault({ name: 'subscription-removed', on: true })
  expect(square.square.subscriptions.list()).toEqual([])
  await sellAndWait(3)
  expect(received).toEqual([])
})
