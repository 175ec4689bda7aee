import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { findTenant } from '#modules/access/tenants.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { articlesFor, createMatching, knownItems, watchConnection } from '#modules/matching/matching.ts'
import { raiseTask, settleTask } from '#modules/notices/notices.ts'
import { createOrders } from '#modules/orders/orders.ts'
import { createPushes, type Pushes } from '#modules/pushes/pushes.ts'
import type { Route } from '#platform/http/route.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { Vault } from '#platform/vault/vault.ts'
import type { Foundation } from './foundation.ts'
import type { LiveSystems } from './live-systems.ts'

// Orders from other channels and their way into a POS, put together: the order itself, what its items stand for, and the
// machine that puts it in.

export type OrderSystems = {
  readonly pushes: Pushes
  readonly routes: readonly Route[]
  readonly steps: readonly TickStep[]
  readonly followers: readonly Follower[]
  stop(): Promise<void>
}

export type OrderSystemsOptions = Pick<Foundation, 'database' | 'clock' | 'log' | 'metrics'> & {
  readonly vault: Vault
  readonly live: LiveSystems
}

export function composeOrders(options: OrderSystemsOptions): OrderSystems {
  const { database, clock, log, metrics, vault, live } = options
  const { connections } = live
  const orders = createOrders({
    ...{ database, vault, clock, metrics, knownItems },
    pushesOf: (tx, tenantId, orderIds) => pushes.summaryOf(tx, tenantId, orderIds),
    hasPush: (tx, tenantId, orderId) => pushes.hasPush(tx, tenantId, orderId),
    preview: (tx, stored) => pushes.preview(tx, stored),
  })
  const pushes: Pushes = createPushes({
    ...{ database, vault, clock, log, metrics, orders, articlesFor },
    random: Math.random,
    takeOrder: orders.take,
    converse: connections.converse,
    connectAccount: connections.connectAccount,
    findLive: connections.findLive,
    isToldWell: connections.isToldWell,
    wantCatalog: seldom(live.wantCatalog),
    async watchConnection(tx, tenantId, connectionId, now) {
      await live.wantCatalog(tx, { tenantId, id: connectionId }, now)
      await watchConnection(tx, tenantId, connectionId, now)
    },
    keepRecords: (ref, records) => live.keep(ref, records, 'job:pushes'),
    callbackUrl: (connection, reference) => callbackUrlOf(live, connection, reference),
  })
  const matching = createMatching({
    ...{ database, clock, notices: { raiseTask, settleTask } },
    pushTargets: (tx, tenantId) => pushes.targets(tx, tenantId),
    async sitesOf(tx, tenantId, connectionId) {
      const connection = await connections.findLive(tx, { tenantId, id: connectionId })
      return new Map([...(connection?.places ?? [])].map(([place, { siteId }]) => [place, siteId]))
    },
    async zoneOf(tx, tenantId) {
      const tenant = await findTenant(tx, tenantId)
      if (tenant === null) throw new Error('what is asked about belongs to a tenant')
      return tenant.timeZone
    },
  })
  return {
    pushes,
    routes: [...orders.routes, ...pushes.routes, ...matching.routes],
    steps: [...pushes.steps, ...matching.steps],
    followers: [...pushes.followers, ...matching.followers],
    stop: () => pushes.stop(),
  }
}

/** A menu that is out of date may refuse a whole evening's orders: it is read anew once in a while, and not for each. */
const MENU_AGAIN_MS = 5 * 60_000

function seldom(want: LiveSystems['wantCatalog']): LiveSystems['wantCatalog'] {
  const wantedAt = new Map<Id, Instant>()
  return async (tx, ref, now) => {
    const before = wantedAt.get(ref.id)
    if (before !== undefined && now >= before && now - before < MENU_AGAIN_MS) return
    wantedAt.set(ref.id, now)
    await want(tx, ref, now)
  }
}

/** Where a POS without webhooks of its own may tell how far it is with one order; null: it does not, or cannot reach us. */
async function callbackUrlOf(live: LiveSystems, connection: LiveConnection, reference: string): Promise<string | null> {
  const [endpoint] = await live.connections.endpoints.find(connection.posSystem, connection.id)
  const [secret] = endpoint?.secrets ?? []
  if (endpoint?.url === undefined || secret === undefined) return null
  return endpoint.webhooks.callbackUrl?.(endpoint.url, secret, { id: reference }) ?? null
}
