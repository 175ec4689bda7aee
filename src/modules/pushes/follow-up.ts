import { type Instant, instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { CallFailed, type OrderReport, type PushedOrder } from '../../../connectors/contract.ts'
import { type ClaimedPush, holdClaimed } from './claim.ts'
import type { PushDesk, Ready } from './desk.ts'
import { gather, outgoingOf } from './outgoing.ts'
import type { Push } from './push-row.ts'
import { Fenced, type Recording, startRecording } from './recording.ts'
import { nextReportAt } from './reports.ts'
import type { Settled } from './settle.ts'
import { endAttempt } from './store-attempts.ts'
import { tellCancelRefused } from './tell.ts'
import { throttledUntil } from './timing.ts'
import { type Trouble, troubleOf } from './verdict.ts'
import { appendMoved, BY_HUB, changePush, type PushChange } from './write-push.ts'

// What follows when an order is in the POS: taking it back, changing it, asking how far it is. Its push stays a success.

type Followed =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'amended'; readonly pushed: PushedOrder; readonly version: number }
  | { readonly kind: 'reported'; readonly report: OrderReport | null }
  | { readonly kind: 'impossible'; readonly say: string }
  | Trouble

const FOLLOW_TRIES_MAX = 8
const AGAIN_MIN_MS = 2_000
const AGAIN_MAX_MS = 10 * 60_000

/** Null: another worker has taken over meanwhile. */
export async function runFollowUp(desk: PushDesk, push: ClaimedPush): Promise<Settled | null> {
  const sealer = await desk.vault.tenant(push.tenantId)
  const gathered = await gather(desk, sealer, push)
  // Taking back and changing may be done again; what the cut-off try came to shows then.
  if (push.interrupted) return settle(desk, push, { kind: 'not_sent', code: 'push.interrupted' }, null, null)
  if (gathered.kind === 'ended') return settle(desk, push, gathered.ending, null, null)
  const { ready } = gathered
  const recording = startRecording(desk, sealer, push, ready.outgoing, ready.stored.version)
  try {
    const followed = await follow(desk, push, ready, recording)
    return await settle(desk, push, followed, ready, recording)
  } catch (error) {
    if (error instanceof Fenced) return null
    throw error
  } finally {
    recording.end()
  }
}

async function follow(desk: PushDesk, push: ClaimedPush, ready: Ready, recording: Recording): Promise<Followed> {
  const { connection, outgoing, stored } = ready
  const { orders } = connection.live
  const { posOrderId } = push
  if (orders === undefined || posOrderId === null) return { kind: 'impossible', say: 'The system takes no orders.' }
  const ref = { tenantId: push.tenantId, id: push.connectionId }
  const how = { once: true, watch: recording.watch }
  try {
    if (push.nextStep === 'cancel') {
      const { cancel } = orders
      if (cancel === undefined)
        return { kind: 'impossible', say: 'The POS lets nobody take an order back from outside.' }
      const reason = push.wishReason ?? (push.test ? 'Test order' : 'Cancelled by the customer')
      await desk.converse(ref, 'order', (link) => cancel.call(orders, link, posOrderId, outgoing, reason), how)
      return { kind: 'cancelled' }
    }
    if (push.nextStep === 'amend') {
      const { amend } = orders
      if (amend === undefined) return { kind: 'impossible', say: 'The POS lets nobody change an order from outside.' }
      const fresh = await desk.database.tenant(push.tenantId, (tx) => outgoingOf(tx, desk, stored, connection))
      if (fresh === null) return { kind: 'impossible', say: 'No place of the connection is the order’s any more.' }
      const changed = { ...fresh, callbackUrl: outgoing.callbackUrl }
      const pushed = await desk.converse(ref, 'order', (link) => amend.call(orders, link, posOrderId, changed), how)
      return { kind: 'amended', pushed, version: stored.version }
    }
    const { report } = orders
    if (report === undefined) return { kind: 'impossible', say: 'The POS does not tell how far it is.' }
    const told = await desk.converse(ref, 'order', (link) => report.call(orders, link, posOrderId, outgoing), how)
    return { kind: 'reported', report: told }
  } catch (error) {
    if (error instanceof Fenced) throw error
    if (!(error instanceof CallFailed)) desk.log.warn({ err: error, push: push.id }, 'what follows a push broke off')
    return troubleOf(error, recording.calls)
  }
}

