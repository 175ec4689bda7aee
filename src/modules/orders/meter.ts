import type { Metrics } from '#platform/telemetry/metrics.ts'

export type OrderMeter = {
  /** An order was handed in. `known`: it was here already; `otherwise`: it was, with another content. */
  taken(outcome: 'created' | 'known' | 'otherwise' | 'invalid'): void
  /** An order moved on. */
  moved(progress: string): void
}

export function orderMeter(metrics: Pick<Metrics, 'counter'>): OrderMeter {
  const taken = metrics.counter(
    'tillwire_orders_taken_total',
    'Orders that channels handed in, by what became of them: created, known, otherwise (409) or invalid (422).',
    ['outcome'],
  )
  const moved = metrics.counter('tillwire_orders_moved_total', 'Orders that moved on, by how far they are then.', [
    'progress',
  ])
  return { taken: (outcome) => taken.inc({ outcome }), moved: (progress) => moved.inc({ progress }) }
}
