import { expect, test } from 'vitest'
import type { OrderProgress } from '#canon/order.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { eur, type Json, MINUTE, NOW, pizzas, useOrders } from './test-orders.ts'

const hub = useOrders()

const said = (
  progress: OrderProgress,
  minutes = 0,
  more: { readyAt?: Instant; by?: string; reason?: string } = {},
) => ({
  progress,
  at: instant(NOW + minutes * MINUTE),
  by: more.by ?? 'pos',
  reason: more.reason ?? null,
  readyAt: more.readyAt ?? null,
})
const report = (id: unknown, ...what: Parameters<typeof said>) =>
  hub.as(hub.pizzeria, (tx) => hub.orders.progress(tx, hub.pizzeria.tenant.id, String(id) as Id, said(...what)))
const typesOf = async (id: unknown) => (await hub.events(hub.pizzeria, id)).map(({ type }) => type)
const patch = (id: unknown, body: Json, headers?: Record<string, string>) =>
  hub.ask(hub.pizzeria, 'PATCH', `orders/${id}`, body, headers)
const historyOf = async (id: unknown) =>
  (await hub.ask(hub.pizzeria, 'GET', `orders/${id}`)).body.history as Record<string, unknown>[]

test('a change is a new version, checked whole, told once, and the version before is kept', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const amended = await patch(id, {
    version: 1,
    note: null,
    fulfilment: { at: '2026-05-08T17:00:00Z' },
    items: [{ name: 'Calzone', quantity: 3, unit_price: eur(1000), note: 'for Giulia' }],
    tip: eur(200),
    total: eur(3200),
  })
  expect(amended.status, amended.text).toBe(200)
  expect(amended.headers.get('etag')).toBe('"2"')
  expect(amended.body).toMatchObject({
    version: 2,
    note: null,
    total: eur(3200),
    customer: { name: 'Maria Rossi' },
    fulfilment: { kind: 'pickup', at: '2026-05-08T17:00:00.000Z' },
    items: [{ line_id: '1', note: 'for Giulia', total: eur(3000) }],
  })
  expect((await hub.events(hub.pizzeria, id)).at(-1)).toMatchObject({
    type: 'order.amended',
    data: { order_id: id, version: 2, changed: ['fulfilment', 'items', 'tip', 'total', 'note'] },
  })
  const first = await hub.ask(hub.pizzeria, 'GET', `orders/${id}/versions/1`)
  expect(first.body).toMatchObject({ version: 1, note: 'ring at Rossi', total: eur(2940) })
  expect((await hub.ask(hub.pizzeria, 'GET', `orders/${id}/versions/3`)).status).toBe(404)
  expect((await hub.find(hub.pizzeria, id)).order).toMatchObject({ total: 3200n, tip: 200n })
  expect(await historyOf(id)).toMatchObject([
    { kind: 'received', version: 1 },
    { kind: 'amended', version: 2, changed: ['fulfilment', 'items', 'tip', 'total', 'note'] },
  ])
})

test('a change that is there already changes nothing, with whichever version it comes', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  for (let time = 0; time < 3; time++) {
    const answer = await patch(id, { version: 1, note: 'no onions' })
    expect([answer.status, answer.body.version]).toEqual([200, 2])
  }
  expect(await typesOf(id)).toEqual(['order.received', 'order.amended'])
})

test('a change names the version that it changes, and an old one is refused', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  expect([(await patch(id, { note: 'a' })).status, (await patch(id, { note: 'a' })).body.code]).toEqual([
    428,
    'orders.version-missing',
  ])
  expect((await patch(id, { note: 'a' }, { 'if-match': '"1"' })).status).toBe(200)
  const stale = await patch(id, { note: 'b' }, { 'if-match': '"1"' })
  expect([stale.status, stale.body.code, stale.body.version]).toEqual([412, 'orders.changed-meanwhile', 2])
  expect((await patch(id, { note: 'b', version: 1 })).status).toBe(409)
  expect((await hub.find(hub.pizzeria, id)).order.note).toBe('a')
})

test('of two changes in the same moment one stands and the other one is told so', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((note) => patch(id, { version: 1, note })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  expect((await hub.find(hub.pizzeria, id)).version).toBe(2)
})

