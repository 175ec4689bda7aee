import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OrderProgress } from '#canon/order.ts'
import type { Id } from '#kernel/ids.ts'
import { PROGRESS } from './progress-states.ts'
import { type Json, NOW, pizzas, useOrders } from './test-orders.ts'

// Whatever is said about one order by channel, counter and POS, in whichever moment: what stands, what the outbox told and
// what the history keeps are three views of one thing.

const hub = useOrders()

type Act =
  | { readonly kind: 'again' | 'pay' | 'cancel' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'note'; readonly note: string; readonly version: number }
  | { readonly kind: 'progress'; readonly progress: OrderProgress }
  | { readonly kind: 'counter'; readonly progress: OrderProgress }

const word = fc.constantFrom(...PROGRESS)
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('again', 'pay', 'cancel', 'refuse') }),
  fc.record({
    kind: fc.constant('note'),
    note: fc.constantFrom('a', 'b', 'c'),
    version: fc.integer({ min: 1, max: 4 }),
  }),
  fc.record({ kind: fc.constantFrom('progress', 'counter'), progress: word }),
) as fc.Arbitrary<Act>

async function perform(given: Json, id: Id, one: Act): Promise<void> {
  const { pizzeria } = hub
  const said = { at: NOW, by: 'pos', reason: null, readyAt: null }
  const ask = (method: string, path: string, body: Json) => hub.ask(pizzeria, method, path, body)
  if (one.kind === 'progress' || one.kind === 'refuse') {
    await hub.as(pizzeria, (tx) =>
      one.kind === 'refuse'
        ? hub.orders.cancelRefused(tx, pizzeria.tenant.id, id, said)
        : hub.orders.progress(tx, pizzeria.tenant.id, id, { ...said, progress: one.progress }),
    )
    return
  }
  const answer = await {
    again: () => ask('POST', 'orders', given),
    pay: () => ask('PATCH', `orders/${id}`, { payment: { state: 'paid' } }),
    cancel: () => ask('POST', `orders/${id}/cancel`, {}),
    note: () => ask('PATCH', `orders/${id}`, one.kind === 'note' ? { note: one.note, version: one.version } : {}),
    counter: () => ask('POST', `orders/${id}/progress`, one.kind === 'counter' ? { progress: one.progress } : {}),
  }[one.kind]()
  expect(answer.status, answer.text).toBeLessThan(500)
  if (one.kind === 'again' || one.kind === 'pay') expect(answer.status, answer.text).toBe(200)
}

test('whatever happens to an order in whichever moment, its row, its outbox and its history agree', async () => {
  const rounds = fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(rounds, fc.boolean(), async (acts, isPushed) => {
      hub.world.isPushed = isPushed
      const given = pizzas()
      const id = (await hub.made(hub.pizzeria, given)).id as Id
      // Those of a round at once, the rounds one after the other.
      for (const round of acts) await Promise.all(round.map((one) => perform(given, id, one)))

      const stored = await hub.find(hub.pizzeria, id)
      const events = await hub.events(hub.pizzeria, id)
      const told = (type: string) => events.filter((event) => event.type === type)
      expect(told('order.received')).toHaveLength(1)
      expect(told('order.paid').length).toBe(stored.order.payment.state === 'paid' ? 1 : 0)
      const versions = [...told('order.amended'), ...told('order.paid')].map(({ data }) => data.version)
      expect([...versions].sort()).toEqual(Array.from({ length: stored.version - 1 }, (_, at) => at + 2))

      const moves = told('order.progressed').map(({ data }) => PROGRESS.indexOf(data.progress as never))
      expect(moves).toEqual([...new Set(moves)].sort((a, b) => a - b))
      const open = told('order.cancel_requested').length - told('order.cancel_refused').length
      const isOver = moves.includes(PROGRESS.indexOf('completed')) || moves.includes(PROGRESS.indexOf('cancelled'))
      const last = PROGRESS[moves.at(-1) ?? 0]
      expect(stored.progress).toBe(open === 1 && !isOver ? 'cancel_requested' : last)

      const history = (await hub.ask(hub.pizzeria, 'GET', `orders/${id}`)).body.history as Json[]
      const kept = history.filter(({ kind, moved }) => kind === 'progress' && moved === true)
      expect(kept.map(({ progress }) => PROGRESS.indexOf(progress as never))).toEqual(moves)
      expect(history.filter(({ kind }) => kind !== 'progress')).toHaveLength(events.length - moves.length)
    }),
    { numRuns: 40 },
  )
})
