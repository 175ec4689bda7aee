import type { Instant } from '#kernel/instant.ts'
import type { Stream } from '../../contract.ts'
import { expect, expectNone } from '../check.ts'
import type { Situation, StageBooks } from '../stage.ts'
import { differences, tally } from '../tally.ts'
import { ago, DAY, HOUR, type Hub, type Trial } from '../trial.ts'

// A shop that has traded, read whole, and held against what the provider itself took. Many checks begin or end with it.

export const MONTH = 30 * DAY
const EVER_MS = 900 * DAY

/** The provider's books of all time, of one place. */
export async function booksOf(hub: Hub, place: string): Promise<readonly StageBooks[]> {
  const now = hub.provider.now()
  return hub.provider.books({ place, from: ago(now, EVER_MS), to: (now + DAY) as Instant })
}

export async function expectBooksAgree(hub: Hub, places = hub.provider.places): Promise<void> {
  const now = hub.provider.now()
  const facts = hub.facts()
  const found: string[] = facts.contradictions.map((fact) => `${fact} is told in two ways`)
  for (const { id } of places) {
    const span = { place: id, from: ago(now, EVER_MS), to: (now + DAY) as Instant }
    found.push(...differences(await hub.provider.books(span), tally(facts, span)))
  }
  expectNone('the books differ', found)
}

export function countOf(books: readonly StageBooks[]): number {
  return books.reduce((sum, { count }) => sum + count, 0)
}

export function placeOf(hub: Hub): string {
  const [place] = hub.provider.places
  if (place === undefined) throw new Error('a provider has a place')
  return place.id
}

/** Sales and refunds that money moves for: what no provider fails to tell of, when it tells of anything. */
const MOVING: readonly Situation[] = [
  ...(['plain', 'tips', 'split_payment', 'order_discount', 'gift_card_sold'] as const),
  ...(['refund_full', 'refund_partial', 'refund_amount'] as const),
]

/** Of these kinds of sales those that the stage plays; the shop's own mix where it plays none. */
export function playable({ stage }: Trial, among = MOVING): readonly (Situation | null)[] {
  const played = among.filter((one) => stage.situations.includes(one))
  return played.length === 0 ? [null] : played
}

/** A month with sales in it, and the hub that has not read them yet. */
export async function traded(trial: Trial, count: number) {
  const hub = await trial.open()
  const wish = await hub.sell({ ...lastMonth(hub), count, seed: trial.seed })
  await hub.provider.advance(HOUR)
  expect(countOf(await booksOf(hub, wish.place)) > 0, 'the stage sold nothing')
  return { hub, wish }
}

export function lastMonth({ provider }: Hub): { from: Instant; to: Instant } {
  const now = provider.now()
  return { from: ago(now, MONTH), to: ago(now, DAY) }
}

/** Reads the last month, and what came about while waiting for it to settle. */
export async function pullAll(hub: Hub): Promise<void> {
  const now = hub.provider.now()
  await hub.pull({ from: ago(now, MONTH + DAY), to: now })
  await hub.settle()
  if (hub.provider.now() > now) await hub.follow(now)
}

/** Reads what was updated since, and what came about while waiting for it to settle. */
export async function catchUp(hub: Hub, since: Instant): Promise<void> {
  await hub.follow(since)
  await hub.settle()
  await hub.follow(since)
}

/** Streams of sales that go by time. */
export function timed({ live }: Hub): readonly Stream[] {
  return live.pull.streams.filter(({ dataType, backfillBy }) => dataType === 'sales' && backfillBy !== 'whole')
}
