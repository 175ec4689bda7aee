import type { RunningSquare } from './simulate.ts'
import type { Answered } from './test-witness.ts'

// A walk past every address of the simulator, as a careful visitor would make it: lists to their ends, one of each kind
// by its id, everything that can be searched searched.

export type Visitor = {
  get(path: string): Promise<Answered>
  post(path: string, body?: unknown): Promise<Answered>
  put(path: string, body?: unknown): Promise<Answered>
  delete(path: string): Promise<Answered>
  /** Every entry of a list, page by page. */
  all(path: string, list: string): Promise<Answered[]>
  search(path: string, body: object, list: string): Promise<Answered[]>
}

export function visitorOf(running: RunningSquare, token: string, call: typeof fetch): Visitor {
  const send = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const headers = {
      authorization: `Bearer ${token}`,
      'square-version': '2026-09-16',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await call(`${running.baseUrl}${path}`, init)
    return JSON.parse(await response.text())
  }
  const paged = async (list: string, page: (cursor: string | undefined) => Promise<Answered>) => {
    const entries: Answered[] = []
    for (let cursor: string | undefined; ; ) {
      const answer = await page(cursor)
      entries.push(...(answer[list] ?? []))
      cursor = answer.cursor
      if (cursor === undefined) return entries
    }
  }
  return {
    get: (path) => send('GET', path),
    post: (path, body = {}) => send('POST', path, body),
    put: (path, body) => send('PUT', path, body),
    delete: (path) => send('DELETE', path),
    all: (path, list) =>
      paged(list, (cursor) => {
        const joint = path.includes('?') ? '&' : '?'
        return send('GET', cursor === undefined ? path : `${path}${joint}cursor=${encodeURIComponent(cursor)}`)
      }),
    search: (path, body, list) => paged(list, (cursor) => send('POST', path, { ...body, cursor })),
  }
}

/** What a seller's records came to when all of them were read. */
export type Records = {
  readonly orders: Answered[]
  readonly payments: Answered[]
  readonly refunds: Answered[]
  readonly catalogue: Answered[]
  readonly customers: Answered[]
  readonly counts: Answered[]
  readonly loyaltyEvents: Answered[]
  readonly giftCardActivities: Answered[]
}

export async function tourOfSeller(visitor: Visitor): Promise<Records> {
  const { locations } = await visitor.get('/v2/locations')
  const ids: string[] = locations.map((location: Answered) => location.id)
  await visitor.get(`/v2/locations/${ids[0]}`)
  await visitor.get('/v2/merchants')
  await visitor.get('/v2/merchants/me')
  const sales = await tourOfSales(visitor, ids)
  return { ...sales, ...(await tourOfCatalogue(visitor)), ...(await tourOfPeople(visitor, sales.orders)) }
}

async function tourOfSales(visitor: Visitor, ids: readonly string[]) {
  const location_ids = ids.slice(0, 10)
  const window = { start_at: '2026-09-01T00:00:00Z', end_at: '2026-10-31T00:00:00Z' }
  let orders: Answered[] = []
  for (const field of ['CREATED_AT', 'CLOSED_AT', 'UPDATED_AT']) {
    const filter = { date_time_filter: { [field.toLowerCase()]: window } }
    const query = { filter, sort: { sort_field: field, sort_order: 'ASC' } }
    orders = await visitor.search('/v2/orders/search', { location_ids, query, limit: 300 }, 'orders')
  }
  const rare = {
    fulfillment_filter: { fulfillment_types: ['PICKUP'], fulfillment_states: ['COMPLETED'] },
    source_filter: { source_names: ['Square Online'] },
    customer_filter: { customer_ids: orders.flatMap((order) => order.customer_id ?? []).slice(0, 10) },
  }
  await visitor.search('/v2/orders/search', { location_ids, query: { filter: rare } }, 'orders')
  const states = { filter: { state_filter: { states: ['OPEN', 'CANCELED'] } } }
  await visitor.search('/v2/orders/search', { location_ids, query: states, return_entries: true }, 'order_entries')
  const order_ids = orders.slice(0, 99).map(({ id }) => id)
  await visitor.post('/v2/orders/batch-retrieve', { order_ids: [...order_ids, 'NOBODY'] })
  await visitor.get(`/v2/orders/${orders[0].id}`)
  const payments: Answered[] = []
  for (const id of ids) payments.push(...(await visitor.all(`/v2/payments?location_id=${id}&limit=100`, 'payments')))
  await visitor.all(
    '/v2/payments?sort_field=UPDATED_AT&sort_order=ASC&updated_at_begin_time=2026-09-28T00:00:00Z',
    'payments',
  )
  await visitor.all('/v2/payments?offline_begin_time=2026-09-01T00:00:00Z&sort_field=OFFLINE_CREATED_AT', 'payments')
  await visitor.get(`/v2/payments/${payments[0].id}`)
  const refunds = await visitor.all('/v2/refunds?limit=50', 'refunds')
  await visitor.all('/v2/refunds?status=COMPLETED&sort_order=ASC', 'refunds')
  await visitor.get(`/v2/refunds/${refunds[0].id}`)
  return { orders, payments, refunds }
}

