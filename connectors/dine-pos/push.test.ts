import { describe, expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { decimal } from '#kernel/decimal.ts'
import { type CallFailed, Garbled } from '../contract.ts'
import { orders } from './orders/orders.ts'
import { CREDENTIALS, dinner, itemOf, linkWith, orderOf, outgoing } from './test-orders.ts'
import { type Answer, openTill, type Till } from './test-till.ts'

const SAVED = { success: '1', message: 'Your order is saved.', orderID: '26' }
const push = (till: Till, order: Order = dinner, credentials = {}) =>
  till.have(linkWith(credentials), (link) => orders.push(link, outgoing(order)))
const mapOf = (map: object) => ({ field_map: JSON.stringify(map) })

async function failed(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('it went well'),
    (error: unknown) => error,
  )
}

const verdictOf = (error: unknown) => (error as CallFailed).verdict

describe('our own contract', () => {
  test('an order goes with its key, all amounts as texts that add up, and the sign-in in headers', async () => {
    const till = await openTill(() => ({ body: SAVED }))
    const pushed = await push(till)
    const [call] = till.asked
    expect(call).toMatchObject({
      method: 'POST',
      path: '/v1/orders',
      headers: {
        'idempotency-key': 'MM-1001',
        'x-app-key': 'key-4711',
        'x-app-secret': 'planted-secret',
        authorization: 'Bearer planted-token',
      },
      body: {
        restaurant_id: 'R-77',
        order_id: 'MM-1001',
        order_type: 'delivery',
        persons: '2',
        created_at: '2026-01-01T15:49:00+05:30',
        scheduled_for: '2026-01-01T16:34:00+05:30',
        customer: { name: 'Asha Rao', phone: '+919812345678', address: '12 Lake Road, Flat 3, Pune, 411001, IN' },
        items: [
          { id: '7765862', variation_id: '89058', quantity: '1', unit_price: '140.00', discount: '14.00', addons: [] },
          {
            id: '118807',
            variation_id: '',
            quantity: '2',
            unit_price: '310.00',
            note: 'well done',
            addons: [{ id: '1150783', group_id: '135699', name: 'Cheese', quantity: '2', price: '10.00' }],
          },
        ],
        charges: [
          { type: 'delivery', amount: '50.00' },
          { type: 'packing', amount: '20.00' },
          { type: 'tip', amount: '15.00' },
        ],
        discounts: [{ amount: '14.00' }, { code: 'NY26', type: 'flat', amount: '31.00' }],
        tax_total: '36.75',
        // 140 + 640 − 45 + 36.75 + 85
        total: '856.75',
        payment: { mode: 'prepaid', method: 'upi', amount: '856.75', reference: 'pay_81' },
        note: 'No onions – Delivery: Ring twice',
      },
    })
    expect(JSON.stringify(call?.body)).not.toMatch(/planted|"email"/)
    expect(pushed).toMatchObject({ externalId: '26', progress: 'placed', total: null })
    expect(pushed.records).toMatchObject([
      { kind: 'order', id: 'MM-1001', location: 'R-77', subjects: ['sale:MM-1001'] },
    ])
    expect(pushed.records[0]?.body).not.toMatch(/Asha|98123|Lake/)
  })

  test('what is kept is the same, whether the system answered or somebody else says that the order is there', async () => {
    const till = await openTill(() => ({ body: SAVED }))
    const pushed = await push(till)
    expect(orders.recordsOf?.(outgoing(dinner), '26', linkWith())).toEqual(pushed.records)
    const unnumbered = await openTill(() => ({ body: { success: '1' } }))
    const { records } = await push(unnumbered)
    expect(orders.recordsOf?.(outgoing(dinner), 'MM-1001', linkWith())).toEqual(records)
  })

  test('what prepare shows is what is sent, to the last byte, every time', async () => {
    const till = await openTill(() => ({ body: SAVED }))
    await push(till)
    await push(till)
    const { calls, problems } = orders.prepare(outgoing(dinner), linkWith())
    expect(problems).toEqual([])
    expect(till.asked.map(({ body }) => body)).toEqual([
      JSON.parse(calls[0]?.body ?? ''),
      JSON.parse(calls[0]?.body ?? ''),
    ])
    expect(calls[0]).toMatchObject({ writes: true, repeatable: true, headers: { 'idempotency-key': 'MM-1001' } })
  })

  test('a repeat is safe for as long as anybody tries', () => {
    expect(orders.assuranceOf?.(linkWith())).toEqual({ keyLifeMs: 30 * 86_400_000, findBy: null, settleMs: 60_000 })
  })

  test.each<[string, Answer]>([
    ['by its message', { body: { success: '0', message: 'Order already exists', orderID: '26' } }],
    ['by its code', { body: { success: false, errorCode: 'DUPLICATE_ORDER', data: { id: 26 } } }],
    ['with another status', { status: 409, body: { message: 'Duplicate order', orderID: '26' } }],
  ])('an order that is there already is in: %s', async (_, answer) => {
    const till = await openTill(() => answer)
    expect(await push(till)).toMatchObject({ externalId: '26' })
  })

  test('and has our id where the system does not tell its own', async () => {
    const till = await openTill(() => ({ body: { success: '0', message: 'duplicate' } }))
    expect(await push(till)).toMatchObject({ externalId: 'MM-1001', number: null })
  })

  test('a no inside a 200 is a no, said by code and field and never in its words', async () => {
    const answer = {
      success: '0',
      message: 'Asha Rao: +919812345678 is blocked',
      errorCode: 'UOS_105',
      validation_errors: { 'customer.phone': ['bad'], 'OrderItem.details[1].price': ['bad'], whatever: ['bad'] },
    }
    const till = await openTill(() => ({ body: answer }))
    const error = await failed(push(till))
    expect(verdictOf(error)).toEqual({
      kind: 'refused',
      code: 'UOS_105',
      say: 'The system refused the order: UOS_105 at /customer/phone, /items/1/unit_price.',
    })
  })

  test.each<[string, Answer | 'cut', object]>([
    ['a 400', { status: 400, body: { errorCode: 'BAD' } }, { kind: 'refused', code: 'BAD' }],
    ['a 422 that says nothing', { status: 422, body: {} }, { kind: 'refused', code: 'HTTP_422' }],
    ['too many calls', { status: 429, headers: { 'retry-after': '7' } }, { kind: 'throttled', retryAfterMs: 7_000 }],
    ['a server that is not well', { status: 503, body: 'x' }, { kind: 'unavailable', code: 'HTTP_503' }],
    ['a sign-in that is not accepted', { status: 401 }, { kind: 'unauthorized', revoked: true }],
    [
      'one that is said to be wrong inside a 200',
      { body: { success: '0', errorCode: 'UOS_101', message: 'Invalid app key, app secret or access token.' } },
      { kind: 'unauthorized', code: 'UOS_101', revoked: true },
    ],
    ['one that may not', { status: 403 }, { kind: 'forbidden' }],
    ['a gateway’s page', { body: '<html>' }, { kind: 'garbled' }],
    ['a redirect', { status: 302, headers: { location: '/' } }, { kind: 'refused' }],
    ['a cut connection', 'cut', { kind: 'unreachable' }],
  ])('%s is told as such', async (_, answer, verdict) => {
    const till = await openTill(() => answer)
    expect(verdictOf(await failed(push(till)))).toMatchObject(verdict)
    expect(till.asked).toHaveLength(1)
  })

  test.each([{}, { message: 'ok' }, { status: 'done' }])('%j says neither yes nor no', async (body) => {
    const till = await openTill(() => ({ body }))
    expect(await failed(push(till))).toBeInstanceOf(Garbled)
  })

  test('is taken back, and a second time too', async () => {
    const till = await openTill((_, nth) => ({
      body: nth === 0 ? { success: true } : { success: false, message: 'Order is already cancelled' },
    }))
    const cancel = () =>
      till.have(linkWith(), (link) => orders.cancel?.(link, '26', outgoing(dinner), 'sold out') as never)
    await cancel()
    await cancel()
    expect(till.asked[0]).toMatchObject({
      path: '/v1/orders/MM-1001/cancel',
      body: { restaurant_id: 'R-77', reason: 'sold out' },
    })
  })

  test('and not once it cooks', async () => {
    const till = await openTill(() => ({ body: { success: '0', errorCode: 'TOO_LATE' } }))
    const cancel = till.have(linkWith(), (link) => orders.cancel?.(link, '26', outgoing(dinner), 'x') as never)
    expect(verdictOf(await failed(cancel))).toMatchObject({ kind: 'refused', code: 'TOO_LATE' })
  })
})

