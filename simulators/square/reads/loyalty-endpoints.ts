import { type JsonObject, ok } from '../answer.ts'
import type { Call, Endpoint } from '../endpoint.ts'
import { invalid, notFound } from '../refusal.ts'
import type { Loyalty, LoyaltyEvent } from './loyalty.ts'
import { pageOf } from './paging.ts'
import {
  limitOf,
  membersOf,
  neededText,
  neededTexts,
  objectOf,
  objectsOf,
  rangeOf,
  textOf,
  textsOf,
} from './request.ts'

const PAGE = 30
const LIMIT_MAX = 200
const EVENTS_LIMIT_MAX = 30
const EVENT_TYPES = [
  'ACCUMULATE_POINTS',
  'CREATE_REWARD',
  'REDEEM_REWARD',
  'DELETE_REWARD',
  'ADJUST_POINTS',
  'EXPIRE_POINTS',
  'OTHER',
  'ACCUMULATE_PROMOTION_POINTS',
] as const

export const loyaltyEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/v2/loyalty/programs/:program_id',
    name: 'loyalty.programs.retrieve',
    scopes: ['LOYALTY_READ'],
    answer: program,
  },
  {
    method: 'POST',
    path: '/v2/loyalty/accounts/search',
    name: 'loyalty.accounts.search',
    scopes: ['LOYALTY_READ'],
    answer: searchAccounts,
  },
  {
    method: 'GET',
    path: '/v2/loyalty/accounts/:account_id',
    name: 'loyalty.accounts.retrieve',
    scopes: ['LOYALTY_READ'],
    answer: account,
  },
  {
    method: 'POST',
    path: '/v2/loyalty/events/search',
    name: 'loyalty.events.search',
    scopes: ['LOYALTY_READ'],
    answer: searchEvents,
  },
]

function planOf({ seller }: Call): Loyalty {
  if (seller.reads.loyalty === null) throw notFound('Merchant does not have a loyalty program.')
  return seller.reads.loyalty
}

function program(call: Call) {
  const loyalty = planOf(call)
  const id = call.params.program_id ?? ''
  if (id !== 'main' && id !== loyalty.programId) throw notFound(`Loyalty program \`${id}\` not found.`)
  return ok({ program: loyalty.program() })
}

function account(call: Call) {
  const id = call.params.account_id ?? ''
  const found = planOf(call)
    .accounts()
    .find((each) => each.id === id)
  if (found === undefined) throw notFound(`Loyalty account \`${id}\` not found.`)
  return ok({ loyalty_account: found })
}

function searchAccounts(call: Call) {
  const query = objectOf(call.body, 'query') ?? {}
  const phones = objectsOf(query, 'mappings').map((mapping) => textOf(mapping, 'phone_number'))
  const customerIds = textsOf(query, 'customer_ids')
  if (phones.length > 0 && customerIds.length > 0) {
    throw invalid('CONFLICTING_PARAMETERS', 'Only one of `mappings` and `customer_ids`.', 'query')
  }
  if (Math.max(phones.length, customerIds.length) > 30) {
    throw invalid('ARRAY_LENGTH_TOO_LONG', 'At most 30 values.', 'query')
  }
  const found = planOf(call)
    .accounts()
    .filter(
      (each) =>
        (phones.length === 0 || phones.includes(String((each.mapping as JsonObject).phone_number))) &&
        (customerIds.length === 0 || customerIds.includes(String(each.customer_id))),
    )
  const { page, cursor } = pageOf(call, 'loyalty.accounts.search', found, limitOf(call.body, LIMIT_MAX, PAGE), (each) =>
    String(each.id),
  )
  return ok({ ...(page.length > 0 && { loyalty_accounts: page }), ...cursor })
}

function searchEvents(call: Call) {
  const filter = objectOf(objectOf(call.body, 'query') ?? {}, 'filter') ?? {}
  const matches = eventFilter(filter)
  const found = planOf(call).events().filter(matches)
  const limit = limitOf(call.body, EVENTS_LIMIT_MAX, EVENTS_LIMIT_MAX)
  const { page, cursor } = pageOf(call, 'loyalty.events.search', found, limit, ({ wire }) => String(wire.id))
  return ok({ ...(page.length > 0 && { events: page.map(({ wire }) => wire) }), ...cursor })
}

function eventFilter(filter: JsonObject): (event: LoyaltyEvent) => boolean {
  const ofAccount = objectOf(filter, 'loyalty_account_filter')
  const ofTypes = objectOf(filter, 'type_filter')
  const ofTime = objectOf(filter, 'date_time_filter')
  const ofPlaces = objectOf(filter, 'location_filter')
  const ofOrder = objectOf(filter, 'order_filter')
  if (ofTime !== undefined && objectOf(ofTime, 'created_at') === undefined) {
    throw invalid(
      'MISSING_REQUIRED_PARAMETER',
      'Missing required parameter created_at.',
      'query.filter.date_time_filter',
    )
  }
  const accountId = ofAccount && neededText(ofAccount, 'loyalty_account_id')
  const types = ofTypes && membersOf({ types: neededTexts(ofTypes, 'types') }, 'types', EVENT_TYPES)
  const places = ofPlaces && neededTexts(ofPlaces, 'location_ids')
  const orderId = ofOrder && neededText(ofOrder, 'order_id')
  const { fromMs, toMs } = rangeOf(ofTime ?? {}, 'created_at')
  return ({ at, orderId: about, wire }) =>
    at >= fromMs &&
    at <= toMs &&
    (accountId === undefined || wire.loyalty_account_id === accountId) &&
    (types === undefined || types.some((type) => type === wire.type)) &&
    (places === undefined || places.includes(String(wire.location_id))) &&
    (orderId === undefined || about === orderId)
}
