import { type JsonObject, JsonText, ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { FULFILLMENT_STATES } from './fulfilments.ts'
import { pageOf } from './listing.ts'
import {
  flagOf,
  integerOf,
  memberOf,
  membersOf,
  neededText,
  neededTexts,
  objectOf,
  rangeOf,
  textOf,
  textsOf,
} from './reads/request.ts'
import { invalid, notFound } from './refusal.ts'
import type { Seller } from './seller.ts'
import type { Kept } from './shelf.ts'
import type { Order } from './wire.ts'

// Reading orders: by search, by id, by a handful of ids.

const READ = ['ORDERS_READ']

export const orderEndpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/v2/orders/search', name: 'orders.search', scopes: READ, answer: searchOrders },
  { method: 'POST', path: '/v2/orders/batch-retrieve', name: 'orders.batch', scopes: READ, answer: batchOrders },
  { method: 'GET', path: '/v2/orders/:order_id', name: 'orders.get', scopes: READ, answer: getOrder },
]

const LOCATIONS_MAX = 10
const BATCH_MAX = 100
const LIMIT_MAX = 1000
/** The documented maximum is 1,000; more than 500 have never been seen on a page. */
const PAGE_CEILING = 500
const SORT_FIELDS = ['CREATED_AT', 'UPDATED_AT', 'CLOSED_AT'] as const
const DEFAULT_SORT = { sort_field: 'CREATED_AT', sort_order: 'DESC' }
const FULFILLMENT_TYPES = ['PICKUP', 'SHIPMENT', 'DELIVERY'] as const
const STATES = ['OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'] as const

function searchOrders(call: Call) {
  const { seller, square, body } = call
  const locationIds = neededTexts(body, 'location_ids')
  if (locationIds.length > LOCATIONS_MAX) {
    throw invalid('ARRAY_LENGTH_TOO_LONG', `A search takes at most ${LOCATIONS_MAX} locations.`, 'location_ids')
  }
  for (const id of locationIds) checkLocation(seller, id, 'location_ids')
  const query = objectOf(body, 'query') ?? {}
  const filter = objectOf(query, 'filter') ?? {}
  const sort = objectOf(query, 'sort') ?? DEFAULT_SORT
  neededText(sort, 'sort_field')
  const window = windowOf(filter)
  const sortField = memberOf(sort, 'sort_field', SORT_FIELDS) ?? 'CREATED_AT'
  if (window !== null && window.field !== sortField) {
    throw invalid(
      'BAD_REQUEST',
      `The sort field ${sortField} must be the field of the date_time_filter, ${window.field}.`,
      'query.sort.sort_field',
    )
  }
  const { cursor: _, ...asked } = body
  const page = pageOf(square, {
    call: 'orders.search',
    shelves: [...new Set(locationIds)].map((id) => seller.ordersAt(id)),
    field: sortField,
    descending: (memberOf(sort, 'sort_order', ['ASC', 'DESC']) ?? 'DESC') === 'DESC',
    from: window?.from ?? null,
    to: window?.to ?? null,
    limit: limitOf(body),
    cursor: textOf(body, 'cursor'),
    matches: matcherOf(filter, seller, call.now),
    asked,
  })
  return ok(writtenPage(page, flagOf(body, 'return_entries'), seller, square.clock.now()))
}

function limitOf(body: JsonObject): number {
  const limit = integerOf(body, 'limit') ?? PAGE_CEILING
  if (limit < 1) throw invalid('VALUE_TOO_LOW', 'The limit must be at least 1.', 'limit')
  if (limit > LIMIT_MAX) throw invalid('VALUE_TOO_HIGH', `The limit must be at most ${LIMIT_MAX}.`, 'limit')
  return Math.min(limit, PAGE_CEILING)
}

type Window = { readonly field: (typeof SORT_FIELDS)[number]; readonly from: number | null; readonly to: number | null }

/** The one window of the filter; null where there is none. */
function windowOf(filter: JsonObject): Window | null {
  const times = objectOf(filter, 'date_time_filter')
  if (times === undefined) return null
  const named = SORT_FIELDS.filter((field) => objectOf(times, field.toLowerCase()) !== undefined)
  const [field] = named
  if (field === undefined || named.length > 1) {
    throw invalid(
      'BAD_REQUEST',
      'Filter by exactly one of created_at, updated_at and closed_at.',
      'query.filter.date_time_filter',
    )
  }
  const { fromMs, toMs } = rangeOf(times, field.toLowerCase())
  return { field, from: Number.isFinite(fromMs) ? fromMs : null, to: Number.isFinite(toMs) ? toMs : null }
}

