import type { OrderProgress } from '#canon/order.ts'
import type { OrderReport } from '../../contract.ts'
import { objectsIn, textIn } from '../answers.ts'
import type { WireOrder } from '../wire.ts'
import { isObject } from './drift.ts'
import { momentOf } from './moments.ts'

const BY_FULFILMENT: Readonly<Record<string, OrderProgress>> = {
  PROPOSED: 'placed',
  RESERVED: 'accepted',
  PREPARED: 'ready',
  COMPLETED: 'completed',
  CANCELED: 'cancelled',
  FAILED: 'cancelled',
}

/** How far an order is, by its state and that of its fulfilment. */
export function progressOf(state: string | null, fulfilment: string | null): OrderProgress {
  if (state === 'CANCELED') return 'cancelled'
  return BY_FULFILMENT[fulfilment ?? ''] ?? (state === 'COMPLETED' ? 'completed' : 'placed')
}

/**
 * Of an order that somebody gave a reference and that is to be handed over; null for every other, such as a till's. Read
 * forgivingly: a fulfilment that looks otherwise than it should must not keep a sale out of the books.
 */
export function reportOf({ id, reference_id, state, fulfillments, updated_at }: WireOrder): OrderReport | null {
  const [fulfilment] = objectsIn(fulfillments)
  const reference = textIn(reference_id)
  if (!id || reference === null || fulfilment === undefined) return null
  const progress = progressOf(state ?? null, textIn(fulfilment.state))
  const details = isObject(fulfilment.pickup_details) ? fulfilment.pickup_details : {}
  const reason = progress === 'cancelled' ? textIn(details.cancel_reason) : null
  return { externalId: id, reference, progress, at: momentOf(updated_at), reason, readyAt: null }
}
