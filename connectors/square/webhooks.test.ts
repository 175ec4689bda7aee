import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Instant } from '#kernel/instant.ts'
import { Garbled } from '../contract.ts'
import { EVENT_TYPES } from './events.ts'
import { fixtureBytes } from './test-fixtures.ts'
import { SIGNATURE_HEADER, webhooks } from './webhooks.ts'

const NOW = 0 as Instant

// Made up and computed twice, with independent tools; the body is UTF-8 with letters outside ASCII.
const URL_OF_HUB = 'https://hub.example.com/api/v1/webhooks/square'
const KEY = 'sig-key-for-tests-01'
const BODY = Buffer.from(
  '{"merchant_id":"MTESTMERCHANT1","type":"payment.updated","event_id":"11111111-2222-4333-8444-555555555555","created_at":"2026-10-01T12:00:00.123456789Z","data":{"type":"payment","id":"PAYTEST1","object":{"payment":{"id":"PAYTEST1","status":"COMPLETED","note":"Café <3"}}}}',
)
const SIGNATURE = 'eg1opfK67bWUsOhj/TYlw4GHPk/Uikji7C4Ukogki5Y='
const SIGNATURE_WITH_SLASH = 'OdjnmE4JGlheEftH58/BKpHHlSoP8w5F+dIB55/uWj4='

function verify(signature: string | null, options: { body?: Uint8Array; secrets?: string[]; url?: string } = {}) {
  const headers = signature === null ? {} : { [SIGNATURE_HEADER]: signature }
  const { body = BODY, secrets = [KEY], url = URL_OF_HUB } = options
  return webhooks.verify({ headers, body }, secrets, url, NOW)
}

describe('signatures', () => {
  test('the vector is genuine, and with another address it is not', () => {
    expect(BODY).toHaveLength(273)
    expect(verify(SIGNATURE)).toBe('genuine')
    expect(verify(SIGNATURE_WITH_SLASH)).toBe('forged')
    expect(verify(SIGNATURE_WITH_SLASH, { url: `${URL_OF_HUB}/` })).toBe('genuine')
    expect(verify(SIGNATURE, { url: URL_OF_HUB.toUpperCase() })).toBe('forged')
  })

  test('any byte that is altered forges it', () => {
    const altered = fc.property(fc.nat(BODY.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const body = Uint8Array.from(BODY)
      body[at] = (body[at] ?? 0) ^ by
      expect(verify(SIGNATURE, { body })).toBe('forged')
    })
    fc.assert(altered)
  })

  test('any character of the signature that is altered, added or left out forges it', () => {
    const characters = fc.constantFrom(...'ABCDabcd0189+/=-_ !')
    const altered = fc.property(fc.nat(SIGNATURE.length), fc.nat(2), characters, (at, removed, added) => {
      const signature = SIGNATURE.slice(0, at) + added + SIGNATURE.slice(at + removed)
      expect(verify(signature)).toBe(signature.trim() === SIGNATURE ? 'genuine' : 'forged')
    })
    fc.assert(altered, { numRuns: 1000 })
  })

  test('the last character has bits that base64 throws away; they must be right all the same', () => {
    expect(Buffer.from(SIGNATURE, 'base64')).toEqual(Buffer.from(SIGNATURE.replace('Y=', 'Z='), 'base64'))
    expect(verify(SIGNATURE.replace('Y=', 'Z='))).toBe('forged')
  })

  test('two keys are good while one turns into the other; an empty key never is', () => {
    expect(verify(SIGNATURE, { secrets: ['new-key', KEY] })).toBe('genuine')
    expect(verify(SIGNATURE, { secrets: ['new-key'] })).toBe('forged')
    expect(verify(SIGNATURE, { secrets: [] })).toBe('forged')
    const withEmptyKey = createHmac('sha256', '').update(URL_OF_HUB).update(BODY).digest('base64')
    expect(verify(withEmptyKey, { secrets: [''] })).toBe('forged')
  })

  test('nothing to compare with is unsigned; the header may be written in any case', () => {
    expect(verify(null)).toBe('unsigned')
    expect(verify('')).toBe('unsigned')
    const headers = { 'X-Square-HmacSha256-Signature': SIGNATURE }
    expect(webhooks.verify({ headers, body: BODY }, [KEY], URL_OF_HUB, NOW)).toBe('genuine')
  })
})

function read(event: unknown) {
  return webhooks.read(Buffer.from(JSON.stringify(event)))
}

