import type { FulfilmentKind } from '#canon/order.ts'
import type { OrderRemark, OutgoingOrder, PreparedOrder } from '../../contract.ts'
import { type Check, expect, expectNone, expectSame } from '../check.ts'
import { callsOf, keyLifeOf, type Ordering, openOrdering, putIn } from '../ordering.ts'
import { ADDRESS, type OrderWish } from '../sample-orders.ts'
import { DAY, HOUR, SECOND } from '../trial.ts'
import { expectSameCall } from './shown-calls.ts'

// Orders put into the provider: what is said beforehand, and that each arrives once.

export const NEEDS = ['live', 'orders', 'act:takeOrders'] as const

export const ORDER_CHECKS: readonly Check[] = [
  {
    name: 'orders/says-what-it-is',
    says: 'what makes a try safe to repeat fits what it can do, and all that it says of itself is a sentence',
    needs: ['live', 'orders'],
    run: async (trial) => {
      const { live } = trial
      const { provider } = await trial.open()
      const { orders } = live
      if (orders === undefined) throw new Error('needs orders')
      const assurance = orders.assuranceOf?.(provider.link) ?? orders.assurance
      for (const [what, { keyLifeMs, findBy, settleMs }] of Object.entries({ assurance, standing: orders.assurance })) {
        expect(keyLifeMs === null || (Number.isSafeInteger(keyLifeMs) && keyLifeMs > 0), `${what}: the key has no life`)
        expect(Number.isSafeInteger(settleMs) && settleMs >= 0, `${what}: it settles in no time that there is`)
        expect(findBy === null || orders.find !== undefined, `${what}: it finds orders by ${findBy}, and cannot look`)
      }
      expect(orders.fulfilments.length > 0, 'there is no way to hand an order over')
      expect(new Set(orders.fulfilments).size === orders.fulfilments.length, 'a way to hand over is named twice')
      expectNone(
        'notices that are no sentences',
        orders.notices.filter((notice) => !isSentence(notice)),
      )
    },
  },
  {
    name: 'orders/prepare-is-pure',
    says: 'preparing an order asks nobody, changes nothing that it is given, and says the same again',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      for (const wish of WISHES) {
        const outgoing = deepFrozen(ordering.make(wish))
        const asked = ordering.hub.line.calls.length
        const first = deepFrozen(ordering.prepare(outgoing))
        expectSame('an order prepared again', ordering.prepare(outgoing), first)
        expectSame('the calls that preparing made', ordering.hub.line.calls.length, asked)
        expectNone('remarks that help nobody', remarksOf(first).flatMap(faultsOf))
      }
      expectSame('the orders that the provider holds after preparing some', await ordering.counter.held(), [])
    },
  },
  {
    name: 'orders/sends-what-it-showed',
    says: 'what is sent is what was shown before, `{word}` standing for what only an answer tells; no other call changes anything',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      for (const wish of WISHES) {
        const outgoing = ordering.make(wish)
        const shown = ordering.prepare(outgoing).calls
        expect(shown.length > 0, 'nothing is shown of an order that can be sent')
        const sent = await callsOf(ordering, () => putIn(ordering, outgoing))
        for (const [nth, call] of shown.entries()) expectSameCall(call, sent[nth])
        const more = sent.slice(shown.length).filter(({ writes }) => writes === true)
        expectNone(
          'calls that change something and were not shown',
          more.map(({ name }) => name),
        )
      }
    },
  },
  {
    name: 'orders/arrives',
    says: 'an order is there once, whole, under the id that is told, for the total that was promised',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      for (const wish of WISHES) await putIn(ordering, ordering.make(wish))
      expectSame('the orders that the provider holds', (await ordering.counter.held()).length, WISHES.length)
    },
  },
  {
    name: 'orders/same-key-once',
    says: 'the same order with the same key is one order, however often and however late within the key’s life',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const lifeMs = keyLifeOf(ordering)
      const outgoing = ordering.make(WISHES[1])
      const first = await putIn(ordering, outgoing)
      for (const waitMs of [0, 30 * SECOND, Math.min(lifeMs - HOUR, DAY)]) {
        await ordering.hub.provider.advance(Math.max(0, waitMs))
        const again = await putIn(ordering, outgoing, 'an order pushed again')
        expectSame('the id of an order that was pushed again', again.externalId, first.externalId)
      }
      expectSame('the orders that the provider holds', (await ordering.counter.held()).length, 1)
    },
  },
  {
    name: 'orders/alike-are-two',
    says: 'two orders of the same content are two orders',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const first = ordering.make(WISHES[1])
      const { order } = ordering.make(WISHES[1])
      const { id, externalId, number } = order
      const second = { ...first, key: id, reference: `tw-${id}`, order: { ...first.order, id, externalId, number } }
      const [one, other] = [await putIn(ordering, first), await putIn(ordering, second)]
      expect(one.externalId !== other.externalId, 'two orders of the same content have one id')
      expectSame('the orders that the provider holds', (await ordering.counter.held()).length, 2)
    },
  },
  {
    name: 'orders/every-fulfilment',
    says: 'an order arrives in each way to hand it over, at once and for later, with all that it takes',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      for (const kind of ordering.orders.fulfilments) {
        for (const waitMs of [null, 2 * HOUR])
          await putIn(ordering, ordering.make(handedOver(ordering, kind, waitMs)), kind)
      }
    },
  },
  {
    name: 'orders/unmapped',
    says: 'an item that stands for nothing there goes by its name or is a problem, as it says, and is pointed at',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const outgoing = ordering.make({ lines: [{}, { unmapped: true, name: 'Ember soup' }] })
      const { problems, warnings } = ordering.prepare(outgoing)
      const isByName = ordering.orders.unmapped === 'by_name'
      const told = (isByName ? warnings : problems).filter(({ pointer }) => /^\/items\/1(?:\/item_id)?$/.test(pointer))
      expect(told.length > 0, `an item without an article is not pointed at by a ${isByName ? 'warning' : 'problem'}`)
      if (!isByName) return await expectFinal(ordering, outgoing)
      await putIn(ordering, outgoing)
      const [held] = await ordering.heldOf(outgoing)
      expect(held?.content.includes('Ember soup') === true, 'an item that goes by its name has lost it')
    },
  },
  {
    name: 'orders/problems-are-final',
    says: 'an order with a problem is refused before anything is sent; one without arrives',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const other = trial.stage.home.currency === 'CHF' ? 'SEK' : 'CHF'
      const odd: readonly OutgoingOrder[] = [
        ordering.make({ lines: [{ unmapped: true }] }),
        ordering.make({ lines: [{ quantity: '0.001' }] }),
        ordering.make({ lines: [{ unitPrice: 0n }] }),
        ordering.make({ customer: null }),
        ordering.make({ payment: { state: 'due', method: 'cash', reference: null } }),
        { ...ordering.make(), location: 'no-such-place' },
        withCurrency(ordering.make(), other),
      ]
      for (const outgoing of odd) {
        if (ordering.prepare(outgoing).problems.length > 0) await expectFinal(ordering, outgoing)
        else if (isTakenHere(ordering, outgoing)) await putIn(ordering, outgoing)
      }
    },
  },
  {
    name: 'orders/whole-reference',
    says: 'a reference of 40 characters travels whole',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { order } = ordering.make()
      const outgoing = ordering.make({}, { reference: `tw1-${order.id}` })
      expectSame('the length of the reference', outgoing.reference.length, 40)
      await putIn(ordering, outgoing)
    },
  },
]

