import { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createSite } from '#modules/sites/sites.ts'
import type { Identity, Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { createLog } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { type TestDatabase, useDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import type { BookFigures } from '../../../connectors/contract.ts'
import type { Desk } from './desk.ts'
import type { OurFigures } from './first-figures.ts'
import { oauthRoutes } from './oauth-routes.ts'
import { connectionRoutes } from './routes.ts'
import { type TestConnectorTraits, testConnector } from './test-connector.ts'
import { openTestDesk, type TestDesk, type TestDeskOptions } from './test-desk.ts'
import { type Provider, startProvider } from './test-provider.ts'

// Two shops in one hub that knows nothing but connections, and the made-up provider they have accounts at. The hub's clock
// stands until a test moves it.

export type Answer = {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever the answers hold; each test knows what it asked for.
  readonly json: any
  readonly headers: Record<string, unknown>
  readonly text: string
}

export type Shops = {
  readonly db: TestDatabase
  readonly provider: Provider
  readonly desk: Desk
  /** As Prometheus reads them. */
  metrics(): Promise<string>
  readonly bakery: Tenant
  readonly butcher: Tenant
  now: Instant
  /** What stands in our own books, for the figures of the last step. */
  ours: readonly BookFigures[]
  /** Every line of the log so far, and every answer that was given. */
  readonly said: string[]
  /** As a key of the shop; `person` instead as somebody who is signed in. */
  ask(
    shop: Tenant | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Connects an account of the provider with its token. */
  connect(shop: Tenant, token: string, more?: object): Promise<Answer>
  events(shop: Tenant): Promise<{ type: string; data: Record<string, unknown> }[]>
}

export const CONFIGURATIONS = 'pos/configurations'

export function useShops(traits: Partial<TestConnectorTraits> = {}, deskOptions: Partial<TestDeskOptions> = {}): Shops {
  const db = useDatabase()
  const state = { now: instant(Date.parse('2026-11-20T10:00:00Z')), ours: [] as readonly BookFigures[] }
  const said: string[] = []
  let provider: Provider | undefined
  let opened: TestDesk | undefined
  let app: FastifyInstance | undefined
  const tenants = new Map<string, Tenant>()

  beforeAll(async () => {
    provider = await startProvider()
    provider.behaviour.now = () => state.now
    const clock = { now: () => state.now }
    const lines = new Writable({
      write(chunk: Buffer, _encoding, done) {
        said.push(chunk.toString())
        done()
      },
    })
    const log = createLog({ level: 'debug', to: lines })
    for (const [slug, currency, zone] of [
      ['bakery', 'EUR', 'Europe/Berlin'],
      ['butcher', 'CHF', 'Europe/Zurich'],
    ] as const) {
      const id = await makeTenant(db, slug)
      const timeZone = zoneName(zone)
      const tenant: Tenant = {
        id,
        slug,
        name: slug,
        kind: 'live',
        currency: currencyCode(currency),
        timeZone,
        closeOutMinutes: 0,
      }
      tenants.set(slug, tenant)
      await db.database.tenant(id, (tx) =>
        createSite(
          tx,
          id,
          { name: slug, slug: 'main', timeZone, currency: tenant.currency, closeOutMinutes: 0 },
          state.now,
        ),
      )
    }
    const application = { secret: 'acme-app-secret', token: provider.applicationToken }
    opened = openTestDesk({
      database: db.database,
      connector: testConnector(traits),
      urls: provider.urls,
      clock,
      log,
      application,
      ...deskOptions,
    })
    const ourFigures: OurFigures = async () => state.ours
    const { desk } = opened
    app = await createServer({
      routes: [...connectionRoutes({ desk, ourFigures }), ...oauthRoutes(desk)],
      authenticate: async (headers) => identityOf(tenants, headers),
      resolveTenant: async (identity, named) => {
        const slug = identity.kind === 'key' ? slugOf(tenants, identity) : 'bakery'
        const tenant = tenants.get(slug)
        if (tenant === undefined || !named.every((one) => one === slug || one === tenant.id)) {
          throw new Fault('denied', 'test.tenant', { say: 'not yours' })
        }
        const { kind, id, actor } = identity
        return { tenant, caller: { kind, id, actor, tenantId: tenant.id, scopes: new Set() } }
      },
      idempotency: createIdempotencyStore(db.database),
      log,
      metrics: createMetrics(),
      clock,
      publicBase: desk.publicBase,
      version: 'test',
    })
    await app.ready()
  })

  afterEach(() => {
    if (provider !== undefined) provider.behaviour.down = false
  })

  afterAll(async () => {
    await app?.close()
    await opened?.close()
    await provider?.close()
  })

  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('it is there from the first test on, not before')
    return thing
  }

  const shops: Shops = {
    db,
    said,
    get provider() {
      return there(provider)
    },
    get desk() {
      return there(opened).desk
    },
    metrics: async () => (await there(opened).metrics.text()).body,
    get bakery() {
      return there(tenants.get('bakery'))
    },
    get butcher() {
      return there(tenants.get('butcher'))
    },
    get now() {
      return state.now
    },
    set now(now) {
      state.now = now
    },
    get ours() {
      return state.ours
    },
    set ours(ours) {
      state.ours = ours
    },
    async ask(shop, method, path, body, headers = {}) {
      const url = path.startsWith('/') ? path : `/api/v1/tenants/${shop?.slug}/${path}`
      const sent = await there(app).inject({
        method,
        url,
        headers: { ...(shop === null ? {} : { 'x-api-key': shop.slug }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      })
      said.push(sent.body)
      const isJson = String(sent.headers['content-type'] ?? '').includes('json')
      return { status: sent.statusCode, json: isJson ? sent.json() : null, headers: sent.headers, text: sent.body }
    },
    connect: (shop, token, more = {}) =>
      shops.ask(shop, 'POST', CONFIGURATIONS, {
        pos_system: 'dine-pos',
        credentials: { access_token: token },
        ...more,
      }),
    async events(shop) {
      return db.query('select type, data from hub.outbox where tenant_id = $1 order by seq', [shop.id])
    },
  }
  return shops
}

function identityOf(tenants: ReadonlyMap<string, Tenant>, headers: Record<string, unknown>): Identity | null {
  if (headers.cookie !== undefined && String(headers.cookie).includes('session=ada')) {
    return { kind: 'person', id: newId(), actor: 'person:ada', name: 'Ada', email: 'ada@bakery.example' }
  }
  const slug = String(headers['x-api-key'])
  const tenant = tenants.get(slug)
  if (tenant === undefined) return null
  return { kind: 'key', id: newId(), actor: `key:${slug}`, tenantId: tenant.id, scopes: new Set() }
}

function slugOf(tenants: ReadonlyMap<string, Tenant>, identity: Identity & { kind: 'key' }): string {
  return [...tenants.values()].find(({ id }) => id === identity.tenantId)?.slug ?? ''
}
