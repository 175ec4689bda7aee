import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { majorText } from '#kernel/money.ts'
import type { FoundOrder, OutgoingOrder, SentBetween, Talk } from '../../contract.ts'
import { jsonOf, objectsIn, textIn } from '../answers.ts'
import { MINUTE_MS, search } from '../streams/pages.ts'
import { pushedOf, type SquareOrder, squareOrder } from './square-order.ts'

// Looking for an order that may have been put in. Square cannot be asked for a reference; it lists a place's orders by
// time, and each says its own.

/** Clocks differ, and an answer takes a while. */
const MARGIN_MS = 10 * MINUTE_MS
/** How far back an order is looked for of which nobody says when it was sent. */
const UNSURE_MS = 48 * 60 * MINUTE_MS
const PAGE = 500
const PAGES_MAX = 200

export function* find(_link: unknown, outgoing: OutgoingOrder, sent: SentBetween): Talk<readonly FoundOrder[]> {
  const { reference, order } = outgoing
  const found = (yield* searchOrders(outgoing, sent)).filter((one) => one.reference === reference)
  return found
    .map((one): FoundOrder => {
      const whole = one.isPaid || order.test || one.progress === 'cancelled'
      return {
        match: 'certain',
        whole,
        pushed: pushedOf(one, []),
        createdAt: one.createdAt,
        shows: shownOf(one, order.currency),
      }
    })
    .sort((a, b) => Number(b.whole) - Number(a.whole) || (a.createdAt ?? 0) - (b.createdAt ?? 0))
}

export function* searchOrders(
  { location, order }: OutgoingOrder,
  sent: SentBetween | null,
): Talk<readonly SquareOrder[]> {
  const first = sent === null ? order.placedAt - UNSURE_MS : sent.first - MARGIN_MS
  const created_at = {
    start_at: instantText(instant(first)),
    ...(sent === null ? {} : { end_at: instantText((sent.last + MARGIN_MS) as Instant) }),
  }
  const found: SquareOrder[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = jsonOf(
      yield search('orders.search', '/v2/orders/search', {
        location_ids: [location],
        limit: PAGE,
        query: { filter: { date_time_filter: { created_at } }, sort: { sort_field: 'CREATED_AT', sort_order: 'DESC' } },
        ...(cursor === null ? {} : { cursor }),
      }),
    )
    for (const one of objectsIn(answer.orders)) {
      // Orders of the till are none of ours, and may not even have a total yet.
      if (textIn(one.reference_id) !== null) found.push(squareOrder(one))
    }
    cursor = textIn(answer.cursor)
    if (cursor === null) break
  }
  return found
}

function shownOf(order: SquareOrder, currency: Parameters<typeof majorText>[1]): string[] {
  return [
    `Order ${order.id}`,
    order.createdAt === null ? 'Time not said' : instantText(order.createdAt),
    `${majorText(order.total, currency)} ${currency}, ${order.isPaid ? 'paid' : 'not paid'}`,
    ...order.lines,
  ]
}
