import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'

export type NewPush = {
  readonly orderId: Id
  readonly connectionId: Id
  readonly posSystem: string
  readonly test: boolean
  readonly total: bigint
  readonly currency: string
  readonly promisedAt: Instant
  readonly now: Instant
}

/** Puts an order on its way to a connection, due now. Null: it is on that way already, or was. */
export async function makePush(tx: Tx, tenantId: TenantId, draft: NewPush): Promise<Push | null> {
  const at = instantText(draft.now)
  const { rows } = await sql<Push>`
    insert into pos.pushes as p (tenant_id, id, order_id, connection_id, pos_system, test, status, next_step, due_at,
      promised_at, total, currency, created_at, moved_at)
    values (${tenantId}, ${newId()}, ${draft.orderId}, ${draft.connectionId}, ${draft.posSystem}, ${draft.test},
      'pending', 'send', ${at}, ${instantText(draft.promisedAt)}, ${draft.total}, ${draft.currency}, ${at}, ${at})
    on conflict (tenant_id, order_id, connection_id) do nothing returning ${PUSH_COLUMNS}`.execute(tx)
  return rows[0] ?? null
}

/** Of one order, the newest first; locked with `lock`. */
export async function pushesOfOrder(
  tx: Tx,
  tenantId: TenantId,
  orderId: Id,
  lock: 'lock' | 'look' = 'look',
): Promise<Push[]> {
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p where p.tenant_id = ${tenantId} and p.order_id = ${orderId}
    order by p.created_at desc, p.id desc ${lock === 'lock' ? sql`for update` : sql``}`.execute(tx)
  return rows
}
