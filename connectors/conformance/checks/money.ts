import { checkIdentity } from '#canon/money-identity.ts'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import { type Check, expect, expectNone } from '../check.ts'
import { type PlaceWish, SITUATIONS, type Situation, type StageBooks } from '../stage.ts'
import { ago, DAY, HOUR, type Hub, type Trial } from '../trial.ts'
import { booksOf, countOf, expectBooksAgree, placeOf, pullAll } from './shop.ts'

// Every kind of sale to the minor unit: what the facts add up to is what the provider took, and each sale adds up.

type Sold = {
  readonly says: string
  /** What the provider's books must show for the situation to have taken place. */
  readonly took: (books: StageBooks) => boolean
}

const SOLD: Readonly<Record<Situation, Sold>> = {
  plain: { says: 'an ordinary sale', took: ({ count }) => count > 0 },
  modifiers: { says: 'what was added to an article is inside its price', took: ({ count }) => count > 0 },
  weighed: { says: 'weighed goods, with their quantity exact', took: ({ count }) => count > 0 },
  line_discount: { says: 'a discount on a line', took: ({ discount }) => some(discount) },
  order_discount: { says: 'a discount on the whole sale', took: ({ discount }) => some(discount) },
  tax_added: { says: 'tax on top of the price', took: ({ taxAdded }) => some(taxAdded) },
  tax_included: { says: 'tax inside the price', took: ({ taxIncluded }) => some(taxIncluded) },
  service_charge: { says: 'a service charge', took: ({ service }) => some(service) },
  tips: { says: 'a tip', took: ({ tip }) => some(tip) },
  cash_rounding: { says: 'a cash total that was rounded', took: ({ rounding }) => some(rounding) },
  split_payment: { says: 'a sale paid with two tenders', took: paidTwice },
  gift_card_sold: { says: 'a gift card sold is money for a promise', took: ({ deferred }) => some(deferred) },
  gift_card_used: { says: 'a gift card used is a tender', took: ({ byTender }) => paidBy(byTender, 'gift_card') },
  refund_full: { says: 'a sale given back whole', took: refunded },
  refund_partial: { says: 'a part given back, the rest untouched', took: refunded },
  refund_amount: { says: 'an amount given back that names no items', took: refunded },
  exchange: { says: 'goods taken back against others', took: refunded },
  void: { says: 'a sale that was voided is not in the books', took: () => true },
  open: { says: 'a sale that the till has not closed is not in the books', took: () => true },
}

const NOTHING_SOLD: readonly Situation[] = ['void', 'open']

export const MONEY_CHECKS: readonly Check[] = [
  ...SITUATIONS.map(
    (situation): Check => ({
      name: `money/${situation.replaceAll('_', '-')}`,
      says: SOLD[situation].says,
      needs: ['live', 'sales', `situation:${situation}`],
      run: (trial) => sellsRight(trial, trial.stage.home, situation),
    }),
  ),
  inCurrency('money/mix', 'a day in the shop’s own mix', 'EUR', 'Europe/Berlin', 'DE'),
  inCurrency('money/prices-without-tax', 'a country where tax comes on top of prices', 'USD', 'America/Chicago', 'US'),
  inCurrency('money/no-decimals', 'a currency without decimals', 'JPY', 'Asia/Tokyo', 'JP'),
  inCurrency('money/three-decimals', 'a currency with three decimals', 'KWD', 'Asia/Kuwait', 'KW'),
]

function inCurrency(name: string, says: string, currency: string, zone: string, country: string): Check {
  return {
    name,
    says,
    needs: ['live', 'sales', `currency:${currency}`],
    run: (trial) => sellsRight(trial, { currency: currencyCode(currency), zone: zoneName(zone), country }, null),
  }
}

async function sellsRight(trial: Trial, place: PlaceWish, situation: Situation | null): Promise<void> {
  const hub = await trial.open({ places: [place] })
  const now = hub.provider.now()
  const count = situation === null ? 40 : 4
  await hub.sell({ count, situation, from: ago(now, 2 * DAY), to: ago(now, DAY), seed: trial.seed })
  await hub.provider.advance(HOUR)
  const books = await booksOf(hub, placeOf(hub))
  expectTookPlace(situation, books, place)
  await pullAll(hub)
  await expectBooksAgree(hub)
  expectIdentity(hub)
  if (situation === 'void' || situation === 'open') expectNotClosed(hub)
}

function expectTookPlace(situation: Situation | null, books: readonly StageBooks[], place: PlaceWish): void {
  if (situation !== null && NOTHING_SOLD.includes(situation)) {
    expect(countOf(books) === 0, `the stage counts a sale that is ${situation}`)
    return
  }
  const took = situation === null ? (line: StageBooks) => line.count > 0 : SOLD[situation].took
  expect(books.length > 0 && books.every(took), `nothing of the kind is in the books of the stage`)
  expect(
    books.every(({ currency }) => currency === place.currency),
    'the stage sold in another currency',
  )
}

/** The identity holds for each sale, or the provider left an amount out and the reading says so by null. */
function expectIdentity(hub: Hub): void {
  const found = [...hub.facts().sales.values()].flatMap((sale) => {
    const { verdict, difference, reasons } = checkIdentity(sale)
    return sale.status === 'closed' && verdict !== 'holds'
      ? [`sale ${sale.externalId} ${verdict} by ${difference ?? 'an unknown amount'}: ${reasons.join(' ')}`]
      : []
  })
  expectNone('sales that do not add up', found)
  const payments = [...hub.facts().sales.values()].flatMap((sale) => {
    const paid = sale.payments.reduce((sum, { amount }) => sum + amount, 0n)
    return sale.status === 'closed' && sale.total !== null && paid !== sale.total
      ? [`sale ${sale.externalId} comes to ${sale.total} and was paid ${paid}`]
      : []
  })
  expectNone('sales whose payments are not their total', payments)
}

function expectNotClosed(hub: Hub): void {
  const closed = [...hub.facts().sales.values()].filter(({ status }) => status === 'closed')
  expectNone(
    'sales that were never closed',
    closed.map(({ externalId }) => externalId),
  )
}

function some(amount: bigint | null): boolean {
  return amount !== null && amount !== 0n
}

function refunded({ refunds }: StageBooks): boolean {
  return refunds.count > 0
}

function paidBy(byTender: StageBooks['byTender'], tender: 'gift_card'): boolean {
  return (byTender?.[tender]?.payments ?? 0) > 0
}

function paidTwice({ byTender, count }: StageBooks): boolean {
  return byTender === null || Object.values(byTender).reduce((sum, { payments }) => sum + payments, 0) > count
}
