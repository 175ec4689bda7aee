import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import { zoneName } from '#kernel/zone.ts'
import { mirrorRoutes } from '#modules/mirror/routes.ts'
import type { Caller, Tenant } from '#platform/http/caller.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { askAt, rowsOf, until } from '#tests/harness/hub.ts'
import { sourcesOfSale } from '../records/sources-of-sale.ts'
import { NOW, openTestShop, type TestShop, testVault } from '../records/test-shop.ts'
import { TILL, type TillOrder } from '../records/test-till.ts'
import { webhookLogRoutes } from './log-routes.ts'
import { webhookRoutes } from './routes.ts'
import {
  BASE,
  deliveryOf,
  eventOf,
  openDesk,
  orderRef,
  PATH,
  startProvider,
  type TestDesk,
  type TestProvider,
} from './test-desk.ts'

// The addresses over real HTTP. Two tenants, each with one key: its own slug.

const db = useDatabase()
let vault: Vault
let shop: TestShop
let other: TestShop
let provider: TestProvider
let desk: TestDesk
let app: FastifyInstance
let url: URL
let away: Database

beforeAll(async () => {
  vault = testVault(db)
  shop = await openTestShop(db, 'corner-cafe')
  other = await openTestShop(db, 'other-cafe')
  provider = await startProvider()
  desk = openDesk(db.database, vault, provider, [shop.connection, other.connection])
  const served = await serve(db.database, desk)
  app = served.app
  url = served.url
  away = openDatabase({ url: 'postgres://tillwire:x@127.0.0.1:1/nowhere' })
})
afterAll(async () => {
  await app.close()
  await desk.stop()
  await provider.close()
  await away.close()
})

async function serve(database: Database, deliveries: TestDesk): Promise<{ app: FastifyInstance; url: URL }> {
  const tenants = new Map<string, Tenant>([
    ['corner-cafe', tenantOf('corner-cafe', shop.tenantId)],
    ['other-cafe', tenantOf('other-cafe', other.tenantId)],
  ])
  const findConnector = (posSystem: string) =>
    posSystem === 'generic-rest' ? { id: 'generic-rest' as const, name: 'Till', live: TILL } : null
  const made = await createServer({
    routes: [
      ...webhookRoutes(deliveries.receiver),
      ...webhookLogRoutes({
        database,
        vault,
        findConnector,
        subscriptionsOf: async (tenantId) => {
          const { id } = tenantId === shop.tenantId ? shop.connection : other.connection
          const words = { state: 'subscribed', say: 'It tells.', reason: null, url: null, checked_at: null }
          return [{ connectionId: id, name: 'Till', ...words }]
        },
      }),
      ...mirrorRoutes(database, (tenantId, sale) => sourcesOfSale({ database, vault, findConnector }, tenantId, sale)),
    ],
    authenticate: async (headers) => {
      const tenant = tenants.get(String(headers['x-api-key']))
      return tenant === undefined
        ? null
        : { kind: 'key', id: newId(), actor: 'key:1', tenantId: tenant.id, scopes: new Set() }
    },
    resolveTenant: async (identity, named) => {
      const tenant = [...tenants.values()].find(({ id }) => 'tenantId' in identity && id === identity.tenantId)
      if (tenant === undefined || named.some((name) => name !== tenant.slug && name !== tenant.id)) {
        throw new HttpFault(403, 'test.tenant', { say: 'not yours' })
      }
      const caller: Caller = { kind: 'key', id: newId(), actor: 'key:1', tenantId: tenant.id, scopes: new Set() }
      return { tenant, caller }
    },
    idempotency: createIdempotencyStore(database),
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock: { now: () => NOW },
    publicBase: BASE,
    version: '0.0.0',
  })
  return { app: made, url: new URL(await made.listen({ port: 0, host: '127.0.0.1' })) }
}

function tenantOf(slug: string, id: TenantId): Tenant {
  const [currency, timeZone] = [currencyCode('EUR'), zoneName('Europe/Berlin')]
  return { id, slug, name: slug, kind: 'live', currency, timeZone, closeOutMinutes: 0 }
}

function order(id: string, changes: Partial<TillOrder> = {}): TillOrder {
  return { id, version: 1, updated_at: NOW, place: 'main', state: 'closed', total: 900, item: 'Breakfast', ...changes }
}

