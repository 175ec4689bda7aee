import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StageClock } from '../../stage/clock.ts'
import { shopOf, sitesOf } from '../../trade/shop.ts'
import { type RunningSquare, startSquare } from '../simulate.ts'
import { type Visitor, visitorOf } from '../test-tour.ts'
import type { Answered } from '../test-witness.ts'

const NOON = Date.UTC(2026, 9, 1, 12)

let running: RunningSquare
let visitor: Visitor

beforeAll(async () => {
  const shop = shopOf('retail', { sites: sitesOf(2), giftCards: { chance: 0.05, values: [20] } })
  running = await startSquare({
    clock: new StageClock({ at: NOON, frozen: true }),
    rateLimit: null,
    sellers: [
      { shop, country: 'DE', habits: { offline: 0 } },
      { shop: shopOf('cafe'), country: 'DE', loyalty: false },
    ],
  })
  running.sell({ from: '2026-09-28', to: '2026-09-30' })
  visitor = visitorOf(running, running.credentials.access_token, fetch)
})

afterAll(() => running.close())

function idsOf(list: readonly Answered[] | undefined): string[] {
  return (list ?? []).map(({ id }) => id)
}

function justBefore(time: string): string {
  return new Date(Date.parse(time) - 1).toISOString()
}

async function codeOf(answer: Promise<Answered>): Promise<string> {
  return (await answer).errors?.[0]?.code ?? 'none'
}

describe('the catalogue', () => {
  test('a search from the time of a change does not find it, a moment before does', async () => {
    const types = { object_types: ['ITEM', 'ITEM_VARIATION', 'TAX'], include_deleted_objects: true }
    const all = await visitor.search('/v2/catalog/search', types, 'objects')
    const times = [...new Set<string>(all.map(({ updated_at }) => updated_at))]
    expect(times.length).toBeGreaterThan(3)
    for (const time of times) {
      const changedThen = idsOf(all.filter(({ updated_at }) => updated_at === time))
      const after = idsOf(await visitor.search('/v2/catalog/search', { ...types, begin_time: time }, 'objects'))
      const from = idsOf(
        await visitor.search('/v2/catalog/search', { ...types, begin_time: justBefore(time) }, 'objects'),
      )
      expect(from.filter((id) => !after.includes(id))).toEqual(changedThen)
    }
  })

  test('deleted objects are found only by who asks for them, and never read by id or listed', async () => {
    const types = { object_types: ['ITEM'] }
    const living = idsOf(await visitor.search('/v2/catalog/search', types, 'objects'))
    const all = await visitor.search('/v2/catalog/search', { ...types, include_deleted_objects: true }, 'objects')
    const [gone] = all.filter(({ is_deleted }) => is_deleted)
    expect(living).not.toContain(gone.id)
    expect(idsOf(await visitor.all('/v2/catalog/list?types=item', 'objects'))).toEqual(living)
    expect(await codeOf(visitor.get(`/v2/catalog/object/${gone.id}`))).toBe('NOT_FOUND')
    const ids = { object_ids: [gone.id] }
    expect(await visitor.post('/v2/catalog/batch-retrieve', ids)).toEqual({})
    const retrieved = await visitor.post('/v2/catalog/batch-retrieve', { ...ids, include_deleted_objects: true })
    expect(retrieved.objects).toEqual([gone])
  })

  test('related objects are what the found ones refer to, and no more', async () => {
    const { objects, related_objects: related } = await visitor.post('/v2/catalog/search', {
      object_types: ['ITEM'],
      include_related_objects: true,
      query: { exact_query: { attribute_name: 'name', attribute_value: 'sourdough loaf' } },
    })
    expect(objects).toHaveLength(1)
    const { categories, modifier_list_info: lists, tax_ids: taxes = [] } = objects[0].item_data
    const referred = [...idsOf(categories), ...lists.map((list: Answered) => list.modifier_list_id), ...taxes]
    expect(new Set(idsOf(related))).toEqual(new Set(referred))
  })

  test('a limit out of its range is ignored, and one within is kept', async () => {
    const whole = (await visitor.post('/v2/catalog/search', { object_types: ['ITEM'] })).objects.length
    for (const limit of [-1, 0, 1001]) {
      const { objects } = await visitor.post('/v2/catalog/search', { object_types: ['ITEM'], limit })
      expect(objects).toHaveLength(whole)
    }
    expect((await visitor.post('/v2/catalog/search', { object_types: ['ITEM'], limit: 3 })).objects).toHaveLength(3)
  })

  test('queries find by prefix, by words and by tax, and are sorted by name', async () => {
    const search = async (query: object) =>
      visitor.search('/v2/catalog/search', { object_types: ['ITEM'], query }, 'objects')
    const names = (list: Answered[]) => list.map(({ item_data: data }) => data.name)
    const all = await search({ sorted_attribute_query: { attribute_name: 'name', sort_order: 'DESC' } })
    expect(names(all)).toEqual(names(all).toSorted((one, other) => (one.toLowerCase() < other.toLowerCase() ? 1 : -1)))
    const withB = await search({ prefix_query: { attribute_name: 'name', attribute_prefix: 'b' } })
    expect(names(withB).length).toBeGreaterThan(2)
    expect(names(withB).every((name) => name.startsWith('B'))).toBe(true)
    expect(names(await search({ text_query: { keywords: ['gift', 'card'] } }))).toEqual(['Gift card'])
    const [tax] = await visitor.all('/v2/catalog/list?types=TAX', 'objects')
    const taxed = await search({ items_for_tax_query: { tax_ids: [tax.id] } })
    expect(idsOf(taxed)).toEqual(idsOf(all.filter(({ item_data: data }) => data.tax_ids?.includes(tax.id))).sort())
    expect(await codeOf(visitor.post('/v2/catalog/search', { query: { exact_query: {} } }))).toBe(
      'MISSING_REQUIRED_PARAMETER',
    )
  })
})

