import type { FastifyInstance } from 'fastify'
import { businessMoment } from '#canon/business-day.ts'
import type { Refund, Sale, SaleItem } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import { recordSales } from '#modules/mirror/mirror.ts'
import { createSite, type Site, tradingClock } from '#modules/sites/sites.ts'
import type { Identity, Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import type { TestDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'
import type { Arrival, Connection, DemoTrade, KnownSystem } from './insights.ts'
import { insightsRoutes } from './insights.ts'

// A shop small enough to be added up by hand, for the tests of this module: its tills, its words for a sale, and a server
// in front of it.

export type TestShop = {
  readonly tenant: Tenant
  readonly connections: Connection[]
  readonly arrivals: Arrival[]
}

export const SYSTEMS: readonly KnownSystem[] = [
  { id: 'generic-rest', name: 'Any REST API', can: ['pull', 'webhooks'], connectsBy: ['key'], signIn: null },
  { id: 'spreadsheet', name: 'Spreadsheet', can: ['files'], connectsBy: ['file'], signIn: null },
  { id: 'dine-pos', name: 'Later', can: [], connectsBy: ['oauth'], signIn: null },
]

export async function openShop(db: TestDatabase, slug: string): Promise<TestShop> {
  const tenant: Tenant = {
    id: await makeTenant(db, slug),
    slug,
    name: slug,
    kind: 'live',
    currency: currencyCode('EUR'),
    timeZone: zoneName('Europe/Berlin'),
    closeOutMinutes: 240,
  }
  return { tenant, connections: [], arrivals: [] }
}

/** Business days of a site end at 04:00 in Berlin. */
export function openSite(db: TestDatabase, shop: TestShop, name: string, currency = 'EUR'): Promise<Site> {
  const draft = { name, timeZone: zoneName('Europe/Berlin'), currency: currencyCode(currency), closeOutMinutes: 240 }
  return db.database.tenant(shop.tenant.id, (tx) => createSite(tx, shop.tenant.id, draft, at('2026-01-01 10:00')))
}

export function connect(shop: TestShop, name: string, posSystem = 'generic-rest'): Connection {
  const connection: Connection = { id: newId(), posSystem, name, state: 'active', siteId: null }
  shop.connections.push(connection)
  return connection
}

/** UTC; Berlin is one hour ahead in winter. */
export function at(text: string): Instant {
  return instant(Date.parse(`${text.replace(' ', 'T')}:00Z`))
}

export function item(name: string, quantity: string, gross: bigint | null, more: Partial<SaleItem> = {}): SaleItem {
  return {
    externalId: null,
    article: { externalId: null, sku: null, name, variant: null, category: null },
    quantity: decimal(quantity),
    unitPrice: null,
    gross,
    discount: 0n,
    taxes: [],
    modifiers: [],
    kind: 'article',
    ...more,
  }
}

/** A closed sale paid in cash; gross and discount are those of its lines, and the identity holds. */
export function sale(
  externalId: string,
  soldAt: string | Instant,
  items: readonly SaleItem[],
  more: Partial<Sale> = {},
): Sale {
  const moment = typeof soldAt === 'string' ? at(soldAt) : soldAt
  const unpriced = items.some((line) => line.gross === null)
  const gross = items.reduce((sum, line) => sum + (line.kind === 'article' ? (line.gross ?? 0n) : 0n), 0n)
  const made = {
    ...{ externalId, number: null, location: null, register: null, staff: null, channel: null, customer: null },
    ...({ status: 'closed', currency: currencyCode('EUR'), openedAt: moment, closedAt: moment } as const),
    timePrecision: 'instant' as const,
    gross: unpriced ? null : gross,
    discount: items.reduce((sum, line) => sum + line.discount, 0n),
    ...{ taxAdded: 0n, taxIncluded: 0n, serviceCharge: 0n, tip: 0n, rounding: 0n, deferred: 0n },
    items,
    refunds: [],
    ...more,
  }
  const { discount, taxAdded, serviceCharge, tip, rounding, deferred } = made
  const total =
    made.gross === null ? null : made.gross - discount + taxAdded + serviceCharge + tip + rounding + deferred
  const cash = { externalId: null, tender: 'cash', brand: null, last4: null, tip, fee: null, paidAt: moment } as const
  return { total, payments: total === null ? [] : [{ ...cash, amount: total }], ...made }
}

export function refund(externalId: string, refundedAt: string, amount: bigint, more: Partial<Refund> = {}): Refund {
  const none = { tax: 0n, tip: 0n, reason: null, items: [] }
  return { externalId, refundedAt: at(refundedAt), amount, tender: 'cash', ...none, ...more }
}

export async function record(
  db: TestDatabase,
  shop: TestShop,
  where: { readonly site: Site; readonly connection: Connection; readonly now?: Instant },
  sales: readonly Sale[],
  refunds: readonly { readonly of: Sale | null; readonly refund: Refund }[] = [],
): Promise<void> {
  const { site, connection, now = at('2026-03-31 12:00') } = where
  const placeOf = (moment: Instant) => {
    const { date, hour } = businessMoment(moment, tradingClock(site))
    return { siteId: site.id, businessDate: date, businessHour: hour }
  }
  const unsaid = { part: 'whole', sourceVersion: null, sourceUpdatedAt: null, rows: null, raw: null } as const
  const filings = sales.map((one): SaleFiling => ({ ...placeOf(one.closedAt ?? one.openedAt), ...unsaid, sale: one }))
  const refundFilings = refunds.map(({ of, refund: one }): RefundFiling => {
    const currency = of?.currency ?? site.currency
    return { ...placeOf(one.refundedAt), refund: one, saleExternalId: of?.externalId ?? null, currency, raw: null }
  })
  const source = {
    ...{ tenantId: shop.tenant.id, connectionId: connection.id, posSystem: connection.posSystem },
    ...{ batchId: null, actor: 'job:test', requestId: null, now },
  }
  await db.database.tenant(shop.tenant.id, (tx) => recordSales(tx, source, filings, refundFilings))
}

/** A server whose clock stands still; a key is the slug of its shop. */
export async function serve(
  db: TestDatabase,
  shops: readonly TestShop[],
  now: Instant,
  demoTrade: () => Promise<DemoTrade> = async () => ({ sites: [], currency: 'EUR', sales: [], refunds: [] }),
): Promise<FastifyInstance> {
  const { database } = db
  const shopOf = (tenantId: TenantId) => shops.find((shop) => shop.tenant.id === tenantId)
  const server = await createServer({
    routes: insightsRoutes({
      database,
      systems: SYSTEMS,
      listConnections: async (_tx, tenantId) => shopOf(tenantId)?.connections ?? [],
      lastArrivals: async (_tx, tenantId) => shopOf(tenantId)?.arrivals ?? [],
      demoTrade,
    }),
    authenticate: async (headers): Promise<Identity | null> => {
      const shop = shops.find(({ tenant }) => tenant.slug === headers['x-api-key'])
      return shop ? { kind: 'key', id: keyId, actor: 'key:1', tenantId: shop.tenant.id, scopes: new Set() } : null
    },
    resolveTenant: async (identity, named) => {
      const shop = identity.kind === 'key' ? shopOf(identity.tenantId) : undefined
      const own = named.every((name) => name === shop?.tenant.id || name === shop?.tenant.slug)
      if (!shop || !own) throw new Fault('denied', 'test.tenant', { say: 'This is not your tenant.' })
      const { kind, id, actor } = identity
      return { tenant: shop.tenant, caller: { kind, id, actor, tenantId: shop.tenant.id, scopes: new Set() } }
    },
    idempotency: createIdempotencyStore(database),
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock: { now: () => now },
    publicBase: new URL('http://127.0.0.1:9010'),
    version: 'test',
  })
  await server.ready()
  return server
}

const keyId: Id = newId()
