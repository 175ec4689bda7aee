import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { CURRENCIES } from '../trade/currencies.ts'
import { type Shop, shopOf, sitesOf } from '../trade/shop.ts'
import type { SellerOptions } from './seller.ts'
import { ENDPOINTS } from './server.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { readDescription } from './test-official.ts'
import { REFUSALS } from './test-refusals.ts'
import { mergedOf, STATES } from './test-states.ts'
import {
  type Records,
  tourOfApplication,
  tourOfConsent,
  tourOfPushing,
  tourOfRevocation,
  tourOfSeller,
  type Visitor,
  visitorOf,
} from './test-tour.ts'
import { provokerOf, type Receiver, receiveDeliveries, type Witness, witnessOf } from './test-witness.ts'

const description = readDescription()

describe.skipIf(description === null)('the judge, where the official description lies beside the repository', () => {
  if (description === null) return

  test("finds nothing wrong with Square's own events, but for two of them that are older than their schema", () => {
    const findings = Object.fromEntries(
      EVENT_TYPES.map((type) => [type, description.findingsOfEvent(description.exampleEvent(type))]),
    )
    expect(Object.entries(findings).filter(([, each]) => each.length > 0)).toEqual([
      ['payment.created', ["/data/object/payment/risk_evaluation must have required property 'status'"]],
      ['payment.updated', ["/data/object/payment/risk_evaluation must have required property 'status'"]],
      ['gift_card.created', ['/data/object/gift_card/state must be equal to one of the allowed values']],
    ])
  })

  test.each([
    ['a misspelt field', { id: 'P1', statuss: 'COMPLETED' }],
    ['a field of another object', { id: 'P1', line_items: [] }],
    ['a word that the prose does not know', { id: 'P1', status: 'CAPTURED' }],
    ['an amount that is no whole number', { id: 'P1', amount_money: { amount: 1.5, currency: 'EUR' } }],
    ['an amount that is a text', { id: 'P1', amount_money: { amount: '150', currency: 'EUR' } }],
    ['a currency that nobody has', { id: 'P1', amount_money: { amount: 1, currency: 'EURO' } }],
    ['a time that is not UTC', { id: 'P1', created_at: '2026-10-01T14:00:00+02:00' }],
    ['a time that is a number', { id: 'P1', created_at: 1_790_000_000 }],
    ['a text that is too long', { id: 'P1', receipt_number: 'hYy9p' }],
    ['null where no null is allowed', { id: 'P1', total_money: null }],
    ['a required field that is missing', { id: 'P1', cash_details: {} }],
    ['an error beside a payment', { id: 'P1', card_details: { errors: [{ code: 'CARD_EXPIRED' }] } }],
  ])('finds %s', (_, payment) => {
    const exchange = { method: 'GET', path: '/v2/payments/P1', request: null, status: 200 }
    expect(description.findingsOfAnswer({ ...exchange, answer: { payment: { id: 'P1' } } })).toEqual([])
    expect(description.findingsOfAnswer({ ...exchange, answer: { payment } })).not.toEqual([])
  })

  test('finds an error under the wrong status, a success with errors, and a text in place of JSON', () => {
    const judge = (status: number, answer: unknown) =>
      description.findingsOfAnswer({ method: 'GET', path: '/v2/locations', request: null, status, answer })
    const limited = { errors: [{ category: 'RATE_LIMIT_ERROR', code: 'RATE_LIMITED' }] }
    expect(judge(429, limited)).toEqual([])
    expect(judge(401, limited)).toEqual(['status 401 with category RATE_LIMIT_ERROR'])
    expect(judge(200, limited)).toEqual(['status 200 with errors'])
    expect(judge(500, {})).toEqual(['status 500 without errors'])
    expect(judge(502, '<html>')).not.toEqual([])
    expect(judge(400, { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'NO_SUCH_CODE' }] })).not.toEqual([])
  })

  test('knows an address with a fixed part from one with an id, and what Square does not have', () => {
    expect(description.operationOf('POST', '/v2/orders/search')).toBe('SearchOrders')
    expect(description.operationOf('GET', '/v2/orders/search')).toBe('RetrieveOrder')
    expect(description.operationOf('GET', '/v2/orders')).toBeNull()
  })
})

const EVENT_TYPES = [
  'payment.created',
  'payment.updated',
  'refund.created',
  'refund.updated',
  'order.created',
  'order.updated',
  'order.fulfillment.updated',
  'catalog.version.updated',
  'inventory.count.updated',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'loyalty.account.created',
  'loyalty.account.updated',
  'loyalty.event.created',
  'gift_card.created',
  'gift_card.updated',
  'gift_card.activity.created',
  'oauth.authorization.revoked',
]

