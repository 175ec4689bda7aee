import { instant } from '#kernel/instant.ts'
import { Garbled, type WebhookReading } from '../../contract.ts'
import { type Check, dice, expect, expectNone, expectSame, failureOf, nameOf } from '../check.ts'
import { type Facts, factsShown, same } from '../keeper.ts'
import type { CapturedDelivery } from '../stage.ts'
import { type Hub, openHub, SECOND, type Trial } from '../trial.ts'
import { toldOfSomething } from './busy.ts'
import { booksOf, countOf, expectBooksAgree, placeOf, playable } from './shop.ts'

// What deliveries say, and that neither their number nor their order changes what becomes of them.

const NEEDS = ['live', 'webhooks', 'signing'] as const
const EVENTS_MAX = 5

export const DELIVERY_CHECKS: readonly Check[] = [
  {
    name: 'webhooks/says-whose',
    says: 'a delivery names its account, or leaves it to the address, and says the same at every reading',
    needs: NEEDS,
    run: async (trial) => {
      const { hub, deliveries } = await toldOfSomething(trial)
      for (const { body } of deliveries) {
        const reading = read(trial, body)
        const { account } = reading
        expect(account === null || account === hub.provider.account, 'a delivery is said to be of another account')
        expect(reading.type !== '', 'a delivery has no type')
        expect(reading.eventId !== '', 'the id of an event is empty; null stands for none')
        expectSame('the same bytes read again', read(trial, Buffer.from(body)), reading)
      }
    },
  },
  {
    name: 'webhooks/brings-every-sale',
    says: 'deliveries alone bring every sale and refund that money moves for, to the cent',
    needs: [...NEEDS, 'sales'],
    run: async (trial) => {
      const { hub, deliveries } = await toldOfSomething(trial, 2)
      await receiveAll(hub, deliveries)
      expect(countOf(await booksOf(hub, placeOf(hub))) > 0, 'the stage sold nothing')
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'webhooks/same-twice',
    says: 'the same delivery twice is one fact, and one event',
    needs: [...NEEDS, 'sales'],
    run: async (trial) => {
      const { hub, deliveries } = await toldOfSomething(trial)
      await receiveAll(hub, deliveries)
      const once = hub.facts()
      await receiveAll(hub, [...deliveries, ...deliveries])
      const again = hub.facts()
      const changed = [...once.sales].filter(([id, sale]) => !same(again.sales.get(id), sale)).map(([id]) => id)
      expectNone('sales that changed when everything came twice more', changed)
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'webhooks/any-order',
    says: 'in whatever order the events of a sale come, the same facts come out',
    needs: [...NEEDS, 'sales'],
    run: (trial) => anyOrder(trial),
  },
  {
    name: 'webhooks/thin-event',
    says: 'an object that is not whole when it is told of asks to be looked at again until it is',
    needs: [...NEEDS, 'sales', 'fault:thin-event'],
    run: async (trial) => {
      const hub = await trial.open()
      await hub.provider.play('thin-event', true, { rate: 1, seed: trial.seed })
      const from = hub.provider.now()
      await hub.sell({ count: 3, situation: 'plain', from, to: instant(from + 5 * SECOND), seed: trial.seed })
      await hub.provider.advance(120 * SECOND)
      const deliveries = await hub.provider.deliveries()
      expect(deliveries.length > 0, 'the stage sold and delivered nothing')
      for (const one of deliveries) await hub.receive(one)
      expect(hub.keeper.unsettled().length > 0, 'a sale that is not whole is not said to be settling')
      await hub.provider.play('thin-event', false)
      await hub.settle()
      await expectBooksAgree(hub)
    },
  },
  {
    name: 'webhooks/garbled-body',
    says: 'a body that is not what the provider sends is garbled or ignored with a reason, never half read',
    needs: NEEDS,
    run: async (trial) => {
      const { deliveries } = await toldOfSomething(trial)
      const whole = deliveries[0]?.body ?? new Uint8Array()
      const roll = dice(trial.seed)
      const cuts = Array.from({ length: 24 }, () => whole.subarray(0, roll(whole.length)))
      const torn = [...cuts, Buffer.from('<html>'), Buffer.from(''), Buffer.from([0xff, 0xfe])]
      for (const body of torn) {
        const failure = await failureOf('reading a torn body', () => read(trial, body))
        expect(failure instanceof Garbled, `a torn body ends in ${nameOf(failure)} and not in Garbled`)
      }
      for (const text of ['null', '[]', '7', '"word"', '{}', '{"type":"zz.unheard_of"}', '{"type":7,"data":[]}']) {
        expectHarmless(trial, text)
      }
    },
  },
]

function expectHarmless(trial: Trial, text: string): void {
  let reading: WebhookReading
  try {
    reading = read(trial, Buffer.from(text))
  } catch (failure) {
    expect(failure instanceof Garbled, `the body ${text} ends in ${nameOf(failure)} and not in Garbled`)
    return
  }
  const { ignored, records, fetch } = reading
  expect(ignored !== null && ignored !== '', `the body ${text} is neither garbled nor ignored with a reason`)
  expect(records.length === 0 && fetch.length === 0, `the body ${text} is ignored and brings something`)
}

async function anyOrder(trial: Trial): Promise<void> {
  const [situation = null] = playable(trial, ['refund_partial', 'tips', 'plain'])
  const first = await trial.open()
  const deliveries = (await first.sellNow(1, [situation])).slice(-EVENTS_MAX)
  let expected: Facts | null = null
  for (const order of permutations(deliveries)) {
    const hub = openHub(trial.live, first.provider)
    await hub.locations()
    for (const one of order) await hub.receive(one)
    await hub.settle()
    await expectBooksAgree(hub)
    expected ??= hub.facts()
    expectSame('the facts in another order', factsShown(hub.facts()), factsShown(expected))
  }
  for (const order of permutations(deliveries)) expectNewestWins(trial, order)
}

/** Without asking the provider again: what came whole must tell by itself which of it is the newest. */
function expectNewestWins(trial: Trial, order: readonly CapturedDelivery[]): void {
  const versions = new Map<string, readonly [bigint | null, number | null, string]>()
  for (const { body } of order) {
    for (const record of read(trial, body).records) {
      const key = `${record.kind} ${record.id}`
      const known = versions.get(key)
      const { version, updatedAt } = record.version
      if (known !== undefined && known[2] !== record.body) {
        const apart = known[0] !== version || known[1] !== updatedAt
        expect(apart, `two states of one ${record.kind} have the same version and the same time`)
      }
      versions.set(key, [version, updatedAt, record.body])
    }
  }
}

/** Hears them all, waits, and hears what is told meanwhile. */
async function receiveAll(hub: Hub, deliveries: readonly CapturedDelivery[]): Promise<void> {
  for (const one of deliveries) await hub.receive(one)
  await hub.settle()
  for (const one of await hub.provider.deliveries()) await hub.receive(one)
}

function read({ live }: Trial, body: Uint8Array): WebhookReading {
  if (live.webhooks === undefined) throw new Error('needs webhooks')
  return live.webhooks.read(body)
}

function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) yield items
  else {
    for (const [nth, first] of items.entries()) {
      for (const rest of permutations(items.filter((_, other) => other !== nth))) yield [first, ...rest]
    }
  }
}
