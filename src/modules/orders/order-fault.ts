import { Fault, type FaultPlace } from '#kernel/fault.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { StoredOrder } from './stored-order.ts'

const PLACES_MAX = 100

export function orderMissing(): Fault {
  return new Fault('missing', 'orders.missing', {
    say: 'There is no order with this id. The list of orders has the ids.',
  })
}

/** Understood, and wrong in these places. */
export function invalidOrder(remarks: readonly FaultPlace[]): HttpFault {
  const [first] = remarks
  const more = remarks.length > 1 ? ` (and ${remarks.length - 1} more)` : ''
  return new HttpFault(422, 'orders.invalid', {
    say: `Nothing was stored: ${first?.pointer} ${first?.detail}${more}. Mend what \`errors\` names and send it again.`,
    places: remarks.slice(0, PLACES_MAX),
  })
}

export function existsOtherwise({ order }: StoredOrder, changes: readonly string[]): Fault {
  return new Fault('conflict', 'orders.exists-otherwise', {
    say:
      `The channel handed in another order under this id before, which differs in: ${changes.join(', ')}. ` +
      `If it has changed, say so by PATCH to order ${order.id}; if it is another one, give it another external_id.`,
    detail: { order_id: order.id, changes: [...changes] },
  })
}
