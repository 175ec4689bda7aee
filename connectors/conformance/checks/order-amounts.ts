import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { type Check, dice, expect, expectSame, shown } from '../check.ts'
import { callsOf, type Ordering, openOrdering, putIn } from '../ordering.ts'
import { anyOrderWish, type LineWish, type OrderWish } from '../sample-orders.ts'
import type { Trial } from '../trial.ts'
import { NEEDS, WISHES } from './orders.ts'

// What a channel promised is what the provider counts, to the minor unit, whatever the order is made of; and what is too
// long or too much is said to be, and never lost in silence.

const ORDERS = 12
const MANY_LINES = 200
const LONG = 4_000

export const ORDER_AMOUNT_CHECKS: readonly Check[] = [
  {
    name: 'orders/totals',
    says: 'any mixture of lines, weights, discounts, charges, tips and taxes, with and without rates, comes to the promised total',
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const roll = dice(trial.seed)
      for (let nth = 0; nth < ORDERS; nth++) {
        const wish = anyOrderWish(roll)
        await putIn(ordering, ordering.make(wish), `an order of ${shown(wish)}`)
      }
    },
  },
  inCurrency('orders/no-decimals', 'an order in a currency without decimals', 'JPY', 'Asia/Tokyo', 'JP'),
  inCurrency('orders/three-decimals', 'an order in a currency with three decimals', 'KWD', 'Asia/Kuwait', 'KW'),
  {
    name: 'orders/many-lines',
    says: `an order of ${MANY_LINES} lines arrives with all of them, or is refused beforehand`,
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      const lines = Array.from(
        { length: MANY_LINES },
        (_, nth): LineWish => ({ dish: nth, unitPrice: BigInt(100 + nth) }),
      )
      await arrivesOrIsRefused(ordering, { lines })
    },
  },
  {
    name: 'orders/long-texts',
    says: `texts of ${LONG} characters arrive whole, or shortened with a warning that points at them`,
    needs: NEEDS,
    run: async (trial) => {
      const ordering = await openOrdering(trial)
      for (const text of [`${'Please ring the bell. '.repeat(LONG / 22)}`, '☕'.repeat(LONG)]) {
        await expectLong(ordering, '/note', text, { note: text })
        await expectLong(ordering, '/items/0/note', text, { lines: [{ note: text }] })
        await arrivesOrIsRefused(ordering, { lines: [{ name: text }] })
      }
    },
  },
]

function inCurrency(name: string, says: string, code: string, zone: string, country: string): Check {
  return {
    name,
    says: `${says} comes to the promised total`,
    needs: [...NEEDS, `currency:${code}`],
    run: async (trial: Trial) => {
      const place = { currency: currencyCode(code), zone: zoneName(zone), country }
      const ordering = await openOrdering(trial, { places: [place] })
      const roll = dice(trial.seed)
      const odd: OrderWish = {
        lines: [
          { quantity: '0.35', unitPrice: 1_255n },
          { dish: 1, quantity: '3', unitPrice: 7n },
        ],
      }
      for (const wish of [...WISHES, odd, anyOrderWish(roll)]) {
        await putIn(ordering, ordering.make(wish), `an order in ${code}`)
      }
    },
  }
}

async function arrivesOrIsRefused(ordering: Ordering, wish: OrderWish): Promise<void> {
  const outgoing = ordering.make(wish)
  const { problems } = ordering.prepare(outgoing)
  if (problems.length === 0) return void (await putIn(ordering, outgoing))
  expectSame('how pushing an order with a problem ends', (await ordering.tryPush(outgoing)).kind, 'refused')
}

/** All of it is sent, or somebody was told before; some of it is sent in any case. */
async function expectLong(ordering: Ordering, pointer: string, text: string, wish: OrderWish): Promise<void> {
  const outgoing = ordering.make(wish)
  const { problems, warnings } = ordering.prepare(outgoing)
  const isTold = [...problems, ...warnings].some((one) => one.pointer === pointer)
  if (problems.length > 0) return await arrivesOrIsRefused(ordering, wish)
  const calls = await callsOf(ordering, () => putIn(ordering, outgoing))
  const sent = calls.map(({ body }) => body ?? '').join('\n')
  expect(sent.includes(text.trim()) || isTold, `a text at ${pointer} is cut off, and no remark points at it`)
  expect(sent.includes(text.slice(0, 10)), `a text at ${pointer} is left out whole`)
}
