import { describe, expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Sale } from '#canon/sale.ts'
import { fixture, NOWHERE, tell } from '../test-fixtures.ts'
import { type Json, makeOrder, makePayment, money, type OrderWish, tenderFor } from '../test-orders.ts'

type Bundle = { order: Json; payments: Json[] }

const PLAIN: OrderWish = {
  market: { country: 'IE', currency: 'EUR', grossWithoutTax: false },
  lines: [{ quantity: 1, price: 1_000, modifier: 0, discountPercent: 0, isGiftCard: false, service: 0 }],
  ...{ taxPercent: 0, taxType: 'INCLUSIVE', service: 0, tip: 0, rounding: 0, tenders: 1 },
}

function lone(order: Json, payments: readonly Json[] = []) {
  const told = tell([{ order, payments }])
  const [reading] = told.readings
  if (reading === undefined) throw new Error('nothing was read')
  return { ...reading, sale: reading.sales[0] }
}

function saleIn(name: string): Sale {
  const [sale] = tell([fixture(name)]).sales.values()
  if (sale === undefined) throw new Error(`${name} tells no sale`)
  return sale
}

test('breakfast: tax on top, a discount over the order, a modifier, a tip and a fee', () => {
  const sale = saleIn('breakfast')
  expect(sale).toMatchObject({
    ...{ externalId: 'ORDBREAKFAST', number: 'PAYB', location: 'LMAINSTREET', register: 'DEVICE1', staff: 'TMTEST1' },
    ...{ channel: 'Square Point of Sale', customer: null, status: 'closed', currency: 'USD' },
    ...{ openedAt: Date.parse('2026-10-01T11:58:40Z'), closedAt: Date.parse('2026-10-01T11:59:02Z') },
    ...{ gross: 1350n, discount: 135n, taxAdded: 97n, taxIncluded: 0n, serviceCharge: 0n, tip: 200n, total: 1512n },
  })
  expect(sale.items[0]).toEqual({
    externalId: 'L1',
    article: { externalId: 'VARLARGE', sku: null, name: 'Flat white', variant: 'Large', category: null },
    ...{ quantity: '2', unitPrice: 400n, gross: 900n, discount: 90n, kind: 'article' },
    taxes: [{ name: 'City tax', rate: '8', amount: 65n, included: false }],
    modifiers: [{ name: 'Oat milk', quantity: '1', price: 50n }],
  })
  expect(sale.items[1]?.article.variant).toBeNull()
  expect(sale.payments).toEqual([
    {
      ...{ externalId: 'PAYBREAKFAST', tender: 'card', brand: 'VISA', last4: '1111', amount: 1512n, tip: 200n },
      ...{ fee: 49n, paidAt: Date.parse('2026-10-01T11:58:58Z') },
    },
  ])
  expect(checkIdentity(sale).verdict).toBe('holds')
})

test('lunch: tax inside, a weight, a gift card, a service charge with its tax, cash rounded', () => {
  const sale = saleIn('lunch')
  expect(sale).toMatchObject({
    ...{ gross: 1400n, deferred: 2500n, taxIncluded: 116n, taxAdded: 12n, serviceCharge: 128n, rounding: -2n },
    ...{ discount: 0n, tip: 0n, total: 4038n },
  })
  expect(sale.items.map(({ kind, quantity }) => [kind, quantity])).toEqual([
    ['article', '0.35'],
    ['gift_card', '1'],
  ])
  expect(sale.payments[0]).toMatchObject({ tender: 'cash', amount: 4038n, fee: null, brand: null })
  expect(checkIdentity(sale).verdict).toBe('holds')
})

test('an order that is alone is told by its tenders, and its payment then adds what only it knows', () => {
  const { order, payments } = fixture('breakfast') as Bundle
  const { sale, settling, needs } = lone(order)
  expect(sale).toMatchObject({ status: 'closed', total: 1512n, number: null })
  expect(sale?.payments).toMatchObject([{ externalId: 'PAYBREAKFAST', amount: 1512n, tip: 200n, fee: null }])
  expect([settling, needs]).toEqual([null, []])
  expect(lone(order, payments).sale?.payments).toHaveLength(1)
})

