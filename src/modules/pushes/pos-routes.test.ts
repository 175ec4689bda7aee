import { describe, expect, test } from 'vitest'
import { BLIND, BOTH } from './test-pos-connector.ts'
import { usePushHub } from './test-push-hub.ts'

// The promised addresses, called one by one, and those for a person.

const hub = usePushHub({ assurance: BOTH })

const connect = (body: object) =>
  hub.ask('POST', 'pos/connect', { business_id: 'pizzeria', provider: 'generic-rest', ...body })

describe('connect', () => {
  test('takes the account that is connected already, and says where orders go', async () => {
    const { status, body } = await connect({ access_token: 'planted-token', location_id: 'P1', merchant_id: 'acme-1' })
    expect([status, body.success]).toEqual([200, true])
    expect(body.data.integration).toMatchObject({
      id: hub.connectionId,
      business_id: hub.tenant.id,
      provider: 'generic-rest',
      is_active: true,
      location_id: 'P1',
      merchant_id: 'acme-1',
      auto_sync_orders: true,
      sync_customer_info: true,
    })
    expect(JSON.stringify(body)).not.toContain('planted-token')
  })

  test('of another business is refused, without a word whether there is one', async () => {
    const foreign = await connect({ business_id: 'somebody-else', access_token: 'x' })
    expect(foreign).toMatchObject({ status: 403, body: { success: false, error: { code: 'push.other-business' } } })
  })

  test('of a system that there is not, or of another account, is refused in the envelope', async () => {
    expect(await connect({ provider: 'abacus', access_token: 'x' })).toMatchObject({
      status: 400,
      body: { success: false, error: { code: 'connections.system-not-live' } },
    })
    expect(await connect({ access_token: 'x', merchant_id: 'other' })).toMatchObject({
      status: 422,
      body: { success: false, error: { code: 'connections.account-differs' } },
    })
    expect(await connect({ access_token: 5 })).toMatchObject({ status: 400, body: { success: false } })
  })
})

test('disconnect stops what goes by itself, keeps the history, and connect begins again', async () => {
  const before = await hub.order()
  await hub.settle()
  const ended = await hub.ask('POST', 'pos/disconnect', { business_id: hub.tenant.id })
  expect(ended).toMatchObject({ status: 200, body: { data: { integration: { is_active: false } } } })
  const shown = await hub.ask('GET', 'pos/integration/pizzeria')
  expect(shown.body.data.integration).toMatchObject({ is_active: false, error_count: 0, last_error: null })
  expect(shown.body.data.integration.last_sync_at).not.toBeNull()
  const after = await hub.order()
  await hub.settle()
  await expect(hub.push(after)).rejects.toThrow('on no way')
  const history = await hub.ask('GET', 'pos/history/pizzeria')
  expect(history.body.data).toMatchObject({
    total: 1,
    limit: 50,
    offset: 0,
    logs: [{ order_id: before, status: 'success' }],
  })
  expect(await hub.ask('POST', `pos/sync/${after}`)).toMatchObject({ status: 409 })
  await connect({})
  const synced = await hub.ask('POST', `pos/sync/${after}`)
  expect(synced.body.data.syncLog).toMatchObject({ order_id: after, status: 'pending', retry_count: 0 })
  await hub.settle()
  expect(await hub.push(after)).toMatchObject({ status: 'success' })
})

test('history pages by limit and offset, and stats count with one decimal', async () => {
  hub.pos.fault = (name) => (name === 'orders.create' ? 'refused' : 'none')
  const failed = await hub.order()
  await hub.settle()
  const page = await hub.ask('GET', 'pos/history/pizzeria?limit=1&offset=1')
  expect(page.body.data).toMatchObject({ total: 3, limit: 1, offset: 1 })
  expect(page.body.data.logs).toHaveLength(1)
  const onlyFailed = await hub.ask('GET', 'pos/history/pizzeria?status=failed')
  expect(onlyFailed.body.data.logs).toMatchObject([
    { order_id: failed, error_message: 'Acme does not take the order as it stands.' },
  ])
  const { body } = await hub.ask('GET', 'pos/stats/pizzeria')
  expect(body.data.stats).toEqual({
    total_syncs: 3,
    successful_syncs: 2,
    failed_syncs: 1,
    pending_retries: 0,
    success_rate: 66.7,
  })
  expect(await hub.ask('GET', 'pos/history/pizzeria?status=odd')).toMatchObject({
    status: 400,
    body: { success: false },
  })
  expect(await hub.ask('GET', 'pos/history/foreign')).toMatchObject({ status: 403, body: { success: false } })
})

