import type { OrderProgress } from '#canon/order.ts'
import { CallFailed, type OrderReport, type OutgoingOrder, type PushedOrder } from '../../contract.ts'
import { Broken, type Check, expect, expectSame, failureOf, nameOf } from '../check.ts'
import { type Ordering, openOrdering, putIn, withOrder, withWriteAnswered } from '../ordering.ts'
import { HOUR, SECOND } from '../trial.ts'
import { NEEDS, WISHES } from './orders.ts'

// What becomes of an order that is in: taken back, changed, worked on, sold.

export const ORDER_CHANGE_CHECKS: readonly Check[] = [
  {
    name: 'orders/cancel',
    says: 'an order that was put in as a test is taken back; taking it back again does no harm',
    needs: [...NEEDS, 'orders.cancel'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const [outgoing, lost, kept] = [ordering.make({ test: true }), ordering.make({ test: true }), ordering.make()]
      await putIn(ordering, kept)
      const { externalId } = await ordering.push(outgoing)
      await ordering.cancel(outgoing, externalId)
      await expectCancelled(ordering, outgoing, externalId)
      await ordering.cancel(outgoing, externalId)
      await expectCancelled(ordering, outgoing, externalId)
      const other = await ordering.push(lost)
      const end = withWriteAnswered(
        ordering,
        0,
        () => 'cut',
        () => ordering.cancel(lost, other.externalId),
      )
      await failureOf('taking back an order without an answer', () => end)
      await ordering.cancel(lost, other.externalId)
      await expectCancelled(ordering, lost, other.externalId)
      expectSame('whether another order was taken back', (await ordering.heldOf(kept))[0]?.isCancelled, false)
    },
  },
  {
    name: 'orders/cancel-too-late',
    says: 'an order that is over is not taken back, and that is said as a refusal',
    needs: [...NEEDS, 'orders.cancel', 'act:moveOrders'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const outgoing = ordering.make()
      const { externalId } = await putIn(ordering, outgoing)
      for (const step of STEPS) await ordering.counter.move?.(externalId, step)
      const failure = await failureOf('taking back an order that is over', () => ordering.cancel(outgoing, externalId))
      const kind = failure instanceof CallFailed ? failure.verdict.kind : nameOf(failure)
      expectSame('how taking back an order that is over ends', kind, 'refused')
      expectSame(
        'whether an order that is over was taken back',
        (await ordering.heldOf(outgoing))[0]?.isCancelled,
        false,
      )
    },
  },
  {
    name: 'orders/amend',
    says: 'note and promised time of an order that is in are changed, twice as well as once, and nothing else of it',
    needs: [...NEEDS, 'orders.amend'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { provider } = ordering.hub
      const outgoing = ordering.make({ ...WISHES[1], note: 'By the door' })
      const { externalId } = await putIn(ordering, outgoing)
      const { fulfilment } = outgoing.order
      const at = (provider.now() + 2 * HOUR) as typeof fulfilment.at
      const changed = withOrder(outgoing, { note: 'Window seat', fulfilment: { ...fulfilment, at } })
      for (const what of ['an amended order', 'an order amended again']) {
        const amended = await ordering.amend(changed, externalId)
        expectSame(`${what}: its id`, amended.externalId, externalId)
        const [held, ...others] = await ordering.heldOf(outgoing)
        expectSame(`${what}: how many others there are`, others.length, 0)
        expectSame(`${what}: its total`, held?.total, outgoing.order.total)
        expect(held?.content.includes('Window seat') === true, `${what}: its new note is not there`)
        expect(held?.content.includes('By the door') !== true, `${what}: its old note still stands`)
      }
      // What was changed is changed back: a change of before must not count as this one repeated.
      await ordering.amend(outgoing, externalId)
      const [held] = await ordering.heldOf(outgoing)
      expect(held?.content.includes('By the door') === true, 'an order changed back: its note is not there')
    },
  },
  {
    name: 'orders/progress',
    says: 'each step that is taken with an order is told or can be asked, under its id and our reference',
    needs: [...NEEDS, 'act:moveOrders'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const others = ordering.make()
      await putIn(ordering, others)
      const outgoing = ordering.make()
      const pushed = await putIn(ordering, outgoing)
      await keep(ordering, pushed)
      let steps = 0
      for (const step of STEPS) {
        if (!(await ordering.counter.move?.(pushed.externalId, step))) continue
        steps += 1
        await hear(ordering)
        await expectProgress(ordering, outgoing, pushed, step)
      }
      expect(steps > 1, 'the stage took no two steps with an order')
      const [other] = toldOf(ordering, others)
      expect(other === undefined || other.progress === 'placed', 'a step taken with one order is told of another')
    },
  },
  {
    name: 'orders/progress-cancelled',
    says: 'an order that is called off at the counter is told or said to be cancelled',
    needs: [...NEEDS, 'act:moveOrders'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const outgoing = ordering.make()
      const pushed = await putIn(ordering, outgoing)
      await keep(ordering, pushed)
      const isMoved = await ordering.counter.move?.(pushed.externalId, 'cancelled')
      expect(isMoved === true, 'the stage calls no order off')
      await hear(ordering)
      await expectProgress(ordering, outgoing, pushed, 'cancelled')
    },
  },
  {
    name: 'orders/becomes-a-sale',
    says: 'an order that is over is read as one closed sale of its total',
    needs: [...NEEDS, 'act:moveOrders'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { hub } = ordering
      await hub.locations()
      const outgoing = ordering.make(WISHES[1])
      const pushed = await putIn(ordering, outgoing)
      await keep(ordering, pushed)
      for (const step of STEPS) {
        if (await ordering.counter.move?.(pushed.externalId, step)) await hear(ordering)
      }
      await hub.settle()
      const now = hub.provider.now()
      await hub.follow((now - HOUR) as typeof now)
      await hub.settle()
      const closed = [...hub.facts().sales.values()].filter(({ status }) => status === 'closed')
      expectSame('how many sales come of one order', closed.length, 1)
      expectSame('the total of the sale that an order became', closed[0]?.total, outgoing.order.total)
    },
  },
]

