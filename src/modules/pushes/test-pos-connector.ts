import type { OrderProgress } from '#canon/order.ts'
import { currencyCode } from '#kernel/currency.ts'
import { instant } from '#kernel/instant.ts'
import {
  type Connector,
  type FoundOrder,
  Garbled,
  type Live,
  type OrderAssurance,
  type OutgoingOrder,
  type ProviderAnswer,
  type ProviderCall,
  type PushedOrder,
  type Talk,
} from '../../../connectors/contract.ts'
import type { PosOrder } from './test-pos.ts'

// The connector of the made-up POS in test-pos.ts, as sure of its orders as a test wants it to be.

export type TestTraits = {
  readonly assurance: OrderAssurance
  /** The order is made by one call and paid by another: between the two it stands half. */
  readonly paysApart: boolean
  /** It shows no order again, so that what is known of one is kept here. */
  readonly showsNothing: boolean
  readonly timeoutMs: number
}

export const KEYED: OrderAssurance = { keyLifeMs: 24 * 3_600_000, findBy: null, settleMs: 0 }
export const REFERENCED: OrderAssurance = { keyLifeMs: null, findBy: 'reference', settleMs: 5_000 }
export const BOTH: OrderAssurance = { keyLifeMs: 24 * 3_600_000, findBy: 'reference', settleMs: 5_000 }
export const FINGERPRINTED: OrderAssurance = { keyLifeMs: null, findBy: 'fingerprint', settleMs: 5_000 }
export const BLIND: OrderAssurance = { keyLifeMs: null, findBy: null, settleMs: 0 }

const nothing = () => []

export function testPosConnector(given: Partial<TestTraits> = {}): Connector & { readonly live: Live } {
  const { assurance = BOTH, paysApart = false, showsNothing = false, timeoutMs = 250 } = given
  return {
    id: 'generic-rest',
    name: 'Acme POS',
    live: {
      api: {
        hosts: { production: 'http://production.invalid', sandbox: 'http://sandbox.invalid' },
        version: '1',
        sunset: null,
        pace: { requestsPerSecond: 1_000, concurrent: 20, timeoutMs, learn: () => null },
        headers: (link, call) => ({
          'content-type': 'application/json',
          ...(call.unsigned ? {} : { authorization: `Bearer ${link.credentials.access_token}` }),
        }),
        judge(_call, { status, headers, body }) {
          if (status < 300) return body[0] === 0x7b ? { kind: 'ok' } : { kind: 'garbled', code: 'no_json' }
          const code = `http_${status}`
          const told = headers['retry-after']
          if (status === 429)
            return { kind: 'throttled', retryAfterMs: told === undefined ? null : Number(told) * 1_000 }
          if (status === 401) return { kind: 'unauthorized', code, revoked: true }
          if (status === 404) return { kind: 'missing', code }
          if (status >= 500) return { kind: 'unavailable', code, retryAfterMs: null }
          return { kind: 'refused', code: 'acme.bad-order', say: 'Acme does not take the order as it stands.' }
        },
      },
      signIn: {
        fields: [{ name: 'access_token', label: 'Token', secret: true, required: true, help: 'In the console.' }],
        environmentOf: () => null,
        *check() {
          const me = yield* asked<{ id: string; name: string }>({ name: 'me', path: '/me' })
          return { account: me.id, accountName: me.name, expiresAt: null, granted: null, missing: [] }
        },
      },
      *locations() {
        const { places } = yield* asked<{ places: { id: string; name: string }[] }>({ name: 'places', path: '/places' })
        const common = { active: true, currency: currencyCode('EUR'), timeZone: 'Europe/Berlin', country: 'DE' }
        return places.map((place) => ({ ...place, ...common }))
      },
      pull: {
        streams: [
          {
            name: 'orders',
            dataType: 'sales',
            locationsMax: 10,
            backfillBy: 'created',
            overlapMs: 0,
            lateMs: 0,
            horizonMs: null,
            pageSizeMax: 100,
            // biome-ignore lint/correctness/useYield: it has nothing to sell.
            *page() {
              return { records: [], next: null, lastAt: null, count: 0 }
            },
          },
        ],
        // biome-ignore lint/correctness/useYield: as above.
        *fetch() {
          return []
        },
        fetchMax: () => 10,
      },
      reader: {
        recordsOf: nothing,
        kinds: [],
        read: () => ({ sales: [], refunds: [], updatedAt: null, settling: null, needs: [], drift: [] }),
        readArticles: nothing,
        personal: { order: ['buyer_name'] },
      },
      orders: {
        assurance,
        fulfilments: ['pickup', 'delivery', 'dine_in'],
        unmapped: 'by_name',
        notices: [],
        prepare(outgoing) {
          const { items } = outgoing.order
          const problems = items.flatMap(({ name }, index) =>
            name === 'Forbidden'
              ? [{ code: 'acme.forbidden', pointer: `/items/${index}/name`, say: 'Acme does not sell that.' }]
              : [],
          )
          const warnings = items.flatMap(({ note }, index) =>
            (note?.length ?? 0) > 100
              ? [{ code: 'acme.note-cut', pointer: `/items/${index}/note`, say: 'The note is cut at 100 characters.' }]
              : [],
          )
          return { calls: [createCall(outgoing, assurance)], problems, warnings }
        },
        *push(_link, outgoing) {
          const made = readOrder(yield createCall(outgoing, assurance))
          if (!paysApart) return pushedOf(made)
          const key = `${outgoing.key}-pay`
          const pay = { name: 'orders.pay', method: 'POST', path: `/orders/${made.id}/pay` } as const
          return pushedOf(readOrder(yield { ...pay, body: JSON.stringify({ key }), repeatable: false, writes: true }))
        },
        ...(showsNothing ? { recordsOf: () => [] } : {}),
        ...(assurance.findBy === null ? {} : { find: findBy(assurance.findBy, paysApart) }),
        *report(_link, externalId) {
          const order = yield* asked<PosOrder & { progress: OrderProgress }>({
            name: 'orders.get',
            path: `/orders/${externalId}`,
          })
          const { id, reference, progress } = order
          return { externalId: id, reference, progress, at: null, reason: null, readyAt: null }
        },
        *cancel(_link, externalId) {
          const call = { name: 'orders.cancel', method: 'POST', path: `/orders/${externalId}/cancel` } as const
          yield { ...call, body: '{}', repeatable: true, writes: true }
        },
        *amend(_link, externalId, { order }) {
          const call = { name: 'orders.note', method: 'POST', path: `/orders/${externalId}/note` } as const
          return pushedOf(
            readOrder(yield { ...call, body: JSON.stringify({ note: order.note }), repeatable: true, writes: true }),
          )
        },
      },
    },
  }
}