/** Some article of the first seller's that has been sold. */
function soldIn({ orders }: Records): string {
  const lines = orders.flatMap((order) => order.line_items ?? [])
  return lines.find((line) => line.item_type === 'ITEM').catalog_object_id
}

const TOLD_BY_TRADE = [
  'payment.created',
  'payment.updated',
  'refund.created',
  'refund.updated',
  'order.created',
  'order.updated',
  'order.fulfillment.updated',
  'inventory.count.updated',
  'catalog.version.updated',
  'customer.created',
  'customer.updated',
  'customer.deleted',
  'loyalty.account.created',
  'loyalty.account.updated',
  'loyalty.event.created',
  'gift_card.created',
  'gift_card.updated',
  'gift_card.activity.created',
  'location.updated',
  'oauth.authorization.revoked',
]

/** Two hours of trade that is told, then what a seller does in his dashboard, down to letting the hub go. */
async function tourOfLife(running: RunningSquare, application: Visitor, witness: Witness): Promise<void> {
  for (const { merchantId } of running.square.sellers) {
    running.sell({ merchant: merchantId, from: '2026-10-01T12:00:00Z', to: '2026-10-01T14:00:00Z' })
    running.sell({ merchant: merchantId, count: 40 })
  }
  await running.clock.advance(4 * 3_600_000)
  const [item] = await application.all('/v2/catalog/list?types=ITEM', 'objects')
  const collected = { fulfillment_filter: { fulfillment_types: ['PICKUP'], fulfillment_states: ['COMPLETED'] } }
  const location_ids = running.locations.slice(0, 1).map(({ id }) => id)
  const worked = await application.search('/v2/orders/search', { location_ids, query: { filter: collected } }, 'orders')
  expect(worked.some((order) => order.fulfillments[0].pickup_details.picked_up_at !== undefined)).toBe(true)
  running.act('sell-out', { id: item.id })
  await application.get(`/v2/catalog/object/${item.id}`)
  running.act('bring-back', { id: item.id })
  running.act('edit-catalogue', { kind: 'rename', id: item.id, name: 'Something else' })
  running.act('edit-catalogue', { kind: 'reprice', id: item.item_data.variations[0].id, amount: 1234 })
  running.act('edit-catalogue', { kind: 'delete', id: item.id })
  const [customer] = await application.all('/v2/customers', 'customers')
  running.act('rename-customer', { id: customer.id, given: 'Zoe', family: 'Zander' })
  running.act('delete-customer', { id: customer.id })
  running.act('close-location', { location: running.locations[0]?.id })
  await application.search(
    '/v2/events',
    { limit: 100, query: { filter: { event_types: ['payment.created'] } } },
    'events',
  )
  const [, second, third] = running.square.sellers
  const token = await tourOfConsent(running, second?.merchantId ?? '', witness.fetch)
  await tourOfRevocation(running, token, witness.fetch)
  running.act('revoke', { merchant: third?.merchantId })
  await running.idle()
  const { subscriptions } = await application.get('/v2/webhooks/subscriptions')
  await application.delete(`/v2/webhooks/subscriptions/${subscriptions[0].id}`)
  await application.put('/v2/events/disable')
}

const NOON = Date.UTC(2026, 9, 1, 12)

/** Five countries: tax inside and on top, two, none and three decimals, cash rounding, tips, service charges. */
function sellers(): SellerOptions[] {
  const gifts = { chance: 0.02, values: [20, 50] }
  const afterlife = { voids: 0.02, refunds: 0.06, laterShare: 0.1, leftOpen: 0.01, loose: 0.01, reasons: ['Cold'] }
  const common = { giftCards: gifts, afterlife }
  const shops: readonly [shop: Shop, country: string][] = [
    [shopOf('cafe', { ...common, sites: sitesOf(2) }), 'IE'],
    [shopOf('restaurant', common), 'US'],
    [shopOf('retail', { ...common, currency: CURRENCIES.JPY, timeZone: 'Asia/Tokyo', scale: 0.3 }), 'JP'],
    [shopOf('cafe', { ...common, name: 'Zum Taler', currency: CURRENCIES.CHF, timeZone: 'Europe/Zurich' }), 'CH'],
    [shopOf('cafe', { ...common, name: 'Souk', currency: CURRENCIES.KWD, timeZone: 'Asia/Kuwait' }), 'KW'],
  ]
  return shops.map(([shop, country]) => ({ shop, country, habits: { offline: 0.02, failedRefunds: 0.1 } }))
}

