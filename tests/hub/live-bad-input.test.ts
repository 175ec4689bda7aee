import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { type Answer, type Shop, until, useHub } from '#tests/harness/hub.ts'

// What strangers, mistakes and newer versions send to a hub that is connected: each gets an answer with a code, is counted,
// and leaves nothing in the tables that should not be there.

const sellers = [
  { shop: shopOf('cafe', { name: 'Bakery' }), country: 'IE', merchantId: 'MBAKERY' },
  { shop: shopOf('restaurant', { name: 'Rival' }), country: 'IE', merchantId: 'MRIVAL' },
]
const provider: RunningSquare = await startSquare({ sellers, rateLimit: null })
const sandbox: RunningSquare = await startSquare({ seed: 'sandbox', environment: 'Sandbox', rateLimit: null })
const hub = useHub({ providers: new Map([['SQUARE_BASE_URL', provider.baseUrl]]) })

const HEADER = 'x-square-hmacsha256-signature'
/** Of a subscription that the rival made by hand. */
const RIVAL_SECRET = 'the-rivals-own-signature-key'
const RECEIVED = 'tillwire_webhooks_received_total'
const ATTEMPTS = 'tillwire_connection_attempts_total'
let bakery: Shop
let rival: Shop
let bakeryTill = ''
let rivalTill = ''
/** The bakery's own address, and what is signed with at it. */
let url = ''
let secret = ''

beforeAll(async () => {
  bakery = await hub.openShop('bakery', { timeZone: 'Europe/Dublin' })
  rival = await hub.openShop('rival', { timeZone: 'Europe/Dublin' })
  bakeryTill = idOf(await connect(bakery, provider.credentials.access_token))
  rivalTill = idOf(await connect(rival, provider.connect('MRIVAL').accessToken, { webhook_secret: RIVAL_SECRET }))
  const subscribed = await until(
    'the subscription of the bakery',
    async () => provider.square.subscriptions.list().find((one) => one.notificationUrl.endsWith(bakeryTill)),
    (found) => found !== undefined,
  )
  url = subscribed?.notificationUrl ?? ''
  secret = subscribed?.signatureKey ?? ''
  await until(
    'the end of both first syncs',
    () => hub.db.query("select 1 from pos.sync_logs where state not in ('done', 'failed')"),
    (rows) => rows.length === 0,
  )
}, 60_000)
afterAll(async () => {
  await provider.close()
  await sandbox.close()
})

function connect(shop: Shop, token: string, sync: object = { webhooks: true }): Promise<Answer> {
  return hub.ask(`/api/v1/tenants/${shop.tenant.slug}/pos/configurations`, {
    method: 'POST',
    key: shop.key,
    json: {
      pos_system: 'square',
      name: 'Till',
      environment: 'production',
      credentials: { access_token: token },
      locations: 'all',
      sync,
    },
  })
}

function idOf({ status, json, text }: Answer): string {
  expect(status, text).toBe(201)
  return String(json?.id)
}

function signed(body: string, { key = secret, at = url }: { key?: string; at?: string } = {}): Record<string, string> {
  return { [HEADER]: createHmac('sha256', key).update(at).update(body).digest('base64') }
}

