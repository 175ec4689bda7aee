import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { booksOf as tradeBooksOf } from '../trade/books.ts'
import { CURRENCIES } from '../trade/currencies.ts'
import { shopOf, sitesOf } from '../trade/shop.ts'
import { refundsWithoutSale, trade } from '../trade/trade.ts'
import { booksOf, soldAt } from './books.ts'
import { catalogIdOf } from './ids.ts'
import { Market } from './market.ts'
import { dividedHalfEven, includedIn, percentOf, sumOf } from './money.ts'
import { priceOrder } from './pricing.ts'
import type { SellerOptions } from './seller.ts'
import { Square } from './square.ts'
import type { LineItem, Money, Order, OrderReturn } from './wire.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const DAYS = { from: '2026-08-31', to: '2026-09-10' }
const PLAIN = { exchanges: 0, offline: 0, refundsByAmount: 0, failedRefunds: 0, apportioned: 0 }
const BUSY = { exchanges: 0.4, offline: 0.05, refundsByAmount: 0.2, failedRefunds: 0.1, apportioned: 0.5 }
const WITH_TAX_INSIDE = {
  food: [{ name: 'Tax', ratePercent: '8', included: true }],
  standard: [{ name: 'Tax 10', ratePercent: '10', included: true }],
}

/** A shop for each way in which the money of an order is put together. */
const SHOPS: Readonly<Record<string, SellerOptions>> = {
  'a café in Ireland, tax inside': {
    shop: shopOf('cafe', { sites: sitesOf(2), timeZone: 'Europe/Dublin' }),
    country: 'IE',
  },
  'a restaurant in New York, tax added': { shop: shopOf('restaurant', { scale: 3 }), country: 'US' },
  'a store in London, goods by weight': { shop: shopOf('retail'), country: 'GB' },
  'a café in Tokyo, tax inside and left out of the gross': {
    shop: shopOf('cafe', { currency: CURRENCIES.JPY, timeZone: 'Asia/Tokyo', taxGroups: WITH_TAX_INSIDE }),
    country: 'JP',
  },
  'a café in Zürich, cash rounded': {
    shop: shopOf('cafe', { currency: CURRENCIES.CHF, timeZone: 'Europe/Zurich' }),
    country: 'CH',
  },
  'a store in Kuwait, three decimals': {
    shop: shopOf('retail', { currency: CURRENCIES.KWD, timeZone: 'Asia/Kuwait' }),
    country: 'KW',
  },
}

function squareOf(seller: SellerOptions): Square {
  const square = new Square({
    clock: new StageClock({ at: NOW, frozen: true }),
    seed: 'sums',
    environment: 'Production',
    sellers: [seller],
    rateLimit: null,
    consent: 'ask',
    webhookConcurrency: 1,
    idempotencyLifeMs: null,
  })
  new Market(square).sell(DAYS)
  return square
}

