import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { type RunningDinePos, startDinePos } from './simulate.ts'
import { type Json, orderOf, post, push } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)

let running: RunningDinePos

beforeEach(async () => {
  running = await startDinePos({ clock: new StageClock({ at: NOW, frozen: true }), kitchen: null })
})

afterEach(() => running.close())

function standing(): number {
  return [...running.pos.orders()].length
}

test('an order is saved under a number of the POS and told by both ids', async () => {
  const { status, body } = await push(running, orderOf(running, 'WEB-1'))
  expect([status, body]).toEqual([200, { success: '1', message: 'Order saved.', order_id: 'WEB-1', orderID: '26' }])
  expect(running.pos.requests.counts().pushed).toEqual([
    {
      key: 'WEB-1',
      order_id: '26',
      merchant_id: running.credentials.restaurant_id,
      reference_id: 'WEB-1',
      repeats: 0,
      twins: 0,
    },
  ])
})

test('the same key with the same body answers the same; without it the order exists already', async () => {
  const order = orderOf(running, 'WEB-1')
  const first = (await push(running, order)).body
  expect((await push(running, order)).body).toEqual(first)
  const again = { success: '0', errorCode: 'DUPLICATE_ORDER', order_id: 'WEB-1', orderID: '26' }
  expect((await push(running, order, null)).body).toMatchObject(again)
  expect((await push(running, order, 'another key')).body).toMatchObject(again)
  expect((await push(running, { ...order, note: 'no onions' })).body.errorCode).toBe('IDEMPOTENCY_KEY_REUSED')
  expect((await push(running, orderOf(running, 'WEB-2'), 'WEB-1')).body.errorCode).toBe('IDEMPOTENCY_KEY_REUSED')
  expect(standing()).toBe(1)
  expect(running.pos.requests.counts().pushed[0]).toMatchObject({ repeats: 3, twins: 0 })
})

test('what does not add up, or names what is not on the menu, is refused within a 200 and leaves nothing behind', async () => {
  const order = orderOf(running, 'WEB-1')
  const refusal = async (more: Json) => {
    const { status, body } = await push(running, { ...order, ...more }, null)
    return [status, body.success, body.errorCode, ...Object.keys(body.validation_errors ?? {})]
  }
  expect(await refusal({ total: '1.00' })).toEqual([200, '0', 'TOTAL_MISMATCH', 'total'])
  expect(await refusal({ total: 'a lot' })).toEqual([200, '0', 'VALIDATION', 'total'])
  expect(await refusal({ order_id: '' })).toEqual([200, '0', 'VALIDATION', 'order_id'])
  expect(await refusal({ order_type: 'drone' })).toEqual([200, '0', 'VALIDATION', 'order_type'])
  expect(await refusal({ created_at: '2026-10-20 17:30:00' })).toEqual([200, '0', 'VALIDATION', 'created_at'])
  expect(await refusal({ restaurant_id: 'R-0' })).toEqual([200, '0', 'RESTAURANT_UNKNOWN'])
  const [item] = order.items
  expect(await refusal({ items: [{ ...item, id: '123' }] })).toEqual([200, '0', 'ITEM_UNKNOWN', 'items.0.id'])
  expect(await refusal({ items: [{ ...item, quantity: '-2' }] })).toEqual([200, '0', 'VALIDATION', 'items.0.quantity'])
  running.act('sell-out', { ids: [item.id] })
  expect(await refusal({})).toEqual([200, '0', 'ITEM_OUT_OF_STOCK', 'items.0.id'])
  running.act('bring-back', { ids: [item.id] })
  running.act('close-restaurant')
  expect(await refusal({})).toEqual([200, '0', 'RESTAURANT_CLOSED'])
  expect(standing()).toBe(0)
  expect((await push(running, { ...order, scheduled_for: '2026-10-20T21:00:00+05:30' })).body.success).toBe('1')
})

test('strangers are refused with 401, and so is whoever has old credentials', async () => {
  const order = orderOf(running, 'WEB-1')
  const stranger = await post(running, '/orders', order, { authorization: 'Bearer nobody' })
  expect([stranger.status, stranger.body.errorCode]).toEqual([401, 'UNAUTHORIZED'])
  running.act('renew-credentials')
  expect((await push(running, order)).status).toBe(401)
  expect(standing()).toBe(0)
})

