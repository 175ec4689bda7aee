import { setTimeout as pause } from 'node:timers/promises'
import { ExponentialBackoff, type IBackoff } from 'cockatiel'
import type { Judged, Outbound, Target, Tried } from '#platform/outbound/outbound.ts'
import type { Sent } from '#platform/outbound/send.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { type CallFailed, Garbled, type ProviderAnswer, type ProviderCall } from '../../../connectors/contract.ts'
import type { Asked } from './converse-options.ts'
import type { CallEnding, CallWatch, Priority } from './live.ts'

// One call of a talk until it is known how it ended: its turn in the budget, the try, the connector's judgement, and
// again where that may help. Too many calls is a delay: the call waits and goes again. What is not well is tried again a
// few times where that is harmless. Everything else is the talk's to hear.

export type FailedVerdict = CallFailed['verdict']

export type Called =
  | { readonly kind: 'answer'; readonly answer: ProviderAnswer }
  | { readonly kind: 'failed'; readonly verdict: FailedVerdict; readonly neverSent: boolean }

export type Calling = {
  readonly priority: Priority
  /** Who takes turns with others of the same budget. */
  readonly share: string
  readonly signal?: AbortSignal | undefined
  readonly once?: boolean | undefined
  readonly watch?: CallWatch | undefined
}

/** Rejects with the signal's reason, `outbound.closed` and `outbound.too-many-waiting`. */
export type Caller = (asked: Asked, calling: Calling, call: ProviderCall) => Promise<Called>

export type CallerOptions = {
  readonly outbound: Pick<Outbound, 'attempt'>
  readonly log: Log
  readonly metrics: Pick<Metrics, 'counter' | 'histogram'>
  readonly monotonicMs?: () => number
}

const TRIES_MAX = 4
const BACKOFF = new ExponentialBackoff({ initialDelay: 250, maxDelay: 5_000 })
/** Whoever is told to wait longer than that does something else meanwhile. */
const RETRY_AFTER_MAX_MS = 10_000
/** The same where nothing was even sent because others just tried in vain. */
const STOPPED_WAIT_MAX_MS = 1_500
/** So long may a provider say nothing but that it is asked too often. */
const THROTTLED_MAX_MS = 10 * 60_000
const CALL_BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

type Attempted = {
  readonly called: Called
  /** What came back, whatever it means; null: nothing that could be taken. */
  readonly answer: ProviderAnswer | null
  readonly worthAgain: boolean
}

export function createCaller(options: CallerOptions): Caller {
  const { outbound, log, metrics, monotonicMs = () => performance.now() } = options
  const calls = metrics.counter(
    'tillwire_provider_calls_total',
    'Calls to providers by what their answer meant: ok, throttled, unavailable, unreachable, unauthorized and others.',
    ['provider', 'call', 'outcome'],
  )
  const seconds = metrics.histogram(
    'tillwire_provider_call_duration_seconds',
    'Time from sending a call to a provider to the end of its answer, without waiting for its turn.',
    CALL_BUCKETS_SECONDS,
    ['provider', 'call'],
  )

  async function attempt(asked: Asked, calling: Calling, call: ProviderCall, again: boolean): Promise<Attempted> {
    const { posSystem: provider, live, link, budget } = asked
    const { pace } = live.api
    const target: Target = { provider, credential: budget, pace }
    const { priority: urgency, share, signal } = calling
    const headers = { 'user-agent': 'tillwire', ...live.api.headers(link, call), ...call.headers }
    const body = live.api.body === undefined ? call.body : live.api.body(link, call)
    const request = { method: call.method, ...addressOf(asked, call), path: call.path, headers, body }
    await calling.watch?.before(call)
    const begunMs = monotonicMs()
    const tried = await outbound.attempt(target, { urgency, share, again, signal }, request, (sent, tookMs) => {
      seconds.observe({ provider, call: call.name }, tookMs / 1_000)
      return judged(asked, call, sent)
    })
    const attempted = outcomeOf(tried)
    const { called } = attempted
    calls.inc({ provider, call: call.name, outcome: called.kind === 'answer' ? 'ok' : called.verdict.kind })
    await calling.watch?.after(call, { ...endingOf(attempted), tookMs: monotonicMs() - begunMs })
    return attempted
  }

  return async (asked, calling, call) => {
    const throttledUntilMs = monotonicMs() + THROTTLED_MAX_MS
    let backoff: IBackoff<unknown> | null = null
    let again = false
    for (let tries = 1; ; ) {
      const attempted = await attempt(asked, calling, call, again)
      const { called } = attempted
      if (called.kind === 'answer') return called
      if (calling.once) return called
      const { verdict } = called
      again = verdict.kind === 'throttled'
      if (again && monotonicMs() < throttledUntilMs) continue
      backoff = backoff === null ? BACKOFF.next() : backoff.next(undefined)
      const waitMs = again || tries >= TRIES_MAX ? null : waitBefore(call, attempted, backoff.duration)
      if (waitMs === null) {
        const facts = { provider: asked.posSystem, call: call.name, tries, ...wordsOf(verdict) }
        log.info(facts, 'a call to a provider failed')
        return called
      }
      tries += 1
      await pauseFor(waitMs, calling.signal)
    }
  }
}

