import { afterAll, beforeAll, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf } from '../trade/shop.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { type Client, clientOf, type Json } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)

let square: RunningSquare
let client: Client
let location: string
let variation: string
let keys = 0

beforeAll(async () => {
  const clock = new StageClock({ at: NOW, frozen: true })
  square = await startSquare({ clock, rateLimit: null, sellers: [{ shop: shopOf('restaurant'), country: 'US' }] })
  client = clientOf(square)
  location = square.locations[0]?.id ?? ''
  const entries = [...square.square.mainSeller.reads.catalogue.entriesAt(NOW).values()]
  variation =
    entries.find((entry) => entry.type === 'ITEM_VARIATION' && !entry.deleted && entry.data.price_money)?.id ?? ''
})

afterAll(() => square.close())

function pushed(order: Json = {}, key = `key-${++keys}`) {
  const line_items = [{ catalog_object_id: variation, quantity: '2' }, giftWrap]
  return client.post('/v2/orders', { idempotency_key: key, order: { location_id: location, line_items, ...order } })
}

const giftWrap = { name: 'Gift wrap', quantity: '1', base_price_money: { amount: 200, currency: 'USD' } }
const pickup = { type: 'PICKUP', pickup_details: { recipient: { display_name: 'A guest' }, schedule_type: 'ASAP' } }

function pay(order: Json, money = order.net_amount_due_money, key = `key-${++keys}`) {
  return client.post('/v2/payments', {
    idempotency_key: key,
    source_id: 'EXTERNAL',
    order_id: order.id,
    location_id: location,
    amount_money: money,
    external_details: { type: 'OTHER', source: 'Web shop', source_id: 'WEB-1' },
  })
}

test('an order takes name and price from the catalogue, and taxes only when asked to', async () => {
  const plain = (await pushed()).body.order
  expect(plain.line_items[0]).toMatchObject({
    catalog_object_id: variation,
    item_type: 'ITEM',
    total_tax_money: { amount: 0 },
  })
  expect(plain.line_items[0].name).toMatch(/\w/)
  const taxed = (await pushed({ pricing_options: { auto_apply_taxes: true } })).body.order
  expect(taxed.total_tax_money.amount).toBeGreaterThan(0)
  expect(taxed.total_money.amount).toBe(plain.total_money.amount + taxed.total_tax_money.amount)
  expect(taxed).toMatchObject({ state: 'OPEN', version: 1, net_amount_due_money: taxed.total_money })
  const body = { order: { location_id: location, line_items: [giftWrap] } }
  const preview = await client.post('/v2/orders/calculate', body)
  expect(preview.body.order.total_money.amount).toBe(200)
  expect((await client.get('/v2/orders/preview')).status).toBe(404)
})

test('the same key with the same body is the same order, with another body it is refused', async () => {
  const first = (await pushed({ reference_id: 'WEB-7' }, 'twice')).body.order
  expect((await pushed({ reference_id: 'WEB-7' }, 'twice')).body.order).toEqual(first)
  const other = await pushed({ reference_id: 'WEB-8' }, 'twice')
  expect([other.status, other.body.errors[0].code]).toEqual([400, 'IDEMPOTENCY_KEY_REUSED'])
  const listed = square.square.requests.counts().pushed.find(({ key }) => key === 'twice')
  expect(listed).toMatchObject({ order_id: first.id, reference_id: 'WEB-7', repeats: 1 })
})

test('an order with a fulfilment stays open when it is paid, and is completed with its fulfilment', async () => {
  const order = (await pushed({ fulfillments: [pickup] })).body.order
  const wrong = await pay(order, { amount: order.net_amount_due_money.amount - 1, currency: 'USD' })
  expect(wrong.body.errors[0].code).toBe('PAYMENT_AMOUNT_MISMATCH')
  const count = () => square.books()[0]?.count ?? 0
  const before = count()
  const { body } = await pay(order, undefined, 'paid-once')
  expect((await pay(order, undefined, 'paid-once')).body).toEqual(body)
  expect(count()).toBe(before + 1)
  const paid = (await client.get(`/v2/orders/${order.id}`)).body.order
  expect(paid).toMatchObject({ state: 'OPEN', net_amount_due_money: { amount: 0 }, tenders: [{ id: body.payment.id }] })
  const update = (version: number) =>
    client.put(`/v2/orders/${order.id}`, {
      order: { location_id: location, version, fulfillments: [{ uid: order.fulfillments[0].uid, state: 'COMPLETED' }] },
    })
  const stale = await update(order.version)
  expect([stale.status, stale.body.errors[0].code]).toEqual([409, 'VERSION_MISMATCH'])
  expect((await update(paid.version)).body.order).toMatchObject({ state: 'COMPLETED', version: paid.version + 1 })
  expect(count()).toBe(before + 1)
})

test('an unpaid order can be canceled, a paid one cannot, an order of nought is paid without a payment', async () => {
  const cancel = (order: Json) =>
    client.put(`/v2/orders/${order.id}`, {
      order: { location_id: location, version: order.version, state: 'CANCELED' },
    })
  expect((await cancel((await pushed()).body.order)).body.order.state).toBe('CANCELED')
  const paid = (await pushed({ fulfillments: [pickup] })).body.order
  await pay(paid)
  expect((await cancel({ ...paid, version: 2 })).status).toBe(400)
  const nought = { discounts: [{ uid: 'all', percentage: '100', scope: 'ORDER' }] }
  const free = (await pushed(nought)).body.order
  expect(free.total_money.amount).toBe(0)
  const done = await client.post(`/v2/orders/${free.id}/pay`, { idempotency_key: 'free', payment_ids: [] })
  expect(done.body.order.state).toBe('COMPLETED')
})

test('what Square would refuse is refused: a foreign article, a nameless line, names that are too long', async () => {
  const codes = async (order: Json) => {
    const { status, body } = await pushed(order)
    return [status, body.errors[0].code]
  }
  expect(await codes({ line_items: [{ catalog_object_id: 'NOSUCHVARIATION', quantity: '1' }] })).toEqual([
    404,
    'NOT_FOUND',
  ])
  expect(await codes({ line_items: [{ quantity: '1' }] })).toEqual([400, 'MISSING_REQUIRED_PARAMETER'])
  expect(await codes({ line_items: [{ ...giftWrap, quantity: '0' }] })).toEqual([400, 'INVALID_VALUE'])
  expect(await codes({ reference_id: 'x'.repeat(41) })).toEqual([400, 'VALUE_TOO_LONG'])
  expect(await codes({ fulfillments: [pickup, pickup] })).toEqual([400, 'BAD_REQUEST'])
  const long = { ...pickup, pickup_details: { recipient: { phone_number: '1'.repeat(18) } } }
  expect(await codes({ fulfillments: [long] })).toEqual([400, 'VALUE_TOO_LONG'])
  const key = await client.post('/v2/orders', { idempotency_key: 'x'.repeat(193), order: { location_id: location } })
  expect(key.body.errors[0].code).toBe('VALUE_TOO_LONG')
})

test('an order of the till cannot be changed by the API', async () => {
  square.sell({ count: 30 })
  const till = [...square.square.mainSeller.allOrders()].find(({ version }) => version === undefined)
  const answer = await client.put(`/v2/orders/${till?.id}`, {
    order: { location_id: location, version: 1, state: 'CANCELED' },
  })
  expect(answer.status).toBe(400)
})