const post = (delivery: ReturnType<typeof deliveryOf>, base = url) =>
  askAt(base, delivery.path, { method: 'POST', headers: delivery.headers, body: delivery.body })

beforeEach(() => {
  Object.assign(provider, { status: 200, delayMs: 0 })
})

describe('the receiver', () => {
  test.each([PATH, '/webhooks/pos/generic-rest'])(
    'answers at %s that it was received, and nothing else',
    async (path) => {
      const answer = await post(deliveryOf(eventOf(shop.connection, { orders: [order(`at ${path.length}`)] }), path))
      expect(answer).toMatchObject({ status: 200, text: '{"status":"received"}' })
    },
  )

  test('answers at a connection’s own address', async () => {
    const path = `${PATH}/${shop.connection.id}`
    const answer = await post(deliveryOf(eventOf(shop.connection, { account: null, orders: [order('own')] }), path))
    expect(answer).toMatchObject({ status: 200, json: { status: 'received' } })
  })

  test('refuses what is forged, what nobody serves and what is too large, each with its code', async () => {
    expect(await post(deliveryOf('{}', PATH, 'wrong'))).toMatchObject({ status: 401, json: { code: 'webhook.forged' } })
    const nowhere = await post({ ...deliveryOf('{}'), path: '/api/v1/webhooks/abacus' })
    expect(nowhere).toMatchObject({ status: 404, json: { code: 'webhook.unknown-endpoint' } })
    const large = await post(deliveryOf('x'.repeat(1024 * 1024 + 1)))
    expect(large).toMatchObject({ status: 413, json: { code: 'http.body-too-large' } })
    expect(await post(deliveryOf(''))).toMatchObject({ status: 200 })
  })

  test('says 503 and when to come again while nothing can be stored', async () => {
    const stranded = openDesk(away, vault, provider, [shop.connection])
    const served = await serve(away, stranded)
    try {
      const answer = await post(deliveryOf(eventOf(shop.connection, { orders: [order('stranded')] })), served.url)
      expect(answer.status).toBe(503)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    } finally {
      await served.app.close()
      await stranded.stop()
    }
  })
})