describe('events', () => {
  test('a payment comes whole and leads to its order', () => {
    expect(webhooks.read(fixtureBytes('webhook-payment'))).toMatchObject({
      ...{ eventId: '9c0f1a52-2b77-4b0e-9d0d-0a4f6f1f7a01', type: 'payment.updated', account: 'MTESTMERCHANT1' },
      occurredAt: Date.parse('2026-10-01T11:59:14.500Z'),
      records: [{ kind: 'payment', id: 'PAYBREAKFAST', subjects: ['sale:ORDBREAKFAST'] }],
      fetch: [{ kind: 'order', id: 'ORDBREAKFAST' }],
      ...{ signal: null, ignored: null },
    })
  })

  test('a payment that was refunded leads to its refunds, whose own event may be lost', () => {
    const payment = { id: 'P', order_id: 'O', refund_ids: ['P_R1', 'P_R2'] }
    const refs = read({ type: 'payment.updated', data: { object: { payment } } }).fetch
    expect(refs.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['order O', 'refund P_R1', 'refund P_R2'])
  })

  test('a refund comes whole and leads to its order and its payment', () => {
    const reading = webhooks.read(fixtureBytes('webhook-refund'))
    expect(reading.records).toMatchObject([{ kind: 'refund', id: 'PAYBREAKFAST_REF1' }])
    expect(reading.fetch.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['order ORDRETURN', 'payment PAYBREAKFAST'])
  })

  test('an order tells only that it changed; a draft is not looked at', () => {
    const summary = { order_id: 'O', version: 3, state: 'OPEN' }
    for (const key of ['order_created', 'order_updated', 'order_fulfillment_updated', 'order']) {
      const event = { type: 'order.updated', data: { type: key, id: 'O', object: { [key]: summary } } }
      expect(read(event)).toMatchObject({ records: [], fetch: [{ kind: 'order', id: 'O' }] })
    }
    const draft = { type: 'order.created', data: { object: { order_created: { ...summary, state: 'DRAFT' } } } }
    expect(read(draft)).toMatchObject({ fetch: [], ignored: expect.stringContaining('draft') })
  })

  test.each([
    ['catalog.version.updated', 'catalog'],
    ['location.updated', 'locations'],
    ['oauth.authorization.revoked', 'revoked'],
    ['inventory.count.updated', 'inventory'],
  ])('%s is a signal', (type, signal) => {
    expect(read({ type, data: { object: {} } })).toMatchObject({ signal, records: [], fetch: [], ignored: null })
  })

  test('counts come whole', () => {
    const count = { catalog_object_id: 'V', location_id: 'L', state: 'IN_STOCK', quantity: '4' }
    const event = { type: 'inventory.count.updated', data: { object: { inventory_counts: [count] } } }
    expect(read(event)).toMatchObject({ signal: null, records: [{ id: 'V:L:IN_STOCK' }] })
  })

  test('a customer who was deleted leaves nothing behind but that', () => {
    const event = { type: 'customer.deleted', created_at: '2026-10-01T12:00:00Z' }
    const data = { id: 'CUST1', deleted: true, object: { customer: { id: 'CUST1', given_name: 'Ada' } } }
    expect(read({ ...event, data }).records).toEqual([
      {
        ...{ kind: 'customer', id: 'CUST1', body: '{}', location: null, subjects: [], deleted: true },
        version: { version: null, updatedAt: Date.parse('2026-10-01T12:00:00Z') },
      },
    ])
  })

  test('the type at the top decides, and one that nobody knows is ignored with a reason', () => {
    for (const type of ['loyalty.account.created', 'toString', 'something.new']) {
      const { ignored, records, fetch, signal } = read({ type, data: { type: 'payment', id: 'P' } })
      expect(ignored).not.toBeNull()
      expect([records, fetch, signal]).toEqual([[], [], null])
    }
  })

  test('every type that is subscribed to is read, whatever is missing in it', () => {
    for (const type of EVENT_TYPES) {
      for (const data of [undefined, null, {}, { id: 'X' }, { object: null }, { id: 'X', object: { payment: {} } }]) {
        expect(read({ type, data }).type).toBe(type)
      }
    }
  })

  test('what is no event is garbled, and the message repeats nothing of it', () => {
    for (const body of [
      '',
      'null',
      '[]',
      '{}',
      '{"type":7}',
      '<html>Ada</html>',
      '{"type":"payment.created"',
      '\xff',
    ]) {
      expect(() => webhooks.read(Buffer.from(body, 'latin1'))).toThrow(Garbled)
      expect(() => webhooks.read(Buffer.from(body, 'latin1'))).not.toThrow(/Ada/)
    }
  })

  test('the vector is read, digits of nanoseconds and all', () => {
    expect(webhooks.read(BODY)).toMatchObject({ occurredAt: Date.parse('2026-10-01T12:00:00.123Z') })
  })
})
