import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel'

// Stops calling what does not answer, and sends one call now and then to see whether it does again. What counts as not
// answering is told by each call's outcome: a refusal of a sign-in, or of one call too many, is an answer.

export type BreakerState = 'closed' | 'open' | 'half_open'

/** What a call came to, as far as a breaker is concerned. */
export type Health = 'well' | 'unwell'

export type Breaker = {
  /**
   * Makes the call unless the breaker is open, or already trying: then null, and nothing was called. A call that throws
   * says nothing about the other side, unless it was the one by which the breaker tries.
   */
  run<T>(call: () => Promise<{ readonly health: Health; readonly value: T }>): Promise<{ readonly value: T } | null>
  state(): BreakerState
  /** Milliseconds until it tries again; 0 where it does not stand in the way. */
  opensInMs(): number
}

export type BreakerOptions = {
  /** Failures in a row after which it opens. */
  readonly failures: number
  readonly tryAgainMs: number
  readonly monotonicMs: () => number
  readonly onChange?: (state: BreakerState) => void
}

type Outcome = { readonly health: Health | 'undecided'; readonly value?: unknown; readonly error?: unknown }

const WORDS: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Isolated]: 'open',
}

export function createBreaker(options: BreakerOptions): Breaker {
  const { failures, tryAgainMs, monotonicMs, onChange } = options
  let openedAtMs = Number.NEGATIVE_INFINITY
  let policy = build()

  function build(): CircuitBreakerPolicy {
    const made = circuitBreaker(
      handleWhenResult((outcome) => (outcome as Outcome).health !== 'well'),
      { halfOpenAfter: tryAgainMs, breaker: new ConsecutiveBreaker(failures) },
    )
    made.onStateChange((state) => {
      if (state === CircuitState.Open) openedAtMs = monotonicMs()
      onChange?.(WORDS[state])
    })
    return made
  }

  const opensInMs = () =>
    policy.state === CircuitState.Open ? Math.max(0, openedAtMs + tryAgainMs - monotonicMs()) : 0

  async function attempt<T>(call: () => Promise<{ readonly health: Health; readonly value: T }>): Promise<Outcome> {
    try {
      return await call()
    } catch (error) {
      // The library takes what is thrown while it tries for a success; a call that was given up is none.
      if (policy.state !== CircuitState.HalfOpen) throw error
      return { health: 'undecided', error }
    }
  }

  return {
    async run<T>(call: () => Promise<{ readonly health: Health; readonly value: T }>) {
      // The library would keep others waiting until its trial has ended; they may do something better meanwhile.
      if (policy.state === CircuitState.HalfOpen || opensInMs() > 0) return null
      let outcome: Outcome
      try {
        outcome = await policy.execute(() => attempt(call))
      } catch (error) {
        if (!(error instanceof BrokenCircuitError)) throw error
        // It goes by the clock on the wall; one that was set back would keep it open for as long.
        if (monotonicMs() - openedAtMs < 2 * tryAgainMs) return null
        policy = build()
        onChange?.('closed')
        outcome = await policy.execute(() => attempt(call))
      }
      if (outcome.health === 'undecided') throw outcome.error
      return { value: outcome.value as T }
    },
    state: () => WORDS[policy.state],
    opensInMs,
  }
}
