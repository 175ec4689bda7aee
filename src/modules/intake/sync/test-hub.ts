import { type Id, newId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { createConverse } from '#modules/connections/converse.ts'
import { createCaller } from '#modules/connections/converse-call.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { createOutbound } from '#platform/outbound/outbound.ts'
import type { Database } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import type { TestDatabase } from '#tests/harness/database.ts'
import { openTestShop } from '../records/test-shop.ts'
import { startFirstSync } from './start.ts'
import { stepSync } from './step.ts'
import { type Syncing, syncMeter } from './syncing.ts'
import { type TillServer, tillLive } from './test-till-server.ts'

// Everything between a made-up till and the mirror, put together as the hub does it, but for the sign-in and for the clock
// and the worker, which the test plays itself.

export const NOW = instant(Date.UTC(2026, 9, 1, 12))
export const DAY_MS = 86_400_000

export type SyncBench = {
  readonly syncing: Syncing
  readonly connection: LiveConnection
  /** What is found when the connection is looked up, and whether its provider tells; changed by the test. */
  readonly world: World
  /** Where the clock stands; moved by the test. */
  readonly time: { now: Instant }
  /** Steps until the run has ended or waits, moving the clock over what holds it up. Answers how often it was stepped. */
  finish(id: Id, stepMs?: number): Promise<number>
  firstSync(): Promise<Id>
  facts(): Promise<{ readonly count: number; readonly total: number }>
  close(): Promise<void>
}

export type World = { connection: LiveConnection; isTold: boolean }

export type BenchWish = {
  readonly slug: string
  readonly places?: readonly string[]
  readonly horizonMs?: number
  readonly backfillFrom?: LiveConnection['backfillFrom']
  readonly dataTypes?: LiveConnection['dataTypes']
}

export async function openSyncBench(db: TestDatabase, till: TillServer, wish: BenchWish): Promise<SyncBench> {
  const shop = await openTestShop(db, wish.slug)
  const base = shop.connection
  const places = wish.places ?? ['main', 'corner']
  const place = [...base.places.values()][0]
  if (place === undefined) throw new Error('the shop has a place')
  const live = tillLive(wish.horizonMs === undefined ? {} : { horizonMs: wish.horizonMs })
  const connection: LiveConnection = {
    ...base,
    live,
    places: new Map(places.map((externalId) => [externalId, { ...place, externalId }])),
    dataTypes: wish.dataTypes ?? ['sales', 'catalog'],
    backfillFrom: wish.backfillFrom ?? null,
  }
  const time = { now: NOW }
  const world: World = { connection, isTold: false }
  const { syncing, close } = syncingWith(db.database, connection, till, time, world)
  return {
    syncing,
    world,
    connection,
    time,
    close,
    async firstSync() {
      const { tenantId } = connection
      const started = await db.database.tenant(tenantId, (tx) =>
        startFirstSync(tx, connection, { actor: 'person:ada', requestId: null, now: time.now }),
      )
      if (started === null) throw new Error('there is a past to be read')
      return started.id
    },
    async finish(id, stepMs = 60_000) {
      for (let steps = 1; steps < 2_000; steps++) {
        const outcome = await stepSync(syncing, connection.tenantId, id, { stepMs })
        if (outcome === 'ended') return steps
        const [run] = await db.query('select finished_at from pos.sync_logs where id = $1', [id])
        if (run?.finished_at !== null) return steps
        if (outcome !== 'more') time.now = instant(time.now + 20 * 60_000)
      }
      throw new Error('the run does not end')
    },
    async facts() {
      const [row] = await db.query<{ count: string; total: string }>(
        `select count(*) as count, coalesce(sum(total), 0) as total from pos.transactions
         where connection_id = $1 and status = 'closed'`,
        [connection.id],
      )
      return { count: Number(row?.count), total: Number(row?.total) }
    },
  }
}

/** The parts of one process, on a database that may be one that fails. */
export function syncingWith(
  database: Database,
  connection: LiveConnection,
  till: TillServer,
  time: { now: Instant },
  world: World = { connection, isTold: false },
): { syncing: Syncing; close(): Promise<void> } {
  const clock = { now: () => time.now }
  const metrics = createMetrics()
  // What others wait for by the machine's time passes when the test moves its clock.
  const monotonicMs = () => performance.now() + time.now - NOW
  const outbound = createOutbound({ clock, random: () => 0.5, metrics, monotonicMs })
  const caller = createCaller({ outbound, log: SILENT_LOG, metrics, monotonicMs })
  const linked = {
    posSystem: connection.posSystem,
    live: connection.live,
    link: { environment: connection.environment, credentials: {}, account: connection.account, application: null },
    baseUrl: till.baseUrl,
    addressBy: 'hub',
    guarded: false,
    state: 'active',
    credentialsVersion: 1,
    expiresAt: null,
    budget: newId(),
  } as const
  const converse = createConverse({
    caller,
    clock,
    linkOf: async () => linked,
    renew: async () => ({ kind: 'impossible' }),
    markNeedsSignIn: async () => undefined,
  })
  const syncing: Syncing = {
    database,
    clock,
    vault: openVault({ database, clock, rootKey: new Uint8Array(32).fill(7) }),
    converse,
    findConnection: async (_tx, ref) => (ref.id === connection.id ? world.connection : null),
    isToldWell: async () => world.isTold,
    meter: syncMeter(metrics),
  }
  return { syncing, close: () => outbound.close() }
}
