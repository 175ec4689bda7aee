import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { addHistory, knowsLateWord } from './history.ts'
import type { OrderMeter } from './meter.ts'
import { isOver, stepOf } from './progress-states.ts'
import { lockRow, type OrderRow, type Standing, timeText, updateStanding } from './store.ts'
import type { ProgressReport } from './stored-order.ts'

// How far an order is: the one place where that moves. The row's lock makes one order of whatever is said at once.

export type Said = ProgressReport & {
  readonly now: Instant
  readonly requestId?: string | null
  /** Somebody said so at the counter. */
  readonly handledBy?: string
  /** Sealed for the entry of this id. */
  readonly note?: { readonly id: Id; readonly sealed: Uint8Array | null }
}

export async function recordProgress(
  tx: Tx,
  meter: OrderMeter,
  tenantId: TenantId,
  orderId: Id,
  said: Said,
): Promise<boolean> {
  const row = await lockRow(tx, tenantId, orderId)
  return row !== null && moveOn(tx, meter, tenantId, row, said)
}

/** For a row that the transaction has locked. */
export async function moveOn(
  tx: Tx,
  meter: OrderMeter,
  tenantId: TenantId,
  row: OrderRow,
  said: Said,
): Promise<boolean> {
  // Nobody knows the future, and a POS whose clock is ahead must not keep later words from counting.
  const at = said.at > said.now || said.at < 0 ? said.now : said.at
  const promised = said.readyAt !== null && isStorable(said.readyAt) ? said.readyAt : null
  const entry = { kind: 'progress', at, by: said.by, progress: said.progress, reason: said.reason } as const
  const note = said.note === undefined ? {} : { id: said.note.id, note: said.note.sealed }
  const step = stepOf(row.progress, said.progress)
  if (step === 'late') {
    if (await knowsLateWord(tx, tenantId, row.id, said)) return false
    await addHistory(tx, tenantId, row.id, { ...entry, moved: false, readyAt: promised }, said.now)
    return false
  }
  const isLater = step === 'same' && promised !== null && promised !== row.ready_at && at >= row.progress_at
  if (step === 'same' && !isLater) return false
  const readyAt = promised ?? row.ready_at
  await updateStanding(tx, tenantId, row.id, standingAfter(row, said, at, readyAt), said.now)
  await addHistory(tx, tenantId, row.id, { ...entry, ...note, readyAt }, said.now)
  await appendEvents(tx, tenantId, [
    {
      type: 'order.progressed',
      subject: `order/${row.id}`,
      occurredAt: said.now,
      actor: actorOf(said.by),
      requestId: said.requestId ?? null,
      data: {
        order_id: row.id,
        progress: said.progress,
        by: said.by,
        reason: said.reason,
        ready_at: timeText(readyAt),
      },
    },
  ])
  if (step === 'forward') meter.moved(said.progress)
  return true
}

function standingAfter(row: OrderRow, said: Said, at: Instant, readyAt: Instant | null): Standing {
  const over = isOver(said.progress)
  return {
    progress: said.progress,
    progressAt: at,
    readyAt,
    // Whatever the end is, it is the answer to who wanted it taken back.
    cancelRequestedAt: over ? null : row.cancel_requested_at,
    cancelReason: said.progress === 'cancelled' ? (said.reason ?? row.cancel_reason) : row.cancel_reason,
    handledBy: said.handledBy ?? row.handled_by,
  }
}

/** A moment that a database and RFC 3339 write alike. A POS that is wrong about the year has said nothing. */
function isStorable(at: Instant): boolean {
  return at >= 0 && at < Date.parse('9999-12-31T00:00:00Z')
}

/** The POS does not take it back. False: nobody had asked, or it is over. */
export async function refuseCancel(
  tx: Tx,
  tenantId: TenantId,
  orderId: Id,
  refusal: { readonly at: Instant; readonly by: string; readonly reason: string | null; readonly now: Instant },
): Promise<boolean> {
  const row = await lockRow(tx, tenantId, orderId)
  if (row === null || row.cancel_requested_at === null) return false
  const { at, by, reason, now } = refusal
  await updateStanding(
    tx,
    tenantId,
    orderId,
    {
      progress: row.progress,
      progressAt: row.progress_at,
      readyAt: row.ready_at,
      cancelRequestedAt: null,
      cancelReason: row.cancel_reason,
      handledBy: row.handled_by,
    },
    now,
  )
  await addHistory(tx, tenantId, orderId, { kind: 'cancel_refused', at, by, reason }, now)
  await appendEvents(tx, tenantId, [
    {
      type: 'order.cancel_refused',
      subject: `order/${orderId}`,
      occurredAt: now,
      actor: actorOf(by),
      data: { order_id: orderId, progress: row.progress, reason, at: instantText(at) },
    },
  ])
  return true
}

/** As the outbox names who did something. */
export function actorOf(by: string): string {
  return by.includes(':') ? by : `hub:${by}`
}
