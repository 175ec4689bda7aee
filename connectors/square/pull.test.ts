import { describe, expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { Garbled, type PullWindow, type Stream } from '../contract.ts'
import { books } from './books.ts'
import { locations } from './locations.ts'
import { pull } from './pull.ts'
import { fixture } from './test-fixtures.ts'
import { makePayment, money } from './test-orders.ts'
import { type Answer, bodyOf, have, LINK, parametersOf } from './test-talk.ts'

const FROM = instant(Date.UTC(2026, 9, 1))
const TO = instant(Date.UTC(2026, 9, 2))
const window = (by: PullWindow['by'], locationIds: readonly string[] | null = null): PullWindow => ({
  ...{ by, from: FROM, to: TO, locations: locationIds },
})

function streamOf(name: string): Stream {
  const stream = pull.streams.find((one) => one.name === name)
  if (stream === undefined) throw new Error(`there is no stream ${name}`)
  return stream
}

function page(name: string, asked: PullWindow, answer: Answer, cursor: string | null = null) {
  const { calls, value } = have(streamOf(name).page(LINK, asked, cursor), () => answer)
  return { call: calls[0], calls, page: value }
}

describe('orders', () => {
  test('are searched by place and time, the oldest first', () => {
    const { call } = page('orders', window('created', ['L1', 'L2']), { body: {} })
    expect(bodyOf(call)).toEqual({
      ...{ location_ids: ['L1', 'L2'], limit: 500 },
      query: {
        filter: {
          state_filter: { states: ['COMPLETED', 'OPEN', 'CANCELED'] },
          date_time_filter: {
            created_at: { start_at: '2026-10-01T00:00:00.000Z', end_at: '2026-10-02T00:00:00.000Z' },
          },
        },
        sort: { sort_field: 'CREATED_AT', sort_order: 'ASC' },
      },
    })
    const followed = bodyOf(page('orders', window('updated', ['L1']), { body: {} }, 'c1').call)
    expect(followed).toMatchObject({ cursor: 'c1', query: { sort: { sort_field: 'UPDATED_AT' } } })
  })

  test('a page says where it ends; the one without a cursor is the last', () => {
    const { order } = fixture('breakfast') as { order: { updated_at: string } }
    const { page: told } = page('orders', window('updated', ['L1']), { body: { orders: [order], cursor: 'c2' } })
    expect(told).toMatchObject({ next: 'c2', lastAt: Date.parse(order.updated_at), count: 1 })
    expect(told.records).toHaveLength(1)
    const end = { records: [], next: null, lastAt: null, count: 0 }
    expect(page('orders', window('updated', ['L1']), { body: {} }).page).toEqual(end)
    expect(page('orders', window('updated', ['L1']), { body: { orders: [], cursor: '' } }).page.next).toBeNull()
  })

  test('an answer that breaks off, or holds errors alone, is garbled and never an empty page', () => {
    for (const body of ['{"orders":[{"id":"O', '{"errors":[{"code":"INTERNAL_SERVER_ERROR"}]}', '{"orders":[{}]}']) {
      expect(() => page('orders', window('updated', ['L1']), { body })).toThrow(Garbled)
    }
  })
})

test('payments are asked for place by place, and old ones that change are not left out', () => {
  expect(streamOf('payments').locationsMax).toBe(1)
  expect(parametersOf(page('payments', window('created', ['L1']), { body: {} }).call)).toEqual({
    ...{ location_id: 'L1', begin_time: '2026-10-01T00:00:00.000Z', end_time: '2026-10-02T00:00:00.000Z' },
    ...{ sort_field: 'CREATED_AT', sort_order: 'ASC', limit: '100' },
  })
  expect(parametersOf(page('payments', window('updated', ['L1']), { body: {} }, 'c').call)).toEqual({
    ...{ location_id: 'L1', begin_time: '2009-01-01T00:00:00.000Z', limit: '100', cursor: 'c' },
    ...{ updated_at_begin_time: '2026-10-01T00:00:00.000Z', updated_at_end_time: '2026-10-02T00:00:00.000Z' },
    ...{ sort_field: 'UPDATED_AT', sort_order: 'ASC' },
  })
})

test('refunds are asked for all places at once', () => {
  expect(streamOf('refunds').locationsMax).toBeNull()
  expect(parametersOf(page('refunds', window('updated'), { body: {} }).call)).not.toHaveProperty('location_id')
})

test('articles come whole at first, then from just before the window, the deleted ones too', () => {
  const whole = bodyOf(page('catalog', window('whole'), { body: {} }).call)
  expect(whole).not.toHaveProperty('begin_time')
  expect(whole).toMatchObject({ include_deleted_objects: true })
  const changed = bodyOf(page('catalog', window('updated'), { body: {} }).call)
  expect(changed.begin_time).toBe('2026-09-30T23:59:59.999Z')
  const { page: told } = page('catalog', window('whole'), { body: fixture('catalog') })
  expect(told.records.map(({ id }) => id)).toEqual(['ITEMFLATWHITE', 'VARLARGE', 'VARREGULAR', 'CATDRINKS', 'CATMENU'])
  expect(told).toMatchObject({ count: 3, lastAt: null })
})

test('customers that change rise by nothing, so no page says where it ends', () => {
  const answer = {
    body: { customers: [{ id: 'C1', created_at: '2026-10-01T01:00:00Z', updated_at: '2026-10-01T02:00:00Z' }] },
  }
  expect(page('customers', window('created'), answer).page.lastAt).toBe(Date.parse('2026-10-01T01:00:00Z'))
  expect(page('customers', window('updated'), answer).page.lastAt).toBeNull()
})

describe('fetching by name', () => {
  test('as many in a call as Square takes, each once, and what it does not know is left out', () => {
    const ids = Array.from({ length: 250 }, (_, no) => `O${no}`)
    const refs = [...ids, 'O0', 'O1'].map((id) => ({ kind: 'order', id }))
    const { calls, value } = have(pull.fetch(LINK, refs), (call) => {
      const asked = bodyOf(call).order_ids as string[]
      return { body: { orders: asked.filter((id) => id !== 'O7').map((id) => ({ id })) } }
    })
    expect(calls.map((call) => (bodyOf(call).order_ids as string[]).length)).toEqual([100, 100, 50])
    expect(value).toHaveLength(249)
    expect(pull.fetchMax('order')).toBe(100)
    expect(pull.fetchMax('horse')).toBe(0)
  })

  test('payments and refunds one by one', () => {
    const refs = [
      { kind: 'payment', id: 'P1' },
      { kind: 'refund', id: 'P1_R' },
      { kind: 'payment', id: 'GONE' },
      { kind: 'horse', id: 'H' },
    ]
    const { calls, value } = have(pull.fetch(LINK, refs), ({ path }) => {
      if (path.endsWith('GONE')) return { status: 404, body: { errors: [{ code: 'NOT_FOUND' }] } }
      return { body: path.startsWith('/v2/refunds') ? { refund: { id: 'P1_R' } } : { payment: { id: 'P1' } } }
    })
    expect(calls.map(({ path }) => path)).toEqual(['/v2/payments/P1', '/v2/payments/GONE', '/v2/refunds/P1_R'])
    expect(value.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['payment P1', 'refund P1_R'])
  })

  test('articles, counts and customers', () => {
    const count = { catalog_object_id: 'V', location_id: 'L', state: 'IN_STOCK', quantity: '1' }
    const refs = [
      { kind: 'catalog', id: 'V' },
      { kind: 'inventory_count', id: 'V:L:IN_STOCK' },
      { kind: 'customer', id: 'C' },
    ]
    const { value } = have(pull.fetch(LINK, refs), ({ name }, no) => {
      if (name === 'catalog.get') return { body: { objects: [{ type: 'ITEM_VARIATION', id: 'V' }] } }
      if (name === 'customers.get') return { body: { responses: { C: { customer: { id: 'C' } }, D: { errors: [] } } } }
      return {
        body: { counts: [no === 1 ? count : { ...count, state: 'WASTE' }], ...(no === 1 ? { cursor: 'c' } : {}) },
      }
    })
    expect(value.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'catalog V',
      'inventory_count V:L:IN_STOCK',
      'customer C',
    ])
  })
})

