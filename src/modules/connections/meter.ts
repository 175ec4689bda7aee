import { Fault } from '#kernel/fault.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'

/** What is counted of connections. Labels take few values: no tenant and no id. */
export type ConnectionMeter = {
  /** A try to connect an account or to sign in anew, counted by how it ended. Hands on what `work` gives or throws. */
  attempt<T>(provider: string, work: () => Promise<T>): Promise<T>
  refreshed(provider: string, outcome: 'renewed' | 'impossible' | 'later'): void
}

export function connectionMeter(metrics: Pick<Metrics, 'counter'>): ConnectionMeter {
  const attempts = metrics.counter(
    'tillwire_connection_attempts_total',
    'Tries to connect an account or to sign in anew, by how they ended: connected, or the code of the fault.',
    ['provider', 'outcome'],
  )
  const refreshes = metrics.counter(
    'tillwire_sign_in_refreshes_total',
    'Refreshes of sign-ins that were asked of providers, by what came of them.',
    ['provider', 'outcome'],
  )
  return {
    async attempt(provider, work) {
      try {
        const done = await work()
        attempts.inc({ provider, outcome: 'connected' })
        return done
      } catch (error) {
        attempts.inc({ provider, outcome: error instanceof Fault ? error.code : 'broken' })
        throw error
      }
    },
    refreshed: (provider, outcome) => refreshes.inc({ provider, outcome }),
  }
}
