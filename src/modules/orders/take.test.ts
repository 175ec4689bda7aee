import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { instant, instantText } from '#kernel/instant.ts'
import { createSite } from '#modules/sites/sites.ts'
import { eur, type Json, NOW, pizzas, useOrders } from './test-orders.ts'

const hub = useOrders()

const refusalsOf = (body: Json) => (body.errors as { code?: string; pointer: string; detail: string }[]) ?? []

test('an order is stored once with its line in the outbox, and answered whole', async () => {
  const given = pizzas()
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', given)
  expect(answer.status, answer.text).toBe(201)
  expect(answer.headers.get('etag')).toBe('"1"')
  expect(answer.body).toMatchObject({
    channel: 'web-shop',
    external_id: given.external_id,
    location_id: hub.pizzeria.site.id,
    version: 1,
    progress: 'placed',
    total: eur(2940),
    customer: { name: 'Maria Rossi', phone: '+4930123456' },
    items: [
      { line_id: '1', quantity: '2', total: eur(2140), modifiers: [{ quantity: '1' }] },
      { line_id: '2', quantity: '1', total: eur(800), note: null },
    ],
  })
  expect(await hub.events(hub.pizzeria, answer.body.id)).toEqual([
    {
      type: 'order.received',
      actor: expect.stringMatching(/^key:/),
      data: {
        order_id: answer.body.id,
        channel: 'web-shop',
        site_id: hub.pizzeria.site.id,
        total: 2940,
        currency: 'EUR',
        fulfilment: 'pickup',
        at: '2026-05-08T16:30:00.000Z',
        test: false,
      },
    },
  ])
  const stored = await hub.find(hub.pizzeria, answer.body.id)
  expect(stored).toMatchObject({ version: 1, progress: 'placed', siteId: hub.pizzeria.site.id, handledBy: null })
  expect(stored.order).toMatchObject({
    total: 2940n,
    note: 'ring at Rossi',
    items: [{ note: 'well done for Maria' }, {}],
  })
})

