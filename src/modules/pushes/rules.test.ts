import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { instant } from '#kernel/instant.ts'
import { CallFailed } from '../../../connectors/contract.ts'
import { decideLook } from './look.ts'
import { mayMove, NEXT_STATES, PUSH_STATES } from './states.ts'
import { nextFirstTry, nextRetry, throttledUntil } from './timing.ts'
import { type MadeCall, troubleOf } from './verdict.ts'

const T = instant(Date.UTC(2026, 4, 8))
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('tries of the first half minute lie within it and rise, whatever chance says', () => {
  fc.assert(
    fc.property(fc.array(chance, { minLength: 40, maxLength: 40 }), (chances) => {
      let at = 0
      const random = () => chances[at++ % chances.length] ?? 0
      const tries = [T]
      for (;;) {
        const next = nextFirstTry(T, instant((tries.at(-1) ?? T) + 1), random)
        if (next === null) break
        tries.push(next)
      }
      expect(tries.length).toBeGreaterThan(1)
      expect(tries.every((one) => one < T + 30_000)).toBe(true)
      expect([...tries].sort((a, b) => a - b)).toEqual(tries)
    }),
  )
})

test('the twelve are five minutes apart and no thirteenth', () => {
  expect(nextRetry(T, 0, T)).toBe(T + 300_000)
  expect(nextRetry(T, 11, instant(T + 400_000))).toBe(T + 400_000)
  expect(nextRetry(T, 12, T)).toBeNull()
})

test('a pause is never shorter than the provider says, and grows where it says none', () => {
  fc.assert(
    fc.property(fc.nat(600_000), fc.nat(50), chance, (afterMs, throttles, random) => {
      expect(throttledUntil(T, afterMs, throttles, () => random)).toBeGreaterThanOrEqual(T + afterMs)
      expect(throttledUntil(T, null, throttles, () => random) - T).toBeLessThanOrEqual(300_000)
    }),
  )
})

test('states lead where the table says', () => {
  const pairs = PUSH_STATES.flatMap((from) =>
    PUSH_STATES.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
  )
  const table = Object.entries(NEXT_STATES).flatMap(([from, all]) => all.map((to) => `${from} ${to}`))
  expect(pairs.sort()).toEqual(table.sort())
  expect(NEXT_STATES.success).toEqual([])
})

describe('what a failed call means', () => {
  const write: MadeCall = { name: 'orders.create', writes: true, verdict: 'unreachable', neverSent: false }
  const read: MadeCall = { ...write, name: 'orders.list', writes: false }
  const failed = (verdict: CallFailed['verdict'], neverSent = false) => new CallFailed('call', verdict, neverSent)
  const unreachable = { kind: 'unreachable', code: 'timed_out' } as const
  const unavailable = { kind: 'unavailable', code: 'http_500', retryAfterMs: null } as const

  test.each([
    ['a time-out of a write', failed(unreachable), [write], 'unknown'],
    ['a 5xx of a write', failed(unavailable), [write], 'unknown'],
    ['an unreadable answer to a write', failed({ kind: 'garbled', code: 'x' }), [write], 'unknown'],
    ['a write that never left', failed(unreachable, true), [{ ...write, neverSent: true }], 'not_sent'],
    ['a time-out of a read', failed(unreachable), [read], 'not_sent'],
    [
      'too many calls',
      failed({ kind: 'throttled', retryAfterMs: 5 }),
      [{ ...write, verdict: 'throttled' }],
      'throttled',
    ],
    ['a refusal', failed({ kind: 'refused', code: 'x', say: '' }), [{ ...write, verdict: 'refused' }], 'refused'],
    ['a conflict', failed({ kind: 'conflict', code: 'x' }), [{ ...write, verdict: 'conflict' }], 'not_sent'],
    [
      'no sign-in',
      failed({ kind: 'unauthorized', code: 'x', revoked: true }),
      [{ ...write, verdict: 'unauthorized' }],
      'sign_in',
    ],
    [
      'an open breaker',
      failed({ kind: 'unavailable', code: 'breaker_open', retryAfterMs: 9 }, true),
      [{ ...write, neverSent: true }],
      'held',
    ],
    [
      'a refusal after a write that went well',
      failed({ kind: 'refused', code: 'x', say: '' }),
      [
        { ...write, verdict: 'ok' },
        { ...write, verdict: 'refused' },
      ],
      'unknown',
    ],
    [
      'too many calls after a write that went well',
      failed({ kind: 'throttled', retryAfterMs: 5 }),
      [
        { ...write, verdict: 'ok' },
        { ...write, verdict: 'throttled' },
      ],
      'unknown',
    ],
    [
      'a refusal after a write that may have gone well',
      failed({ kind: 'refused', code: 'x', say: '' }),
      [write, { ...read, verdict: 'refused' }],
      'unknown',
    ],
    ['a broken connector before anything was sent', new TypeError('x'), [], 'not_sent'],
    ['a broken connector after a write', new TypeError('x'), [{ ...write, verdict: 'ok' }], 'unknown'],
    ['a connection that ended', new Fault('conflict', 'connections.disconnected', { say: '' }), [], 'refused'],
    ['a sign-in that ended', new Fault('denied', 'connections.sign-in-needed', { say: '' }), [], 'sign_in'],
  ] as const)('%s', (_name, error, calls, kind) => {
    expect(troubleOf(error, calls).kind).toBe(kind)
  })
})

describe('what was found', () => {
  const pushed = { externalId: 'A', number: null, progress: 'accepted', total: null, records: [] } as const
  const likely = { match: 'likely', whole: true, pushed, createdAt: T, shows: [] } as const
  const certain = { ...likely, match: 'certain' } as const
  const searched = {
    found: [],
    owned: new Set<string>(),
    twins: 'none',
    sent: { first: T, last: T },
    settleMs: 5_000,
    now: instant(T + 5_000),
  } as const

  test.each([
    ['nothing, settled', {}, 'absent'],
    ['nothing, not settled', { now: instant(T + 4_999) }, 'unsettled'],
    ['our reference', { found: [certain], now: T }, 'found'],
    ['our reference, and something to do', { found: [{ ...certain, whole: false }] }, 'half'],
    ['our reference at an order that is another of ours', { found: [certain], owned: new Set(['A']) }, 'undecidable'],
    ['one that looks like it', { found: [likely] }, 'found'],
    ['one that looks like it and is another of ours', { found: [likely], owned: new Set(['A']) }, 'absent'],
    [
      'two that look like it',
      { found: [likely, { ...likely, pushed: { ...pushed, externalId: 'B' } }] },
      'undecidable',
    ],
    [
      'one that looks like it, and another of ours is unknown too',
      { found: [likely], twins: 'unknown' },
      'undecidable',
    ],
    ['one that looks like it, while another of ours is being sent', { found: [likely], twins: 'in_flight' }, 'twins'],
    ['one of long before', { found: [{ ...likely, createdAt: instant(T - 3_600_000) }] }, 'absent'],
    ['one of which no time is told', { found: [{ ...likely, createdAt: null }] }, 'undecidable'],
  ] as const)('%s', (_name, changes, kind) => {
    expect(decideLook({ ...searched, ...changes }).kind).toBe(kind)
  })
})