describe('Petpooja', () => {
  const petpooja = { profile: 'petpooja' }

  test('has the sign-in in the body, a flag in words and times on India’s clock', async () => {
    const till = await openTill(() => ({ body: { ...SAVED, restID: 'R-77', clientOrderID: 'MM-1001' } }))
    const pushed = await push(till, dinner, { ...petpooja, ...mapOf({ tax_ids: { CGST: '11213', SGST: '20375' } }) })
    const [call] = till.asked
    expect(Object.keys(call?.body ?? {}).slice(0, 3)).toEqual(['app_key', 'app_secret', 'access_token'])
    expect(call?.headers).not.toHaveProperty('app-secret')
    expect(call).toMatchObject({
      path: '/v1/save_order',
      body: {
        app_secret: 'planted-secret',
        device_type: 'Web',
        orderinfo: {
          OrderInfo: {
            Restaurant: { details: { restID: 'R-77' } },
            Customer: { details: { name: 'Asha Rao', phone: '+919812345678' } },
            Order: {
              details: {
                orderID: 'MM-1001',
                preorder_date: '2026-01-01',
                preorder_time: '16:34:00',
                created_on: '2026-01-01 15:49:00',
                order_type: 'H',
                advanced_order: 'Y',
                payment_type: 'ONLINE',
                delivery_charges: '50.00',
                packing_charges: '20.00',
                service_charge: '15.00',
                discount_total: '45.00',
                tax_total: '36.75',
                total: '856.75',
                collect_cash: '',
              },
            },
            OrderItem: {
              details: [
                { id: '7765862', variation_id: '89058', price: '140.00', final_price: '126.00', quantity: '1' },
                { id: '118807', final_price: '620.00', AddonItem: { details: [{ id: '1150783', quantity: '2' }] } },
              ],
            },
            Tax: { details: [{ id: '11213', title: 'CGST', type: 'P', price: '2.5', tax: '18.38' }, { id: '20375' }] },
            Discount: { details: [{ price: '14.00' }, { title: 'New year', price: '31.00' }] },
          },
        },
      },
    })
    expect(pushed).toMatchObject({ externalId: '26' })
  })

  test('keeps its secrets out of what is prepared, and says what it does with a tip', () => {
    const { calls, warnings } = orders.prepare(outgoing(dinner), linkWith(petpooja))
    expect(JSON.stringify(calls)).not.toContain('planted')
    expect(calls[0]).toMatchObject({ repeatable: false })
    expect(warnings.map(({ code }) => code)).toEqual([
      'dine-pos.tip-as-service',
      'dine-pos.tax-without-id',
      'dine-pos.tax-without-id',
    ])
  })

  test('is never sent to again by itself, unless whoever set it up says that it may', () => {
    expect(orders.assuranceOf?.(linkWith(petpooja)).keyLifeMs).toBeNull()
    const safe = linkWith({ ...petpooja, ...mapOf({ push: { repeat_is_safe: true } }) })
    expect(orders.assuranceOf?.(safe).keyLifeMs).toBeGreaterThan(0)
  })

  test('an answer about another order is none', async () => {
    const till = await openTill(() => ({ body: { ...SAVED, clientOrderID: 'MM-9' } }))
    expect(await failed(push(till, dinner, petpooja))).toBeInstanceOf(Garbled)
  })

  test('is told of a cancellation by its status of −1', async () => {
    const till = await openTill(() => ({ body: { success: '1' } }))
    await till.have(linkWith(petpooja), (link) => orders.cancel?.(link, '26', outgoing(dinner), 'sold out') as never)
    expect(till.asked[0]).toMatchObject({
      path: '/v1/update_order_status',
      body: { app_key: 'key-4711', restID: 'R-77', clientorderID: 'MM-1001', cancelReason: 'sold out', status: '-1' },
    })
  })

  test('cash is collected where the order is due', () => {
    const order = orderOf({ payment: { state: 'due', method: 'cash', reference: null } })
    const { calls } = orders.prepare(outgoing(order), linkWith(petpooja))
    expect(calls[0]?.body).toContain('"payment_type":"COD"')
    expect(calls[0]?.body).toContain('"collect_cash":"140.00"')
  })
})

