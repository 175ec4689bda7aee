import type { CatalogArticle } from '#canon/catalog.ts'
import type { Order } from '#canon/order.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import {
  CallFailed,
  type FoundOrder,
  Garbled,
  type Link,
  type OrderAssurance,
  type OrderReport,
  type Orders,
  type OutgoingOrder,
  type PreparedOrder,
  type ProviderAnswer,
  type ProviderCall,
  type PushedOrder,
  type Talk,
} from '../contract.ts'
import { Broken, expectNone, expectSame, NotPromised, nameOf } from './check.ts'
import { converse } from './line.ts'
import { articlesOf, type OrderWish, sampleOrder } from './sample-orders.ts'
import type { HeldOrder, StageCounter, Wishes } from './stage.ts'
import type { Hub, Trial } from './trial.ts'

// Putting orders in as a hub does, in its plainest form: each call that changes something is sent once, and whoever does
// not know how it ended looks before sending again.

/** How a try ended, as a hub sees it. `refused`: it is certainly not there, and never will be as it stands. */
export type End =
  | { readonly kind: 'pushed'; readonly pushed: PushedOrder }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unknown' }

export type Ordering = {
  readonly hub: Hub
  readonly counter: StageCounter
  readonly orders: Orders
  readonly assurance: OrderAssurance
  /** An order of its own, ready to go to the first place. */
  make(wish?: OrderWish, changes?: Partial<OutgoingOrder>): OutgoingOrder
  prepare(outgoing: OutgoingOrder): PreparedOrder
  /** Throws what the talk throws. */
  push(outgoing: OutgoingOrder): Promise<PushedOrder>
  /** The same, where any end will do. Throws `Broken` for an end that no hub could make sense of. */
  tryPush(outgoing: OutgoingOrder): Promise<End>
  find(outgoing: OutgoingOrder): Promise<readonly FoundOrder[]>
  report(outgoing: OutgoingOrder, externalId: string): Promise<OrderReport | null>
  cancel(outgoing: OutgoingOrder, externalId: string): Promise<void>
  amend(outgoing: OutgoingOrder, externalId: string): Promise<PushedOrder>
  menu(): Promise<readonly CatalogArticle[]>
  /** What the provider holds under the order's reference. */
  heldOf(outgoing: OutgoingOrder): Promise<readonly HeldOrder[]>
}

/** Throws where the stage says that it takes orders and does not. */
export async function openOrdering(trial: Trial, wishes?: Partial<Wishes>): Promise<Ordering> {
  const hub = await trial.open(wishes)
  const { orders } = trial.live
  const { counter, link } = hub.provider
  if (orders === undefined) throw new Error('a check of orders needs them')
  if (counter === undefined || counter.menu.length === 0)
    throw new Error('the stage has no counter that sells anything')
  hub.line.once = true
  return orderingOf(hub, counter, orders, orders.assuranceOf?.(link) ?? orders.assurance)
}

function orderingOf(hub: Hub, counter: StageCounter, orders: Orders, assurance: OrderAssurance): Ordering {
  const { provider, line } = hub
  const articles = articlesOf(counter.menu)
  const sent = new Map<string, { first: Instant; last: Instant }>()
  let made = 0
  const hold = <T>(talk: (link: Link) => Talk<T>) => converse(line, provider, talk)
  const [place] = provider.places
  if (place === undefined) throw new Error('a provider has a place')

  const ordering: Ordering = {
    hub,
    counter,
    orders,
    assurance,
    make(wish = {}, changes = {}) {
      made += 1
      const base = { id: idOf(made), nth: made, currency: place.currency, placedAt: provider.now(), menu: counter.menu }
      const order = sampleOrder(base, wish)
      const { id, zone } = place
      // Key and reference differ, so that whoever takes one for the other is found out.
      const names = { key: order.id, reference: `tw-${order.id}` }
      return { order, location: id, ...names, articles, callbackUrl: null, timeZone: zone, ...changes }
    },
    prepare: (outgoing) => orders.prepare(outgoing, line.link),
    push(outgoing) {
      const now = provider.now()
      sent.set(outgoing.key, { first: sent.get(outgoing.key)?.first ?? now, last: now })
      return hold((link) => orders.push(link, outgoing))
    },
    async tryPush(outgoing) {
      try {
        return { kind: 'pushed', pushed: await ordering.push(outgoing) }
      } catch (failure) {
        return endOf(failure)
      }
    },
    find(outgoing) {
      const now = provider.now()
      const { find = lacking } = orders
      return hold((link) => find(link, outgoing, sent.get(outgoing.key) ?? { first: now, last: now }))
    },
    report: (outgoing, externalId) => hold((link) => (orders.report ?? lacking)(link, externalId, outgoing)),
    cancel: (outgoing, externalId) =>
      hold((link) => (orders.cancel ?? lacking)(link, externalId, outgoing, 'The guest has changed plans.')),
    amend: (outgoing, externalId) => hold((link) => (orders.amend ?? lacking)(link, externalId, outgoing)),
    menu: () => hold((link) => (orders.menu ?? lacking)(link)),
    async heldOf({ reference }) {
      return (await counter.held()).filter((one) => one.reference === reference)
    },
  }
  return ordering
}

