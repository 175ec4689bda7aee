import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createAccess, createTenant } from '#modules/access/access.ts'
import { createApiKey } from '#modules/access/keys.ts'
import { openConnections } from '#modules/connections/open.ts'
import { createOrders } from '#modules/orders/orders.ts'
import { createSite } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { openOutbox } from '#platform/outbox/outbox.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import { type TestDatabase, useDatabase } from '#tests/harness/database.ts'
import type { PosArticle } from '../../../connectors/contract.ts'
import type { PushHooks } from './desk.ts'
import { createPushes, type Pushes } from './pushes.ts'
import { startTestPos, type TestPos } from './test-pos.ts'
import { type TestTraits, testPosConnector } from './test-pos-connector.ts'
import { createPushWishes } from './wishes.ts'

// Orders, connections and pushes put together as the hub does it, before a made-up POS. The clock stands until a test
// moves it; `pass` lets time go by from one due moment to the next.

// biome-ignore lint/suspicious/noExplicitAny: whatever the answers hold; each test knows what it asked for.
export type Json = any
export type Answer = { readonly status: number; readonly body: Json }
export type Row = Readonly<Record<string, Json>>

export type PushHub = {
  readonly db: TestDatabase
  readonly pos: TestPos
  readonly pushes: Pushes
  readonly tenant: Tenant
  /** The connection that orders go to. */
  readonly connectionId: Id
  now: Instant
  at: ((point: string) => Promise<void>) | null
  articles: Map<string, PosArticle>
  /** The POS tells of changes by itself. */
  tells: boolean
  ask(method: string, path: string, body?: unknown): Promise<Answer>
  /** Hands an order in as its channel would, and answers its id. */
  order(changes?: Record<string, unknown>): Promise<Id>
  /** From now on the POS is as sure of its orders as these say. */
  be(traits: Partial<TestTraits>): void
  /** Everything that is due now is done. */
  settle(): Promise<void>
  /** Lets time go by to each due moment in turn, until nothing is due within `ms`. */
  pass(ms: number): Promise<void>
  /** What was accepted is on its way, and nobody works at it. */
  follow(): Promise<void>
  nextDue(until: Instant): Promise<Instant | null>
  push(orderId: Id): Promise<Row>
  attempts(orderId: Id): Promise<Row[]>
  tasks(kind?: string): Promise<Row[]>
  notices(kind?: string): Promise<Row[]>
  /** Another process on the same database, whose worker a test may end. */
  anotherHub(hooks?: Partial<PushHooks>): Pushes
}

let heard = 0
function forgetful(): number {
  heard += 10_000
  return heard
}

export const NOON = instant(Date.UTC(2026, 4, 8, 12))
const ROOT = createHash('sha256').update('a root key of tests').digest()

