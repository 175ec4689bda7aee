import { Garbled, type SourceRecord, type SourceVersion } from '../../contract.ts'
import { isObject } from './drift.ts'
import { momentOf } from './moments.ts'

// Records out of whatever holds them: an answer of the API, the object of a webhook, a file that somebody kept. Only what
// keys and orders a record is looked at here; what else it says is read later, from the stored text.
//
// Subjects. `sale:<order id>` is an order and its payments. `return:<order id>` is an order that gives something back and
// the refunds that belong to it: Square makes a new order for that, and says its id in the refund. An exchange is both.
// An order that does not yet say anything may still become either.

type Json = Readonly<Record<string, unknown>>

export const KINDS = ['order', 'payment', 'refund', 'catalog', 'inventory_count', 'customer'] as const
export type Kind = (typeof KINDS)[number]

/** Where an answer, a webhook or a kept file has objects of a kind: one by itself, or many. */
const HOLDERS: Readonly<Record<Kind, readonly string[]>> = {
  order: ['order', 'orders'],
  payment: ['payment', 'payments'],
  refund: ['refund', 'refunds'],
  catalog: ['object', 'catalog_object', 'objects'],
  inventory_count: ['counts', 'inventory_counts'],
  customer: ['customer', 'customers'],
}

/** Kinds that a person may have put into one file, because they explain each other. */
const TOGETHER: Partial<Record<Kind, readonly Kind[]>> = {
  order: ['order', 'payment', 'refund'],
  payment: ['order', 'payment', 'refund'],
  refund: ['order', 'payment', 'refund'],
}

const MAKERS: Readonly<Record<Kind, (object: Json) => readonly SourceRecord[]>> = {
  order: orderRecords,
  payment: paymentRecords,
  refund: refundRecords,
  catalog: catalogRecords,
  inventory_count: countRecords,
  customer: customerRecords,
}

/** What an answer may hold beside its objects, or instead of them when there are none. */
const BESIDE: ReadonlySet<string> = new Set(['cursor', 'errors', 'latest_time', 'related_objects', 'count'])

/** Throws `Garbled`. An answer without any object of the kind has no records: that is how an empty page looks. */
export function recordsOf(kind: string, value: unknown): readonly SourceRecord[] {
  if (!isKind(kind)) throw new Garbled(`Square has no records of the kind ${kind}`)
  if (Array.isArray(value)) return value.flatMap((element) => recordsOf(kind, element))
  if (!isObject(value)) throw new Garbled(`a ${kind} is no object`)
  if (isBare(kind, value)) return MAKERS[kind](value)
  const holders = (TOGETHER[kind] ?? [kind]).flatMap((held) => HOLDERS[held].map((name) => ({ held, name })))
  const found = holders.flatMap(({ held, name }) => heldRecords(held, value[name]))
  if (found.length > 0) return found
  if (holdsAny(value.errors)) throw new Garbled(`errors, and no ${kind}`)
  const isPage = Object.keys(value).every((name) => BESIDE.has(name) || holders.some((holder) => holder.name === name))
  if (!isPage) throw new Garbled(`no ${kind} in it`)
  return found
}

function isKind(kind: string): kind is Kind {
  return (KINDS as readonly string[]).includes(kind)
}

function isBare(kind: Kind, value: Json): boolean {
  return kind === 'inventory_count' ? 'catalog_object_id' in value : 'id' in value
}

function heldRecords(kind: Kind, held: unknown): readonly SourceRecord[] {
  if (held === undefined || held === null) return []
  return (Array.isArray(held) ? held : [held]).flatMap((object) => objectRecords(kind, object))
}

function objectRecords(kind: Kind, value: unknown): readonly SourceRecord[] {
  if (!isObject(value)) throw new Garbled(`a ${kind} is no object`)
  return MAKERS[kind](value)
}

function orderRecords(order: Json): readonly SourceRecord[] {
  const id = idOf('order', order.id)
  const [sells, returns] = [holdsAny(order.line_items), holdsAny(order.returns)]
  const subjects = returns ? (sells ? [`sale:${id}`, `return:${id}`] : [`return:${id}`]) : [`sale:${id}`]
  if (!sells && !returns) subjects.push(`return:${id}`)
  return [recordOf('order', id, order, versionOf(order), subjects)]
}

function paymentRecords(payment: Json): readonly SourceRecord[] {
  const id = idOf('payment', payment.id)
  // A payment says no rising version: `version_token` only tells that two differ.
  const version = { version: null, updatedAt: momentOf(payment.updated_at) }
  return [recordOf('payment', id, payment, version, [`sale:${textOf(payment.order_id) ?? `payment:${id}`}`])]
}

/** A webhook's refund has a `version` that the API's own lacks; left in, the same refund would look like two. */
function refundRecords({ version: _version, ...refund }: Json): readonly SourceRecord[] {
  const id = idOf('refund', refund.id)
  const version = { version: null, updatedAt: momentOf(refund.updated_at) }
  return [recordOf('refund', id, refund, version, [`return:${textOf(refund.order_id) ?? `refund:${id}`}`])]
}

/** Variations lie inside their item, modifiers inside their list, and each is an object of its own that may change alone. */
function catalogRecords(object: Json): readonly SourceRecord[] {
  const id = idOf('catalog object', object.id)
  const record = recordOf('catalog', id, object, versionOf(object), [], object.is_deleted === true)
  const variations = isObject(object.item_data) ? object.item_data.variations : null
  const modifiers = isObject(object.modifier_list_data) ? object.modifier_list_data.modifiers : null
  const inside = [variations, modifiers].flatMap((held) => (Array.isArray(held) ? held : []))
  return [record, ...inside.flatMap((one) => objectRecords('catalog', one))]
}

function countRecords(count: Json): readonly SourceRecord[] {
  const parts = [count.catalog_object_id, count.location_id, count.state].map((part) => idOf('inventory count', part))
  const version = { version: null, updatedAt: momentOf(count.calculated_at) }
  return [recordOf('inventory_count', parts.join(':'), count, version, [])]
}

function customerRecords(customer: Json): readonly SourceRecord[] {
  return [recordOf('customer', idOf('customer', customer.id), customer, versionOf(customer), [])]
}

function recordOf(
  kind: Kind,
  id: string,
  body: Json,
  version: SourceVersion,
  subjects: readonly string[],
  deleted = false,
): SourceRecord {
  return { kind, id, body: JSON.stringify(body), version, location: textOf(body.location_id), subjects, deleted }
}

/** Orders of the till have no version: their time alone says which is newer. */
function versionOf({ version, updated_at }: Json): SourceVersion {
  const known = typeof version === 'number' && Number.isSafeInteger(version)
  return { version: known ? BigInt(version) : null, updatedAt: momentOf(updated_at) }
}

function idOf(what: string, id: unknown): string {
  if (typeof id === 'string' && id !== '') return id
  throw new Garbled(`${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what} says no id`)
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

export function holdsAny(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