test('a payment without its order tells nothing yet and asks for the order', () => {
  const { payments } = fixture('breakfast') as Bundle
  const reading = tell(payments.map((payment) => ({ payment }))).readings[0]
  expect(reading?.sales).toEqual([])
  expect(reading?.needs).toEqual([{ kind: 'order', id: 'ORDBREAKFAST' }])
})

describe('lines that come late', () => {
  const { order, payments } = fixture('breakfast') as Bundle
  const { line_items, ...thin } = order

  test('an order without any is an open sale that is read again', () => {
    const { sale, settling } = lone(thin, payments)
    expect(sale).toMatchObject({ status: 'open', closedAt: null, total: 1512n, gross: null, items: [] })
    expect(settling).toEqual({ reason: 'lines_missing', again: [{ kind: 'order', id: 'ORDBREAKFAST' }] })
  })

  test('an order with some of them is read again until they explain its total', () => {
    const [first] = line_items as Json[]
    const { sale, settling } = lone({ ...order, line_items: [first] }, payments)
    expect(sale?.status).toBe('closed')
    expect(settling?.reason).toBe('lines_missing')
  })

  test('an empty ticket is no sale, and a drawer that was only opened is none either', () => {
    const empty = { id: 'ORD1', location_id: 'L', state: 'OPEN', created_at: '2026-10-01T12:00:00Z' }
    expect(lone(empty)).toMatchObject({ sale: undefined, settling: { reason: 'open' } })
    const drawer = { ...empty, state: 'COMPLETED', tenders: [{ id: 'P', type: 'NO_SALE' }] }
    expect(lone(drawer)).toMatchObject({ sale: undefined, settling: null })
  })
})

describe('what is due and what is paid', () => {
  const made = makeOrder('ORD', { ...PLAIN, tenders: 2 })
  const open = { ...made.wire, state: 'OPEN', closed_at: undefined }

  test('an order that waits for its pick-up and is paid is closed', () => {
    const { sale, settling } = lone(open, made.payments)
    expect(sale).toMatchObject({ status: 'closed', closedAt: Date.parse(String(made.payments[0]?.created_at)) })
    expect(settling?.reason).toBe('open')
  })

  test('an order that is paid in part is open', () => {
    const [first] = made.payments
    const part = { ...open, tenders: made.payments.slice(0, 1).map(tenderFor) }
    expect(lone(part, first === undefined ? [] : [first]).sale).toMatchObject({ status: 'open', closedAt: null })
  })

  test.each(['APPROVED', 'PENDING', 'CANCELED', 'FAILED'])('a payment that is %s is no money', (status) => {
    const payments = made.payments.map((payment) => ({ ...payment, status }))
    expect(lone(open, payments).sale).toMatchObject({ status: 'open', payments: [] })
    expect(lone(made.wire, payments).settling?.reason).toBe('payment_missing')
  })

  test('a card that is only authorised is no money, nor is one whose payment was voided', () => {
    for (const status of ['AUTHORIZED', 'VOIDED', 'FAILED']) {
      const tenders = made.payments.map((payment) => ({ ...tenderFor(payment), card_details: { status } }))
      expect(lone({ ...open, tenders }).sale).toMatchObject({ status: 'open', payments: [] })
    }
  })

  test('an order that asks for nothing is closed when Square says so, and not before', () => {
    const free = makeOrder('FREE', {
      ...PLAIN,
      lines: [{ ...PLAIN.lines[0], discountPercent: 100 }] as OrderWish['lines'],
    })
    expect(lone({ ...free.wire, state: 'OPEN', closed_at: undefined }).sale?.status).toBe('open')
    expect(lone(free.wire).sale).toMatchObject({ status: 'closed', total: 0n, payments: [] })
  })

  test('a sale that was cancelled is voided, an empty ticket that was cancelled is nothing', () => {
    const cancelled = { ...open, state: 'CANCELED', tenders: undefined, closed_at: '2026-10-01T12:09:00Z' }
    expect(lone(cancelled)).toMatchObject({ sale: { status: 'voided', payments: [] }, settling: null })
    expect(lone({ ...cancelled, line_items: undefined }).sale).toBeUndefined()
  })

  test('a draft is nothing before it is paid', () => {
    expect(lone({ ...open, state: 'DRAFT', tenders: undefined }).sale).toBeUndefined()
  })
})

