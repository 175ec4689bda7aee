import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, dayNumber } from '../../trade/calendar.ts'
import type { TradeSale } from '../../trade/sale.ts'
import { type ShopKind, shopOf, sitesOf } from '../../trade/shop.ts'
import { trade } from '../../trade/trade.ts'
import type { JsonObject } from '../answer.ts'
import { catalogIdOf, itemIdOf } from '../ids.ts'
import { orderOf } from '../sale-order.ts'
import { Seller } from '../seller.ts'
import type { Order, Payment } from '../wire.ts'
import { catalogueOn } from './catalogue.ts'
import { catalogObject } from './catalogue-store.ts'
import { readsOf } from './reads.ts'

const NOW = Date.UTC(2026, 4, 20, 12)
const KINDS: readonly ShopKind[] = ['cafe', 'restaurant', 'retail']

function sellerOf(kind: ShopKind): Seller {
  const shop = shopOf(kind, { sites: sitesOf(2), giftCards: { chance: 0.05, values: [20, 50] } })
  return new Seller({ shop, country: kind === 'restaurant' ? 'US' : 'DE' }, NOW)
}

function ownerOf({ shop, merchantId, locations }: Seller) {
  return { shop, merchantId, locationIds: locations.map(({ id }) => id) }
}

function salesOf(seller: Seller, from: string, to: string): TradeSale[] {
  return [...trade(seller.shop, { seed: 'reads', from, to })].filter((sale) => sale.status === 'closed')
}

function paidOrder(seller: Seller, sale: TradeSale): Order {
  const at = new Date(sale.closedAt ?? sale.openedAt).toISOString()
  return orderOf(seller, sale, { state: 'COMPLETED', created_at: at, updated_at: at, closed_at: at })
}

/** As much of a payment by gift card as the reads look at. */
function giftCardPayments(seller: Seller, sale: TradeSale, order: Order): Payment[] {
  const paid = sale.payments.filter(({ tender }) => tender === 'gift_card')
  return paid.map(({ externalId, amount, at }) => {
    const money = { amount: Number(amount), currency: seller.currency }
    const time = new Date(at).toISOString()
    return {
      id: externalId,
      created_at: time,
      updated_at: time,
      amount_money: money,
      total_money: money,
      status: 'COMPLETED',
      source_type: 'CARD',
      card_details: {
        status: 'CAPTURED',
        entry_method: 'SWIPED',
        card: { card_brand: 'SQUARE_GIFT_CARD', last_4: '0000' },
      },
      location_id: order.location_id,
      order_id: order.id,
      version_token: 'v1',
    }
  })
}

function followAll(seller: Seller, sales: readonly TradeSale[]) {
  const reads = readsOf(ownerOf(seller))
  const events = sales.flatMap((sale) => {
    const order = paidOrder(seller, sale)
    const payments = giftCardPayments(seller, sale, order)
    return reads.follow({ order, payments, refunds: [], at: sale.closedAt ?? 0 })
  })
  return { reads, events }
}

function amountIn(money: unknown): number {
  return (money as { readonly amount: number }).amount
}

function hundredThousandths(quantity: unknown): number {
  return Math.round(Number(quantity) * 100_000)
}

