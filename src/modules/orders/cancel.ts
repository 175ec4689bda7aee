import { Fault } from '#kernel/fault.ts'
import { isId, type TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Desk } from './desk.ts'
import { storedOrder } from './find.ts'
import { addHistory } from './history.ts'
import { orderMissing } from './order-fault.ts'
import { moveOn } from './progress.ts'
import { type FullRow, readFull, updateStanding } from './store.ts'
import type { StoredOrder } from './stored-order.ts'

// An order that is to be taken back. Where it goes to a POS, nobody here knows whether the kitchen has begun: the wish is
// told, and whoever pushes answers it, with the order cancelled or with a refusal. Where it goes nowhere, it is cancelled.

export type Cancelling = {
  readonly tenantId: TenantId
  readonly actor: string
  readonly requestId: string
  readonly now: Instant
  readonly reason: string | null
}

/** Asked again, it answers with the order as it stands. Throws `orders.missing`, `orders.over` for a completed one. */
export async function cancelOrder(desk: Desk, cancelling: Cancelling, orderId: string): Promise<StoredOrder> {
  const { tenantId, actor, requestId, now, reason } = cancelling
  if (!isId(orderId)) throw orderMissing()
  const sealer = await desk.vault.tenant(tenantId)
  return desk.database.tenant(tenantId, async (tx) => {
    const row = await readFull(tx, tenantId, { id: orderId }, { lock: true })
    if (row === null) throw orderMissing()
    if (row.progress === 'cancelled' || row.cancel_requested_at !== null) return storedOrder(row, sealer, tenantId)
    if (row.progress === 'completed') {
      throw new Fault('conflict', 'orders.over', {
        say: 'This order is completed and cannot be cancelled any more. Give the money back at the till instead.',
        detail: { progress: row.progress },
      })
    }
    if ((await desk.hooks.hasPush?.(tx, tenantId, orderId)) === true) await request(tx, cancelling, row)
    else {
      const said = { progress: 'cancelled', at: now, now, by: actor, requestId, reason, readyAt: null } as const
      await moveOn(tx, desk.meter, tenantId, row, said)
    }
    const after = await readFull(tx, tenantId, { id: orderId })
    if (after === null) throw new Error('an order that is locked is there')
    return storedOrder(after, sealer, tenantId)
  })
}

async function request(tx: Tx, cancelling: Cancelling, row: FullRow): Promise<void> {
  const { tenantId, actor, requestId, now, reason } = cancelling
  await updateStanding(
    tx,
    tenantId,
    row.id,
    {
      progress: row.progress,
      progressAt: row.progress_at,
      readyAt: row.ready_at,
      cancelRequestedAt: now,
      cancelReason: reason,
      handledBy: row.handled_by,
    },
    now,
  )
  await addHistory(tx, tenantId, row.id, { kind: 'cancel_requested', at: now, by: actor, reason }, now)
  await appendEvents(tx, tenantId, [
    {
      type: 'order.cancel_requested',
      subject: `order/${row.id}`,
      occurredAt: now,
      actor,
      requestId,
      data: { order_id: row.id, reason },
    },
  ])
}
