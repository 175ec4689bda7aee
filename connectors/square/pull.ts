import { CallFailed, type Pull, type RecordRef, type SourceRecord, type Talk } from '../contract.ts'
import { jsonOf, objectsIn } from './answers.ts'
import { isObject } from './read/drift.ts'
import { type Kind, recordsOf } from './read/records.ts'
import { catalog } from './streams/catalog.ts'
import { customers } from './streams/customers.ts'
import { inventory } from './streams/inventory.ts'
import { orders } from './streams/orders.ts'
import { list, search } from './streams/pages.ts'
import { payments, refunds } from './streams/payments.ts'

/** An order's first reading should find its articles and its payments: those streams come first. */
export const pull: Pull = {
  streams: [catalog, payments, refunds, orders, inventory, customers],
  fetch,
  fetchMax,
}

type Batch = { readonly max: number; ask(ids: readonly string[]): Talk<readonly SourceRecord[]> }

const BATCHES: Readonly<Record<Kind, Batch>> = {
  order: { max: 100, ask: askOrders },
  payment: { max: 1, ask: (ids) => askEach('payment', '/v2/payments', ids) },
  refund: { max: 1, ask: (ids) => askEach('refund', '/v2/refunds', ids) },
  catalog: { max: 200, ask: askCatalog },
  inventory_count: { max: 100, ask: askCounts },
  customer: { max: 100, ask: askCustomers },
}

function fetchMax(kind: string): number {
  return Object.hasOwn(BATCHES, kind) ? BATCHES[kind as Kind].max : 0
}

/** Each object once, as many in a call as Square takes. What it does not know is left out, as it does itself. */
function* fetch(_link: unknown, refs: readonly RecordRef[]): Talk<readonly SourceRecord[]> {
  const found: SourceRecord[] = []
  for (const kind of Object.keys(BATCHES) as Kind[]) {
    const { max, ask } = BATCHES[kind]
    const ids = [...new Set(refs.filter((ref) => ref.kind === kind).map((ref) => ref.id))]
    for (let at = 0; at < ids.length; at += max) found.push(...(yield* ask(ids.slice(at, at + max))))
  }
  return found
}

function* askOrders(order_ids: readonly string[]): Talk<readonly SourceRecord[]> {
  return recordsOf('order', jsonOf(yield search('orders.get', '/v2/orders/batch-retrieve', { order_ids })))
}

function* askEach(kind: 'payment' | 'refund', path: string, ids: readonly string[]): Talk<readonly SourceRecord[]> {
  const found: SourceRecord[] = []
  for (const id of ids) {
    try {
      found.push(...recordsOf(kind, jsonOf(yield list(`${kind}s.get`, `${path}/${encodeURIComponent(id)}`))))
    } catch (failure) {
      if (!(failure instanceof CallFailed && failure.verdict.kind === 'missing')) throw failure
    }
  }
  return found
}

function* askCatalog(object_ids: readonly string[]): Talk<readonly SourceRecord[]> {
  const body = { object_ids, include_deleted_objects: true }
  return recordsOf('catalog', jsonOf(yield search('catalog.get', '/v2/catalog/batch-retrieve', body)))
}

/** A count is named by article, place and state; Square is asked by article. */
function* askCounts(ids: readonly string[]): Talk<readonly SourceRecord[]> {
  const wanted = new Set(ids)
  const catalog_object_ids = [...new Set(ids.map((id) => id.split(':')[0] ?? ''))]
  const found: SourceRecord[] = []
  let cursor: unknown = null
  do {
    const body = { catalog_object_ids, limit: 1000, ...(cursor === null ? {} : { cursor }) }
    const answer = jsonOf(yield search('inventory.get', '/v2/inventory/counts/batch-retrieve', body))
    found.push(...recordsOf('inventory_count', answer).filter(({ id }) => wanted.has(id)))
    cursor = typeof answer.cursor === 'string' && answer.cursor !== '' ? answer.cursor : null
  } while (cursor !== null)
  return found
}

/** Answered one by one, each with its profile or with what is wrong with it. */
function* askCustomers(customer_ids: readonly string[]): Talk<readonly SourceRecord[]> {
  const answer = jsonOf(yield search('customers.get', '/v2/customers/bulk-retrieve', { customer_ids }))
  const each = isObject(answer.responses) ? Object.values(answer.responses) : []
  return objectsIn(each).flatMap(({ customer }) => (isObject(customer) ? recordsOf('customer', customer) : []))
}
