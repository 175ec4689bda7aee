import {
  CallFailed,
  type OrderAssurance,
  type Orders,
  type PreparedOrder,
  type PushedOrder,
} from '../../../connectors/contract.ts'
import type { ClaimedPush } from './claim.ts'
import { isKeyAlive } from './course.ts'
import type { PushDesk, Ready } from './desk.ts'
import { type Gathered, gather } from './outgoing.ts'
import type { Push } from './push-row.ts'
import { Fenced, type Recording, startRecording } from './recording.ts'
import { type Settled, settleTry, type TryEnd } from './settle.ts'
import { spokenOrder } from './spoken.ts'
import { callsOf } from './store-attempts.ts'
import { type Trouble, troubleOf } from './verdict.ts'

// One try to put an order in, or to find out whether it is there, top to bottom.

/** Null: another worker has taken over meanwhile. */
export async function runTry(desk: PushDesk, push: ClaimedPush): Promise<Settled | null> {
  const sealer = await desk.vault.tenant(push.tenantId)
  const gathered = await gather(desk, sealer, push)
  await desk.at?.('push.gathered')
  const plan = gathered.kind === 'ready' ? await planOf(desk, push, gathered.ready) : null
  if (push.interrupted) return settleTry(desk, push, await interruptedEnd(desk, push, gathered, plan), null)
  if (gathered.kind === 'ended') return settleTry(desk, push, gathered, null)
  const { ready } = gathered
  const { stored, connection } = ready
  if (plan === null || plan.kind === 'ended') {
    const ending = plan?.ending ?? ({ kind: 'not_sent', code: 'push.connector-failed' } as const)
    return settleTry(desk, push, { ending, stored, connection }, null)
  }
  const about = { stored, connection, assurance: plan.assurance, ...plan.words }
  const refusal = refusalOf(push, plan, desk)
  if (refusal !== null) return settleTry(desk, push, { ...about, ...refusal }, null)
  const recording = startRecording(desk, sealer, push, ready.outgoing, stored.version)
  try {
    const ending = await converse(desk, push, ready, plan, recording)
    await desk.at?.('push.answered')
    await keepAtOnce(desk, push, ready, ending)
    const settled = await settleTry(desk, push, { ...about, ending }, recording)
    await desk.at?.('push.settled')
    return settled
  } catch (error) {
    if (error instanceof Fenced) return null
    throw error
  } finally {
    recording.end()
  }
}

type Planned = {
  readonly kind: 'planned'
  readonly assurance: OrderAssurance
  readonly prepared: PreparedOrder | null
  readonly words: Pick<TryEnd, 'warnings'>
}
type Plan = Planned | { readonly kind: 'ended'; readonly ending: Trouble }

/** What the connector says of the order before anybody is asked, by the connection's own set-up. */
export async function planOf(
  desk: PushDesk,
  push: Pick<Push, 'tenantId' | 'connectionId' | 'nextStep'>,
  ready: Ready,
): Promise<Plan> {
  const orders = ordersOf(ready)
  try {
    // A talk without a call: it is only had for the link.
    // biome-ignore lint/correctness/useYield: as above.
    const said = await desk.converse({ tenantId: push.tenantId, id: push.connectionId }, 'order', function* (link) {
      const assurance = orders.assuranceOf?.(link) ?? orders.assurance
      return { assurance, prepared: push.nextStep === 'send' ? orders.prepare(ready.outgoing, link) : null }
    })
    const { warnings } = said.prepared ?? {}
    return { kind: 'planned', ...said, words: warnings === undefined ? {} : { warnings } }
  } catch (error) {
    return { kind: 'ended', ending: troubleOf(error, []) }
  }
}

/** Null: nothing stands against it. */
function refusalOf(
  push: ClaimedPush,
  { assurance, prepared }: Planned,
  desk: PushDesk,
): Pick<TryEnd, 'ending' | 'problems'> | null {
  if (prepared === null) return null
  if (push.outcome === 'unknown') {
    // A key that the provider has forgotten protects from nothing any more.
    return isKeyAlive(push, assurance, desk.clock.now()) ? null : { ending: { kind: 'undecidable', candidates: [] } }
  }
  const { problems } = prepared
  const [first] = problems
  if (first === undefined) return null
  const say = problems.map((one) => one.say).join(' ')
  return { ending: { kind: 'refused', code: first.code, say }, problems }
}

function ordersOf({ connection }: Pick<Ready, 'connection'>): Orders {
  const { orders } = connection.live
  if (orders === undefined) throw new Error('what is ready has a system that takes orders')
  return orders
}

async function converse(
  desk: PushDesk,
  push: ClaimedPush,
  ready: Ready,
  { assurance }: Planned,
  { watch, calls }: Recording,
): Promise<TryEnd['ending']> {
  const { outgoing } = ready
  const orders = ordersOf(ready)
  const ref = { tenantId: push.tenantId, id: push.connectionId }
  const how = { once: true, watch }
  try {
    if (push.nextStep === 'look') {
      const { firstSentAt: first, lastSentAt: last } = push
      const { find } = orders
      if (find === undefined && push.posOrderId !== null) {
        return { kind: 'found', pushed: await spokenOrder(desk, push, ready, push.posOrderId), sure: true }
      }
      if (find === undefined || assurance.findBy === null || first === null || last === null) {
        return { kind: 'undecidable', candidates: [] }
      }
      const found = await desk.converse(ref, 'order', (link) => find.call(orders, link, outgoing, { first, last }), how)
      return { kind: 'searched', found }
    }
    const pushed: PushedOrder = await desk.converse(ref, 'order', (link) => orders.push(link, outgoing), how)
    return { kind: 'accepted', pushed }
  } catch (error) {
    if (error instanceof Fenced) throw error
    if (!(error instanceof CallFailed)) desk.log.warn({ err: error, push: push.id }, 'a try of a push broke off')
    return troubleOf(error, calls)
  }
}

/**
 * A system that shows no order again: what is known of it is on record before it is put down that it is there. Where that
 * fails, the try is as good as cut off, and what is done about those is done about it.
 */
async function keepAtOnce(desk: PushDesk, push: ClaimedPush, ready: Ready, ending: TryEnd['ending']): Promise<void> {
  if (ready.connection.live.orders?.recordsOf === undefined || !('pushed' in ending)) return
  const ref = { tenantId: push.tenantId, id: push.connectionId }
  await desk.keepRecords?.(ref, ending.pushed.records)
}

/** Whoever began it is gone. What had begun to leave may have arrived; what had not has not. */
async function interruptedEnd(
  desk: PushDesk,
  push: ClaimedPush,
  gathered: Gathered,
  plan: Plan | null,
): Promise<TryEnd> {
  const calls = await desk.database.tenant(push.tenantId, (tx) => callsOf(tx, push, push.attempts))
  const mayStand = calls.some(({ writes, neverSent }) => writes && !neverSent)
  const { stored, connection } = gathered.kind === 'ready' ? gathered.ready : gathered
  const ending = mayStand
    ? ({ kind: 'unknown', code: 'push.interrupted', afterMs: null } as const)
    : ({ kind: 'not_sent', code: 'push.interrupted' } as const)
  const assurance = plan?.kind === 'planned' ? { assurance: plan.assurance } : {}
  return { ending, stored, connection, ...assurance, ...(mayStand ? { sentUntil: desk.clock.now() } : {}) }
}