const STEPS = ['accepted', 'preparing', 'ready', 'dispatched', 'completed'] as const satisfies readonly OrderProgress[]

async function expectCancelled(ordering: Ordering, outgoing: OutgoingOrder, externalId: string): Promise<void> {
  const [held] = await ordering.heldOf(outgoing)
  expectSame('whether the provider holds the order as taken back', held?.isCancelled, true)
  if (ordering.orders.report === undefined) return
  const report = await ordering.report(outgoing, externalId)
  expectSame('what is reported of an order that was taken back', report?.progress, 'cancelled')
}

async function expectProgress(
  ordering: Ordering,
  outgoing: OutgoingOrder,
  { externalId }: PushedOrder,
  step: OrderProgress,
): Promise<void> {
  const asked = ordering.orders.report === undefined ? null : await ordering.report(outgoing, externalId)
  // Without deliveries all that was read of it is what it was when it was put in.
  const told = ordering.hub.live.webhooks === undefined ? null : (toldOf(ordering, outgoing).at(-1) ?? null)
  if (asked === null && told === null) throw new Broken(`nothing tells that an order is ${step}`)
  for (const [how, report] of Object.entries({ asked, told })) {
    if (report === null) continue
    expectSame(`what is ${how} of an order that is ${step}`, report.progress, step)
    expectSame(`the id of an order that is ${step}, as it is ${how}`, report.externalId, externalId)
    const { reference } = report
    expect(reference === null || reference === outgoing.reference, 'a report names another reference')
  }
}

/** What readings say of the order by now. */
function toldOf({ hub }: Ordering, { reference }: OutgoingOrder): readonly OrderReport[] {
  const reports = [...hub.keeper.readings.values()].flatMap(({ orders = [] }) => orders)
  return reports.filter((one) => one.reference === reference)
}

/** As a hub keeps what came along with a push. */
async function keep({ hub }: Ordering, { records }: PushedOrder): Promise<void> {
  hub.keeper.keep(records, hub.provider.now())
  await hub.fill()
}

/** Hears what was delivered since. */
async function hear({ hub }: Ordering): Promise<void> {
  await hub.provider.advance(90 * SECOND)
  if (hub.live.webhooks === undefined) return
  for (const one of await hub.provider.deliveries()) await hub.receive(one)
}
