import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Garbled } from '../../contract.ts'
import { fixture } from '../test-fixtures.ts'
import type { Json } from '../test-orders.ts'
import { momentOf } from './moments.ts'
import { reader } from './reader.ts'

const order = { id: 'ORD1', location_id: 'L1', updated_at: '2026-10-01T12:00:00Z' }
const line = { uid: 'L', quantity: '1' }

test('an object is found bare, by its name, in a page, in a list and in a bundle', () => {
  for (const value of [order, { order }, { orders: [order] }, [order], [{ order }], { orders: [order], cursor: 'c' }]) {
    expect(reader.recordsOf('order', value).map(({ id }) => id)).toEqual(['ORD1'])
  }
  const bundle = reader.recordsOf('order', fixture('late-return'))
  expect(bundle.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'order ORDRETURN',
    'payment PAYBREAKFAST',
    'refund PAYBREAKFAST_REF1',
  ])
})

test('an empty page has no records; what holds no such object at all is garbled', () => {
  expect(reader.recordsOf('order', {})).toEqual([])
  expect(reader.recordsOf('order', { orders: [], cursor: 'c' })).toEqual([])
  const garbled: unknown[] = [{ menu: [] }, 'order', null, { orders: ['ORD1'] }, { orders: [{ location_id: 'L1' }] }]
  for (const value of [...garbled, { errors: [{ code: 'BAD_REQUEST' }] }, { order: { id: 7 } }]) {
    expect(() => reader.recordsOf('order', value)).toThrow(Garbled)
  }
  expect(() => reader.recordsOf('horse', {})).toThrow(Garbled)
})

test('an order says which facts it has a part in', () => {
  const subjects = (fields: Json) => reader.recordsOf('order', { ...order, ...fields })[0]?.subjects
  expect(subjects({ line_items: [line] })).toEqual(['sale:ORD1'])
  expect(subjects({ returns: [{ uid: 'R' }] })).toEqual(['return:ORD1'])
  expect(subjects({ line_items: [line], returns: [{ uid: 'R' }] })).toEqual(['sale:ORD1', 'return:ORD1'])
  // Nothing is known of it yet: it may become either.
  expect(subjects({})).toEqual(['sale:ORD1', 'return:ORD1'])
})

test('a refund is the same record with and without the version that webhooks add', () => {
  const { refunds } = fixture('late-return') as { refunds: Json[] }
  const [plain] = reader.recordsOf('refund', refunds[0])
  expect(reader.recordsOf('refund', { ...refunds[0], version: 4 })).toEqual([plain])
  expect(plain?.subjects).toEqual(['return:ORDRETURN'])
})

test('versions: a rising number where there is one, and the time', () => {
  const version = (fields: Json) => reader.recordsOf('order', { ...order, ...fields })[0]?.version
  expect(version({ version: 3 })).toEqual({ version: 3n, updatedAt: Date.parse(order.updated_at) })
  expect(version({})).toMatchObject({ version: null })
  expect(version({ updated_at: 'yesterday' })).toEqual({ version: null, updatedAt: null })
})

test('moments have none to nine digits of a second, and are never rounded up', () => {
  const digits = fc.property(
    fc.integer({ min: 0, max: 999_999_999 }),
    fc.integer({ min: 0, max: 9 }),
    (nanos, kept) => {
      const fraction = String(nanos).padStart(9, '0').slice(0, kept)
      const text = `2026-10-01T12:00:00${kept === 0 ? '' : `.${fraction}`}Z`
      const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
      expect(momentOf(text)).toBe(Date.UTC(2026, 9, 1, 12, 0, 0, ms))
    },
  )
  fc.assert(digits)
  const anyTime = fc.date({
    min: new Date('2000-01-01T00:00:00Z'),
    max: new Date('2099-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(momentOf(time.toISOString())).toBe(time.getTime())
    }),
  )
  expect(momentOf('2026-02-30T00:00:00Z')).toBeNull()
  expect(momentOf('2026-10-01T05:30:00-06:30')).toBe(Date.UTC(2026, 9, 1, 12))
  expect(momentOf('2026-10-01T14:00:00+02:00')).toBe(Date.UTC(2026, 9, 1, 12))
  for (const text of [
    '2026-10-01',
    '1 October 2026',
    '2026-10-01T12:00:00',
    '',
    'now',
    '2026-13-01T00:00:00Z',
    7,
    null,
  ]) {
    expect(momentOf(text)).toBeNull()
  }
})

test('a count is one of an article at a place in a state', () => {
  const count = { catalog_object_id: 'VARLARGE', location_id: 'L1', state: 'IN_STOCK', quantity: '-3' }
  expect(reader.recordsOf('inventory_count', { counts: [count] })).toMatchObject([
    { id: 'VARLARGE:L1:IN_STOCK', location: 'L1', subjects: [] },
  ])
})

test('every kind says which of its paths are personal', () => {
  expect(Object.keys(reader.personal).sort()).toEqual([...reader.kinds].sort())
})
