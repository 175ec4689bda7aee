import type { Metrics } from '#platform/telemetry/metrics.ts'

// What is counted of pushes. No tenant and no id is a label.

const TO_POS_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600]
const WIRE_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10, 30]

export type PushMeter = {
  tried(provider: string, step: string, result: string): void
  ended(provider: string, status: 'success' | 'failed', seconds: number): void
  /** From accepting an order to its first request on the provider's wire. */
  begun(provider: string, seconds: number): void
}

export function pushMeter(metrics: Pick<Metrics, 'counter' | 'histogram'>): PushMeter {
  const tries = metrics.counter(
    'tillwire_push_attempts_total',
    'Tries of orders on their way into a POS, by what was done and what it came to.',
    ['provider', 'step', 'result'],
  )
  const toPos = metrics.histogram(
    'tillwire_push_seconds',
    'Time from an order’s acceptance until it is known to be in the POS, or that it will not be.',
    TO_POS_BUCKETS_SECONDS,
    ['provider', 'status'],
  )
  const toWire = metrics.histogram(
    'tillwire_push_to_wire_seconds',
    'Time from an order’s acceptance to the first request about it that leaves for the provider.',
    WIRE_BUCKETS_SECONDS,
    ['provider'],
  )
  return {
    tried: (provider, step, result) => tries.inc({ provider, step, result }),
    ended: (provider, status, seconds) => toPos.observe({ provider, status }, seconds),
    begun: (provider, seconds) => toWire.observe({ provider }, seconds),
  }
}
