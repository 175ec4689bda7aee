import type { Id, TenantId } from '#kernel/ids.ts'
import type { ConnectionRef } from '#modules/connections/live.ts'
import type { PushSummary, StoredOrder } from '#modules/orders/orders.ts'
import type { Route } from '#platform/http/route.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { TickStep } from '#platform/queue/ticker.ts'
import type { PushDesk, PushOptions } from './desk.ts'
import { pushFollowers } from './followers.ts'
import { pushMeter } from './meter.ts'
import { posRoutes } from './pos-routes.ts'
import { forgetOldBodies } from './prune.ts'
import { recallFor } from './recall.ts'
import { preview } from './rehearse.ts'
import { pushNow } from './request.ts'
import { pushRoutes } from './routes.ts'
import { type PushFilter, pageOfPushes } from './store-lists.ts'
import { findTarget } from './store-targets.ts'
import { hasPush, summaryOf } from './summary.ts'
import { timelineOf, type WireTimeline } from './timeline.ts'
import { pushToWire, type WirePush } from './wire.ts'
import { createWorker } from './worker.ts'
import type { Cause } from './write-push.ts'

// Orders on their way into a POS: exactly once, in seconds, and never silently lost. An order that was accepted is
// followed from the outbox; what is due is worked at by whichever process finds it.

export type Pushes = {
  readonly routes: readonly Route[]
  readonly steps: readonly TickStep[]
  readonly followers: readonly Follower[]
  summaryOf(tx: Tx, tenantId: TenantId, orderIds: readonly Id[]): Promise<ReadonlyMap<Id, PushSummary>>
  hasPush(tx: Tx, tenantId: TenantId, orderId: Id): Promise<boolean>
  /** What would be sent for an order that is not stored; null: orders go nowhere. */
  preview(tx: Tx, stored: StoredOrder): Promise<Readonly<Record<string, unknown>> | null>
  /** Connections that orders go to now. */
  targets(tx: Tx, tenantId: TenantId): Promise<readonly Id[]>
  /** Throws `push.unknown-order`, `push.no-target`. */
  pushNow(tenantId: TenantId, orderId: string, cause: Cause): Promise<WirePush>
  /** The whole story of an order's way. Throws `push.unknown-order`, `push.not-pushed`. */
  timelineOf(tenantId: TenantId, orderId: string): Promise<WireTimeline>
  /** The newest ones. */
  list(tenantId: TenantId, filter: PushFilter, limit: number): Promise<readonly WirePush[]>
  /** Something of a connection is due now. */
  wake(ref: ConnectionRef): void
  /** An order is on its way just now. */
  isBusy(): boolean
  /** Answers when nothing is being sent. For tests and orderly ends. */
  idle(): Promise<void>
  stop(): Promise<void>
}

export function createPushes({ metrics, ...options }: PushOptions): Pushes {
  const desk: PushDesk = {
    ...options,
    meter: pushMeter(metrics),
    recall: recallFor(options.findLive, options.monotonicMs),
    wake: (ref) => worker.wake(ref),
  }
  const worker = createWorker(desk)
  return {
    routes: [...posRoutes(desk), ...pushRoutes(desk)],
    followers: pushFollowers(desk),
    steps: [
      { name: 'pushes', everyMs: 500, run: (now) => worker.tick(now) },
      {
        name: 'old-push-bodies',
        everyMs: 10 * 60_000,
        run: async (now) => void (await forgetOldBodies(desk.database, now)),
      },
    ],
    summaryOf,
    hasPush,
    preview: (tx, stored) => preview(tx, desk, stored),
    async targets(tx, tenantId) {
      const target = await findTarget(tx, tenantId)
      return target?.active === true ? [target.connectionId] : []
    },
    pushNow: async (tenantId, orderId, cause) => pushToWire(await pushNow(desk, tenantId, orderId, cause)),
    timelineOf: (tenantId, orderId) => timelineOf(desk, tenantId, orderId),
    async list(tenantId, filter, limit) {
      const { rows } = await desk.database.tenant(tenantId, (tx) =>
        pageOfPushes(tx, tenantId, filter, { limit, cursor: null }),
      )
      return rows.map(pushToWire)
    },
    wake: worker.wake,
    isBusy: worker.isBusy,
    idle: worker.idle,
    stop: worker.stop,
  }
}