function lacking(): never {
  throw new Error('the check did not say that it needs this')
}

/** The same in every run, and one like no other within it. */
function idOf(nth: number): Id {
  return `0192f0c4-7a3e-7000-8000-${nth.toString(16).padStart(12, '0')}` as Id
}

const UNKNOWN = new Set(['unreachable', 'unavailable', 'garbled'])

function endOf(failure: unknown): End {
  if (failure instanceof Garbled) return { kind: 'unknown' }
  if (!(failure instanceof CallFailed)) throw new Broken(`pushing ends in ${nameOf(failure)}`)
  const { verdict } = failure
  if (UNKNOWN.has(verdict.kind)) return { kind: 'unknown' }
  return { kind: 'refused', code: 'code' in verdict ? `${verdict.kind} ${verdict.code}` : verdict.kind }
}

/** Puts the order in, which nothing stands against, and looks that it is there: once, whole, for what was promised. */
export async function putIn(ordering: Ordering, outgoing: OutgoingOrder, what = 'an order'): Promise<PushedOrder> {
  expectNone(
    `${what}: it is said to be wrong`,
    ordering.prepare(outgoing).problems.map(({ code, pointer }) => `${code} at ${pointer}`),
  )
  const end = await ordering.tryPush(outgoing)
  if (end.kind !== 'pushed')
    throw new Broken(`${what}: pushing ends as ${end.kind}${'code' in end ? ` (${end.code})` : ''}`)
  await expectThere(ordering, outgoing, end.pushed, what)
  return end.pushed
}

/** The provider holds the order once, whole, for the promised total, under the id that was told. */
export async function expectThere(
  ordering: Ordering,
  outgoing: OutgoingOrder,
  pushed: PushedOrder | null,
  what: string,
): Promise<void> {
  const held = await ordering.heldOf(outgoing)
  const { order } = outgoing
  expectSame(`${what}: how often the provider holds it`, held.length, 1)
  const [one] = held
  expectSame(`${what}: its total at the provider`, one?.total, order.total)
  expectSame(`${what}: its lines at the provider`, one?.lines, order.items.length)
  expectSame(`${what}: whether whoever works there sees it`, one?.isWhole, true)
  if (pushed === null) return
  expectSame(`${what}: its id at the provider`, pushed.externalId, one?.externalId)
  if (pushed.total !== null) expectSame(`${what}: the total that it is said to have there`, pushed.total, order.total)
}

/** Has the answers to the `nth` call that changes something arrive as `instead`. */
export async function withWriteAnswered<T>(
  { hub: { line } }: Ordering,
  nth: number,
  instead: (answer: ProviderAnswer) => ProviderAnswer | 'cut',
  run: () => Promise<T>,
): Promise<T> {
  let writes = 0
  line.meddle = (call, answer) => (call.writes === true && writes++ === nth ? instead(answer) : answer)
  try {
    return await run()
  } finally {
    line.meddle = null
  }
}

/** Has the `nth` call that changes something never arrive. */
export async function withWriteLost<T>({ hub: { line } }: Ordering, nth: number, run: () => Promise<T>): Promise<T> {
  let writes = 0
  line.lose = (call) => call.writes === true && writes++ === nth
  try {
    return await run()
  } finally {
    line.lose = null
  }
}

/** The calls that were made meanwhile. */
export async function callsOf(
  { hub: { line } }: Ordering,
  run: () => Promise<unknown>,
): Promise<readonly ProviderCall[]> {
  const before = line.calls.length
  await run()
  return line.calls.slice(before)
}

/** How many calls that change something a push makes: at least one, or nothing could arrive. */
export async function writesOf(ordering: Ordering): Promise<number> {
  const outgoing = ordering.make()
  const calls = await callsOf(ordering, () => putIn(ordering, outgoing))
  const writes = calls.filter((call) => call.writes === true).length
  if (writes === 0) throw new Broken('pushing makes no call that says that it changes something')
  return writes
}

/** Throws `NotPromised` where a repeat with the same key may make a second order. */
export function keyLifeOf({ assurance: { keyLifeMs } }: Ordering): number {
  if (keyLifeMs === null) throw new NotPromised('It does not say that a try may be repeated: a person decides.')
  return keyLifeMs
}

export function withOrder(outgoing: OutgoingOrder, change: Partial<Order>): OutgoingOrder {
  return { ...outgoing, order: { ...outgoing.order, ...change } }
}
