import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { square } from '#connectors/square/connector.ts'
import { currencyCode } from '#kernel/currency.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Clock, type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { checkConnection } from '#modules/connections/check-connection.ts'
import { connect, type Origin } from '#modules/connections/connect.ts'
import { disconnect } from '#modules/connections/disconnect.ts'
import { firstFigures } from '#modules/connections/first-figures.ts'
import { beginOAuth } from '#modules/connections/oauth.ts'
import { finishOAuth } from '#modules/connections/oauth-callback.ts'
import { findSignIn, readCredentials } from '#modules/connections/sign-in-check.ts'
import { openTestDesk, type TestDesk } from '#modules/connections/test-desk.ts'
import { getView } from '#modules/connections/view.ts'
import { toWireConnection } from '#modules/connections/wire.ts'
import { createSite } from '#modules/sites/sites.ts'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { StageClock } from '#simulators/stage/clock.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { makeTenant } from '#tests/harness/tenant.ts'

// Connecting as a merchant of Square does: with a token of his own, and by Square's page of consent; against the
// simulator, by the connector as it is.

const db = useDatabase()
const stageClock = new StageClock({ at: Date.parse('2026-11-20T10:00:00Z'), frozen: true })
const clock: Clock = { now: () => instant(Math.floor(stageClock.now())) as Instant }
const deliveries: { headers: Record<string, string>; body: Buffer; path: string }[] = []
let production: RunningSquare
let sandbox: RunningSquare
let hub: TestDesk
let receiver: Server
let origin: Origin

beforeAll(async () => {
  const sellers = [
    { shop: shopOf('cafe'), country: 'IE', habits: { exchanges: 0, offline: 0 } },
    { shop: shopOf('restaurant'), country: 'IE' },
  ]
  production = await startSquare({ clock: stageClock, rateLimit: null, consent: 'allow', sellers })
  sandbox = await startSquare({ clock: stageClock, rateLimit: null, environment: 'Sandbox', seed: 'sandbox' })
  // Stands for the receiver: what was delivered is kept as it came.
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    deliveries.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks),
      path: request.url ?? '',
    })
    response.end('{"status":"received"}')
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { application } = production.credentials
  hub = openTestDesk({
    database: db.database,
    connector: square,
    urls: { production: production.baseUrl, sandbox: sandbox.baseUrl },
    clock,
    publicBase: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    application: { id: application.id, secret: application.secret, token: application.access_token },
  })
  const tenantId = await makeTenant(db, 'dublin')
  const defaults = { timeZone: zoneName('Europe/Berlin'), currency: currencyCode('EUR'), closeOutMinutes: 0 }
  await db.database.tenant(tenantId, (tx) =>
    createSite(tx, tenantId, { ...defaults, name: 'First', slug: 'main' }, clock.now()),
  )
  origin = { tenantId, defaults, actor: 'key:test', requestId: null, now: clock.now() }
})

