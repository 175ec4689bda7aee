import { sql } from 'kysely'
import type { OrderProgress } from '#canon/order.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { findInstant, type Instant, instantText } from '#kernel/instant.ts'
import type { OutboxEvent } from '#platform/outbox/event.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PushDesk } from './desk.ts'
import { makePush, pushesOfOrder } from './make-push.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'
import { hearSpoken } from './spoken.ts'
import { findTarget, settingsOf } from './store-targets.ts'
import { settleTasks } from './tell.ts'
import { appendMoved, BY_HUB, changePush } from './write-push.ts'

// What pushes do about what happens elsewhere: an order comes, is taken back or changed; a POS says how far it is with
// one; somebody has signed in again. Each is safe to hear again.

export function pushFollowers(desk: PushDesk): Follower[] {
  const woken = new Map<TenantId, Set<Id>>()
  const wakeLater = (tenantId: TenantId, connectionId: Id) => {
    const ids = woken.get(tenantId) ?? new Set()
    woken.set(tenantId, ids.add(connectionId))
  }
  const committed = (tenantId: TenantId) => {
    const ids = woken.get(tenantId) ?? []
    woken.delete(tenantId)
    for (const id of ids) desk.wake({ tenantId, id })
  }
  return [
    {
      name: 'pushes',
      types: ['order.received', 'order.amended', 'order.paid', 'order.cancel_requested', 'pos_order.reported'],
      batchMax: 50,
      async handle(tx, events) {
        for (const event of events) await HANDLERS[event.type]?.({ tx, desk, event, wakeLater })
      },
      committed,
    },
    {
      name: 'pushes-sign-in',
      types: ['connection.created', 'connection.changed', 'connection.disconnected'],
      from: 'head',
      async handle(tx, events) {
        for (const event of events) await release({ tx, desk, event, wakeLater })
      },
      committed,
    },
  ]
}

type Handling = {
  readonly tx: Tx
  readonly desk: PushDesk
  readonly event: OutboxEvent
  wakeLater(tenantId: TenantId, connectionId: Id): void
}

const HANDLERS: Readonly<Record<string, (handling: Handling) => Promise<void>>> = {
  'order.received': received,
  'order.amended': amended,
  'order.paid': amended,
  'order.cancel_requested': cancelRequested,
  'pos_order.reported': reported,
}

async function received({ tx, desk, event, wakeLater }: Handling): Promise<void> {
  const { tenantId, data } = event
  const target = await findTarget(tx, tenantId)
  if (target === null || !target.active) return
  const { connectionId } = target
  const { autoSyncOrders } = await settingsOf(tx, tenantId, connectionId)
  if (!autoSyncOrders) return
  const connection = await desk.recall(tx, { tenantId, id: connectionId })
  if (connection === null) return
  const push = await makePush(tx, tenantId, {
    orderId: idOf(event),
    connectionId,
    posSystem: connection.posSystem,
    test: data.test === true,
    total: BigInt(data.total as number),
    currency: String(data.currency),
    promisedAt: promisedAt(event),
    now: desk.clock.now(),
  })
  if (push !== null) wakeLater(tenantId, connectionId)
}

/** When the customer was promised it; where that is not said, as soon as possible means from when it came. */
function promisedAt({ data, occurredAt }: OutboxEvent): Instant {
  return (typeof data.at === 'string' ? findInstant(data.at) : null) ?? occurredAt
}

function idOf({ data }: OutboxEvent): Id {
  return String(data.order_id) as Id
}

/** What has not arrived goes as it stands then; what is under way is changed once it is known where it is. */
async function amended({ tx, desk, event, wakeLater }: Handling): Promise<void> {
  const { tenantId, data } = event
  const now = desk.clock.now()
  for (const push of await pushesOfOrder(tx, tenantId, idOf(event), 'lock')) {
    const isBusy = push.claimedUntil !== null || push.nextStep === 'cancel' || push.wish === 'cancel'
    const isKnown = push.orderVersion !== null && typeof data.version === 'number' && data.version <= push.orderVersion
    if (push.status !== 'success' || isKnown) continue
    if (isBusy) await changePush(tx, push, { wish: push.wish ?? 'amend' }, now)
    else await changePush(tx, push, { nextStep: 'amend', dueAt: now, followTries: 0 }, now)
    wakeLater(tenantId, push.connectionId)
  }
}