test('credentials may stand in the body instead, where the restaurant is set up so', async () => {
  await using other = await inBody()
  const { app_key, app_secret, access_token } = other.running.credentials
  const order = orderOf(other.running, 'WEB-1')
  expect((await push(other.running, order)).status).toBe(401)
  expect((await push(other.running, { ...order, app_key, app_secret, access_token })).body.success).toBe('1')
})

async function inBody() {
  const clock = new StageClock({ at: NOW, frozen: true })
  const started = await startDinePos({ clock, kitchen: null, credentialPlacement: 'body' })
  return { running: started, [Symbol.asyncDispose]: () => started.close() }
}

test('an order is called off until it has left the house, and once more is as good as once', async () => {
  await push(running, orderOf(running, 'WEB-1'))
  const cancel = (id: string) =>
    post(running, `/orders/${id}/cancel`, {
      restaurant_id: running.credentials.restaurant_id,
      reason: 'Changed my mind',
    })
  expect((await cancel('WEB-9')).body.errorCode).toBe('ORDER_UNKNOWN')
  expect((await cancel('WEB-1')).body).toMatchObject({ success: '1', order_id: 'WEB-1', orderID: '26' })
  expect((await cancel('WEB-1')).body.success).toBe('1')
  await push(running, orderOf(running, 'WEB-2'))
  running.act('move-order', { order_id: 'WEB-2', status: 'dispatched' })
  expect((await cancel('WEB-2')).body.errorCode).toBe('CANNOT_CANCEL')
})

test('the menu has what an order may name: items, variations, addons and taxes, by ids that change when it is saved anew', async () => {
  const menu = async () =>
    (await post(running, '/menu', { restaurant_id: running.credentials.restaurant_id })).body as Json
  const before = await menu()
  expect(before).toMatchObject({ success: '1', open: '1' })
  expect(before.taxes.map(({ name, rate }: Json) => [name, rate])).toEqual([
    ['CGST', '2.5'],
    ['SGST', '2.5'],
  ])
  const glass = before.items.find(({ variations }: Json) => variations.length > 0)
  const [group] = before.addon_groups
  const [size] = glass.variations
  const more = (price: string, extra: string) => ({
    items: [
      {
        id: size.id,
        variation_id: size.variation_id,
        name: glass.name,
        quantity: '1',
        unit_price: price,
        addons: [{ id: group.items[0].id, group_id: group.id, name: group.items[0].name, quantity: '1', price: extra }],
      },
    ],
    charges: [],
    tax_total: '10.00',
    total: (Number(price) + Number(extra) + 10).toFixed(2),
  })
  const order = orderOf(running, 'WEB-1', more(size.price, group.items[0].price))
  expect((await push(running, order)).body.success).toBe('1')
  running.act('edit-menu', { kind: 'reprice', id: glass.id, price: '999.00' })
  running.act('edit-menu', { kind: 'delete', id: size.id })
  running.fault({ name: 'menu-changed', on: true })
  const after = await menu()
  expect(after.items).toHaveLength(before.items.length)
  const known = new Set(before.items.map(({ id }: Json) => id))
  expect(after.items.filter(({ id }: Json) => known.has(id))).toEqual([])
  const repriced = after.items.find(({ name }: Json) => name === glass.name)
  expect([repriced.price, repriced.variations.length]).toEqual(['999.00', glass.variations.length - 1])
  expect((await push(running, { ...order, order_id: 'WEB-2' })).body.errorCode).toBe('ITEM_UNKNOWN')
})

test('however often and in whatever order the same orders are pushed, each stands there once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(4), { minLength: 1, maxLength: 12 }), fc.nat(), async (pushes, round) => {
      const before = standing()
      for (const nth of pushes) await push(running, orderOf(running, `R${round}-${nth}`))
      const { doubled, pushed } = running.pos.requests.counts()
      expect(doubled).toEqual([])
      expect(new Set(pushed.map((each) => each.reference_id)).size).toBe(standing())
      expect(standing()).toBeLessThanOrEqual(before + new Set(pushes).size)
    }),
    { numRuns: 20 },
  )
})