afterAll(async () => {
  await hub?.close()
  await production?.close()
  await sandbox?.close()
  stageClock.close()
  receiver?.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

const live = square.live ?? unreachable()
const tryToken = (access_token: string, environment: 'production' | 'sandbox' = 'production') => {
  const credentials = readCredentials(live, { access_token })
  return findSignIn(hub.desk, { posSystem: 'square', live, environment, credentials, application: null }, clock.now())
}
const viewOf = async (id: string) => toWireConnection(await getView(hub.desk, origin.tenantId, id))
const draft = { name: 'Till', locations: 'all', backfillFrom: null, webhooks: true } as const
let cafe: Id

test('tokens that are wrong, or of the other environment, are told apart', async () => {
  await expect(tryToken('EAAA-made-up')).rejects.toMatchObject({ code: 'connections.credentials-refused' })
  const { access_token: ofSandbox } = sandbox.credentials
  await expect(tryToken(ofSandbox)).rejects.toMatchObject({ code: 'connections.environment-wrong' })
  await expect(tryToken(ofSandbox, 'sandbox')).resolves.toMatchObject({ dataTypes: expect.arrayContaining(['sales']) })
})

test('a token of one’s own connects every place, with its clock and its money, and is told of sales', async () => {
  const { access_token } = production.credentials
  const found = await tryToken(access_token)
  const given = {
    posSystem: 'square',
    live,
    environment: 'production',
    credentials: { access_token },
    application: null,
  } as const
  const fresh = {
    credentials: { access_token },
    from: 'person',
    expiresAt: null,
    refreshExpiresAt: null,
    refreshDueAt: null,
  } as const
  const made = await connect(hub.desk, origin, given, found, draft, fresh)
  cafe = made.id
  expect(await viewOf(made.id)).toMatchObject({ state: 'active', locations: 'all', webhooks: { state: 'subscribed' } })
  const places = await db.query<{ external_id: string; place_zone: string; zone: string; money: string; slug: string }>(
    `select p.external_id, p.time_zone as place_zone, s.time_zone as zone, s.currency as money, s.slug
     from pos.connection_places p join pos.sites s on s.tenant_id = p.tenant_id and s.id = p.site_id
     where p.connection_id = $1`,
    [made.id],
  )
  const own = production.locations.filter(({ merchant_id }) => merchant_id === made.asked?.account)
  expect(places.map(({ external_id }) => external_id).sort()).toEqual(own.map(({ id }) => id).sort())
  for (const { place_zone, zone, money } of places) expect([zone, money]).toEqual([place_zone, own[0]?.currency])
  expect(
    places.filter(({ slug }) => slug === 'main'),
    'one of them took the blank site',
  ).toHaveLength(1)

  production.sell({ count: 1 })
  await stageClock.advance(60_000)
  await production.idle()
  expect(deliveries.length).toBeGreaterThan(0)
  const [endpoint] = await hub.desk.endpoints.find('square', made.id)
  for (const { headers, body, path } of deliveries) {
    expect(new URL(endpoint?.url ?? '').pathname).toBe(path)
    const verdict = endpoint?.webhooks.verify({ headers, body }, endpoint.secrets, endpoint.url, clock.now())
    expect(verdict).toBe('genuine')
    const { account } = endpoint?.webhooks.read(body) ?? {}
    expect(account).toBe(made.asked?.account)
  }
})

test('the first figures are those of the provider’s own books', async () => {
  production.sell({ from: '2026-11-19', to: '2026-11-19' })
  const figures = await firstFigures(hub.desk, async () => [], origin.tenantId, cafe, clock.now())
  expect(figures.length).toBeGreaterThan(0)
  for (const { theirs, places, businessDate } of figures) {
    expect(businessDate).toBe('2026-11-19')
    const [location] = places.map(({ externalId }) => externalId)
    const [books] = production.books({
      from: '2026-11-19',
      to: '2026-11-19',
      ...(location === undefined ? {} : { location }),
    })
    expect(theirs[0]?.paid).toBe(BigInt(books?.total ?? -1))
  }
})

test('by the page of consent: there, back, refreshed, and ended at both sides', async () => {
  const seller = production.square.sellers[1] ?? unreachable()
  const wish = { posSystem: 'square', environment: 'production', connectionId: null, draft, browser: false } as const
  const way = await beginOAuth(hub.desk, origin, wish)
  const sent = await fetch(`${way.url}&merchant_id=${seller.merchantId}`, { redirect: 'manual' })
  const query = new URL(sent.headers.get('location') ?? '').searchParams
  const back = { posSystem: 'square', query, cookie: null, requestId: newId(), now: clock.now() }
  const { connectionId, isNew } = await finishOAuth(hub.desk, back)
  expect(isNew).toBe(true)
  expect(await viewOf(connectionId)).toMatchObject({
    account: { id: seller.merchantId },
    credentials: { from: 'oauth', renews_itself: true },
    missing_permissions: [],
    webhooks: { state: 'subscribed', url: expect.stringMatching(/\/api\/v1\/webhooks\/square$/) },
  })
  const [shared] = await hub.desk.endpoints.find('square', null)
  expect(shared).toMatchObject({ environment: 'production', connection: null })
  expect(await hub.desk.endpoints.accountOwners('square', 'production', seller.merchantId)).toEqual([
    { tenantId: origin.tenantId, id: connectionId },
  ])

  const ref = { tenantId: origin.tenantId, id: connectionId }
  const before = await hub.desk.keeper.linkOf(ref)
  const renewal = await hub.desk.keeper.renew(ref, before.credentialsVersion)
  expect(renewal).toMatchObject({ kind: 'renewed', linked: { credentialsVersion: before.credentialsVersion + 1 } })
  const places = await hub.desk.converse(ref, 'live', (link) => live.locations(link))
  expect(places.length).toBeGreaterThan(0)

  const after = await hub.desk.keeper.linkOf(ref)
  const ended = await disconnect(hub.desk, origin, connectionId)
  expect(ended).toMatchObject({ consent: 'revoked', subscription: 'none', connection: { state: 'disconnected' } })
  await expect(tryToken(after.link.credentials.access_token ?? '')).rejects.toMatchObject({
    code: 'connections.credentials-refused',
  })
})

test('a token that may not manage subscriptions still reads sales, and the state says what it cannot do', async () => {
  const seller = production.square.sellers[1] ?? unreachable()
  const credentials = { access_token: production.connect(seller.merchantId).accessToken }
  const found = await tryToken(credentials.access_token)
  const given = { posSystem: 'square', live, environment: 'production', credentials, application: null } as const
  const fresh = { credentials, from: 'person', expiresAt: null, refreshExpiresAt: null, refreshDueAt: null } as const
  const made = await connect(hub.desk, origin, given, found, draft, fresh)
  expect(await viewOf(made.id)).toMatchObject({ state: 'active', webhooks: { state: 'failed' } })
  await checkConnection(hub.desk, origin, made.id)
  expect(await viewOf(made.id)).toMatchObject({ state: 'active', check: 'ok', webhooks: { state: 'failed' } })
  await disconnect(hub.desk, origin, made.id)
})

test('ending the other one removes its subscription and its secrets', async () => {
  const before = production.square.subscriptions.list().length
  const ended = await disconnect(hub.desk, origin, cafe)
  expect(ended).toMatchObject({ consent: 'none', subscription: 'removed' })
  expect(production.square.subscriptions.list()).toHaveLength(before - 1)
  expect(await db.query('select from pos.connection_credentials')).toEqual([])
})

function unreachable(): never {
  throw new Error('there is one')
}