function started(): Promise<RunningSquare> {
  return startSquare({
    clock: new StageClock({ at: NOON, frozen: true }),
    rateLimit: null,
    sellers: sellers(),
    staff: true,
  })
}

describe.skipIf(description === null)(
  'the simulator, where the official description lies beside the repository',
  () => {
    if (description === null) return
    const witness = witnessOf(description)
    let running: RunningSquare
    let receiver: Receiver
    let records: Records

    beforeAll(async () => {
      running = await started()
      receiver = await receiveDeliveries()
      const all: Records[] = []
      for (const { merchantId } of running.square.sellers) {
        running.sell({ merchant: merchantId, from: '2026-09-24', to: '2026-09-30' })
        const { accessToken } = running.connect(merchantId)
        all.push(await tourOfSeller(visitorOf(running, accessToken, witness.fetch)))
      }
      records = mergedOf(all)
      const application = visitorOf(running, running.credentials.access_token, witness.fetch)
      await tourOfApplication(application, receiver.url)
      await tourOfPushing(application, soldIn(records))
      await tourOfLife(running, application, witness)
    })

    afterAll(async () => {
      await running.close()
      await receiver[Symbol.asyncDispose]()
    })

    test('answers nothing that the description does not know', () => {
      expect([...witness.findings]).toEqual([])
      expect(witness.seen.length).toBeGreaterThan(500)
    })

    test('was asked at every address it has, with success', () => {
      const served = ENDPOINTS.map(({ method, path }) => description.operationOf(method, path))
      const asked = witness.seen.filter(({ status }) => status === 200).map(({ operation }) => operation)
      expect(served).not.toContain(null)
      expect(served.filter((operation) => !asked.includes(operation))).toEqual([])
    })

    test.each(Object.entries(STATES))('has shown %s', (_, has) => {
      expect(has(records)).toBe(true)
    })

    test('delivers nothing that the description does not know, of every type that trade brings about', () => {
      const findings = new Set<string>()
      for (const { event } of receiver.deliveries) {
        for (const finding of description.findingsOfEvent(event)) findings.add(`${event.type}: ${finding}`)
      }
      expect([...findings]).toEqual([])
      const types = new Set(receiver.deliveries.map(({ event }) => event.type))
      expect(TOLD_BY_TRADE.filter((type) => !types.has(type))).toEqual([])
    })

    test.each(REFUSALS)('refuses %s as the description says', async (_, status, refusedCall) => {
      const judge = witnessOf(description)
      await refusedCall(running, judge)
      expect(judge.seen.map((seen) => seen.status)).toEqual([status])
      expect([...judge.findings]).toEqual([])
    })

    test('refuses whatever the description would refuse: what is missing, no member, no number', async () => {
      await using quiet = await receiveDeliveries()
      const square = await startSquare({
        clock: new StageClock({ at: NOON, frozen: true }),
        rateLimit: null,
        sellers: sellers(),
      })
      const provoker = provokerOf(description)
      const { merchantId } = square.square.mainSeller
      square.sell({ from: '2026-09-29', to: '2026-09-30' })
      const read = await tourOfSeller(visitorOf(square, square.credentials.access_token, provoker.fetch))
      await tourOfPushing(visitorOf(square, square.credentials.access_token, provoker.fetch), soldIn(read))
      await tourOfApplication(visitorOf(square, square.credentials.access_token, provoker.fetch), quiet.url)
      await tourOfRevocation(square, await tourOfConsent(square, merchantId, provoker.fetch), provoker.fetch)
      await square.close()
      expect([...provoker.accepted]).toEqual([])
      expect(provoker.made.size).toBeGreaterThan(30)
    })

    test.each(['unknown-field', 'unknown-enum', 'wrong-type', 'invalid-json', 'gateway-html'])(
      'under the fault %s it does break the description, and the judge sees it',
      async (name) => {
        const judge = witnessOf(description)
        running.fault({ name, on: true, rate: 1 })
        const visitor = visitorOf(running, running.credentials.access_token, judge.fetch)
        const location_ids = running.locations.slice(0, 1).map(({ id }) => id)
        await visitor.post('/v2/orders/search', { location_ids, limit: 5 }).catch(() => undefined)
        running.fault({ name, on: false })
        expect(judge.findings.size).toBeGreaterThan(0)
      },
    )
  },
)
