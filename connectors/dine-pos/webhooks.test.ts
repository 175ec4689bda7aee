import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { Garbled } from '../contract.ts'
import { at } from './test-orders.ts'
import { AGE_MAX_MS, orderToken, stockToken, webhooks } from './webhooks.ts'

const SECRET = 'whsec_dine_0f1e2d3c4b5a'
const SENT = 1_767_225_600
const NOW = instant(SENT * 1_000)
const URL_ = 'https://hub.example/api/v1/webhooks/dine-pos/x'
const BODY =
  '{"event":"order.status","restaurant_id":"R-77","order_id":"MM-1001","pos_order_id":"26","status":"accepted","prep_minutes":20}'
const SIGNATURE = `t=${SENT},v1=7caf9a6db2da11b087c54e2da327e063efb91ad0b083bc927c86c4005398b114`

const signed = (body = BODY, header: string = SIGNATURE) => ({
  headers: { 'x-hub-signature': header },
  body: Buffer.from(body),
})
const verify = (delivery: Parameters<typeof webhooks.verify>[0], now = NOW, secrets: readonly string[] = [SECRET]) =>
  webhooks.verify(delivery, secrets, URL_, now)
const told = (body: object, query?: string) => ({
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  ...(query === undefined ? {} : { query }),
})
const read = (body: object, receivedAt = NOW) => webhooks.read(Buffer.from(JSON.stringify(body)), receivedAt)

describe('a signature', () => {
  test('over time and body is believed: the published vector', () => {
    expect(verify(signed())).toBe('genuine')
  })

  test('holds for five minutes either way, and no longer', () => {
    const later = (ms: number) => verify(signed(), instant(NOW + ms))
    expect([later(AGE_MAX_MS), later(-AGE_MAX_MS)]).toEqual(['genuine', 'genuine'])
    expect([later(AGE_MAX_MS + 1), later(-AGE_MAX_MS - 1)]).toEqual(['stale', 'stale'])
  })

  test('that was tampered with anywhere is noticed', () => {
    fc.assert(
      fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 255 }), (place, by) => {
        const body = Buffer.from(BODY)
        body[place] = (body[place] ?? 0) ^ by
        expect(verify({ headers: { 'x-hub-signature': SIGNATURE }, body })).toBe('forged')
      }),
    )
    expect(verify(signed(BODY, SIGNATURE.replace(`t=${SENT}`, `t=${SENT + 1}`)))).toBe('forged')
  })

  test.each(['t=1,v1=', 'v1=ab', 'x', `${SIGNATURE}00`, SIGNATURE.toUpperCase()])('%s is none', (header) => {
    expect(verify(signed(BODY, header))).toBe('forged')
  })

  test('by the secret before, and by none when there is none', () => {
    expect(verify(signed(), NOW, ['whsec_new', SECRET])).toBe('genuine')
    expect(verify(signed(), NOW, [])).toBe('forged')
    const empty = createHmac('sha256', '').update(`${SENT}.${BODY}`).digest('hex')
    expect(verify(signed(BODY, `t=${SENT},v1=${empty}`), NOW, [''])).toBe('forged')
  })

  test('that is wrong is not made up for by a word in the address', () => {
    const query = new URLSearchParams({ order: 'MM-1001', token: orderToken(SECRET, 'MM-1001') }).toString()
    expect(verify({ ...signed(BODY, 't=1,v1=00'), query })).toBe('forged')
  })
})

describe('the word in an address', () => {
  const about = (order: string, status = '1') => ({ restID: 'R-77', orderID: order, status })
  const queryOf = (url: string | undefined) => (url ?? '').split('?')[1] ?? ''

  test('opens it for its own order', () => {
    const url = webhooks.callbackUrl?.(URL_, SECRET, { id: 'MM-1001' })
    expect(url?.startsWith(`${URL_}?`)).toBe(true)
    expect(url).not.toContain(SECRET)
    expect(verify(told(about('MM-1001'), queryOf(url)))).toBe('genuine')
  })

  test('and for no other order, nor for stock, whatever the orders are called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (own, other) => {
        fc.pre(own.trim() !== '' && own.trim() !== other.trim())
        const query = queryOf(webhooks.callbackUrl?.(URL_, SECRET, { id: own.trim() }))
        expect(verify(told(about(own.trim()), query))).toBe('genuine')
        expect(verify(told(about(other), query))).toBe('forged')
        expect(verify(told({ restID: 'R-77', inStock: false, itemID: ['1'] }, query))).toBe('forged')
        // The word of one with the name of another in front.
        const swapped = new URLSearchParams(query)
        swapped.set('order', other.trim())
        expect(verify(told(about(other.trim()), swapped.toString()))).toBe('forged')
      }),
    )
  })

  test('for stock says nothing of orders', () => {
    const [standing] = webhooks.standingUrls?.(URL_, SECRET) ?? []
    const query = queryOf(standing?.url)
    expect(query).toBe(`token=${stockToken(SECRET)}`)
    expect(verify(told({ restID: 'R-77', type: 'item', inStock: false, itemID: ['7'] }, query))).toBe('genuine')
    expect(verify(told({ restID: 'R-77', store_status: '0' }, query))).toBe('genuine')
    expect(verify(told(about('MM-1001'), query))).toBe('forged')
    expect(verify(told({ ...about('MM-1001'), inStock: false, itemID: ['7'] }, query))).toBe('forged')
  })

  test('ends with the secret', () => {
    const query = `order=MM-1001&token=${orderToken(SECRET, 'MM-1001')}`
    expect(verify(told(about('MM-1001'), query), NOW, ['whsec_other'])).toBe('forged')
  })

  test.each([undefined, '', 'order=MM-1001', 'token=', 'order=MM-1001&token='])('%s is none', (query) => {
    expect(verify(told(about('MM-1001'), query))).toBe('unsigned')
  })

  test('has one way to be written', () => {
    const token = orderToken(SECRET, 'MM-1001')
    for (const other of [`${token}=`, ` ${token}`, token.slice(0, -1), SECRET]) {
      expect(verify(told(about('MM-1001'), new URLSearchParams({ order: 'MM-1001', token: other }).toString()))).toBe(
        'forged',
      )
    }
  })
})

