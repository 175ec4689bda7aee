import { createHash } from 'node:crypto'
import { type Square, SquareClient, SquareError, WebhooksHelper } from 'square'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf, sitesOf } from '../trade/shop.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { readDescription } from './test-official.ts'
import { receiveDeliveries, witnessOf } from './test-witness.ts'

// The official SDK against the simulator, without a word to the one that the other is not the real thing: only the
// base URL differs. Where the official description is at hand, its judge looks at what goes over the wire as well.

const NOON = Date.UTC(2026, 9, 1, 12)
const description = readDescription()
const witness = description === null ? null : witnessOf(description)
const call = witness?.fetch ?? fetch

let running: RunningSquare
let client: SquareClient
let locationIds: string[]

beforeAll(async () => {
  const shop = shopOf('cafe', { sites: sitesOf(3), giftCards: { chance: 0.02, values: [20] } })
  const other = shopOf('restaurant')
  running = await startSquare({
    clock: new StageClock({ at: NOON, frozen: true }),
    rateLimit: null,
    sellers: [
      { shop, country: 'DE' },
      { shop: other, country: 'US' },
    ],
  })
  running.sell({ from: '2026-09-29', to: '2026-09-30' })
  client = clientWith(running.credentials.access_token)
  locationIds = running.square.mainSeller.locations.map(({ id }) => id)
})

afterAll(() => running.close())

function clientWith(token: string, maxRetries = 0): SquareClient {
  return new SquareClient({ token, baseUrl: running.baseUrl, fetch: call, maxRetries })
}

async function everyOrder(request: Square.SearchOrdersRequest): Promise<Square.Order[]> {
  const orders: Square.Order[] = []
  for (let cursor: string | undefined; ; ) {
    const answer = await client.orders.search({ ...request, ...(cursor !== undefined && { cursor }) })
    expect(answer.orders?.length ?? 0).toBeLessThanOrEqual(500)
    orders.push(...(answer.orders ?? []))
    cursor = answer.cursor
    if (cursor === undefined) return orders
  }
}

async function listed<T>(pages: Promise<AsyncIterable<T>>): Promise<T[]> {
  const entries: T[] = []
  for await (const entry of await pages) entries.push(entry)
  return entries
}

async function refusalOf(promise: PromiseLike<unknown>): Promise<SquareError> {
  const refusal = await Promise.resolve(promise).then(
    () => null,
    (error: unknown) => error,
  )
  expect(refusal).toBeInstanceOf(SquareError)
  return refusal as SquareError
}

