import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkIdentity } from '#canon/money-identity.ts'
import type { Reading } from '../../contract.ts'
import { fixture, NOWHERE } from '../test-fixtures.ts'
import type { Json } from '../test-orders.ts'
import { reader } from './reader.ts'

const { order, payments } = fixture('breakfast') as { order: Json; payments: Json[] }

function read(changed: Json, paid: readonly Json[] = payments): Reading {
  const records = reader.recordsOf('order', { order: changed, payments: paid })
  return reader.read('sale:ORDBREAKFAST', records, [], NOWHERE)
}

function withLine(fields: Json): Json {
  const [first, ...others] = order.line_items as Json[]
  return { ...order, line_items: [{ ...first, ...fields }, ...others] }
}

test('a record as it is known drifts in nothing', () => {
  expect(read(order).drift).toEqual([])
})

test('a field that is new is counted, and the sale is read as before', () => {
  const { drift, sales } = read({ ...withLine({ loyalty_stars: 3 }), queue_name: 'Ada Lovelace' })
  expect(drift).toEqual([
    { what: 'unknown_field', path: 'order.line_items[].loyalty_stars', value: null },
    { what: 'unknown_field', path: 'order.queue_name', value: null },
  ])
  expect(sales).toEqual(read(order).sales)
})

test('a member that is new is told by its word, and what is no word is not repeated', () => {
  expect(read(withLine({ item_type: 'SUBSCRIPTION' })).drift).toEqual([
    { what: 'unknown_value', path: 'order.line_items[].item_type', value: 'SUBSCRIPTION' },
  ])
  const sentence = { ...payments[0], source_type: 'ada@example.com' }
  expect(read(order, [sentence]).drift).toEqual([{ what: 'unknown_value', path: 'payment.source_type', value: null }])
  expect(read(withLine({ item_type: 'SUBSCRIPTION' })).sales[0]?.items[0]?.kind).toBe('article')
})

describe('a record of another type is kept out of the books', () => {
  test.each([
    [{ ...order, total_money: '15.12' }, 'order.total_money'],
    [{ ...order, total_money: { amount: 15.12, currency: 'USD' } }, 'order.total_money'],
    [{ ...order, total_money: { amount: 2 ** 60, currency: 'USD' } }, 'order.total_money'],
    [{ ...order, total_money: { amount: 1512, currency: 'DOLLARS' } }, 'order.total_money'],
    [{ ...order, total_tip_money: { amount: 200, currency: 'EUR' } }, 'order.total_tip_money'],
    [{ ...order, closed_at: 'this morning' }, 'order.closed_at'],
    [{ ...order, line_items: {} }, 'order.line_items'],
    [withLine({ quantity: 2 }), 'order.line_items[].quantity'],
    [withLine({ quantity: 'two' }), 'order.line_items[].quantity'],
    [withLine({ name: { text: 'Flat white' } }), 'order.line_items[].name'],
  ])('%#: %s', (changed, path) => {
    const { drift, sales, refunds } = read(changed)
    expect(drift).toEqual([{ what: 'wrong_type', path, value: null }])
    expect([sales, refunds]).toEqual([[], []])
  })

  test('but what is not read may become what it likes', () => {
    const { drift, sales } = read({ ...order, metadata: 7, fulfillments: 'none', discounts: null })
    expect(drift).toEqual([])
    expect(sales).toHaveLength(1)
  })
})

test('null is the same as left out', () => {
  const nulls = Object.fromEntries(
    ['customer_id', 'returns', 'refunds', 'service_charges', 'source'].map((name) => [name, null]),
  )
  const { sales, drift } = read({ ...order, ...nulls })
  expect(drift).toEqual([])
  expect(sales[0] && checkIdentity(sales[0]).verdict).toBe('holds')
})

test('nothing that stands in a body ever stands in what is told of its drift', () => {
  const secret = 'Ada Lovelace <ada@example.com>'
  const paths = fc.constantFrom(...Object.keys(order))
  const leaks = fc.property(paths, fc.constantFrom(secret, { [secret]: secret }, [secret]), (field, value) => {
    const changed = { ...order, [field]: value, [secret]: secret }
    const text = JSON.stringify(field === 'id' ? {} : read(changed).drift)
    expect(text).not.toContain('Ada')
  })
  fc.assert(leaks)
})