export function usePushHub(traits: Partial<TestTraits> = {}): PushHub {
  const db = useDatabase()
  const state = {
    now: NOON,
    at: null as PushHub['at'],
    articles: new Map<string, PosArticle>(),
    mapping: {} as Readonly<Record<string, string>>,
    tells: true,
    connector: testPosConnector(traits),
    there: undefined as Awaited<ReturnType<typeof open>> | undefined,
  }
  let count = 0
  const there = () => {
    if (state.there === undefined) throw new Error('the hub is there from the first test on, not before')
    return state.there
  }

  async function open() {
    const clock = { now: () => state.now }
    const pos = await startTestPos()
    pos.now = () => state.now
    const outbox = openOutbox({ database: db.database, clock })
    const { database } = outbox
    const metrics = createMetrics()
    const vault = openVault({ database, clock, rootKey: ROOT })
    const access = createAccess({
      database,
      clock,
      log: SILENT_LOG,
      signInSecret: 's'.repeat(43),
      publicBase: new URL('http://localhost:9010'),
      hubKind: 'live',
      onTenantCreated: async () => undefined,
    })
    const outbound = createOutbound({
      clock,
      random: () => 0.5,
      metrics,
      monotonicMs: () => performance.now() + state.now - NOON,
    })
    const connections = openConnections({
      database,
      clock,
      log: SILENT_LOG,
      metrics,
      vault,
      outbound,
      fingerprintKey: ROOT,
      systems: {
        findConnector: (posSystem) => (posSystem === state.connector.id ? state.connector : null),
        baseUrlOf: () => pos.url,
        addressOf: () => ({ baseUrl: pos.url, addressBy: 'hub', guarded: false }),
        applicationOf: () => null,
        applicationSettings: () => [],
      },
      publicBase: new URL('http://localhost:9010'),
      ourFigures: async () => [],
      pushWishes: createPushWishes({
        mappingOf: async () => state.mapping,
        replaceMapping: async (_tx, _id, { mapping }) => {
          state.mapping = mapping
        },
      }),
      siteDefaultsOf: async () => tenant,
      onPlacesChosen: async () => undefined,
    })
    const orders = createOrders({
      database,
      vault,
      clock,
      metrics,
      hasPush: (tx, tenantId, orderId) => pushes.hasPush(tx, tenantId, orderId),
      pushesOf: (tx, tenantId, orderIds) => pushes.summaryOf(tx, tenantId, orderIds),
      preview: (tx, stored) => pushes.preview(tx, stored),
    })
    const hooks: PushHooks = {
      orders,
      converse: connections.converse,
      findLive: connections.findLive,
      articlesFor: async (_tx, _tenantId, { itemIds }) =>
        new Map(itemIds.flatMap((id) => (state.articles.has(id) ? [[id, state.articles.get(id) as PosArticle]] : []))),
      connectAccount: connections.connectAccount,
      takeOrder: async (_tenantId, given) => hub.order(given),
      isToldWell: async () => state.tells,
      at: async (point) => state.at?.(point),
    }
    const made = (more: Partial<PushHooks> = {}, onMetrics = createMetrics()) =>
      createPushes({
        ...hooks,
        ...more,
        database,
        vault,
        clock,
        random: () => 0.5,
        log: SILENT_LOG,
        metrics: onMetrics,
        // Nothing is remembered: a test changes its POS from one line to the next.
        monotonicMs: forgetful,
      })
    const pushes = made({}, metrics)
    for (const follower of pushes.followers) outbox.follow(follower)
    await outbox.start()
    const app = await createServer({
      routes: [...orders.routes, ...connections.routes, ...pushes.routes],
      authenticate: access.authenticate,
      resolveTenant: access.resolveTenant,
      idempotency: createIdempotencyStore(database),
      log: SILENT_LOG,
      metrics,
      clock,
      publicBase: new URL('http://localhost:9010'),
      version: '0.0.0',
    })
    const tenant = await openTenant(clock)
    const wanted = { name: 'test', scopes: ['*:admin'], createdBy: 'hub:test' }
    const { secret: key } = await database.tenant(tenant.id, (tx) => createApiKey(tx, tenant, wanted, NOON))
    const close = async () => {
      await pushes.stop()
      await outbox.stop()
      await app.close()
      await outbound.close()
      await access.close()
      await pos.close()
    }
    return { pos, outbox, database, vault, connections, orders, pushes, app, tenant, key, made, close }
  }

  async function openTenant(clock: { now(): Instant }): Promise<Tenant> {
    const traits = {
      name: 'pizzeria',
      currency: currencyCode('EUR'),
      timeZone: zoneName('Europe/Berlin'),
      closeOutMinutes: 0,
    }
    const tenant = await createTenant(
      db.database,
      { ...traits, slug: 'pizzeria', kind: 'live' },
      clock,
      async () => undefined,
    )
    await db.database.tenant(tenant.id, (tx) =>
      createSite(tx, tenant.id, { ...traits, name: 'Main', slug: 'main' }, NOON),
    )
    return tenant
  }

  beforeAll(async () => {
    state.there = await open()
    const { tenant, app, key } = state.there
    const connected = await askOf(app, key)('POST', `tenants/${tenant.slug}/pos/configurations`, {
      pos_system: 'generic-rest',
      credentials: { access_token: 'planted-token' },
    })
    if (connected.status !== 201) throw new Error(`not connected: ${JSON.stringify(connected.body)}`)
    await db.query(
      `insert into pos.push_targets (tenant_id, connection_id, location, active, set_by, set_at)
       select tenant_id, id, 'P1', true, 'hub:test', $2 from pos.configurations where tenant_id = $1`,
      [tenant.id, instantText(NOON)],
    )
  })
  afterAll(() => state.there?.close())
  beforeEach(() => {
    const { pos } = there()
    pos.fault = () => 'none'
    state.at = null
  })

  const hub: PushHub = {
    db,
    get pos() {
      return there().pos
    },
    get pushes() {
      return there().pushes
    },
    get tenant() {
      return there().tenant
    },
    get connectionId() {
      return connectionId as Id
    },
    get now() {
      return state.now
    },
    set now(now) {
      state.now = now
    },
    get at() {
      return state.at
    },
    set at(at) {
      state.at = at
    },
    articles: state.articles,
    get tells() {
      return state.tells
    },
    set tells(tells) {
      state.tells = tells
    },
    ask: (method, path, body) => askOf(there().app, there().key)(method, path, body),
    async order(changes = {}) {
      count++
      const answer = await hub.ask('POST', `tenants/${there().tenant.slug}/orders`, {
        channel: 'web-shop',
        external_id: `W-${count}`,
        number: `${count}`,
        placed_at: instantText(state.now),
        currency: 'EUR',
        fulfilment: { kind: 'pickup' },
        customer: { name: 'Maria Rossi', phone: '+4930123456', email: 'maria@rossi.example' },
        items: [
          {
            item_id: 'margherita',
            name: 'Margherita',
            quantity: 1,
            unit_price: { amount: 1000 + count, currency: 'EUR' },
          },
        ],
        total: { amount: 1000 + count, currency: 'EUR' },
        payment: { state: 'paid', method: 'card' },
        ...changes,
      })
      if (answer.status !== 201) throw new Error(`not taken: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body.id as Id
    },
    be(next) {
      state.connector = testPosConnector(next)
    },
    async settle() {
      for (let rounds = 0; rounds < 50; rounds++) {
        await there().outbox.tick(state.now)
        await there().outbox.idle()
        await there().pushes.steps[0]?.run(state.now)
        await there().pushes.idle()
        if ((await dueBefore(state.now)) === null) return
      }
    },
    async follow() {
      await there().outbox.tick(state.now)
      await there().outbox.idle()
    },
    nextDue: dueBefore,
    async pass(ms) {
      const until = instant(state.now + ms)
      await hub.settle()
      for (;;) {
        const next = await dueBefore(until)
        if (next === null) break
        // What is due and held back, since its system is known not to answer, waits for the time to go on.
        state.now = instant(Math.min(Math.max(next, state.now + 250), until))
        if (state.now === until) break
        await hub.settle()
      }
      state.now = until
      await hub.settle()
    },
    push: async (orderId) => {
      const [row] = await db.query('select * from pos.pushes where order_id = $1', [orderId])
      if (row === undefined) throw new Error(`order ${orderId} is on no way`)
      return row
    },
    attempts: (orderId) =>
      db.query(
        `select a.* from pos.push_attempts a join pos.pushes p on p.id = a.push_id where p.order_id = $1 order by a.no`,
        [orderId],
      ),
    tasks: (kind) =>
      db.query(`select * from pos.tasks where ($1::text is null or kind = $1) order by raised_at`, [kind ?? null]),
    notices: (kind) =>
      db.query(`select * from pos.notices where ($1::text is null or kind = $1) order by created_at`, [kind ?? null]),
    anotherHub: (hooks) => there().made(hooks),
  }
  let connectionId: string | undefined
  beforeAll(async () => {
    connectionId = (await db.query<{ id: string }>('select id from pos.configurations'))[0]?.id
  })

  async function dueBefore(until: Instant): Promise<Instant | null> {
    const [row] = await db.query<{ at: Date | null }>('select min(due_at) as at from pos.pushes where due_at <= $1', [
      instantText(until),
    ])
    return row?.at == null ? null : instant(row.at.getTime())
  }
  return hub
}

function askOf(app: FastifyInstance, key: string) {
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const sent = await app.inject({
      method: method as 'GET',
      url: path.startsWith('/') ? path : `/api/v1/${path}`,
      headers: { 'x-api-key': key },
      ...(body === undefined ? {} : { payload: body as object }),
    })
    const isJson = String(sent.headers['content-type'] ?? '').includes('json')
    return { status: sent.statusCode, body: isJson ? sent.json() : sent.body }
  }
}
