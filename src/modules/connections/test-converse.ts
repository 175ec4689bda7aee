import { onTestFinished, vi } from 'vitest'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { createOutbound, type Outbound } from '#platform/outbound/outbound.ts'
import type { Log } from '#platform/telemetry/log.ts'
import { createMetrics, type Metrics } from '#platform/telemetry/metrics.ts'
import type { Live, Pace, ProviderAnswer, ProviderCall, Talk, Verdict } from '../../../connectors/contract.ts'
import { createConverse } from './converse.ts'
import { type Caller, createCaller } from './converse-call.ts'
import type { ConverseOptions, Linked, Renewal } from './converse-options.ts'
import type { ConnectionRef, Converse } from './live.ts'

// A made-up system, as a connector would describe it, and the connections of made-up tenants to it, kept in memory.

const FAST: Pace = { requestsPerSecond: 1_000, concurrent: 4, timeoutMs: 2_000, learn: () => null }

/** Judges by status alone; `x-revoked` says that no refresh will help. */
function judge(_: ProviderCall, { status, headers, body }: ProviderAnswer): Verdict {
  const retryAfterMs = headers['retry-after'] === undefined ? null : Number(headers['retry-after']) * 1_000
  const code = `http_${status}`
  if (status === 429) return { kind: 'throttled', retryAfterMs }
  if (status >= 500) return { kind: 'unavailable', code, retryAfterMs }
  if (status === 401) return { kind: 'unauthorized', code, revoked: headers['x-revoked'] !== undefined }
  if (status === 404) return { kind: 'missing', code }
  if (status >= 300) return { kind: 'refused', code, say: 'planted words of the provider' }
  return body[0] === 0x7b ? { kind: 'ok' } : { kind: 'garbled', code: 'no_json' }
}

export function madeUpLive(pace: Partial<Pace> = {}): Live {
  const notHere = () => {
    throw new Error('this test asks by talks of its own')
  }
  return {
    api: {
      hosts: { production: 'https://api.made-up.invalid', sandbox: 'https://sandbox.made-up.invalid' },
      version: '2026-01-01',
      sunset: null,
      pace: { ...FAST, ...pace },
      headers: ({ credentials }, call): Record<string, string> =>
        call.unsigned ? {} : { authorization: `Bearer ${credentials.access_token}` },
      judge,
    },
    signIn: { fields: [], check: notHere, environmentOf: () => null },
    locations: notHere,
    pull: { streams: [], fetch: notHere, fetchMax: () => 1 },
    reader: { recordsOf: notHere, kinds: [], read: notHere, readArticles: notHere, personal: {} },
  }
}

export const call = (path: string, changes: Partial<ProviderCall> = {}): ProviderCall => ({
  name: 'orders.search',
  method: 'GET',
  path,
  body: null,
  repeatable: true,
  ...changes,
})

/** Asks for each path in turn and answers what came back, as text. */
export function* askFor(...calls: readonly ProviderCall[]): Talk<string[]> {
  const texts: string[] = []
  for (const one of calls) texts.push(Buffer.from((yield one).body).toString())
  return texts
}

export type MadeUpHub = {
  readonly converse: Converse
  readonly caller: Caller
  readonly outbound: Outbound
  readonly metrics: Metrics
  /** Every line that was logged, as JSON. */
  readonly lines: readonly string[]
  /** What the keeper of sign-ins was asked to do. */
  readonly renewals: { readonly ref: ConnectionRef; readonly version: number }[]
  readonly marked: { readonly ref: ConnectionRef; readonly version: number; readonly code: string }[]
  connect(changes?: Partial<Linked>): ConnectionRef
  linked(ref: ConnectionRef): Linked
  /** Moves the machine's clocks on, so that nobody has to wait for a breaker. */
  passTime(ms: number): void
}

export type MadeUpOptions = {
  readonly baseUrl: string
  readonly pace?: Partial<Pace>
  /** What becomes of a sign-in that was refused; `renewed` stores a token of the next version. */
  readonly renewal?: () => Promise<Renewal['kind']>
}

const noon = instant(Date.UTC(2026, 2, 14, 12))

export function openHub({ baseUrl, pace = {}, renewal = async () => 'impossible' }: MadeUpOptions): MadeUpHub {
  const clock = { now: () => noon }
  const metrics = createMetrics()
  const lines: string[] = []
  let passedMs = 0
  const outbound = createOutbound({
    clock,
    metrics,
    random: () => 0.5,
    monotonicMs: () => performance.now() + passedMs,
  })
  onTestFinished(() => outbound.close())
  const caller = createCaller({ outbound, metrics, log: logTo(lines) })
  const kept = new Map<Id, Linked>()
  const renewals: { ref: ConnectionRef; version: number }[] = []
  const marked: { ref: ConnectionRef; version: number; code: string }[] = []
  const live = madeUpLive(pace)

  const linked = (ref: ConnectionRef): Linked => {
    const known = kept.get(ref.id)
    if (known === undefined) throw new Error('no such connection')
    return known
  }
  const keeper: ConverseOptions = {
    linkOf: async (ref) => linked(ref),
    async renew(ref, version) {
      if (linked(ref).credentialsVersion > version) return { kind: 'renewed', linked: linked(ref) }
      renewals.push({ ref, version })
      const kind = await renewal()
      if (kind === 'later') return { kind, verdict: { kind: 'unavailable', code: 'http_503', retryAfterMs: null } }
      if (kind === 'impossible') return { kind }
      // Ten that were refused together are answered together, as the keeper of sign-ins promises.
      if (linked(ref).credentialsVersion === version) kept.set(ref.id, withVersion(linked(ref), version + 1))
      return { kind, linked: linked(ref) }
    },
    async markNeedsSignIn(ref, { credentialsVersion, code }) {
      marked.push({ ref, version: credentialsVersion, code })
      kept.set(ref.id, { ...linked(ref), state: 'needs_sign_in' })
    },
  }
  return {
    converse: createConverse({ ...keeper, caller, clock }),
    caller,
    outbound,
    metrics,
    lines,
    renewals,
    marked,
    linked,
    passTime(ms) {
      passedMs += ms
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms })
      onTestFinished(() => void vi.useRealTimers())
    },
    connect(changes = {}) {
      const ref = { tenantId: newId() as TenantId, id: newId() }
      const fresh: Linked = {
        posSystem: 'generic-rest',
        live,
        link: { environment: 'production', credentials: {}, account: ref.id, application: null },
        baseUrl,
        addressBy: 'hub',
        guarded: false,
        state: 'active',
        credentialsVersion: 1,
        expiresAt: null,
        budget: `made-up ${ref.id}`,
        ...changes,
      }
      kept.set(ref.id, withVersion(fresh, fresh.credentialsVersion))
      return ref
    },
  }
}

/** The token tells its version, and is planted so that it can be looked for where it must not be. */
function withVersion(linked: Linked, credentialsVersion: number): Linked {
  const credentials = { access_token: `planted-token-${credentialsVersion}` }
  return { ...linked, credentialsVersion, link: { ...linked.link, credentials } }
}

function logTo(lines: string[]): Log {
  const write = (facts: object, sentence: string) => void lines.push(JSON.stringify({ ...facts, sentence }))
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  return log
}
