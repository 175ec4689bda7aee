import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { nextOf, STATUSES } from './order.ts'
import { signatureOf } from './signing.ts'
import { type RunningDinePos, type StartOptions, startDinePos } from './simulate.ts'
import { type Listener, listen, orderOf, push } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const HOUR_MS = 3_600_000
const SECRET = 'whsec_of_this_test'

let running: RunningDinePos
let hub: Listener

beforeEach(() => start({ callbacks: { secret: SECRET } }))

afterEach(async () => {
  await running.close()
  await hub[Symbol.asyncDispose]()
})

async function start(options: StartOptions): Promise<void> {
  running = await startDinePos({ clock: new StageClock({ at: NOW, frozen: true }), ...options })
  hub = await listen(running)
}

async function restart(options: StartOptions): Promise<void> {
  await running.close()
  await hub[Symbol.asyncDispose]()
  await start(options)
}

function order(id: string, more: object = {}) {
  return push(running, orderOf(running, id, { callback_url: `${hub.url}?order=${id}&token=t`, ...more }))
}

function states(): string[] {
  return hub.received.map(({ body }) => body.status)
}

test('signs the time, a point and the body with the secret, in hexadecimal', () => {
  const body =
    '{"event":"order.status","restaurant_id":"R-77","order_id":"MM-1001","pos_order_id":"26","status":"accepted","prep_minutes":20}'
  expect(signatureOf('whsec_dine_0f1e2d3c4b5a', 1_767_225_600_000, body)).toBe(
    't=1767225600,v1=7caf9a6db2da11b087c54e2da327e063efb91ad0b083bc927c86c4005398b114',
  )
})

test('the kitchen works an order through by the clock and tells each state, signed, where the order said', async () => {
  await order('WEB-1')
  await order('WEB-2', { order_type: 'pickup' })
  await running.clock.advance(2 * HOUR_MS)
  const of = (id: string) => hub.received.filter(({ body }) => body.order_id === id)
  expect(of('WEB-1').map(({ body }) => body.status)).toEqual([
    'accepted',
    'preparing',
    'ready',
    'dispatched',
    'delivered',
  ])
  expect(of('WEB-2').map(({ body }) => body.status)).toEqual(['accepted', 'preparing', 'ready', 'delivered'])
  for (const { headers, text, at, path, body } of hub.received) {
    expect(path).toContain(`order=${body.order_id}&token=t`)
    const time = String(Math.floor(at / 1000))
    const digest = createHmac('sha256', SECRET).update(`${time}.${text}`).digest('hex')
    expect(headers['x-hub-signature']).toBe(`t=${time},v1=${digest}`)
  }
  expect(running.pos.requests.counts().deliveries).toEqual({ attempted: 9, accepted: 9, failed: 0 })
})

test('an order for later is accepted at once and begun in time', async () => {
  await order('WEB-1', { scheduled_for: new Date(NOW + 5 * HOUR_MS).toISOString() })
  await running.clock.advance(4 * HOUR_MS)
  expect(states()).toEqual(['accepted'])
  await running.clock.advance(HOUR_MS)
  expect(states()).toContain('preparing')
})

test('a callback that is not taken is sent again three times; without an address none is sent', async () => {
  hub.answer = 503
  running.act('rest-kitchen', { resting: true })
  await order('WEB-1')
  running.act('move-order', { order_id: 'WEB-1', status: 'accepted' })
  await running.clock.advance(HOUR_MS)
  expect(hub.received.map(({ at }) => (at - NOW) / 1000)).toEqual([0, 10, 70, 370])
  await order('WEB-2', { callback_url: null })
  running.act('move-order', { pos_order_id: '27', status: 'accepted' })
  await running.idle()
  expect(hub.received).toHaveLength(4)
  running.act('set-callbacks', { order_url: `${hub.url}?all` })
  running.act('move-order', { order_id: 'WEB-2', status: 'ready' })
  await running.idle()
  expect(hub.received.at(-1)?.path).toContain('?all')
})

test('a kitchen may refuse, or call off while it cooks; what has ended stays ended', async () => {
  await restart({ kitchen: { rejects: 1 } })
  await order('WEB-1')
  await running.clock.advance(HOUR_MS)
  expect(states()).toEqual(['rejected'])
  expect(hub.received[0]?.body.reason).toMatch(/\w/)
  running.act('move-order', { order_id: 'WEB-1', status: 'ready' })
  expect(running.pos.order('26')?.status).toBe('rejected')
  await restart({ kitchen: { cancels: 1 } })
  await order('WEB-1')
  await running.clock.advance(HOUR_MS)
  expect(states()).toEqual(['accepted', 'preparing', 'cancelled'])
})

