import { describe, expect, test } from 'vitest'
import type { PosFault } from './test-pos.ts'
import { BOTH } from './test-pos-connector.ts'
import { usePushHub } from './test-push-hub.ts'

const hub = usePushHub({ assurance: BOTH })
const MINUTE = 60_000

/** The next calls of a name go wrong like this, one after the other; then all is well. */
function faults(name: string, ...list: PosFault[]): void {
  hub.pos.fault = (asked) => (asked === name ? (list.shift() ?? 'none') : 'none')
}

function always(name: string, fault: PosFault): void {
  hub.pos.fault = (asked) => (asked === name ? fault : 'none')
}

const ordersOf = (id: string) => hub.pos.orders.filter(({ reference }) => reference === id)
const stepsOf = async (id: Parameters<typeof hub.push>[0]) =>
  (await hub.attempts(id)).filter(({ step }) => step !== 'report').map(({ step, result }) => `${step} ${result}`)

test('an order that is accepted is in the POS at once, with its reference and its price', async () => {
  const id = await hub.order()
  await hub.settle()
  const push = await hub.push(id)
  expect(push).toMatchObject({ status: 'success', outcome: null, retry_count: 0, error_code: null })
  expect(ordersOf(id)).toMatchObject([{ key: id, id: push.pos_order_id }])
  expect(await hub.attempts(id)).toMatchObject([{ no: 1, step: 'send', result: 'accepted' }])
  const order = await hub.ask('GET', `tenants/pizzeria/orders/${id}`)
  expect(order.body.progress).toBe('accepted')
})

describe('what happened is found out before anything is sent again', () => {
  test.each([
    ['timeout_after', ['send unknown', 'look found']],
    ['cut_after', ['send unknown', 'look found']],
    ['error_after', ['send unknown', 'look found']],
    ['garbled_after', ['send unknown', 'look found']],
    ['timeout_before', ['send unknown', 'look unsettled', 'look absent', 'send accepted']],
    ['error_before', ['send unknown', 'look unsettled', 'look absent', 'send accepted']],
    ['throttled', ['send throttled', 'send accepted']],
  ] as const)('%s', async (fault, steps) => {
    const id = await hub.order()
    faults('orders.create', fault)
    await hub.pass(29_000)
    expect(await stepsOf(id)).toEqual(steps)
    expect(ordersOf(id)).toHaveLength(1)
    expect(await hub.push(id)).toMatchObject({ status: 'success', retry_count: 0, outcome: null })
  })

  test('and while nobody knows, the log says so', async () => {
    const id = await hub.order()
    faults('orders.create', 'timeout_before')
    await hub.settle()
    expect(await hub.push(id)).toMatchObject({ status: 'retry', outcome: 'unknown', error_code: 'timed_out' })
    const { body } = await hub.ask('GET', 'pos/history/pizzeria?status=retry')
    expect(body.data.logs).toMatchObject([{ order_id: id, status: 'retry', outcome: 'unknown' }])
    await hub.pass(30_000)
  })
})

