import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sale } from '#canon/sale.ts'
import { currencyCode } from '#kernel/currency.ts'
import { decimal } from '#kernel/decimal.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import {
  Garbled,
  type Live,
  type ProviderAnswer,
  type Reading,
  type RecordRef,
  type SourceRecord,
  type Talk,
  type Webhooks,
} from '../../../../connectors/contract.ts'

// A made-up system, small and with the habits of real ones: an order and its payments are objects of their own that come
// in any order, a payment may belong to no order, orders have a rising version and payments only a time of change, a
// refund names a payment. Objects come whole or by name alone.

export type TillOrder = {
  readonly id: string
  readonly version: number
  readonly updated_at: number
  readonly place: string
  readonly state: 'open' | 'closed' | 'voided'
  readonly total: number
  readonly item: string
  /** What the order is sold from, where the catalogue knows it. */
  readonly article?: string
  readonly buyer_email?: string
  readonly surprise?: string
}

export type TillPayment = {
  readonly id: string
  readonly order: string | null
  readonly updated_at: number
  readonly place: string
  readonly amount: number
  readonly refunded?: number
}

export type TillArticle = { readonly id: string; readonly updated_at: number; readonly name: string }

export type TillEvent = {
  readonly id: string | null
  readonly type: string
  readonly account: string | null
  readonly at: number
  readonly orders?: readonly TillOrder[]
  readonly payments?: readonly TillPayment[]
  readonly refs?: readonly RecordRef[]
  readonly signal?: 'revoked' | 'locations' | 'catalog'
}

export const EUR = currencyCode('EUR')

/** The objects of a kind, as records. */
export function tillRecords(kind: string, value: unknown): SourceRecord[] {
  if (typeof value !== 'object' || value === null || typeof (value as { id?: unknown }).id !== 'string') {
    throw new Garbled(`a ${kind} without an id`)
  }
  const object = value as TillOrder & TillPayment
  const location = object.place ?? null
  const age = { version: typeof object.version === 'number' ? BigInt(object.version) : null }
  return [
    {
      kind,
      id: object.id,
      body: JSON.stringify(object),
      version: { ...age, updatedAt: instant(object.updated_at) },
      location,
      subjects: subjectsOf(kind, object),
      deleted: false,
    },
  ]
}

function subjectsOf(kind: string, object: TillOrder & TillPayment): string[] {
  if (kind === 'order') return [`sale:${object.id}`]
  if (kind === 'payment') return [object.order === null ? `loose:${object.id}` : `sale:${object.order}`]
  return []
}

function read(subject: string, records: readonly SourceRecord[], lookup: (id: string) => string | null): Reading {
  const objects = (kind: string) => records.filter((one) => one.kind === kind).map((one) => JSON.parse(one.body))
  const [order] = objects('order') as TillOrder[]
  const payments = (objects('payment') as TillPayment[]).sort((a, b) => (a.id < b.id ? -1 : 1))
  const times = records.flatMap((one) => one.version.updatedAt ?? [])
  const updatedAt = times.length === 0 ? null : (Math.max(...times) as Instant)
  const nothing = { sales: [], refunds: [], updatedAt, settling: null, needs: [], drift: [] }
  if (subject.startsWith('sale:') && order === undefined) {
    return { ...nothing, needs: [{ kind: 'order', id: subject.slice('sale:'.length) }] }
  }
  if (order !== undefined && typeof order.total !== 'number') {
    return { ...nothing, drift: [{ what: 'wrong_type', path: 'order.total', value: null }] }
  }
  if (order !== undefined && order.total < 0) throw new Error(`a total of ${order.total}`)
  const sale = saleOf(subject, order, payments, lookup)
  return {
    ...nothing,
    sales: [sale],
    refunds: payments
      .filter((payment) => (payment.refunded ?? 0) > 0)
      .map((payment) => ({
        refund: {
          externalId: `back:${payment.id}`,
          refundedAt: instant(payment.updated_at),
          amount: BigInt(payment.refunded ?? 0),
          tax: 0n,
          tip: 0n,
          tender: 'card',
          reason: null,
          items: [],
        },
        saleExternalId: sale.externalId,
        location: payment.place,
        currency: EUR,
      })),
    settling: sale.status === 'open' ? { reason: 'open', again: [{ kind: 'order', id: order?.id ?? '' }] } : null,
    drift: order?.surprise === undefined ? [] : [{ what: 'unknown_field', path: 'order.surprise', value: null }],
  }
}

