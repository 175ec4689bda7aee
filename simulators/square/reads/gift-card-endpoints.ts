import { type JsonObject, ok } from '../answer.ts'
import type { Call, Endpoint } from '../endpoint.ts'
import { notFound } from '../refusal.ts'
import { ACTIVITY_TYPES, type GiftCards, STATES, TYPES } from './gift-cards.ts'
import { pageOf } from './paging.ts'
import { limitOf, memberOf, neededText, textOf, timeOf } from './request.ts'

const CARDS_PAGE = 30
const CARDS_LIMIT_MAX = 200
const ACTIVITIES_PAGE = 50
const ACTIVITIES_LIMIT_MAX = 100
const YEAR_MS = 365 * 86_400_000

export const giftCardEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/v2/gift-cards', name: 'gift-cards.list', scopes: ['GIFTCARDS_READ'], answer: list },
  {
    method: 'POST',
    path: '/v2/gift-cards/from-gan',
    name: 'gift-cards.from-gan',
    scopes: ['GIFTCARDS_READ'],
    answer: fromGan,
  },
  {
    method: 'GET',
    path: '/v2/gift-cards/activities',
    name: 'gift-cards.activities.list',
    scopes: ['GIFTCARDS_READ'],
    answer: listActivities,
  },
  {
    method: 'GET',
    path: '/v2/gift-cards/:id',
    name: 'gift-cards.retrieve',
    scopes: ['GIFTCARDS_READ'],
    answer: retrieve,
  },
]

function list(call: Call) {
  const { query } = call
  const type = memberOf(query, 'type', TYPES)
  const state = memberOf(query, 'state', STATES)
  const customerId = textOf(query, 'customer_id')
  const found = call.seller.reads.giftCards
    .cards()
    .filter(
      (card) =>
        (type === undefined || card.type === type) &&
        (state === undefined || card.state === state) &&
        (customerId === undefined || ((card.customer_ids ?? []) as readonly string[]).includes(customerId)),
    )
  const { page, cursor } = pageOf(call, 'gift-cards.list', found, limitOf(query, CARDS_LIMIT_MAX, CARDS_PAGE), (card) =>
    String(card.id),
  )
  return ok({ ...(page.length > 0 && { gift_cards: page }), ...cursor })
}

function retrieve({ params, seller }: Call) {
  return ok({ gift_card: cardWith(seller.reads.giftCards, 'id', params.id ?? '') })
}

function fromGan({ body, seller }: Call) {
  return ok({ gift_card: cardWith(seller.reads.giftCards, 'gan', neededText(body, 'gan')) })
}

function cardWith(giftCards: GiftCards, field: 'id' | 'gan', value: string): JsonObject {
  const found = giftCards.cards().find((card) => card[field] === value)
  if (found === undefined) throw notFound('Gift card not found.')
  return found
}

function listActivities(call: Call) {
  const { query, now } = call
  const cardId = textOf(query, 'gift_card_id')
  const type = memberOf(query, 'type', ACTIVITY_TYPES)
  const locationId = textOf(query, 'location_id')
  const fromMs = timeOf(query, 'begin_time') ?? now - YEAR_MS
  const toMs = timeOf(query, 'end_time') ?? now
  const descending = memberOf(query, 'sort_order', ['ASC', 'DESC']) !== 'ASC'
  const found = call.seller.reads.giftCards
    .activities()
    .filter(
      ({ at, wire }) =>
        at >= fromMs &&
        at <= toMs &&
        (cardId === undefined || wire.gift_card_id === cardId) &&
        (type === undefined || wire.type === type) &&
        (locationId === undefined || wire.location_id === locationId),
    )
  // The sort is stable: two activities of one instant stay in the order in which they were booked.
  found.sort((one, other) => one.at - other.at)
  if (descending) found.reverse()
  const limit = limitOf(query, ACTIVITIES_LIMIT_MAX, ACTIVITIES_PAGE)
  const { page, cursor } = pageOf(call, 'gift-cards.activities.list', found, limit, ({ wire }) => String(wire.id))
  return ok({ ...(page.length > 0 && { gift_card_activities: page.map(({ wire }) => wire) }), ...cursor })
}