describe('reading', () => {
  test('the locations and the merchant are those of the token', async () => {
    const { locations } = await client.locations.list()
    expect(locations?.map(({ id }) => id)).toEqual(locationIds)
    expect(locations?.[0]).toMatchObject({
      status: 'ACTIVE',
      currency: 'EUR',
      country: 'DE',
      timezone: 'Europe/Berlin',
    })
    const { merchant } = await client.merchants.get({ merchantId: 'me' })
    expect(merchant).toMatchObject({ id: running.square.mainSeller.merchantId, mainLocationId: locationIds[0] })
  })

  test('orders come page by page to the last, each once, with amounts as bigint', async () => {
    const orders = await everyOrder({
      locationIds,
      query: { sort: { sortField: 'UPDATED_AT', sortOrder: 'ASC' } },
      limit: 250,
    })
    const known = [...running.square.mainSeller.allOrders()]
    expect(known.length).toBeGreaterThan(1000)
    expect(new Set(orders.map(({ id }) => id))).toEqual(new Set(known.map(({ id }) => id)))
    expect(orders).toHaveLength(known.length)
    expect(orders.every(({ totalMoney }) => typeof totalMoney?.amount === 'bigint')).toBe(true)
    const totalOf = (amounts: (bigint | number)[]) => amounts.reduce<bigint>((sum, amount) => sum + BigInt(amount), 0n)
    expect(totalOf(orders.map(({ totalMoney }) => totalMoney?.amount ?? 0n))).toBe(
      totalOf(known.map(({ total_money }) => total_money.amount)),
    )
    expect(orders.map(({ updatedAt }) => updatedAt)).toEqual(orders.map(({ updatedAt }) => updatedAt).sort())
  })

  test('a page of the ceiling has a cursor, whatever limit was asked for', async () => {
    const { orders, cursor } = await client.orders.search({ locationIds, limit: 1000 })
    expect(orders).toHaveLength(500)
    expect(cursor).toEqual(expect.any(String))
  })

  test('payments and refunds are iterated to the end, payments location by location', async () => {
    const { mainSeller } = running.square
    const payments: Square.Payment[] = []
    for (const locationId of locationIds) payments.push(...(await listed(client.payments.list({ locationId }))))
    const known = [...mainSeller.allPayments()]
    expect(known.length).toBeGreaterThan(300)
    expect(new Set(payments.map(({ id }) => id))).toEqual(new Set(known.map(({ id }) => id)))
    const main = await listed(client.payments.list({}))
    expect(new Set(main.map(({ locationId }) => locationId))).toEqual(new Set([locationIds[0]]))
    const refunds = await listed(client.refunds.list({ limit: 10 }))
    expect(refunds.length).toBeGreaterThan(10)
    expect(refunds).toHaveLength([...mainSeller.refunds.values()].length)
  })

  test('orders by their ids leave out what is unknown', async () => {
    const [one] = await everyOrder({ locationIds: locationIds.slice(0, 1), limit: 500 })
    const { orders } = await client.orders.batchGet({ orderIds: [one?.id ?? '', 'NOBODY'] })
    expect(orders?.map(({ id }) => id)).toEqual([one?.id])
    expect((await client.orders.get({ orderId: one?.id ?? '' })).order).toEqual(one)
  })

  test('the catalogue lists items with their variations, and a line of an order leads to its SKU', async () => {
    const objects = await listed(client.catalog.list({ types: 'ITEM' }))
    const variations = objects.flatMap((object) => (object.type === 'ITEM' ? (object.itemData?.variations ?? []) : []))
    expect(variations.length).toBeGreaterThan(50)
    const orders = await everyOrder({ locationIds, limit: 500 })
    const line = orders.flatMap(({ lineItems }) => lineItems ?? []).find(({ itemType }) => itemType === 'ITEM')
    const { object } = await client.catalog.object.get({ objectId: line?.catalogObjectId ?? '' })
    expect(object).toMatchObject({ type: 'ITEM_VARIATION', itemVariationData: { sku: expect.any(String) } })
  })

  test('a search from the last latest time on finds nothing, until something changes', async () => {
    const { latestTime = '' } = await client.catalog.search({ objectTypes: ['ITEM'] })
    const since = { objectTypes: ['ITEM', 'ITEM_VARIATION'] as Square.CatalogObjectType[], beginTime: latestTime }
    expect((await client.catalog.search(since)).objects).toBeUndefined()
    const [item] = await listed(client.catalog.list({ types: 'ITEM' }))
    running.act('edit-catalogue', { kind: 'delete', id: item?.id })
    expect((await client.catalog.search(since)).objects).toBeUndefined()
    const gone = await client.catalog.search({ ...since, includeDeletedObjects: true })
    expect(gone.objects?.map(({ id }) => id)).toContain(item?.id)
    expect(gone.latestTime).toBe(new Date(NOON).toISOString())
  })

  test('stock, customers, loyalty and gift cards are there to be read', async () => {
    const counts = await listed(client.inventory.batchGetCounts({ locationIds: locationIds.slice(0, 1) }))
    expect(counts.length).toBeGreaterThan(10)
    const customers = await listed(client.customers.list({ limit: 20 }))
    expect(customers.length).toBeGreaterThan(50)
    const { loyaltyAccounts } = await client.loyalty.accounts.search({ limit: 5 })
    expect(loyaltyAccounts).toHaveLength(5)
    expect((await client.loyalty.programs.get({ programId: 'main' })).program?.status).toBe('ACTIVE')
    const [card] = await listed(client.giftCards.list({ state: 'ACTIVE' }))
    expect((await client.giftCards.getFromGan({ gan: card?.gan ?? '' })).giftCard).toEqual(card)
    expect((await listed(client.giftCards.activities.list({ giftCardId: card?.id ?? '' }))).length).toBeGreaterThan(0)
  })
})

