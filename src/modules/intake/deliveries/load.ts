import { performance } from 'node:perf_hooks'

// Whether deliveries should let others go first. A transaction costs as much as several deliveries in it: where the process
// has more to do than it can and something urgent among it, such as orders on their way into a POS, a connection’s
// deliveries are gathered for a moment and cost a fraction, and what is urgent has the rest.

export type LoadGauge = {
  /** Milliseconds that work which can wait a moment should wait; 0 where there is room. */
  gatherMs(): number
}

const LOOK_EVERY_MS = 100
/** Share of its time that the process had something to do. */
const BUSY_FROM = 0.7
const GATHER_MS = 300

export function createLoadGauge(hasUrgent: () => boolean): LoadGauge {
  let before = performance.eventLoopUtilization()
  let lookedAt = performance.now()
  let isBusy = false
  return {
    gatherMs() {
      const now = performance.now()
      if (now - lookedAt >= LOOK_EVERY_MS) {
        const current = performance.eventLoopUtilization()
        isBusy = performance.eventLoopUtilization(current, before).utilization >= BUSY_FROM
        before = current
        lookedAt = now
      }
      return isBusy && hasUrgent() ? GATHER_MS : 0
    },
  }
}