describe('what a callback says', () => {
  test('the status of an order, in our contract', () => {
    expect(webhooks.read(Buffer.from(BODY), NOW)).toMatchObject({
      eventId: null,
      type: 'order.status',
      account: null,
      ignored: null,
      records: [
        {
          kind: 'status',
          id: 'MM-1001/accepted',
          location: 'R-77',
          subjects: ['sale:MM-1001'],
          version: { updatedAt: NOW },
        },
      ],
    })
  })

  test('and in Petpooja’s, where the id is ours and the status a number', () => {
    const [record] = read({ restID: 'R-77', orderID: 'MM-1001', status: -1, cancel_reason: 'closed' }).records
    expect(record).toMatchObject({ id: 'MM-1001/-1', location: 'R-77', subjects: ['sale:MM-1001'] })
  })

  test('that items are sold out until a time, and add-ons there again', () => {
    expect(
      read({
        restaurant_id: 'R-77',
        type: 'item',
        in_stock: false,
        item_ids: ['1', 2, '1'],
        auto_turn_on_at: '2026-01-02 09:00:00',
      }).availability,
    ).toEqual([
      { externalId: '1', location: 'R-77', available: false, at: NOW, until: at('2026-01-02T03:30:00Z') },
      { externalId: '2', location: 'R-77', available: false, at: NOW, until: at('2026-01-02T03:30:00Z') },
    ])
    expect(
      read({ restID: 'R-77', type: 'addon', inStock: true, itemID: ['9'], autoTurnOnTime: 'endofday' }).availability,
    ).toEqual([{ externalId: 'addon:9', location: 'R-77', available: true, at: NOW, until: null }])
  })

  test('that something is sold out again, in the same words on another day, which is news', () => {
    const body = { restID: 'R-77', type: 'item', inStock: false, itemID: ['1'] }
    const days = [NOW, NOW, instant(NOW + 86_400_000)].map((at) => read(body, at).eventId)
    expect(days[0]).toBe(days[1])
    expect(days[0]).not.toBe(days[2])
    expect(read({ ...body, itemID: ['2'] }).eventId).not.toBe(days[0])
  })

  test.each([
    ['118807', { externalId: '118807' }, true],
    ['118807', { externalId: '1188' }, false],
    ['7765860', { externalId: '7765862:89058', parentExternalId: '7765860' }, true],
    ['7765862', { externalId: '7765862:89058', parentExternalId: '7765860' }, true],
    ['89058', { externalId: '7765862:89058', parentExternalId: '7765860' }, false],
    ['addon:9', { externalId: 'addon:9', parentExternalId: '135699' }, true],
    ['9', { externalId: 'addon:9', parentExternalId: '135699' }, false],
    ['135699', { externalId: 'addon:9', parentExternalId: '135699' }, false],
  ] as const)('of %s concerns %o: %s', (id, article, concerned) => {
    const bare = { name: 'Soup', variant: null, sku: null, barcode: null, category: null, price: null, currency: null }
    const whole = { ...bare, parentExternalId: null, deleted: false, updatedAt: null, ...article }
    expect(webhooks.concerns?.(id, whole)).toBe(concerned)
  })

  test('that the restaurant closes, which is of no interest, and says so', () => {
    expect(read({ restID: 'R-77', store_status: '0' })).toMatchObject({ type: 'store.status', records: [] })
    expect(read({ restID: 'R-77', store_status: '0' }).ignored).toMatch(/\.$/)
    expect(read({ hello: 1 }).ignored).toMatch(/\.$/)
  })

  test.each(['', '[]', 'null', '{"order_id":', '"x"'])('%s is no callback', (body) => {
    expect(() => webhooks.read(Buffer.from(body))).toThrow(Garbled)
  })
})
