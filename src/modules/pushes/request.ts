import { Fault } from '#kernel/fault.ts'
import { isId, type TenantId } from '#kernel/ids.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PushDesk } from './desk.ts'
import { makePush, pushesOfOrder } from './make-push.ts'
import { gather } from './outgoing.ts'
import type { Push } from './push-row.ts'
import { isTaken } from './settle.ts'
import { spokenOrder } from './spoken.ts'
import { findTarget } from './store-targets.ts'
import { settleTasks } from './tell.ts'
import { appendMoved, type Cause, changePush } from './write-push.ts'

// What a person asks of an order's way: push it now, or decide what nobody else can.

/**
 * Puts an order on its way now, whether it never was, waits or has failed. One that is in the POS, or just being sent,
 * stays as it is: it is never sent twice for this. Throws `push.unknown-order`, `push.no-target`.
 */
export async function pushNow(desk: PushDesk, tenantId: TenantId, orderId: string, cause: Cause): Promise<Push> {
  const sealer = await desk.vault.tenant(tenantId)
  const push = await desk.database.tenant(tenantId, async (tx) => {
    const stored = isId(orderId) ? await desk.orders.find(tx, tenantId, orderId, sealer) : null
    if (stored === null) throw unknownOrder()
    const target = await findTarget(tx, tenantId)
    const standing = await pushesOfOrder(tx, tenantId, stored.order.id, 'lock')
    const arrived = standing.find(({ status }) => status === 'success')
    // One that is, or may be, in another POS must not go to this one too.
    const open = arrived ?? standing.find(({ status, outcome }) => status !== 'failed' || outcome !== null)
    if (open !== undefined) return hurry(tx, open, cause)
    const connection = target?.active ? await desk.findLive(tx, { tenantId, id: target.connectionId }) : null
    if (target === null || connection === null) throw noTarget()
    const own = standing.find(({ connectionId }) => connectionId === target.connectionId)
    if (own !== undefined) return anew(tx, own, cause)
    const { order } = stored
    const made = await makePush(tx, tenantId, {
      orderId: order.id,
      connectionId: target.connectionId,
      posSystem: connection.posSystem,
      test: order.test,
      total: order.total,
      currency: order.currency,
      promisedAt: order.fulfilment.at ?? order.placedAt,
      now: cause.now,
    })
    if (made !== null) {
      await appendMoved(tx, made, cause)
      return made
    }
    // Somebody was faster by a moment; what they put down is committed by now.
    const faster = (await pushesOfOrder(tx, tenantId, order.id, 'lock'))[0]
    if (faster === undefined) throw new Error('a push that is in the way of another one can be read')
    return hurry(tx, faster, cause)
  })
  desk.wake({ tenantId, id: push.connectionId })
  return push
}

/** What waits for its time does so no more. What waits for a sign-in or a person is tried by what can be known. */
async function hurry(tx: Tx, push: Push, cause: Cause): Promise<Push> {
  const isResting = push.claimedUntil === null && (push.status === 'pending' || push.status === 'retry')
  if (!isResting || push.nextStep === null) return push
  const waitsFor = push.waitsFor === 'sign_in' ? null : push.waitsFor
  return changePush(tx, push, { dueAt: cause.now, waitsFor }, cause.now)
}

/** A new round: it counts its tries from the beginning. */
async function anew(tx: Tx, push: Push, cause: Cause): Promise<Push> {
  const fresh = await changePush(
    tx,
    push,
    {
      status: 'pending',
      outcome: null,
      waitsFor: null,
      nextStep: 'send',
      dueAs: 'first',
      dueAt: cause.now,
      retryCount: 0,
      resends: 0,
      throttles: 0,
      followTries: 0,
      firstTryAt: null,
      gridAt: null,
      firstSentAt: null,
      lastSentAt: null,
      intent: null,
      orderVersion: null,
      posOrderId: null,
      wish: null,
      wishReason: null,
      errorCode: null,
      errorMessage: null,
      completedAt: null,
    },
    cause.now,
  )
  await settleTasks(tx, push, 'pushed_again', cause.actor, cause.now)
  await appendMoved(tx, fresh, cause)
  return fresh
}

export type Decision =
  /** It is this order of the POS. */
  | { readonly decision: 'is_this'; readonly posOrderId: string }
  /** It is not there: it is sent again. */
  | { readonly decision: 'send_again' }
  /** Somebody sees to it by hand. */
  | { readonly decision: 'handled' }

/**
 * What a person says where nobody else can know. Throws `push.unknown-order`, `push.not-pushed`, `push.no-question`,
 * `push.in-flight`, `push.taken`, and where the system shows no order again, what opening the connection throws.
 */
