import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { refundFiling, saleFiling } from '#app/demo/traded.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { addDays, type Instant, instant, type LocalDate, localDate } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { figuresOf } from '#modules/insights/overview.ts'
import type { Connection, KnownSystem } from '#modules/insights/systems.ts'
import { type Basis, lastDays } from '#modules/insights/window.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import { recordSales } from '#modules/mirror/mirror.ts'
import { createSite, listSites, type Site } from '#modules/sites/sites.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { type EmbeddedPostgres, startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate } from '#platform/postgres/migrate.ts'
import type { ShopKind } from '#simulators/trade/shop.ts'
import { shopOf, sitesOf } from '#simulators/trade/shop.ts'
import { trade } from '#simulators/trade/trade.ts'

// The overview of a merchant with a café, a restaurant and a store on four sites each, over thirteen months, from the
// first query to the finished answer. Every row came in through the door that real sales take.

export type FiguresBenchOptions = {
  /** Item rows, about. */
  readonly rows?: number
  readonly repeats?: number
  /** Kept, and found again by the next run; else the data are made anew and thrown away. */
  readonly dataDir?: string
}

type Timing = { readonly p50_ms: number; readonly p95_ms: number }

export type FiguresBenchResult = {
  readonly bench: 'figures'
  readonly item_rows: number
  readonly sales: number
  readonly item_day_rows: number
  readonly load_rows_per_second: number | null
  readonly months_13: Timing
  readonly months_13_last_year: Timing
  readonly months_13_one_site: Timing
  readonly months_13_one_system: Timing
  readonly days_28: Timing
  readonly days_28_one_site: Timing
  readonly target_p95_ms: number
  readonly reached: boolean
}

const TARGET_P95_MS = 300
const TODAY = localDate('2026-06-30')
const MONTHS_13 = 395
/** Item rows of all three shops over thirteen months at scale 1. */
const ROWS_AT_SCALE_ONE = 3_750_000
const KINDS = ['cafe', 'restaurant', 'retail'] as const satisfies readonly ShopKind[]
// Loading is not what is measured, but it keeps to what an import does: slices of some seconds' work.
const SLICE_SALES = 2_000

const tenant: Tenant = {
  id: '0190a000-0000-7000-8000-00000000be7c' as TenantId,
  slug: 'bench',
  name: 'Bench',
  kind: 'live',
  currency: currencyCode('EUR'),
  timeZone: zoneName('Europe/Berlin'),
  closeOutMinutes: 240,
}
const systems: readonly KnownSystem[] = KINDS.map((kind) => ({
  id: kind,
  name: kind,
  can: ['pull'],
  connectsBy: ['key'],
  signIn: null,
}))
const connections: readonly Connection[] = KINDS.map((kind, place) => ({
  id: `0190a000-0000-7000-8000-0000000000c${place}` as Id,
  posSystem: kind,
  name: kind,
  state: 'active',
  siteId: null,
}))
const around = { systems, listConnections: async () => connections }

export async function run(options: FiguresBenchOptions = {}): Promise<FiguresBenchResult> {
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'tillwire-bench-')))
  await mkdir(dataDir, { recursive: true })
  await chmod(dataDir, 0o711)
  const server = await startEmbedded({ dataDir })
  const database = openDatabase({ url: server.url, connectionsMax: 4 })
  try {
    await migrate(server.url)
    const rowsPerSecond = await loadOnce(server, database, options.rows ?? 1_000_000)
    const [counts] = await asSuperuser<Record<'items' | 'sales' | 'days', string>>(
      server,
      `select (select count(*) from pos.transaction_items) as items, (select count(*) from pos.transactions) as sales,
        (select count(*) from pos.daily_items) as days`,
    )
    const site = (await database.tenant(tenant.id, (tx) => listSites(tx, tenant.id)))[0]
    const time = (days: number, more: { site?: Site | undefined; system?: string; basis?: Basis } = {}) =>
      timing(database, options.repeats ?? 40, days, more)
    const all = await time(MONTHS_13)
    return {
      bench: 'figures',
      item_rows: Number(counts?.items),
      sales: Number(counts?.sales),
      item_day_rows: Number(counts?.days),
      load_rows_per_second: rowsPerSecond,
      months_13: all,
      months_13_last_year: await time(MONTHS_13, { basis: 'last_year' }),
      months_13_one_site: await time(MONTHS_13, { site }),
      months_13_one_system: await time(MONTHS_13, { system: 'cafe' }),
      days_28: await time(28, { basis: 'same_weekdays' }),
      days_28_one_site: await time(28, { site }),
      target_p95_ms: TARGET_P95_MS,
      reached: all.p95_ms <= TARGET_P95_MS,
    }
  } finally {
    await database.close()
    await server.stop()
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }
}

