import {
  CallFailed,
  type Link,
  type OrderAssurance,
  type Orders,
  type OutgoingOrder,
  type PreparedOrder,
  type PushedOrder,
  type SourceRecord,
  type Talk,
} from '../../contract.ts'
import { jsonOf } from '../answers.ts'
import { menu } from '../menu.ts'
import { settingsOf } from '../settings.ts'
import { isCancelledAlready, readTaken, refuseUnlessWell } from './answer.ts'
import { cancelCall, pushCall } from './calls.ts'
import { keptOrder } from './record.ts'
import { remarksOn, slipOf } from './slip.ts'

const DAY_MS = 86_400_000

/** No contract of this kind says that it ever forgets an order id; a month is longer than anybody tries. */
const KEY_LIFE_MS = 30 * DAY_MS

/** Nothing can be looked up anywhere. Where a repeat is not known to be safe, a person decides what became of a try. */
const ASSURANCE: OrderAssurance = { keyLifeMs: null, findBy: null, settleMs: 60_000 }

export const orders: Orders = {
  assurance: ASSURANCE,
  assuranceOf: ({ credentials }: Link) =>
    settingsOf(credentials).map.push.repeat_is_safe ? { ...ASSURANCE, keyLifeMs: KEY_LIFE_MS } : ASSURANCE,
  fulfilments: ['pickup', 'delivery', 'dine_in'],
  unmapped: 'refused',
  notices: [
    'Orders that are rung up at the counter are not told by systems of this kind: only what is pushed becomes a sale here.',
    'With the contract petpooja, an order whose end nobody knows is never sent again by itself: a person is asked.',
    'With the contract urbanpiper, nothing can be pushed until the field map names a call that takes orders.',
  ],
  prepare,
  push,
  recordsOf,
  cancel,
  menu,
}

function prepare(outgoing: OutgoingOrder, { credentials }: Link): PreparedOrder {
  const slip = slipOf(outgoing, settingsOf(credentials))
  const call = pushCall(slip)
  return { calls: call === null ? [] : [call], ...remarksOn(slip) }
}

function* push({ credentials }: Link, outgoing: OutgoingOrder): Talk<PushedOrder> {
  const settings = settingsOf(credentials)
  const slip = slipOf(outgoing, settings)
  const [problem] = remarksOn(slip).problems
  const call = pushCall(slip)
  if (problem !== undefined || call === null) {
    const { code, say } = problem ?? { code: 'dine-pos.takes-no-orders', say: 'The contract takes no orders.' }
    throw new CallFailed('orders.push', { kind: 'refused', code, say }, true)
  }
  const taken = readTaken(yield call, settings, outgoing.reference)
  return {
    externalId: taken.posOrderId ?? outgoing.reference,
    number: taken.posOrderId,
    // Saved is not accepted: that the kitchen says later.
    progress: 'placed',
    total: taken.total,
    records: [keptOrder(slip, taken)],
  }
}

function recordsOf(outgoing: OutgoingOrder, externalId: string, { credentials }: Link): readonly SourceRecord[] {
  const slip = slipOf(outgoing, settingsOf(credentials))
  // Some name no number of their own, and then it goes by ours.
  return [keptOrder(slip, { posOrderId: externalId === outgoing.reference ? null : externalId })]
}

function* cancel({ credentials }: Link, _externalId: string, outgoing: OutgoingOrder, reason: string): Talk<void> {
  const settings = settingsOf(credentials)
  const call = cancelCall(settings, outgoing.reference, reason)
  if (call === null) {
    const say =
      'The contract of this connection has no call by which an order could be taken back. Ask at the restaurant.'
    throw new CallFailed('orders.cancel', { kind: 'refused', code: 'dine-pos.no-cancel', say }, true)
  }
  const answer = yield call
  // An empty answer with a status that says yes is a yes where nothing inside is promised.
  if (settings.map.success.path === null && answer.status < 300 && answer.body.length === 0) return
  const json = jsonOf(answer)
  if (isCancelledAlready(json, settings.map)) return
  refuseUnlessWell('orders.cancel', answer, json, settings.map)
}
