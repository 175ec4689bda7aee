import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { createLearnedRate } from './learned-rate.ts'

// A provider in made-up time: how many calls it grants is known to it alone.

type Provider = {
  /** Calls a second that it grants, by the second. */
  readonly grants: (second: number) => number
  /** Unused calls that it lets a caller save up, in seconds' worth. */
  readonly savesSeconds: number
  readonly retryAfter: 'whole seconds' | 'not said'
}

type Run = { readonly used: number; readonly refused: number; readonly sent: number; readonly rate: number }

const STEP_MS = 2
const LATENCY_MS = 50

/** A caller that always has more to ask, for so many seconds from the first on; what it used is a share of all granted. */
function backfill(provider: Provider, begin: number, seconds: number, concurrent = 8): Run {
  const rate = createLearnedRate(begin, () => 0.5)
  const running: {
    readonly endsMs: number
    readonly mark: number
    readonly retryAfterMs: number | 'none needed' | null
  }[] = []
  let saved = provider.grants(0) * provider.savesSeconds
  let [granted, used, refused] = [0, 0, 0]
  for (let nowMs = 0; nowMs < seconds * 1_000; nowMs += STEP_MS) {
    const grants = provider.grants(nowMs / 1_000)
    granted += (grants * STEP_MS) / 1_000
    saved = Math.min(Math.max(1, grants * provider.savesSeconds), saved + (grants * STEP_MS) / 1_000)
    while (running[0] !== undefined && running[0].endsMs <= nowMs) {
      const [ended] = running.splice(0, 1)
      if (ended === undefined) break
      if (ended.retryAfterMs === 'none needed') rate.answered()
      else rate.refused(nowMs, ended.mark, ended.retryAfterMs)
    }
    rate.held(nowMs, running.length < concurrent)
    while (running.length < concurrent && rate.waitMs(nowMs, false) === 0) {
      const mark = rate.take(nowMs)
      const isGranted = saved >= 1
      if (isGranted) saved -= 1
      const [won, lost] = isGranted ? [1, 0] : [0, 1]
      used += won
      refused += lost
      const waitMs = Math.ceil((1 - saved) / grants) * 1_000
      const retryAfterMs = isGranted ? 'none needed' : provider.retryAfter === 'not said' ? null : waitMs
      running.push({ endsMs: nowMs + LATENCY_MS, mark, retryAfterMs })
    }
  }
  const { requestsPerSecond } = rate.state(seconds * 1_000)
  return { used: used / granted, refused, sent: Math.round(used + refused), rate: requestsPerSecond }
}

describe('without being told anything', () => {
  test('a backfill uses nearly all that is granted, and is refused rarely, whatever the figure is', () => {
    const providers = fc.record({
      grants: fc.integer({ min: 1, max: 120 }),
      savesSeconds: fc.integer({ min: 1, max: 5 }),
      retryAfter: fc.constantFrom('whole seconds' as const, 'not said' as const),
      begin: fc.integer({ min: 2, max: 20 }),
    })
    fc.assert(
      fc.property(providers, ({ grants, savesSeconds, retryAfter, begin }) => {
        const run = backfill({ grants: () => grants, savesSeconds, retryAfter }, begin, 300)
        expect(run.used).toBeGreaterThanOrEqual(0.85)
        // Some while it finds the figure, and a few whenever it looks whether more is granted by now.
        expect(run.refused).toBeLessThanOrEqual(30 + run.sent * 0.02)
      }),
      { numRuns: 25 },
    )
  })

  test('a figure that falls to a tenth is followed down, and one that rises to ten times is found', () => {
    const falls = (second: number) => (second < 60 ? 50 : 5)
    const low = backfill({ grants: falls, savesSeconds: 1, retryAfter: 'whole seconds' }, 10, 240)
    expect(low.rate).toBeLessThan(8)
    expect(low.refused / low.sent).toBeLessThan(0.05)
    const rises = (second: number) => (second < 60 ? 5 : 50)
    const high = backfill({ grants: rises, savesSeconds: 1, retryAfter: 'whole seconds' }, 10, 240)
    expect(high.rate).toBeGreaterThan(35)
  })
})