describe('the stock', () => {
  test('goes down by what is sold, and a read from then on shows what moved', async () => {
    const path = '/v2/inventory/counts/batch-retrieve'
    const before = await visitor.search(path, {}, 'counts')
    await running.clock.advance(60_000)
    const known = new Set(idsOf([...running.square.mainSeller.allOrders()]))
    running.sell({ count: 5 })
    await running.clock.advance(60_000)
    const orders = [...running.square.mainSeller.allOrders()].filter(({ id }) => !known.has(id))
    const sold = new Map<string, number>()
    for (const { location_id, line_items = [], returns = [], tenders } of orders) {
      const move = (lines: Answered[], sign: number) => {
        for (const { catalog_object_id: id, quantity } of lines) {
          const key = `${id} ${location_id}`
          sold.set(key, (sold.get(key) ?? 0) + sign * Number(quantity))
        }
      }
      if (tenders !== undefined) move([...line_items], 1)
      for (const { return_line_items: lines = [] } of returns) move([...lines], -1)
    }
    const moved = await visitor.search(path, { updated_after: new Date(NOON + 59_999).toISOString() }, 'counts')
    const keyOf = (count: Answered) => `${count.catalog_object_id} ${count.location_id}`
    const was = new Map(before.map((count) => [keyOf(count), Number(count.quantity)]))
    expect(moved.length).toBeGreaterThan(3)
    expect(new Set(moved.map(keyOf))).toEqual(new Set([...sold.keys()].filter((key) => was.has(key))))
    for (const count of moved) {
      const left = (was.get(keyOf(count)) ?? 0) - (sold.get(keyOf(count)) ?? 0)
      // Unless a delivery came in between, which is never less than the smallest shelf.
      if (Number(count.quantity) < left + 40) expect(Number(count.quantity)).toBeCloseTo(left, 5)
    }
  })

  test('the counts of one article are read by its id, at the locations that are named', async () => {
    const [count] = await visitor.search('/v2/inventory/counts/batch-retrieve', {}, 'counts')
    const own = `/v2/inventory/${count.catalog_object_id}`
    expect(await visitor.all(own, 'counts')).toHaveLength(2)
    expect(await visitor.all(`${own}?location_ids=${count.location_id}`, 'counts')).toEqual([count])
    expect(await visitor.get('/v2/inventory/NOBODY')).toEqual({})
  })
})

