import type { OutgoingOrder, ProviderAnswer, ProviderCall, PushedOrder, Talk } from '../../contract.ts'
import { Broken, type Check, expect, expectNone, expectSame, NotPromised } from '../check.ts'
import { converse } from '../line.ts'
import {
  callsOf,
  expectThere,
  keyLifeOf,
  type Ordering,
  openOrdering,
  putIn,
  withOrder,
  withWriteAnswered,
  withWriteLost,
  writesOf,
} from '../ordering.ts'
import { PERSONAL_WORDS } from '../sample-orders.ts'
import { HOUR, SECOND, type Trial } from '../trial.ts'
import { NEEDS, WISHES } from './orders.ts'

// When nobody knows how a try ended: what is said of it, how it is found again, and that no second order comes of it.
// Answers are taken away after the provider has done its work, or calls before they get there, each call in its turn.

export const ORDER_OUTCOME_CHECKS: readonly Check[] = [
  {
    name: 'orders/found-again',
    says: 'a pushed order is found, certain and whole where it is known by our reference, and no other of the same content is',
    needs: [...NEEDS, 'orders.find'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const isCertain = ordering.assurance.findBy === 'reference'
      const [mine, twin] = [ordering.make(WISHES[1]), ordering.make(WISHES[1])]
      expectSame('what is found before anything was pushed', await ordering.find(mine), [])
      const pushed = await putIn(ordering, mine)
      await settle(ordering)
      const [best, ...others] = await ordering.find(mine)
      if (best === undefined) throw new Broken('an order that is there is not found')
      expectSame('the id of the order that was found', best.pushed.externalId, pushed.externalId)
      expectSame('how sure it is of the order', best.match, isCertain ? 'certain' : 'likely')
      expectSame('whether the order that was found is whole', best.whole, true)
      expectSame('how many others are found', others.length, 0)
      expect(best.shows.length > 0, 'what was found shows nothing to a person who must decide')
      const said = best.shows.join('\n')
      expectNone(
        'what is shown of it holds',
        PERSONAL_WORDS.filter((word) => said.includes(word)),
      )
      const wrong = (await ordering.find(twin)).filter(({ match }) => isCertain || match === 'certain')
      expectNone(
        'found for another order of the same content',
        wrong.map(({ match, pushed: { externalId } }) => `${match} ${externalId}`),
      )
    },
  },
  {
    name: 'orders/looking-only-reads',
    says: 'looking for an order and asking how far it is change nothing, and say so',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { find, report, menu } = ordering.orders
      if (find === undefined && report === undefined && menu === undefined) throw new NotPromised('It cannot look.')
      const outgoing = ordering.make()
      const { externalId } = await putIn(ordering, outgoing)
      const before = await ordering.counter.held()
      const calls = await callsOf(ordering, async () => {
        if (find !== undefined) await ordering.find(outgoing)
        if (report !== undefined) await ordering.report(outgoing, externalId)
        if (menu !== undefined) await ordering.menu()
      })
      expectNone(
        'calls that look and say that they change something',
        calls.flatMap(({ name, writes }) => (writes ? name : [])),
      )
      expectSame('what the provider holds after looking', await ordering.counter.held(), before)
    },
  },
  {
    name: 'orders/says-what-it-writes',
    says: 'every call that changes something says so',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { orders } = ordering
      const outgoing = ordering.make({ ...WISHES[1], test: true })
      const paid = ordering.make(WISHES[1])
      const silent: string[] = []
      await watched(ordering, (link) => orders.push(link, paid), silent)
      const { externalId } = await watched(ordering, (link) => orders.push(link, outgoing), silent)
      const { amend, cancel } = orders
      if (amend !== undefined) {
        const changed = withOrder(outgoing, { note: 'Window seat' })
        await watched(ordering, (link) => amend(link, externalId, changed), silent)
      }
      if (cancel !== undefined) await watched(ordering, (link) => cancel(link, externalId, outgoing, 'A try.'), silent)
      expectNone('calls that changed something and do not say that they do', [...new Set(silent)])
    },
  },
  {
    name: 'orders/unknown-is-no-refusal',
    says: 'an answer that is torn, an error of the provider’s or none at all is never taken for a refusal, nor for an order',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const writes = await writesOf(ordering)
      for (let nth = 0; nth < writes; nth++) {
        for (const [what, instead] of Object.entries(LOSSES)) {
          const end = await withWriteAnswered(ordering, nth, instead, () => ordering.tryPush(ordering.make()))
          expectSame(`how pushing ends with ${what} for its call ${nth + 1}`, end.kind, 'unknown')
        }
      }
    },
  },
  {
    name: 'orders/found-after-no-answer',
    says: 'an order whose answer was lost is found, and what is left to do is done by another try: it is there once and whole',
    needs: [...NEEDS, 'orders.find'],
    run: (trial) =>
      afterLoss(trial, async (ordering, outgoing, what) => {
        const found = await ordering.find(outgoing)
        expectSame(`how many are found after ${what}`, found.length, 1)
        if (ordering.assurance.findBy === 'reference')
          expectSame(`how sure it is after ${what}`, found[0]?.match, 'certain')
        const [held] = await ordering.heldOf(outgoing)
        expectSame(`whether it is found whole after ${what}`, found[0]?.whole, held?.isWhole)
        if (found[0]?.whole === true) return found[0].pushed
        expect(ordering.assurance.keyLifeMs !== null, 'half an order is found, and no try may be repeated')
        return await ordering.push(outgoing)
      }),
  },
  {
    name: 'orders/again-after-no-answer',
    says: 'an order whose answer was lost is one order after another try with its key',
    needs: NEEDS,
    run: (trial) =>
      afterLoss(trial, (ordering, outgoing) => {
        keyLifeOf(ordering)
        return ordering.push(outgoing)
      }),
  },
  {
    name: 'orders/never-arrived',
    says: 'a try of which a call never arrived is not found as whole, and another try makes one whole order',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const writes = await writesOf(ordering)
      for (let nth = 0; nth < writes; nth++) {
        const outgoing = likeNoOther(ordering, nth)
        const end = await withWriteLost(ordering, nth, () => ordering.tryPush(outgoing))
        expectSame(`how pushing ends when its call ${nth + 1} never arrives`, end.kind, 'unknown')
        await settle(ordering)
        if (ordering.orders.find !== undefined) {
          const found = await ordering.find(outgoing)
          expectSame(`what is found of an order whose call ${nth + 1} never arrived`, found.length, Math.min(1, nth))
          expectNone(
            'found as whole',
            found.flatMap(({ whole, pushed }) => (whole ? pushed.externalId : [])),
          )
        }
        // Of the first call nothing can have come; after a later one only its key makes a repeat the same order.
        if (nth > 0) keyLifeOf(ordering)
        await expectThere(ordering, outgoing, await ordering.push(outgoing), 'an order pushed again')
      }
    },
  },
  {
    name: 'orders/unknown-order',
    says: 'of an order that the provider does not know nothing is reported',
    needs: [...NEEDS, 'orders.report'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const outgoing = ordering.make()
      const { externalId } = await putIn(ordering, outgoing)
      const known = await ordering.report(outgoing, externalId)
      expectSame('the id in the report of an order', known?.externalId, externalId)
      expect(known?.reference === null || known?.reference === outgoing.reference, 'a report names another reference')
      expectSame(
        'the report of an order that there is not',
        await ordering.report(outgoing, 'no-such-order-0001'),
        null,
      )
    },
  },
]

