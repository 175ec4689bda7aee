import { sql } from 'kysely'
import { type Instant, instant } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import type { StoredOrder } from '#modules/orders/orders.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FoundOrder, OrderAssurance, OrderRemark, PushedOrder } from '../../../connectors/contract.ts'
import { type ClaimedPush, holdClaimed } from './claim.ts'
import { type Course, type Ending, type Move, moveAfter } from './course.ts'
import type { PushDesk } from './desk.ts'
import { decideLook, type Looked } from './look.ts'
import { isQuiet } from './outgoing.ts'
import type { Push } from './push-row.ts'
import type { Recording } from './recording.ts'
import { firstReportAt } from './reports.ts'
import { sayOf } from './say.ts'
import { endAttempt } from './store-attempts.ts'
import { askPerson, settleTasks, tellFailed, tellFailing, tellPrice } from './tell.ts'
import { lookSoon } from './timing.ts'
import { showsOf } from './told-of.ts'
import { appendMoved, BY_HUB, changePush, type PushChange } from './write-push.ts'

// Puts down how a try ended and what is done next, in one transaction: the push, its attempt, the answers, the order's
// progress, what people are told, and the line of the outbox.

/** What a search brought: what it means is decided where other orders of ours cannot change meanwhile. */
export type Searched = { readonly kind: 'searched'; readonly found: readonly FoundOrder[] }

export type TryEnd = {
  readonly ending: Exclude<Ending, Looked> | Looked | Searched
  readonly stored: StoredOrder | null
  readonly connection: LiveConnection | null
  /** As the connection is set up; left out: nobody could say, and the connector's own holds. */
  readonly assurance?: OrderAssurance
  readonly problems?: readonly OrderRemark[]
  readonly warnings?: readonly OrderRemark[]
  /** Until when something may still have left, where the try's own end was never seen. */
  readonly sentUntil?: Instant
}

export type Settled = {
  readonly push: Push
  readonly result: string
  readonly pushed: PushedOrder | null
  /** The POS tells of the order by itself: what it answered need not be kept beside that. */
  readonly isTold: boolean
}

const NO_ASSURANCE = { keyLifeMs: null, findBy: null, settleMs: 0 } as const

/** Null: the claim is somebody else's by now, and so is the rest. */
export async function settleTry(
  desk: PushDesk,
  claimed: ClaimedPush,
  end: TryEnd,
  recording: Recording | null,
): Promise<Settled | null> {
  const now = desk.clock.now()
  return desk.database.tenant(claimed.tenantId, async (tx) => {
    const held = await holdClaimed(tx, claimed)
    if (held === null) return null
    const standing = withLastSent(held, end.sentUntil ?? recording?.lastSentAt ?? null)
    const decided = await decide(tx, desk, standing, end, now)
    const { ending, candidates } = decided
    const move = await refuseTaken(tx, standing, lookedAt(desk, standing, end, decided.move, now))
    // Whatever was wrong with it, the POS may sell other things by now than we know.
    if (ending.kind === 'refused' && recording !== null && recording.calls.length > 0) {
      await desk.wantCatalog?.(tx, { tenantId: standing.tenantId, id: standing.connectionId }, now)
    }
    const change = await changeOf(tx, desk, standing, move, end, now)
    await recording?.flush(tx)
    const say = sayOf(move)
    await endAttempt(tx, held, claimed.attempts, { result: ending.kind, code: move.code, say }, now)
    const push = await changePush(tx, standing, change, now)
    await tellOrder(tx, desk, push, move, end, now)
    await tell(tx, claimed, push, { end, candidates }, now)
    await appendMoved(tx, push, { actor: BY_HUB, requestId: null, now })
    const isTold = end.connection?.live.orders?.report !== undefined && push.nextStep === null
    return { push, result: ending.kind, pushed: move.pushed, isTold }
  })
}

/** The POS has spoken of it while the try was under way, and there is nothing else to look at. */
function lookedAt(desk: PushDesk, push: Push, { connection }: TryEnd, move: Move, now: Instant): Move {
  const isSpokenOf = push.posOrderId !== null && connection?.live.orders?.find === undefined
  if (!isSpokenOf || move.outcome !== 'unknown') return move
  return { ...move, waitsFor: null, nextStep: 'look', dueAs: 'follow_up', dueAt: lookSoon(now, desk.random) }
}

