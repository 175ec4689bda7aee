import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { square } from '#connectors/square/connector.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Endpoint, Endpoints } from '#modules/connections/endpoints.ts'
import { createDeliveries } from '#modules/intake/deliveries/deliveries.ts'
import { webhookRoutes } from '#modules/intake/deliveries/routes.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import { PEER_TABLE, startPlainReceiver } from './peers/plain-receiver.ts'
import { type BenchStorage, withBenchStorage } from './storage.ts'
import type { Load, LoadResult } from './webhook-load.ts'

// How long a provider waits until its event is committed, and how many events a second the hub takes in, beside a plain
// receiver that inserts a row for each. The hub is its role `http`: the real server, routes, connector, vault and tables,
// without the consumer, which in a busy installation is another process. PostgreSQL syncs every commit to the disk.
//
// The order of the rounds is: lone commits, the hub at a steady pace, then hub and peer by turns, so that neither has the
// quiet moments of a shared machine to itself.

export type AcceptBench = {
  readonly bench: 'accept'
  readonly sellers: number
  readonly events_per_second: number
  readonly lone_commit_p99_ms: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly p99_times_lone_commit: number
  readonly goal_times_lone_commit: 4
  readonly in_flight: number
  readonly hub_per_second: number
  readonly peer_per_second: number
  readonly throughput_times_peer: number
  readonly goal_times_peer: 2
  readonly refused: number
  readonly reached: boolean
}

export type AcceptOptions = {
  readonly sellers?: number
  readonly perSecond?: number
  readonly seconds?: number
  readonly inFlight?: number
  readonly rounds?: number
  readonly eventsPerRound?: number
  readonly loneCommits?: number
}

const SECRET = 'a-signature-key-of-the-bench'
const PUBLIC_BASE = new URL('https://hub.example/')
const PATH = '/api/v1/webhooks/square'
const SIGNED_URL = `https://hub.example${PATH}`
/** What keeps the peer’s database busy without a queue before it: PostgreSQL commits together what waits together. */
const PEER_CONNECTIONS = 32

type Seller = { readonly merchant: string; readonly tenantId: TenantId; readonly connectionId: Id }

export async function run(options: AcceptOptions = {}): Promise<AcceptBench> {
  const { sellers: count = 20, perSecond = 1_000, seconds = 20, inFlight = 512 } = options
  const { rounds = 3, eventsPerRound = 20_000, loneCommits = 2_000 } = options
  return withBenchStorage(async (storage) => {
    const sellers = await makeSellers(storage, count)
    await storage.superuser.query(PEER_TABLE)
    const hub = await startReceiver(storage, sellers)
    const peer = await startPlainReceiver({
      connectionString: superuserUrl(storage),
      secret: SECRET,
      signedUrl: SIGNED_URL,
      sellers: new Map(sellers.map(({ merchant, ...ids }) => [merchant, ids])),
      connectionsMax: PEER_CONNECTIONS,
    })
    const load = startLoad(sellers)
    try {
      // Everything is compiled, connected and cached before anything is measured.
      await load.fire(hub.url, 3_000, { inFlight: 64 })
      await load.fire(peer.url, 3_000, { inFlight: 64 })
      const lone = await measureLoneCommits(storage, sellers, loneCommits)
      const steady = await load.fire(hub.url, perSecond * seconds, { perSecond })
      const [ours, theirs]: [LoadResult[], LoadResult[]] = [[], []]
      for (let round = 0; round < rounds; round++) {
        ours.push(await load.fire(hub.url, eventsPerRound, { inFlight }))
        theirs.push(await load.fire(peer.url, eventsPerRound, { inFlight }))
      }
      const rate = (results: readonly LoadResult[]) => median(results.map((one) => eventsPerRound / one.seconds))
      const times = steady.p99Ms / lone
      const ratio = rate(ours) / rate(theirs)
      return {
        bench: 'accept',
        sellers: count,
        events_per_second: perSecond,
        lone_commit_p99_ms: rounded(lone),
        p50_ms: rounded(steady.p50Ms),
        p99_ms: rounded(steady.p99Ms),
        p99_times_lone_commit: rounded(times),
        goal_times_lone_commit: 4,
        in_flight: inFlight,
        hub_per_second: Math.round(rate(ours)),
        peer_per_second: Math.round(rate(theirs)),
        throughput_times_peer: rounded(ratio),
        goal_times_peer: 2,
        refused: [steady, ...ours, ...theirs].reduce((sum, one) => sum + one.refused, 0),
        reached: times <= 4 && ratio >= 2,
      }
    } finally {
      load.end()
      await hub.close()
      await peer.close()
    }
  })
}

