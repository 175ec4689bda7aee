import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectorOf } from '#connectors/registry.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createTenant } from '#modules/access/access.ts'
import { createConverse } from '#modules/connections/converse.ts'
import { createCaller } from '#modules/connections/converse-call.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { startFirstSync } from '#modules/intake/sync/start.ts'
import { type Syncing, syncMeter } from '#modules/intake/sync/syncing.ts'
import { syncTasks } from '#modules/intake/sync/tasks.ts'
import { tickSyncs } from '#modules/intake/sync/tick.ts'
import { createSite } from '#modules/sites/sites.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import { createQueue } from '#platform/queue/queue.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import { type BenchStorage, withBenchStorage } from './storage.ts'

// A seller's year, read through the real pieces: budget, breaker, talks, windows, sealed records, mirror, job queue. The
// provider is simulated in a process of its own on the same cores, with its limit on. How many of the calls it allows are
// used is the figure that counts: what is not used is the merchant's waiting.

export type BackfillBench = {
  readonly bench: 'backfill'
  readonly sales: number
  readonly filed: number
  readonly seconds: number
  readonly sales_per_second: number
  readonly allowed_per_second: number
  readonly calls: number
  readonly calls_used_share: number
  readonly goal_calls_used_share: 0.85
  readonly throttled: number
  readonly throttled_share: number
  /** From the start to the first day on the dashboard. */
  readonly first_sales_seconds: number
  readonly rss_mb_max: number
}

export type BackfillWish = { readonly sales: number; readonly perSecond: number; readonly burst: number }

const clock: Clock = { now: () => Date.now() as Instant }

export async function run(wish: BackfillWish): Promise<BackfillBench> {
  const square = await startHost(wish)
  try {
    return await withBenchStorage((storage) => backfill(storage, square.line, wish))
  } finally {
    square.child.kill('SIGKILL')
  }
}

type HostLine = {
  readonly base_url: string
  readonly control_url: string
  readonly credentials: { readonly access_token: string }
  readonly locations: readonly {
    readonly id: string
    readonly name: string
    readonly merchant_id: string
    readonly timezone: string
    readonly currency: string
    readonly country: string
  }[]
  readonly sold: number
}