/** What may come in place of an answer after the provider has done its work. */
const LOSSES: Readonly<Record<string, (answer: ProviderAnswer) => ProviderAnswer | 'cut'>> = {
  'no answer': () => 'cut',
  'a 500': (answer) => ({ ...answer, status: 500, body: Buffer.from('{}') }),
  'a page of HTML with a 502': (answer) => ({ ...answer, status: 502, body: Buffer.from('<html>Bad gateway</html>') }),
  'a 504 without a body': (answer) => ({ ...answer, status: 504, body: new Uint8Array() }),
  'an answer broken off in the middle': (answer) => ({
    ...answer,
    body: answer.body.subarray(0, answer.body.length >> 1),
  }),
  'a page of HTML that says 200': (answer) => ({
    ...answer,
    body: Buffer.from('<html>Sign in to the guest network</html>'),
  }),
  'an empty object': (answer) => ({ ...answer, body: Buffer.from('{}') }),
}

/** For each way to lose an answer and each call that changes something: lost, then mended, then there once and whole. */
async function afterLoss(
  trial: Trial,
  mend: (ordering: Ordering, outgoing: OutgoingOrder, what: string) => Promise<PushedOrder>,
): Promise<void> {
  const ordering = await openOrdering(trial)
  const writes = await writesOf(ordering)
  for (let nth = 0; nth < writes; nth++) {
    for (const [at, [what, instead]] of Object.entries(LOSSES).entries()) {
      const outgoing = likeNoOther(ordering, nth * Object.keys(LOSSES).length + at)
      await withWriteAnswered(ordering, nth, instead, () => ordering.tryPush(outgoing))
      await settle(ordering)
      const pushed = await mend(ordering, outgoing, what)
      await expectThere(ordering, outgoing, pushed, `an order after ${what} for its call ${nth + 1}`)
    }
  }
  expectSame(
    'the orders that the provider holds',
    (await ordering.counter.held()).length,
    1 + writes * Object.keys(LOSSES).length,
  )
}

/** With a total of its own, by which an order that holds no reference is found. */
function likeNoOther(ordering: Ordering, nth: number): OutgoingOrder {
  return ordering.make({ ...WISHES[1], tip: BigInt(101 + nth) })
}

/** Until what was sent has certainly appeared. */
async function settle({ hub, assurance }: Ordering): Promise<void> {
  await hub.provider.advance(Math.min(assurance.settleMs, HOUR) + SECOND)
}

/** Has the talk and looks, around each call, whether the provider holds something else than before. */
async function watched<T>(
  { hub: { line, provider }, counter }: Ordering,
  begin: (link: typeof line.link) => Talk<T>,
  silent: string[],
): Promise<T> {
  const talk = begin(line.link)
  let step = talk.next()
  while (!step.done) {
    const call = step.value
    const before = JSON.stringify(await counter.held(), numbers)
    const answer = await converse(line, provider, () => alone(call))
    if (call.writes !== true && JSON.stringify(await counter.held(), numbers) !== before) silent.push(call.name)
    step = talk.next(answer)
  }
  return step.value
}

function* alone(call: ProviderCall): Talk<ProviderAnswer> {
  return yield call
}

function numbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