async function makeSellers({ superuser }: BenchStorage, count: number): Promise<Seller[]> {
  const sellers = Array.from({ length: count }, (_, nth): Seller => {
    return { merchant: `MERCHANT-${nth}`, tenantId: newId() as TenantId, connectionId: newId() }
  })
  for (const [nth, { tenantId, connectionId, merchant }] of sellers.entries()) {
    await superuser.query(
      `insert into hub.tenants (id, slug, name, kind, currency, time_zone, close_out_minutes, created_at)
       values ($1, $2, $2, 'live', 'USD', 'America/New_York', 0, '2026-01-01')`,
      [tenantId, `seller-${nth}`],
    )
    await superuser.query(
      `insert into pos.configurations (tenant_id, id, pos_system, name, state, state_since, environment, account_id,
         credentials_from, created_at, updated_at)
       values ($1, $2, 'square', 'Till', 'active', '2026-01-01', 'production', $3, 'oauth', '2026-01-01', '2026-01-01')`,
      [tenantId, connectionId, merchant],
    )
  }
  return sellers
}

async function startReceiver({ database }: BenchStorage, sellers: readonly Seller[]) {
  const clock = { now: () => instant(Date.now()) }
  const metrics = createMetrics()
  const vault = openVault({ database, clock, rootKey: randomBytes(32) })
  const deliveries = createDeliveries({
    database,
    clock,
    log: SILENT_LOG,
    metrics,
    vault,
    endpoints: endpointsOf(sellers),
    publicBase: PUBLIC_BASE,
    receiveOnly: true,
    // Of the consumer, which this process does not have.
    converse: neverAsked,
    findLive: neverAsked,
    signalled: neverAsked,
    unplaced: neverAsked,
  })
  const app = await createServer({
    routes: webhookRoutes(deliveries.receiver),
    authenticate: async () => null,
    resolveTenant: neverAsked,
    idempotency: createIdempotencyStore(database),
    log: SILENT_LOG,
    metrics,
    clock,
    publicBase: PUBLIC_BASE,
    version: '0.0.0',
  })
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: address + PATH,
    async close() {
      await app.close()
      await deliveries.stop()
    },
  }
}

function neverAsked(): never {
  throw new Error('a process that only receives asks nobody')
}

/** The one address of the application, and whose account is whose, from memory as in a hub that runs. */
function endpointsOf(sellers: readonly Seller[]): Endpoints {
  const { live } = square
  if (live?.webhooks === undefined) throw new Error('the connector takes webhooks')
  const endpoint: Endpoint = {
    posSystem: 'square',
    environment: 'production',
    live,
    webhooks: live.webhooks,
    secrets: [SECRET],
    url: SIGNED_URL,
    connection: null,
  }
  const owners = new Map(sellers.map(({ merchant, tenantId, connectionId: id }) => [merchant, [{ tenantId, id }]]))
  return {
    find: async () => [endpoint],
    accountOwners: async (_system, _environment, account) => owners.get(account) ?? [],
    forget: () => undefined,
  }
}

/** One row and its commit, again and again, with nothing else going on: the least that durable can cost here. */
async function measureLoneCommits({ superuser }: BenchStorage, sellers: readonly Seller[], count: number) {
  const body = randomBytes(900)
  const times: number[] = []
  for (let nth = 0; nth < count; nth++) {
    const seller = sellers[nth % sellers.length]
    const began = performance.now()
    await superuser.query({
      name: 'lone-commit',
      text: `insert into public.peer_webhooks
        (tenant_id, connection_id, event_key, id, type, received_at, headers, body, outcome)
        values ($1, $2, $3, $4, 'lone', now(), '{}', $5, 'processed')`,
      values: [seller?.tenantId, seller?.connectionId, newId(), newId(), body],
    })
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(count * 0.99)] ?? Number.NaN
}

function startLoad(sellers: readonly Seller[]) {
  const child = fork(new URL('webhook-load.ts', import.meta.url))
  return {
    fire: (url: string, count: number, pace: Load['pace']) =>
      new Promise<LoadResult>((resolve, reject) => {
        child.once('message', (result) => resolve(result as LoadResult))
        child.once('exit', (code) => reject(new Error(`the load ended with ${code}`)))
        const merchants = sellers.map(({ merchant }) => merchant)
        child.send({ url, signedUrl: SIGNED_URL, secret: SECRET, merchants, count, pace } satisfies Load)
      }),
    end: () => void child.kill(),
  }
}

function superuserUrl({ superuser }: BenchStorage): string {
  const { host, user, password, database } = superuser as unknown as Record<string, string>
  return `postgres://${user}:${encodeURIComponent(password ?? '')}@/${database}?host=${encodeURIComponent(host ?? '')}`
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100
}

if (import.meta.main) console.log(JSON.stringify(await run()))