/** When its answer was given up, a call may still have been on its way. */
function withLastSent(held: Push, lastSentAt: Instant | null): Push {
  const isLater = lastSentAt !== null && held.lastSentAt !== null && lastSentAt > held.lastSentAt
  return isLater ? { ...held, lastSentAt } : held
}

type Decided = { readonly ending: Ending; readonly move: Move; readonly candidates: readonly FoundOrder[] }

async function decide(tx: Tx, desk: PushDesk, push: Push, end: TryEnd, now: Instant): Promise<Decided> {
  const orders = end.connection?.live.orders
  const assurance = end.assurance ?? orders?.assurance ?? NO_ASSURANCE
  const ending =
    end.ending.kind === 'searched'
      ? decideLook({
          found: end.ending.found,
          ...(await othersOf(tx, push, end.ending.found)),
          sent: { first: push.firstSentAt ?? now, last: push.lastSentAt ?? now },
          settleMs: assurance.settleMs,
          now,
        })
      : end.ending
  const course: Course = {
    ...push,
    firstTryAt: push.firstTryAt ?? now,
    gridAt: push.gridAt ?? now,
  }
  const step = push.nextStep === 'look' ? 'look' : 'send'
  const rules = {
    step,
    assurance,
    canFind: orders?.find !== undefined && assurance.findBy !== null,
    now,
    random: desk.random,
  } as const
  const candidates = ending.kind === 'undecidable' ? ending.candidates : []
  return { ending, move: moveAfter(course, ending, rules), candidates }
}

/** Other orders of ours: which of the found ones they are, and whether one of them may be meant by a likeness. */
async function othersOf(tx: Tx, push: Push, found: readonly FoundOrder[]) {
  const ids = found.map(({ pushed }) => pushed.externalId)
  const { rows: owned } = await sql<{ id: string }>`
    select pos_order_id as id from pos.pushes
    where tenant_id = ${push.tenantId} and connection_id = ${push.connectionId} and id <> ${push.id}
      and pos_order_id = any(${ids}::text[])`.execute(tx)
  const { rows: twins } = await sql<{ sending: boolean }>`
    select bool_or(status = 'syncing' and next_step = 'send') as sending from pos.pushes
    where tenant_id = ${push.tenantId} and connection_id = ${push.connectionId} and id <> ${push.id}
      and total = ${push.total} and currency = ${push.currency} and status in ('syncing', 'retry')
      and last_sent_at is not null
    having count(*) > 0`.execute(tx)
  const twin = twins[0]
  return {
    owned: new Set(owned.map(({ id }) => id)),
    twins: twin === undefined ? 'none' : twin.sending ? 'in_flight' : 'unknown',
  } as const
}

/** An order of the POS is one order of ours: whoever came first has it. */
async function refuseTaken(tx: Tx, push: Push, move: Move): Promise<Move> {
  if (move.pushed === null) return move
  // Two at the same moment the unique index keeps apart; the later one finds out when it looks again.
  if (!(await isAnothers(tx, push, move.pushed.externalId))) return move
  return {
    ...move,
    status: 'retry',
    outcome: 'unknown',
    waitsFor: 'person',
    nextStep: null,
    dueAt: null,
    pushed: null,
    code: 'push.taken',
  }
}

export async function isTaken(tx: Tx, push: Push, posOrderId: string): Promise<boolean> {
  // Two that are about to be the same order wait for each other here.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${push.connectionId} ${posOrderId}`}, 0))`.execute(tx)
  return isAnothers(tx, push, posOrderId)
}