test('a change that makes the order wrong is refused whole', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const wrong = await patch(id, { version: 1, note: 'x', tip: eur(100) })
  expect([wrong.status, wrong.body.errors]).toMatchObject([422, [{ code: 'orders.total', pointer: '/total' }]])
  const past = await patch(id, { version: 1, fulfilment: { at: '2026-05-08T10:00:00Z' } })
  expect(past.body.errors).toMatchObject([{ code: 'orders.promised-past', pointer: '/fulfilment/at' }])
  const nameless = await hub.made(hub.pizzeria, pizzas({ customer: null }))
  const phone = await patch(nameless.id, { version: 1, customer: { phone: '+4930123' } })
  expect([phone.status, phone.body.errors]).toMatchObject([422, [{ pointer: '/customer/name' }]])
  expect((await patch(id, { version: 1, channel: 'other' })).status).toBe(400)
  expect((await hub.find(hub.pizzeria, id)).version).toBe(1)
})

test('what was promised is not asked again when only something else changes hours later', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  hub.world.now = instant(NOW + 120 * MINUTE)
  hub.world.catalogue = new Set()
  expect((await patch(id, { version: 1, note: 'they are late' })).status).toBe(200)
  hub.world.now = NOW
  hub.world.catalogue = null
})

test('payment that arrives by several ways at once is one fact, and never goes back', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const paid = { payment: { state: 'paid', method: 'card', reference: 'pay_1' } }
  const answers = await Promise.all(Array.from({ length: 6 }, () => patch(id, paid)))
  expect(answers.map(({ status, body }) => [status, body.version])).toEqual(Array(6).fill([200, 2]))
  expect(await typesOf(id)).toEqual(['order.received', 'order.paid'])
  const back = await patch(id, { version: 2, payment: { state: 'due' } })
  expect(back.body.errors).toMatchObject([{ code: 'orders.payment-back', pointer: '/payment/state' }])
  expect(await historyOf(id)).toMatchObject([{}, { kind: 'paid', version: 2, changed: ['payment'] }])
})

test('an order that is over is only still paid', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  await report(id, 'completed')
  expect((await patch(id, { version: 1, note: 'x' })).body.code).toBe('orders.over')
  expect((await patch(id, { payment: { state: 'paid' } })).status).toBe(200)
})

test('an order moves on and never back; what comes late is kept once', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const readyAt = instant(NOW + 20 * MINUTE)
  expect(await report(id, 'accepted', 0, { readyAt })).toBe(true)
  expect(await report(id, 'accepted', 0, { readyAt })).toBe(false)
  expect(await report(id, 'dispatched', 0)).toBe(true)
  for (let time = 0; time < 3; time++) expect(await report(id, 'ready', 0)).toBe(false)
  expect(await report(id, 'placed', 0)).toBe(false)
  expect(await report(id, 'completed', 0)).toBe(true)
  expect(await report(id, 'cancelled', 0)).toBe(false)
  expect(await hub.find(hub.pizzeria, id)).toMatchObject({ progress: 'completed', readyAt })
  const moves = (await hub.events(hub.pizzeria, id)).filter(({ type }) => type === 'order.progressed')
  expect(moves.map(({ data }) => data.progress)).toEqual(['accepted', 'dispatched', 'completed'])
  const history = (await historyOf(id)).filter(({ kind }) => kind === 'progress')
  expect(history.map(({ progress, moved }) => [progress, moved])).toEqual([
    ['accepted', true],
    ['dispatched', true],
    ['ready', false],
    ['placed', false],
    ['completed', true],
    ['cancelled', false],
  ])
})

test('another time at which it will be ready is told, an older word about it is not', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  hub.world.now = instant(NOW + 30 * MINUTE)
  expect(await report(id, 'accepted', 10, { readyAt: instant(NOW + 20 * MINUTE) })).toBe(true)
  expect(await report(id, 'accepted', 12, { readyAt: instant(NOW + 35 * MINUTE) })).toBe(true)
  expect(await report(id, 'accepted', 11, { readyAt: instant(NOW + 25 * MINUTE) })).toBe(false)
  hub.world.now = NOW
  expect((await hub.find(hub.pizzeria, id)).readyAt).toBe(NOW + 35 * MINUTE)
})

test('words said at once about one order make each move once', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const words = (['preparing', 'accepted', 'ready', 'completed'] as const).flatMap((word) => [word, word, word])
  await Promise.all(words.map((word) => report(id, word)))
  const told = (await hub.events(hub.pizzeria, id)).flatMap(({ data }) => data.progress ?? [])
  expect(new Set(told).size).toBe(told.length)
  expect(told.at(-1)).toBe('completed')
  expect(await report(newId(), 'ready')).toBe(false)
})