async function tourOfCatalogue(visitor: Visitor) {
  const types = 'ITEM,ITEM_VARIATION,CATEGORY,MODIFIER_LIST,MODIFIER,TAX,DISCOUNT,MEASUREMENT_UNIT'
  const catalogue = await visitor.all(`/v2/catalog/list?types=${types}`, 'objects')
  await visitor.all('/v2/catalog/list', 'objects')
  await visitor.get('/v2/catalog/info')
  const everything = { object_types: types.split(','), include_deleted_objects: true, limit: 70 }
  const gone = await visitor.search('/v2/catalog/search', everything, 'objects')
  const related = { object_types: ['ITEM'], include_related_objects: true, begin_time: '2020-01-01T00:00:00Z' }
  await visitor.search('/v2/catalog/search', related, 'objects')
  for (const query of CATALOGUE_QUERIES) await visitor.post('/v2/catalog/search', { object_types: ['ITEM'], query })
  const object_ids = gone.slice(0, 40).map(({ id }) => id)
  await visitor.post('/v2/catalog/batch-retrieve', {
    object_ids,
    include_deleted_objects: true,
    include_related_objects: true,
  })
  await visitor.get(`/v2/catalog/object/${catalogue[0].id}?include_related_objects=true`)
  const counts = await visitor.search('/v2/inventory/counts/batch-retrieve', { limit: 60 }, 'counts')
  const counted = catalogue.find(({ item_variation_data: data }) => data?.track_inventory)
  const updated_after = '2026-09-25T00:00:00Z'
  await visitor.post('/v2/inventory/counts/batch-retrieve', { states: ['IN_STOCK'], updated_after })
  await visitor.get(`/v2/inventory/${counted?.id ?? 'NOBODY'}`)
  return { catalogue: [...catalogue, ...gone], counts }
}

const CATALOGUE_QUERIES = [
  { prefix_query: { attribute_name: 'name', attribute_prefix: 'C' } },
  { exact_query: { attribute_name: 'name', attribute_value: 'gift card' } },
  { set_query: { attribute_name: 'name', attribute_values: ['Gift card', 'Room hire'] } },
  { text_query: { keywords: ['gift'] } },
  { sorted_attribute_query: { attribute_name: 'name', sort_order: 'DESC' } },
  { items_for_tax_query: { tax_ids: ['NOBODY'] } },
  { items_for_modifier_list_query: { modifier_list_ids: ['NOBODY'] } },
]

