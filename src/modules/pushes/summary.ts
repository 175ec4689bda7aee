import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { PushSummary } from '#modules/orders/orders.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'
import { findTarget } from './store-targets.ts'

/** How orders stand on their way, by order: of one that went to several connections the newest. */
export async function summaryOf(
  tx: Tx,
  tenantId: TenantId,
  orderIds: readonly Id[],
): Promise<ReadonlyMap<Id, PushSummary>> {
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p
    where p.tenant_id = ${tenantId} and p.order_id = any(${arrayOf(orderIds)}::uuid[])
    order by p.created_at, p.id`.execute(tx)
  return new Map(rows.map((push) => [push.orderId, summed(push)]))
}

function summed(push: Push): PushSummary {
  return {
    pushId: push.id,
    connectionId: push.connectionId,
    status: push.status,
    outcome: push.outcome,
    posOrderId: push.posOrderId,
    posOrderNumber: push.posOrderNumber,
    retryCount: push.retryCount,
    nextTryAt: nextTryAt(push),
    errorCode: push.errorCode,
    waitsForPerson: push.waitsFor === 'person',
  }
}

/** When the order itself is next tried; what follows a success is no try of it. */
export function nextTryAt({ status, claimedUntil, dueAt }: Push) {
  return (status === 'retry' || status === 'pending') && claimedUntil === null ? dueAt : null
}

/** Whether the order goes, or went, to a POS: then a wish to cancel is answered there. */
export async function hasPush(tx: Tx, tenantId: TenantId, orderId: Id): Promise<boolean> {
  const target = await findTarget(tx, tenantId)
  if (target?.active === true) return true
  const { rows } = await sql`
    select 1 from pos.pushes where tenant_id = ${tenantId} and order_id = ${orderId} limit 1`.execute(tx)
  return rows.length > 0
}
