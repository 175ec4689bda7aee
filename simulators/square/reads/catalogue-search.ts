import type { JsonObject } from '../answer.ts'
import { invalid } from '../refusal.ts'
import type { CatalogueEntry } from './catalogue.ts'
import { integerOf, memberOf, neededText, neededTexts, objectOf, textOf } from './request.ts'

// The queries of SearchCatalogObjects. One request has one of them, and perhaps an order beside it.

export type CatalogueQuery = {
  readonly matches: (entry: CatalogueEntry) => boolean
  /** Null: in the order of the ids. */
  readonly order: ((one: CatalogueEntry, other: CatalogueEntry) => number) | null
}

type Match = (entry: CatalogueEntry) => boolean

const KINDS: Readonly<Record<string, (query: JsonObject) => Match>> = {
  exact_query: (query) => {
    const attribute = neededText(query, 'attribute_name')
    const wanted = neededText(query, 'attribute_value').toLowerCase()
    return (entry) => attributeOf(entry, attribute) === wanted
  },
  set_query: (query) => {
    const attribute = neededText(query, 'attribute_name')
    const wanted = new Set(neededTexts(query, 'attribute_values').map((value) => value.toLowerCase()))
    if (wanted.size > 250)
      throw invalid('ARRAY_LENGTH_TOO_LONG', 'At most 250 values.', 'query.set_query.attribute_values')
    return (entry) => wanted.has(attributeOf(entry, attribute) ?? '')
  },
  prefix_query: (query) => {
    const attribute = neededText(query, 'attribute_name')
    const prefix = neededText(query, 'attribute_prefix').toLowerCase()
    return (entry) => attributeOf(entry, attribute)?.startsWith(prefix) === true
  },
  range_query: (query) => {
    const attribute = neededText(query, 'attribute_name')
    const min = integerOf(query, 'attribute_min_value') ?? Number.NEGATIVE_INFINITY
    const max = integerOf(query, 'attribute_max_value') ?? Number.POSITIVE_INFINITY
    return (entry) => {
      const value = attributeOf(entry, attribute)
      return value !== null && Number(value) >= min && Number(value) <= max
    }
  },
  text_query: (query) => {
    const keywords = neededTexts(query, 'keywords').map((word) => word.toLowerCase())
    if (keywords.length > 3)
      throw invalid('ARRAY_LENGTH_TOO_LONG', 'At most three keywords.', 'query.text_query.keywords')
    return ({ data }) => {
      const text = [data.name, data.sku, data.upc].filter(Boolean).join(' ').toLowerCase()
      return keywords.every((word) => text.includes(word))
    }
  },
  items_for_tax_query: (query) => {
    const taxIds = neededTexts(query, 'tax_ids')
    return ({ data }) => listed(data.tax_ids).some((id) => taxIds.includes(String(id)))
  },
  items_for_modifier_list_query: (query) => {
    const listIds = neededTexts(query, 'modifier_list_ids')
    return ({ data }) =>
      listed(data.modifier_list_info).some((info) => listIds.includes(String((info as JsonObject).modifier_list_id)))
  },
}

/** Reads `query` of the request; everything matches where there is none. */
export function catalogueQuery(query: JsonObject | undefined): CatalogueQuery {
  if (query === undefined) return { matches: () => true, order: null }
  const kinds = Object.keys(query).filter((kind) => query[kind] !== null && kind !== 'sorted_attribute_query')
  const [kind] = kinds
  if (kinds.length > 1) throw invalid('CONFLICTING_PARAMETERS', 'Only one query at a time.', 'query')
  const read = kind === undefined ? null : KINDS[kind]
  if (read === undefined) throw invalid('INVALID_VALUE', `${kind} is not simulated.`, `query.${kind}`)
  const matches = kind === undefined || read === null ? () => true : read(objectOf(query, kind) ?? {})
  const sorted = objectOf(query, 'sorted_attribute_query')
  return {
    matches: sorted === undefined ? matches : startingFrom(sorted, matches),
    order: sorted ? orderOf(sorted) : null,
  }
}

function startingFrom(sorted: JsonObject, matches: Match): Match {
  const attribute = neededText(sorted, 'attribute_name')
  const initial = textOf(sorted, 'initial_attribute_value')?.toLowerCase()
  if (initial === undefined) return matches
  const ascending = memberOf(sorted, 'sort_order', ['ASC', 'DESC']) !== 'DESC'
  return (entry) => {
    const value = attributeOf(entry, attribute) ?? ''
    return matches(entry) && (ascending ? value >= initial : value <= initial)
  }
}

function orderOf(sorted: JsonObject): CatalogueQuery['order'] {
  const attribute = neededText(sorted, 'attribute_name')
  const sign = memberOf(sorted, 'sort_order', ['ASC', 'DESC']) === 'DESC' ? -1 : 1
  return (one, other) => {
    const left = attributeOf(one, attribute) ?? ''
    const right = attributeOf(other, attribute) ?? ''
    return sign * (left < right ? -1 : left > right ? 1 : 0) || (one.id < other.id ? -1 : 1)
  }
}

/** In lower case, as values are compared; null where the object has no such attribute. */
function attributeOf({ data }: CatalogueEntry, attribute: string): string | null {
  const value = data[attribute]
  return value === undefined || typeof value === 'object' ? null : String(value).toLowerCase()
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
