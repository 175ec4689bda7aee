import type { Instant } from '#kernel/instant.ts'
import type { SourceRecord } from '../contract.ts'
import { firstWord, type Json } from './answers.ts'
import { subjectOf } from './orders/record.ts'
import { findTime } from './times.ts'

// A callback about one order. The same names mean different things from one contract to the next (`orderID` is ours in a
// callback and theirs in an answer), but in callbacks each of these is always ours.

const ORDER_ID = ['order_id', 'orderID', 'orderId', 'clientOrderID', 'client_order_id']
const STATUS = ['status', 'new_status', 'new_state']
const RESTAURANT = ['restaurant_id', 'restID', 'restId', 'store_id', 'location_ref_id']
const TIMES = ['at', 'occurred_at', 'timestamp', 'timestamp_unix']

export function orderIdIn(body: Json): string | null {
  return firstWord(body, ORDER_ID)
}

export function statusIn(body: Json): string | null {
  return firstWord(body, STATUS)
}

export function restaurantIn(body: Json): string | null {
  return firstWord(body, RESTAURANT)
}

/** Null unless it says a status of an order. `receivedAt` stands for its time where it tells none. */
export function statusRecord(body: Json, receivedAt: Instant | null): SourceRecord | null {
  const [orderId, status] = [orderIdIn(body), statusIn(body)]
  if (orderId === null || status === null) return null
  return {
    kind: 'status',
    // One record for each word: the first time that it was said is kept apart from the next word's.
    id: `${orderId}/${status.toLowerCase().slice(0, 60)}`,
    body: JSON.stringify(body),
    version: { version: null, updatedAt: timeIn(body) ?? receivedAt },
    location: restaurantIn(body),
    subjects: [subjectOf(orderId)],
    deleted: false,
  }
}

export function timeIn(body: Json): Instant | null {
  for (const name of TIMES) {
    const time = findTime(body[name])
    if (time !== null) return time
  }
  return null
}