describe('people', () => {
  test('customers are found by their number, and by when they came, both ends included', async () => {
    const all = await visitor.all('/v2/customers?sort_field=CREATED_AT', 'customers')
    expect(all.map(({ created_at }) => created_at)).toEqual(all.map(({ created_at }) => created_at).sort())
    const [one] = all
    const found = async (filter: object) =>
      idsOf((await visitor.post('/v2/customers/search', { query: { filter } })).customers)
    expect(await found({ phone_number: { exact: one.phone_number } })).toEqual([one.id])
    expect(await found({ email_address: { exact: one.email_address.toUpperCase() } })).toEqual([one.id])
    expect(await found({ created_at: { start_at: one.created_at, end_at: one.created_at } })).toEqual([one.id])
    expect(await found({ created_at: { end_at: justBefore(one.created_at) } })).toEqual([])
    expect(await found({ reference_id: { exact: 'none has one' } })).toEqual([])
    const { count, customers } = await visitor.get('/v2/customers?limit=2&count=true')
    expect([count, customers.length]).toEqual([all.length, 2])
    expect(await codeOf(visitor.get('/v2/customers?limit=101'))).toBe('VALUE_TOO_HIGH')
    expect(await codeOf(visitor.get('/v2/customers/NOBODY'))).toBe('NOT_FOUND')
  })

  test('loyalty is found by number and by order, newest event first', async () => {
    const [account] = await visitor.search('/v2/loyalty/accounts/search', {}, 'loyalty_accounts')
    const byPhone = { query: { mappings: [{ phone_number: account.mapping.phone_number }] } }
    expect((await visitor.post('/v2/loyalty/accounts/search', byPhone)).loyalty_accounts).toEqual([account])
    const events = await visitor.search('/v2/loyalty/events/search', {}, 'events')
    const [event] = events
    const filter = { order_filter: { order_id: event.accumulate_points.order_id } }
    expect((await visitor.post('/v2/loyalty/events/search', { query: { filter } })).events).toEqual([event])
    expect(events.map(({ created_at }) => created_at)).toEqual(
      events
        .map(({ created_at }) => created_at)
        .sort()
        .reverse(),
    )
    const both = { query: { ...byPhone.query, customer_ids: [account.customer_id] } }
    expect(await codeOf(visitor.post('/v2/loyalty/accounts/search', both))).toBe('CONFLICTING_PARAMETERS')
  })

  test('a seller without the loyalty plan has no programme, accounts or events', async () => {
    const [, cafe] = running.square.sellers
    const visitor = visitorOf(running, running.connect(cafe?.merchantId ?? '').accessToken, fetch)
    expect(await codeOf(visitor.get('/v2/loyalty/programs/main'))).toBe('NOT_FOUND')
    expect(await codeOf(visitor.post('/v2/loyalty/accounts/search'))).toBe('NOT_FOUND')
    expect(await codeOf(visitor.post('/v2/loyalty/events/search'))).toBe('NOT_FOUND')
  })

  test('a gift card is found by its number, and its activities within a year unless a window is named', async () => {
    const [card] = await visitor.all('/v2/gift-cards', 'gift_cards')
    expect((await visitor.post('/v2/gift-cards/from-gan', { gan: card.gan })).gift_card).toEqual(card)
    expect(await codeOf(visitor.post('/v2/gift-cards/from-gan', { gan: '0' }))).toBe('NOT_FOUND')
    const own = `/v2/gift-cards/activities?gift_card_id=${card.id}`
    const activities = await visitor.all(own, 'gift_card_activities')
    expect(activities.length).toBeGreaterThan(0)
    expect(activities[0].gift_card_balance_money).toEqual(card.balance_money)
    expect(await visitor.all(`${own}&begin_time=2026-10-01T11:59:59Z`, 'gift_card_activities')).toEqual([])
    await running.clock.advance(366 * 86_400_000)
    expect(await visitor.all(own, 'gift_card_activities')).toEqual([])
    expect(await visitor.all(`${own}&begin_time=2026-01-01T00:00:00Z`, 'gift_card_activities')).toEqual(activities)
  })
})

describe('every list', () => {
  test.each([
    ['GET', '/v2/customers', 'customers', 7],
    ['GET', '/v2/gift-cards', 'gift_cards', 2],
    ['GET', '/v2/gift-cards/activities?begin_time=2026-01-01T00:00:00Z', 'gift_card_activities', 3],
    ['POST', '/v2/customers/search', 'customers', 9],
    ['POST', '/v2/catalog/search', 'objects', 4],
    ['POST', '/v2/inventory/counts/batch-retrieve', 'counts', 11],
    ['POST', '/v2/loyalty/accounts/search', 'loyalty_accounts', 5],
    ['POST', '/v2/loyalty/events/search', 'events', 6],
  ])('%s %s is the same in small pages and in large ones', async (method, path, list, limit) => {
    const read = (more: object) =>
      method === 'POST'
        ? visitor.search(path, more, list)
        : visitor.all(
            `${path}${path.includes('?') ? '&' : '?'}${new URLSearchParams(more as Record<string, string>)}`,
            list,
          )
    const large = await read({})
    expect(large.length).toBeGreaterThan(limit)
    expect(await read({ limit: method === 'POST' ? limit : String(limit) })).toEqual(large)
  })
})