async function isAnothers(tx: Tx, push: Push, posOrderId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pos.pushes
    where tenant_id = ${push.tenantId} and connection_id = ${push.connectionId} and pos_order_id = ${posOrderId}
      and id <> ${push.id}`.execute(tx)
  return rows.length > 0
}

async function changeOf(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  move: Move,
  end: TryEnd,
  now: Instant,
): Promise<PushChange> {
  const { pushed, forgetSent } = move
  const isSent = push.firstSentAt !== null && !forgetSent
  const isWaiting = move.status === 'retry'
  const takenBack = push.wish === 'cancel' && isWaiting && move.outcome === null && !isSent
  const status = takenBack ? 'failed' : move.status
  const next = status === 'success' ? await afterSuccess(tx, desk, push, end, now) : null
  return {
    status,
    outcome: status === 'retry' ? move.outcome : null,
    // A person who was asked stays asked until it is known.
    waitsFor: status === 'retry' ? (move.waitsFor ?? (push.waitsFor === 'person' ? 'person' : null)) : null,
    nextStep: status === 'retry' ? move.nextStep : (next?.nextStep ?? null),
    dueAs: status === 'retry' ? move.dueAs : 'follow_up',
    dueAt: status === 'retry' ? move.dueAt : (next?.dueAt ?? null),
    retryCount: move.retryCount,
    resends: move.resends,
    throttles: isWaiting ? move.throttles : 0,
    claimedUntil: null,
    errorCode: takenBack ? 'push.cancelled' : move.code,
    errorMessage: takenBack ? 'The order was taken back before it was in the POS.' : sayOf(move),
    completedAt: status === 'retry' ? null : now,
    ...(forgetSent
      ? { firstSentAt: null, lastSentAt: null, intent: null, orderVersion: null }
      : { lastSentAt: push.lastSentAt }),
    ...(pushed === null
      ? {}
      : { posOrderId: pushed.externalId, posOrderNumber: pushed.number, posTotal: pushed.total }),
    ...(end.warnings === undefined ? {} : { warnings: end.warnings }),
  }
}

/** What the channel has wished for meanwhile, or asking how far the POS is where it does not tell. */
async function afterSuccess(tx: Tx, desk: PushDesk, push: Push, { connection, stored }: TryEnd, now: Instant) {
  if (push.wish === 'cancel' || push.test) return { nextStep: 'cancel', dueAt: now } as const
  if (stored !== null && push.orderVersion !== null && stored.version > push.orderVersion) {
    return { nextStep: 'amend', dueAt: now } as const
  }
  if (connection?.live.orders?.report === undefined) return null
  const isTold = (await desk.isToldWell?.(tx, { tenantId: push.tenantId, id: push.connectionId })) ?? false
  return isTold ? null : ({ nextStep: 'report', dueAt: firstReportAt(now) } as const)
}

const FAILING_AT = 3

async function tell(
  tx: Tx,
  claimed: ClaimedPush,
  push: Push,
  { end, candidates }: { readonly end: TryEnd; readonly candidates: readonly FoundOrder[] },
  now: Instant,
): Promise<void> {
  const name = { number: end.stored?.order.number ?? push.orderId }
  const say = push.errorMessage ?? ''
  const wasCounted = claimed.dueAs === 'retry' && push.retryCount === claimed.retryCount
  if (push.status === 'retry' && wasCounted && push.retryCount === FAILING_AT) {
    await tellFailing(tx, push, name, say, now)
  }
  if (push.status === 'failed' && !isQuiet(push.errorCode)) {
    await tellFailed(tx, push, name, { code: push.errorCode ?? '', say, problems: end.problems ?? [] }, now)
  }
  if (push.waitsFor === 'person' && claimed.waitsFor !== 'person') {
    const shows = end.stored === null ? [] : showsOf(end.stored.order)
    await askPerson(tx, push, { ...name, shows }, candidates, now)
  }
  if (push.status === 'success') {
    if (claimed.waitsFor === 'person') await settleTasks(tx, push, 'in_the_pos', BY_HUB, now)
    if (push.posTotal !== null && push.posTotal !== push.total) await tellPrice(tx, push, name, push.posTotal, now)
  }
}

/** The order's own life hears what the POS said of it, and that it never got there when that was the wish. */
async function tellOrder(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  { pushed }: Move,
  { stored }: TryEnd,
  now: Instant,
): Promise<void> {
  const at = instant(now)
  if (push.status === 'success' && pushed !== null && pushed.progress !== 'placed') {
    const report = { progress: pushed.progress, at, by: 'pos', reason: null, readyAt: null }
    await desk.orders.progress(tx, push.tenantId, push.orderId, report)
  }
  const isWished = push.wish === 'cancel' || push.errorCode === 'push.cancelled'
  if (push.status === 'failed' && isWished && stored?.progress !== 'cancelled') {
    const report = { progress: 'cancelled', at, by: 'channel', reason: push.wishReason, readyAt: null } as const
    await desk.orders.progress(tx, push.tenantId, push.orderId, report)
  }
}