/** A plain one, and one that has something of everything. */
export const WISHES: readonly OrderWish[] = [
  {},
  {
    lines: [
      { quantity: '2', extras: 1, note: 'Extra hot' },
      { dish: 1, discount: 15n },
    ],
    discounts: [{ name: 'Welcome', code: 'HI', amount: 20n }],
    taxes: [{ name: 'Levy', rate: null, amount: 31n, included: false, lineIds: null }],
    charges: [{ kind: 'packing', name: 'Bag', amount: 15n }],
    tip: 100n,
    note: 'No nuts',
  },
]

function handedOver({ hub }: Ordering, kind: FulfilmentKind, waitMs: number | null): OrderWish {
  return {
    fulfilment: {
      kind,
      at: waitMs === null ? null : later(hub, waitMs),
      table: kind === 'dine_in' ? '12' : null,
      guests: kind === 'dine_in' ? 2 : null,
      address: kind === 'delivery' ? ADDRESS : null,
      note: kind === 'delivery' ? 'Ring twice' : null,
    },
  }
}

function later({ provider }: Ordering['hub'], ms: number) {
  return (provider.now() + ms) as ReturnType<typeof provider.now>
}

function withCurrency(outgoing: OutgoingOrder, code: string): OutgoingOrder {
  return { ...outgoing, order: { ...outgoing.order, currency: code as typeof outgoing.order.currency } }
}

/** Where the connector sees no problem, one of another place or currency is the provider's to refuse. */
function isTakenHere({ hub: { provider } }: Ordering, { order, location }: OutgoingOrder): boolean {
  return provider.places.some(({ id, currency }) => id === location && currency === order.currency)
}

async function expectFinal(ordering: Ordering, outgoing: OutgoingOrder): Promise<void> {
  const asked = ordering.hub.line.calls.length
  const end = await ordering.tryPush(outgoing)
  expectSame('how pushing an order with a problem ends', end.kind, 'refused')
  const wrote = ordering.hub.line.calls.slice(asked).filter(({ method }) => method !== 'GET')
  expectNone(
    'calls made for an order with a problem',
    wrote.map(({ name }) => name),
  )
  expectSame('what the provider holds of an order with a problem', await ordering.heldOf(outgoing), [])
}

function remarksOf({ problems, warnings }: PreparedOrder): readonly OrderRemark[] {
  return [...problems, ...warnings]
}

function faultsOf({ code, pointer, say }: OrderRemark): readonly string[] {
  return [
    ...(/^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/.test(code) ? [] : [`the code "${code.slice(0, 60)}"`]),
    ...(/^(?:\/[a-z0-9_]+)*$/.test(pointer) ? [] : [`the pointer "${pointer.slice(0, 60)}"`]),
    ...(isSentence(say) ? [] : [`${code} says no sentence`]),
  ]
}

function isSentence(text: string): boolean {
  return /\S.*[.!]$/.test(text.trim())
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || value instanceof Map) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}
