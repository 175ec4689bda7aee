import type { Clock } from '#kernel/instant.ts'
import { findTenant } from '#modules/access/tenants.ts'
import { type Connections, openConnections } from '#modules/connections/open.ts'
import { articlesFor, knownItems, mappingOf, replaceMapping } from '#modules/matching/matching.ts'
import { createOrders, type Orders } from '#modules/orders/orders.ts'
import { createPushes, type Pushes } from '#modules/pushes/pushes.ts'
import { createPushWishes } from '#modules/pushes/wishes.ts'
import { createOutbound, type Judge, type Outbound } from '#platform/outbound/outbound.ts'
import { type Outbox, openOutbox } from '#platform/outbox/outbox.ts'
import type { Database } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { openVault } from '#platform/vault/vault.ts'
import { hurriedSystems, type ProviderAccess } from './provider.ts'

// What of a hub puts orders into a POS, put together as the hub does it: orders, matching, connections, pushes and the
// outbox between them, without what a person looks at. It goes by the clock it is given and by nothing else.

export type PushHub = {
  readonly outbox: Outbox
  readonly orders: Orders
  readonly pushes: Pushes
  readonly connections: Connections
  close(): Promise<void>
}

export type PushHubOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly rootKey: Buffer
  readonly access: ProviderAccess
  readonly random: () => number
  /** Told of every named point that is passed; what it does not answer stands still there. */
  at?(point: string): Promise<void>
}

const PUBLIC_BASE = new URL('https://hub.example/')

export function openPushHub({ clock, rootKey, access, random, at, ...options }: PushHubOptions): PushHub {
  const metrics = createMetrics()
  const log = SILENT_LOG
  const outbox = openOutbox({ database: options.database, clock })
  const { database } = outbox
  const vault = openVault({ database, clock, rootKey })
  const outbound = createOutbound({ clock, random, metrics, monotonicMs: () => clock.now() })
  const connections = openConnections({
    ...{ database, clock, log, metrics, vault, fingerprintKey: rootKey, publicBase: PUBLIC_BASE },
    outbound: withoutPauses(outbound),
    systems: hurriedSystems(access),
    ourFigures: async () => [],
    pushWishes: createPushWishes({ mappingOf, replaceMapping }),
    async siteDefaultsOf(tenantId) {
      const tenant = await database.system((tx) => findTenant(tx, tenantId))
      if (tenant === null) throw new Error('what is connected belongs to a tenant')
      return tenant
    },
    onPlacesChosen: async () => undefined,
  })
  const orders = createOrders({
    ...{ database, vault, clock, metrics, knownItems },
    hasPush: (tx, tenantId, orderId) => pushes.hasPush(tx, tenantId, orderId),
    pushesOf: (tx, tenantId, orderIds) => pushes.summaryOf(tx, tenantId, orderIds),
    preview: (tx, stored) => pushes.preview(tx, stored),
  })
  const pushes: Pushes = createPushes({
    ...{ database, vault, clock, log, metrics, random, orders, articlesFor },
    converse: connections.converse,
    findLive: connections.findLive,
    // Nobody asks how far an order is: this is about getting it in.
    isToldWell: async () => true,
    ...(at === undefined ? {} : { at }),
  })
  for (const follower of pushes.followers) outbox.follow(follower)
  return {
    outbox,
    orders,
    pushes,
    connections,
    async close() {
      await pushes.stop()
      await outbox.stop()
      await outbound.close()
    },
  }
}

/**
 * A provider that has had enough is left alone by the budget for as long as it says, in real time. Here its word reaches
 * the pushes alone, which wait by their own clock.
 */
function withoutPauses(outbound: Outbound): Outbound {
  return {
    ...outbound,
    attempt(target, wish, request, judge) {
      const calm: typeof judge = ((sent, tookMs) => {
        const judged = judge(sent, tookMs)
        return { ...judged, hint: null, kind: judged.kind === 'refused' ? 'well' : judged.kind }
      }) satisfies Judge<unknown> as typeof judge
      return outbound.attempt(target, wish, request, calm)
    },
  }
}