function settle(
  desk: PushDesk,
  claimed: ClaimedPush,
  followed: Followed,
  ready: Ready | null,
  recording: Recording | null,
): Promise<Settled | null> {
  const now = desk.clock.now()
  return desk.database.tenant(claimed.tenantId, async (tx) => {
    const held = await holdClaimed(tx, claimed)
    if (held === null) return null
    await recording?.flush(tx)
    const code = 'code' in followed ? followed.code : null
    const say = 'say' in followed ? followed.say : null
    await endAttempt(tx, held, claimed.attempts, { result: followed.kind, code, say }, now)
    const change = await changeAfter(tx, desk, held, followed, ready, now)
    const push = await changePush(tx, held, { claimedUntil: null, ...change }, now)
    await appendMoved(tx, push, { actor: BY_HUB, requestId: null, now })
    return { push, result: followed.kind, pushed: followed.kind === 'amended' ? followed.pushed : null, isTold: false }
  })
}

const DONE: PushChange = { nextStep: null, dueAt: null, followTries: 0 }

async function changeAfter(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  followed: Followed,
  ready: Ready | null,
  now: Instant,
): Promise<PushChange> {
  switch (followed.kind) {
    case 'cancelled':
      await progress(tx, desk, push, { progress: 'cancelled', at: now, reason: push.wishReason, readyAt: null })
      return { ...DONE, wish: null }
    case 'amended':
      return { ...DONE, ...wished(push, now), orderVersion: followed.version }
    case 'reported':
      return reported(tx, desk, push, followed.report, now)
    case 'impossible':
    case 'refused':
      return given(tx, desk, push, followed.say, ready, now)
    default:
      return tryAgain(tx, desk, push, followed, ready, now)
  }
}

async function reported(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  report: OrderReport | null,
  now: Instant,
): Promise<PushChange> {
  if (report !== null) await progress(tx, desk, push, { ...report, at: report.at ?? now })
  const isFinal = report?.progress === 'completed' || report?.progress === 'cancelled'
  if (push.wish !== null) return wished(push, now)
  const dueAt = isFinal ? null : nextReportAt(push.followTries + 1, now)
  return dueAt === null ? DONE : { nextStep: 'report', dueAt, followTries: push.followTries + 1 }
}

/** What was wished for meanwhile comes next. */
function wished({ wish }: Push, now: Instant): PushChange {
  if (wish === 'cancel') return { nextStep: 'cancel', dueAt: now, followTries: 0 }
  if (wish === 'amend') return { nextStep: 'amend', dueAt: now, followTries: 0, wish: null }
  return {}
}

/** The POS will not do it: the order stands there as it was, and a person hears of it where that matters. */
async function given(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  say: string,
  ready: Ready | null,
  now: Instant,
): Promise<PushChange> {
  if (push.nextStep === 'cancel' && !push.test) {
    await desk.orders.cancelRefused(tx, push.tenantId, push.orderId, { at: now, by: 'pos', reason: say })
    await tellCancelRefused(tx, push, ready?.stored.order.number ?? push.orderId, say, now)
  }
  const version = push.nextStep === 'amend' && ready !== null ? { orderVersion: ready.stored.version } : {}
  return push.nextStep === 'cancel' ? { ...DONE, wish: null } : { ...DONE, ...wished(push, now), ...version }
}

async function tryAgain(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  trouble: Exclude<Trouble, { kind: 'refused' }>,
  ready: Ready | null,
  now: Instant,
): Promise<PushChange> {
  // Asking how far it is can wait for the next time.
  if (push.nextStep === 'report') return reported(tx, desk, push, null, now)
  if (trouble.kind === 'throttled') {
    const dueAt = throttledUntil(now, trouble.afterMs, push.throttles, desk.random)
    return { dueAt, throttles: push.throttles + 1 }
  }
  if (trouble.kind === 'held') return { dueAt: instant(now + trouble.afterMs) }
  // Looked at again now and then: somebody may have signed in.
  if (trouble.kind === 'sign_in') return { dueAt: instant(now + AGAIN_MAX_MS) }
  const tries = push.followTries + 1
  if (tries >= FOLLOW_TRIES_MAX) return given(tx, desk, push, 'The POS did not answer.', ready, now)
  const pause = Math.min(AGAIN_MIN_MS * 2 ** tries, AGAIN_MAX_MS)
  return { dueAt: instant(now + Math.round(pause * (0.8 + 0.4 * desk.random()))), followTries: tries }
}

async function progress(
  tx: Tx,
  desk: PushDesk,
  push: Push,
  { progress, at, reason, readyAt }: Pick<OrderReport, 'progress' | 'reason' | 'readyAt'> & { readonly at: Instant },
): Promise<void> {
  await desk.orders.progress(tx, push.tenantId, push.orderId, { progress, at, by: 'pos', reason, readyAt })
}
