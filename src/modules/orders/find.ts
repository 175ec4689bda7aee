import type { Id, TenantId } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { orderOf } from './body.ts'
import { openPersonal } from './personal.ts'
import { type FullRow, type OrderRow, readFull } from './store.ts'
import type { OrderState, StoredOrder } from './stored-order.ts'

/** An order as it stands, its personal parts opened; null where there is none. */
export async function findOrder(tx: Tx, sealer: Sealer, tenantId: TenantId, orderId: Id): Promise<StoredOrder | null> {
  const row = await readFull(tx, tenantId, { id: orderId })
  return row && storedOrder(row, sealer, tenantId)
}

/** `version`: of the content in the row, where it is not the one that stands. */
export function storedOrder(row: FullRow, sealer: Sealer, tenantId: TenantId, version = row.version): StoredOrder {
  return {
    order: orderOf(row.id, row.body, openPersonal(sealer, row.personal, row.id, version)),
    siteId: row.site_id,
    tenantId,
    version,
    progress: stateOf(row),
    progressAt: row.cancel_requested_at ?? row.progress_at,
    readyAt: row.ready_at,
    createdAt: row.created_at,
    handledBy: row.handled_by,
  }
}

export function stateOf(row: Pick<OrderRow, 'progress' | 'cancel_requested_at'>): OrderState {
  return row.cancel_requested_at === null ? row.progress : 'cancel_requested'
}