test('an order that is pushed twice at once, or again when it is there, is sent once', async () => {
  await hub.ask('PUT', `tenants/pizzeria/pos/configurations/${hub.connectionId}`, { push: { auto_sync_orders: false } })
  const id = await hub.order()
  await hub.settle()
  await expect(hub.push(id)).rejects.toThrow('on no way')
  const answers = await Promise.all([1, 2, 3, 4].map(() => hub.ask('POST', `pos/sync/${id}`)))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(new Set(answers.map(({ body }) => body.data.syncLog.id)).size).toBe(1)
  await hub.settle()
  await hub.ask('POST', `pos/sync/${id}`)
  await hub.settle()
  expect(hub.pos.orders.filter(({ reference }) => reference === id)).toHaveLength(1)
  const shown = await hub.ask('PUT', `tenants/pizzeria/pos/configurations/${hub.connectionId}`, {
    push: { auto_sync_orders: true, item_mapping: { margherita: 'A1' } },
  })
  expect(shown.body.push).toEqual({
    auto_sync_orders: true,
    sync_customer_info: true,
    item_mapping: { margherita: 'A1' },
  })
})

test('the timeline shows every call, and nothing of the customer', async () => {
  const id = await hub.order({ note: 'Ring at Rossi twice' })
  await hub.settle()
  const { status, body } = await hub.ask('GET', `tenants/pizzeria/orders/${id}/push`)
  expect(status).toBe(200)
  expect(body.attempts_made).toMatchObject([
    { no: 1, step: 'send', result: 'accepted', calls: [{ name: 'orders.create', status: 200, writes: true }] },
  ])
  const [call] = body.attempts_made[0].calls
  expect(call.request).toMatchObject({ reference: id, buyer_name: '•••', phone: '•••', note: '•••' })
  expect(JSON.stringify(body)).not.toMatch(/Rossi|Maria|493012|planted/)
})

test('phone and e-mail stay here where the merchant wants that', async () => {
  const change = { push: { sync_customer_info: false } }
  await hub.ask('PUT', `tenants/pizzeria/pos/configurations/${hub.connectionId}`, change)
  const id = await hub.order()
  await hub.settle()
  const { body } = await hub.ask('GET', `tenants/pizzeria/orders/${id}/push`)
  expect(body.attempts_made[0].calls[0].request).toMatchObject({ buyer_name: '•••', phone: null })
  await hub.ask('PUT', `tenants/pizzeria/pos/configurations/${hub.connectionId}`, {
    push: { sync_customer_info: true },
  })
})

test('a dry run shows what would be sent and sends nothing', async () => {
  const article = { externalId: 'A1', parentExternalId: null, name: 'Pizza Margherita', price: 950n }
  hub.articles.set('margherita', article)
  const id = await hub.order()
  await hub.settle()
  const asked = hub.pos.asked.length
  const { status, body } = await hub.ask('POST', `tenants/pizzeria/orders/${id}/push`, { dry_run: true })
  expect(status).toBe(200)
  expect(body.calls).toMatchObject([{ name: 'orders.create', writes: true }])
  expect(body.mapping).toMatchObject([{ item_id: 'margherita', pos_item_id: 'A1', pos_name: 'Pizza Margherita' }])
  expect(body.price_differences).toMatchObject([{ pointer: '/items/0', theirs: { amount: 950, currency: 'EUR' } }])
  expect(hub.pos.asked.length).toBe(asked)
  hub.articles.clear()
})