const deliver = (body: string, headers: Record<string, string>, at = url) =>
  hub.ask(new URL(at).pathname, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

let serial = 0
/** A payment as Square tells of it; nobody has rung it up. */
function told(change: { readonly merchant?: string; readonly type?: string; readonly more?: object } = {}): string {
  const id = `PAY${++serial}`
  const [location] = provider.locations
  const money = { amount: 1_000, currency: 'EUR' }
  const payment = {
    ...{ id, status: 'COMPLETED', source_type: 'CASH', amount_money: money, total_money: money },
    ...{ created_at: '2026-11-20T10:00:00Z', updated_at: '2026-11-20T10:00:00Z', location_id: location?.id },
    ...change.more,
  }
  const type = change.type ?? 'payment.created'
  const merchant_id = change.merchant ?? 'MBAKERY'
  const data = { type: 'payment', id, object: { payment } }
  return JSON.stringify({ merchant_id, type, event_id: `event-${id}`, created_at: '2026-11-20T10:00:00Z', data })
}

const TABLES = [
  ...['webhook_logs', 'source_records', 'source_record_versions', 'source_subjects', 'due_reads', 'schema_drift'],
  ...[
    'transactions',
    'transaction_payments',
    'refunds',
    'configurations',
    'connection_credentials',
    'webhook_endpoints',
  ],
]

/** How many rows there are of everything that something could have left behind. */
async function stored(): Promise<Record<string, number>> {
  const counts = TABLES.map((table) => `(select count(*)::int from pos.${table}) as ${table}`)
  const [row] = await hub.db.query<Record<string, number>>(`select ${counts.join(', ')}`)
  return row ?? {}
}

/** The sum of a metric's lines whose labels hold these words. */
async function counted(metric: string, ...labels: string[]): Promise<number> {
  const { text } = await hub.ask('/metrics')
  const lines = text.split('\n').filter((line) => line.startsWith(`${metric}{`))
  const own = lines.filter((line) => labels.every((label) => line.includes(`"${label}"`)))
  return own.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** What a delivery that is refused must leave: its code, one more in the metric, and every table as it was. */
async function expectRefused(
  sent: () => Promise<Answer>,
  { status, code, outcome }: { readonly status: number; readonly code: string; readonly outcome: string },
): Promise<void> {
  const before = await stored()
  const count = await counted(RECEIVED, outcome)
  const answer = await sent()
  expect({ status: answer.status, code: answer.json?.code }, answer.text).toEqual({ status, code })
  expect(answer.text).toMatch(/"[A-Z][^"]{15,}\."/)
  expect(await counted(RECEIVED, outcome)).toBe(count + 1)
  expect(await stored()).toEqual(before)
}

describe('webhooks', () => {
  test.each<[string, (body: string) => Record<string, string>, string]>([
    ['signed with another key', (body) => signed(body, { key: 'somebody-else' }), 'forged'],
    ['signed with nothing', (body) => signed(body, { key: '' }), 'forged'],
    ['signed for another address', (body) => signed(body, { at: `${url}/` }), 'forged'],
    ['whose body was changed on the way', (body) => signed(body.replace('1000', '9000')), 'forged'],
    ['without a signature', () => ({}), 'unsigned'],
  ])('one %s is refused', async (_, headers, why) => {
    const body = told()
    await expectRefused(() => deliver(body, headers(body)), { status: 401, code: `webhook.${why}`, outcome: why })
  })

  test('one that comes again, however often, is kept once', async () => {
    const body = told()
    const first = await deliver(body, signed(body))
    expect(first.status, first.text).toBe(200)
    const repeats = await counted(RECEIVED, 'repeated')
    const before = await stored()
    const again = await Promise.all(Array.from({ length: 8 }, () => deliver(body, signed(body))))
    expect(again.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(await counted(RECEIVED, 'repeated')).toBe(repeats + 8)
    expect((await stored()).webhook_logs).toBe(before.webhook_logs)
    const [log] = await hub.db.query('select repeats from pos.webhook_logs where event_id = $1', [`event-PAY${serial}`])
    expect(log).toEqual({ repeats: 8 })
  })

  test('one that is larger than any is refused before it is read', async () => {
    const body = told({ more: { note: 'x'.repeat(1_100_000) } })
    const before = await stored()
    const answer = await deliver(body, signed(body))
    expect([answer.status, answer.json?.code]).toEqual([413, 'http.body-too-large'])
    const count = await counted('tillwire_http_request_duration_seconds_count', '413')
    expect(count).toBeGreaterThan(0)
    expect(await stored()).toEqual(before)
  })

  test.each([
    ['no JSON', 'amount=10&currency=EUR'],
    ['JSON that breaks off', '{"merchant_id":"MBAKERY","type":"payment.created","event_id":"torn","data":{'],
    ['no object', '[1, 2, 3]'],
    ['bytes', '\u0000\u0001\uFFFD'],
  ])('a genuine one that is %s is kept as it came, and makes no fact', async (_, body) => {
    const before = await stored()
    const answer = await deliver(body, signed(body))
    expect(answer.status, answer.text).toBe(200)
    const rows = await hub.db.query('select outcome, code from pos.webhook_logs order by id desc limit 1')
    expect(rows).toEqual([{ outcome: 'failed', code: 'webhook.garbled' }])
    expect(await stored()).toEqual({ ...before, webhook_logs: (before.webhook_logs ?? 0) + 1 })
  })

  test('one of a tenant is worth nothing at the address of another', async () => {
    const body = told()
    const at = url.replace(bakeryTill, rivalTill)
    const refused = { status: 401, code: 'webhook.forged', outcome: 'forged' } as const
    await expectRefused(() => deliver(body, signed(body), at), refused)
    await expectRefused(() => deliver(body, signed(body, { at }), at), refused)
    // And whoever has a key of his own speaks of his own account alone.
    const before = await stored()
    expect((await deliver(body, signed(body, { key: RIVAL_SECRET, at }), at)).status).toBe(200)
    expect(await stored()).toEqual(before)
  })

  test('a genuine one that speaks of another tenant’s account reaches nobody', async () => {
    const body = told({ merchant: 'MRIVAL' })
    const before = await stored()
    const unowned = await counted(RECEIVED, 'unowned')
    const answer = await deliver(body, signed(body))
    expect(answer.status, answer.text).toBe(200)
    expect(await counted(RECEIVED, 'unowned')).toBe(unowned + 1)
    expect(await stored()).toEqual(before)
  })

  test.each([
    ['of another system', () => url.replace('/square/', '/toast/')],
    ['of no system', () => url.replace('/square/', '/no-such-till/')],
    ['of no connection', () => url.replace(bakeryTill, '01890000-0000-7000-8000-000000000000')],
  ])('an address %s is none', async (_, at) => {
    const body = told()
    const none = { status: 404, code: 'webhook.unknown-endpoint', outcome: 'unknown_endpoint' } as const
    await expectRefused(() => deliver(body, signed(body, { at: at() }), at()), none)
  })

  test('one of a type that nobody knows yet is put down as ignored, with a reason', async () => {
    const body = told({ type: 'payment.split_by_telepathy' })
    const before = await stored()
    expect((await deliver(body, signed(body))).status).toBe(200)
    const [log] = await hub.db.query('select outcome, say from pos.webhook_logs where event_id = $1', [
      `event-PAY${serial}`,
    ])
    expect(log).toMatchObject({ outcome: 'ignored', say: expect.stringMatching(/.{10,}/) })
    expect(await stored()).toEqual({ ...before, webhook_logs: (before.webhook_logs ?? 0) + 1 })
  })

  test('a sale told and answered by a newer version is filed to the cent, and what is new is counted', async () => {
    for (const name of ['unknown-field', 'unknown-enum']) provider.fault({ name, on: true, rate: 1 })
    provider.sell({ count: 12, seed: 'newer' })
    await provider.idle()
    const theirs = () => provider.books({ merchant: 'MBAKERY' })[0]
    const ours = await until(
      'equal books',
      async () => {
        const [row] = await hub.db.query<{ count: number; total: number }>(
          "select count(*)::int as count, sum(total)::int as total from pos.transactions where status = 'closed'",
        )
        return row
      },
      (row) => row?.count === theirs()?.count,
    )
    for (const name of ['unknown-field', 'unknown-enum']) provider.fault({ name, on: false })
    expect(ours?.total).toBe(theirs()?.total)
    const drift = await hub.db.query('select what from pos.schema_drift group by 1')
    expect(drift).not.toEqual([])
  })
})

describe('credentials', () => {
  const expired = () => {
    const monthAgo = provider.clock.now() - 31 * 86_400_000
    return provider.square.tokens.issue('MRIVAL', ['MERCHANT_PROFILE_READ', 'ORDERS_READ', 'PAYMENTS_READ'], monthAgo)
      .access.text
  }
  const narrow = () => provider.connect('MRIVAL', ['MERCHANT_PROFILE_READ', 'CUSTOMERS_READ']).accessToken

  test.each<[string, () => string, string]>([
    ['made up', () => 'EAAAnobody-ever-gave-this-out', 'connections.credentials-refused'],
    ['of the sandbox', () => sandbox.credentials.access_token, 'connections.credentials-refused'],
    ['expired', expired, 'connections.credentials-expired'],
    ['empty', () => '   ', 'connections.credentials-incomplete'],
    ['too weak', narrow, 'connections.permission-missing'],
    [
      'of an account that another tenant has',
      () => provider.credentials.access_token,
      'connections.account-unavailable',
    ],
  ])('that are %s connect nothing', async (_, token, code) => {
    const before = await stored()
    const count = await counted(ATTEMPTS, 'square')
    const answer = await connect(rival, token())
    expect(answer.status, answer.text).toBe(422)
    expect(answer.json?.code).toBe(code)
    expect(answer.text).not.toContain(token().trim() || 'access_token":"')
    expect(await counted(ATTEMPTS, 'square')).toBe(count + 1)
    expect(await stored()).toEqual(before)
  })
})