test('twelve retries, five minutes apart and counted exactly, then it has failed and people hear of it', async () => {
  const id = await hub.order()
  await hub.pos.goAway()
  await hub.pass(14 * MINUTE)
  expect(await hub.notices('order_push_failing')).toEqual([])
  await hub.pass(2 * MINUTE)
  expect(await hub.notices('order_push_failing')).toHaveLength(1)
  expect(await hub.push(id)).toMatchObject({ status: 'retry', retry_count: 3, outcome: null })
  await hub.pass(60 * MINUTE)
  const tries = await hub.attempts(id)
  const counted = tries.filter(({ retry_no }) => retry_no > 0)
  expect(counted.map(({ retry_no }) => retry_no)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  const begun = tries[0]?.started_at.getTime()
  expect(counted.map(({ started_at }) => Math.round((started_at.getTime() - begun) / MINUTE))).toEqual([
    5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60,
  ])
  const firsts = tries.filter(({ due_as }) => due_as === 'first')
  expect(firsts.map(({ started_at }) => started_at.getTime() - begun).every((ms) => ms < 30_000)).toBe(true)
  expect(firsts).toHaveLength(4)
  expect(await hub.push(id)).toMatchObject({ status: 'failed', error_code: 'push.gave-up', retry_count: 12 })
  expect(await hub.notices('order_push_failed')).toHaveLength(1)
  expect(await hub.notices('order_push_failing')).toHaveLength(1)
  expect(await hub.tasks('push.failed')).toMatchObject([{ state: 'open', subject: `order/${id}` }])

  await hub.pos.comeBack()
  const again = await hub.ask('POST', `pos/sync/${id}`)
  expect(again.body.data.syncLog).toMatchObject({ order_id: id, status: 'pending', retry_count: 0 })
  await hub.settle()
  expect(await hub.push(id)).toMatchObject({ status: 'success', retry_count: 0 })
  expect(await hub.tasks('push.failed')).toMatchObject([{ state: 'settled' }])
  expect(ordersOf(id)).toHaveLength(1)
})

test('an order that the POS refuses has failed at once, and nothing of it was tried again', async () => {
  const id = await hub.order()
  always('orders.create', 'refused')
  await hub.pass(10 * MINUTE)
  expect(await stepsOf(id)).toEqual(['send refused'])
  expect(await hub.push(id)).toMatchObject({ status: 'failed', error_code: 'acme.bad-order', retry_count: 0 })
})

test('an order that cannot be right is never sent', async () => {
  const item = { name: 'Forbidden', quantity: 1, unit_price: { amount: 500, currency: 'EUR' } }
  const asked = hub.pos.asked.length
  const id = await hub.order({ items: [item], total: { amount: 500, currency: 'EUR' } })
  await hub.settle()
  expect(await hub.push(id)).toMatchObject({ status: 'failed', error_code: 'acme.forbidden' })
  expect(hub.pos.asked.length).toBe(asked)
  const [task] = (await hub.tasks('push.failed')).slice(-1)
  expect(task?.data.problems).toEqual([
    { code: 'acme.forbidden', pointer: '/items/0/name', say: 'Acme does not sell that.' },
  ])
})

test('a pause that the POS asks for is kept, and no retry is counted for it', async () => {
  const id = await hub.order()
  hub.pos.retryAfterSeconds = 9
  faults('orders.create', 'throttled', 'throttled')
  await hub.settle()
  const { due_at: due } = await hub.push(id)
  expect(due.getTime() - hub.now).toBeGreaterThanOrEqual(9_000)
  await hub.pass(MINUTE)
  hub.pos.retryAfterSeconds = null
  expect(await stepsOf(id)).toEqual(['send throttled', 'send throttled', 'send accepted'])
  expect(await hub.push(id)).toMatchObject({ status: 'success', retry_count: 0 })
})

test('what waits for a sign-in goes when somebody has signed in again', async () => {
  const id = await hub.order()
  always('orders.create', 'unauthorized')
  await hub.settle()
  expect(await hub.push(id)).toMatchObject({ status: 'retry', waits_for: 'sign_in', due_at: null, retry_count: 0 })
  const later = await hub.order()
  await hub.pass(20 * MINUTE)
  expect(await hub.push(later)).toMatchObject({ status: 'retry', waits_for: 'sign_in' })
  hub.pos.fault = () => 'none'
  const signedIn = await hub.ask('PUT', `tenants/pizzeria/pos/configurations/${hub.connectionId}`, {
    credentials: { access_token: 'another-token' },
  })
  expect(signedIn.status).toBe(200)
  await hub.settle()
  expect([await hub.push(id), await hub.push(later)]).toMatchObject([{ status: 'success' }, { status: 'success' }])
})

test('a price that is another in the POS is a task, and the order stands', async () => {
  hub.pos.priceOff = 50
  const id = await hub.order()
  await hub.settle()
  hub.pos.priceOff = 0
  expect(await hub.push(id)).toMatchObject({ status: 'success' })
  const [task] = (await hub.tasks('push.price_differs')).slice(-1)
  expect(task).toMatchObject({ subject: `order/${id}`, state: 'open' })
})

describe('an order that is taken back', () => {
  const cancel = (id: string) => hub.ask('POST', `tenants/pizzeria/orders/${id}/cancel`, { reason: 'Changed mind' })
  const progressOf = async (id: string) => (await hub.ask('GET', `tenants/pizzeria/orders/${id}`)).body.progress

  test('before it was sent never is', async () => {
    const id = await hub.order()
    await hub.pos.goAway()
    await hub.settle()
    await cancel(id)
    await hub.settle()
    expect(await hub.push(id)).toMatchObject({ status: 'failed', error_code: 'push.cancelled', due_at: null })
    expect(await progressOf(id)).toBe('cancelled')
    await hub.pos.comeBack()
    await hub.pass(10 * MINUTE)
    expect(ordersOf(id)).toEqual([])
  })

  test('in the POS is taken back there', async () => {
    const id = await hub.order()
    await hub.settle()
    await cancel(id)
    await hub.settle()
    expect(ordersOf(id)).toMatchObject([{ cancelled: true }])
    expect([await progressOf(id), (await hub.push(id)).status]).toEqual(['cancelled', 'success'])
  })

  test('while nobody knows whether it arrived, is taken back once that is known', async () => {
    const id = await hub.order()
    faults('orders.create', 'timeout_after')
    await hub.settle()
    await cancel(id)
    await hub.pass(30_000)
    expect(ordersOf(id)).toMatchObject([{ cancelled: true }])
    expect(await progressOf(id)).toBe('cancelled')
    const other = await hub.order()
    faults('orders.create', 'timeout_before')
    await hub.settle()
    await cancel(other)
    await hub.pass(30_000)
    expect(ordersOf(other)).toEqual([])
    expect(await hub.push(other)).toMatchObject({ status: 'failed', error_code: 'push.cancelled' })
    expect(await progressOf(other)).toBe('cancelled')
  })

  test('where the POS refuses goes on, and a person hears of it', async () => {
    const id = await hub.order()
    await hub.settle()
    hub.pos.refusesCancel = true
    await cancel(id)
    await hub.settle()
    hub.pos.refusesCancel = false
    expect(await progressOf(id)).toBe('accepted')
    expect(await hub.tasks('push.cancel_refused')).toMatchObject([{ state: 'open', subject: `order/${id}` }])
  })
})

test('an order that is changed is changed in the POS too', async () => {
  const id = await hub.order()
  await hub.settle()
  const changed = await hub.ask('PATCH', `tenants/pizzeria/orders/${id}`, { version: 1, note: 'Ring twice' })
  expect(changed.status).toBe(200)
  await hub.settle()
  expect(ordersOf(id)).toMatchObject([{ note: 'Ring twice' }])
  expect((await hub.push(id)).order_version).toBe(2)
})

test('a POS that does not tell is asked how far it is', async () => {
  hub.tells = false
  const id = await hub.order()
  await hub.settle()
  hub.pos.progressOf = ({ reference }) => (reference === id ? 'completed' : 'accepted')
  await hub.pass(MINUTE)
  hub.pos.progressOf = ({ cancelled }) => (cancelled ? 'cancelled' : 'accepted')
  expect((await hub.ask('GET', `tenants/pizzeria/orders/${id}`)).body.progress).toBe('completed')
  expect(await hub.push(id)).toMatchObject({ next_step: null, due_at: null })
})