function saleOf(
  subject: string,
  order: TillOrder | undefined,
  payments: readonly TillPayment[],
  lookup: (id: string) => string | null,
): Sale {
  const paid = payments.reduce((sum, payment) => sum + payment.amount, 0)
  const total = BigInt(order?.total ?? paid)
  const at = instant(Date.UTC(2026, 4, 4, 12))
  const name = order?.article === undefined ? (order?.item ?? null) : (lookup(order.article) ?? order.item)
  return {
    externalId: subject.slice(subject.indexOf(':') + 1),
    number: null,
    location: order?.place ?? payments[0]?.place ?? null,
    register: null,
    staff: null,
    channel: null,
    customer: null,
    status: order?.state ?? 'closed',
    currency: EUR,
    openedAt: at,
    closedAt: order?.state === 'open' ? null : at,
    timePrecision: 'instant',
    gross: total,
    discount: 0n,
    taxAdded: 0n,
    taxIncluded: 0n,
    serviceCharge: 0n,
    tip: 0n,
    rounding: 0n,
    deferred: 0n,
    total,
    items: [
      {
        externalId: '1',
        article: { externalId: order?.article ?? null, sku: null, name, variant: null, category: null },
        quantity: decimal('1'),
        unitPrice: total,
        gross: total,
        discount: 0n,
        taxes: [],
        modifiers: [],
        kind: 'article',
      },
    ],
    payments: payments.map((payment) => ({
      externalId: payment.id,
      tender: 'card',
      brand: null,
      last4: null,
      amount: BigInt(payment.amount),
      tip: 0n,
      fee: null,
      paidAt: at,
    })),
    refunds: [],
  }
}

export function signTill(secret: string, url: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(url).update(body).digest('hex')
}

const webhooks: Webhooks = {
  verify({ headers, body }, secrets, url, now) {
    const presented = headers['x-till-signature']
    if (presented === undefined) return 'unsigned'
    const genuine = secrets.some((secret) => {
      const expected = Buffer.from(signTill(secret, url, body))
      const given = Buffer.from(presented)
      return secret !== '' && expected.length === given.length && timingSafeEqual(expected, given)
    })
    if (!genuine) return 'forged'
    const sentAt = headers['x-till-sent-at']
    return sentAt !== undefined && Math.abs(now - Number(sentAt)) > 300_000 ? 'stale' : 'genuine'
  },
  read(body) {
    let event: TillEvent
    try {
      event = JSON.parse(Buffer.from(body).toString('utf8')) as TillEvent
    } catch {
      throw new Garbled('not JSON')
    }
    if (typeof event?.type !== 'string') throw new Garbled('an event without a type')
    const records = [
      ...(event.orders ?? []).flatMap((order) => tillRecords('order', order)),
      ...(event.payments ?? []).flatMap((payment) => tillRecords('payment', payment)),
    ]
    const refs = event.refs ?? []
    const quiet = records.length + refs.length === 0 && event.signal === undefined
    return {
      eventId: event.id,
      type: event.type,
      account: event.account,
      occurredAt: instant(event.at),
      records,
      fetch: refs,
      signal: event.signal ?? null,
      ignored: quiet ? 'It speaks of nothing that is kept.' : null,
    }
  },
}

function* fetchTill(refs: readonly RecordRef[]): Talk<readonly SourceRecord[]> {
  const records: SourceRecord[] = []
  for (const [kind, some] of Map.groupBy(refs, (ref) => ref.kind)) {
    const path = `/${kind}?ids=${some.map((ref) => ref.id).join(',')}`
    const answer: ProviderAnswer = yield { name: `${kind}.fetch`, method: 'GET', path, body: null, repeatable: true }
    const { objects } = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { objects: unknown[] }
    records.push(...objects.flatMap((object) => tillRecords(kind, object)))
  }
  return records
}

/** What a test sets going by itself is left out; asking for it is a mistake of the test. */
function never(): never {
  throw new Error('the made-up till has no such part')
}

export const TILL: Live = {
  api: {
    hosts: { production: 'http://127.0.0.1:1', sandbox: 'http://127.0.0.1:1' },
    version: '1',
    sunset: null,
    pace: { requestsPerSecond: 1_000, concurrent: 50, timeoutMs: 2_000, learn: () => null },
    headers: () => ({}),
    judge(_call, answer) {
      if (answer.status === 200) return { kind: 'ok' }
      if (answer.status === 403) return { kind: 'forbidden', code: '403', say: 'The till lets nobody read this.' }
      if (answer.status === 404) return { kind: 'missing', code: '404' }
      return { kind: 'unavailable', code: String(answer.status), retryAfterMs: null }
    },
  },
  signIn: { fields: [], check: never, environmentOf: () => null },
  locations: never,
  pull: { streams: [], fetch: (_link, refs) => fetchTill(refs), fetchMax: () => 100 },
  reader: {
    kinds: ['order', 'payment', 'article'],
    personal: { order: ['buyer_email'] },
    recordsOf: tillRecords,
    read: (subject, records, also, { article }) =>
      read(subject, [...records, ...also], (id) => article(id)?.name ?? null),
    readArticles: never,
  },
  webhooks,
}
