import { type Call, type Endpoint, type JsonObject, ok } from '../endpoint.ts'
import { notFound } from '../refusal.ts'
import { type Followed, type ReadsEvent, rfc3339, shareOf } from './followed.ts'
import { pageOf } from './paging.ts'
import { flagOf, limitOf, memberOf, membersOf, objectOf, rangeOf, textOf } from './request.ts'

// The seller's customer directory. Somebody is in it from the first order that names them. Names are put together from
// two short lists, addresses end in example.com and numbers begin with the area code that nobody has.

const PAGE = 100
const GIVEN = ['Ada', 'Ben', 'Chloe', 'Dario', 'Emre', 'Frida', 'Goran', 'Hana', 'Ivo', 'Juna', 'Kofi', 'Lena', 'Milo']
const FAMILY = ['Abel', 'Brook', 'Castor', 'Dunn', 'Eder', 'Falk', 'Grove', 'Hale', 'Ito', 'Jansen', 'Kerr']

const SOURCES = [
  'OTHER',
  'APPOINTMENTS',
  'COUPON',
  'DELETION_RECOVERY',
  'DIRECTORY',
  'EGIFTING',
  'EMAIL_COLLECTION',
  'FEEDBACK',
  'IMPORT',
  'INVOICES',
  'LOYALTY',
  'MARKETING',
  'MERGE',
  'ONLINE_STORE',
  'INSTANT_PROFILE',
  'TERMINAL',
  'THIRD_PARTY',
  'THIRD_PARTY_IMPORT',
  'UNMERGE_RECOVERY',
] as const

export type Customer = {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly given_name: string
  readonly family_name: string
  readonly email_address: string
  readonly phone_number: string
  readonly preferences: { readonly email_unsubscribed: boolean }
  readonly creation_source: (typeof SOURCES)[number]
  readonly version: number
}

export class Customers {
  readonly #byId = new Map<string, Customer>()

  /** Whoever is named for the first time is entered; answers the event of it. */
  follow({ order, at }: Followed): readonly ReadsEvent[] {
    const id = order.customer_id
    if (id === undefined) return []
    const known = this.#byId.get(id)
    if (known === undefined) return [this.#put('customer.created', newcomer(id, at))]
    // Past trade may be told after trade that came later.
    if (at < Date.parse(known.created_at)) this.#byId.set(id, newcomer(id, at))
    return []
  }

  /** A new name, as the seller would type it in. */
  rename(id: string, name: { readonly given: string; readonly family: string }, now: number): ReadsEvent {
    const known = this.#existing(id)
    const version = known.version + 1
    const changed = { ...known, given_name: name.given, family_name: name.family, updated_at: rfc3339(now), version }
    return this.#put('customer.updated', changed)
  }

  /** Deletes the profile; orders go on naming it. */
  remove(id: string): ReadsEvent {
    const known = this.#existing(id)
    this.#byId.delete(id)
    return { type: 'customer.deleted', dataType: 'customer', id, object: { customer: known } }
  }

  find(id: string): Customer | undefined {
    return this.#byId.get(id)
  }

  all(): readonly Customer[] {
    return [...this.#byId.values()]
  }

  #existing(id: string): Customer {
    const known = this.#byId.get(id)
    if (known === undefined) throw new RangeError(`There is no customer ${id} in the directory.`)
    return known
  }

  #put(type: string, customer: Customer): ReadsEvent {
    this.#byId.set(customer.id, customer)
    return { type, dataType: 'customer', id: customer.id, object: { customer } }
  }
}

function newcomer(id: string, at: number): Customer {
  const given = GIVEN[Math.floor(shareOf(`given ${id}`) * GIVEN.length)] ?? 'Ada'
  const family = FAMILY[Math.floor(shareOf(`family ${id}`) * FAMILY.length)] ?? 'Abel'
  const created = rfc3339(at)
  return {
    id,
    created_at: created,
    updated_at: created,
    given_name: given,
    family_name: family,
    email_address: `${given}.${family}.${id.slice(0, 6)}@example.com`.toLowerCase(),
    phone_number: phoneOf(id),
    preferences: { email_unsubscribed: false },
    creation_source: shareOf(`source ${id}`) < 0.3 ? 'INSTANT_PROFILE' : 'LOYALTY',
    version: 0,
  }
}

export function phoneOf(customerId: string): string {
  return `+1555${String(Math.floor(shareOf(`phone ${customerId}`) * 10 ** 7)).padStart(7, '0')}`
}

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