test('places: those that are closed too, with their clock, money and country', () => {
  const open = {
    id: 'L1',
    name: 'Harbour',
    status: 'ACTIVE',
    currency: 'EUR',
    timezone: 'Europe/Dublin',
    country: 'IE',
  }
  const body = { locations: [open, { id: 'L2', status: 'INACTIVE', currency: 'UNKNOWN_CURRENCY' }] }
  expect(have(locations(), () => ({ body })).value).toEqual([
    { id: 'L1', name: 'Harbour', active: true, currency: 'EUR', timeZone: 'Europe/Dublin', country: 'IE' },
    { id: 'L2', name: 'L2', active: false, currency: null, timeZone: null, country: null },
  ])
})

test('the books of a place: what was paid and given back within a time, its end left out, over all pages', () => {
  const within = (id: string, createdAt: Instant, fields: object = {}) => ({
    ...makePayment(id, 'O', 1_000, 150, 'EUR', 0),
    ...{ created_at: new Date(createdAt).toISOString(), ...fields },
  })
  const refund = { id: 'R', status: 'COMPLETED', amount_money: money(300, 'EUR'), created_at: '2026-10-01T09:00:00Z' }
  const { calls, value } = have(books.figures(LINK, { location: 'L1', from: FROM, to: TO }), (call) => {
    if (call.name === 'books.refunds')
      return { body: { refunds: [refund, { ...refund, id: 'R2', status: 'PENDING' }] } }
    if (!call.path.includes('cursor=')) return { body: { payments: [within('P1', FROM)], cursor: 'c' } }
    return { body: { payments: [within('P2', TO), within('P3', FROM, { status: 'FAILED' })] } }
  })
  expect(calls).toHaveLength(3)
  expect(value).toEqual([{ currency: 'EUR', payments: 1, paid: 1_150n, tips: 150n, refunds: 1, refunded: 300n }])
})
