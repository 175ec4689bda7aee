import type { OrderProgress } from '#canon/order.ts'

// How far an order can be, and what may follow what. Words may be left out, and a POS may say them in another order than
// they happened: only what is further counts. Nothing follows after the end.

export const PROGRESS = [
  'placed',
  'accepted',
  'preparing',
  'ready',
  'dispatched',
  'completed',
  'cancelled',
] as const satisfies readonly OrderProgress[]

const FURTHER = {
  placed: ['accepted', 'preparing', 'ready', 'dispatched', 'completed', 'cancelled'],
  accepted: ['preparing', 'ready', 'dispatched', 'completed', 'cancelled'],
  preparing: ['ready', 'dispatched', 'completed', 'cancelled'],
  ready: ['dispatched', 'completed', 'cancelled'],
  // A driver may have left before anybody pressed "ready": then that word comes late.
  dispatched: ['completed', 'cancelled'],
  completed: [],
  cancelled: [],
} as const satisfies Record<OrderProgress, readonly OrderProgress[]>

export type Step = 'forward' | 'same' | 'late'

export function stepOf(standing: OrderProgress, said: OrderProgress): Step {
  if (standing === said) return 'same'
  return (FURTHER[standing] as readonly OrderProgress[]).includes(said) ? 'forward' : 'late'
}

export function isOver(progress: OrderProgress): boolean {
  return FURTHER[progress].length === 0
}
