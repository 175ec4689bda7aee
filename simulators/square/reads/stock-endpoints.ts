import { type JsonObject, ok } from '../answer.ts'
import type { Call, Endpoint } from '../endpoint.ts'
import { pageOf } from './paging.ts'
import { limitOf, membersOf, textOf, textsOf, timeOf } from './request.ts'

const STATES = [
  'CUSTOM',
  'IN_STOCK',
  'SOLD',
  'RETURNED_BY_CUSTOMER',
  'RESERVED_FOR_SALE',
  'SOLD_ONLINE',
  'ORDERED_FROM_VENDOR',
  'RECEIVED_FROM_VENDOR',
  'IN_TRANSIT_TO',
  'NONE',
  'WASTE',
  'UNLINKED_RETURN',
  'COMPOSED',
  'DECOMPOSED',
  'SUPPORTED_BY_NEWER_VERSION',
  'IN_TRANSIT',
] as const
const PAGE = 1000

export const stockEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/v2/inventory/counts/batch-retrieve',
    name: 'inventory.counts.batch-retrieve',
    scopes: ['INVENTORY_READ'],
    answer: batchRetrieve,
  },
  {
    method: 'GET',
    path: '/v2/inventory/:catalog_object_id',
    name: 'inventory.retrieve',
    scopes: ['INVENTORY_READ'],
    answer: retrieve,
  },
]

function batchRetrieve(call: Call) {
  const { body, seller, now } = call
  const variations = new Set(textsOf(body, 'catalog_object_ids'))
  const locations = new Set(textsOf(body, 'location_ids'))
  const after = timeOf(body, 'updated_after') ?? 0
  const states = new Set<string>(membersOf(body, 'states', STATES))
  const limit = limitOf(body, PAGE, PAGE)
  const found = seller.reads.stock
    .counts(now)
    .filter(
      (count) =>
        (variations.size === 0 || variations.has(String(count.catalog_object_id))) &&
        (locations.size === 0 || locations.has(String(count.location_id))) &&
        (states.size === 0 || states.has(String(count.state))) &&
        Date.parse(String(count.calculated_at)) > after,
    )
  return paged(call, 'inventory.counts.batch-retrieve', found, limit)
}

function retrieve(call: Call) {
  const { params, query, seller, now } = call
  const locations = textOf(query, 'location_ids')?.split(',') ?? []
  const found = seller.reads.stock
    .counts(now)
    .filter(
      (count) =>
        count.catalog_object_id === params.catalog_object_id &&
        (locations.length === 0 || locations.includes(String(count.location_id))),
    )
  return paged(call, 'inventory.retrieve', found, PAGE)
}

function paged(call: Call, name: string, found: readonly JsonObject[], limit: number) {
  const { page, cursor } = pageOf(
    call,
    name,
    found,
    limit,
    (count) => `${count.catalog_object_id} ${count.location_id}`,
  )
  return ok({ ...(page.length > 0 && { counts: page }), ...cursor })
}