describe.each(Object.entries(SHOPS))('%s', (_, seller) => {
  let square: Square
  let orders: Order[]

  beforeAll(() => {
    square = squareOf({ ...seller, habits: BUSY })
    orders = [...square.mainSeller.allOrders()]
  })

  test('each line and each order adds up as Square adds', () => {
    expect(orders.length).toBeGreaterThan(300)
    for (const order of orders) {
      const lines = order.line_items ?? []
      for (const line of lines) expect(line.total_money.amount, order.id).toBe(lineTotal(order, line))
      const standalone = (order.service_charges ?? []).filter(
        (charge) => charge.treatment_type !== 'APPORTIONED_TREATMENT',
      )
      const total =
        sumOf(lines.map((line) => line.total_money)) +
        sumOf(standalone.map((charge) => charge.total_money)) +
        order.total_tip_money.amount +
        (order.rounding_adjustment?.amount_money.amount ?? 0)
      expect(order.total_money.amount, order.id).toBe(total)
      expect(order.total_discount_money.amount).toBe(sumOf(lines.map((line) => line.total_discount_money)))
      expect(order.total_tax_money.amount).toBe(sumOf(lines.map((line) => line.total_tax_money)))
      expect(order.total_discount_money.amount).toBe(sumOf((order.discounts ?? []).map((each) => each.applied_money)))
      expect(order.total_tax_money.amount).toBe(sumOf((order.taxes ?? []).map((each) => each.applied_money)))
    }

    /** Inclusive tax is within the gross, except where the gross leaves it out. */
    function lineTotal(order: Order, line: LineItem): number {
      const tax = square.mainSeller.taxLeftOut ? line.total_tax_money.amount : additiveTaxOf(order, line)
      return (
        line.gross_sales_money.amount - line.total_discount_money.amount + tax + line.total_service_charge_money.amount
      )
    }
  })

  test('a paid order is covered by its tenders, and what a payment says its order says too', () => {
    for (const order of orders.filter(({ state }) => state === 'COMPLETED')) {
      const tenders = order.tenders ?? []
      const paid = sumOf(tenders.map((tender) => tender.amount_money))
      expect(paid, order.id).toBe(Math.max(0, order.net_amounts.total_money.amount))
      for (const tender of tenders) {
        const payment = square.mainSeller.findPayment(tender.payment_id)
        expect(payment?.total_money).toEqual(tender.amount_money)
        expect(payment?.order_id).toBe(order.id)
        const tip = payment?.tip_money?.amount ?? 0
        expect((payment?.amount_money.amount ?? 0) + tip).toBe(tender.amount_money.amount)
      }
    }
  })

  test('what comes back adds up, is never more than was sold, and its money is its refund’s', () => {
    const returned = orders.filter(({ returns }) => returns !== undefined)
    expect(returned.length).toBeGreaterThan(2)
    for (const order of returned) {
      for (const each of order.returns ?? []) expectReturnAddsUp(each)
      const sold = (order.line_items ?? []).length > 0 ? order.total_money.amount : 0
      const back = order.return_amounts?.total_money.amount ?? 0
      expect(order.net_amounts.total_money.amount).toBe(sold - back)
      const refunded = sumOf((order.refunds ?? []).map((refund) => refund.amount_money))
      expect(refunded, order.id).toBe(Math.max(0, back - sold))
    }
    for (const payment of square.mainSeller.allPayments()) {
      expect(payment.refunded_money?.amount ?? 0).toBeLessThanOrEqual(payment.total_money.amount)
    }
  })

  test('every article that was sold is in the catalogue', () => {
    const ids = new Set(orders.flatMap(({ line_items = [] }) => line_items.map((line) => line.catalog_object_id)))
    const { reads, merchantId } = square.mainSeller
    const entries = reads.catalogue.entriesAt(NOW)
    ids.delete(undefined)
    expect(ids.size).toBeGreaterThan(20)
    for (const id of ids) expect(entries.has(id ?? '')).toBe(true)
    expect(entries.has(catalogIdOf(merchantId, 'never sold', null))).toBe(false)
  })

  test('without habits of its own the books are those of the generator', () => {
    const { shop } = seller
    const plain = squareOf({ ...seller, habits: PLAIN })
    const span = { seed: 'sums', ...DAYS }
    const theirs = tradeBooksOf(
      [...trade(shop, span)].map((sale) => ({ ...sale, refunds: sale.refunds.filter(({ at }) => at < NOW) })),
      {
        withoutSale: refundsWithoutSale(shop, span),
      },
    )
    const [ours] = booksOf(plain, {})
    const leftOut = plain.mainSeller.taxLeftOut
    expect(ours).toMatchObject({
      // A sale of nought that nobody paid has neither payment nor money at Square, but it has its lines.
      count: theirs.count,
      total: Number(theirs.total),
      discount: Number(theirs.discount),
      gross: Number(theirs.gross - (leftOut ? theirs.taxIncluded : 0n)),
      tax_added: Number(theirs.taxAdded + (leftOut ? theirs.taxIncluded : 0n)),
      tax_included: leftOut ? 0 : Number(theirs.taxIncluded),
      tip: Number(theirs.tip),
      service: Number(theirs.serviceCharge),
      rounding: Number(theirs.rounding),
      deferred: Number(theirs.deferred),
      refunds: { count: theirs.refunds.count, amount: Number(theirs.refunds.amount), tax: Number(theirs.refunds.tax) },
    })
    expect(ours?.by_tender.cash.amount).toBe(Number(theirs.byTender.cash.amount))
    expect(ours?.by_tender.gift_card.amount).toBe(Number(theirs.byTender.gift_card.amount))
    expect((ours?.by_tender.card.amount ?? 0) + (ours?.by_tender.wallet.amount ?? 0)).toBe(
      Number(theirs.byTender.card.amount + theirs.byTender.wallet.amount),
    )
    expect(ours?.by_tender.cash.refunded).toBe(Number(theirs.byTender.cash.refunded))
  })

  test('the books of all days are the books of the whole, and a sale that counts has an instant', () => {
    const [whole] = booksOf(square, { from: '2026-08-01', to: '2026-10-31' })
    const halves = [
      { from: '2026-08-01', to: '2026-09-03' },
      { from: '2026-09-04', to: '2026-10-31' },
    ].map((query) => booksOf(square, query)[0])
    for (const sum of ['count', 'total', 'gross', 'tip', 'rounding'] as const) {
      expect((halves[0]?.[sum] ?? 0) + (halves[1]?.[sum] ?? 0)).toBe(whole?.[sum])
    }
    const counted = orders.filter((order) => soldAt(square.mainSeller, order) !== null)
    expect(counted.length).toBe(booksOf(square, {})[0]?.count)
  })
})

