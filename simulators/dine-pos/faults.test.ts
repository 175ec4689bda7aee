import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { DINE_POS_FAULTS } from './faults.ts'
import { type RunningDinePos, startDinePos } from './simulate.ts'
import { orderOf, post, push } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)

let running: RunningDinePos

beforeEach(async () => {
  running = await startDinePos({ clock: new StageClock({ at: NOW, frozen: true }), kitchen: null })
})

afterEach(() => running.close())

function standing(): number {
  return [...running.pos.orders()].length
}

test('each fault has a name of its own, a sentence, and a pain of the list', () => {
  expect(new Set(DINE_POS_FAULTS.map(({ name }) => name)).size).toBe(DINE_POS_FAULTS.length)
  for (const { name, pain, says } of DINE_POS_FAULTS) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(says).toMatch(/^[A-Z].+\.$/)
    expect(pain).toBeGreaterThan(0)
    expect(pain).toBeLessThanOrEqual(34)
  }
})

const WAYS = [
  ['timeout-before-commit', 'nothing', 0],
  ['timeout-after-commit', 'nothing', 1],
  ['error-before-commit', '500', 0],
  ['error-after-commit', '500', 1],
  ['gateway-html', '502', 0],
  ['rate-limit', '429 RATE_LIMITED', 0],
  ['rate-limit-storm', '429 RATE_LIMITED', 0],
  ['outage', 'nothing', 0],
  ['cut', 'nothing', 1],
  ['slow-answer', '200 saved', 1],
  ['garbled', 'nothing', 1],
  ['success-zero', '200 NOT_SAVED', 0],
  ['duplicate-answer', '200 DUPLICATE_ORDER', 1],
  ['no-order-number', '200 saved', 1],
  ['other-types', '200 saved', 1],
  ['token-expired', '401 TOKEN_EXPIRED', 0],
  ['closed-restaurant', '200 RESTAURANT_CLOSED', 0],
] as const

test.each(WAYS)(
  'under %s a push is answered by %s, %i orders stand there, and its repeat makes it one',
  async (name, answer, kept) => {
    const order = orderOf(running, 'WEB-1')
    running.fault({ name, on: true, rate: 1, value: 0.05, calls: ['orders.push'] })
    const seen = await push(running, order).then(
      ({ status, body }) => [status, body.errorCode ?? (String(body.success) === '1' ? 'saved' : '')].join(' ').trim(),
      () => 'nothing',
    )
    expect([seen, standing()]).toEqual([answer, kept])
    expect((await post(running, '/menu', { restaurant_id: running.credentials.restaurant_id })).status).toBe(200)
    running.fault({ name, on: false })
    expect((await push(running, order)).body).toMatchObject({ success: '1', orderID: '26' })
    expect(standing()).toBe(1)
  },
)

test('a refusal by pace says when to come back, and a storm is over when its time has passed', async () => {
  running.fault({ name: 'rate-limit', on: true, rate: 1, times: 1, value: 7 })
  expect((await push(running, orderOf(running, 'A'))).headers.get('retry-after')).toBe('7')
  running.fault({ name: 'rate-limit-storm', on: true, rate: 1, times: 1, value: 30 })
  const first = await push(running, orderOf(running, 'A'))
  await running.clock.advance(20_000)
  const second = await push(running, orderOf(running, 'A'))
  expect([first, second].map(({ headers }) => headers.get('retry-after'))).toEqual(['30', '10'])
  await running.clock.advance(10_000)
  expect((await push(running, orderOf(running, 'A'))).status).toBe(200)
})

test('numbers stand where texts were, and the number of the order may be left out', async () => {
  running.fault({ name: 'other-types', on: true })
  expect((await push(running, orderOf(running, 'A'))).body).toMatchObject({ success: 1, orderID: 26 })
  running.fault({ name: 'other-types', on: false })
  running.fault({ name: 'no-order-number', on: true })
  expect((await push(running, orderOf(running, 'B'))).body.orderID).toBeUndefined()
})

test('where repeats make twins, they are listed', async () => {
  running.fault({ name: 'repeats-make-twins', on: true })
  const order = orderOf(running, 'WEB-1')
  await push(running, order)
  expect((await push(running, order)).body).toMatchObject({ success: '1', orderID: '27' })
  const { pushed, doubled } = running.pos.requests.counts()
  expect([pushed.map(({ twins }) => twins), doubled]).toEqual([[1, 1], ['WEB-1']])
})

test('the same seed strikes at the same pushes again', async () => {
  const struck = async (round: string) => {
    running.fault({ name: 'error-after-commit', on: true, rate: 0.4, seed: 7 })
    const statuses = []
    for (let nth = 0; nth < 10; nth++) statuses.push((await push(running, orderOf(running, `${round}${nth}`))).status)
    return statuses
  }
  const once = await struck('a')
  expect([once.includes(500), once.includes(200)]).toEqual([true, true])
  expect(await struck('b')).toEqual(once)
})

test('whatever faults strike, an order that is pushed until it is saved stands there once', async () => {
  const names = WAYS.map(([name]) => name).filter((name) => !['slow-answer', 'rate-limit-storm'].includes(name))
  let orders = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...names), { maxLength: 5 }), fc.nat(), async (faults, seed) => {
      const order = orderOf(running, `P-${++orders}`)
      for (const name of faults) {
        running.fault({ name, on: true, rate: 0.8, seed, value: 0.01, times: 1 })
        await push(running, order).catch(() => null)
        running.fault({ name, on: false })
      }
      expect((await push(running, order)).body.success).toBe('1')
      expect(running.pos.ordersOf(order.order_id)).toHaveLength(1)
    }),
    { numRuns: 30 },
  )
  expect(running.pos.requests.counts().doubled).toEqual([])
})
