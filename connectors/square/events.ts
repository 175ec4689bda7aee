import type { ItemAvailability, RecordRef, SourceRecord, WebhookReading } from '../contract.ts'
import { type Json, objectsIn, textIn } from './answers.ts'
import { isObject } from './read/drift.ts'
import { momentOf } from './read/moments.ts'
import { recordsOf } from './read/records.ts'

// What each type of event brings and what has to be fetched because of it. The type that stands at the top decides alone:
// what `data.type` calls it differs between Square's own description and what is delivered.
//
// A sale at the till raises no event of its order: it shows by its payment, and the order is fetched. Events of orders
// tell only that something changed.

type Told = Pick<WebhookReading, 'records' | 'fetch' | 'signal' | 'ignored' | 'availability'>

const NOTHING: Told = { records: [], fetch: [], signal: null, ignored: null }

const READERS: Readonly<Record<string, (event: Json, data: Json) => Told>> = {
  'payment.created': readPayment,
  'payment.updated': readPayment,
  'refund.created': readRefund,
  'refund.updated': readRefund,
  'order.created': readOrder,
  'order.updated': readOrder,
  'order.fulfillment.updated': readOrder,
  'inventory.count.updated': readCounts,
  'catalog.version.updated': () => ({ ...NOTHING, signal: 'catalog' }),
  'customer.created': readCustomer,
  'customer.updated': readCustomer,
  'customer.deleted': readCustomer,
  'location.created': () => ({ ...NOTHING, signal: 'locations' }),
  'location.updated': () => ({ ...NOTHING, signal: 'locations' }),
  'oauth.authorization.revoked': () => ({ ...NOTHING, signal: 'revoked' }),
}

/** All that a subscription of ours asks for. */
export const EVENT_TYPES: readonly string[] = Object.keys(READERS)

export function readEvent(type: string, event: Json): Told {
  const data = isObject(event.data) ? event.data : {}
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined
  if (reader === undefined) return ignored('Events of this type say nothing about sales, articles, stock or customers.')
  return reader(event, data)
}

function readPayment(_event: Json, data: Json): Told {
  const payment = objectOf(data, 'payment')
  if (payment === null) return fetching([refTo('payment', data.id)])
  // A refund shows in its payment too: where its own event was lost, this one leads to it.
  const refunds = Array.isArray(payment.refund_ids) ? payment.refund_ids : []
  const refs = [refTo('order', payment.order_id), ...refunds.map((id) => refTo('refund', id))]
  return { ...fetching(refs), records: recordsOf('payment', payment) }
}

function readRefund(_event: Json, data: Json): Told {
  const refund = objectOf(data, 'refund')
  if (refund === null) return fetching([refTo('refund', data.id)])
  const refs = [refTo('order', refund.order_id), refTo('payment', refund.payment_id)]
  return { ...fetching(refs), records: recordsOf('refund', refund) }
}

/** A summary below a key of its own: `order_created`, `order_updated`, `order_fulfillment_updated`. */
function readOrder(_event: Json, data: Json): Told {
  const summary = isObject(data.object) ? (Object.values(data.object).find(isObject) ?? {}) : {}
  if (summary.state === 'DRAFT') return ignored('The order is a draft: it is read once it is more than that.')
  return fetching([refTo('order', summary.order_id ?? data.id)])
}

function readCounts(_event: Json, data: Json): Told {
  const counts = isObject(data.object) ? objectsIn(data.object.inventory_counts) : []
  if (counts.length === 0) return { ...NOTHING, signal: 'inventory' }
  return { ...NOTHING, records: recordsOf('inventory_count', counts), availability: counts.flatMap(availabilityOf) }
}

/** Square counts what it is told to count; an article whose count is nought or less is sold out. */
function availabilityOf({ catalog_object_id, location_id, state, quantity, calculated_at }: Json): ItemAvailability[] {
  const externalId = textIn(catalog_object_id)
  if (externalId === null || state !== 'IN_STOCK') return []
  const available = !/^(?:-|0*(?:\.0*)?$)/.test(textIn(quantity) ?? '')
  return [{ externalId, location: textIn(location_id), available, at: momentOf(calculated_at), until: null }]
}

function readCustomer(event: Json, data: Json): Told {
  const customer = objectOf(data, 'customer')
  if (event.type !== 'customer.deleted' && data.deleted !== true) {
    return customer === null
      ? fetching([refTo('customer', data.id)])
      : { ...NOTHING, records: recordsOf('customer', customer) }
  }
  const id = textIn(data.id) ?? textIn(customer?.id)
  if (id === null) return ignored('A customer was deleted, and the event does not say which.')
  const gone: SourceRecord = {
    kind: 'customer',
    id,
    // Who asks to be forgotten is: nothing of the profile is kept with the fact that it is gone.
    body: '{}',
    version: { version: null, updatedAt: momentOf(event.created_at) },
    location: null,
    subjects: [],
    deleted: true,
  }
  return { ...NOTHING, records: [gone] }
}

function objectOf({ object }: Json, name: string): Json | null {
  const held = isObject(object) ? object[name] : null
  return isObject(held) && textIn(held.id) !== null ? held : null
}

function fetching(refs: readonly (RecordRef | null)[]): Told {
  const fetch = refs.filter((ref) => ref !== null)
  return fetch.length === 0 ? ignored('The event names nothing that could be read.') : { ...NOTHING, fetch }
}

function refTo(kind: string, id: unknown): RecordRef | null {
  const known = textIn(id)
  return known === null ? null : { kind, id: known }
}

function ignored(reason: string): Told {
  return { ...NOTHING, ignored: reason }
}
