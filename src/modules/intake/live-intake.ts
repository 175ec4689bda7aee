import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Endpoints } from '#modules/connections/endpoints.ts'
import type { ConnectionRef, Converse, LiveConnection } from '#modules/connections/live.ts'
import type { Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { TaskHandler } from '#platform/queue/task.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Connector, SourceRecord } from '../../../connectors/contract.ts'
import { createDeliveries, type Deliveries } from './deliveries/deliveries.ts'
import type { LogDesk } from './deliveries/log.ts'
import { webhookLogRoutes } from './deliveries/log-routes.ts'
import { webhookRoutes } from './deliveries/routes.ts'
import { keepRecords } from './records/keep.ts'
import type { SeenRecord } from './records/kept.ts'
import { recordRoutes } from './records/routes.ts'
import { sourcesOfSale } from './records/sources-of-sale.ts'
import { createDueReader } from './sync/due-reader.ts'
import { syncRoutes } from './sync/routes.ts'
import { wantCatalogAt } from './sync/store-schedules.ts'
import { type Syncing, syncMeter } from './sync/syncing.ts'
import { syncTasks } from './sync/tasks.ts'
import { pruneSyncs, tickSyncs } from './sync/tick.ts'

// What comes from systems that are asked and that tell: deliveries at the door, and the reading of what was not told.

/** The connections, as far as intake needs them. */
export type KnownConnections = {
  readonly converse: Converse
  readonly endpoints: Endpoints
  findLive(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
  isToldWell(tx: Tx, ref: ConnectionRef): Promise<boolean>
  afterRevoked(ref: ConnectionRef): Promise<void>
  rereadPlaces(ref: ConnectionRef): Promise<unknown>
  readonly subscriptionsOf: LogDesk['subscriptionsOf']
}

export type LiveIntakeOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  readonly vault: Vault
  readonly publicBase: URL
  readonly connections: KnownConnections
  findConnector(posSystem: string): Connector | null
  /** Whether something goes on in this process that deliveries should let go first. */
  hasUrgent?(): boolean
}

export type LiveIntake = {
  readonly routes: readonly Route[]
  readonly tasks: readonly TaskHandler[]
  readonly steps: readonly TickStep[]
  /** The provider's own words behind a sale. */
  sourcesOf(
    tenantId: TenantId,
    sale: { readonly connection_id: string; readonly pos_system: string; readonly external_id: string },
  ): ReturnType<typeof sourcesOfSale>
  /** A connection's catalogue may have changed: it is read soon. */
  wantCatalog(tx: Tx, ref: ConnectionRef, now: Instant): Promise<void>
  /** Keeps what was learned of a connection's records by another way than reading, such as an order that was put in. */
  keep(ref: ConnectionRef, records: readonly SourceRecord[], actor: string): Promise<void>
  stop(): Promise<void>
}

/** A connection is remembered for so long between two deliveries, so that not each asks for its own again. */
const REMEMBER_CONNECTION_MS = 1_000
/** A place that is not wanted is told of with each of its sales; its account is asked once in a while. */
const LOOK_FOR_PLACES_MS = 10 * 60_000

export function openLiveIntake(options: LiveIntakeOptions): LiveIntake {
  const { database, clock, log, metrics, vault, connections, findConnector } = options
  const deliveries = openDeliveries(options)
  const syncing: Syncing = {
    database,
    clock,
    vault,
    converse: connections.converse,
    findConnection: connections.findLive,
    isToldWell: connections.isToldWell,
    meter: syncMeter(metrics),
  }
  const dueReader = createDueReader(syncing, (error) => log.error({ err: error }, 'what was due could not be read'))
  return {
    routes: [
      ...webhookRoutes(deliveries.receiver),
      ...webhookLogRoutes({ database, vault, findConnector, subscriptionsOf: connections.subscriptionsOf }),
      ...recordRoutes({ database, vault, findConnection: connections.findLive }),
      ...syncRoutes(syncing),
    ],
    tasks: syncTasks(syncing),
    steps: [
      { name: 'deliveries', everyMs: 1_000, run: (now) => deliveries.tick(now) },
      { name: 'syncs', everyMs: 1_000, run: (now) => tickSyncs(syncing, now) },
      { name: 'old-syncs', everyMs: 10 * 60_000, run: async (now) => void (await pruneSyncs(syncing, now)) },
      { name: 'due-reads', everyMs: 1_000, run: (now) => dueReader.tick(now) },
    ],
    sourcesOf: (tenantId, sale) => sourcesOfSale({ database, vault, findConnector }, tenantId, sale),
    wantCatalog: (tx, { tenantId, id }, now) => wantCatalogAt(tx, tenantId, id, now),
    keep: (ref, records, actor) => keepLearned(options, ref, records, actor),
    async stop() {
      await deliveries.stop()
      await dueReader.stop()
    },
  }
}

function openDeliveries(options: LiveIntakeOptions): Deliveries {
  const { database, clock, connections } = options
  const lookedFor = new Map<string, Instant>()
  const known = new Map<Id, { readonly found: Promise<LiveConnection | null>; readonly until: number }>()
  return createDeliveries({
    ...options,
    converse: connections.converse,
    endpoints: connections.endpoints,
    findLive(ref) {
      const remembered = known.get(ref.id)
      if (remembered !== undefined && remembered.until > performance.now()) return remembered.found
      const found = database.tenant(ref.tenantId, (tx) => connections.findLive(tx, ref))
      known.set(ref.id, { found, until: performance.now() + REMEMBER_CONNECTION_MS })
      found.catch(() => known.delete(ref.id))
      return found
    },
    async signalled({ tenantId, id }, signal) {
      if (signal === 'revoked') await connections.afterRevoked({ tenantId, id })
      else if (signal === 'locations') await connections.rereadPlaces({ tenantId, id })
      else await database.tenant(tenantId, (tx) => wantCatalogAt(tx, tenantId, id, clock.now()))
    },
    async unplaced({ tenantId, id }, locations) {
      const fresh = locations.filter((location) => isNews(lookedFor, `${id} ${location}`, clock.now()))
      if (fresh.length > 0) await connections.rereadPlaces({ tenantId, id })
    },
  })
}

async function keepLearned(
  { database, clock, vault, connections }: LiveIntakeOptions,
  ref: ConnectionRef,
  records: readonly SourceRecord[],
  actor: string,
): Promise<void> {
  const sealer = await vault.tenant(ref.tenantId)
  const now = clock.now()
  await database.tenant(ref.tenantId, async (tx) => {
    const connection = await connections.findLive(tx, ref)
    if (connection === null || connection.state === 'disconnected') return
    const seen = records.map((record): SeenRecord => ({ ...record, seenAt: now, from: 'fetch' }))
    await keepRecords(tx, { sealer }, connection, seen, { actor, requestId: null, now })
  })
}

function isNews(lookedFor: Map<string, Instant>, place: string, now: Instant): boolean {
  const before = lookedFor.get(place)
  if (before !== undefined && now - before < LOOK_FOR_PLACES_MS && now >= before) return false
  lookedFor.set(place, now)
  return true
}