export async function resolve(
  desk: PushDesk,
  tenantId: TenantId,
  orderId: string,
  decided: Decision,
  cause: Cause,
): Promise<Push> {
  if (decided.decision === 'is_this') await keepDecided(desk, tenantId, orderId, decided.posOrderId, cause)
  const push = await desk.database.tenant(tenantId, async (tx) => {
    const [standing] = isId(orderId) ? await pushesOfOrder(tx, tenantId, orderId, 'lock') : []
    if (standing === undefined) throw notPushed()
    refuseUnasked(standing, decided, cause)
    if (decided.decision === 'send_again') return anew(tx, standing, cause)
    if (decided.decision === 'handled') return ended(tx, standing, HANDLED, 'handled', cause)
    if (await isTaken(tx, standing, decided.posOrderId)) throw taken()
    const isWished = standing.wish === 'cancel'
    const change = {
      status: 'success',
      posOrderId: decided.posOrderId,
      errorCode: null,
      errorMessage: null,
      nextStep: isWished ? 'cancel' : null,
      dueAt: isWished ? cause.now : null,
    } as const
    return ended(tx, standing, change, 'decided', cause)
  })
  desk.wake({ tenantId, id: push.connectionId })
  return push
}

function refuseUnasked(standing: Push, { decision }: Decision, { now }: Cause): void {
  if (standing.claimedUntil !== null && standing.claimedUntil > now) throw inFlight()
  const mayDecide = standing.outcome === 'unknown' || standing.status === 'failed'
  if (!mayDecide && !(decision === 'handled' && standing.status === 'retry')) throw noQuestion(standing)
}

/**
 * Of a system that shows no order again, what is known of it is on record before it counts as decided, so that its sale
 * stands as if the system had answered.
 */
async function keepDecided(
  desk: PushDesk,
  tenantId: TenantId,
  orderId: string,
  posOrderId: string,
  cause: Cause,
): Promise<void> {
  const sealer = await desk.vault.tenant(tenantId)
  const standing = await desk.database.tenant(tenantId, async (tx) => {
    const [push] = isId(orderId) ? await pushesOfOrder(tx, tenantId, orderId, 'lock') : []
    if (push === undefined) throw notPushed()
    refuseUnasked(push, { decision: 'is_this', posOrderId }, cause)
    if (await isTaken(tx, push, posOrderId)) throw taken()
    return push
  })
  const gathered = await gather(desk, sealer, standing)
  if (gathered.kind === 'ended' || gathered.ready.connection.live.orders?.recordsOf === undefined) return
  const { records } = await spokenOrder(desk, standing, gathered.ready, posOrderId)
  await desk.keepRecords?.({ tenantId, id: standing.connectionId }, records)
}

const HANDLED = {
  status: 'failed',
  errorCode: 'push.handled',
  errorMessage: 'A person saw to the order by hand.',
  nextStep: null,
  dueAt: null,
} as const

async function ended(
  tx: Tx,
  push: Push,
  change: Parameters<typeof changePush>[2],
  how: string,
  cause: Cause,
): Promise<Push> {
  const { now } = cause
  const fixed = { outcome: null, waitsFor: null, claimedUntil: null, completedAt: now } as const
  const changed = await changePush(tx, push, { ...fixed, ...change }, now)
  await settleTasks(tx, push, how, cause.actor, now)
  await appendMoved(tx, changed, cause)
  return changed
}

export function unknownOrder() {
  return new Fault('missing', 'push.unknown-order', {
    say: 'There is no such order here. The list of orders says what there is.',
  })
}

export function noTarget() {
  return new Fault('conflict', 'push.no-target', {
    say: 'No connection is set to take this tenant’s orders. Connect a POS for orders first, then push again.',
  })
}

export function notPushed() {
  return new Fault('missing', 'push.not-pushed', {
    say: 'This order was never on its way into a POS. Push it first.',
  })
}

function inFlight() {
  return new Fault('conflict', 'push.in-flight', {
    say: 'The order is being worked at just now. Say it again in a moment, when it is known how that ended.',
    retryAfterSeconds: 5,
  })
}

function noQuestion({ status }: Push) {
  return new Fault('conflict', 'push.no-question', {
    say: `Nothing about this order waits for a decision: its push stands as ${status}.`,
    detail: { status },
  })
}

function taken() {
  return new HttpFault(409, 'push.taken', {
    say: 'Another order of ours is known to be that order of the POS. Compare the numbers once more.',
    places: [{ pointer: '/pos_order_id', detail: 'is another order of ours' }],
  })
}
