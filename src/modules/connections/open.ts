import type { TenantId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Route } from '#platform/http/route.ts'
import type { Outbound } from '#platform/outbound/outbound.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { SiteDefaults } from './choose-places.ts'
import { connectAccount } from './connect-account.ts'
import { createConverse, createConverseWith } from './converse.ts'
import { createCaller } from './converse-call.ts'
import type { ChosenBy, Desk } from './desk.ts'
import { createEndpoints, type Endpoints } from './endpoints.ts'
import { findLive } from './find-live.ts'
import type { OurFigures } from './first-figures.ts'
import type { AccountConnected, GivenAccount, PushWishKeeper } from './for-orders.ts'
import { connectFromEnvironment, type EnvironmentOutcome, type GivenByEnvironment } from './from-environment.ts'
import type { Systems } from './keeping.ts'
import { createLinkKeeper } from './link-keeper.ts'
import type { ConnectionRef, Converse, LiveConnection } from './live.ts'
import { connectionMeter } from './meter.ts'
import { oauthRoutes } from './oauth-routes.ts'
import { connectionRoutes } from './routes.ts'
import { afterRevoked, rereadPlaces } from './signals.ts'
import { connectionSteps } from './steps.ts'
import { type SubscriptionState, subscriptionStates } from './subscription-states.ts'
import { createToldWell } from './told-well.ts'

// The module put together: what others may do with connections, and what the hub must run for them.

export type ConnectionsOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'counter' | 'histogram'>
  readonly vault: Vault
  readonly outbound: Outbound
  /** Key of the fingerprints by which credentials are told apart. 32 bytes. */
  readonly fingerprintKey: Buffer
  readonly systems: Systems
  /** Where the world reaches the hub. */
  readonly publicBase: URL
  readonly ourFigures: OurFigures
  /** Keeps what merchants want of orders that are pushed; left out: none are. */
  readonly pushWishes?: PushWishKeeper
  /** What a new site of a tenant begins with. */
  siteDefaultsOf(tenantId: TenantId): Promise<SiteDefaults>
  /** Hears, in the transaction that chooses them, that a connection's places are wanted from now on. Repeatable. */
  onPlacesChosen(tx: Tx, connection: LiveConnection, by: ChosenBy): Promise<unknown>
}

export type Connections = {
  readonly routes: readonly Route[]
  readonly steps: readonly TickStep[]
  readonly converse: Converse
  readonly endpoints: Endpoints
  /** Null: there is none, or it is one that nothing is asked of. In the caller's transaction. */
  findLive(tx: Tx, ref: ConnectionRef): Promise<LiveConnection | null>
  isToldWell(tx: Tx, ref: ConnectionRef): Promise<boolean>
  afterRevoked(ref: ConnectionRef): Promise<void>
  rereadPlaces(ref: ConnectionRef): Promise<unknown>
  subscriptionsOf(tenantId: TenantId, posSystem: string): Promise<readonly SubscriptionState[]>
  /** Connects a tenant with what the settings say. Safe to call at every start. */
  connectFromEnvironment(tenantId: TenantId, given: GivenByEnvironment): Promise<EnvironmentOutcome>
  /** An account by its token, or the one that is connected already. */
  connectAccount(tenantId: TenantId, given: GivenAccount, by: ChosenBy): Promise<AccountConnected>
}

export function openConnections(options: ConnectionsOptions): Connections {
  const { database, clock, log, metrics, vault, outbound, systems, publicBase, fingerprintKey } = options
  const caller = createCaller({ outbound, log, metrics })
  const converseWith = createConverseWith(caller)
  const keeper = createLinkKeeper({
    database,
    clock,
    log,
    vault,
    fingerprintKey,
    systems,
    converseWith,
    publicBase,
    meter: connectionMeter(metrics),
  })
  const desk: Desk = {
    ...keeper.keeping,
    keeper,
    endpoints: createEndpoints({ database, vault, clock, systems }),
    converse: createConverse({ caller, clock, ...keeper }),
    pushWishes: options.pushWishes,
    async onPlacesChosen(tx, ref, by) {
      const connection = await findLive(tx, systems, ref)
      // There is nothing to read in a system that only tells, but for its menu.
      const isRead = connection?.live.pull.streams.length !== 0 || connection.dataTypes.includes('catalog')
      if (connection === null || !isRead) return
      await options.onPlacesChosen(tx, connection, by)
    },
  }
  return {
    routes: [...connectionRoutes({ desk, ourFigures: options.ourFigures }), ...oauthRoutes(desk)],
    steps: connectionSteps(desk),
    converse: desk.converse,
    endpoints: desk.endpoints,
    findLive: (tx, ref) => findLive(tx, systems, ref),
    isToldWell: createToldWell(desk),
    afterRevoked: (ref) => afterRevoked(desk, ref),
    rereadPlaces: async (ref) => rereadPlaces(desk, ref, await options.siteDefaultsOf(ref.tenantId), clock.now()),
    subscriptionsOf: (tenantId, posSystem) => subscriptionStates(desk, tenantId, posSystem),
    connectFromEnvironment: async (tenantId, given) =>
      connectFromEnvironment(
        desk,
        { tenantId, defaults: await options.siteDefaultsOf(tenantId), now: clock.now() },
        given,
      ),
    connectAccount: async (tenantId, given, by) =>
      connectAccount(desk, { tenantId, defaults: await options.siteDefaultsOf(tenantId), ...by }, given),
  }
}
