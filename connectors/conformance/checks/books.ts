import type { Instant } from '#kernel/instant.ts'
import { expectNone } from '../check.ts'
import type { StageBooks } from '../stage.ts'
import { differences, tally } from '../tally.ts'
import { ago, DAY, type Hub } from '../trial.ts'

// Holding a hub's facts against what the provider itself took, place by place. Many checks end with it.

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