test('the same order handed in again, also much later and in the same moment, is the same order', async () => {
  const given = pizzas()
  const answers = await Promise.all(Array.from({ length: 8 }, () => hub.ask(hub.pizzeria, 'POST', 'orders', given)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  const id = answers[0]?.body.id
  hub.world.now = instant(NOW + 3 * 86_400_000)
  const late = await hub.ask(hub.pizzeria, 'POST', 'orders', given)
  hub.world.now = NOW
  expect([late.status, late.body.id]).toEqual([200, id])
  expect(await hub.events(hub.pizzeria, id)).toHaveLength(1)
})

test('an order with another content under the same id is refused with what differs, and nothing changes', async () => {
  const given = pizzas()
  const first = await hub.made(hub.pizzeria, given)
  const otherwise = await hub.ask(hub.pizzeria, 'POST', 'orders', { ...given, note: 'no onions' })
  expect(otherwise.status).toBe(409)
  expect(otherwise.body).toMatchObject({ code: 'orders.exists-otherwise', changes: ['note'], order_id: first.id })
  expect(otherwise.body.detail).toMatch(/PATCH/)
  expect((await hub.find(hub.pizzeria, first.id)).order.note).toBe('ring at Rossi')
  expect(await hub.events(hub.pizzeria, first.id)).toHaveLength(1)
})

test('a repeat after an amendment is still the same order, as it was first and as it stands', async () => {
  const given = pizzas()
  const { id } = await hub.made(hub.pizzeria, given)
  await hub.ask(hub.pizzeria, 'PATCH', `orders/${id}`, { version: 1, note: 'no onions' })
  for (const again of [given, { ...given, note: 'no onions' }]) {
    const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', again)
    expect([answer.status, answer.body.id, answer.body.note]).toEqual([200, id, 'no onions'])
  }
})

test('a dry run checks everything, shows what would be sent, and stores nothing', async () => {
  const given = pizzas()
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders?dry_run=true', given)
  expect([answer.status, answer.body.status, answer.body.preview]).toEqual([200, 'valid', { lines: 2 }])
  const { status } = await hub.ask(hub.pizzeria, 'POST', 'orders?dry_run=true', { ...given, total: eur(1) })
  expect(status).toBe(422)
  expect(await hub.db.query('select id from pos.orders where external_id = $1', [given.external_id])).toEqual([])
  await hub.made(hub.pizzeria, given)
  expect((await hub.ask(hub.pizzeria, 'POST', 'orders?dry_run=true', given)).body.status).toBe('known')
})

test('in a batch each order has its outcome, and a bad one spoils no other', async () => {
  const [good, twice, badSum, badShape] = [pizzas(), pizzas(), pizzas({ total: eur(5) }), pizzas({ items: [] })]
  const otherwise = { ...twice, note: null }
  const orders = [good, twice, badSum, twice, badShape, otherwise, 'nothing']
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', { orders })
  expect(answer.status, answer.text).toBe(200)
  const data = answer.body.data as { status: string; order: Json | null; errors: Json[] }[]
  expect(data.map(({ status }) => status)).toEqual([
    'created',
    'created',
    'invalid',
    'known',
    'invalid',
    'invalid',
    'invalid',
  ])
  expect(data[3]?.order?.id).toBe(data[1]?.order?.id)
  expect(data[2]?.errors).toMatchObject([{ code: 'orders.total', pointer: '/orders/2/total' }])
  expect(data[4]?.errors).toMatchObject([{ pointer: '/orders/4/items' }])
  expect(data[5]?.errors).toMatchObject([{ code: 'orders.exists-otherwise', pointer: '/orders/5/external_id' }])
  const tooMany = await hub.ask(hub.pizzeria, 'POST', 'orders', { orders: Array.from({ length: 101 }, () => good) })
  expect([tooMany.status, refusalsOf(tooMany.body)[0]?.pointer]).toEqual([400, '/orders'])
})

test('an Idempotency-Key with the same order answers the same, with another order it is refused', async () => {
  const given = pizzas()
  const key = { 'idempotency-key': 'order-of-maria' }
  const first = await hub.ask(hub.pizzeria, 'POST', 'orders', given, key)
  const again = await hub.ask(hub.pizzeria, 'POST', 'orders', given, key)
  expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
  const other = pizzas()
  expect((await hub.ask(hub.pizzeria, 'POST', 'orders', other, key)).status).toBe(422)
  expect(await hub.db.query('select id from pos.orders where external_id = $1', [other.external_id])).toEqual([])
})

type Refused = { readonly order: Json; readonly status?: number; readonly code?: string; readonly pointer: string }

const at = (ms: number) => instantText(instant(NOW + ms))
const line = (changes: Json) => ({ name: 'Tea', quantity: 1, unit_price: eur(300), ...changes })
const withLine = (changes: Json, total = 300) => pizzas({ items: [line(changes)], total: eur(total) })

const REFUSED: Readonly<Record<string, () => Refused>> = {
  'a quantity of zero': () => ({
    order: withLine({ quantity: 0 }),
    code: 'orders.quantity',
    pointer: '/items/0/quantity',
  }),
  'a negative quantity': () => ({
    order: withLine({ quantity: '-2' }),
    code: 'orders.quantity',
    pointer: '/items/0/quantity',
  }),
  'a quantity of a million digits': () => ({
    order: withLine({ quantity: '1e999999' }),
    code: 'orders.quantity',
    pointer: '/items/0/quantity',
  }),
  'a quantity with four decimals': () => ({
    order: withLine({ quantity: '0.1234' }),
    code: 'orders.quantity-decimals',
    pointer: '/items/0/quantity',
  }),
  'a line total that does not add up': () => ({
    order: withLine({ total: eur(299) }),
    code: 'orders.line-total',
    pointer: '/items/0/total',
  }),
  'a total that does not add up': () => ({ order: withLine({}, 299), code: 'orders.total', pointer: '/total' }),
  'another currency than the site’s': () => {
    const usd = (amount: number) => ({ amount, currency: 'USD' })
    const order = pizzas({ currency: 'USD', items: [line({ unit_price: usd(300) })], total: usd(300) })
    return { order, code: 'orders.currency-of-site', pointer: '/currency' }
  },
  'two currencies in one order': () => ({
    order: withLine({ unit_price: { amount: 300, currency: 'CHF' } }),
    code: 'orders.currency-mixed',
    pointer: '/items/0/unit_price/currency',
  }),
  'a currency that is none': () => ({
    order: pizzas({ currency: 'XQX' }),
    code: 'orders.currency-unknown',
    pointer: '/currency',
  }),
  'a negative price': () => ({
    order: withLine({ unit_price: eur(-300) }, 300),
    code: 'orders.amount-negative',
    pointer: '/items/0/unit_price/amount',
  }),
  'a discount above the line': () => ({
    order: withLine({ discount: eur(400) }, 0),
    code: 'orders.discount-too-large',
    pointer: '/items/0/discount',
  }),
  'discounts above everything': () => ({
    order: pizzas({ items: [line({})], discounts: [{ name: 'All', amount: eur(500) }], total: eur(0) }),
    code: 'orders.discount-too-large',
    pointer: '/discounts',
  }),
  'sums beyond what JSON holds': () => ({
    order: withLine({ quantity: 1000, unit_price: eur(Number.MAX_SAFE_INTEGER) }),
    code: 'orders.amount-too-large',
    pointer: '/items/0',
  }),
  'an amount beyond what JSON holds': () => ({
    order: withLine({ unit_price: eur(2 ** 53) }),
    status: 400,
    pointer: '/items/0/unit_price/amount',
  }),
  'half a cent': () => ({
    order: withLine({ unit_price: eur(0.5) }),
    status: 400,
    pointer: '/items/0/unit_price/amount',
  }),
  'a thousand lines': () => ({
    order: pizzas({ items: Array.from({ length: 1000 }, () => line({})) }),
    status: 400,
    pointer: '/items',
  }),
  'a note of 4,000 characters': () => ({ order: pizzas({ note: 'x'.repeat(4000) }), status: 400, pointer: '/note' }),
  'a pickup time in the past': () => ({
    order: pizzas({ fulfilment: { kind: 'pickup', at: at(-6 * 60_000) } }),
    code: 'orders.promised-past',
    pointer: '/fulfilment/at',
  }),
  'a pickup time next year': () => ({
    order: pizzas({ fulfilment: { kind: 'pickup', at: at(61 * 86_400_000) } }),
    code: 'orders.promised-far',
    pointer: '/fulfilment/at',
  }),
  'an order of tomorrow': () => ({
    order: pizzas({ placed_at: at(86_400_000) }),
    code: 'orders.placed-ahead',
    pointer: '/placed_at',
  }),
  'an order of two years ago': () => ({
    order: pizzas({ placed_at: at(-730 * 86_400_000) }),
    code: 'orders.placed-long-ago',
    pointer: '/placed_at',
  }),
  'a place that is nowhere': () => ({
    order: pizzas({ location: 'moon' }),
    code: 'orders.location-unknown',
    pointer: '/location',
  }),
  'the neighbour’s place': () => ({
    order: pizzas({ location: hub.neighbour.site.id }),
    code: 'orders.location-unknown',
    pointer: '/location',
  }),
  'a delivery to nowhere': () => ({
    order: pizzas({ fulfilment: { kind: 'delivery' } }),
    code: 'orders.address-missing',
    pointer: '/fulfilment/address',
  }),
  'a phone number without its country': () => ({
    order: pizzas({ customer: { name: 'Maria', phone: '030 123456' } }),
    code: 'orders.phone',
    pointer: '/customer/phone',
  }),
  'an e-mail address that is none': () => ({
    order: pizzas({ customer: { name: 'Maria', email: 'maria' } }),
    code: 'orders.email',
    pointer: '/customer/email',
  }),
  'a card number in a note': () => ({
    order: pizzas({ note: 'paid with 4111 1111 1111 1111' }),
    code: 'orders.card-number',
    pointer: '/note',
  }),
  'a card number as the payment’s reference': () => ({
    order: pizzas({ payment: { state: 'paid', reference: '4111111111111111' } }),
    code: 'orders.card-number',
    pointer: '/payment/reference',
  }),
  'two lines of one id': () => ({
    order: pizzas({ items: [line({ line_id: 'a' }), line({ line_id: 'a' })], total: eur(600) }),
    code: 'orders.line-repeated',
    pointer: '/items/1/line_id',
  }),
  'a tax on a line that is not there': () => ({
    order: withTax({ line_ids: ['9'] }),
    code: 'orders.line-unknown',
    pointer: '/taxes/0/line_ids/0',
  }),
  'a tax rate that is no number': () => ({
    order: withTax({ rate: 'a lot' }),
    code: 'orders.tax-rate',
    pointer: '/taxes/0/rate',
  }),
  'a text that no database holds': () => ({ order: pizzas({ number: 'a\u0000b' }), status: 400, pointer: '/number' }),
  'half a sign': () => ({ order: pizzas({ number: 'a\ud800' }), status: 400, pointer: '/number' }),
  'a field that nobody knows': () => ({ order: pizzas({ colour: 'red' }), status: 400, pointer: '/colour' }),
}

function withTax(changes: Json): Json {
  return pizzas({
    items: [line({})],
    taxes: [{ name: 'VAT', amount: eur(20), included: true, ...changes }],
    total: eur(300),
  })
}

test.each(Object.entries(REFUSED))('%s is refused with its place, and nothing is stored', async (_what, refused) => {
  const { order, status = 422, code, pointer } = refused()
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', order)
  expect(answer.status, answer.text).toBe(status)
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(refusalsOf(answer.body)).toContainEqual(
    expect.objectContaining(code === undefined ? { pointer } : { pointer, code }),
  )
  expect(answer.text).not.toMatch(/4111/)
  expect(await hub.db.query('select id from pos.orders where external_id = $1', [order.external_id])).toEqual([])
})

test('everything that is wrong is said at once, with both figures and their difference', async () => {
  hub.world.catalogue = new Set(['margherita'])
  const order = pizzas({
    fulfilment: { kind: 'delivery', at: at(-86_400_000) },
    customer: { name: 'Maria', phone: '12' },
    total: eur(3000),
  })
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', order)
  hub.world.catalogue = null
  expect(answer.status).toBe(422)
  const refusals = refusalsOf(answer.body)
  expect(refusals.map(({ code, pointer }) => `${pointer} ${code}`).sort()).toEqual([
    '/customer/phone orders.phone',
    '/fulfilment/address orders.address-missing',
    '/fulfilment/at orders.promised-past',
    '/items/0/modifiers/0/item_id orders.modifier-unknown',
    '/items/1/item_id orders.item-unknown',
    '/total orders.total',
  ])
  expect(refusals.find(({ pointer }) => pointer === '/total')?.detail).toMatch(/30\.00 EUR.*29\.40 EUR.*0\.60 EUR/)
})

test('an order names its place when there is more than one', async () => {
  const { neighbour } = hub
  const { name: _name, slug: _slug, id: _id, ...traits } = neighbour.site
  await hub.as(neighbour, (tx) => createSite(tx, neighbour.tenant.id, { ...traits, name: 'Harbour' }, NOW))
  const given = pizzas()
  const silent = await hub.ask(neighbour, 'POST', 'orders', given)
  expect(refusalsOf(silent.body)).toMatchObject([{ code: 'orders.location-needed', pointer: '/location' }])
  const made = await hub.made(neighbour, { ...given, location: 'harbour' })
  expect(made.location_id).not.toBe(neighbour.site.id)
  expect((await hub.ask(neighbour, 'POST', 'orders', given)).status).toBe(200)
  const elsewhere = await hub.ask(neighbour, 'POST', 'orders', { ...given, location: 'main' })
  expect(elsewhere.body).toMatchObject({ code: 'orders.exists-otherwise', changes: ['location'] })
})

test.each([
  ['JPY', 2940, 1.5, 4410],
  ['EUR', 2940, 1.5, 4410],
  ['KWD', 2945, 0.333, 981],
])('an order in %s is counted in its own minor units', async (currency, price, quantity, total) => {
  const { neighbour } = hub
  const { name: _name, slug: _slug, id: _id, ...traits } = neighbour.site
  const slug = `in-${currency.toLowerCase()}`
  await hub.as(neighbour, (tx) =>
    createSite(tx, neighbour.tenant.id, { ...traits, name: currency, slug, currency: currencyCode(currency) }, NOW),
  )
  const money = (amount: number) => ({ amount, currency })
  const items = [{ name: 'Rice', quantity, unit_price: money(price) }]
  const made = await hub.made(neighbour, pizzas({ currency, location: slug, items, total: money(total) }))
  expect((await hub.find(neighbour, made.id)).order.items).toMatchObject([{ total: BigInt(total) }])
})

test('the order of the guide is taken as it is written there', async () => {
  const guide = await readFile(new URL('../../../docs/guides/orders.md', import.meta.url), 'utf8')
  const given = JSON.parse(/-d '(\{[^']+\})'/.exec(guide)?.[1] ?? '') as Json
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', { ...given, location: 'main' })
  expect(answer.status, answer.text).toBe(201)
})

