import { expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { createTicker } from './ticker.ts'

const clock = { now: () => instant(0) }

test('a step runs at the first tick and then each time its period has passed', async () => {
  const ran: Instant[] = []
  const ticker = createTicker(clock, [{ name: 'sweep', everyMs: 5_000, run: async (now) => void ran.push(now) }])
  for (const at of [1_000, 3_000, 6_000, 10_999, 11_000]) await ticker.tick(instant(at))
  expect(ran).toEqual([1_000, 6_000, 11_000])
})

test('a step that fails is reported, the others run, and it runs again when it is due again', async () => {
  const ran: string[] = []
  const reported: string[] = []
  const broken = {
    name: 'broken',
    everyMs: 1_000,
    run: (): Promise<void> => {
      ran.push('broken')
      throw new Error('no')
    },
  }
  const sound = { name: 'sound', everyMs: 1_000, run: async () => void ran.push('sound') }
  const ticker = createTicker(clock, [broken, sound], (step) => reported.push(step))
  await ticker.tick(instant(0))
  await ticker.tick(instant(1_000))
  expect(ran).toEqual(['broken', 'sound', 'broken', 'sound'])
  expect(reported).toEqual(['broken', 'broken'])
})

test('a step that takes longer than its period never overlaps itself and does not hold up the others', async () => {
  const slow = Promise.withResolvers<void>()
  const ran: string[] = []
  const begun = (name: string, done: Promise<void>) => {
    ran.push(name)
    return done
  }
  const ticker = createTicker(clock, [
    { name: 'slow', everyMs: 1_000, run: () => begun('slow', slow.promise) },
    { name: 'quick', everyMs: 1_000, run: async () => void ran.push('quick') },
  ])
  const first = ticker.tick(instant(0))
  await new Promise(setImmediate)
  await ticker.tick(instant(1_000))
  expect(ran).toEqual(['slow', 'quick', 'quick'])
  slow.resolve()
  await first
  await ticker.tick(instant(2_000))
  expect(ran).toEqual(['slow', 'quick', 'quick', 'slow', 'quick'])
})

test('a clock that is set back does not silence a step', async () => {
  let runs = 0
  const ticker = createTicker(clock, [{ name: 'sweep', everyMs: 60_000, run: async () => void runs++ }])
  await ticker.tick(instant(10_000_000))
  await ticker.tick(instant(5_000_000))
  expect(runs).toBe(2)
})
