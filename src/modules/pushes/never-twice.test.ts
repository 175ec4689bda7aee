import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Pushes } from './pushes.ts'
import type { PosFault } from './test-pos.ts'
import { BLIND, BOTH, FINGERPRINTED, KEYED, REFERENCED, type TestTraits } from './test-pos-connector.ts'
import { type Row, usePushHub } from './test-push-hub.ts'

// Whatever goes wrong, wherever a process ends: an order is in the POS once or not at all, the hub knows which, or a person
// is asked; and every call that reached the POS stands in the history.

const hub = usePushHub()

const MODES: Readonly<Record<string, Partial<TestTraits>>> = {
  key: { assurance: KEYED },
  reference: { assurance: REFERENCED },
  'key and reference, paid apart': { assurance: BOTH, paysApart: true },
  fingerprint: { assurance: FINGERPRINTED },
  nothing: { assurance: BLIND },
}

const FAULTS: readonly PosFault[] = [
  'none',
  'timeout_before',
  'timeout_after',
  'cut_before',
  'cut_after',
  'error_before',
  'error_after',
  'garbled_after',
  'throttled',
]

const POINTS = [
  'push.claimed',
  'push.gathered',
  'push.before-call',
  'push.before-send',
  'push.after-answer',
  'push.answered',
  'push.settled',
] as const

const ordersMax = 3
const plans = fc.record({
  mode: fc.constantFrom(...Object.keys(MODES)),
  // The same price and the same lines: only we know that they are two.
  twins: fc.boolean(),
  orders: fc.integer({ min: 1, max: ordersMax }),
  faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 8 }),
  kills: fc.array(fc.record({ point: fc.constantFrom(...POINTS), after: fc.nat(3) }), { maxLength: 3 }),
})

beforeAll(async () => {
  // The workers of this test are its own: it ends some of them in the middle.
  await hub.pushes.stop()
})

/** A process that may be ended at a named point; it never comes back. */
function startWorker(kill: { readonly point: string; after: number } | undefined) {
  const killed = Promise.withResolvers<'killed'>()
  const undone = Promise.withResolvers<never>()
  undone.promise.catch(() => undefined)
  let isDead = false
  const pushes: Pushes = hub.anotherHub({
    async at(point) {
      if (isDead) return undone.promise
      if (point !== kill?.point || kill.after-- > 0) return
      isDead = true
      killed.resolve('killed')
      return undone.promise
    },
  })
  return {
    work: () => Promise.race([killed.promise, pushes.steps[0]?.run(hub.now).then(() => pushes.idle())]),
    /** Whatever hung comes to its end, long after others have taken over. */
    bury: () => undone.reject(new Error('the process was ended')),
    stop: () => pushes.stop(),
  }
}

async function runToTheEnd(kills: { readonly point: string; after: number }[]): Promise<void> {
  const started = [startWorker(kills.shift())]
  const until = instant(hub.now + 3 * 3_600_000)
  for (;;) {
    const due = await hub.nextDue(until)
    if (due === null) break
    // What is due and held back, since its system is known not to answer, waits for the time to go on.
    hub.now = instant(Math.max(due, hub.now + 250))
    if ((await started.at(-1)?.work()) === 'killed') started.push(startWorker(kills.shift()))
  }
  for (const worker of started) worker.bury()
  for (const worker of started) await worker.stop()
}

test('an order is in the POS once or not at all, and the hub knows, or a person is asked', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async ({ mode, twins, orders, faults, kills }) => {
      hub.be(MODES[mode] ?? {})
      hub.pos.dedupes = mode.startsWith('key') ? 'key' : 'nothing'
      hub.pos.orders.length = 0
      hub.pos.asked.length = 0
      const left = [...faults]
      hub.pos.fault = (name) => (name.startsWith('orders.') ? (left.shift() ?? 'none') : 'none')
      const total = { amount: 100_000 + (Math.floor(hub.now / 1_000_000) % 1_000), currency: 'EUR' }
      const items = [{ name: 'Soup', quantity: 1, unit_price: total }]
      const ids: Id[] = []
      for (let no = 0; no < orders; no++) {
        ids.push(await hub.order({ note: `truth ${no}`, ...(twins ? { items, total } : {}) }))
      }
      await hub.follow()
      await runToTheEnd(kills.map((kill) => ({ ...kill })))

      for (const [no, id] of ids.entries()) {
        const push = await hub.push(id)
        const there = hub.pos.orders.filter(({ note }) => note === `truth ${no}`)
        expect(there.length).toBeLessThanOrEqual(1)
        if (push.status === 'success') expect(there.map((one) => one.id)).toEqual([push.pos_order_id])
        else await expectAsked(id, push)
        const attempts = await hub.attempts(id)
        expect(attempts.map(({ no }) => no)).toEqual(attempts.map((_, index) => index + 1))
        expect(attempts.every(({ ended_at }) => ended_at !== null)).toBe(true)
        expect(push.retry_count).toBeLessThanOrEqual(12)
      }
      const [calls] = await hub.db.query<{ count: string }>(
        `select count(*) from pos.push_calls c join pos.pushes p on p.id = c.push_id where p.order_id = any($1)
         and (c.never_sent is null or not c.never_sent)`,
        [ids],
      )
      expect(Number(calls?.count)).toBeGreaterThanOrEqual(hub.pos.asked.length)
      if (mode.startsWith('key')) {
        for (const id of ids) expect((await hub.push(id)).status).toBe('success')
      }
      hub.now = instant(hub.now + 3_600_000)
    }),
    // What a failure is made of shows by its seed; looking for a smaller one would take minutes.
    { numRuns: 25, endOnFailure: true },
  )
}, 240_000)

/** Nothing else is left open: a person has the question. */
async function expectAsked(id: Id, push: Row): Promise<void> {
  expect(push).toMatchObject({ status: 'retry', outcome: 'unknown', waits_for: 'person' })
  const tasks = (await hub.tasks('push.undecided')).filter(({ subject }) => subject === `order/${id}`)
  expect(tasks).toMatchObject([{ state: 'open' }])
}
