import { afterEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { type RunningDinePos, type StartOptions, startDinePos } from './simulate.ts'
import { type Json, listen, post } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const HOUR_MS = 3_600_000

let running: RunningDinePos

afterEach(() => running.close())

async function start(options: StartOptions): Promise<void> {
  running = await startDinePos({ clock: new StageClock({ at: NOW, frozen: true }), ...options })
}

function menu(): Promise<Json> {
  return post(running, '/mapped_restaurant_menus', { restID: running.credentials.restaurant_id }).then(
    ({ body }) => body,
  )
}

/** One of an item without variations, made on the restaurant's wall clock. */
function savedOrder(item: Json, id: string, more: Json = {}): Json {
  const { app_key, app_secret, access_token, restaurant_id } = running.credentials
  const details = {
    orderID: id,
    preorder_date: '2026-10-20',
    preorder_time: '20:30:00',
    service_charge: '0',
    sc_tax_amount: '0',
    delivery_charges: '50',
    dc_tax_amount: '2.5',
    packing_charges: '20',
    pc_tax_amount: '1',
    order_type: 'H',
    advanced_order: 'N',
    payment_type: 'ONLINE',
    discount_total: '0',
    tax_total: '3.50',
    total: (Number(item.price) + 73.5).toFixed(2),
    created_on: '2026-10-20 17:30:00',
    enable_delivery: 1,
    ...more,
  }
  const line = {
    id: item.itemid,
    name: item.itemname,
    item_tax: [],
    item_discount: '',
    price: item.price,
    final_price: item.price,
    quantity: '1',
    variation_id: '',
    AddonItem: { details: [] },
  }
  const OrderInfo = {
    Restaurant: { details: { restID: restaurant_id } },
    Customer: { details: { name: 'A guest' } },
    Order: { details },
    OrderItem: { details: [line] },
    Tax: { details: [] },
    Discount: { details: [] },
  }
  return { app_key, app_secret, access_token, orderinfo: { OrderInfo }, udid: '', device_type: 'Web' }
}

test('petpooja: saves an order, tells its states by number and unsigned, and calls it off', async () => {
  await start({ profile: 'petpooja', callbacks: { secret: 'it cannot sign' } })
  await using hub = await listen(running)
  const { items, taxes } = await menu()
  expect(taxes.map(({ taxname, tax }: Json) => [taxname, tax])).toEqual([
    ['CGST', '2.5'],
    ['SGST', '2.5'],
  ])
  const item = items.find(({ itemallowvariation }: Json) => itemallowvariation === '0')
  const saved = await post(running, '/save_order', savedOrder(item, 'WEB-1', { callback_url: hub.url }))
  const restID = running.credentials.restaurant_id
  expect([saved.status, saved.body]).toEqual([
    200,
    { success: '1', message: 'Your order is saved.', restID, clientOrderID: 'WEB-1', orderID: '26' },
  ])
  const again = await post(running, '/save_order', savedOrder(item, 'WEB-1'))
  expect(again.body).toMatchObject({ success: '0', errorCode: 'UOS_106', clientOrderID: 'WEB-1', orderID: '26' })
  await running.clock.advance(2 * HOUR_MS)
  expect(hub.received.map(({ body }) => [body.orderID, body.status])).toEqual([
    ['WEB-1', '1'],
    ['WEB-1', '5'],
    ['WEB-1', '4'],
    ['WEB-1', '10'],
  ])
  expect(hub.received.every(({ headers }) => headers['x-hub-signature'] === undefined)).toBe(true)
  await post(running, '/save_order', savedOrder(item, 'WEB-2', { callback_url: hub.url }))
  const { app_key, app_secret, access_token } = running.credentials
  const cancel = { app_key, app_secret, access_token, restID, orderID: '', clientorderID: 'WEB-2', status: '-1' }
  expect((await post(running, '/update_order_status', { ...cancel, cancelReason: 'Late' })).body.success).toBe('1')
  await running.idle()
  expect(hub.received.at(-1)?.body).toMatchObject({ orderID: 'WEB-2', status: '-1', cancel_reason: 'Late' })
  expect((await post(running, '/update_order_status', { ...cancel, status: '1' })).body.success).toBe('0')
})

test('petpooja: what is wrong is a 200 with success 0, times are the restaurant’s own, a promised order waits', async () => {
  await start({ profile: 'petpooja', kitchen: null })
  const { items } = await menu()
  const item = items.find(({ itemallowvariation }: Json) => itemallowvariation === '0')
  const codeOf = async (body: Json) => {
    const { status, body: answer } = await post(running, '/save_order', body)
    return [status, answer.success, answer.errorCode]
  }
  expect(await codeOf({ ...savedOrder(item, 'A'), app_key: 'nobody' })).toEqual([200, '0', 'UOS_101'])
  expect(await codeOf(savedOrder(item, 'A', { created_on: '2026-10-20T17:30:00Z' }))).toEqual([200, '0', 'UOS_103'])
  expect(await codeOf(savedOrder(item, 'A', { order_type: 'X' }))).toEqual([200, '0', 'UOS_103'])
  expect(await codeOf(savedOrder({ ...item, itemid: '1' }, 'A'))).toEqual([200, '0', 'UOS_104'])
  running.act('close-restaurant')
  expect(await codeOf(savedOrder(item, 'A'))).toEqual([200, '0', 'UOS_107'])
  expect(await codeOf(savedOrder(item, 'A', { advanced_order: 'Y' }))).toEqual([200, '1', undefined])
  expect(running.pos.order('26')?.scheduledFor).toBe(Date.UTC(2026, 9, 20, 15))
})

test('petpooja: what is sold out stands so on the menu and is told by its own words', async () => {
  await start({ profile: 'petpooja', kitchen: null })
  await using hub = await listen(running)
  running.act('set-callbacks', { stock_url: hub.url, store_url: hub.url })
  const [item] = (await menu()).items
  running.act('sell-out', { ids: [item.itemid], until: '2026-10-20T14:30:00Z' })
  running.act('close-restaurant')
  await running.idle()
  const restID = running.credentials.restaurant_id
  expect(hub.received.map(({ body }) => body)).toEqual([
    {
      restID,
      type: 'item',
      inStock: false,
      itemID: [item.itemid],
      autoTurnOnTime: 'custom',
      customTurnOnTime: '2026-10-20 20:00:00',
    },
    { restID, store_status: '0', turn_on_time: '', reason: '' },
  ])
  const after = await menu()
  expect([item.in_stock, after.items[0].in_stock, after.restaurants[0].active]).toEqual(['2', '1', '0'])
})

test('urbanpiper: takes no orders but sends them, is told how far they are, and acknowledges before it acts', async () => {
  await start({ profile: 'urbanpiper' })
  await using hub = await listen(running)
  const { app_key, app_secret, restaurant_id } = running.credentials
  const call = async (method: string, path: string, body?: Json, key = `${app_key}:${app_secret}`) => {
    const response = await fetch(`${running.baseUrl}${path}`, {
      method,
      headers: { authorization: `apikey ${key}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Json }
  }
  expect((await call('POST', '/external/api/v1/orders/', {})).status).toBe(404)
  expect((await call('GET', '/external/api/v1/webhooks/', undefined, 'no:body')).status).toBe(401)
  for (const event_type of ['order_placed', 'item_state_toggle']) {
    expect((await call('POST', '/external/api/v1/webhooks/', { url: hub.url, event_type })).status).toBe(200)
  }
  expect((await call('GET', '/external/api/v1/webhooks/')).body.webhooks).toHaveLength(3)
  running.act('place-orders', { count: 2 })
  await running.idle()
  const [first] = hub.received
  expect(first?.body.order).toMatchObject({ details: { id: 26, order_state: 'Placed' }, next_state: 'Acknowledged' })
  const told = await call('PUT', '/external/api/v1/orders/26/status/', { new_status: 'Food Ready', message: '' })
  expect(told.body.status).toBe('success')
  expect((await call('PUT', '/external/api/v1/orders/99/status/', { new_status: 'Completed' })).status).toBe(404)
  expect((await call('PUT', '/external/api/v1/orders/26/status/', { new_status: 'Burnt' })).status).toBe(400)
  const [item] = running.pos.menu.cardAt(NOW).items
  const toggle = { location_ref_id: restaurant_id, item_ref_ids: [item?.id], action: 'disable' }
  expect((await call('POST', '/hub/api/v1/items/', toggle)).body.status).toBe('success')
  expect((await call('POST', '/external/api/v1/stores/', { stores: [{ ref_id: restaurant_id }] })).status).toBe(200)
  expect((await call('POST', '/external/api/v1/inventory/locations/-1/', { items: [] })).status).toBe(200)
  await running.clock.advance(2 * HOUR_MS)
  expect(hub.received.slice(2).map(({ body }) => body.new_state ?? body.action)).toEqual(['Food Ready', 'disable'])
  expect(running.pos.menu.cardAt(NOW).items[0]?.inStock).toBe(false)
  expect([...running.pos.orders()].map(({ status }) => status)).toEqual(['ready', 'received'])
})
