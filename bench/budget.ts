import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { instant } from '#kernel/instant.ts'
import { createOutbound, type Judged, type Outbound, type Target } from '#platform/outbound/outbound.ts'
import type { Sent } from '#platform/outbound/send.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'

// How much of what a provider grants a backfill uses, and how often it is told that it asks too much, when nobody says
// what the figure is. Three providers at once, each a server that fills a bucket with so many calls a second and refuses
// what comes when it is empty; meanwhile a sale is asked for twice a second, and its wait for a turn is measured.

export type BudgetBenchOptions = { readonly seconds?: number }

export type BudgetBenchResult = {
  readonly bench: 'budget'
  readonly seconds: number
  readonly providers: readonly BudgetRun[]
  readonly target_used: number
  readonly reached: boolean
}

type BudgetRun = {
  readonly granted_per_second: number
  readonly began_at_per_second: number
  readonly retry_after: 'whole_seconds' | 'not_said'
  /** That share one sign-in and take turns. */
  readonly connections: number
  /** Calls that went well, of those that were granted from the first second on: finding the figure out is part of it. */
  readonly used: number
  readonly refused: number
  /** Of all calls that were sent. */
  readonly refused_share: number
  /** The most refusals in any one second. */
  readonly refused_in_a_second_max: number
  /** How long a sale waited for its turn while nobody had to pause. */
  readonly live_wait_p50_ms: number
  readonly live_wait_p99_ms: number
}

type Setting = {
  readonly perSecond: number
  readonly begin: number
  readonly retryAfter: BudgetRun['retry_after']
  readonly shares: number
}

const SETTINGS: readonly Setting[] = [
  { perSecond: 10, begin: 10, retryAfter: 'whole_seconds', shares: 1 },
  { perSecond: 50, begin: 10, retryAfter: 'whole_seconds', shares: 1 },
  { perSecond: 50, begin: 10, retryAfter: 'not_said', shares: 20 },
]
const TARGET_USED = 0.85
/** Above that share of all calls, refusals are a storm. */
const STORM_SHARE = 0.03
const ANSWER_MS = 40

export async function run(options: BudgetBenchOptions = {}): Promise<BudgetBenchResult> {
  const seconds = options.seconds ?? 120
  const providers = await Promise.all(SETTINGS.map((setting) => runOne(setting, seconds)))
  const reached = providers.every(({ used, refused_share }) => used >= TARGET_USED && refused_share <= STORM_SHARE)
  return { bench: 'budget', seconds, providers, target_used: TARGET_USED, reached }
}

async function runOne(setting: Setting, seconds: number): Promise<BudgetRun> {
  const provider = await startProvider(setting)
  const clock = { now: () => instant(Date.now()) }
  const outbound = createOutbound({ clock, random: Math.random, metrics: createMetrics() })
  const pace = { requestsPerSecond: setting.begin, concurrent: 8, timeoutMs: 10_000 }
  const target: Target = { provider: 'bench', credential: 'bench', pace }
  const ending = AbortSignal.timeout(seconds * 1_000)
  const ask = (urgency: 'live' | 'backfill', share: string) =>
    askOnce(outbound, target, provider.baseUrl, urgency, share)
  const backfill = async (share: string) => {
    while (!ending.aborted) await ask('backfill', share)
  }
  const liveWaitsMs: number[] = []
  const sales = async () => {
    while (!ending.aborted) {
      const isPaused = outbound.state().credentials.some(({ pausedMs }) => pausedMs > 0)
      const begunAt = performance.now()
      const tookMs = await ask('live', 'sales')
      if (!isPaused && tookMs !== null) liveWaitsMs.push(performance.now() - begunAt - tookMs)
      await sleep(500)
    }
  }
  // As many talks as fill the budget, whoever they are of.
  const talks = Array.from({ length: Math.max(12, setting.shares) }, (_, index) =>
    backfill(`shop ${index % setting.shares}`),
  )
  provider.begin()
  await Promise.all([sales(), ...talks])
  const seen = provider.seen()
  await outbound.close()
  await provider.close()
  const refused = seen.refusedAtMs.length
  return {
    granted_per_second: setting.perSecond,
    began_at_per_second: setting.begin,
    retry_after: setting.retryAfter,
    connections: setting.shares,
    used: round(seen.used / (setting.perSecond * (seen.forMs / 1_000))),
    refused,
    refused_share: round(refused / (seen.used + refused)),
    refused_in_a_second_max: mostInASecond(seen.refusedAtMs),
    live_wait_p50_ms: quantile(liveWaitsMs, 0.5),
    live_wait_p99_ms: quantile(liveWaitsMs, 0.99),
  }
}

/** How long the call itself took; null when it was refused. */
async function askOnce(
  outbound: Outbound,
  target: Target,
  baseUrl: string,
  urgency: 'live' | 'backfill',
  share: string,
): Promise<number | null> {
  const request = { method: 'GET', baseUrl, path: '/', headers: {}, body: null } as const
  const judge = (sent: Sent, tookMs: number): Judged<number | null> => {
    if (sent.kind === 'failure') throw new Error(`the bench's own server failed: ${sent.failure.code}`)
    const { status, headers } = sent.answer
    if (status === 200) return { kind: 'well', retryAfterMs: null, hint: null, value: tookMs }
    const told = headers['retry-after']
    return { kind: 'refused', retryAfterMs: told === undefined ? null : Number(told) * 1_000, hint: null, value: null }
  }
  const tried = await outbound.attempt(target, { urgency, share }, request, judge)
  if (tried.kind === 'stopped') throw new Error('a breaker took refusals for failures')
  return tried.value
}

async function startProvider({ perSecond, retryAfter }: Setting) {
  let saved = perSecond
  let beganAt = performance.now()
  let filledAt = beganAt
  let used = 0
  const refusedAtMs: number[] = []
  const server = createServer((_, response) => {
    const now = performance.now()
    saved = Math.min(perSecond, saved + ((now - filledAt) * perSecond) / 1_000)
    filledAt = now
    const isGranted = saved >= 1
    if (isGranted) {
      saved -= 1
      used += 1
    } else refusedAtMs.push(now - beganAt)
    setTimeout(() => {
      if (isGranted) return response.end('{}')
      const waitSeconds = Math.ceil((1 - saved) / perSecond)
      response.writeHead(429, retryAfter === 'not_said' ? {} : { 'retry-after': String(waitSeconds) }).end()
    }, ANSWER_MS)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    begin() {
      beganAt = performance.now()
      filledAt = beganAt
    },
    seen: () => ({ used, refusedAtMs, forMs: performance.now() - beganAt }),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function mostInASecond(atMs: readonly number[]): number {
  return atMs.reduce((most, from) => Math.max(most, atMs.filter((at) => at >= from && at < from + 1_000).length), 0)
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

if (import.meta.main) console.log(JSON.stringify(await run()))
