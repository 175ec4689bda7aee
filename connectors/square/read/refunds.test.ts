import { describe, expect, test } from 'vitest'
import { fixture, tell } from '../test-fixtures.ts'
import type { Json } from '../test-orders.ts'

type Return = { orders: Json[]; refunds: Json[]; payments: Json[] }

const late = fixture('late-return') as Return
const [returnOrder] = late.orders as [Json]
const [refund] = late.refunds as [Json]
const [payment] = late.payments as [Json]

function readingOf(values: readonly unknown[]) {
  const told = tell(values)
  const reading = told.readings.find(
    ({ refunds, settling, needs }) => refunds.length + needs.length > 0 || settling !== null,
  )
  return { ...told, reading, facts: [...told.refunds.values()] }
}

test('a bun that came back: the money by its refund, the item by its order, under one id', () => {
  expect([...tell([late]).refunds.values()]).toEqual([
    {
      refund: {
        ...{ externalId: 'PAYBREAKFAST_REF1', refundedAt: Date.parse('2026-10-02T09:00:02.5Z') },
        ...{ amount: 637n, tax: 32n, tip: 200n, tender: 'card', reason: 'Stale bun' },
        items: [
          {
            saleItemExternalId: 'L2',
            article: { externalId: 'VARBUN', sku: null, name: 'Cinnamon bun', variant: null, category: null },
            ...{ quantity: '1', amount: 437n, tax: 32n },
          },
        ],
      },
      ...{ saleExternalId: 'ORDBREAKFAST', location: 'LMAINSTREET', currency: 'USD' },
    },
  ])
})

test('a refund that comes first is told as money, and asks for its order and its payment', () => {
  const { facts, reading } = readingOf([{ refund }])
  expect(facts).toMatchObject([{ refund: { amount: 637n, items: [], tender: 'card' }, saleExternalId: null }])
  expect(reading?.needs).toEqual([
    { kind: 'order', id: 'ORDRETURN' },
    { kind: 'payment', id: 'PAYBREAKFAST' },
  ])
})

test('an order that comes first tells nothing, and waits for its refund', () => {
  const { facts, reading } = readingOf([{ order: { ...returnOrder, refunds: [{ id: 'PAYBREAKFAST_REF1' }] } }])
  expect(facts).toEqual([])
  expect(reading?.settling).toEqual({
    reason: 'refund_pending',
    again: [
      { kind: 'order', id: 'ORDRETURN' },
      { kind: 'refund', id: 'PAYBREAKFAST_REF1' },
    ],
  })
})

test('a refund that is pending is no money yet, and one that failed never was', () => {
  const pending = readingOf([
    { orders: [returnOrder], refunds: [{ ...refund, status: 'PENDING' }], payments: [payment] },
  ])
  expect(pending.facts).toEqual([])
  expect(pending.reading?.settling).toMatchObject({ reason: 'refund_pending', again: [{ kind: 'refund' }] })
  for (const status of ['FAILED', 'REJECTED']) {
    expect(tell([{ refunds: [{ ...refund, status }], payments: [payment] }]).refunds.size).toBe(0)
  }
})

test('a refund by amount names no items, and none are made up', () => {
  const byAmount = { ...refund, order_id: 'ORDAMOUNT' }
  const order = { ...returnOrder, id: 'ORDAMOUNT', returns: [{ uid: 'R', source_order_id: 'ORDBREAKFAST' }] }
  const { facts } = readingOf([{ order, refunds: [byAmount], payments: [payment] }])
  expect(facts).toMatchObject([{ refund: { amount: 637n, items: [], tax: 32n }, saleExternalId: 'ORDBREAKFAST' }])
})

test('a refund that names the sale itself, and one that names no order, are told all the same', () => {
  const sale = fixture('breakfast')
  const onSale = readingOf([sale, { refund: { ...refund, order_id: 'ORDBREAKFAST' } }])
  expect(onSale.facts).toMatchObject([{ refund: { amount: 637n, items: [] }, saleExternalId: 'ORDBREAKFAST' }])
  expect(onSale.readings.flatMap(({ needs, settling }) => [needs, settling ?? []].flat())).toEqual([])

  const { order_id: _order, ...orphan } = refund
  expect(readingOf([sale, { refund: orphan }]).facts).toMatchObject([{ saleExternalId: 'ORDBREAKFAST' }])
  const { payment_id: _payment, ...unlinked } = orphan
  expect(readingOf([{ refund: unlinked }]).facts).toMatchObject([{ saleExternalId: null, refund: { tender: 'card' } }])
})

