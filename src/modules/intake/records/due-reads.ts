import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { arrayOf, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { executeTogether, statementOf } from '#platform/postgres/together.ts'
import type { RecordRef, Settling } from '../../../../connectors/contract.ts'
import type { Owner } from './store-records.ts'

// What is to be read again, and when. A provider speaks of things before they can be read, closes a sale before its lines
// are there, and leaves sales open for days. Each such record has a row with its next time; it is taken off when a reading
// no longer asks for it, and given up, visibly, when its last step brought nothing.
//
// Keeping records puts rows down and takes them off. Whoever steps them claims what is due, fetches it outside of any
// transaction, and in one more keeps what came and calls `stepDueReads` for what was claimed.

export type DueReason = 'missing' | 'needed' | Settling['reason']

export type DueRead = RecordRef & {
  /** Empty where only the record is known. */
  readonly subject: string
  readonly reason: DueReason
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SOON = [2 * SECOND, 10 * SECOND, MINUTE, 10 * MINUTE]
const HOURLY = Array.from({ length: 72 }, () => HOUR)
const DAILY = Array.from({ length: 57 }, () => DAY)

/** Pauses before each read; after the last one it is given up. */
export const DUE_PAUSES_MS: Readonly<Record<DueReason, readonly number[]>> = {
  missing: [...SOON, HOUR, 6 * HOUR, DAY],
  needed: [...SOON, HOUR, 6 * HOUR, DAY],
  lines_missing: [...SOON, HOUR, 6 * HOUR, DAY],
  payment_missing: [...SOON, HOUR, 6 * HOUR, DAY],
  // What waits for people or banks is followed for sixty days.
  open: [...SOON, ...HOURLY, ...DAILY],
  unpaid: [...SOON, ...HOURLY, ...DAILY],
  refund_pending: [...SOON, ...HOURLY, ...DAILY],
}

/** Of what a walk puts down: by then it has brought it, as a rule, and the quick steps would be for nothing. */
const WALKING = { step: SOON.length, pauseMs: 15 * MINUTE } as const

/**
 * Puts down what is wanted and takes off what the subjects, read just now, no longer want, and what was missing and has
 * come. What waits already for the same reason keeps its step and its time. Answers the statements that do it.
 */
export function dueReadSettling(
  tx: Tx,
  owner: Owner,
  read: { readonly subjects: readonly string[]; readonly arrived: readonly RecordRef[] },
  wanted: readonly DueRead[],
  { now, walking = false }: { readonly now: Instant; readonly walking?: boolean },
): (Statement | null)[] {
  const once = [...new Map(wanted.map((due) => [`${due.subject} ${due.kind} ${due.id}`, due])).values()]
  return [takingOff(tx, owner, read, once), puttingDown(tx, owner, once, now, walking)]
}

function takingOff(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  { subjects, arrived }: { readonly subjects: readonly string[]; readonly arrived: readonly RecordRef[] },
  wanted: readonly DueRead[],
): Statement | null {
  if (subjects.length + arrived.length === 0) return null
  const list = (of: (due: DueRead) => string) => arrayOf(wanted.map(of))
  const taking = sql`
    delete from pos.due_reads d
    using (
      select s.subject, o.kind, o.external_id
      from unnest(${arrayOf(subjects)}::text[]) as s (subject)
      cross join lateral (
        select kind, external_id from pos.due_reads
        where tenant_id = ${tenantId} and connection_id = ${connectionId} and subject = s.subject offset 0) o
      union all
      select '', a.kind, a.external_id
      from unnest(
        ${arrayOf(arrived.map((ref) => ref.kind))}::text[], ${arrayOf(arrived.map((ref) => ref.id))}::text[]
      ) as a (kind, external_id)
    ) v
    where d.tenant_id = ${tenantId} and d.connection_id = ${connectionId} and d.subject = v.subject
      and d.kind = v.kind and d.external_id = v.external_id
      and (d.subject, d.kind, d.external_id) not in (
        select * from unnest(
          ${list((due) => due.subject)}::text[], ${list((due) => due.kind)}::text[],
          ${list((due) => due.id)}::text[]))`
  return statementOf(tx, taking)
}

function puttingDown(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  wanted: readonly DueRead[],
  now: Instant,
  walking: boolean,
): Statement | null {
  if (wanted.length === 0) return null
  const dueAt = ({ reason }: DueRead) =>
    instantText(instant(now + (walking ? WALKING.pauseMs : (DUE_PAUSES_MS[reason][0] ?? 0))))
  const list = (of: (due: DueRead) => string) => arrayOf(wanted.map(of))
  const putting = sql`
    insert into pos.due_reads as d
      (tenant_id, connection_id, subject, kind, external_id, reason, state, step, due_at, put_down_at)
    select ${tenantId}::uuid, ${connectionId}::uuid, subject, kind, external_id, reason, 'waiting',
      ${walking ? WALKING.step : 0}::integer, due_at, ${instantText(now)}::timestamptz
    from unnest(
      ${list((due) => due.subject)}::text[], ${list((due) => due.kind)}::text[], ${list((due) => due.id)}::text[],
      ${list((due) => due.reason)}::text[], ${list(dueAt)}::timestamptz[]
    ) as w (subject, kind, external_id, reason, due_at)
    on conflict (tenant_id, connection_id, subject, kind, external_id) do update
    set reason = excluded.reason, step = excluded.step, state = 'waiting', due_at = excluded.due_at,
      put_down_at = excluded.put_down_at, claimed_by = null, claimed_until = null
    where d.reason <> excluded.reason or d.state = 'given_up'`
  return statementOf(tx, putting)
}

/** Puts down records that somebody spoke of and that are not to be had yet. */
export async function putDownMissing(tx: Tx, owner: Owner, refs: readonly RecordRef[], now: Instant): Promise<void> {
  const wanted = refs.map(({ kind, id }): DueRead => ({ subject: '', kind, id, reason: 'missing' }))
  await executeTogether(tx, dueReadSettling(tx, owner, { subjects: [], arrived: [] }, wanted, { now }))
}

export type Stepped = { readonly waiting: number; readonly givenUp: number }

/**
 * After claimed reads were done and what came of them was kept, in the same transaction: those that are still wanted get
 * their next time, or are given up after the last one. `found` are the records that the provider had: what was only
 * missing is missing no longer. Rows whose claim is no longer `claim` are left alone.
 */
export async function stepDueReads(
  tx: Tx,
  owner: Owner,
  claim: Id,
  reads: readonly DueRead[],
  found: readonly RecordRef[],
  now: Instant,
): Promise<Stepped> {
  const here = new Set(found.map(({ kind, id }) => `${kind} ${id}`))
  const isOver = ({ reason, kind, id }: DueRead) =>
    (reason === 'missing' || reason === 'needed') && here.has(`${kind} ${id}`)
  await removeClaimed(tx, owner, claim, reads.filter(isOver))
  const left = reads.filter((due) => !isOver(due))
  if (left.length === 0) return { waiting: 0, givenUp: 0 }
  const list = (of: (due: DueRead) => string) => arrayOf(left.map(of))
  const { rows } = await sql<{ state: 'waiting' | 'given_up' }>`
    update pos.due_reads d
    set step = d.step + 1, claimed_by = null, claimed_until = null,
      state = case when d.step + 1 < cardinality(v.pauses) then 'waiting' else 'given_up' end,
      due_at = ${instantText(now)}::timestamptz + coalesce(v.pauses[d.step + 2], 0) * interval '1 millisecond'
    from (
      select subject, kind, external_id, reason, pauses::bigint[] as pauses from unnest(
        ${list((due) => due.subject)}::text[], ${list((due) => due.kind)}::text[], ${list((due) => due.id)}::text[],
        ${list((due) => due.reason)}::text[], ${list((due) => arrayOf(DUE_PAUSES_MS[due.reason]))}::text[]
      ) as w (subject, kind, external_id, reason, pauses)
    ) v
    where d.tenant_id = ${owner.tenantId} and d.connection_id = ${owner.connectionId} and d.subject = v.subject
      and d.kind = v.kind and d.external_id = v.external_id and d.reason = v.reason and d.claimed_by = ${claim}
    returning d.state`.execute(tx)
  const givenUp = rows.filter((row) => row.state === 'given_up').length
  return { waiting: rows.length - givenUp, givenUp }
}

async function removeClaimed(tx: Tx, owner: Owner, claim: Id, reads: readonly DueRead[]): Promise<void> {
  if (reads.length === 0) return
  const list = (of: (due: DueRead) => string) => arrayOf(reads.map(of))
  await sql`
    delete from pos.due_reads d
    using unnest(
      ${list((due) => due.subject)}::text[], ${list((due) => due.kind)}::text[], ${list((due) => due.id)}::text[]
    ) as v (subject, kind, external_id)
    where d.tenant_id = ${owner.tenantId} and d.connection_id = ${owner.connectionId} and d.claimed_by = ${claim}
      and d.subject = v.subject and d.kind = v.kind and d.external_id = v.external_id`.execute(tx)
}
