import { ENDED, type FulfillmentState, inState, settled } from './fulfilments.ts'
import { luckOf } from './ids.ts'
import { rfc3339 } from './sale-payments.ts'
import { Scribe } from './scribe.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import type { Fulfillment, Order } from './wire.ts'

// The people at the counter, who work orders through that were pushed in: accepted, prepared, handed over, by the shared
// clock. They see what Square POS shows them, which is paid orders with a fulfilment and no others.

export type StaffHabits = {
  /** How long everything takes: 1 is a meal in about ten minutes, 0.1 is one for a demonstration. */
  readonly pace: number
  /** Of orders: they are refused, between 0 and 1. */
  readonly rejects: number
}

export const STANDARD_STAFF: StaffHabits = { pace: 1, rejects: 0 }

/** From the state before to this one, give or take half of it. */
const TAKES_MS = { RESERVED: 15_000, PREPARED: 480_000, COMPLETED: 600_000, CANCELED: 15_000 } as const
const NEXT: Readonly<Record<string, keyof typeof TAKES_MS>> = {
  PROPOSED: 'RESERVED',
  RESERVED: 'PREPARED',
  PREPARED: 'COMPLETED',
}
/** What is promised for later is ready so long before its time. */
const EARLY_MS = 5 * 60_000

export class Staff {
  readonly #square: Square
  readonly #habits: StaffHabits

  constructor(square: Square, habits: StaffHabits) {
    this.#square = square
    this.#habits = habits
    square.onPaid((seller, orderId) => this.#follow(seller, orderId))
  }

  #follow(seller: Seller, orderId: string): void {
    const order = seller.findOrder(orderId)
    const fulfillment = order?.fulfillments?.[0]
    if (order === null || fulfillment === undefined || order.state !== 'OPEN') return
    const rejects = fulfillment.state === 'PROPOSED' && luckOf('rejects', orderId) < this.#habits.rejects
    const next = rejects ? 'CANCELED' : NEXT[fulfillment.state]
    if (next === undefined) return
    const { clock } = this.#square
    clock.at(this.#dueOf(orderId, fulfillment, next), () => {
      // Somebody else may have moved it, or called it off.
      const standing = seller.findOrder(orderId)
      if (standing?.fulfillments?.[0]?.state !== fulfillment.state) return
      moveOrder(this.#square, seller, standing, next, rejects ? 'The shop is too busy.' : null)
      this.#follow(seller, orderId)
    })
  }

  #dueOf(orderId: string, fulfillment: Fulfillment, next: keyof typeof TAKES_MS): number {
    const takes = TAKES_MS[next] * this.#habits.pace * (0.5 + luckOf(next, orderId))
    const due = this.#square.clock.now() + Math.round(takes)
    const promised = next === 'PREPARED' ? promisedAt(fulfillment) : null
    return promised === null ? due : Math.max(due, promised - EARLY_MS)
  }
}

function promisedAt(fulfillment: Fulfillment): number | null {
  for (const key of ['pickup_details', 'delivery_details']) {
    const { pickup_at, deliver_at } = (fulfillment[key] ?? {}) as Readonly<Record<string, unknown>>
    const at = Date.parse(String(pickup_at ?? deliver_at))
    if (!Number.isNaN(at)) return at
  }
  return null
}

/** Somebody at the counter sets the state of all that is on its way in an order; it ends with the last of them. */
export function moveOrder(
  square: Square,
  seller: Seller,
  order: Order,
  state: FulfillmentState,
  reason: string | null,
): void {
  const now = square.now()
  const fulfillments = (order.fulfillments ?? []).map((each) =>
    ENDED.has(each.state) ? each : inState(each, state, now, reason),
  )
  const version = (order.version ?? 0) + 1
  const moved = settled({ ...order, fulfillments, version, updated_at: rfc3339(now) }, now)
  const scribe = new Scribe(square, seller)
  scribe.putOrder(moved)
  scribe.tellMoved(order, moved, now)
}
