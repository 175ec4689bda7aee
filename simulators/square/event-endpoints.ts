import { type JsonObject, ok } from './answer.ts'
import { cursorOf, readCursor } from './cursors.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { EVENT_TYPES, type SquareEvent } from './events.ts'
import { integerOf, memberOf, objectOf, rangeOf, textOf, textsOf } from './reads/request.ts'
import { invalid } from './refusal.ts'

// Looking back at what was told: 28 days, from the moment at which it was switched on. With the application's own token.

export const eventEndpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/v2/events', name: 'events.search', scopes: 'application', answer: searchEvents },
  { method: 'PUT', path: '/v2/events/enable', name: 'events.enable', scopes: 'application', answer: enableEvents },
  { method: 'PUT', path: '/v2/events/disable', name: 'events.disable', scopes: 'application', answer: disableEvents },
  { method: 'GET', path: '/v2/events/types', name: 'events.types', scopes: 'application', answer: listTypes },
  { method: 'GET', path: '/v2/webhooks/event-types', name: 'webhooks.types', scopes: 'application', answer: listTypes },
]

const LIMIT_MAX = 100

function enableEvents({ square }: Call) {
  square.events.enable(true)
  return ok({})
}

function disableEvents({ square }: Call) {
  square.events.enable(false)
  return ok({})
}

function listTypes() {
  const metadata = EVENT_TYPES.map((event_type) => ({
    event_type,
    api_version_introduced: '2020-02-26',
    release_status: event_type.startsWith('order.') ? 'BETA' : 'PUBLIC',
  }))
  return ok({ event_types: EVENT_TYPES, metadata })
}

function searchEvents({ square, body, now }: Call) {
  const limit = integerOf(body, 'limit') ?? LIMIT_MAX
  if (limit < 1 || limit > LIMIT_MAX) throw invalid('BAD_REQUEST', `The limit must be from 1 to ${LIMIT_MAX}.`, 'limit')
  const query = objectOf(body, 'query') ?? {}
  const sort = objectOf(query, 'sort') ?? {}
  memberOf(sort, 'field', ['DEFAULT'])
  const descending = (memberOf(sort, 'order', ['ASC', 'DESC']) ?? 'DESC') === 'DESC'
  const { cursor: _, ...asked } = body
  const state = readCursor(square, asked, textOf(body, 'cursor'), 'events.search')
  const end = state?.end ?? now
  const matches = matcherOf(objectOf(query, 'filter') ?? {}, end)
  const kept = square.events.kept(now)
  const found: SquareEvent[] = []
  let next = -1
  for (const at of placesFrom(state?.after.at ?? null, kept.length, descending)) {
    const event = kept[at]
    if (event === undefined || !matches(event)) continue
    if (found.length === limit) {
      next = at
      break
    }
    found.push(event)
  }
  if (found.length === 0) return ok({})
  return ok({
    events: found.map((event) => event.body),
    metadata: found.map(({ eventId }) => ({ event_id: eventId, api_version: square.version })),
    ...(next >= 0 && { cursor: cursorOf(square, asked, { after: { at: next, id: '' }, end }) }),
  })
}

function* placesFrom(start: number | null, count: number, descending: boolean): Generator<number> {
  if (descending) for (let at = start ?? count - 1; at >= 0; at--) yield at
  else for (let at = start ?? 0; at < count; at++) yield at
}

function matcherOf(filter: JsonObject, end: number): (event: SquareEvent) => boolean {
  const types = textsOf(filter, 'event_types')
  const merchants = textsOf(filter, 'merchant_ids')
  const locations = textsOf(filter, 'location_ids')
  const { fromMs, toMs } = rangeOf(filter, 'created_at')
  return (event) => {
    if (event.at < fromMs || event.at > Math.min(toMs, end)) return false
    if (types.length > 0 && !types.includes(event.type)) return false
    if (merchants.length > 0 && !merchants.includes(event.merchantId)) return false
    return locations.length === 0 || locations.includes(String(event.body.location_id ?? ''))
  }
}
