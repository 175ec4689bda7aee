import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instantText } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { BLIND, KEYED } from './test-pos-connector.ts'
import { usePushHub } from './test-push-hub.ts'

// A POS that shows no order again, loses its answer and speaks of the order by itself: whenever that is heard, the order is
// there, once, and nobody is asked for longer than that.

const hub = usePushHub()

async function speak(orderId: Id, externalId: string): Promise<void> {
  await hub.db.database.tenant(hub.tenant.id, (tx) =>
    appendEvents(tx, hub.tenant.id, [
      {
        type: 'pos_order.reported',
        subject: `connection/${hub.connectionId}`,
        occurredAt: hub.now,
        actor: 'provider:generic-rest',
        requestId: null,
        data: {
          connection_id: hub.connectionId,
          external_id: externalId,
          reference: orderId,
          progress: 'accepted',
          at: instantText(hub.now),
          reason: null,
          ready_at: null,
        },
      },
    ]),
  )
  await hub.follow()
}

const openTasks = async (id: Id) =>
  (await hub.tasks('push.undecided')).filter(({ subject, state }) => subject === `order/${id}` && state === 'open')
const progressOf = async (id: Id) => (await hub.ask('GET', `tenants/pizzeria/orders/${id}`)).body.progress

const MOMENTS = ['push.after-answer', 'push.answered', 'push.settled', 'later'] as const
const plans = fc.record({
  assurance: fc.constantFrom(BLIND, KEYED),
  fault: fc.constantFrom('timeout_after', 'cut_after', 'error_after', 'garbled_after', 'none'),
  moment: fc.constantFrom(...MOMENTS),
  /** Some name no number of their own, and then the order goes by ours. */
  names: fc.boolean(),
  times: fc.integer({ min: 1, max: 3 }),
})

test('what the POS speaks of is there, whenever it is heard, once', async () => {
  await fc.assert(
    fc.asyncProperty(plans, async ({ assurance, fault, moment, names, times }) => {
      hub.be({ assurance })
      // Whatever failed before this: the way is open again.
      hub.pos.fault = () => 'none'
      await hub.order({ note: 'well again' })
      await hub.pass(10 * 60_000)
      // With a key the try would be repeated until an answer comes; here none ever does.
      hub.pos.dedupes = assurance === KEYED ? 'key' : 'nothing'
      hub.pos.fault = (name) => (name === 'orders.create' ? fault : 'none')
      const before = hub.pos.orders.length
      let orderId: Id | null = null
      const tell = async () => {
        const made = hub.pos.orders[before]
        if (orderId === null || made === undefined) return
        for (let n = 0; n < times; n++) await speak(orderId, names ? made.id : orderId)
      }
      hub.at = async (point) => {
        if (point !== moment) return
        hub.at = null
        await tell()
      }
      orderId = await hub.order()
      await hub.settle()
      if (moment === 'later') await tell()
      await hub.pass(10_000)
      expect(await hub.push(orderId)).toMatchObject({ status: 'success', outcome: null, waits_for: null })
      expect(hub.pos.orders.length).toBe(before + 1)
      expect(await openTasks(orderId)).toEqual([])
      if (fault !== 'none' || moment === 'later') expect(await progressOf(orderId)).toBe('accepted')
    }),
    { numRuns: 30 },
  )
}, 120_000)

test('a word on an order that was never sent moves nothing', async () => {
  hub.be({ assurance: BLIND })
  hub.pos.fault = () => 'throttled'
  const id = await hub.order()
  await hub.settle()
  await speak(id, 'strange-1')
  expect(await hub.push(id)).toMatchObject({ status: 'retry', outcome: null })
  hub.pos.fault = () => 'none'
  await hub.pass(10 * 60_000)
  expect(await hub.push(id)).toMatchObject({ status: 'success', pos_order_id: hub.pos.orders.at(-1)?.id })
})

test('a word that names another order’s number is no word on this one', async () => {
  hub.be({ assurance: BLIND })
  hub.pos.dedupes = 'nothing'
  hub.pos.fault = () => 'none'
  const first = await hub.order()
  await hub.settle()
  const { pos_order_id: taken } = await hub.push(first)
  hub.pos.fault = (name) => (name === 'orders.create' ? 'timeout_after' : 'none')
  const second = await hub.order({ note: 'another one' })
  await hub.settle()
  await speak(second, taken)
  await hub.pass(1_000)
  expect(await hub.push(second)).toMatchObject({ status: 'retry', waits_for: 'person', pos_order_id: null })
  expect(await hub.push(first)).toMatchObject({ status: 'success', pos_order_id: taken })
})