describe('the catalogue', () => {
  test.each(KINDS)('whatever a %s sells stands in it, then and later', (kind) => {
    const seller = sellerOf(kind)
    for (const date of ['2025-02-10', '2025-11-29', '2026-03-02']) {
      const then = readsOf(ownerOf(seller)).catalogue.entriesAt((dayNumber(date) + 1) * DAY_MS)
      const later = readsOf(ownerOf(seller)).catalogue.entriesAt(NOW)
      for (const { lines } of salesOf(seller, date, date)) {
        for (const line of lines) {
          const id = catalogIdOf(seller.merchantId, line.itemKey, line.variant)
          expect(then.get(id)?.data, line.name).toMatchObject({ sku: line.sku })
          expect(then.get(id)?.deleted).toBe(false)
          expect(later.get(id)?.data).toMatchObject({
            sku: line.sku,
            item_id: itemIdOf(seller.merchantId, line.itemKey),
          })
        }
      }
    }
  })

  test.each(KINDS)('every object of a %s has an id of its own, and whatever it refers to exists', (kind) => {
    fc.assert(
      fc.property(fc.integer({ min: dayNumber('2023-02-01'), max: dayNumber('2029-12-31') }), (day) => {
        const entries = catalogueOn(ownerOf(sellerOf(kind)), day)
        const ids = new Set(entries.map(({ id }) => id))
        expect(ids.size).toBe(entries.length)
        const referred = JSON.stringify(entries.map(({ parentId, data }) => [parentId, data])).match(
          /"[A-Z0-9a-z]{24}"/gu,
        )
        for (const id of referred ?? []) expect(ids).toContain(id.slice(1, -1))
        for (const { changedAt } of entries) expect(changedAt).toBeLessThanOrEqual(day * DAY_MS)
      }),
      { numRuns: 30 },
    )
  })

  test('what was taken off the menu stays behind as a deleted object with its SKU', () => {
    const entries = readsOf(ownerOf(sellerOf('cafe'))).catalogue.entriesAt(NOW)
    const gone = [...entries.values()].filter(({ deleted }) => deleted)
    expect(gone.map(({ data }) => data.name ?? data.sku)).toEqual(
      expect.arrayContaining(['Rooibos', 'Poppy seed slice']),
    )
    expect(gone.find(({ type }) => type === 'ITEM_VARIATION')?.data.sku).toEqual(expect.any(String))
  })

  test('a new price moves the variation and leaves the version of its item', () => {
    const seller = sellerOf('cafe')
    const { catalogue } = readsOf(ownerOf(seller))
    const itemId = itemIdOf(seller.merchantId, 'cappuccino')
    const id = catalogIdOf(seller.merchantId, 'cappuccino', 'Large')
    const before = new Map(catalogue.entriesAt(NOW))
    catalogue.edit({ kind: 'reprice', id, amount: 777 }, NOW)
    const after = catalogue.entriesAt(NOW)
    const changed = [...after.values()].filter((entry) => entry.changedAt !== before.get(entry.id)?.changedAt)
    expect(changed.map((entry) => [entry.id, entry.changedAt])).toEqual([[id, NOW]])
    const item = after.get(itemId)
    const shown = item === undefined ? null : JSON.stringify(catalogObject(after, item))
    expect(shown).toContain('"amount":777')
    expect(catalogue.changedAt(NOW)).toBe(NOW)
  })

  test('a price at one location overrides the others without touching them', () => {
    const seller = sellerOf('retail')
    const { catalogue } = readsOf(ownerOf(seller))
    const [main, second] = ownerOf(seller).locationIds
    const id = catalogIdOf(seller.merchantId, 'bananas', null)
    const price = catalogue.entriesAt(NOW).get(id)?.data.price_money
    catalogue.edit({ kind: 'reprice', id, amount: 99, locationId: second ?? '' }, NOW)
    catalogue.edit({ kind: 'reprice', id, amount: 98, locationId: main ?? '' }, NOW + 1)
    expect(catalogue.entriesAt(NOW + 1).get(id)?.data).toMatchObject({
      price_money: price,
      location_overrides: [
        { location_id: second, price_money: { amount: 99 } },
        { location_id: main, price_money: { amount: 98 } },
      ],
    })
  })

  test('an item that is deleted takes its variations with it, and cannot be deleted twice', () => {
    const seller = sellerOf('cafe')
    const reads = readsOf(ownerOf(seller))
    const id = itemIdOf(seller.merchantId, 'flat-white')
    const event = reads.editCatalogue({ kind: 'delete', id }, NOW)
    expect(event).toMatchObject({ type: 'catalog.version.updated' })
    const entries = reads.catalogue.entriesAt(NOW)
    expect(entries.get(catalogIdOf(seller.merchantId, 'flat-white', null))).toMatchObject({
      deleted: true,
      changedAt: NOW,
    })
    expect(() => reads.editCatalogue({ kind: 'delete', id }, NOW)).toThrow(RangeError)
    expect(() => reads.editCatalogue({ kind: 'reprice', id: 'NOBODY', amount: 1 }, NOW)).toThrow(RangeError)
  })
})