test('where an order goes to no POS, it is cancelled at once and once', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  for (let time = 0; time < 2; time++) {
    const answer = await hub.ask(hub.pizzeria, 'POST', `orders/${id}/cancel`, { reason: 'changed their mind' })
    expect([answer.status, answer.body.progress]).toEqual([200, 'cancelled'])
  }
  expect(await typesOf(id)).toEqual(['order.received', 'order.progressed'])
})

test('where it goes to a POS the wish is told once, and the POS answers it', async () => {
  hub.world.isPushed = true
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const wish = () => hub.ask(hub.pizzeria, 'POST', `orders/${id}/cancel`)
  const answers = await Promise.all([wish(), wish(), wish()])
  expect(answers.map(({ status, body }) => [status, body.progress])).toEqual(Array(3).fill([200, 'cancel_requested']))
  expect((await patch(id, { version: 1, note: 'x' })).body.code).toBe('orders.over')
  const refusal = { at: NOW, by: 'pos', reason: 'it is in the oven' }
  const refuse = () =>
    hub.as(hub.pizzeria, (tx) => hub.orders.cancelRefused(tx, hub.pizzeria.tenant.id, String(id) as Id, refusal))
  expect([await refuse(), await refuse()]).toEqual([true, false])
  expect((await hub.find(hub.pizzeria, id)).progress).toBe('placed')
  await wish()
  expect(await report(id, 'preparing')).toBe(true)
  expect((await hub.find(hub.pizzeria, id)).progress).toBe('cancel_requested')
  expect(await report(id, 'cancelled')).toBe(true)
  expect((await hub.find(hub.pizzeria, id)).progress).toBe('cancelled')
  hub.world.isPushed = false
  expect(await typesOf(id)).toEqual([
    'order.received',
    'order.cancel_requested',
    'order.cancel_refused',
    'order.cancel_requested',
    'order.progressed',
    'order.progressed',
  ])
})

test('a completed order is not cancelled', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  await report(id, 'completed')
  const answer = await hub.ask(hub.pizzeria, 'POST', `orders/${id}/cancel`)
  expect([answer.status, answer.body.code]).toEqual([409, 'orders.over'])
})

test('somebody at the counter says how far it is, with a note that lies sealed', async () => {
  const { id } = await hub.made(hub.pizzeria, pizzas())
  const say = (progress: string, note?: string) =>
    hub.ask(hub.pizzeria, 'POST', `orders/${id}/progress`, { progress, ...(note === undefined ? {} : { note }) })
  const ready = await say('ready', 'Maria waits outside')
  expect([ready.status, ready.body.progress, ready.body.handled_by]).toMatchObject([
    200,
    'ready',
    expect.stringMatching(/^key:/),
  ])
  expect((await say('ready', 'again')).status).toBe(200)
  const back = await say('accepted')
  expect([back.status, back.body.code]).toEqual([409, 'orders.progress-backwards'])
  expect((await say('cancelled')).status).toBe(400)
  expect(await historyOf(id)).toMatchObject([{}, { progress: 'ready', note: 'Maria waits outside' }])
  const rows = await hub.db.query(`select encode(note, 'escape') as note from pos.order_history where order_id = $1`, [
    id,
  ])
  expect(JSON.stringify(rows)).not.toContain('Maria')
  expect(JSON.stringify(await hub.events(hub.pizzeria, id))).not.toContain('Maria')
})

test('an order from within the hub is checked and taken like any other, once', async () => {
  const { tenant } = hub.pizzeria
  const by = { actor: 'person:ada', requestId: null, now: NOW }
  const given = pizzas({ test: true })
  const ids = await Promise.all([hub.orders.take(tenant.id, given, by), hub.orders.take(tenant.id, given, by)])
  expect(new Set(ids).size).toBe(1)
  expect((await hub.find(hub.pizzeria, ids[0])).order.test).toBe(true)
  await expect(hub.orders.take(tenant.id, { ...given, note: 'x' }, by)).rejects.toMatchObject({
    code: 'orders.exists-otherwise',
  })
  await expect(hub.orders.take(tenant.id, { ...given, items: [] }, by)).rejects.toMatchObject({
    code: 'orders.invalid',
    places: [{ pointer: '/items' }],
  })
})
