import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Route } from '#platform/http/route.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { type OrdersOptions, openDesk } from './desk.ts'
import { findOrder } from './find.ts'
import { handIn } from './hand-in.ts'
import { listRoutes } from './list-routes.ts'
import { recordProgress, refuseCancel } from './progress.ts'
import { orderRoutes } from './routes.ts'
import type { ProgressReport, StoredOrder } from './stored-order.ts'

export type { OrdersOptions } from './desk.ts'
export type { OrderHooks, OrderState, ProgressReport, PushStatus, PushSummary, StoredOrder } from './stored-order.ts'

// Orders that customers placed elsewhere, from the moment a channel hands one in. How one gets into a POS is not this
// module's: it says what was ordered and how far that is, and tells every change by the outbox.

export type Orders = {
  readonly routes: readonly Route[]
  /**
   * An order as it stands, its personal parts opened; null where there is none. Hand in a sealer that was taken before
   * the transaction began: without one the vault may want a second connection while the first is held.
   */
  find(tx: Tx, tenantId: TenantId, orderId: Id, sealer?: Sealer): Promise<StoredOrder | null>
  /**
   * Hands in an order as a channel would, in the shape of that address, and answers its id; the same again is the same
   * order. Throws `orders.invalid`, `orders.exists-otherwise`. Not within a transaction: it has its own.
   */
  take(tenantId: TenantId, given: unknown, by: By): Promise<Id>
  /**
   * Takes down how far an order is. True: it moved, or is now to be ready at another time, and the outbox says so. False:
   * that was known, came late, or there is no such order. Late words stay in its history. Locks the order's row: call it before anything of the
   * same transaction is appended to the outbox, as everybody else does.
   */
  progress(tx: Tx, tenantId: TenantId, orderId: Id, report: ProgressReport): Promise<boolean>
  /** The POS does not take it back: the order goes on as before, told by `order.cancel_refused`. False: nobody had asked. */
  cancelRefused(
    tx: Tx,
    tenantId: TenantId,
    orderId: Id,
    refusal: { readonly at: Instant; readonly by: string; readonly reason: string | null },
  ): Promise<boolean>
}

export type By = { readonly actor: string; readonly requestId: string | null; readonly now: Instant }

export function createOrders(options: OrdersOptions): Orders {
  const desk = openDesk(options)
  return {
    routes: [...orderRoutes(desk), ...listRoutes(desk)],
    find: async (tx, tenantId, orderId, sealer) =>
      findOrder(tx, sealer ?? (await desk.vault.tenant(tenantId)), tenantId, orderId),
    take: async (tenantId, given, by) => (await handIn(desk, { ...by, tenantId }, given)).order.id,
    progress: (tx, tenantId, orderId, report) =>
      recordProgress(tx, desk.meter, tenantId, orderId, { ...report, now: desk.clock.now() }),
    cancelRefused: (tx, tenantId, orderId, refusal) =>
      refuseCancel(tx, tenantId, orderId, { ...refusal, now: desk.clock.now() }),
  }
}