function createCall({ order, location, key, reference }: OutgoingOrder, assurance: OrderAssurance): ProviderCall {
  const body = {
    ...(assurance.keyLifeMs === null ? {} : { key }),
    ...(assurance.findBy === 'reference' ? { reference } : {}),
    location,
    total: Number(order.total),
    lines: linesOf(order),
    note: order.note,
    buyer_name: order.customer?.name ?? null,
    phone: order.customer?.phone ?? null,
  }
  const call = { name: 'orders.create', method: 'POST', path: '/orders' } as const
  return { ...call, body: JSON.stringify(body), repeatable: assurance.keyLifeMs !== null, writes: true }
}

function findBy(how: 'reference' | 'fingerprint', paysApart: boolean) {
  return function* (
    _link: unknown,
    outgoing: OutgoingOrder,
    { first, last }: { first: number; last: number },
  ): Talk<FoundOrder[]> {
    const path = `/orders?from=${first - 60_000}&to=${last + 600_000}`
    const { orders } = yield* asked<{ orders: PosOrder[] }>({ name: 'orders.list', path })
    const { order, reference, location } = outgoing
    const fits = (one: PosOrder) =>
      how === 'reference'
        ? one.reference === reference
        : one.location === location && one.total === Number(order.total) && one.lines === linesOf(order)
    return orders.filter(fits).map((one) => ({
      match: how === 'reference' ? 'certain' : 'likely',
      whole: !paysApart || one.paid,
      pushed: pushedOf({ ...one, progress: one.cancelled ? 'cancelled' : 'accepted' }),
      createdAt: instant(one.createdAt),
      shows: [`Number ${one.number}`, one.lines],
    }))
  }
}

function linesOf({ items }: OutgoingOrder['order']): string {
  return items.map(({ quantity, name }) => `${quantity}x${name}`).join(',')
}

type Shown = PosOrder & { readonly progress: OrderProgress }

function pushedOf({ id, number, total, progress }: Shown): PushedOrder {
  return { externalId: id, number, progress, total: BigInt(total), records: [] }
}

function readOrder({ body }: ProviderAnswer): Shown {
  const order = JSON.parse(Buffer.from(body).toString()) as Partial<Shown>
  if (typeof order.id !== 'string') throw new Garbled('no id')
  return order as Shown
}

function* asked<T>(call: { readonly name: string; readonly path: string }): Talk<T> {
  const answer = yield { method: 'GET', repeatable: true, body: null, ...call }
  return JSON.parse(Buffer.from(answer.body).toString()) as T
}
