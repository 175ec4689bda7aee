import { type JsonObject, ok } from '../answer.ts'
import type { Call, Endpoint } from '../endpoint.ts'
import { invalid, notFound } from '../refusal.ts'
import type { CatalogueEntry, CatalogueType } from './catalogue.ts'
import { catalogueQuery } from './catalogue-search.ts'
import { catalogObject } from './catalogue-store.ts'
import { pageOf } from './paging.ts'
import { flagOf, integerOf, membersOf, neededTexts, objectOf, textOf, timeOf } from './request.ts'

const LIST_PAGE = 100
const SEARCH_LIMIT_MAX = 1000
const RETRIEVE_MAX = 1000

/** All that Square has; the seller's catalogue holds objects of some of them. */
const OBJECT_TYPES = [
  'ITEM',
  'IMAGE',
  'CATEGORY',
  'ITEM_VARIATION',
  'TAX',
  'DISCOUNT',
  'MODIFIER_LIST',
  'MODIFIER',
  'PRICING_RULE',
  'PRODUCT_SET',
  'TIME_PERIOD',
  'MEASUREMENT_UNIT',
  'SUBSCRIPTION_PLAN_VARIATION',
  'ITEM_OPTION',
  'ITEM_OPTION_VAL',
  'CUSTOM_ATTRIBUTE_DEFINITION',
  'QUICK_AMOUNTS_SETTINGS',
  'SUBSCRIPTION_PLAN',
  'AVAILABILITY_PERIOD',
] as const

/** What a request without types means: whatever is not part of something else. */
const TOP_LEVEL: readonly CatalogueType[] = ['ITEM', 'CATEGORY', 'MODIFIER_LIST', 'TAX', 'DISCOUNT', 'MEASUREMENT_UNIT']

export const catalogueEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/v2/catalog/list', name: 'catalog.list', scopes: ['ITEMS_READ'], answer: list },
  { method: 'POST', path: '/v2/catalog/search', name: 'catalog.search', scopes: ['ITEMS_READ'], answer: search },
  {
    method: 'POST',
    path: '/v2/catalog/batch-retrieve',
    name: 'catalog.batch-retrieve',
    scopes: ['ITEMS_READ'],
    answer: batchRetrieve,
  },
  {
    method: 'GET',
    path: '/v2/catalog/object/:object_id',
    name: 'catalog.retrieve',
    scopes: ['ITEMS_READ'],
    answer: retrieve,
  },
  { method: 'GET', path: '/v2/catalog/info', name: 'catalog.info', scopes: ['ITEMS_READ'], answer: info },
]

type Entries = ReadonlyMap<string, CatalogueEntry>

function entriesOf({ seller, now }: Call): Entries {
  return seller.reads.catalogue.entriesAt(now)
}

function list(call: Call) {
  const entries = entriesOf(call)
  const asked = textOf(call.query, 'types')
    ?.toUpperCase()
    .split(',')
    .map((type) => type.trim())
  const types = asked === undefined ? TOP_LEVEL : membersOf({ types: asked }, 'types', OBJECT_TYPES)
  const wanted = new Set<string>(types)
  const found = [...entries.values()].filter(({ type, deleted }) => !deleted && wanted.has(type))
  const { page, cursor } = pageOf(call, 'catalog.list', found, LIST_PAGE, ({ id }) => id)
  return ok({ ...objects(entries, page), ...cursor })
}

