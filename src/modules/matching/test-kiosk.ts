import type { FastifyInstance } from 'fastify'
import type { CatalogArticle } from '#canon/catalog.ts'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createConnection } from '#modules/connections/connections.ts'
import { recordCatalogArticles } from '#modules/mirror/catalog.ts'
import { raiseTask, settleTask } from '#modules/notices/notices.ts'
import type { Identity, Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { JsonObject } from '#platform/outbox/event.ts'
import { type Outbox, openOutbox } from '#platform/outbox/outbox.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import type { TestDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import { createMatching, type Matching } from './matching.ts'

// A kiosk that sells at its counter and in a web shop: its till's catalogue, the web shop's own, and a server in front.

export type Kiosk = { readonly tenant: Tenant; readonly till: Id; readonly sites: ReadonlyMap<string, Id> }

export type Told = { readonly status: number; readonly json: Readonly<Record<string, unknown>>; readonly text: string }

export type TestStreet = {
  readonly matching: Matching
  readonly now: Instant
  /** Connections that orders go to. */
  readonly targets: Set<Id>
  openKiosk(slug: string): Promise<Kiosk>
  /** The catalogue of the kiosk's till; what is left out stays. */
  stock(kiosk: Kiosk, ...articles: readonly CatalogArticle[]): Promise<void>
  ask(kiosk: Kiosk, method: 'GET' | 'PUT' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Told>
  /** A line in the kiosk's outbox, taken up by whoever follows. */
  say(kiosk: Kiosk, type: string, data: JsonObject): Promise<void>
  /** Moves the clock and does all that is due. */
  advance(ms: number): Promise<void>
  /** Data of the kiosk's events of a type, in their order. */
  told(kiosk: Kiosk, type: string): Promise<readonly JsonObject[]>
  openTasks(kiosk: Kiosk): Promise<readonly { readonly kind: string; readonly title: string }[]>
  close(): Promise<void>
}

export const MORNING = instant(Date.parse('2026-03-10T09:00:00Z'))

export async function openStreet(db: TestDatabase): Promise<TestStreet> {
  const kiosks: Kiosk[] = []
  const targets = new Set<Id>()
  let now: Instant = MORNING
  const clock = { now: () => now }
  const outbox: Outbox = openOutbox({ database: db.database, clock })
  const { database } = outbox
  const kioskOf = (tenantId: TenantId) => kiosks.find(({ tenant }) => tenant.id === tenantId)
  const matching = createMatching({
    database,
    clock,
    notices: { raiseTask, settleTask },
    pushTargets: async (_tx, tenantId) => [...targets].filter((id) => kioskOf(tenantId)?.till === id),
    sitesOf: async (_tx, tenantId) => kioskOf(tenantId)?.sites ?? new Map(),
    zoneOf: async () => zoneName('Europe/Berlin'),
  })
  for (const follower of matching.followers) outbox.follow(follower)
  await outbox.start()
  const server = await serve(db, matching, clock, kiosks)

  const street: TestStreet = {
    matching,
    get now() {
      return now
    },
    targets,
    async openKiosk(slug) {
      const tenant: Tenant = {
        id: await makeTenant(db, slug),
        slug,
        name: slug,
        kind: 'live',
        currency: currencyCode('EUR'),
        timeZone: zoneName('Europe/Berlin'),
        closeOutMinutes: 240,
      }
      const draft = { posSystem: 'generic-rest', name: 'Till', siteId: null } as const
      const till = await database.tenant(tenant.id, (tx) => createConnection(tx, tenant.id, draft, now))
      const kiosk: Kiosk = { tenant, till: till.id, sites: new Map([['L1', newId()]]) }
      kiosks.push(kiosk)
      return kiosk
    },
    async stock({ tenant, till }, ...articles) {
      const source = { tenantId: tenant.id, connectionId: till, now: now }
      await database.tenant(tenant.id, (tx) => recordCatalogArticles(tx, source, articles))
    },
    async ask({ tenant }, method, path, body) {
      const isTable = typeof body === 'string'
      const answer = await server.inject({
        method,
        url: `/api/v1/tenants/${tenant.slug}${path}`,
        headers: {
          'x-api-key': tenant.slug,
          ...(body === undefined ? {} : { 'content-type': isTable ? 'text/csv' : 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: isTable ? body : JSON.stringify(body) }),
      })
      const isJson = answer.headers['content-type']?.toString().includes('json') ?? false
      return { status: answer.statusCode, json: isJson ? answer.json() : {}, text: answer.payload }
    },
    async say({ tenant, till }, type, data) {
      const line = {
        type,
        subject: `connection/${till}`,
        occurredAt: now,
        actor: 'provider:test',
        data: { connection_id: till, ...data },
      }
      await database.tenant(tenant.id, (tx) => appendEvents(tx, tenant.id, [line]))
      await outbox.idle()
    },
    async advance(ms) {
      now = instant(now + ms)
      await outbox.tick(now)
      await outbox.idle()
      for (const name of ['item-catalogues', 'item-availability', 'item-preflights']) {
        await matching.steps.find((step) => step.name === name)?.run(now)
      }
    },
    async told({ tenant }, type) {
      const rows = await db.query<{ data: JsonObject }>(
        'select data from hub.outbox where tenant_id = $1 and type = $2 order by seq',
        [tenant.id, type],
      )
      return rows.map(({ data }) => data)
    },
    openTasks: ({ tenant }) =>
      db.query("select kind, title from pos.tasks where tenant_id = $1 and state = 'open' order by kind", [tenant.id]),
    async close() {
      await server.close()
      await outbox.stop()
    },
  }
  return street
}

async function serve(
  db: TestDatabase,
  matching: Matching,
  clock: { now(): Instant },
  kiosks: readonly Kiosk[],
): Promise<FastifyInstance> {
  const server = await createServer({
    routes: [...matching.routes],
    authenticate: async (headers): Promise<Identity | null> => {
      const kiosk = kiosks.find(({ tenant }) => tenant.slug === headers['x-api-key'])
      return kiosk ? { kind: 'key', id: KEY, actor: 'key:1', tenantId: kiosk.tenant.id, scopes: new Set() } : null
    },
    resolveTenant: async (identity, named) => {
      const kiosk = kiosks.find(({ tenant }) => identity.kind === 'key' && tenant.id === identity.tenantId)
      const isOwn = named.every((name) => name === kiosk?.tenant.id || name === kiosk?.tenant.slug)
      if (!kiosk || !isOwn) throw new Fault('denied', 'test.tenant', { say: 'This is not your tenant.' })
      const { id, actor } = identity
      return {
        tenant: kiosk.tenant,
        caller: { kind: 'key', id, actor, tenantId: kiosk.tenant.id, scopes: new Set() },
      } as never
    },
    idempotency: createIdempotencyStore(db.database),
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock,
    publicBase: new URL('http://127.0.0.1:9010'),
    version: 'test',
  })
  await server.ready()
  return server
}

const KEY: Id = newId()

/** An article of a till; in euros, and sold. */
export function article(externalId: string, name: string, more: Partial<CatalogArticle> = {}): CatalogArticle {
  return {
    externalId,
    parentExternalId: null,
    name,
    variant: null,
    sku: null,
    barcode: null,
    category: null,
    price: null,
    currency: more.price === undefined || more.price === null ? null : ('EUR' as CurrencyCode),
    deleted: false,
    updatedAt: null,
    ...more,
  }
}
