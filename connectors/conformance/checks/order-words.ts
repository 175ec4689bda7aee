import type { OrderRemark, PreparedOrder } from '../../contract.ts'
import { type Check, expect, expectNone, expectSame } from '../check.ts'
import { keyOf } from '../keeper.ts'
import { openOrdering, putIn } from '../ordering.ts'
import { type OrderWish, PERSONAL_WORDS } from '../sample-orders.ts'
import { masked } from './mutations.ts'
import { NEEDS, WISHES } from './orders.ts'
import { expectNothingTold } from './secrecy.ts'

// What is said around an order: the menu it is made from, the records that are kept of it, and everything that a log would
// hold.

export const ORDER_WORD_CHECKS: readonly Check[] = [
  {
    name: 'orders/menu',
    says: 'the menu names each of its things once, and what can be ordered is among them',
    needs: [...NEEDS, 'orders.menu'],
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const articles = await ordering.menu()
      const ids = articles.map(({ externalId }) => externalId)
      expect(new Set(ids).size === ids.length, 'two things of the menu have one id')
      expectNone(
        'things without a name',
        articles.filter(({ name }) => name.trim() === '').map(({ externalId }) => externalId),
      )
      const sold = ordering.counter.menu.flatMap(({ article, extras }) => [article, ...extras])
      const missing = sold.filter(({ externalId }) => !ids.includes(externalId))
      expectNone(
        'what can be ordered and is not on the menu',
        missing.map(({ externalId }) => externalId),
      )
      const prices = new Map(articles.map((one) => [one.externalId, one.price]))
      for (const { externalId, price } of sold) {
        if (price !== null) expectSame(`the price of ${externalId}`, prices.get(externalId), price)
      }
    },
  },
  {
    name: 'orders/records-are-read',
    says: 'what is brought of a pushed order are records that the reader knows, and nothing of the guest is left in them when masked',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { reader } = trial.live
      const pushed = await putIn(ordering, ordering.make(WISHES[1]))
      for (const record of pushed.records) {
        expect(reader.kinds.includes(record.kind), `the kind ${record.kind} is not among the reader’s kinds`)
        const json = JSON.parse(record.body) as unknown
        const itself = reader.recordsOf(record.kind, json).find((one) => keyOf(one) === keyOf(record))
        expectSame(`a ${record.kind} read from its own body`, itself, record)
        const left = JSON.stringify(masked(json, reader.personal[record.kind] ?? []))
        expectNone(
          `a masked ${record.kind} holds`,
          PERSONAL_WORDS.filter((word) => left.includes(word)),
        )
      }
    },
  },
  {
    name: 'orders/tells-nobody',
    says: 'no path, name, remark or failure holds a secret, or anything of the guest',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const { said } = ordering.hub.line
      const say = (remarks: readonly OrderRemark[]) =>
        said.push(...remarks.flatMap(({ code, pointer, say }) => [code, pointer, say]))
      for (const wish of [...WISHES, ...LOUD]) {
        const outgoing = ordering.make(wish)
        const prepared = ordering.prepare(outgoing)
        say(remarksOf(prepared))
        said.push(...prepared.calls.flatMap(({ name, path }) => [name, path]))
        const end = await ordering.tryPush(outgoing)
        if (end.kind !== 'pushed') continue
        const { externalId } = end.pushed
        if (ordering.orders.find !== undefined) {
          said.push(...(await ordering.find(outgoing)).flatMap(({ shows }) => shows))
        }
        if (ordering.orders.report !== undefined) {
          said.push((await ordering.report(outgoing, externalId))?.reason ?? '')
        }
        if (ordering.orders.cancel !== undefined) {
          await ordering.cancel(outgoing, externalId).catch((failure: unknown) => said.push(String(failure)))
        }
      }
      // A refusal of the provider's own may repeat what was sent.
      await ordering.tryPush({ ...ordering.make(), location: 'no-such-place' })
      expectNothingTold(ordering.hub, said, PERSONAL_WORDS)
    },
  },
]

/** Orders that give a connector something to complain of, with the guest where it does. */
const LOUD: readonly OrderWish[] = [
  { note: `${PERSONAL_WORDS.join(' ')} `.repeat(80) },
  { lines: [{ note: `${PERSONAL_WORDS.join(' ')} `.repeat(80) }] },
  { customer: { name: `${PERSONAL_WORDS[0]} `.repeat(40), phone: '+155555501470000000', email: null } },
]

function remarksOf({ problems, warnings }: PreparedOrder): readonly OrderRemark[] {
  return [...problems, ...warnings]
}