test('a test order arrives, is marked, and is taken back', async () => {
  const path = `tenants/pizzeria/pos/configurations/${hub.connectionId}/test-orders`
  const { status, body } = await hub.ask('POST', path, {})
  expect([status, body.test]).toEqual([202, true])
  await hub.settle()
  const made = hub.pos.orders.filter(({ reference }) => reference === body.order_id)
  expect(made).toMatchObject([{ cancelled: true }])
})

test('lists and statistics', async () => {
  const list = await hub.ask('GET', 'tenants/pizzeria/pushes?status=success,failed&limit=2')
  expect(list.body.data).toHaveLength(2)
  const next = await hub.ask(
    'GET',
    `tenants/pizzeria/pushes?status=success,failed&limit=500&cursor=${list.body.next_cursor}`,
  )
  expect(next.body.next_cursor).toBeNull()
  const ids = [...list.body.data, ...next.body.data].map(({ id }: { id: string }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(await hub.ask('GET', 'tenants/pizzeria/pushes?status=odd')).toMatchObject({ status: 400 })
  const { body } = await hub.ask('GET', 'tenants/pizzeria/pushes/statistics?days=1')
  expect(body.data).toMatchObject([
    { pos_system: 'generic-rest', failed: 1, failures: [{ code: 'acme.bad-order', count: 1 }] },
  ])
})

describe('what only a person can decide', () => {
  const resolve = (id: string, body: object) => hub.ask('POST', `tenants/pizzeria/orders/${id}/push/resolve`, body)
  async function undecided() {
    hub.be({ assurance: BLIND })
    hub.pos.dedupes = 'nothing'
    hub.pos.fault = (name) => (name === 'orders.create' ? 'timeout_after' : 'none')
    const id = await hub.order({ note: `of ${hub.pos.orders.length}` })
    await hub.settle()
    hub.pos.fault = () => 'none'
    return { id, theirs: hub.pos.orders.at(-1)?.id ?? '' }
  }

  test('is asked once, never sent again meanwhile, and counts among the retries', async () => {
    const { id } = await undecided()
    const before = hub.pos.orders.length
    await hub.pass(3 * 3_600_000)
    expect(hub.pos.orders.length).toBe(before)
    expect(await hub.push(id)).toMatchObject({ status: 'retry', outcome: 'unknown', waits_for: 'person' })
    const tasks = (await hub.tasks('push.undecided')).filter(({ subject }) => subject === `order/${id}`)
    expect(tasks).toMatchObject([
      { state: 'open', times: 1, data: { ours: { shows: expect.arrayContaining(['1 × Margherita']) } } },
    ])
    const { body } = await hub.ask('GET', 'pos/stats/pizzeria')
    expect(body.data.stats.pending_retries).toBe(1)
    await resolve(id, { decision: 'handled' })
    expect(await hub.push(id)).toMatchObject({ status: 'failed', error_code: 'push.handled', outcome: null })
  })

  test('it is this one', async () => {
    const { id, theirs } = await undecided()
    const answer = await resolve(id, { decision: 'is_this', pos_order_id: theirs })
    expect(answer).toMatchObject({ status: 200, body: { status: 'success', pos_order_id: theirs } })
    expect((await hub.tasks('push.undecided')).filter(({ subject }) => subject === `order/${id}`)).toMatchObject([
      { state: 'settled' },
    ])
    const other = await undecided()
    expect(await resolve(other.id, { decision: 'is_this', pos_order_id: theirs })).toMatchObject({
      status: 409,
      body: { code: 'push.taken' },
    })
    expect(await resolve(id, { decision: 'send_again' })).toMatchObject({
      status: 409,
      body: { code: 'push.no-question' },
    })
    await resolve(other.id, { decision: 'handled' })
  })

  test('it is sent again', async () => {
    const { id } = await undecided()
    const before = hub.pos.orders.length
    await resolve(id, { decision: 'send_again' })
    await hub.settle()
    expect(hub.pos.orders.length).toBe(before + 1)
    expect(await hub.push(id)).toMatchObject({ status: 'success' })
  })
})
