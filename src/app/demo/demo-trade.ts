import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Clock, type Instant, type LocalDate } from '#kernel/instant.ts'
import { dateOf, wallClockAt, zoneName } from '#kernel/zone.ts'
import { createConnection, listConnections } from '#modules/connections/connections.ts'
import type { RefundFiling, SaleFiling, Source } from '#modules/mirror/filing.ts'
import { recordSales } from '#modules/mirror/mirror.ts'
import { createSite, listSites, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { TradeFact } from '#simulators/trade/facts.ts'
import type { TradeSale } from '#simulators/trade/sale.ts'
import { followTrade, refundsWithoutSale, trade } from '#simulators/trade/trade.ts'
import { type DemoShop, demoShop } from './demo-shops.ts'
import { refundFiling, saleFiling } from './traded.ts'

// A demonstration tenant's trade: thirteen months of it, newest first, and from then on sales as they "happen". It is
// filed through the same door as real sales; the tenant's kind is what marks every figure as made up. Recording twice
// changes nothing, so a start after a kill simply goes through the days again and fills what is missing.

export type DemoTrade = {
  /** Takes a tenant up. Answers when its past is filled; its present goes on with every tick. */
  begin(tenant: Tenant): Promise<void>
  tick(now: Instant): Promise<void>
  stop(): Promise<void>
}

export type DemoTradeOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly say: (message: string, detail: Record<string, unknown>) => void
}

const DAYS_BACK = 396
/** Days that are filed in one transaction: under half a second of work. */
const DAYS_PER_SLICE = 4

type Running = {
  readonly tenantId: TenantId
  readonly source: Omit<Source, 'now'>
  readonly sites: ReadonlyMap<string, Site>
  readonly follow: (fromMs: number, toMs: number) => readonly TradeFact[]
  until: Instant
}

export function createDemoTrade(options: DemoTradeOptions): DemoTrade {
  const { database, clock } = options
  const running: Running[] = []
  const filling = new Set<Promise<void>>()
  let stopped = false

  async function fill(tenant: Tenant): Promise<void> {
    const { shop, seed, watched } = demoShop(tenant)
    const now = clock.now()
    const { sites, connectionId } = await prepare(database, tenant, now)
    const source = {
      tenantId: tenant.id,
      connectionId,
      posSystem: 'generic-rest',
      batchId: null,
      actor: 'job:demo-trade',
      requestId: null,
    } as const
    const record = (sales: readonly SaleFiling[], refunds: readonly RefundFiling[]) =>
      database.tenant(tenant.id, (tx) => recordSales(tx, { ...source, now: clock.now() }, sales, refunds))

    const today = dateOf(wallClockAt(now, zoneName(shop.timeZone)))
    const day = (from: LocalDate, to: LocalDate) =>
      tradeOf(shop, seed, from, to, sites, now, (sale, site) => saleFiling(sale, site, now))
    const latest = day(addDays(today, -1), today)
    await record(latest.sales, latest.refunds)
    running.push({ tenantId: tenant.id, source, sites, follow: followTrade(watched, `${seed}/watched`), until: now })

    const known = await daysKnown(database, tenant.id)
    const first = addDays(today, -DAYS_BACK)
    let filed = 0
    for (let to = addDays(today, -2); to >= first && !stopped; to = addDays(to, -DAYS_PER_SLICE)) {
      const from = addDays(to, 1 - DAYS_PER_SLICE)
      if (isKnown(known, from, to)) continue
      const slice = day(from, to)
      if (slice.sales.length === 0) continue
      filed += (await record(slice.sales, slice.refunds)).created
    }
    if (filed > 0) options.say('demonstration data are there', { tenant: tenant.id, sales: filed })
  }

  return {
    async begin(tenant) {
      const filled = fill(tenant).finally(() => filling.delete(filled))
      filling.add(filled)
      await filled
    },
    async tick(now) {
      for (const one of running) {
        if (now <= one.until) continue
        const facts = one.follow(one.until, now)
        if (facts.length > 0) await recordFacts(database, one, facts, now)
        one.until = now
      }
    },
    async stop() {
      stopped = true
      await Promise.allSettled(filling)
    },
  }
}

async function recordFacts(database: Database, one: Running, facts: readonly TradeFact[], now: Instant): Promise<void> {
  const sales: SaleFiling[] = []
  const refunds: RefundFiling[] = []
  for (const fact of facts) {
    const site = one.sites.get(fact.kind === 'refunded' ? fact.refund.site : fact.sale.site)
    if (site === undefined) continue
    if (fact.kind === 'refunded') refunds.push(refundFiling(fact.refund, fact.sale, site))
    else sales.push(saleFiling(fact.sale, site, now))
  }
  await database.tenant(one.tenantId, (tx) => recordSales(tx, { ...one.source, now }, sales, refunds))
}

/** What the shop traded on those days, as far as it has happened by `now`. */
export function tradeOf(
  shop: DemoShop['shop'],
  seed: string,
  from: LocalDate,
  to: LocalDate,
  sites: ReadonlyMap<string, Site>,
  now: Instant,
  file: (sale: TradeSale, site: Site) => SaleFiling,
): { sales: SaleFiling[]; refunds: RefundFiling[] } {
  const sales: SaleFiling[] = []
  const refunds: RefundFiling[] = []
  for (const sale of trade(shop, { seed, from, to, until: now })) {
    const site = sites.get(sale.site)
    if (site === undefined) continue
    sales.push(file(sale, site))
    for (const refund of sale.refunds) refunds.push(refundFiling(refund, sale, site))
  }
  for (const refund of refundsWithoutSale(shop, { seed, from, to })) {
    const site = sites.get(refund.site)
    if (site !== undefined && refund.at <= now) refunds.push(refundFiling(refund, null, site))
  }
  return { sales, refunds }
}

async function prepare(database: Database, tenant: Tenant, now: Instant) {
  const { shop } = demoShop(tenant)
  return database.tenant(tenant.id, async (tx) => {
    const bySlug = new Map((await listSites(tx, tenant.id)).map((site) => [site.slug, site]))
    const sites = new Map<string, Site>()
    for (const { externalId, name } of shop.sites) {
      const { timeZone, currency, closeOutMinutes } = tenant
      const site =
        bySlug.get(externalId) ??
        (await createSite(tx, tenant.id, { name, slug: externalId, timeZone, currency, closeOutMinutes }, now))
      sites.set(externalId, site)
    }
    const [existing] = await listConnections(tx, tenant.id)
    const connection =
      existing ??
      (await createConnection(
        tx,
        tenant.id,
        { posSystem: 'generic-rest', name: 'Demonstration till (made-up sales)', siteId: null },
        now,
      ))
    return { sites, connectionId: connection.id as Id }
  })
}

async function daysKnown(database: Database, tenantId: TenantId): Promise<Set<string>> {
  return database.tenant(tenantId, async (tx) => {
    const { rows } = await sql<{ business_date: LocalDate }>`
      select distinct business_date from pos.daily_figures where tenant_id = ${tenantId}`.execute(tx)
    return new Set(rows.map((row) => row.business_date))
  })
}

/** Closed days have nothing to show and are gone through again at every start, which costs next to nothing. */
function isKnown(known: ReadonlySet<string>, from: LocalDate, to: LocalDate): boolean {
  for (let day = from; day <= to; day = addDays(day, 1)) if (!known.has(day)) return false
  return true
}
