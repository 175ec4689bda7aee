import { bodyPlacesOf } from '#platform/http/input.ts'
import type { Desk } from './desk.ts'
import { existsOtherwise, invalidOrder } from './order-fault.ts'
import type { StoredOrder } from './stored-order.ts'
import { type Taking, takeOrder } from './take.ts'
import { newOrder } from './wire-in.ts'

/**
 * An order from within the hub, in the shape that channels hand theirs in: made, or the one that is there already. Throws
 * `orders.invalid`, `orders.exists-otherwise`.
 */
export async function handIn(desk: Desk, taking: Taking, given: unknown): Promise<StoredOrder> {
  const read = newOrder.safeParse(given)
  if (!read.success) throw invalidOrder(bodyPlacesOf(read.error.issues, given))
  const taken = await takeOrder(desk, taking, read.data, { dryRun: false })
  if (taken.kind === 'invalid') throw invalidOrder(taken.remarks)
  if (taken.kind === 'otherwise') throw existsOtherwise(taken.order, taken.changes)
  return taken.order
}
