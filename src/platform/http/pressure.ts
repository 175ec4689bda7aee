import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import { httpFault } from './problem.ts'
import { pathOf } from './serve.ts'

// Sheds load when the process cannot keep up. One long breath (a collection of garbage, a large report) is no overload:
// turning a provider's webhook away for it would do more harm than its late answer. So only pressure that lasts counts.

// The mean delay of timers over a second.
const EVENT_LOOP_DELAY_MAX_MS = 1000
const LASTING_MS = 10_000
// Health stays readable, since somebody is about to ask why.
const ALWAYS_OPEN = new Set(['/healthz', '/readyz', '/metrics'])

export async function shedLoad(app: FastifyInstance): Promise<void> {
  const lasts = createPressureGauge(() => performance.now())
  await app.register(underPressure, {
    maxEventLoopDelay: EVENT_LOOP_DELAY_MAX_MS,
    pressureHandler: (request) =>
      ALWAYS_OPEN.has(pathOf(request)) || !lasts()
        ? undefined
        : Promise.reject(httpFault(503, 'http.overloaded', { retryAfterSeconds: 5 })),
  })
}

/** Told of every request that arrives under pressure; whether the pressure has lasted. */
export function createPressureGauge(monotonicMs: () => number): () => boolean {
  let since = Number.NEGATIVE_INFINITY
  let last = Number.NEGATIVE_INFINITY
  return () => {
    const now = monotonicMs()
    // Nobody came under pressure for a while: it was over in between.
    if (now - last >= LASTING_MS / 2) since = now
    last = now
    return now - since >= LASTING_MS
  }
}