function expectReturnAddsUp(returned: OrderReturn): void {
  const lines = returned.return_line_items ?? []
  for (const line of lines) {
    const additive = sumOf(
      (line.applied_taxes ?? [])
        .filter((tax) => typeOf(returned, tax.tax_uid) === 'ADDITIVE')
        .map((tax) => tax.applied_money),
    )
    if (line.source_line_item_uid === undefined) continue
    const total = line.gross_return_money.amount - line.total_discount_money.amount + additive
    expect(line.total_money.amount).toBe(total + line.total_service_charge_money.amount)
  }
  const standalone = (returned.return_service_charges ?? []).filter(
    (each) => each.treatment_type !== 'APPORTIONED_TREATMENT',
  )
  const total =
    sumOf(lines.map((line) => line.total_money)) +
    sumOf(standalone.map((charge) => charge.total_money)) +
    returned.return_amounts.tip_money.amount +
    (returned.rounding_adjustment?.amount_money.amount ?? 0)
  expect(returned.return_amounts.total_money.amount).toBe(total)
}

function typeOf(returned: OrderReturn, taxUid: string): string | undefined {
  return (returned.return_taxes ?? []).find(({ uid }) => uid === taxUid)?.type
}

function additiveTaxOf(order: Order, line: LineItem): number {
  const additive = new Set((order.taxes ?? []).filter(({ type }) => type === 'ADDITIVE').map(({ uid }) => uid))
  return sumOf(
    (line.applied_taxes ?? []).filter(({ tax_uid }) => additive.has(tax_uid)).map((tax) => tax.applied_money),
  )
}

test('halves go to the even neighbour, on both sides of nought', () => {
  expect([5, 15, 25, 35, -5, -15].map((tenths) => dividedHalfEven(tenths, 10))).toEqual([0, 2, 2, 4, 0, -2])
  expect(percentOf(1000, '8.875')).toBe(89)
  expect(includedIn(1190, '19')).toBe(190)
})

test('an order that Square prices itself adds up, whatever is on it', () => {
  const lineDrafts = fc.array(
    fc.record({
      quantity: fc.oneof(
        fc.integer({ min: 1, max: 9 }).map(String),
        fc.integer({ min: 1, max: 9999 }).map((grams) => (grams / 1000).toFixed(3)),
      ),
      price: fc.nat(20_000),
      taxed: fc.boolean(),
      discounted: fc.boolean(),
      modifier: fc.nat(300),
    }),
    { minLength: 1, maxLength: 6 },
  )
  const rate = fc.integer({ min: 0, max: 25_000 }).map((thousandths) => (thousandths / 1000).toFixed(3))
  fc.assert(
    fc.property(
      lineDrafts,
      rate,
      fc.boolean(),
      fc.boolean(),
      fc.nat(3000),
      (drafts, percentage, inclusive, taxLeftOut, off) => {
        const priced = priceOrder({
          currency: 'USD',
          taxLeftOut,
          lines: drafts.map((draft, at) => ({
            uid: `l${at}`,
            quantity: draft.quantity,
            itemType: 'ITEM',
            price: draft.price,
            modifiers: [{ uid: `m${at}`, name: 'Extra', quantity: '1', price: draft.modifier }],
            taxUids: draft.taxed ? ['tax'] : [],
            discountUids: draft.discounted ? ['off'] : [],
          })),
          taxes: [
            { uid: 'tax', name: 'Tax', type: inclusive ? 'INCLUSIVE' : 'ADDITIVE', percentage, scope: 'LINE_ITEM' },
          ],
          discounts: [
            { uid: 'off', name: 'Off', type: 'FIXED_PERCENTAGE', percentage: '10', scope: 'LINE_ITEM' },
            { uid: 'sum', name: 'Sum', type: 'FIXED_AMOUNT', amount_money: dollars(off), scope: 'ORDER' },
          ],
          services: [{ uid: 'service', name: 'Service', percentage: '12.5' }],
        })
        const lines = priced.line_items ?? []
        for (const line of lines) {
          const tax = !inclusive || taxLeftOut ? line.total_tax_money.amount : 0
          const { gross_sales_money: gross, total_discount_money: discount, total_money: total } = line
          expect(total.amount).toBe(gross.amount - discount.amount + tax)
          expect(total.amount).toBeGreaterThanOrEqual(0)
        }
        expect(priced.amounts.total).toBe(sumOf(lines.map((line) => line.total_money)) + priced.amounts.serviceCharge)
        expect(priced.amounts.discount).toBe(sumOf((priced.discounts ?? []).map((each) => each.applied_money)))
        expect(priced.amounts.tax).toBe(sumOf((priced.taxes ?? []).map((each) => each.applied_money)))
      },
    ),
  )
})

function dollars(amount: number): Money {
  return { amount, currency: 'USD' }
}