async function cancelRequested({ tx, desk, event, wakeLater }: Handling): Promise<void> {
  const { tenantId, data } = event
  const now = desk.clock.now()
  const reason = typeof data.reason === 'string' ? data.reason : null
  const pushes = await pushesOfOrder(tx, tenantId, idOf(event), 'lock')
  let isOpen = false
  for (const push of pushes) {
    if (push.status === 'failed') continue
    const isSent = push.firstSentAt !== null || push.status === 'success'
    if (!isSent && push.claimedUntil === null) {
      await endUnsent(tx, push, reason, now)
      continue
    }
    isOpen = true
    const isFree = push.status === 'success' && push.claimedUntil === null
    const next = isFree ? ({ nextStep: 'cancel', dueAt: now, followTries: 0 } as const) : {}
    await changePush(tx, push, { wish: 'cancel', wishReason: reason, ...next }, now)
    wakeLater(tenantId, push.connectionId)
  }
  if (isOpen) return
  await desk.orders.progress(tx, tenantId, idOf(event), {
    progress: 'cancelled',
    at: now,
    by: 'channel',
    reason,
    readyAt: null,
  })
}

async function endUnsent(tx: Tx, push: Push, reason: string | null, now: Instant): Promise<void> {
  const ended = await changePush(
    tx,
    push,
    {
      status: 'failed',
      outcome: null,
      waitsFor: null,
      nextStep: null,
      dueAt: null,
      wish: 'cancel',
      wishReason: reason,
      errorCode: 'push.cancelled',
      errorMessage: 'The order was taken back before it was sent.',
      completedAt: now,
    },
    now,
  )
  await settleTasks(tx, push, 'cancelled', BY_HUB, now)
  await appendMoved(tx, ended, { actor: BY_HUB, requestId: null, now })
}

/** The POS speaks of an order: one that it is known to have, or one of which nobody knew whether it had arrived. */
async function reported({ tx, desk, event, wakeLater }: Handling): Promise<void> {
  const { tenantId, data } = event
  const connectionId = String(data.connection_id) as Id
  const externalId = String(data.external_id)
  const reference = typeof data.reference === 'string' && isId(data.reference) ? data.reference : null
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p
    where p.tenant_id = ${tenantId} and p.connection_id = ${connectionId}
      and (p.pos_order_id = ${externalId}
        or p.order_id = ${reference} and (p.pos_order_id is null or p.status <> 'success' or ${externalId} = ${reference}))
    order by (p.pos_order_id = ${externalId}) desc nulls last for update`.execute(tx)
  const push = rows[0]
  if (push === undefined) return
  const now = desk.clock.now()
  const at = (typeof data.at === 'string' ? findInstant(data.at) : null) ?? event.occurredAt
  if (push.status !== 'success') {
    const known = await arrived(tx, desk, push, externalId, now)
    if (!known) return
    wakeLater(tenantId, connectionId)
  }
  await desk.orders.progress(tx, tenantId, push.orderId, {
    progress: data.progress as OrderProgress,
    at,
    by: 'pos',
    reason: typeof data.reason === 'string' ? data.reason : null,
    readyAt: typeof data.ready_at === 'string' ? findInstant(data.ready_at) : null,
  })
}

/** What carries our reference is ours. While a try is under way its own end will say so. */
async function arrived(tx: Tx, desk: PushDesk, push: Push, posOrderId: string, now: Instant): Promise<boolean> {
  const connection = await desk.recall(tx, { tenantId: push.tenantId, id: push.connectionId })
  const orders = connection?.live.orders
  if (orders !== undefined && orders.find === undefined) return hearSpoken(tx, push, posOrderId, now)
  if (push.status !== 'retry' || push.outcome !== 'unknown') return false
  // Where something is left to do, such as paying for it, the look finds out; it comes at once now.
  if (push.waitsFor !== 'person') {
    if (push.claimedUntil === null && push.nextStep === 'look') await changePush(tx, push, { dueAt: now }, now)
    return false
  }
  const ended = await changePush(
    tx,
    push,
    {
      status: 'success',
      outcome: null,
      waitsFor: null,
      nextStep: push.wish === 'cancel' ? 'cancel' : null,
      dueAt: push.wish === 'cancel' ? now : null,
      posOrderId,
      errorCode: null,
      errorMessage: null,
      completedAt: now,
      claimedUntil: null,
    },
    now,
  )
  await settleTasks(tx, push, 'in_the_pos', BY_HUB, now)
  await appendMoved(tx, ended, { actor: BY_HUB, requestId: null, now })
  return true
}

/** Signed in again: what waited for it goes. Ended for good: it is told so. */
async function release({ tx, desk, event, wakeLater }: Handling): Promise<void> {
  const { tenantId, data, type } = event
  const isSignIn =
    type !== 'connection.changed' || (Array.isArray(data.changed) && data.changed.includes('credentials'))
  if (!isSignIn) return
  const connectionId = String(data.connection_id) as Id
  const { numAffectedRows } = await sql`
    update pos.pushes set waits_for = null, due_at = ${instantText(desk.clock.now())}
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and waits_for = 'sign_in'`.execute(tx)
  if (numAffectedRows !== 0n) wakeLater(tenantId, connectionId)
}