describe('webhooks', () => {
  test('a subscription made by the SDK receives payments that its helper finds genuine', async () => {
    await using receiver = await receiveDeliveries()
    const { subscription } = await client.webhooks.subscriptions.create({
      idempotencyKey: 'sdk-1',
      subscription: {
        name: 'SDK',
        enabled: true,
        eventTypes: ['payment.created', 'payment.updated'],
        notificationUrl: receiver.url,
        apiVersion: '2026-09-16',
      },
    })
    running.sell({ count: 3 })
    await running.idle()
    expect(receiver.deliveries.length).toBeGreaterThanOrEqual(3)
    for (const { headers, text, event } of receiver.deliveries) {
      const signed = {
        requestBody: text,
        signatureHeader: headers['x-square-hmacsha256-signature'] ?? '',
        signatureKey: subscription?.signatureKey ?? '',
        notificationUrl: receiver.url,
      }
      expect(event.type).toMatch(/^payment\./)
      expect(await WebhooksHelper.verifySignature(signed)).toBe(true)
      expect(await WebhooksHelper.verifySignature({ ...signed, notificationUrl: `${receiver.url}/` })).toBe(false)
      expect(await WebhooksHelper.verifySignature({ ...signed, requestBody: text.replace('}', ' }') })).toBe(false)
    }
    const subscriptionId = subscription?.id ?? ''
    const tested = await client.webhooks.subscriptions.test({ subscriptionId, eventType: 'payment.created' })
    expect(tested.subscriptionTestResult?.statusCode).toBe(200)
    const { signatureKey } = await client.webhooks.subscriptions.updateSignatureKey({ subscriptionId })
    expect(signatureKey).not.toBe(subscription?.signatureKey)
    expect((await client.webhooks.subscriptions.get({ subscriptionId })).subscription?.signatureKey).toBe(signatureKey)
    expect(await listed(client.webhooks.subscriptions.list())).toHaveLength(1)
    await client.webhooks.subscriptions.delete({ subscriptionId })
    expect(await listed(client.webhooks.subscriptions.list())).toHaveLength(0)
  })
})

describe('OAuth', () => {
  async function codeFor(merchantId: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
    const consent = new URL('/oauth2/authorize', running.baseUrl)
    const asked = { client_id: running.credentials.application.id, auto: 'allow', merchant_id: merchantId }
    const wanted = { scope: 'MERCHANT_PROFILE_READ ORDERS_READ', redirect_uri: 'http://localhost:9010/connected' }
    consent.search = new URLSearchParams({ ...asked, ...wanted, ...more }).toString()
    const sentBack = await fetch(consent, { redirect: 'manual' })
    return new URL(sentBack.headers.get('location') ?? '').searchParams.get('code') ?? ''
  }

  function restaurantId(): string {
    return running.square.sellers[1]?.merchantId ?? ''
  }

  test('a code becomes tokens, which read what was granted and are renewed with the same refresh token', async () => {
    const { id: clientId, secret: clientSecret } = running.credentials.application
    const application = { clientId, clientSecret }
    const code = await codeFor(restaurantId())
    const granted = await client.oAuth.obtainToken({ ...application, grantType: 'authorization_code', code })
    expect(granted).toMatchObject({ merchantId: restaurantId(), tokenType: 'bearer', shortLived: false })
    expect(granted.expiresAt).toBe('2026-10-31T12:00:00Z')
    const seller = clientWith(granted.accessToken ?? '')
    expect((await seller.locations.list()).locations?.[0]?.currency).toBe('USD')
    expect((await seller.oAuth.retrieveTokenStatus()).scopes).toEqual(['MERCHANT_PROFILE_READ', 'ORDERS_READ'])
    const refreshToken = granted.refreshToken ?? ''
    const renewed = await client.oAuth.obtainToken({ ...application, grantType: 'refresh_token', refreshToken })
    expect(renewed.refreshToken).toBe(refreshToken)
    expect(renewed.accessToken).not.toBe(granted.accessToken)
    const beyond = await refusalOf(seller.payments.list({}))
    expect(beyond.statusCode).toBe(403)
    expect(beyond.errors).toMatchObject([{ category: 'AUTHENTICATION_ERROR', code: 'INSUFFICIENT_SCOPES' }])
    const again = await refusalOf(client.oAuth.obtainToken({ ...application, grantType: 'authorization_code', code }))
    expect(again.statusCode).toBe(401)
  })

  test('with PKCE there is no secret, and a refresh token serves once', async () => {
    const { id: clientId } = running.credentials.application
    const codeVerifier = 'a-verifier-of-at-least-forty-three-characters-as-the-standard-wants'
    const challenge = createHash('sha256').update(codeVerifier).digest('base64url')
    const code = await codeFor(restaurantId(), { code_challenge: challenge })
    const granted = await client.oAuth.obtainToken({ clientId, grantType: 'authorization_code', code, codeVerifier })
    expect(granted.refreshTokenExpiresAt).toBe('2026-12-30T12:00:00Z')
    const renewal = { clientId, grantType: 'refresh_token', refreshToken: granted.refreshToken ?? '' }
    const renewed = await client.oAuth.obtainToken(renewal)
    expect(renewed.refreshToken).not.toBe(granted.refreshToken)
    expect((await refusalOf(client.oAuth.obtainToken(renewal))).statusCode).toBe(401)
  })

  test('what the seller revoked opens nothing any more', async () => {
    const { accessToken } = running.connect(restaurantId())
    running.act('revoke', { merchant: restaurantId() })
    const refusal = await refusalOf(clientWith(accessToken).locations.list())
    expect(refusal.statusCode).toBe(401)
    expect(refusal.errors).toMatchObject([{ category: 'AUTHENTICATION_ERROR', code: 'ACCESS_TOKEN_REVOKED' }])
  })
})

