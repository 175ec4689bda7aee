import type { Clock } from '#kernel/instant.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { type Breaker, type BreakerState, createBreaker } from './breaker.ts'
import { type Budget, type BudgetState, createBudget, type Pace, type Permit, type Spent, type Wish } from './budget.ts'
import { createSender, type OutboundRequest, type Sent } from './send.ts'

// How the hub calls others: one try at a time, within the budget of the credential, behind the breaker of the host and
// that of the credential. What an answer means, and whether to try again, is the caller's to say.

/** Whom a call is for: what it counts against, and what stops it. */
export type Target = {
  /** For metrics: takes few values. */
  readonly provider: string
  /** Whose calls the other side counts together. Never a secret. */
  readonly credential: string
  readonly pace: Pace & { readonly timeoutMs: number }
}

/** What the caller makes of what came back. */
export type Judged<T> = {
  readonly value: T
  /** `unwell`: the other side cannot serve; `refused`: it can, and this was one call too many. */
  readonly kind: 'well' | 'unwell' | 'refused'
  /** With `refused`: the other side's word, where it said one. */
  readonly retryAfterMs: number | null
  readonly hint: Extract<Spent, { kind: 'answered' }>['hint']
}

export type Judge<T> = (sent: Sent, tookMs: number) => Judged<T>

export type Tried<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** A breaker stands in the way; nothing was sent. */
  | { readonly kind: 'stopped'; readonly opensInMs: number }

export type Outbound = {
  /**
   * One try: waits for its turn, sends, and lets `judge` say how it went, which hears how long it took. Rejects with the signal's reason,
   * `outbound.closed`, `outbound.too-many-waiting`, and whatever `judge` throws.
   */
  attempt<T>(target: Target, wish: Wish, request: OutboundRequest, judge: Judge<T>): Promise<Tried<T>>
  /** How it stands with hosts and credentials, for screens. */
  state(): OutboundState
  close(): Promise<void>
}

export type OutboundState = {
  readonly hosts: readonly { readonly host: string; readonly provider: string; readonly breaker: BreakerState }[]
  readonly credentials: readonly (BudgetState & {
    readonly credential: string
    readonly provider: string
    readonly breaker: BreakerState
  })[]
}

export type OutboundOptions = {
  readonly clock: Clock
  readonly random: () => number
  readonly metrics: Pick<Metrics, 'counter' | 'gauge' | 'histogram'>
  readonly monotonicMs?: () => number
}

const HOST_FAILURES = 8
const CREDENTIAL_FAILURES = 5
const TRY_AGAIN_MS = 10_000
/** How long others are told to wait while one call tries. */
const TRYING_MS = 1_000
/** Beyond that, what nobody has used goes first; what it had learned is learned again. */
const CREDENTIALS_MAX = 20_000
const HOSTS_MAX = 5_000
const WAIT_BUCKETS_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300]

type Host = { readonly provider: string; readonly breaker: Breaker }
type Credential = Host & { readonly budget: Budget }