describe('UrbanPiper', () => {
  const urbanpiper = { profile: 'urbanpiper', business_id: '4242' }
  const named = { ...urbanpiper, ...mapOf({ push: { path: '/partner/orders' } }) }

  test('publishes no call that takes orders, and that is said before anything is sent', async () => {
    const till = await openTill(() => ({}))
    expect(orders.prepare(outgoing(dinner), linkWith(urbanpiper))).toMatchObject({
      calls: [],
      problems: [{ code: 'dine-pos.takes-no-orders' }],
    })
    const error = await failed(push(till, dinner, urbanpiper))
    expect(error).toMatchObject({ neverSent: true, verdict: { kind: 'refused', code: 'dine-pos.takes-no-orders' } })
    expect(till.asked).toEqual([])
  })

  test.each<[Answer, string]>([
    [{ body: { order_id: 991 } }, '991'],
    [{ status: 201, body: { status: 'success' } }, 'MM-1001'],
    [{ status: 204, body: '' }, 'MM-1001'],
  ])('takes them at an address that a partner was given: %j', async (answer, externalId) => {
    const till = await openTill(() => answer)
    const pushed = await push(till, dinner, named)
    expect(pushed.externalId).toBe(externalId)
    expect(till.asked[0]).toMatchObject({
      path: '/v1/partner/orders',
      headers: { authorization: 'apikey key-4711:planted-secret', 'x-upr-biz-id': '4242' },
      body: { order: { details: { id: 'MM-1001', order_total: 856.75 }, store: { merchant_ref_id: 'R-77' } } },
    })
  })

  test('is told of a cancellation', async () => {
    const till = await openTill(() => ({ status: 200, body: '' }))
    await till.have(linkWith(named), (link) => orders.cancel?.(link, '991', outgoing(dinner), 'closed') as never)
    expect(till.asked[0]).toMatchObject({
      method: 'PUT',
      path: '/v1/external/api/v1/orders/MM-1001/status/',
      body: { new_status: 'Cancelled', message: 'closed' },
    })
  })
})