test('a gift card gets its money back as a gift card, though Square calls it a card', () => {
  const giftCard = { ...payment, card_details: { card: { card_brand: 'SQUARE_GIFT_CARD' } } }
  const { facts } = readingOf([{ ...late, payments: [giftCard] }])
  expect(facts).toMatchObject([{ refund: { tender: 'gift_card' } }])
})

describe('one return that is paid back in two ways', () => {
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  const first = { ...refund, id: 'R1', amount_money: usd(400) }
  const second = {
    ...refund,
    id: 'R2',
    amount_money: usd(237),
    payment_id: 'PAYOTHER',
    created_at: '2026-10-02T09:00:03Z',
  }
  const other = { ...payment, id: 'PAYOTHER', source_type: 'CASH', card_details: undefined }

  test('what came back is laid to both, and told once', () => {
    const { facts } = readingOf([{ order: returnOrder, refunds: [first, second], payments: [payment, other] }])
    const parts = facts.map(({ refund: fact }) => [
      fact.tip,
      fact.tax,
      fact.items.map((item) => [item.quantity, item.amount]),
    ])
    // The tip goes with its own tender, so that of the first 400 only 200 are left for the bun.
    expect(parts).toEqual([
      [200n, 14n, [['1', 200n]]],
      [0n, 18n, [['0', 237n]]],
    ])
  })

  test('as long as one of them is not known, neither tells an item', () => {
    const { facts, reading } = readingOf([{ order: returnOrder, refunds: [first], payments: [payment] }])
    expect(facts).toMatchObject([{ refund: { items: [], amount: 400n } }])
    expect(reading?.settling?.reason).toBe('refund_pending')
  })
})

describe('an exchange', () => {
  const exchange = fixture('exchange') as { order: Json; refunds: Json[]; payments: Json[] }

  test('is a whole sale, and a refund of what was brought back', () => {
    const { sales, refunds } = tell([exchange])
    expect(sales.get('ORDEXCHANGE')).toMatchObject({
      ...{ status: 'closed', total: 760n, gross: 760n, taxIncluded: 63n },
      payments: [{ externalId: 'ORDEXCHANGE#exchange', tender: 'other', brand: 'EXCHANGE', amount: 760n, fee: null }],
    })
    expect(
      [...refunds.values()].map(({ refund: fact, saleExternalId }) => [fact.externalId, fact.amount, saleExternalId]),
    ).toEqual([
      ['ORDEXCHANGE#exchange', 760n, 'ORDLUNCH'],
      ['PAYLUNCH_REF1', 640n, 'ORDLUNCH'],
    ])
    const items = [...refunds.values()].flatMap(({ refund: fact }) => fact.items)
    expect(items.map(({ quantity, amount }) => [quantity, amount])).toEqual([
      ['0.35', 760n],
      ['0', 640n],
    ])
  })

  test('is netted by what its own order says, before and after its refund is known', () => {
    const { refunds } = tell([{ order: exchange.order }])
    expect(refunds.get('ORDEXCHANGE#exchange')?.refund).toMatchObject({ amount: 760n, items: [] })
  })

  test('is no refund before it is paid', () => {
    const usd = { total_money: { amount: 100, currency: 'EUR' } }
    const open = { ...exchange.order, state: 'OPEN', closed_at: undefined, net_amounts: usd }
    const { sales, refunds } = tell([{ order: open }])
    expect(refunds.size).toBe(0)
    expect(sales.get('ORDEXCHANGE')).toMatchObject({ status: 'open', payments: [] })
  })

  test('that names itself as the source of what came back names no sale', () => {
    const returns = (exchange.order.returns as Json[]).map((one) => ({ ...one, source_order_id: 'ORDEXCHANGE' }))
    const { refunds } = tell([{ order: { ...exchange.order, returns } }])
    expect(refunds.get('ORDEXCHANGE#exchange')?.saleExternalId).toBeNull()
  })
})