async function timing(
  database: Database,
  repeats: number,
  days: number,
  more: { readonly site?: Site | undefined; readonly system?: string; readonly basis?: Basis },
): Promise<Timing> {
  const now = noonOf(TODAY)
  const tookMs: number[] = []
  for (let n = 0; n < repeats; n++) {
    // Each one ends on another day, so that no answer repeats the one before.
    const question = {
      window: lastDays(addDays(TODAY, -(n % 5)), days),
      basis: more.basis ?? 'previous',
      posSystem: more.system ?? null,
      locations: more.site ? [more.site.id] : null,
    }
    const begunAt = performance.now()
    const figures = await database.tenant(tenant.id, (tx) => figuresOf(tx, around, tenant, question, now))
    tookMs.push(performance.now() - begunAt)
    if (figures.summary.total_transactions === 0) throw new Error('the overview is empty')
  }
  return { p50_ms: quantile(tookMs, 0.5), p95_ms: quantile(tookMs, 0.95) }
}

/** Answers item rows a second, or null when the data folder holds them already. */
async function loadOnce(server: EmbeddedPostgres, database: Database, rows: number): Promise<number | null> {
  const [known] = await asSuperuser<{ count: string }>(server, 'select count(*) from pos.daily_sales')
  if (Number(known?.count) > 0) return null
  await asSuperuser(
    server,
    `insert into hub.tenants (id, slug, name, kind, currency, time_zone, close_out_minutes, created_at)
     values ('${tenant.id}', 'bench', 'Bench', 'live', 'EUR', 'Europe/Berlin', 240, '2025-01-01')`,
  )
  const begunAt = performance.now()
  let loaded = 0
  for (const connection of connections) loaded += await loadShop(database, connection, rows / ROWS_AT_SCALE_ONE)
  const seconds = (performance.now() - begunAt) / 1000
  // What autovacuum does in its own time on a hub that has been running.
  await asSuperuser(server, 'vacuum (analyze)')
  return Math.round(loaded / seconds)
}

async function loadShop(database: Database, connection: Connection, scale: number): Promise<number> {
  const kind = connection.posSystem as ShopKind
  const shop = shopOf(kind, { sites: sitesOf(4), scale })
  const sites = new Map<string, Site>()
  for (const { externalId, name } of shop.sites) {
    const draft = { timeZone: tenant.timeZone, currency: tenant.currency, closeOutMinutes: shop.closeOutHour * 60 }
    const site = await database.tenant(tenant.id, (tx) =>
      createSite(tx, tenant.id, { ...draft, name: `${kind} ${name}` }, noonOf(TODAY)),
    )
    sites.set(externalId, site)
  }
  let sales: SaleFiling[] = []
  let refunds: RefundFiling[] = []
  let items = 0
  const flush = async () => {
    await database.tenant(tenant.id, (tx) => recordSales(tx, sourceOf(connection), sales, refunds))
    sales = []
    refunds = []
  }
  for (const traded of trade(shop, { seed: 'figures', from: addDays(TODAY, 1 - MONTHS_13), to: TODAY })) {
    const site = sites.get(traded.site)
    if (site === undefined) throw new Error('a sale of no site')
    sales.push({ ...saleFiling(traded, site, 0), raw: null })
    refunds.push(...traded.refunds.map((refund) => refundFiling(refund, traded, site)))
    items += traded.lines.length
    if (sales.length >= SLICE_SALES) await flush()
  }
  await flush()
  return items
}

function sourceOf(connection: Connection) {
  const { id: connectionId, posSystem } = connection
  const now = noonOf(TODAY)
  return { tenantId: tenant.id, connectionId, posSystem, batchId: newId(), actor: 'job:bench', requestId: null, now }
}

function noonOf(day: LocalDate): Instant {
  return instant(Date.parse(`${day}T12:00:00Z`))
}

async function asSuperuser<Row extends pg.QueryResultRow>(server: EmbeddedPostgres, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.superuserUrl.replace('/postgres?', '/tillwire?') })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
  return Math.round(value * 10) / 10
}

if (import.meta.main) {
  const rowsAt = process.argv.indexOf('--rows')
  const dirAt = process.argv.indexOf('--data-dir')
  const dataDir = dirAt < 0 ? undefined : process.argv[dirAt + 1]
  const rows = rowsAt < 0 ? undefined : Number(process.argv[rowsAt + 1])
  const result = await run({
    ...(rows === undefined ? {} : { rows }),
    ...(dataDir === undefined ? {} : { dataDir }),
  })
  console.log(JSON.stringify(result))
}