test.each([
  ['{}', '/orders'],
  ['{"channel":"web-shop"}', '/external_id'],
  ['{"orders":"many"}', '/orders'],
  ['{"orders":[]}', '/orders'],
  ['[]', ''],
  ['"order"', ''],
])('of the body %s it is said what is wrong with it', async (body, pointer) => {
  const answer = await hub.ask(hub.pizzeria, 'POST', 'orders', body)
  expect([answer.status, refusalsOf(answer.body).map((one) => one.pointer)]).toEqual([
    400,
    expect.arrayContaining([pointer]),
  ])
})

test('what tells of a person lies sealed, in no column in the clear, no event and no list', async () => {
  const given = pizzas({
    fulfilment: {
      kind: 'delivery',
      address: { lines: ['Via Garibaldi 7'], city: 'Berlin' },
      note: 'third floor, ask for Giulia',
    },
    note: 'allergic: Maria',
  })
  const { id } = await hub.made(hub.pizzeria, given)
  const rows = await hub.db.query(
    `select o::text || r.body::text || r.changed::text || coalesce(encode(r.personal, 'escape'), '') as text
     from pos.orders o join pos.order_revisions r on r.order_id = o.id where o.id = $1`,
    [id],
  )
  const list = await hub.ask(hub.pizzeria, 'GET', 'orders?limit=500')
  const csv = await hub.ask(hub.pizzeria, 'GET', 'orders.csv')
  const events = JSON.stringify(await hub.events(hub.pizzeria, id))
  const seen = [JSON.stringify(rows), list.text, csv.text, events].join('\n')
  expect(seen).toContain(id)
  expect(seen).not.toMatch(/Maria|Rossi|rossi|Garibaldi|Giulia|123456|allergic/)
  const [revision] = await hub.db.query(
    'select personal is not null as sealed from pos.order_revisions where order_id = $1',
    [id],
  )
  expect(revision).toEqual({ sealed: true })
  await hub.db.query('update pos.order_revisions set personal = null where order_id = $1', [id])
  const erased = await hub.ask(hub.pizzeria, 'GET', `orders/${id}`)
  expect(erased.body).toMatchObject({ customer: null, note: null, total: eur(2940), fulfilment: { kind: 'delivery' } })
})