function search(call: Call) {
  const entries = entriesOf(call)
  const asked = membersOf(call.body, 'object_types', OBJECT_TYPES)
  const wanted = new Set<string>(asked.length === 0 ? TOP_LEVEL : asked)
  const deletedToo = flagOf(call.body, 'include_deleted_objects')
  // The one end that is exclusive: whoever passes on the `latest_time` of the last answer does not meet it again.
  const after = timeOf(call.body, 'begin_time') ?? Number.NEGATIVE_INFINITY
  const { matches, order } = catalogueQuery(objectOf(call.body, 'query'))
  const found = [...entries.values()].filter(
    (entry) => wanted.has(entry.type) && entry.changedAt > after && (deletedToo || !entry.deleted) && matches(entry),
  )
  if (order !== null) found.sort(order)
  const { page, cursor } = pageOf(call, 'catalog.search', found, searchLimit(call.body), ({ id }) => id)
  const related = flagOf(call.body, 'include_related_objects') ? relatedTo(entries, page) : {}
  const latest = new Date(call.seller.reads.catalogue.changedAt(call.now)).toISOString()
  return ok({ ...objects(entries, page), ...related, ...cursor, latest_time: latest })
}

/** A limit out of its range is ignored here, not refused. */
function searchLimit(body: JsonObject): number {
  const limit = integerOf(body, 'limit') ?? SEARCH_LIMIT_MAX
  return limit < 1 || limit > SEARCH_LIMIT_MAX ? SEARCH_LIMIT_MAX : limit
}

function batchRetrieve(call: Call) {
  const entries = entriesOf(call)
  const ids = neededTexts(call.body, 'object_ids')
  if (ids.length > RETRIEVE_MAX) {
    throw invalid('ARRAY_LENGTH_TOO_LONG', `At most ${RETRIEVE_MAX} ids at a time.`, 'object_ids')
  }
  const deletedToo = flagOf(call.body, 'include_deleted_objects')
  const found = [...new Set(ids)].flatMap((id) => entries.get(id) ?? []).filter(({ deleted }) => deletedToo || !deleted)
  const related = flagOf(call.body, 'include_related_objects') ? relatedTo(entries, found) : {}
  return ok({ ...objects(entries, found), ...related })
}

function retrieve(call: Call) {
  const entries = entriesOf(call)
  const id = call.params.object_id ?? ''
  const entry = entries.get(id)
  if (entry === undefined || entry.deleted) throw notFound(`Catalog object with ID \`${id}\` not found.`)
  const related = flagOf(call.query, 'include_related_objects') ? relatedTo(entries, [entry]) : {}
  return ok({ object: catalogObject(entries, entry), ...related })
}

function info() {
  const limits = {
    batch_upsert_max_objects_per_batch: 1000,
    batch_upsert_max_total_objects: 10_000,
    batch_retrieve_max_object_ids: RETRIEVE_MAX,
    search_max_page_limit: SEARCH_LIMIT_MAX,
    batch_delete_max_object_ids: 200,
  }
  return ok({ limits })
}

/** A list that would be empty is left out. */
function objects(entries: Entries, page: readonly CatalogueEntry[]): JsonObject {
  return page.length === 0 ? {} : { objects: page.map((entry) => catalogObject(entries, entry)) }
}

/** What the objects refer to by id, one step far, unless it is among them. */
function relatedTo(entries: Entries, page: readonly CatalogueEntry[]): JsonObject {
  const there = new Set(page.map(({ id }) => id))
  const related = new Map<string, CatalogueEntry>()
  for (const entry of page) {
    for (const id of referencesOf(entry)) {
      const target = entries.get(id)
      if (target !== undefined && !target.deleted && !there.has(id)) related.set(id, target)
    }
  }
  if (related.size === 0) return {}
  return { related_objects: [...related.values()].map((entry) => catalogObject(entries, entry)) }
}

function referencesOf({ parentId, data }: CatalogueEntry): readonly string[] {
  const lists = (data.modifier_list_info ?? []) as readonly { readonly modifier_list_id: string }[]
  const categories = (data.categories ?? []) as readonly { readonly id: string }[]
  const taxes = (data.tax_ids ?? []) as readonly string[]
  const unit = data.measurement_unit_id
  return [
    ...(parentId === null ? [] : [parentId]),
    ...lists.map((list) => list.modifier_list_id),
    ...categories.map((category) => category.id),
    ...taxes,
    ...(typeof unit === 'string' ? [unit] : []),
  ]
}
