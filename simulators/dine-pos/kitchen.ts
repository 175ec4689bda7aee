import type { DinePos } from './dine-pos.ts'
import { luckOf } from './ids.ts'
import { ENDED, type KeptOrder, nextOf, type OrderStatus } from './order.ts'

// Works orders through by the shared clock, one state after the other, as a kitchen does on an ordinary evening. What is
// for later is accepted at once and begun in time.

export type KitchenHabits = {
  /** How long everything takes: 1 is an ordinary evening, a meal in about ten minutes; 0.1 is one for a demonstration. */
  readonly pace: number
  /** Shares of orders, between 0 and 1: refused by the kitchen, and called off while they are being made. */
  readonly rejects: number
  readonly cancels: number
}

export const STANDARD_HABITS: KitchenHabits = { pace: 1, rejects: 0, cancels: 0 }

/** From the state before to this one, give or take half of it. */
const TAKES_MS: Readonly<Record<OrderStatus, number>> = {
  received: 0,
  accepted: 5000,
  preparing: 30_000,
  ready: 480_000,
  dispatched: 180_000,
  delivered: 900_000,
  cancelled: 60_000,
  rejected: 5000,
}
/** What is for later is begun so long before its time. */
const LEAD_MS = 20 * 60_000

const REASONS = ['The kitchen is closing', 'Sold out', 'Too busy']

export class Kitchen {
  readonly #pos: DinePos
  readonly #habits: KitchenHabits
  #working = true

  constructor(pos: DinePos, habits: KitchenHabits) {
    this.#pos = pos
    this.#habits = habits
    pos.onOrder((order) => this.#follow(order))
  }

  /** While it rests, orders stay as they are; when it goes on, it takes them up where they stood. */
  rest(resting: boolean): void {
    if (this.#working !== resting) return
    this.#working = !resting
    if (this.#working) for (const order of this.#pos.orders()) this.#follow(order)
  }

  #follow(order: KeptOrder): void {
    const next = this.#nextFor(order)
    if (next === null || !this.#working) return
    const { clock } = this.#pos
    const from = order.status
    clock.at(this.#dueOf(order, next), () => {
      // Somebody else may have moved it, or called it off.
      if (!this.#working || order.status !== from) return
      this.#pos.move(order, next, next === 'rejected' || next === 'cancelled' ? this.#reasonFor(order) : null)
      this.#follow(order)
    })
  }

  #nextFor(order: KeptOrder): OrderStatus | null {
    const { rejects, cancels } = this.#habits
    if (ENDED.has(order.status)) return null
    if (order.status === 'received' && this.#luck('rejects', order) < rejects) return 'rejected'
    if (order.status === 'preparing' && this.#luck('cancels', order) < cancels) return 'cancelled'
    return nextOf(order.status, order.kind)
  }

  #dueOf(order: KeptOrder, next: OrderStatus): number {
    const takes = TAKES_MS[next] * this.#habits.pace * (0.5 + this.#luck(next, order))
    const due = Math.max(order.statusAt + Math.round(takes), this.#pos.clock.now())
    const { scheduledFor } = order
    return next === 'preparing' && scheduledFor !== null ? Math.max(due, scheduledFor - LEAD_MS) : due
  }

  #reasonFor(order: KeptOrder): string {
    return REASONS[Math.floor(this.#luck('reason', order) * REASONS.length)] ?? 'Too busy'
  }

  #luck(what: string, { posId }: KeptOrder): number {
    return luckOf(what, this.#pos.seed, posId)
  }
}
