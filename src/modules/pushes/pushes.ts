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
import { preview } from './rehearse.ts'
import { pushRoutes } from './routes.ts'
import { findTarget } from './store-targets.ts'
import { hasPush, summaryOf } from './summary.ts'
import { createWorker } from './worker.ts'

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
  /** Something of a connection is due now. */
  wake(ref: ConnectionRef): void
  /** Answers when nothing is being sent. For tests and orderly ends. */
  idle(): Promise<void>
  stop(): Promise<void>
}

export function createPushes({ metrics, ...options }: PushOptions): Pushes {
  const desk: PushDesk = { ...options, meter: pushMeter(metrics), wake: (ref) => worker.wake(ref) }
  const worker = createWorker(desk)
  return {
    routes: [...posRoutes(desk), ...pushRoutes(desk)],
    followers: pushFollowers(desk),
    steps: [{ name: 'pushes', everyMs: 500, run: (now) => worker.tick(now) }],
    summaryOf,
    hasPush,
    preview: (tx, stored) => preview(tx, desk, stored),
    async targets(tx, tenantId) {
      const target = await findTarget(tx, tenantId)
      return target?.active === true ? [target.connectionId] : []
    },
    wake: worker.wake,
    idle: worker.idle,
    stop: worker.stop,
  }
}