async function tourOfPeople(visitor: Visitor, orders: readonly Answered[]) {
  const customers = await visitor.all('/v2/customers?limit=50&sort_field=CREATED_AT&count=true', 'customers')
  const filter = {
    created_at: { start_at: '2026-09-01T00:00:00Z' },
    email_address: { fuzzy: 'example' },
    creation_source: { values: ['INSTANT_PROFILE'], rule: 'EXCLUDE' },
  }
  const newest = { filter, sort: { field: 'CREATED_AT', order: 'DESC' } }
  await visitor.search('/v2/customers/search', { query: newest, limit: 100, count: true }, 'customers')
  await visitor.get(`/v2/customers/${customers[0].id}`)
  await visitor.get('/v2/loyalty/programs/main')
  const accounts = await visitor.search('/v2/loyalty/accounts/search', { limit: 100 }, 'loyalty_accounts')
  const mappings = [{ phone_number: accounts[0].mapping.phone_number }]
  await visitor.post('/v2/loyalty/accounts/search', { query: { mappings } })
  await visitor.get(`/v2/loyalty/accounts/${accounts[0].id}`)
  const loyaltyEvents = await visitor.search('/v2/loyalty/events/search', { limit: 30 }, 'events')
  const of = { type_filter: { types: ['ADJUST_POINTS'] }, order_filter: { order_id: orders[0].id } }
  await visitor.post('/v2/loyalty/events/search', { query: { filter: of } })
  const cards = await visitor.all('/v2/gift-cards?limit=50&state=ACTIVE', 'gift_cards')
  await visitor.get(`/v2/gift-cards/${cards[0].id}`)
  await visitor.post('/v2/gift-cards/from-gan', { gan: cards[0].gan })
  const giftCardActivities = await visitor.all(
    '/v2/gift-cards/activities?limit=50&sort_order=ASC',
    'gift_card_activities',
  )
  return { customers, loyaltyEvents, giftCardActivities }
}

/** What the application does with its own token. */
export async function tourOfApplication(visitor: Visitor, notificationUrl: string): Promise<void> {
  const { event_types } = await visitor.get('/v2/webhooks/event-types')
  await visitor.get('/v2/events/types')
  await visitor.put('/v2/events/enable')
  const { subscription } = await visitor.post('/v2/webhooks/subscriptions', {
    idempotency_key: 'tour-1',
    subscription: {
      name: 'Tour',
      enabled: true,
      event_types,
      notification_url: notificationUrl,
      api_version: '2026-09-16',
    },
  })
  const one = `/v2/webhooks/subscriptions/${subscription.id}`
  await visitor.get('/v2/webhooks/subscriptions?include_disabled=true')
  await visitor.get(one)
  await visitor.put(one, { subscription: { name: 'Tour, renamed', enabled: true } })
  await visitor.post(`${one}/signature-key`, { idempotency_key: 'tour-2' })
  await visitor.post(`${one}/test`, { event_type: 'payment.created' })
}

/** A consent, a code, tokens, a refresh, a look at the token and its end. */
export async function tourOfConsent(running: RunningSquare, merchantId: string, call: typeof fetch): Promise<string> {
  const { id, secret } = running.credentials.application
  const consent = new URL('/oauth2/authorize', running.baseUrl)
  const redirectUri = 'http://localhost:9010/connected'
  const asked = { client_id: id, redirect_uri: redirectUri, state: 's1', auto: 'allow', merchant_id: merchantId }
  const scope = 'MERCHANT_PROFILE_READ ORDERS_READ PAYMENTS_READ'
  consent.search = new URLSearchParams({ ...asked, scope }).toString()
  const sentBack = await fetch(consent, { redirect: 'manual' })
  const code = new URL(sentBack.headers.get('location') ?? '').searchParams.get('code')
  const post = async (path: string, body: object): Promise<Answered> => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await call(`${running.baseUrl}${path}`, init)).json()
  }
  const application = { client_id: id, client_secret: secret }
  const first = await post('/oauth2/token', {
    ...application,
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
  })
  const renewal = { ...application, grant_type: 'refresh_token', refresh_token: first.refresh_token }
  const second = await post('/oauth2/token', renewal)
  const headers = { authorization: `Bearer ${second.access_token}` }
  await call(`${running.baseUrl}/oauth2/token/status`, { method: 'POST', headers })
  return second.access_token
}

export async function tourOfRevocation(running: RunningSquare, token: string, call: typeof fetch): Promise<void> {
  const { id, secret } = running.credentials.application
  await call(`${running.baseUrl}/oauth2/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Client ${secret}` },
    body: JSON.stringify({ client_id: id, access_token: token }),
  })
}

