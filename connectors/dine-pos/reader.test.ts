import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { instant } from '#kernel/instant.ts'
import { sum } from '#kernel/money.ts'
import { Garbled, type SourceRecord } from '../contract.ts'
import { keptOrder } from './orders/record.ts'
import { slipOf } from './orders/slip.ts'
import { reader } from './reader.ts'
import { settingsOf } from './settings.ts'
import { anyOrder, dinner, linkWith, orderOf, outgoing, PLACED_AT } from './test-orders.ts'
import { webhooks } from './webhooks.ts'

const MINUTE_MS = 60_000
const LOOKUP = { article: () => null, country: () => null }

function kept(order: Order = dinner, credentials = {}): SourceRecord {
  const settings = settingsOf(linkWith(credentials).credentials)
  return keptOrder(slipOf(outgoing(order), settings), { posOrderId: '26' })
}

/** A callback as it is received so many minutes after the order was placed. */
function said(status: string | number, minutes: number, more: object = {}): SourceRecord {
  const body = { restID: 'R-77', orderID: 'MM-1001', status, ...more }
  const { records } = webhooks.read(Buffer.from(JSON.stringify(body)), minute(minutes))
  return records[0] as SourceRecord
}

const minute = (minutes: number) => instant(PLACED_AT + minutes * MINUTE_MS)
const read = (...records: SourceRecord[]) => reader.read('sale:MM-1001', records, [], LOOKUP)
const saleIn = (...records: SourceRecord[]) => read(...records).sales[0]

describe('how far an order is', () => {
  test('is the furthest word, in whatever order they came', () => {
    const words = [kept(), said(1, 1), said(5, 20), said(4, 21), said(10, 40)]
    fc.assert(
      fc.property(fc.shuffledSubarray(words, { minLength: 5 }), (shuffled) => {
        expect(read(...shuffled)).toEqual(read(...words))
      }),
    )
    expect(read(...words).orders).toEqual([
      { externalId: '26', reference: 'MM-1001', progress: 'completed', at: minute(40), reason: null, readyAt: null },
    ])
  })

  test('never goes back: dispatched before ready, and nothing after it was handed over', () => {
    expect(read(kept(), said(4, 10), said(5, 12)).orders).toMatchObject([{ progress: 'dispatched', at: minute(10) }])
    expect(read(kept(), said(10, 40), said('-1', 50)).orders).toMatchObject([{ progress: 'completed' }])
    expect(read(kept(), said(1, 1), said('-1', 2), said(5, 3)).orders).toMatchObject([{ progress: 'cancelled' }])
  })

  test('is told though the answer to the push has not been kept yet', () => {
    expect(read(said('accepted', 1, { pos_order_id: '26' }))).toMatchObject({
      sales: [],
      orders: [{ externalId: '26', reference: 'MM-1001', progress: 'accepted', at: minute(1) }],
    })
  })

  test('with when it will be ready, and why it was cancelled without anybody’s number', () => {
    expect(read(said('accepted', 2, { prep_minutes: 20 })).orders).toMatchObject([{ readyAt: minute(22) }])
    const [report] = read(said('-1', 2, { cancel_reason: 'Sold out, called +91 98123 45678' })).orders ?? []
    expect(report?.reason).toBe('Sold out, called …')
  })

  test('in words of the connection’s own', () => {
    const own = kept(dinner, { field_map: JSON.stringify({ statuses: { 'In Oven': 'preparing' } }) })
    expect(read(own, said('IN OVEN', 5)).orders).toMatchObject([{ progress: 'preparing' }])
  })

  test('a word that nobody explained is told as one, and moves nothing', () => {
    expect(read(kept(), said('teleported', 5))).toMatchObject({
      sales: [],
      drift: [{ what: 'unknown_value', path: 'status.status', value: 'teleported' }],
    })
  })

  test('what another restaurant says of it counts for nothing', () => {
    expect(read(kept(), said(10, 5, { restID: 'R-78' }))).not.toHaveProperty('orders')
  })
})

