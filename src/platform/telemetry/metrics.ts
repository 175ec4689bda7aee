import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

// Names start with tillwire_, values are base units (seconds, bytes), totals end in _total. Labels take few values:
// a route's pattern and never its address, no tenant, no id.

export type Metrics = {
  /** Where every part registers what it counts. Its own, so that two hubs of one process do not meet in it. */
  readonly registry: Registry
  observeRequest(labels: { method: string; route: string; status: number }, seconds: number): void
  counter<Label extends string>(name: MetricName, help: string, labels?: readonly Label[]): Counter<Label>
  gauge<Label extends string>(name: MetricName, help: string, labels?: readonly Label[]): Gauge<Label>
  histogram<Label extends string>(
    name: MetricName,
    help: string,
    bucketsSeconds: readonly number[],
    labels?: readonly Label[],
  ): Histogram<Label>
  /** The text that Prometheus reads, and its media type. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>
}

export type MetricName = `tillwire_${string}`

// From the fastest cached answer to the slowest report that anybody would wait for.
const REQUEST_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'tillwire_' })
  const requests = new Histogram({
    name: 'tillwire_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last byte of its answer, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: [...REQUEST_BUCKETS_SECONDS],
    registers: [registry],
  })
  return {
    registry,
    observeRequest: (labels, seconds) => requests.observe({ ...labels, status: String(labels.status) }, seconds),
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: labels, registers: [registry] }),
    histogram: (name, help, bucketsSeconds, labels = []) =>
      new Histogram({ name, help, labelNames: labels, buckets: [...bucketsSeconds], registers: [registry] }),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}
