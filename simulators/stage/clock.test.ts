import fc from 'fast-check'
import { expect, test } from 'vitest'
import { durationMs, StageClock } from './clock.ts'

const NOON = Date.UTC(2026, 9, 1, 12)

test('whoever waits is woken at its own instant, in order, however the clock is moved', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(10_000), { maxLength: 30 }),
      fc.array(fc.nat(4000), { maxLength: 6 }),
      async (dues, steps) => {
        const clock = new StageClock({ at: NOON, frozen: true })
        const rung: number[] = []
        for (const due of dues) clock.at(NOON + due, () => rung.push(clock.now() - NOON))
        for (const step of steps) await clock.advance(step)
        const reached = steps.reduce((sum, step) => sum + step, 0)
        const due = steps.length === 0 ? [] : dues.filter((each) => each <= reached)
        expect(rung).toEqual(due.toSorted((one, other) => one - other))
      },
    ),
  )
})

test('one that is woken may ask to be woken again on the way, and the clock waits for what it began', async () => {
  const clock = new StageClock({ at: NOON, frozen: true })
  const seen: string[] = []
  const hourly = async (): Promise<void> => {
    const hour = new Date(clock.now()).toISOString().slice(11, 16)
    await Promise.resolve()
    seen.push(hour)
    if (seen.length < 4) clock.at(clock.now() + 3_600_000, hourly)
  }
  clock.at(NOON + 3_600_000, hourly)
  await clock.advance(durationMs('26h'))
  expect(seen).toEqual(['13:00', '14:00', '15:00', '16:00'])
  expect(new Date(clock.now()).toISOString()).toBe('2026-10-02T14:00:00.000Z')
})

test('what was begun before the clock is moved, and asks to be woken when it ends, is woken on the way', async () => {
  const clock = new StageClock({ at: NOON, frozen: true })
  const rung: number[] = []
  const failed = new Promise((resolve) => setImmediate(resolve))
  clock.hold(failed.then(() => void clock.at(clock.now() + 10_000, () => rung.push(clock.now() - NOON))))
  await clock.advance(60_000)
  expect(rung).toEqual([10_000])
})

test('a waker that was called off stays silent, and one that fails keeps no other from ringing', async () => {
  const clock = new StageClock({ at: NOON, frozen: true })
  const rung: string[] = []
  const callOff = clock.at(NOON + 1, () => rung.push('called off'))
  clock.at(NOON + 1, () => {
    throw new Error('broken')
  })
  clock.at(NOON + 1, () => rung.push('rung'))
  callOff()
  await clock.advance(10)
  expect(rung).toEqual(['rung'])
})

test('a running clock keeps its offset, goes on from where it was moved to, and wakes by itself', async () => {
  const clock = new StageClock({ at: NOON })
  await clock.moveTo(NOON + 86_400_000)
  expect(clock.now()).toBeGreaterThanOrEqual(NOON + 86_400_000)
  await new Promise<void>((resolve) => clock.at(clock.now() + 5, resolve))
  await clock.moveTo(NOON - 1000)
  expect(clock.now()).toBeLessThan(NOON + 3_600_000)
  clock.close()
})

test('durations say their unit', () => {
  expect([durationMs('26h'), durationMs('90s'), durationMs('1.5min'), durationMs('250ms'), durationMs('3d')]).toEqual([
    93_600_000, 90_000, 90_000, 250, 259_200_000,
  ])
  expect(() => durationMs('soon')).toThrow('is not a duration')
})
