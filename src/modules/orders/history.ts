import { sql } from 'kysely'
import type { OrderProgress } from '#canon/order.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { timeText } from './store.ts'

// What was said of an order after it came. It only grows, and at most a few lines a word: a POS that repeats itself, or is
// asked every minute, adds nothing.

export type HistoryKind = 'progress' | 'amended' | 'paid' | 'cancel_requested' | 'cancel_refused'

export type NewEntry = {
  /** Given where a note was sealed for it. */
  readonly id?: Id
  readonly kind: HistoryKind
  readonly at: Instant
  readonly by: string
  readonly progress?: OrderProgress
  /** False: it came late and changed nothing. */
  readonly moved?: boolean
  readonly readyAt?: Instant | null
  readonly reason?: string | null
  readonly version?: number
  readonly note?: Uint8Array | null
}

export type HistoryRow = {
  readonly id: Id
  readonly kind: HistoryKind
  readonly at: Instant
  readonly recorded_at: Instant
  readonly by: string
  readonly progress: OrderProgress | null
  readonly moved: boolean
  readonly ready_at: Instant | null
  readonly reason: string | null
  readonly version: number | null
  readonly changed: readonly string[] | null
  readonly note: Uint8Array | null
}

export async function addHistory(tx: Tx, tenantId: TenantId, orderId: Id, entry: NewEntry, now: Instant) {
  await sql`
    insert into pos.order_history
      (tenant_id, order_id, id, kind, at, recorded_at, by, progress, moved, ready_at, reason, version, note)
    values (${tenantId}, ${orderId}, ${entry.id ?? newId()}, ${entry.kind}, ${instantText(entry.at)},
      ${instantText(now)}, ${entry.by}, ${entry.progress ?? null}, ${entry.moved ?? true},
      ${timeText(entry.readyAt ?? null)}, ${entry.reason ?? null}, ${entry.version ?? null}, ${entry.note ?? null})`.execute(
    tx,
  )
}

/** Whether the same word came late before, from the same side. */
export async function knowsLateWord(
  tx: Tx,
  tenantId: TenantId,
  orderId: Id,
  word: { readonly progress: OrderProgress; readonly by: string },
): Promise<boolean> {
  const { rows } = await sql`
    select from pos.order_history
    where tenant_id = ${tenantId} and order_id = ${orderId} and kind = 'progress' and progress = ${word.progress}
      and by = ${word.by}
    limit 1`.execute(tx)
  return rows.length > 0
}

const HISTORY_SHOWN_MAX = 500

export async function listHistory(tx: Tx, tenantId: TenantId, orderId: Id): Promise<HistoryRow[]> {
  const { rows } = await sql<HistoryRow>`
    select h.id, h.kind, h.at, h.recorded_at, h.by, h.progress, h.moved, h.ready_at, h.reason, h.version, h.note,
      r.changed
    from pos.order_history h
    left join pos.order_revisions r
      on r.tenant_id = h.tenant_id and r.order_id = h.order_id and r.version = h.version and h.kind in ('amended', 'paid')
    where h.tenant_id = ${tenantId} and h.order_id = ${orderId}
    order by h.recorded_at, h.id
    limit ${HISTORY_SHOWN_MAX}`.execute(tx)
  return rows
}