describe('the sale of an order', () => {
  test('is none before the restaurant accepts it, nor when it never does', () => {
    expect(read(kept()).sales).toEqual([])
    expect(read(kept(), said('received', 1)).sales).toEqual([])
    expect(read(kept(), said('-1', 1)).sales).toEqual([])
  })

  test('is open while it is made, and closed when it was handed over', () => {
    expect(saleIn(kept(), said(1, 1))).toMatchObject({ status: 'open', closedAt: null, openedAt: PLACED_AT })
    expect(saleIn(kept(), said(1, 1), said(10, 40))).toMatchObject({ status: 'closed', closedAt: minute(40) })
  })

  test('is closed earlier where the connection says so', () => {
    const early = kept(dinner, { field_map: JSON.stringify({ sale: { closed_by: 'ready' } }) })
    expect(saleIn(early, said(1, 1), said(5, 20))).toMatchObject({ status: 'closed', closedAt: minute(20) })
    expect(saleIn(early, said(1, 1), said(4, 25))).toMatchObject({ status: 'closed', closedAt: minute(25) })
    expect(saleIn(early, said(1, 1))).toMatchObject({ status: 'open' })
  })

  test('is voided when it was cancelled after it was accepted, and nothing of it was paid', () => {
    expect(saleIn(kept(), said(1, 1), said('-1', 9))).toMatchObject({
      status: 'voided',
      closedAt: minute(9),
      payments: [],
    })
  })

  test('is known though nobody knows when it was so', () => {
    const timeless = (status: number) => ({ ...said(status, 1), version: { version: null, updatedAt: null } })
    expect(saleIn(kept(), timeless(1), timeless(10))).toMatchObject({ status: 'closed', closedAt: PLACED_AT })
    expect(saleIn(kept(), timeless(1), timeless(-1))).toMatchObject({ status: 'voided' })
  })

  test('has the amounts that were pushed', () => {
    expect(saleIn(kept(), said(1, 1), said(10, 40))).toMatchObject({
      externalId: '26',
      location: 'R-77',
      number: 'MM-1001',
      channel: 'web-shop',
      customer: null,
      currency: 'INR',
      gross: 78_000n,
      discount: 4_500n,
      taxAdded: 3_675n,
      taxIncluded: 0n,
      serviceCharge: 7_000n,
      tip: 1_500n,
      total: 85_675n,
      items: [
        { quantity: '1', gross: 14_000n, discount: 1_400n },
        { quantity: '2', gross: 64_000n },
      ],
      payments: [{ externalId: 'pay_81', tender: 'bank_transfer', amount: 85_675n, tip: 1_500n, paidAt: PLACED_AT }],
    })
  })

  test('adds up for every order that does', () => {
    fc.assert(
      fc.property(anyOrder, (order) => {
        const sale = saleIn(kept(order, { currency: order.currency }), said(10, 40))
        if (sale === undefined || sale.gross === null) return expect.fail('there is no sale')
        const { gross, discount, taxAdded, serviceCharge, tip, total } = sale
        expect(gross - discount + taxAdded + serviceCharge + tip).toBe(total)
        expect(sum(sale.payments.map(({ amount }) => amount))).toBe(total)
      }),
    )
  })

  test('what is due is paid when it is handed over', () => {
    const due = kept(orderOf({ payment: { state: 'due', method: 'cash', reference: null } }))
    expect(saleIn(due, said(1, 1))?.payments).toEqual([])
    expect(saleIn(due, said(1, 1), said(10, 40))?.payments).toMatchObject([{ tender: 'cash', paidAt: minute(40) }])
  })

  test('holds nothing of the customer', () => {
    const text = JSON.stringify(read(kept(), said(10, 40)), (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
    expect(text).not.toMatch(/Asha|98123|Lake|Ring/)
  })
})

test('records are read again from what was kept of them', () => {
  for (const record of [kept(), said(1, 1)]) {
    expect(reader.recordsOf(record.kind, JSON.parse(record.body))).toEqual([
      { ...record, version: { version: null, updatedAt: null } },
    ])
  }
  for (const [kind, value] of [
    ['order', {}],
    ['order', { ...JSON.parse(kept().body), total: 1.5 }],
    ['status', { status: '1' }],
    ['payment', {}],
  ] as const) {
    expect(() => reader.recordsOf(kind, value)).toThrow(Garbled)
  }
})
