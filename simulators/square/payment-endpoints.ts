import { DAY_MS } from '../trade/calendar.ts'
import { type JsonObject, ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { pageOf } from './listing.ts'
import { checkLocation } from './order-endpoints.ts'
import { flagOf, integerOf, memberOf, textOf, timeOf } from './reads/request.ts'
import { invalid, notFound } from './refusal.ts'
import type { Payment, Refund } from './wire.ts'

// Reading payments and refunds. Payments answer for the main location unless told otherwise, refunds for all; a limit
// that is too large is not refused.

const READ = ['PAYMENTS_READ']

export const paymentEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/v2/payments', name: 'payments.list', scopes: READ, answer: listPayments },
  { method: 'GET', path: '/v2/payments/:payment_id', name: 'payments.get', scopes: READ, answer: getPayment },
  { method: 'GET', path: '/v2/refunds', name: 'refunds.list', scopes: READ, answer: listRefunds },
  { method: 'GET', path: '/v2/refunds/:refund_id', name: 'refunds.get', scopes: READ, answer: getRefund },
]

const LIMIT = 100
const YEAR_MS = 365 * DAY_MS

function listPayments({ seller, square, query }: Call) {
  const locationId = textOf(query, 'location_id') ?? seller.mainLocation.id
  checkLocation(seller, locationId, 'location_id')
  const offline = hasAny(query, ['offline_begin_time', 'offline_end_time'])
  const standard = offline ? 'OFFLINE_CREATED_AT' : 'CREATED_AT'
  const field = memberOf(query, 'sort_field', ['CREATED_AT', 'OFFLINE_CREATED_AT', 'UPDATED_AT']) ?? standard
  const windows = [windowOf(query, 'CREATED_AT', '', square.now())]
  windows.push(windowOf(query, 'UPDATED_AT', 'updated_at_', square.now()))
  windows.push(windowOf(query, 'OFFLINE_CREATED_AT', 'offline_', square.now()))
  const { cursor: _, ...asked } = query
  const page = pageOf<Payment>(square, {
    call: 'payments.list',
    shelves: [seller.paymentsAt(locationId)],
    field,
    descending: orderOf(query),
    ...sortedWindow(windows, field),
    limit: limitOf(query),
    cursor: textOf(query, 'cursor'),
    matches: both(withinAll(windows), paymentMatcher(query)),
    asked,
  })
  return ok(answerOf('payments', page))
}

function getPayment({ seller, params }: Call) {
  const payment = seller.findPayment(params.payment_id ?? '')
  if (payment === null) throw notFound(`Could not find payment with id: ${params.payment_id}`)
  return ok({ payment })
}

function listRefunds({ seller, square, query }: Call) {
  const locationId = textOf(query, 'location_id')
  if (locationId !== undefined) checkLocation(seller, locationId, 'location_id')
  const field = memberOf(query, 'sort_field', ['CREATED_AT', 'UPDATED_AT']) ?? 'CREATED_AT'
  const windows = [windowOf(query, 'CREATED_AT', '', square.now())]
  windows.push(windowOf(query, 'UPDATED_AT', 'updated_at_', square.now()))
  const status = textOf(query, 'status')
  const source = textOf(query, 'source_type')
  const { cursor: _, ...asked } = query
  const page = pageOf<Refund>(square, {
    call: 'refunds.list',
    shelves: [seller.refunds],
    field,
    descending: orderOf(query),
    ...sortedWindow(windows, field),
    limit: limitOf(query),
    cursor: textOf(query, 'cursor'),
    matches: both(withinAll(windows), (refund: Refund) => {
      if (locationId !== undefined && refund.location_id !== locationId) return false
      if (status !== undefined && refund.status !== status) return false
      return source === undefined || refund.destination_type === source
    }),
    asked,
  })
  return ok(answerOf('refunds', page))
}

function getRefund({ seller, params }: Call) {
  const refund = seller.refunds.get(params.refund_id ?? '')?.value
  if (refund === undefined) throw notFound(`Could not find refund with id: ${params.refund_id}`)
  return ok({ refund })
}

function answerOf<T>(name: string, page: { records: readonly { value: T }[]; cursor: string | null }): JsonObject {
  return {
    ...(page.records.length > 0 && { [name]: page.records.map(({ value }) => value) }),
    ...(page.cursor !== null && { cursor: page.cursor }),
  }
}

type Window = { readonly field: string; readonly from: number | null; readonly to: number | null }

/** `begin_time` and `end_time` with that prefix. Without any window the list reaches back one year. */
function windowOf(query: JsonObject, field: string, prefix: string, now: number): Window {
  const yearAgo = field === 'CREATED_AT' && !hasAny(query, ['offline_begin_time', 'offline_end_time'])
  const from = timeOf(query, `${prefix}begin_time`) ?? (yearAgo ? now - YEAR_MS : null)
  const to = timeOf(query, `${prefix}end_time`) ?? null
  if (from !== null && to !== null && from > to) {
    throw invalid('INVALID_TIME_RANGE', 'The begin_time must not be after the end_time.', `${prefix}begin_time`)
  }
  return { field, from, to }
}

function sortedWindow(windows: readonly Window[], field: string): { from: number | null; to: number | null } {
  const window = windows.find((each) => each.field === field)
  return { from: window?.from ?? null, to: window?.to ?? null }
}

/** Any window that is named must hold, whichever of them the list is sorted by. */
function withinAll(windows: readonly Window[]): (value: Payment | Refund) => boolean {
  const named = windows.filter(({ from, to }) => from !== null || to !== null)
  return (value) => named.every((window) => within(window, timeIn(value, window.field)))
}

function within({ from, to }: Window, at: number | null): boolean {
  return at !== null && at >= (from ?? Number.NEGATIVE_INFINITY) && at <= (to ?? Number.POSITIVE_INFINITY)
}

function timeIn(value: Payment | Refund, field: string): number | null {
  if (field === 'CREATED_AT') return Date.parse(value.created_at)
  if (field === 'UPDATED_AT') return Date.parse(value.updated_at)
  const offline = 'offline_payment_details' in value ? value.offline_payment_details : undefined
  return offline === undefined ? null : Date.parse(offline.client_created_at)
}

function paymentMatcher(query: JsonObject): (payment: Payment) => boolean {
  const total = integerOf(query, 'total')
  const last4 = textOf(query, 'last_4')
  const brand = textOf(query, 'card_brand')
  const offline = query.is_offline_payment === undefined ? null : flagOf(query, 'is_offline_payment')
  return (payment) => {
    if (total !== undefined && payment.total_money.amount !== total) return false
    if (last4 !== undefined && payment.card_details?.card.last_4 !== last4) return false
    if (brand !== undefined && payment.card_details?.card.card_brand !== brand) return false
    return offline === null || (payment.is_offline_payment ?? false) === offline
  }
}

function both<T>(one: (value: NoInfer<T>) => boolean, other: (value: T) => boolean): (value: T) => boolean {
  return (value) => one(value) && other(value)
}

function limitOf(query: JsonObject): number {
  const limit = integerOf(query, 'limit') ?? LIMIT
  if (limit < 1) throw invalid('VALUE_TOO_LOW', 'The limit must be at least 1.', 'limit')
  return Math.min(limit, LIMIT)
}

function orderOf(query: JsonObject): boolean {
  return (memberOf(query, 'sort_order', ['ASC', 'DESC']) ?? 'DESC') === 'DESC'
}

function hasAny(query: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => query[name] !== undefined)
}