export function createOutbound(options: OutboundOptions): Outbound {
  const { clock, random, metrics, monotonicMs = () => performance.now() } = options
  const sender = createSender({ clock })
  const hosts = new Map<string, Host>()
  const credentials = new Map<string, Credential>()
  const waits = metrics.histogram(
    'tillwire_outbound_wait_seconds',
    'Time that a call waited for its turn in the budget of its credential.',
    WAIT_BUCKETS_SECONDS,
    ['provider', 'urgency'],
  )
  const open = metrics.gauge(
    'tillwire_outbound_breakers_open',
    'Breakers that let no call through just now, but for the one by which they try.',
    ['provider', 'of'],
  )

  function breakerFor(provider: string, of: 'host' | 'credential'): Breaker {
    let wasOpen = false
    return createBreaker({
      failures: of === 'host' ? HOST_FAILURES : CREDENTIAL_FAILURES,
      tryAgainMs: TRY_AGAIN_MS,
      monotonicMs,
      onChange(state) {
        const isOpen = state !== 'closed'
        if (isOpen !== wasOpen) open.inc({ provider, of }, isOpen ? 1 : -1)
        wasOpen = isOpen
      },
    })
  }

  function hostOf(provider: string, origin: string): Host {
    let host = hosts.get(origin)
    if (host === undefined) {
      if (hosts.size >= HOSTS_MAX) forgetIdle(hosts, HOSTS_MAX, () => false)
      host = { provider, breaker: breakerFor(provider, 'host') }
      hosts.set(origin, host)
    }
    return host
  }

  function credentialOf({ provider, credential, pace }: Target): Credential {
    let known = credentials.get(credential)
    if (known === undefined) {
      if (credentials.size >= CREDENTIALS_MAX) forgetIdle(credentials, CREDENTIALS_MAX, isInUse)
      const budget = createBudget({ pace, now: () => clock.now(), monotonicMs, random })
      known = { provider, budget, breaker: breakerFor(provider, 'credential') }
      credentials.set(credential, known)
    }
    return known
  }

  async function sendOnce<T>(
    { breaker: ofHost }: Host,
    { breaker: ofCredential }: Credential,
    send: () => Promise<Judged<T>>,
  ): Promise<Judged<T> | null> {
    const withHealth = (judged: Judged<T>) =>
      ({ health: judged.kind === 'unwell' ? 'unwell' : 'well', value: judged }) as const
    const run = await ofCredential.run(async () => {
      const inner = await ofHost.run(async () => withHealth(await send()))
      // The outer one must not take it for an answer that the inner one let nothing through.
      if (inner === null) throw new Stopped()
      return withHealth(inner.value)
    })
    return run === null ? null : run.value
  }

  return {
    async attempt(target, wish, request, judge) {
      const { provider, pace } = target
      const host = hostOf(provider, new URL(request.baseUrl).origin)
      const credential = credentialOf(target)
      const opensInMs = () => Math.max(host.breaker.opensInMs(), credential.breaker.opensInMs())
      // Asked before the wait, so that nobody stands in line for what will not be sent.
      if (opensInMs() > 0) return { kind: 'stopped', opensInMs: opensInMs() }
      const permit = await credential.budget.admit(wish)
      waits.observe({ provider, urgency: wish.urgency }, permit.waitedMs / 1_000)
      const spending = spendingOf(permit)
      try {
        const judged = await sendOnce(host, credential, async () => {
          spending.sent()
          const limits = { timeoutMs: pace.timeoutMs, signal: wish.signal }
          const sentAtMs = monotonicMs()
          const sent = await sender.send(request, limits)
          return spending.judged(judge(sent, monotonicMs() - sentAtMs))
        })
        return judged === null
          ? { kind: 'stopped', opensInMs: opensInMs() || TRYING_MS }
          : { kind: 'done', value: judged.value }
      } catch (error) {
        if (error instanceof Stopped) return { kind: 'stopped', opensInMs: opensInMs() || TRYING_MS }
        throw error
      } finally {
        spending.end()
      }
    },
    state: () => ({
      hosts: [...hosts].map(([host, { provider, breaker }]) => ({ host, provider, breaker: breaker.state() })),
      credentials: [...credentials].map(([credential, { provider, breaker, budget }]) => ({
        credential,
        provider,
        breaker: breaker.state(),
        ...budget.state(),
      })),
    }),
    async close() {
      for (const { budget } of credentials.values()) budget.close()
      await sender.close()
    },
  }
}

class Stopped extends Error {}

/** Gives a permit back with what became of it, whichever way the try ends. */
function spendingOf(permit: Permit) {
  let spent: Spent = { kind: 'unused' }
  return {
    sent() {
      spent = { kind: 'lost' }
    },
    judged<T>(judged: Judged<T>): Judged<T> {
      const { kind, retryAfterMs, hint } = judged
      if (kind === 'refused') spent = { kind, retryAfterMs, hint }
      if (kind === 'well') spent = { kind: 'answered', hint }
      return judged
    },
    end: () => permit.done(spent),
  }
}

function isInUse({ budget }: Credential): boolean {
  const { running, waiting, pausedMs } = budget.state()
  return running > 0 || waiting > 0 || pausedMs > 0
}

/** Drops the oldest that nobody uses, until there are fewer than `max`. */
function forgetIdle<T extends Host>(known: Map<string, T>, max: number, inUse: (one: T) => boolean): void {
  for (const [key, one] of known) {
    if (inUse(one) || one.breaker.state() !== 'closed') continue
    known.delete(key)
    if (known.size < max) return
  }
}