describe('refusals', () => {
  test('a wrong token, a wrong id and a wrong request are errors with category, code and field', async () => {
    const stranger = await refusalOf(clientWith('NOBODY').locations.list())
    expect(stranger.errors).toMatchObject([{ category: 'AUTHENTICATION_ERROR', code: 'UNAUTHORIZED' }])
    const missing = await refusalOf(client.orders.get({ orderId: 'NOBODY' }))
    expect(missing.statusCode).toBe(404)
    expect(missing.errors).toMatchObject([{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND' }])
    const crowd = Array.from({ length: 11 }, () => locationIds[0] ?? '')
    const tooMany = await refusalOf(client.orders.search({ locationIds: crowd }))
    expect(tooMany.errors).toMatchObject([{ category: 'INVALID_REQUEST_ERROR', field: 'location_ids' }])
  })

  test('a 429 is waited for as Retry-After says and tried again; without retries it is an error', async () => {
    running.fault({ name: 'rate-limit', on: true, rate: 1, times: 1, value: 1 })
    const before = running.square.requests.counts().throttled
    const { locations } = await clientWith(running.credentials.access_token, 2).locations.list()
    expect(locations).toHaveLength(locationIds.length)
    expect(running.square.requests.counts().throttled).toBe(before + 1)
    running.fault({ name: 'rate-limit', on: true, rate: 1, times: 1, value: 1 })
    const refusal = await refusalOf(client.locations.list())
    expect(refusal.statusCode).toBe(429)
    expect(refusal.errors).toMatchObject([{ category: 'RATE_LIMIT_ERROR', code: 'RATE_LIMITED' }])
  })

  test('a 500 is tried again, and HTML from a gateway is an error and not a crash', async () => {
    running.fault({ name: 'server-error', on: true, rate: 1, times: 1 })
    expect((await clientWith(running.credentials.access_token, 1).locations.list()).locations).toBeDefined()
    running.fault({ name: 'gateway-html', on: true, rate: 1, times: 1 })
    expect(
      (
        await refusalOf(
          new SquareClient({
            token: running.credentials.access_token,
            baseUrl: running.baseUrl,
            maxRetries: 0,
          }).locations.list(),
        )
      ).statusCode,
    ).toBe(502)
  })
})

test.skipIf(witness === null)(
  'nothing in all this was unknown to the official description, where that is at hand',
  () => {
    expect([...(witness?.findings ?? [])]).toEqual([])
    expect(witness?.seen.length).toBeGreaterThan(40)
  },
)