test('a sale taken without a network is of the hour in which it was taken', () => {
  const made = makeOrder('OFFLINE', PLAIN)
  const taken = { is_offline_payment: true, offline_payment_details: { client_created_at: '2026-09-29T18:04:00Z' } }
  const payments = made.payments.map((payment) => ({ ...payment, ...taken }))
  const { sale } = lone(made.wire, payments)
  expect(sale?.closedAt).toBe(Date.parse('2026-09-29T18:04:00Z'))
  expect(sale?.openedAt).toBe(Date.parse('2026-09-29T18:04:00Z'))
  expect(sale?.payments[0]?.paidAt).toBe(Date.parse('2026-09-29T18:04:00Z'))
})

test.each([
  [
    { source_type: 'CARD', card_details: { card: { card_brand: 'SQUARE_GIFT_CARD' } } },
    'gift_card',
    'SQUARE_GIFT_CARD',
  ],
  [{ source_type: 'CASH', card_details: undefined }, 'cash', null],
  [{ source_type: 'BANK_ACCOUNT', card_details: undefined }, 'bank_transfer', null],
  [{ source_type: 'WALLET', card_details: undefined, wallet_details: { brand: 'CASH_APP' } }, 'wallet', 'CASH_APP'],
  [
    { source_type: 'EXTERNAL', card_details: undefined, external_details: { type: 'FOOD_VOUCHER' } },
    'voucher',
    'FOOD_VOUCHER',
  ],
  [{ source_type: 'EXTERNAL', card_details: undefined, external_details: { type: 'CHECK' } }, 'other', 'CHECK'],
  [{ source_type: 'MOONBEAM', card_details: undefined }, 'unknown', null],
])('a payment by %j', (fields, tender, brand) => {
  const made = makeOrder('ORD', PLAIN)
  const payment = { ...makePayment('ORD-P0', 'ORD', 1_000, 0, 'EUR', 1), ...fields }
  expect(lone(made.wire, [payment]).sale?.payments[0]).toMatchObject({ tender, brand })
})

describe('where a tax inside the price stands when the lines do not tell', () => {
  const made = makeOrder('ORD', { ...PLAIN, taxPercent: 19 })
  const lines = (made.wire.line_items as Json[]).map((line) => ({ ...line, total_money: undefined }))
  const order = { ...made.wire, line_items: lines }
  const inside = (country: string | null, wire: Json = order) => {
    const told = tell([{ order: wire }], { article: () => null, country: () => country })
    return [...told.sales.values()][0]?.taxIncluded !== 0n
  }

  test('the country decides, then the money', () => {
    expect([inside('IE'), inside('US'), inside('jp'), inside('AU')]).toEqual([true, false, false, true])
    expect(inside(null)).toBe(true)
    const inDollars: unknown = JSON.parse(JSON.stringify(order).replaceAll('EUR', 'USD'))
    expect(inside(null, inDollars as Json)).toBe(false)
  })
})

test('what an older order leaves out of a line is made of the prices of variation and modifiers', () => {
  const { order, payments } = fixture('breakfast') as Bundle
  const lines = (order.line_items as Json[]).map(({ gross_sales_money: _, ...line }) => line)
  expect(lone({ ...order, line_items: lines }, payments).sale).toMatchObject({ gross: 1350n })
})

test('names, SKUs and categories that stand on no line come from the catalogue', () => {
  const article = {
    ...{ externalId: 'VARLARGE', parentExternalId: 'ITEM', name: 'Flat white', variant: 'Large', sku: 'FW-L' },
    ...{ barcode: null, category: 'Drinks', price: null, currency: null, deleted: false, updatedAt: null },
  }
  const lookup = { ...NOWHERE, article: (id: string) => (id === 'VARLARGE' ? article : null) }
  const [sale] = tell([fixture('breakfast')], lookup).sales.values()
  expect(sale?.items.map((item) => [item.article.sku, item.article.category])).toEqual([
    ['FW-L', 'Drinks'],
    [null, null],
  ])
})

test('amounts of two currencies are never added', () => {
  const made = makeOrder('ORD', PLAIN)
  const foreign = {
    ...made.payments[0],
    amount_money: money(1_000, 'USD'),
    tip_money: undefined,
    total_money: undefined,
  }
  const { sale, drift } = lone(made.wire, [foreign])
  expect(sale).toBeUndefined()
  expect(drift).toContainEqual({ what: 'wrong_type', path: 'payment.amount_money', value: null })
})