async function startHost(wish: BackfillWish): Promise<{ child: ChildProcess; line: HostLine }> {
  const words = ['--sales', wish.sales, '--per-second', wish.perSecond, '--burst', wish.burst].map(String)
  const child = spawn(process.execPath, ['bench/square-host.ts', ...words], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code} before it served`)))
  })
  return { child, line: JSON.parse(line) as HostLine }
}

async function backfill(storage: BenchStorage, host: HostLine, wish: BackfillWish): Promise<BackfillBench> {
  const { database } = storage
  const connection = await connect(storage, host)
  const metrics = createMetrics()
  const outbound = createOutbound({ clock, random: Math.random, metrics })
  const syncing = syncingOf(storage, connection, host, outbound, metrics)
  const troubles: unknown[] = []
  const queue = createQueue({
    database,
    tasks: syncTasks(syncing),
    report: ({ error }) => troubles.push(error),
    say: () => undefined,
  })
  await queue.start()
  let rssMax = 0
  const ticking = setInterval(() => {
    rssMax = Math.max(rssMax, process.memoryUsage().rss)
    tickSyncs(syncing, clock.now()).catch((error: unknown) => troubles.push(error))
  }, 1_000)
  try {
    const began = performance.now()
    const secondsSince = () => (performance.now() - began) / 1_000
    const by = { actor: 'hub:bench', requestId: null, now: clock.now() }
    const started = await database.tenant(connection.tenantId, (tx) => startFirstSync(tx, connection, by))
    if (started === null) throw new Error('there is a past to be read')
    let first: number | null = null
    for (;;) {
      await sleep(100)
      const [row] = await rows(storage, 'select state, error, created from pos.sync_logs where id = $1', [started.id])
      if (first === null && Number(row?.created) > 0) first = secondsSince()
      if (row?.state === 'done') break
      if (row?.state === 'failed' || row?.state === 'partial') throw new Error(`the backfill ended: ${row.error}`)
      if (troubles.length > 0) throw troubles[0]
    }
    const seconds = secondsSince()
    const counts = await requestsOf(host)
    const [facts] = await rows(storage, `select count(*) as filed from pos.transactions where status = 'closed'`)
    const allowed = wish.perSecond * seconds + wish.burst
    const served = counts.total - counts.throttled
    return {
      bench: 'backfill',
      sales: host.sold,
      filed: Number(facts?.filed),
      seconds: round(seconds),
      sales_per_second: Math.round(host.sold / seconds),
      allowed_per_second: wish.perSecond,
      calls: served,
      calls_used_share: round(served / allowed),
      goal_calls_used_share: 0.85,
      throttled: counts.throttled,
      throttled_share: round(counts.throttled / counts.total),
      first_sales_seconds: round(first ?? seconds),
      rss_mb_max: Math.round(rssMax / 1024 ** 2),
    }
  } finally {
    clearInterval(ticking)
    await queue.stop()
    await outbound.close()
  }
}

async function rows(storage: BenchStorage, text: string, values: unknown[] = []): Promise<Record<string, string>[]> {
  return (await storage.superuser.query<Record<string, string>>(text, values)).rows
}

async function requestsOf(host: HostLine): Promise<{ total: number; throttled: number }> {
  const answer = await fetch(`${host.control_url}/requests`)
  return (await answer.json()) as { total: number; throttled: number }
}

/** A tenant with one connection, as a person's sign-in would have made it. */
async function connect(storage: BenchStorage, host: HostLine): Promise<LiveConnection> {
  const [first] = host.locations
  const { live } = connectorOf('square')
  if (first === undefined || live === undefined) throw new Error('the simulator has a place and the connector is live')
  const shop = { currency: currencyCode(first.currency), timeZone: zoneName(first.timezone), closeOutMinutes: 0 }
  const draft = { ...shop, slug: 'bench', name: 'Bench', kind: 'live' as const }
  const tenant = await createTenant(storage.database, draft, clock, async () => undefined)
  const id = newId()
  await storage.superuser.query(
    `insert into pos.configurations (tenant_id, id, pos_system, name, state, state_since, environment, account_id,
       credentials_from, created_at, updated_at)
     values ($1, $2, 'square', 'Bench', 'active', now(), 'production', $3, 'person', now(), now())`,
    [tenant.id, id, first.merchant_id],
  )
  const places = await storage.database.tenant(tenant.id, async (tx) => {
    const made: [string, { externalId: string; siteId: Id; currency: typeof shop.currency; country: string }][] = []
    for (const location of host.locations.filter((one) => one.merchant_id === first.merchant_id)) {
      const site = await createSite(
        tx,
        tenant.id,
        { ...shop, name: location.name, slug: location.id.toLowerCase() },
        clock.now(),
      )
      made.push([
        location.id,
        { externalId: location.id, siteId: site.id, currency: shop.currency, country: location.country },
      ])
    }
    return made
  })
  return {
    tenantId: tenant.id as TenantId,
    id,
    posSystem: 'square',
    name: 'Bench',
    state: 'active',
    environment: 'production',
    account: first.merchant_id,
    live,
    places: new Map(places),
    dataTypes: ['sales', 'catalog'],
    backfillFrom: null,
  }
}

function syncingOf(
  { database }: BenchStorage,
  connection: LiveConnection,
  host: HostLine,
  outbound: ReturnType<typeof createOutbound>,
  metrics: ReturnType<typeof createMetrics>,
): Syncing {
  const credentials = { access_token: host.credentials.access_token }
  const converse = createConverse({
    caller: createCaller({ outbound, log: SILENT_LOG, metrics }),
    clock,
    linkOf: async () => ({
      posSystem: 'square',
      live: connection.live,
      link: { environment: 'production', credentials, account: connection.account, application: null },
      baseUrl: host.base_url,
      addressBy: 'hub',
      guarded: false,
      state: 'active',
      credentialsVersion: 1,
      expiresAt: null,
      budget: 'bench',
    }),
    renew: async () => ({ kind: 'impossible' }),
    markNeedsSignIn: async () => undefined,
  })
  return {
    database,
    clock,
    vault: openVault({ database, clock, rootKey: new Uint8Array(32).fill(1) }),
    converse,
    findConnection: async () => connection,
    isToldWell: async () => true,
    meter: syncMeter(metrics),
  }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

if (import.meta.main) {
  const [sales = '20000', perSecond = '20'] = process.argv.slice(2)
  console.log(JSON.stringify(await run({ sales: Number(sales), perSecond: Number(perSecond), burst: 40 })))
}
