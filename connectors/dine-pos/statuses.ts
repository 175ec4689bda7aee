import type { OrderProgress } from '#canon/order.ts'

// The words by which such systems say how far an order is, all in one table: no two of them mean different things by the
// same word. A connection may add its own.

const WORDS: Readonly<Record<string, OrderProgress>> = {
  received: 'placed',
  placed: 'placed',
  accepted: 'accepted',
  acknowledged: 'accepted',
  confirmed: 'accepted',
  preparing: 'preparing',
  ready: 'ready',
  'food ready': 'ready',
  dispatched: 'dispatched',
  delivered: 'completed',
  completed: 'completed',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  rejected: 'cancelled',
  // Petpooja’s numbers. 4 may come before 5 as well as after it.
  '-1': 'cancelled',
  '1': 'accepted',
  '2': 'accepted',
  '3': 'accepted',
  '4': 'dispatched',
  '5': 'ready',
  '10': 'completed',
}

const RANK: Readonly<Record<OrderProgress, number>> = {
  placed: 0,
  accepted: 1,
  preparing: 2,
  ready: 3,
  dispatched: 4,
  // What is cancelled goes no further, and what was handed over is not cancelled any more.
  cancelled: 5,
  completed: 6,
}

/** Null for a word that nobody has explained. `own` are the connection’s own words, in lower case. */
export function progressOf(word: string, own: Readonly<Record<string, OrderProgress>> = {}): OrderProgress | null {
  const plain = word.trim().toLowerCase().replaceAll('_', ' ')
  for (const words of [own, WORDS]) {
    if (Object.hasOwn(words, plain)) return words[plain] ?? null
    if (Object.hasOwn(words, word.trim().toLowerCase())) return words[word.trim().toLowerCase()] ?? null
  }
  return null
}

export function isFurther(one: OrderProgress, than: OrderProgress): boolean {
  return RANK[one] > RANK[than]
}
