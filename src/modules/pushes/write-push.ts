import { type RawBuilder, sql } from 'kysely'
import { type Instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { OrderRemark } from '../../../connectors/contract.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'

/** What a row of pos.pushes is changed to; what is left out stays. */
export type PushChange = Partial<
  Pick<
    Push,
    | 'status'
    | 'outcome'
    | 'waitsFor'
    | 'nextStep'
    | 'dueAs'
    | 'dueAt'
    | 'retryCount'
    | 'resends'
    | 'throttles'
    | 'followTries'
    | 'firstTryAt'
    | 'gridAt'
    | 'firstSentAt'
    | 'lastSentAt'
    | 'intent'
    | 'orderVersion'
    | 'location'
    | 'posOrderId'
    | 'posOrderNumber'
    | 'posTotal'
    | 'wish'
    | 'wishReason'
    | 'errorCode'
    | 'errorMessage'
    | 'completedAt'
    | 'claimedUntil'
  >
> & { readonly warnings?: readonly OrderRemark[] }

const MOMENTS = new Set<keyof PushChange>([
  'dueAt',
  'firstTryAt',
  'gridAt',
  'firstSentAt',
  'lastSentAt',
  'completedAt',
  'claimedUntil',
])

/** Changes a push that the transaction has locked, and answers it as it stands then. */
export async function changePush(tx: Tx, push: Push, change: PushChange, now: Instant): Promise<Push> {
  const sets = (Object.entries(change) as [keyof PushChange, unknown][]).map(([name, value]): RawBuilder<unknown> => {
    const column = sql.raw(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    if (name === 'warnings') return sql`${column} = ${JSON.stringify(value)}::jsonb`
    if (MOMENTS.has(name)) return sql`${column} = ${value === null ? null : instantText(value as Instant)}`
    return sql`${column} = ${value}`
  })
  const { rows } = await sql<Push>`
    update pos.pushes p set moved_at = ${instantText(now)}${sets.length > 0 ? sql`, ${sql.join(sets)}` : sql``}
    where p.tenant_id = ${push.tenantId} and p.id = ${push.id} returning ${PUSH_COLUMNS}`.execute(tx)
  const changed = rows[0]
  if (changed === undefined) throw new Error('a locked push is there')
  return changed
}

export type Cause = { readonly actor: string; readonly requestId: string | null; readonly now: Instant }

export const BY_HUB = 'hub:pushes'

/** Last in the transaction. */
export async function appendMoved(tx: Tx, push: Push, { actor, requestId, now }: Cause): Promise<void> {
  await appendEvents(tx, push.tenantId, [
    {
      type: 'push.moved',
      subject: `order/${push.orderId}`,
      occurredAt: now,
      actor,
      requestId,
      data: {
        order_id: push.orderId,
        push_id: push.id,
        connection_id: push.connectionId,
        status: push.status,
        outcome: push.outcome,
        retry_count: push.retryCount,
        error_code: push.errorCode,
      },
    },
  ])
}
