import type { JsonObject } from '../answer.ts'
import type { Money, Order, Payment, Refund } from '../wire.ts'

// What the reads learn of trade, and what they say of it.

/** A sale that was paid, or a return order with its refunds. Told once. */
export type Followed = {
  readonly order: Order
  readonly payments: readonly Payment[]
  readonly refunds: readonly Refund[]
  /** Epoch milliseconds: when it happened, by the till. */
  readonly at: number
}

/** A webhook that Square would send for it; the envelope is the sender's business. */
export type ReadsEvent = {
  readonly type: string
  /** `data.type`, `data.id` and `data.object`. */
  readonly dataType: string
  readonly id: string
  readonly object: JsonObject
}

export function money(amount: number, currency: string): Money {
  return { amount, currency }
}

export function rfc3339(ms: number): string {
  return new Date(ms).toISOString()
}

/** A number in [0, 1) that belongs to an id for good. */
export function shareOf(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32
}