/** A call may name another of the merchant's own addresses; what the hub was told to use stays. */
function addressOf({ baseUrl, addressBy, guarded }: Asked, call: ProviderCall) {
  const named = addressBy === 'merchant' ? call.baseUrl : undefined
  return { baseUrl: named ?? baseUrl, guarded }
}

/** Milliseconds to wait before another try; null where none would help or nobody may. */
function waitBefore(call: ProviderCall, attempted: Attempted, backoffMs: number): number | null {
  const { called, worthAgain } = attempted
  if (called.kind === 'answer' || !worthAgain || !(call.repeatable || called.neverSent)) return null
  const { verdict } = called
  const toldMs = verdict.kind === 'unavailable' ? (verdict.retryAfterMs ?? 0) : 0
  const stopped = verdict.kind === 'unavailable' && verdict.code === STOPPED
  if (toldMs > (stopped ? STOPPED_WAIT_MAX_MS : RETRY_AFTER_MAX_MS)) return null
  return Math.max(toldMs, backoffMs)
}

const STOPPED = 'breaker_open'
/** The code of a call to an address that a tenant named and that is no one's but the house's. */
export const PRIVATE_ADDRESS = 'private_address'

function outcomeOf(tried: Tried<Attempted>): Attempted {
  if (tried.kind === 'done') return tried.value
  const verdict: FailedVerdict = { kind: 'unavailable', code: STOPPED, retryAfterMs: Math.ceil(tried.opensInMs) }
  return { called: { kind: 'failed', verdict, neverSent: true }, answer: null, worthAgain: true }
}

function judged(asked: Asked, call: ProviderCall, sent: Sent): Judged<Attempted> {
  if (sent.kind === 'failure') return judgedFailure(sent)
  const { api } = asked.live
  const { answer } = sent
  const hint = api.pace.learn(answer)
  const verdict = verdictOf(asked, call, answer)
  if (verdict === null) {
    return {
      kind: 'well',
      retryAfterMs: null,
      hint,
      value: { called: { kind: 'answer', answer }, answer, worthAgain: false },
    }
  }
  const called = { kind: 'failed', verdict, neverSent: false } as const
  const value = { called, answer, worthAgain: verdict.kind === 'unavailable' }
  if (verdict.kind === 'throttled') return { kind: 'refused', retryAfterMs: verdict.retryAfterMs, hint, value }
  return { kind: verdict.kind === 'unavailable' ? 'unwell' : 'well', retryAfterMs: null, hint, value }
}

/** Null: it is what was asked for. */
function verdictOf(asked: Asked, call: ProviderCall, answer: ProviderAnswer): FailedVerdict | null {
  try {
    const verdict = asked.live.api.judge(call, answer)
    return verdict.kind === 'ok' ? null : verdict
  } catch (error) {
    if (error instanceof Garbled) return { kind: 'garbled', code: 'unreadable' }
    throw error
  }
}

function judgedFailure({ failure }: Extract<Sent, { kind: 'failure' }>): Judged<Attempted> {
  const { code, neverSent } = failure
  const failed = (kind: 'well' | 'unwell', verdict: FailedVerdict, worthAgain: boolean): Judged<Attempted> => {
    const value = { called: { kind: 'failed', verdict, neverSent }, answer: null, worthAgain } as const
    return { kind, retryAfterMs: null, hint: null, value }
  }
  if (code === 'unsendable') {
    const say = 'The call holds a character that no HTTP header or path may hold.'
    return failed('well', { kind: 'refused', code, say }, false)
  }
  if (code === PRIVATE_ADDRESS) {
    const say = 'The address leads into a private network, where this hub does not go for a tenant.'
    return failed('well', { kind: 'refused', code, say }, false)
  }
  // It answers, and what it answers cannot be taken.
  if (code === 'too_large' || code === 'undecodable') return failed('well', { kind: 'garbled', code }, false)
  // A certificate that is not trusted now will not be in a second either.
  return failed('unwell', { kind: 'unreachable', code }, code !== 'tls')
}

function endingOf({ called, answer }: Attempted): Omit<CallEnding, 'tookMs'> {
  if (called.kind === 'answer') return { answer, verdict: { kind: 'ok' }, neverSent: false }
  return { answer, verdict: called.verdict, neverSent: called.neverSent }
}

/** What may stand in a log: never `say`, which quotes the provider. */
function wordsOf(verdict: FailedVerdict): { readonly outcome: string; readonly code: string | null } {
  return { outcome: verdict.kind, code: 'code' in verdict ? verdict.code : null }
}

async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    throw signal?.aborted ? signal.reason : error
  }
}
