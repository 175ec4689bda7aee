import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Breaker, type BreakerState, createBreaker, type Health } from './breaker.ts'

// The library under it asks the wall's clock, so both are moved by hand here.

let nowMs = 0
beforeEach(() => {
  nowMs = 0
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
})

function pass(ms: number): void {
  nowMs += ms
  vi.setSystemTime(1_000_000 + nowMs)
}

function breaker(changes: BreakerState[] = []): Breaker {
  return createBreaker({
    failures: 3,
    tryAgainMs: 10_000,
    monotonicMs: () => nowMs,
    onChange: (state) => changes.push(state),
  })
}

const call = (health: Health) => async () => ({ health, value: health })
const fail = async (of: Breaker, times: number) => {
  for (let count = 0; count < times; count++) await of.run(call('unwell'))
}

describe('a breaker', () => {
  test('opens after failures in a row and lets nothing through until it tries again', async () => {
    const changes: BreakerState[] = []
    const ours = breaker(changes)
    await fail(ours, 2)
    expect(await ours.run(call('well'))).toEqual({ value: 'well' })
    await fail(ours, 2)
    expect(ours.state()).toBe('closed')
    await fail(ours, 1)
    expect([ours.state(), ours.opensInMs()]).toEqual(['open', 10_000])
    let calls = 0
    const counted = async () => {
      calls += 1
      return { health: 'well', value: null } as const
    }
    expect(await ours.run(counted)).toBeNull()
    pass(9_999)
    expect(await ours.run(counted)).toBeNull()
    expect(calls).toBe(0)
    pass(1)
    expect(await ours.run(counted)).toEqual({ value: null })
    expect([calls, ours.state()]).toEqual([1, 'closed'])
    expect(changes).toEqual(['open', 'half_open', 'closed'])
  })

  test('tries with one call alone, and opens again when that one fails', async () => {
    const ours = breaker()
    await fail(ours, 3)
    pass(10_000)
    const answer = Promise.withResolvers<{ health: Health; value: string }>()
    const trial = ours.run(() => answer.promise)
    expect(ours.state()).toBe('half_open')
    expect(await ours.run(call('well'))).toBeNull()
    answer.resolve({ health: 'unwell', value: 'trial' })
    expect(await trial).toEqual({ value: 'trial' })
    expect([ours.state(), ours.opensInMs()]).toEqual(['open', 10_000])
  })

  test('does not take a trial that was given up for a good one', async () => {
    const ours = breaker()
    await fail(ours, 3)
    pass(10_000)
    const given = ours.run(async () => {
      throw new Error('given up')
    })
    await expect(given).rejects.toThrow('given up')
    expect(ours.state()).toBe('open')
  })

  test('learns nothing from calls that were given up while it is closed', async () => {
    const ours = breaker()
    await fail(ours, 2)
    const given = ours.run(async () => {
      throw new Error('given up')
    })
    await expect(given).rejects.toThrow('given up')
    await fail(ours, 1)
    expect(ours.state()).toBe('open')
  })

  test('tries again even where the clock on the wall was set back by a day', async () => {
    const ours = breaker()
    await fail(ours, 3)
    nowMs += 25_000
    vi.setSystemTime(1_000_000 - 86_400_000)
    expect(await ours.run(call('well'))).toEqual({ value: 'well' })
    expect(ours.state()).toBe('closed')
  })
})
