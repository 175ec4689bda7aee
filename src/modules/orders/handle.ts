import type { OrderProgress } from '#canon/order.ts'
import { Fault } from '#kernel/fault.ts'
import { isId, newId, type TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Desk } from './desk.ts'
import { storedOrder } from './find.ts'
import { orderMissing } from './order-fault.ts'
import { sealNote } from './personal.ts'
import { moveOn } from './progress.ts'
import { stepOf } from './progress-states.ts'
import { readFull } from './store.ts'
import type { StoredOrder } from './stored-order.ts'

export type Handling = {
  readonly tenantId: TenantId
  readonly actor: string
  readonly requestId: string
  readonly now: Instant
  readonly progress: Exclude<OrderProgress, 'placed' | 'cancelled'>
  /** For the history; sealed. */
  readonly note: string | null
  readonly readyAt: Instant | null
}

/**
 * Somebody at the counter says how far an order is, whatever the POS knows. Said again it changes nothing. Throws
 * `orders.missing`, `orders.progress-backwards`.
 */
export async function handleOrder(desk: Desk, handling: Handling, orderId: string): Promise<StoredOrder> {
  const { tenantId, actor, requestId, now, progress, readyAt } = handling
  if (!isId(orderId)) throw orderMissing()
  const sealer = await desk.vault.tenant(tenantId)
  return desk.database.tenant(tenantId, async (tx) => {
    const row = await readFull(tx, tenantId, { id: orderId }, { lock: true })
    if (row === null) throw orderMissing()
    if (stepOf(row.progress, progress) === 'late') {
      throw new Fault('conflict', 'orders.progress-backwards', {
        say: `This order is ${row.progress} and cannot be ${progress} any more.`,
        detail: { progress: row.progress },
      })
    }
    const id = newId()
    const note = { id, sealed: sealNote(sealer, handling.note, orderId, id) }
    const said = { progress, at: now, now, by: actor, handledBy: actor, requestId, reason: null, readyAt, note }
    await moveOn(tx, desk.meter, tenantId, row, said)
    const after = await readFull(tx, tenantId, { id: orderId })
    if (after === null) throw new Error('an order that is locked is there')
    return storedOrder(after, sealer, tenantId)
  })
}