describe('the stock', () => {
  test('every count that is told of is the one before less what was sold, or with a delivery more', () => {
    const seller = sellerOf('retail')
    const reads = readsOf(ownerOf(seller))
    const counted = () =>
      reads.stock
        .counts(Date.UTC(2026, 2, 5))
        .map((count) => [keyOf(count), hundredThousandths(count.quantity)] as const)
    const known = new Map(counted())
    const first = new Map(known)
    for (const sale of salesOf(seller, '2026-03-02', '2026-03-04')) {
      const order = paidOrder(seller, sale)
      const sold = new Map<string, number>()
      for (const { catalog_object_id: id = '', quantity } of order.line_items ?? []) {
        const key = `${id} ${order.location_id}`
        sold.set(key, (sold.get(key) ?? 0) + hundredThousandths(quantity))
      }
      const told = reads.stock.follow({ order, payments: [], refunds: [], at: sale.closedAt ?? 0 })
      const counts = told.flatMap(({ object }) => object.inventory_counts as readonly JsonObject[])
      for (const count of counts) {
        const key = keyOf(count)
        const left = (known.get(key) ?? 0) - (sold.get(key) ?? 0)
        const now = hundredThousandths(count.quantity)
        // Several lines of one order may each have run the shelf low.
        const delivered = (now - left) / (first.get(key) ?? 1)
        expect(Number.isInteger(delivered) && delivered >= 0).toBe(true)
        known.set(key, now)
      }
      expect(new Set(counts.map(keyOf))).toEqual(new Set([...sold.keys()].filter((key) => first.has(key))))
    }
    expect([...first].some(([key, count]) => count !== known.get(key))).toBe(true)
    expect(new Map(counted())).toEqual(known)
  })

  test('goods whose deliveries nobody books are counted below nothing', () => {
    const seller = sellerOf('retail')
    const { reads } = followAll(seller, salesOf(seller, '2026-02-01', '2026-03-31'))
    expect(reads.stock.counts(NOW).some(({ quantity }) => String(quantity).startsWith('-'))).toBe(true)
  })
})

function keyOf(count: JsonObject): string {
  return `${count.catalog_object_id} ${count.location_id}`
}

describe('who bought', () => {
  const seller = sellerOf('cafe')
  const sales = salesOf(seller, '2026-01-05', '2026-01-25')
  const { reads, events } = followAll(seller, sales)
  const orders = sales.map((sale) => paidOrder(seller, sale))

  test('every customer of an order is in the directory once, since the first of their orders', () => {
    const named = new Set(orders.flatMap(({ customer_id: id }) => id ?? []))
    expect(new Set(reads.customers.all().map(({ id }) => id))).toEqual(named)
    expect(events.filter(({ type }) => type === 'customer.created')).toHaveLength(named.size)
    for (const customer of reads.customers.all()) {
      const visits = orders.filter(({ customer_id: id }) => id === customer.id).map((order) => order.closed_at)
      expect(customer.created_at).toBe(visits.sort()[0])
    }
  })

  test('points of an account are the sum of its events, one for each unit spent before tax', () => {
    const accounts = reads.loyalty?.accounts() ?? []
    const told = reads.loyalty?.events() ?? []
    expect(accounts.length).toBeGreaterThan(20)
    expect(accounts.length).toBeLessThan(reads.customers.all().length)
    for (const account of accounts) {
      const own = told.filter(({ wire }) => wire.loyalty_account_id === account.id)
      const points = own.map(({ wire }) => (wire.accumulate_points as { readonly points: number }).points)
      expect(points.reduce((sum, each) => sum + each, 0)).toBe(account.balance)
    }
    for (const { orderId, wire } of told) {
      const order = orders.find(({ id }) => id === orderId)
      const spent = (order?.total_money.amount ?? 0) - (order?.total_tax_money.amount ?? 0)
      expect((wire.accumulate_points as { readonly points: number }).points).toBe(Math.floor(spent / 100))
    }
  })

  test('a gift card holds the sum of its activities, never less than nothing, and every one sold is there', () => {
    const byCard = new Map<string, number>()
    const inOrder = [...reads.giftCards.activities()]
    for (const { wire } of inOrder) {
      const id = String(wire.gift_card_id)
      const details = Object.entries(wire).find(([name]) => name.endsWith('_activity_details'))?.[1] as JsonObject
      const sign = wire.type === 'REDEEM' ? -1 : 1
      byCard.set(id, (byCard.get(id) ?? 0) + sign * amountIn(details.amount_money))
      expect(amountIn(wire.gift_card_balance_money)).toBe(byCard.get(id))
      expect(byCard.get(id)).toBeGreaterThanOrEqual(0)
    }
    for (const card of reads.giftCards.cards()) expect(amountIn(card.balance_money)).toBe(byCard.get(String(card.id)))
    const lines = orders.flatMap((order) => order.line_items ?? []).filter((line) => line.item_type === 'GIFT_CARD')
    const activated = inOrder.filter(({ wire }) => wire.type === 'ACTIVATE')
    expect(activated).toHaveLength(lines.length)
    expect(lines.length).toBeGreaterThan(50)
    expect(inOrder.some(({ wire }) => wire.type === 'REDEEM')).toBe(true)
    expect(new Set(reads.giftCards.cards().map(({ gan }) => gan)).size).toBe(reads.giftCards.cards().length)
  })

  test('a seller without the plan has no programme', () => {
    expect(readsOf(ownerOf(seller), { loyalty: false }).loyalty).toBeNull()
  })
})
