import { expect, test } from 'vitest'
import { createPressureGauge } from './pressure.ts'

test('one long breath turns nobody away, pressure that lasts does, until it is over', () => {
  let at = 0
  const lasts = createPressureGauge(() => at)
  const after = (ms: number) => {
    at += ms
    return lasts()
  }
  expect([after(0), after(10), after(500)]).toEqual([false, false, false])
  expect([after(60_000), after(4000), after(4000), after(1999)]).toEqual([false, false, false, false])
  expect([after(1), after(4000)]).toEqual([true, true])
  expect([after(5000), after(4000)]).toEqual([false, false])
})