describe('the log', () => {
  const list = (tenant: string, id: string, query = '') =>
    askAt(url, `/api/v1/tenants/${tenant}/pos/configurations/${id}/webhooks${query}`, { key: tenant })

  async function deliver(changes: Parameters<typeof eventOf>[1]) {
    const event = eventOf(shop.connection, changes)
    await post(deliveryOf(event))
    const rows = await until(
      'its end',
      async () => rowsOf<Logged>(await list('corner-cafe', shop.connection.id, '?limit=500')),
      (all) => all.some((row) => row.event_id === event.id && row.outcome !== 'received'),
    )
    const row = rows.find((one) => one.event_id === event.id)
    if (row === undefined) throw new Error('it was listed a moment ago')
    return row
  }

  type Logged = { id: string; event_id: string | null; outcome: string; type: string }

  test('shows what was sent beside the sales it led to, and no personal data', async () => {
    const row = await deliver({ orders: [order('shown', { buyer_email: 'grace@example.org' })] })
    const detail = await askAt(
      url,
      `/api/v1/tenants/corner-cafe/pos/configurations/${shop.connection.id}/webhooks/${row.id}`,
      { key: 'corner-cafe' },
    )
    expect(detail.text).not.toContain('grace@example.org')
    expect(detail.json).toMatchObject({
      outcome: 'processed',
      facts: ['sale:shown'],
      payload: { orders: [{ id: 'shown', total: 900, buyer_email: '•••' }] },
      sales: [{ external_id: 'shown', total: { amount: 900, currency: 'EUR' } }],
    })
  })

  test('a sale shows the records it was read from', async () => {
    await deliver({ orders: [order('sourced', { buyer_email: 'grace@example.org' })] })
    const [row] = await db.query<{ id: string }>("select id from pos.transactions where external_id = 'sourced'")
    const sale = await askAt(url, `/api/v1/tenants/corner-cafe/pos/transactions/${row?.id}`, { key: 'corner-cafe' })
    expect(sale.text).not.toContain('grace@example.org')
    expect(sale.json?.sources).toMatchObject([
      { kind: 'order', external_id: 'sourced', version: '1', told_by: 'webhook', earlier: 0, body: { total: 900 } },
    ])
  })

  test('is filtered by outcome, type and time, and paged', async () => {
    await deliver({ type: 'rocket.launched' })
    await deliver({ orders: [order('paged')] })
    const ignored = await list('corner-cafe', shop.connection.id, '?outcome=ignored&type=rocket.launched')
    expect(rowsOf<Logged>(ignored).map(({ type }) => type)).toEqual(['rocket.launched'])
    expect(rowsOf(await list('corner-cafe', shop.connection.id, '?from=2030-01-01T00:00:00Z'))).toEqual([])
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list('corner-cafe', shop.connection.id, `?limit=2${cursor}`)
      seen.push(...rowsOf<Logged>(page).map(({ id }) => id))
      cursor = page.json?.next_cursor === null ? '' : `&cursor=${page.json?.next_cursor}`
    } while (cursor !== '')
    const all = rowsOf<Logged>(await list('corner-cafe', shop.connection.id, '?limit=500'))
    expect(seen).toEqual(all.map(({ id }) => id))
  })

  test.each(['?outcome=lost', '?from=yesterday', '?limit=0', '?cursor=x', '?colour=red'])(
    'refuses %s',
    async (query) => {
      expect(await list('corner-cafe', shop.connection.id, query)).toMatchObject({ status: 400 })
    },
  )

  test('a delivery can be worked at once more, with what is mended meanwhile', async () => {
    const row = await deliver({ orders: [order('mended', { total: -5 })] })
    const { reader } = TILL
    const replay = () =>
      askAt(url, `/api/v1/tenants/corner-cafe/pos/configurations/${shop.connection.id}/webhooks/${row.id}/replay`, {
        method: 'POST',
        key: 'corner-cafe',
      })
    const mendedReader = {
      ...reader,
      read: (...[subject, records, also, lookup]: Parameters<typeof reader.read>) => {
        const mended = records.map((one) => ({ ...one, body: one.body.replace('"total":-5', '"total":5') }))
        return reader.read(subject, mended, also, lookup)
      },
    }
    const mended = openDesk(db.database, vault, provider, [
      { ...shop.connection, live: { ...TILL, reader: mendedReader } },
    ])
    expect(await replay()).toMatchObject({ status: 202, json: { outcome: 'received', attempts: 0 } })
    expect(await replay()).toMatchObject({ status: 409, json: { code: 'webhook.busy' } })
    await mended.tick(NOW)
    await until(
      'the mended sale',
      () => db.query<{ total: string }>("select total from pos.transactions where external_id = 'mended'"),
      ([sale]) => sale?.total === '5',
    )
    await mended.stop()
  })

  test('tells a stranger nothing, and another tenant no more', async () => {
    const row = await deliver({ orders: [order('walled')] })
    expect(await list('other-cafe', shop.connection.id)).toMatchObject({ status: 200, json: { data: [] } })
    const path = `/api/v1/tenants/other-cafe/pos/configurations/${shop.connection.id}/webhooks/${row.id}`
    expect(await askAt(url, path, { key: 'other-cafe' })).toMatchObject({ status: 404 })
    expect(await askAt(url, `${path}/replay`, { method: 'POST', key: 'other-cafe' })).toMatchObject({ status: 404 })
    const crossed = path.replace('other-cafe', 'corner-cafe')
    expect(await askAt(url, crossed, { key: 'other-cafe' })).toMatchObject({ status: 403 })
    expect(await askAt(url, crossed)).toMatchObject({ status: 401 })
  })

  test('the state of a system’s webhooks is of the caller’s tenant alone', async () => {
    provider.status = 503
    await post(deliveryOf(eventOf(shop.connection, { refs: [orderRef('waits')], type: 'last.of.all' })))
    const ask = (key: string) => askAt(url, '/api/v1/webhooks/generic-rest/status', { key })
    const { json } = await ask('corner-cafe')
    expect(json).toMatchObject({
      last_event: { type: 'last.of.all' },
      lag_seconds: 0,
      connections: [{ connection_id: shop.connection.id, subscription: { state: 'subscribed' } }],
    })
    expect(json?.events).toMatchObject({ received: 1 })
    expect((await ask('other-cafe')).json).toMatchObject({ last_event: null, events: { received: 0, processed: 0 } })
    expect(await ask('nobody')).toMatchObject({ status: 401 })
  })
})
