import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startSquare } from '../../simulators/square/simulate.ts'
import { shopOf, sitesOf } from '../../simulators/trade/shop.ts'
import { type Answer, type Shop, until, useHub } from '../harness/hub.ts'

// A web shop's order, from its POST to the counter and back: the whole hub, the simulated provider with people at its
// counter, real HTTP. Every address that was promised for pushes is called here once.

const square = await startSquare({
  sellers: [{ shop: shopOf('cafe', { timeZone: 'Europe/Dublin', sites: sitesOf(1) }), country: 'IE' }],
  staff: { pace: 0.002 },
})
const hub = useHub({ providers: new Map([['SQUARE_BASE_URL', square.baseUrl]]) })

type Json = Readonly<Record<string, unknown>>
type Log = {
  id: string
  order_id: string
  status: string
  pos_order_id: string | null
  retry_count: number
  outcome?: string
}

let shop: Shop
const ask = (path: string, json?: unknown, method = json === undefined ? 'GET' : 'POST'): Promise<Answer> =>
  hub.ask(path, { key: shop.key, method, ...(json === undefined ? {} : { json }) })
const tenant = (path: string) => `/api/v1/tenants/dublin${path}`

const euros = (amount: number) => ({ amount, currency: 'EUR' })
let orders = 0
const webOrder = (changes: object = {}) => ({
  channel: 'web-shop',
  external_id: `w-${++orders}`,
  number: `WEB-${orders}`,
  placed_at: new Date().toISOString(),
  currency: 'EUR',
  fulfilment: { kind: 'pickup' },
  customer: { name: 'Ada Lovelace', phone: '+353151234567' },
  items: [
    { item_id: 'flat-white', name: 'Flat white', quantity: '2', unit_price: euros(420), note: 'extra hot' },
    { item_id: 'cake', name: 'Carrot cake', quantity: '1', unit_price: euros(550) },
  ],
  total: euros(1_390),
  payment: { state: 'paid', method: 'card', reference: 'pay_77' },
  ...changes,
})

const logOf = async (orderId: string): Promise<Log | undefined> => {
  const { json } = await ask('/api/v1/pos/history/dublin')
  return (json as { data: { logs: Log[] } }).data.logs.find((log) => log.order_id === orderId)
}
const pushedAs = (orderId: string, status: string) =>
  until(
    `order ${orderId} as ${status}`,
    () => logOf(orderId),
    (log) => log?.status === status,
  )
const place = async (changes: object = {}): Promise<string> => {
  const answer = await ask(tenant('/orders'), webOrder(changes))
  expect([answer.status, answer.text]).toEqual([201, answer.text])
  return (answer.json as { id: string }).id
}

beforeAll(async () => {
  shop = await hub.openShop('dublin', { timeZone: 'Europe/Dublin' })
})
afterAll(() => square.close())

describe('orders of a web shop and a counter at Square', () => {
  test('the POS is connected by its token alone, and shows no token again', async () => {
    const { access_token } = square.credentials
    const wrong = await ask('/api/v1/pos/connect', {
      business_id: 'dublin',
      provider: 'square',
      access_token: 'EAAAwrong',
    })
    expect([wrong.status, (wrong.json as Json).success]).toEqual([422, false])
    const connected = await ask('/api/v1/pos/connect', { business_id: 'dublin', provider: 'square', access_token })
    expect([connected.status, connected.text]).toEqual([200, connected.text])
    expect(connected.json).toMatchObject({
      success: true,
      data: { integration: { provider: 'square', is_active: true, auto_sync_orders: true, sync_customer_info: true } },
    })
    const shown = await ask('/api/v1/pos/integration/dublin')
    expect(shown.json).toMatchObject({ success: true, data: { integration: { error_count: 0, last_error: null } } })
    expect(connected.text + shown.text).not.toContain(access_token)
  })

  test('an order is at the counter within seconds, is made there, and comes back as ready and completed', async () => {
    const id = await place()
    const log = await pushedAs(id, 'success')
    expect(log).toMatchObject({ retry_count: 0, pos_order_id: expect.any(String) })
    const done = await until(
      'the order as completed',
      async () => (await ask(tenant(`/orders/${id}`))).json as Json,
      (order) => order.progress === 'completed',
    )
    const words = (done.history as { progress?: string }[]).map(({ progress }) => progress)
    expect(words).toEqual(expect.arrayContaining(['accepted', 'ready', 'completed']))
    const timeline = await ask(tenant(`/orders/${id}/push`))
    expect(timeline.status).toBe(200)
    expect(timeline.text).toContain('orders.create')
    expect(timeline.text).not.toMatch(/Lovelace|151234567|EAAA/)
  })

  test('it stands among the sales of the day, once', async () => {
    const sales = await until(
      'the sale',
      async () => (await ask(tenant('/pos/transactions'))).json as { data: { total: unknown; status: string }[] },
      ({ data }) => data.some(({ status }) => status === 'closed'),
    )
    expect(sales.data.filter(({ total }) => JSON.stringify(total) === JSON.stringify(euros(1_390)))).toHaveLength(1)
  })

  test('the same order twice is one, and so is a push that is asked for again', async () => {
    const order = webOrder()
    const answers = await Promise.all([1, 2, 3].map(() => ask(tenant('/orders'), order)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201])
    const [{ id }] = answers.map(({ json }) => json) as [{ id: string }]
    await pushedAs(id, 'success')
    const again = await ask(`/api/v1/pos/sync/${id}`, {})
    expect(again.json).toMatchObject({ success: true, data: { syncLog: { order_id: id, status: 'success' } } })
    const { pushed } = (await (await fetch(`${square.controlUrl}/requests`)).json()) as { pushed: { twins?: number }[] }
    expect(pushed.filter(({ twins = 1 }) => twins > 1)).toEqual([])
  })

  test('one that the POS took and did not answer for is looked for, and not made twice', async () => {
    square.fault({ name: 'error-after-commit', on: true, calls: ['orders.create'], times: 1, seed: 'a' })
    square.fault({ name: 'error-after-commit', on: true, calls: ['payments.create'], times: 1, seed: 'b' })
    const id = await place()
    await until(
      'the order in the POS',
      () => logOf(id),
      (log) => log?.status === 'success',
      60_000,
    )
    const { doubled } = (await (await fetch(`${square.controlUrl}/requests`)).json()) as { doubled: unknown[] }
    expect(doubled).toEqual([])
  }, 90_000)

  test('statistics add up, and pushing stops when the POS is disconnected, while history stays', async () => {
    const { json } = await ask('/api/v1/pos/stats/dublin')
    expect(json).toMatchObject({
      success: true,
      data: { stats: { total_syncs: 3, successful_syncs: 3, failed_syncs: 0, pending_retries: 0, success_rate: 100 } },
    })
    expect((await ask('/api/v1/pos/disconnect', { business_id: 'dublin' })).json).toMatchObject({ success: true })
    const id = await place()
    expect((await ask('/api/v1/pos/stats/dublin')).json).toMatchObject({ data: { stats: { total_syncs: 3 } } })
    expect(await logOf(id)).toBeUndefined()
    const other = await ask('/api/v1/pos/history/elsewhere')
    expect([other.status, (other.json as Json).success]).toEqual([403, false])
    expect((await hub.ask('/api/v1/pos/stats/dublin')).status).toBe(401)
  })
})
