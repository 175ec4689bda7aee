import { type JsonObject, ok } from '../answer.ts'
import type { Call, Endpoint } from '../endpoint.ts'
import { notFound } from '../refusal.ts'
import { type Customer, SOURCES } from './customers.ts'
import { pageOf } from './paging.ts'
import { flagOf, limitOf, memberOf, membersOf, objectOf, rangeOf, textOf } from './request.ts'

const PAGE = 100

export const customerEndpoints: readonly Endpoint[] = [
  { method: 'GET', path: '/v2/customers', name: 'customers.list', scopes: ['CUSTOMERS_READ'], answer: list },
  {
    method: 'POST',
    path: '/v2/customers/search',
    name: 'customers.search',
    scopes: ['CUSTOMERS_READ'],
    answer: search,
  },
  {
    method: 'GET',
    path: '/v2/customers/:customer_id',
    name: 'customers.retrieve',
    scopes: ['CUSTOMERS_READ'],
    answer: retrieve,
  },
]

function list(call: Call) {
  const found = sorted(call.seller.reads.customers.all(), call.query, 'sort_field', 'sort_order')
  return paged(call, 'customers.list', found, limitOf(call.query, PAGE, PAGE), flagOf(call.query, 'count'))
}

function search(call: Call) {
  const query = objectOf(call.body, 'query') ?? {}
  const matches = filterOf(objectOf(query, 'filter') ?? {})
  const found = call.seller.reads.customers.all().filter(matches)
  const inOrder = sorted(found, objectOf(query, 'sort') ?? {}, 'field', 'order')
  return paged(call, 'customers.search', inOrder, limitOf(call.body, PAGE, PAGE), flagOf(call.body, 'count'))
}

function retrieve({ params, seller }: Call) {
  const customer = seller.reads.customers.find(params.customer_id ?? '')
  if (customer === undefined) throw notFound(`Customer with ID \`${params.customer_id}\` not found.`)
  return ok({ customer })
}

function paged(call: Call, name: string, found: readonly Customer[], limit: number, counted: boolean) {
  const { page, cursor } = pageOf(call, name, found, limit, ({ id }) => id)
  return ok({ ...(page.length > 0 && { customers: page }), ...cursor, ...(counted && { count: found.length }) })
}

/** By name unless the caller wants the age; the id settles what is equal. */
function sorted(customers: readonly Customer[], from: JsonObject, field: string, order: string): readonly Customer[] {
  const by = memberOf(from, field, ['DEFAULT', 'CREATED_AT']) ?? 'DEFAULT'
  const sign = memberOf(from, order, ['ASC', 'DESC']) === 'DESC' ? -1 : 1
  const keyed = customers.map((customer) => {
    const { id, given_name, family_name, created_at } = customer
    return { customer, key: `${by === 'CREATED_AT' ? created_at : `${given_name} ${family_name}`} ${id}` }
  })
  keyed.sort((one, other) => sign * (one.key < other.key ? -1 : 1))
  return keyed.map(({ customer }) => customer)
}

function filterOf(filter: JsonObject): (customer: Customer) => boolean {
  const created = rangeOf(filter, 'created_at')
  const updated = rangeOf(filter, 'updated_at')
  const source = objectOf(filter, 'creation_source') ?? {}
  const sources = membersOf(source, 'values', SOURCES)
  const excluding = memberOf(source, 'rule', ['INCLUDE', 'EXCLUDE']) === 'EXCLUDE'
  const email = textFilter(filter, 'email_address')
  const phone = textFilter(filter, 'phone_number')
  // Nobody in this directory has a reference id, a group or a segment.
  const unmatchable = ['reference_id', 'group_ids', 'segment_ids', 'custom_attribute'].some(
    (name) => filter[name] != null,
  )
  return (customer) =>
    !unmatchable &&
    within(customer.created_at, created) &&
    within(customer.updated_at, updated) &&
    (sources.length === 0 || sources.includes(customer.creation_source) !== excluding) &&
    email(customer.email_address) &&
    phone(customer.phone_number)
}

function within(time: string, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): boolean {
  const at = Date.parse(time)
  return at >= fromMs && at <= toMs
}

function textFilter(filter: JsonObject, field: string): (value: string) => boolean {
  const wanted = objectOf(filter, field)
  if (wanted === undefined) return () => true
  const exact = textOf(wanted, 'exact')?.toLowerCase()
  const fuzzy =
    textOf(wanted, 'fuzzy')
      ?.toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean) ?? []
  return (value) => {
    const text = value.toLowerCase()
    return (exact === undefined || text === exact) && fuzzy.every((token) => text.includes(token))
  }
}