/** Orders pushed in: priced, made, paid elsewhere and in cash, collected, given away, called off. */
export async function tourOfPushing(visitor: Visitor, variationId: string): Promise<void> {
  const { locations } = await visitor.get('/v2/locations')
  const [{ id: location_id, currency }] = locations
  const money = (amount: number) => ({ amount, currency })
  let keys = 0
  const key = () => `pushing-${++keys}`
  const wrap = { name: 'Gift wrap', quantity: '1', base_price_money: money(200), note: 'blue' }
  const bought = {
    location_id,
    reference_id: 'WEB-1001',
    ticket_name: 'Guest 7',
    source: { name: 'Web shop' },
    line_items: [{ catalog_object_id: variationId, quantity: '2' }, wrap],
    taxes: [{ uid: 'T1', name: 'City', percentage: '2.5', scope: 'ORDER', type: 'ADDITIVE' }],
    discounts: [{ uid: 'D1', name: 'Ten off', percentage: '10', scope: 'ORDER', type: 'FIXED_PERCENTAGE' }],
    service_charges: [{ uid: 'S1', name: 'Courier', amount_money: money(150), calculation_phase: 'SUBTOTAL_PHASE' }],
    pricing_options: { auto_apply_taxes: true },
    fulfillments: [
      {
        type: 'PICKUP',
        state: 'PROPOSED',
        pickup_details: { recipient: { display_name: 'Guest' }, schedule_type: 'ASAP' },
      },
    ],
  }
  await visitor.post('/v2/orders/calculate', { order: bought })
  const { order } = await visitor.post('/v2/orders', { idempotency_key: key(), order: bought })
  await visitor.post('/v2/payments', {
    idempotency_key: key(),
    source_id: 'EXTERNAL',
    location_id,
    order_id: order.id,
    amount_money: order.net_amount_due_money,
    external_details: { type: 'OTHER', source: 'Web shop', source_id: 'WEB-1001' },
  })
  const paid = (await visitor.get(`/v2/orders/${order.id}`)).order
  const collected = { fulfillments: [{ uid: paid.fulfillments[0].uid, state: 'COMPLETED' }] }
  const change = { location_id, version: paid.version, ...collected }
  await visitor.put(`/v2/orders/${order.id}`, { idempotency_key: key(), order: change })
  await leaveToTheStaff(visitor, bought, key)
  const plain = { location_id, line_items: [wrap] }
  const inCash = (await visitor.post('/v2/orders', { idempotency_key: key(), order: plain })).order
  await visitor.post('/v2/payments', {
    idempotency_key: key(),
    source_id: 'CASH',
    location_id,
    order_id: inCash.id,
    amount_money: inCash.net_amount_due_money,
    cash_details: { buyer_supplied_money: money(500) },
  })
  const nothing = { location_id, line_items: [{ ...wrap, base_price_money: money(0) }] }
  const given = (await visitor.post('/v2/orders', { idempotency_key: key(), order: nothing })).order
  await visitor.post(`/v2/orders/${given.id}/pay`, { idempotency_key: key(), payment_ids: [] })
  const regretted = (await visitor.post('/v2/orders', { idempotency_key: key(), order: plain })).order
  const calledOff = { location_id, version: regretted.version, state: 'CANCELED' }
  await visitor.put(`/v2/orders/${regretted.id}`, { idempotency_key: key(), order: calledOff })
}

/** An order that is paid, changed in its time and note, and then worked through by whoever stands at the counter. */
async function leaveToTheStaff(visitor: Visitor, bought: Answered, key: () => string): Promise<void> {
  const { location_id } = bought
  const { order } = await visitor.post('/v2/orders', { idempotency_key: key(), order: bought })
  await visitor.post('/v2/payments', {
    idempotency_key: key(),
    source_id: 'EXTERNAL',
    location_id,
    order_id: order.id,
    amount_money: order.net_amount_due_money,
    external_details: { type: 'OTHER', source: 'Web shop', source_id: 'WEB-1002' },
  })
  const { version, fulfillments } = (await visitor.get(`/v2/orders/${order.id}`)).order
  const pickup_details = { note: 'Ring twice', schedule_type: 'SCHEDULED', pickup_at: '2026-10-01T13:00:00Z' }
  const change = { location_id, version, fulfillments: [{ uid: fulfillments[0].uid, pickup_details }] }
  await visitor.put(`/v2/orders/${order.id}`, { idempotency_key: key(), order: change })
}
