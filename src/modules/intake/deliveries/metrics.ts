import type { Metrics } from '#platform/telemetry/metrics.ts'
import type { Verification } from '../../../../connectors/contract.ts'
import type { DeliveryOutcome } from './delivery.ts'
import type { Accepted } from './store-deliveries.ts'

// What is counted of deliveries. A label never names a tenant, a connection or anything that a stranger sent.

export type DeliveryMetrics = {
  accepted(posSystem: string, what: Accepted): void
  refused(posSystem: string, why: Exclude<Verification, 'genuine'> | 'unknown_endpoint'): void
  /** From the receipt of a delivery to the commit of what it led to. */
  ended(posSystem: string, outcome: DeliveryOutcome | 'put_off', seconds: number): void
}

// From a delivery that brought everything along to one that waited for a provider's outage.
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600]

export function deliveryMetrics(metrics: Pick<Metrics, 'counter' | 'histogram'>): DeliveryMetrics {
  const received = metrics.counter(
    'tillwire_webhooks_received_total',
    'Webhooks by what became of them at the door: stored, repeated, unowned, or why they were refused.',
    ['pos_system', 'outcome'],
  )
  const worked = metrics.histogram(
    'tillwire_webhook_work_seconds',
    'Time from the receipt of a webhook to the commit of what it led to, by outcome.',
    BUCKETS_SECONDS,
    ['pos_system', 'outcome'],
  )
  return {
    accepted: (posSystem, outcome) => received.inc({ pos_system: posSystem, outcome }),
    refused: (posSystem, outcome) => received.inc({ pos_system: posSystem, outcome }),
    ended: (posSystem, outcome, seconds) => worked.observe({ pos_system: posSystem, outcome }, seconds),
  }
}
