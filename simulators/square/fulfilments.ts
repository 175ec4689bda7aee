import type { JsonObject } from './answer.ts'
import { memberOf, neededText, objectOf, textOf } from './reads/request.ts'
import { invalid, notFound } from './refusal.ts'
import { rfc3339 } from './sale-payments.ts'
import type { Fulfillment, Order } from './wire.ts'

// How an order gets to its guest:
//
//   PROPOSED ─▶ RESERVED ─▶ PREPARED ─▶ COMPLETED
//       └───────────┴───────────┴─────▶ CANCELED, FAILED
//
// The details note when: each kind of fulfilment has words of its own for it.

export const FULFILLMENT_STATES = ['PROPOSED', 'RESERVED', 'PREPARED', 'COMPLETED', 'CANCELED', 'FAILED'] as const
export type FulfillmentState = (typeof FULFILLMENT_STATES)[number]

export const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'CANCELED', 'FAILED'])

export const PICKUP_NOTE_MAX = 500
export const DELIVERY_NOTE_MAX = 550

const STAMPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PICKUP: { RESERVED: 'accepted_at', PREPARED: 'ready_at', COMPLETED: 'picked_up_at', CANCELED: 'canceled_at' },
  DELIVERY: { RESERVED: 'in_progress_at', PREPARED: 'ready_at', COMPLETED: 'delivered_at', CANCELED: 'canceled_at' },
  SHIPMENT: { RESERVED: 'in_progress_at', PREPARED: 'packaged_at', COMPLETED: 'shipped_at', CANCELED: 'canceled_at' },
}

/** The key of its details: `pickup_details`. */
export function detailsKeyOf(type: string): string {
  return `${type.toLowerCase()}_details`
}

/** The same in another state, with the time of it and the reason why it ended. */
export function inState(fulfillment: Fulfillment, state: string, now: number, reason: string | null): Fulfillment {
  if (state === fulfillment.state) return fulfillment
  const key = detailsKeyOf(fulfillment.type)
  const stamp = STAMPS[fulfillment.type]?.[state]
  const why = fulfillment.type === 'SHIPMENT' && state === 'FAILED' ? 'failure_reason' : 'cancel_reason'
  const details = {
    ...(fulfillment[key] as JsonObject | undefined),
    ...(stamp !== undefined && { [stamp]: rfc3339(now) }),
    ...(reason !== null && { [why]: reason }),
  }
  return { ...fulfillment, state, [key]: details }
}

/** What stands, with what a caller changes of it: states forward, details field by field. Refuses what has ended. */
export function changedFulfillments(
  standing: readonly Fulfillment[],
  asked: readonly JsonObject[],
  now: number,
): Fulfillment[] {
  const changed = [...standing]
  for (const each of asked) {
    const uid = neededText(each, 'uid')
    const at = changed.findIndex((fulfillment) => fulfillment.uid === uid)
    const before = changed[at]
    if (before === undefined) throw notFound(`The order has no fulfillment ${uid}.`)
    const state = memberOf(each, 'state', FULFILLMENT_STATES) ?? before.state
    const key = detailsKeyOf(before.type)
    const details = objectOf(each, key)
    if (ENDED.has(before.state) && (state !== before.state || details !== undefined)) {
      throw invalid('BAD_REQUEST', `The fulfillment is ${before.state}.`, 'order.fulfillments.state')
    }
    if (details !== undefined) checkDetails(details, before.type)
    const merged = details === undefined ? before : { ...before, [key]: { ...(before[key] as JsonObject), ...details } }
    changed[at] = inState(merged, state, now, null)
  }
  return changed
}

/** Refuses details that Square has no room for. */
export function checkDetails(details: JsonObject, type: string): void {
  const path = `order.fulfillments.${detailsKeyOf(type)}`
  memberOf(details, 'schedule_type', ['SCHEDULED', 'ASAP'])
  const recipient = objectOf(details, 'recipient')
  if (recipient !== undefined) checkLengths(recipient, { display_name: 255, phone_number: 17 }, `${path}.recipient`)
  checkLengths(details, { note: type === 'DELIVERY' ? DELIVERY_NOTE_MAX : PICKUP_NOTE_MAX }, path)
}

export function checkLengths(from: JsonObject, lengthsMax: Readonly<Record<string, number>>, path: string): void {
  for (const [field, max] of Object.entries(lengthsMax)) {
    if ((textOf(from, field) ?? '').length > max) {
      throw invalid('VALUE_TOO_LONG', `Field must not be longer than ${max} characters.`, `${path}.${field}`)
    }
  }
}

/** A paid order as it stands once it is paid: OPEN while a fulfilment is on its way, else COMPLETED. */
export function settled(order: Order, now: number): Order {
  const waiting = (order.fulfillments ?? []).some(({ state }) => !ENDED.has(state))
  return waiting ? order : { ...order, state: 'COMPLETED', closed_at: rfc3339(now) }
}

export function isPaid(order: Order): boolean {
  return order.net_amount_due_money.amount === 0 && (order.tenders ?? []).length > 0
}
