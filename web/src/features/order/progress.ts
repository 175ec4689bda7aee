import type { OrderDetail } from '../../app/wire.ts'

// The stations of an order. Words may be left out on the way, and an order that is taken back stops where it was.

export const STEPS = ['placed', 'accepted', 'preparing', 'ready', 'dispatched', 'completed'] as const
export type Step = (typeof STEPS)[number]

type Progressed = Pick<OrderDetail, 'progress' | 'placed_at' | 'history'> & {
  readonly fulfilment: Pick<OrderDetail['fulfilment'], 'kind'>
}

/** Only what is delivered is on its way. */
export function stepsOf(order: Progressed): readonly Step[] {
  const { times } = reached(order)
  return STEPS.filter((step) => step !== 'dispatched' || order.fulfilment.kind === 'delivery' || times.has(step))
}

/** How far it came, and when it reached each station that somebody told of. */
export function reached({ progress, placed_at: placedAt, history }: Progressed): {
  readonly progress: Step
  readonly times: ReadonlyMap<Step, string>
} {
  const times = new Map<Step, string>([['placed', placedAt]])
  let last: Step = 'placed'
  for (const { kind, moved, progress: said, at } of history) {
    const step = STEPS.find((one) => one === said)
    if (kind !== 'progress' || !moved || step === undefined) continue
    if (!times.has(step)) times.set(step, at)
    last = step
  }
  return { progress: STEPS.find((one) => one === progress) ?? last, times }
}

const MARKS = ['accepted', 'preparing', 'ready', 'dispatched', 'completed'] as const
export type Mark = (typeof MARKS)[number]

/** What a person at the counter may still say. */
export function marksOf(order: Progressed): readonly Mark[] {
  if (order.progress === 'completed' || order.progress === 'cancelled') return []
  const standing = STEPS.indexOf(reached(order).progress)
  return MARKS.filter(
    (mark) => STEPS.indexOf(mark) > standing && (mark !== 'dispatched' || order.fulfilment.kind === 'delivery'),
  )
}