describe('a field map', () => {
  test('says how another system says yes, names its orders and wants its fields', async () => {
    const till = await openTill(() => ({ body: { result: { state: 'OK', ticket: 'T-9' } } }))
    const map = {
      push: { path: '/ticket/create', idempotency_header: 'X-Request-Id' },
      success: { path: 'result.state', values: ['ok'] },
      pos_order_id: ['result.ticket'],
      rename: { order_id: 'ticketNumber', 'items.unit_price': 'price' },
      add: { source: 'web' },
      json_text: ['items'],
    }
    expect(await push(till, dinner, { ...mapOf(map), credential_placement: 'body' })).toMatchObject({
      externalId: 'T-9',
    })
    const [call] = till.asked
    expect(call).toMatchObject({
      path: '/v1/ticket/create',
      headers: { 'x-request-id': 'MM-1001' },
      body: { app_key: 'key-4711', ticketNumber: 'MM-1001', source: 'web' },
    })
    expect(call?.headers).not.toHaveProperty('x-app-key')
    expect(JSON.parse(String(call?.body.items))).toMatchObject([{ price: '140.00' }, { price: '310.00' }])
  })
})

describe('an order that this restaurant cannot take is refused before it is sent', () => {
  const codes = (order: Order, changes = {}, credentials = {}) =>
    orders.prepare(outgoing(order, changes), linkWith(credentials)).problems.map(({ code, pointer }) => [code, pointer])

  test('an item or an add-on that is matched with nothing', () => {
    const modifiers = [{ itemId: 'ham', name: 'Ham', quantity: decimal(1), unitPrice: 0n }]
    const order = orderOf({ items: [itemOf('bread', { modifiers }), itemOf('soup')] })
    expect(codes(order)).toEqual([
      ['orders.unmapped-item', '/items/0/modifiers/0/item_id'],
      ['orders.unmapped-item', '/items/1/item_id'],
    ])
    expect(codes(order, {}, mapOf({ open_items: true }))).toEqual([])
  })

  test('another place, another currency, a total that does not add up, too many lines', () => {
    expect(codes(orderOf(), { location: 'R-78' })).toEqual([['dine-pos.other-restaurant', '/location']])
    expect(codes(orderOf({ currency: 'EUR' as never }))).toEqual([['dine-pos.currency', '/currency']])
    expect(codes({ ...dinner, total: dinner.total + 2n })).toEqual([['dine-pos.total-differs', '/total']])
    expect(codes(dinner, {}, mapOf({ limits: { lines: 1 } }))).toEqual([['dine-pos.too-many-lines', '/items']])
  })

  test('the difference is said', () => {
    const [problem] = orders.prepare(outgoing({ ...dinner, total: dinner.total - 1_234n }), linkWith()).problems
    expect(problem?.say).toContain('12.34 INR')
  })
})

test('notes are shortened with a warning, and nothing of them is lost without one', () => {
  const order = orderOf({ note: '🌶'.repeat(4_000), items: [itemOf('bread', { note: 'x'.repeat(501) })] })
  const { warnings, calls } = orders.prepare(outgoing(order), linkWith())
  expect(warnings.map(({ code, pointer }) => [code, pointer])).toEqual([
    ['dine-pos.note-shortened', '/note'],
    ['dine-pos.note-shortened', '/items/0/note'],
  ])
  const { note } = JSON.parse(calls[0]?.body ?? '{}') as { note: string }
  expect(note.length).toBeLessThanOrEqual(500)
  expect(note.isWellFormed()).toBe(true)
})

test('a guest who gave neither name nor number gives none', () => {
  const { calls } = orders.prepare(outgoing(orderOf()), linkWith())
  expect(JSON.parse(calls[0]?.body ?? '{}')).toMatchObject({ customer: { name: 'Guest' } })
  expect(calls[0]?.body).not.toMatch(/"phone"|"email"|"address"/)
})

test('credentials are where they are asked for and nowhere else', () => {
  for (const profile of ['default', 'petpooja', 'urbanpiper']) {
    const { calls } = orders.prepare(outgoing(dinner), linkWith({ profile }))
    for (const secret of [CREDENTIALS.app_secret, CREDENTIALS.access_token]) {
      expect(JSON.stringify(calls)).not.toContain(secret)
    }
  }
})