test('what is sold out and when the house is closed is told where the merchant said', async () => {
  running.act('set-callbacks', { stock_url: `${hub.url}?stock`, store_url: `${hub.url}?store` })
  const item = running.pos.menu.cardAt(NOW).items[0]
  const until = new Date(NOW + HOUR_MS).toISOString()
  const { restaurant_id } = running.credentials
  running.act('sell-out', { ids: [item?.id], until })
  running.act('close-restaurant', { reason: 'A wedding', until })
  await running.clock.advance(2 * HOUR_MS)
  expect(hub.received.map(({ body }) => body)).toEqual([
    { restaurant_id, type: 'item', in_stock: false, item_ids: [item?.id], auto_turn_on_at: until },
    { restaurant_id, open: false, turn_on_at: until, reason: 'A wedding' },
    { restaurant_id, type: 'item', in_stock: true, item_ids: [item?.id], auto_turn_on_at: null },
    { restaurant_id, open: true, turn_on_at: null, reason: '' },
  ])
  expect(hub.received[0]?.headers['x-hub-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
  expect(() => running.act('sell-out', { ids: ['1'] })).toThrow('nothing with the id 1')
})

test('callbacks double, overtake each other, come late, never, unsigned, stale and from strangers', async () => {
  running.act('rest-kitchen', { resting: true })
  const told = async (name: string, id: string) => {
    const from = hub.received.length
    running.fault({ name, on: true, rate: 1, times: 1 })
    await order(id)
    running.act('move-order', { order_id: id, status: 'accepted' })
    await running.clock.advance(3 * HOUR_MS)
    running.fault({ name, on: false })
    return hub.received.slice(from)
  }
  expect(await told('doubled-callbacks', 'A')).toHaveLength(2)
  expect(await told('dropped-callbacks', 'B')).toHaveLength(0)
  const [late] = await told('late-callbacks', 'C')
  expect(late?.at).toBeLessThan(running.clock.now() - HOUR_MS)
  const [unsigned] = await told('unsigned-callbacks', 'D')
  expect(unsigned?.headers['x-hub-signature']).toBeUndefined()
  const [stale] = await told('stale-signature', 'E')
  const time = /^t=(\d+)/.exec(String(stale?.headers['x-hub-signature']))?.[1]
  expect((stale?.at ?? 0) / 1000 - Number(time)).toBeCloseTo(900, -1)
  const both = await told('forged-callbacks', 'F')
  const forged = both.find(({ path }) => !path.includes('?'))
  expect([both.length, forged?.body.status]).toEqual([2, 'cancelled'])
  const digest = createHmac('sha256', SECRET).update(`${Math.floor((forged?.at ?? 0) / 1000)}.${forged?.text}`)
  expect(forged?.headers['x-hub-signature']).not.toContain(digest.digest('hex'))
})

test('held back, later states arrive before earlier ones', async () => {
  running.fault({ name: 'out-of-order-callbacks', on: true, rate: 0.6, seed: 'b', value: 3600 })
  for (const id of ['A', 'B', 'C', 'D']) await order(id)
  await running.clock.advance(6 * HOUR_MS)
  const places = (id: string) =>
    hub.received.filter(({ body }) => body.order_id === id).map(({ body }) => STATUSES.indexOf(body.status))
  const all = ['A', 'B', 'C', 'D'].map(places)
  expect(all.every((each) => each.length === 5)).toBe(true)
  expect(all.some((each) => each.some((place, at) => place < (each[at - 1] ?? 0)))).toBe(true)
})

test('in an outage callbacks wait, and come when it is over', async () => {
  running.act('rest-kitchen', { resting: true })
  await order('WEB-1')
  running.fault({ name: 'outage', on: true })
  running.act('move-order', { order_id: 'WEB-1', status: 'accepted' })
  await running.clock.advance(HOUR_MS)
  expect(hub.received).toEqual([])
  running.fault({ name: 'outage', on: false })
  await running.idle()
  expect(states()).toEqual(['accepted'])
})

test('every way from received ends as delivered, and only deliveries are dispatched', () => {
  fc.assert(
    fc.property(fc.constantFrom('delivery', 'pickup', 'dine_in'), (kind) => {
      const way = []
      for (let at = nextOf('received', kind); at !== null; at = nextOf(at, kind)) way.push(at)
      expect(way.at(-1)).toBe('delivered')
      expect(way.includes('dispatched')).toBe(kind === 'delivery')
    }),
  )
})