describe('a refusal', () => {
  test('makes everybody wait as long as was said, urgent or not, and not longer', () => {
    const rate = createLearnedRate(10, () => 0.5)
    const mark = rate.take(0)
    rate.refused(100, mark, 2_000)
    expect(rate.waitMs(100, true)).toBe(2_000)
    expect(rate.waitMs(2_099, false)).toBe(1)
    expect(rate.waitMs(2_100, true)).toBe(0)
  })

  test('of calls that were on their way together is one refusal, and the longest word counts', () => {
    const rate = createLearnedRate(1, () => 0.5)
    const marks = [0, 1, 2, 3].map(() => rate.take(0))
    const before = rate.state(0).requestsPerSecond
    rate.refused(50, marks[0] ?? 0, 1_000)
    const after = rate.state(50).requestsPerSecond
    expect(after).toBeLessThan(before)
    for (const mark of marks.slice(1)) rate.refused(60, mark, 3_000)
    expect(rate.state(60)).toEqual({ requestsPerSecond: after, pausedMs: 3_000 })
  })

  test('without a word about how long waits longer each time, and begins anew after an answer', () => {
    const rate = createLearnedRate(10, () => 0.5)
    const pauses: number[] = []
    let nowMs = 0
    for (let count = 0; count < 8; count++) {
      nowMs += rate.waitMs(nowMs, true)
      rate.refused(nowMs, rate.take(nowMs), null)
      pauses.push(rate.state(nowMs).pausedMs)
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
    rate.answered()
    nowMs += rate.waitMs(nowMs, true)
    rate.refused(nowMs, rate.take(nowMs), null)
    expect(rate.state(nowMs).pausedMs).toBe(500)
  })

  test('that asks for a day is not followed for longer than a quarter of an hour', () => {
    const rate = createLearnedRate(10, () => 0.5)
    rate.refused(0, rate.take(0), 86_400_000)
    expect(rate.state(0).pausedMs).toBe(15 * 60_000)
  })
})

test('what is urgent does not wait for tokens, up to a second’s worth of them', () => {
  const rate = createLearnedRate(5, () => 0.5)
  while (rate.waitMs(0, false) === 0) rate.take(0)
  let urgent = 0
  while (rate.waitMs(0, true) === 0 && urgent < 100) {
    rate.take(0)
    urgent += 1
  }
  expect(urgent).toBe(5)
  // The past pays for it.
  expect(rate.waitMs(0, false)).toBeGreaterThan(1_000)
})

describe('what a provider tells', () => {
  const noon: Instant = instant(Date.UTC(2026, 2, 14, 12))
  const later = (ms: number) => instant(noon + ms)

  test('its figure is believed, and not exceeded however long calls wait', () => {
    const rate = createLearnedRate(5, () => 0.5)
    rate.hinted(0, { requestsPerSecond: 40, remaining: null, resetAt: null }, noon)
    expect(rate.state(0).requestsPerSecond).toBe(40)
    rate.held(0, true)
    expect(rate.state(600_000).requestsPerSecond).toBe(40)
  })

  test('calls that are left are spread until there are more, and none are made when none are left', () => {
    const rate = createLearnedRate(50, () => 0.5)
    rate.hinted(0, { requestsPerSecond: null, remaining: 20, resetAt: later(10_000) }, noon)
    let taken = 0
    for (let nowMs = 0; nowMs < 10_000; nowMs += 5) {
      if (rate.waitMs(nowMs, false) > 0) continue
      rate.take(nowMs)
      taken += 1
    }
    expect(taken).toBeGreaterThanOrEqual(15)
    expect(taken).toBeLessThanOrEqual(21)
    rate.hinted(20_000, { requestsPerSecond: null, remaining: 0, resetAt: later(30_000) }, later(20_000))
    rate.waitMs(20_000, false)
    while (rate.waitMs(20_000, false) === 0) rate.take(20_000)
    expect(rate.waitMs(20_001, false)).toBe(9_999)
    expect(rate.waitMs(30_100, false)).toBe(0)
  })

  test('a time that has passed already holds nobody up', () => {
    const rate = createLearnedRate(50, () => 0.5)
    rate.hinted(0, { requestsPerSecond: null, remaining: 0, resetAt: later(-1) }, noon)
    expect(rate.waitMs(0, false)).toBe(0)
  })
})