function matcherOf(filter: JsonObject, seller: Seller, now: number): (order: Order) => boolean {
  const stateFilter = objectOf(filter, 'state_filter')
  if (stateFilter !== undefined) neededTexts(stateFilter, 'states')
  const states: readonly string[] = membersOf(stateFilter ?? {}, 'states', STATES)
  const sources = textsOf(objectOf(filter, 'source_filter') ?? {}, 'source_names')
  const customers = textsOf(objectOf(filter, 'customer_filter') ?? {}, 'customer_ids')
  const fulfillment = objectOf(filter, 'fulfillment_filter') ?? {}
  const types: readonly string[] = membersOf(fulfillment, 'fulfillment_types', FULFILLMENT_TYPES)
  const fulfilled: readonly string[] = membersOf(fulfillment, 'fulfillment_states', FULFILLMENT_STATES)
  checkTen(sources, 'source_names')
  checkTen(customers, 'customer_ids')
  return (order) => {
    if (states.length > 0 && !states.includes(order.state)) return false
    if (sources.length > 0 && !sources.includes(order.source?.name ?? '')) return false
    if (customers.length > 0 && !customers.includes(order.customer_id ?? '')) return false
    const { fulfillments = [] } = order
    if (types.length > 0 && !fulfillments.some(({ type }) => types.includes(type))) return false
    if (fulfilled.length > 0 && !fulfillments.some(({ state }) => fulfilled.includes(state))) return false
    return seller.settling.size === 0 || seller.readOrder(order.id, now) !== null
  }
}

function checkTen(list: readonly string[], field: string): void {
  if (list.length > 10) throw invalid('ARRAY_LENGTH_TOO_LONG', `At most 10 ${field}.`, field)
}

/** The page as JSON; the text of each order is written once for each state of it, not once for each page. */
function writtenPage(
  page: { readonly records: readonly Kept<Order>[]; readonly cursor: string | null },
  entries: boolean,
  seller: Seller,
  now: number,
): JsonText {
  const cursor = page.cursor === null ? '' : `"cursor":${JSON.stringify(page.cursor)}`
  // Square leaves the list out where there is nothing in it.
  if (page.records.length === 0) return new JsonText(`{${cursor}}`)
  const written = page.records.map((record) => (entries ? entryText(record.value) : textOfOrder(record, seller, now)))
  return new JsonText(`{"${entries ? 'order_entries' : 'orders'}":[${written.join(',')}]${cursor && `,${cursor}`}}`)
}

function entryText({ id, version, location_id }: Order): string {
  return JSON.stringify({ order_id: id, ...(version !== undefined && { version }), location_id })
}

function textOfOrder(record: Kept<Order>, seller: Seller, now: number): string {
  if (!seller.settling.has(record.value.id)) return record.text
  return JSON.stringify(seller.readOrder(record.value.id, now))
}

/** Ids that are unknown are left out without a word. */
function batchOrders({ seller, body, square }: Call) {
  const ids = neededTexts(body, 'order_ids')
  if (ids.length > BATCH_MAX) throw invalid('ARRAY_LENGTH_TOO_LONG', `At most ${BATCH_MAX} order_ids.`, 'order_ids')
  const locationId = textOf(body, 'location_id')
  if (locationId !== undefined) checkLocation(seller, locationId, 'location_id')
  const orders = ids.flatMap((id) => {
    const order = seller.readOrder(id, square.clock.now())
    return order === null || (locationId !== undefined && order.location_id !== locationId) ? [] : order
  })
  return ok(orders.length === 0 ? {} : { orders })
}

function getOrder({ seller, params, square }: Call) {
  const id = params.order_id ?? ''
  const order = seller.readOrder(id, square.clock.now())
  if (order === null) throw notFound(`Order not found for id ${id}`)
  return ok({ order })
}

export function checkLocation(seller: Seller, id: string, field: string): void {
  if (seller.findLocation(id) === null) {
    throw invalid('INVALID_LOCATION', `The location ${id} does not belong to this merchant.`, field)
  }
}
