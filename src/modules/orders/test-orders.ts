import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createAccess, createTenant } from '#modules/access/access.ts'
import { createApiKey } from '#modules/access/keys.ts'
import { createSite, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import type { OutboxEvent } from '#platform/outbox/event.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault, type Vault } from '#platform/vault/vault.ts'
import { type TestDatabase, useDatabase } from '#tests/harness/database.ts'
import { createOrders, type Orders, type PushSummary, type StoredOrder } from './orders.ts'

// A pizzeria and its neighbour with nothing but orders, behind a real server and real keys. Its clock stands until a test
// moves it; what other modules would know is what the test says.

export const MINUTE = 60_000
export const DAY = 86_400_000
export const NOW = instant(Date.UTC(2026, 4, 8, 16))

export type Json = Readonly<Record<string, unknown>>
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Json }
export type Shop = { readonly tenant: Tenant; readonly site: Site; readonly key: string }

export type World = {
  now: Instant
  /** What the catalogue of every channel has; null: none has one. */
  catalogue: ReadonlySet<string> | null
  /** Whether orders go to a POS. */
  isPushed: boolean
  readonly pushes: Map<Id, PushSummary>
}

export type OrdersHub = {
  readonly db: TestDatabase
  readonly world: World
  readonly orders: Orders
  readonly vault: Vault
  readonly pizzeria: Shop
  readonly neighbour: Shop
  ask(
    shop: Shop,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  /** Hands an order in and expects that it is made. */
  made(shop: Shop, order: Json): Promise<Json>
  as<T>(shop: Shop, work: (tx: Tx) => Promise<T>): Promise<T>
  find(shop: Shop, id: unknown): Promise<StoredOrder>
  events(shop: Shop, orderId?: unknown): Promise<Pick<OutboxEvent, 'type' | 'data' | 'actor'>[]>
  keyWith(shop: Shop, ...scopes: string[]): Promise<string>
}

export const eur = (amount: number) => ({ amount, currency: 'EUR' })

let count = 0

/** Two pizzas, one with extra cheese, to be fetched in half an hour: 2 × (9.50 + 1.20) + 8.00 = 29.40. */
export function pizzas(changes: Json = {}): Json {
  count++
  return {
    channel: 'web-shop',
    external_id: `W-${count}`,
    number: `${count}`,
    placed_at: instantText(NOW),
    currency: 'EUR',
    fulfilment: { kind: 'pickup', at: instantText(instant(NOW + 30 * MINUTE)) },
    customer: { name: 'Maria Rossi', phone: '+49 30 123456', email: 'maria@rossi.example' },
    items: [
      {
        item_id: 'margherita',
        name: 'Pizza Margherita',
        quantity: 2,
        unit_price: eur(950),
        modifiers: [{ item_id: 'cheese', name: 'Extra cheese', unit_price: eur(120) }],
        note: 'well done for Maria',
      },
      { item_id: 'salad', name: 'Salad', quantity: '1', unit_price: eur(800) },
    ],
    total: eur(2940),
    payment: { state: 'due', method: 'cash' },
    note: 'ring at Rossi',
    ...changes,
  }
}

export function useOrders(): OrdersHub {
  const db = useDatabase()
  const world: World = { now: NOW, catalogue: null, isPushed: false, pushes: new Map() }
  const clock = { now: () => world.now }
  let app: FastifyInstance | undefined
  let close: (() => Promise<void>) | undefined
  let there: { base: string; orders: Orders; vault: Vault; pizzeria: Shop; neighbour: Shop } | undefined
  const hub = () => {
    if (there === undefined) throw new Error('the hub is there from the first test on, not before')
    return there
  }

  beforeAll(async () => {
    const { database } = db
    const access = createAccess({
      database,
      clock,
      log: SILENT_LOG,
      signInSecret: 's'.repeat(43),
      publicBase: new URL('http://localhost:9010'),
      hubKind: 'live',
      onTenantCreated: async () => undefined,
    })
    close = () => access.close()
    const vault = openVault({ database, clock, rootKey: new Uint8Array(32).fill(7) })
    const metrics = createMetrics()
    const orders = createOrders({
      database,
      vault,
      clock,
      metrics,
      knownItems: async (_tx, _tenantId, _channel, ids) => {
        const { catalogue } = world
        return catalogue && new Set(ids.filter((id) => catalogue.has(id)))
      },
      preview: async (_tx, { order }) => ({ lines: order.items.length }),
      pushesOf: async () => world.pushes,
      hasPush: async () => world.isPushed,
    })
    app = await createServer({
      routes: orders.routes,
      authenticate: access.authenticate,
      resolveTenant: access.resolveTenant,
      idempotency: createIdempotencyStore(database),
      log: SILENT_LOG,
      metrics,
      clock,
      publicBase: new URL('http://localhost:9010'),
      version: '0.0.0',
    })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const pizzeria = await openShop('pizzeria', 'EUR')
    const neighbour = await openShop('neighbour', 'EUR')
    there = { base, orders, vault, pizzeria, neighbour }
  })
  afterAll(async () => {
    await app?.close()
    await close?.()
  })

  async function openShop(slug: string, currency: string): Promise<Shop> {
    const traits = {
      name: slug,
      currency: currencyCode(currency),
      timeZone: zoneName('Europe/Berlin'),
      closeOutMinutes: 0,
    }
    const tenant = await createTenant(db.database, { ...traits, slug, kind: 'live' }, clock, async () => undefined)
    const site = await db.database.tenant(tenant.id, (tx) =>
      createSite(tx, tenant.id, { ...traits, name: 'Main', slug: 'main' }, NOW),
    )
    return { tenant, site, key: await keyFor(tenant, ['*:admin']) }
  }

  async function keyFor(tenant: Tenant, scopes: string[]): Promise<string> {
    const wanted = { name: 'test', scopes, createdBy: 'hub:test' }
    return (await db.database.tenant(tenant.id, (tx) => createApiKey(tx, tenant, wanted, NOW))).secret
  }

  const ask: OrdersHub['ask'] = async (shop, method, path, body, headers = {}) => {
    const answer = await fetch(`${hub().base}/api/v1/tenants/${shop.tenant.slug}/${path}`, {
      method,
      headers: {
        'x-api-key': shop.key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false
    return { status: answer.status, headers: answer.headers, text, body: isJson ? (JSON.parse(text) as Json) : {} }
  }

  return {
    db,
    world,
    get orders() {
      return hub().orders
    },
    get vault() {
      return hub().vault
    },
    get pizzeria() {
      return hub().pizzeria
    },
    get neighbour() {
      return hub().neighbour
    },
    ask,
    async made(shop, order) {
      const answer = await ask(shop, 'POST', 'orders', order)
      if (answer.status !== 201) throw new Error(`not made: ${answer.status} ${answer.text}`)
      return answer.body
    },
    as: (shop, work) => db.database.tenant(shop.tenant.id, work),
    async find(shop, id) {
      const found = await db.database.tenant(shop.tenant.id, (tx) =>
        hub().orders.find(tx, shop.tenant.id, String(id) as Id),
      )
      if (found === null) throw new Error(`there is no order ${id}`)
      return found
    },
    events: (shop, orderId) =>
      db.query<OutboxEvent>(
        `select type, data, actor from hub.outbox
         where tenant_id = $1 and type like 'order.%' and ($2::text is null or subject = 'order/' || $2)
         order by seq`,
        [shop.tenant.id, orderId === undefined ? null : String(orderId)],
      ),
    keyWith: (shop, ...scopes) => keyFor(shop.tenant, scopes),
  }
}
