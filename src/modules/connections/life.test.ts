import { expect, test } from 'vitest'
import { currencyCode } from '#kernel/currency.ts'
import { instant } from '#kernel/instant.ts'
import { connectFromEnvironment } from './from-environment.ts'
import { liveOf } from './linked.ts'
import { afterRevoked, rereadPlaces } from './signals.ts'
import { warnOfEnds } from './steps.ts'
import { CONFIGURATIONS, useShops } from './test-shops.ts'

// A connection from its first day to its last: changed, checked, confirmed, warned of, ended, begun again.

const DAY_MS = 86_400_000
const chosen: string[] = []
const shops = useShops(
  { subscriptionsBy: 'connection' },
  { onPlacesChosen: async (_tx, ref) => void chosen.push(ref.id) },
)

const connected = async (id: string, more = {}) => {
  const { token, account } = shops.provider.openAccount({ id })
  const answer = await shops.connect(shops.bakery, token, more)
  expect(answer.status, answer.text).toBe(201)
  return {
    token,
    account,
    id: answer.json.id as string,
    path: `${CONFIGURATIONS}/${answer.json.id}`,
    json: answer.json,
  }
}
const secretsOf = (id: string) =>
  shops.db.query(
    `select field, version from pos.connection_credentials where connection_id = $1
     union all select 'webhook', 0 from pos.webhook_endpoints
       where connection_id = $1 and (secret_sealed is not null or secret_before_sealed is not null)`,
    [id],
  )

test('new credentials must be of the same account, and take the place of the old ones', async () => {
  const till = await connected('changing')
  const other = shops.provider.openAccount({ id: 'another' })
  const refused = await shops.ask(shops.bakery, 'PUT', till.path, { credentials: { access_token: other.token } })
  expect(refused).toMatchObject({ status: 422, json: { code: 'connections.account-differs' } })
  const wrong = await shops.ask(shops.bakery, 'PUT', till.path, { credentials: { access_token: 'tok_wrong' } })
  expect(wrong).toMatchObject({ status: 422, json: { code: 'connections.credentials-refused' } })
  const fixed = await shops.ask(shops.bakery, 'PUT', till.path, { environment: 'sandbox' })
  expect(fixed).toMatchObject({ status: 422, json: { code: 'connections.system-fixed' } })
  expect((await shops.desk.keeper.linkOf({ tenantId: shops.bakery.id, id: till.json.id })).link.credentials).toEqual({
    access_token: till.token,
  })

  const { token } = shops.provider.openAccount(till.account)
  const changed = await shops.ask(shops.bakery, 'PUT', till.path, {
    name: 'Front',
    credentials: { access_token: token },
  })
  expect(changed).toMatchObject({ status: 200, json: { name: 'Front', state: 'active' } })
  expect(changed.json.credentials.fingerprint).not.toBe(till.json.credentials.fingerprint)
  // Held at once in this process, though the old ones were just remembered.
  const linked = await shops.desk.keeper.linkOf({ tenantId: shops.bakery.id, id: till.json.id })
  expect(linked).toMatchObject({ link: { credentials: { access_token: token } }, credentialsVersion: 2 })
  expect(await secretsOf(till.id)).toContainEqual({ field: 'access_token', version: 2 })
  expect(await secretsOf(till.id)).not.toContainEqual({ field: 'access_token', version: 1 })
})

test('a sign-in that is withdrawn waits for a person, and goes on when it is accepted again', async () => {
  const till = await connected('withdrawn')
  const ref = { tenantId: shops.bakery.id, id: till.json.id }
  await afterRevoked(shops.desk, ref)
  expect((await shops.ask(shops.bakery, 'GET', till.path)).json.state, 'news that is not true changes nothing').toBe(
    'active',
  )

  const held = shops.provider.tokens.get(till.token)
  if (held === undefined) throw new Error('no token')
  held.revoked = true
  await afterRevoked(shops.desk, ref)
  const waiting = await shops.ask(shops.bakery, 'GET', till.path)
  expect(waiting.json).toMatchObject({ state: 'needs_sign_in', state_reason: 'TOKEN_REVOKED' })
  expect(await shops.events(shops.bakery)).toContainEqual({
    type: 'connection.needs_sign_in',
    data: { connection_id: till.id, name: 'Shop withdrawn', pos_system: 'dine-pos', reason: 'TOKEN_REVOKED' },
  })
  await expect(
    shops.desk.converse(ref, 'live', (link) => liveOf(shops.desk.systems, 'dine-pos').locations(link)),
  ).rejects.toMatchObject({ code: 'connections.sign-in-needed' })
  const still = await shops.ask(shops.bakery, 'POST', `${till.path}/check`)
  expect(still).toMatchObject({ status: 422, json: { code: 'connections.credentials-refused' } })

  held.revoked = false
  const back = await shops.ask(shops.bakery, 'POST', `${till.path}/check`)
  expect(back).toMatchObject({ status: 200, json: { state: 'active', state_reason: null, check: 'ok' } })
})

test('permissions that went missing are told, and what they block is not asked for any more', async () => {
  const till = await connected('narrowed')
  ;(till.account.scopes as string[]).splice(0, 2, 'sales')
  const checked = await shops.ask(shops.bakery, 'POST', `${till.path}/check`)
  expect(checked.json).toMatchObject({
    data_types: ['sales'],
    missing_permissions: [{ permission: 'catalog', blocks: ['catalog'], say: 'Grant catalog.' }],
  })
})

test('the first figures stand beside ours, for the newest day on which money was taken', async () => {
  const till = await connected('counted')
  till.account.takings['counted-1'] = { payments: 3, paid: 1_250, tips: 50, refunds: 1, refunded: 250 }
  const eur = currencyCode('EUR')
  shops.ours = [{ currency: eur, payments: 3, paid: 1_250n, tips: 50n, refunds: 1, refunded: 250n }]
  const { json } = await shops.ask(shops.bakery, 'GET', `${till.path}/first-figures`)
  const money = (amount: number) => ({ amount, currency: 'EUR' })
  const figures = {
    currency: 'EUR',
    payments: 3,
    paid: money(1_250),
    tips: money(50),
    refunds: 1,
    refunded: money(250),
  }
  expect(json.data).toMatchObject([
    {
      business_date: '2026-11-19',
      from: '2026-11-18T23:00:00.000Z',
      to: '2026-11-19T23:00:00.000Z',
      places: [{ id: 'counted-1', name: 'Main' }],
      theirs: [figures],
      ours: [figures],
      agrees: true,
    },
  ])
  shops.ours = []
  const differing = await shops.ask(shops.bakery, 'GET', `${till.path}/first-figures`)
  expect(differing.json.data[0]).toMatchObject({ ours: [], agrees: false })
  const doubted = await shops.ask(shops.bakery, 'POST', `${till.path}/doubt`, { note: 'The evening is missing' })
  expect(doubted.json).toMatchObject({ confirmed_at: null, doubt: { note: 'The evening is missing' } })
  const confirmed = await shops.ask(shops.bakery, 'POST', `${till.path}/confirm`)
  expect(confirmed.json).toMatchObject({ confirmed_at: expect.any(String), doubt: null })
})

test('a place that opens later is taken up where all were wanted, and only there', async () => {
  const [all, some] = [await connected('growing'), await connected('picky', { locations: ['picky-1'] })]
  const before = chosen.length
  for (const till of [all, some]) {
    const annexe = till.account.places.map((place) => ({ ...place, id: `${till.account.id}-2`, name: 'Annexe' }))
    till.account.places.push(...annexe)
    await rereadPlaces(shops.desk, { tenantId: shops.bakery.id, id: till.json.id }, shops.bakery, shops.now)
  }
  expect((await shops.ask(shops.bakery, 'GET', all.path)).json.locations).toBe('all')
  const places = await shops.ask(shops.bakery, 'GET', `${all.path}/places`)
  expect(places.json.data).toMatchObject([
    { name: 'Annexe', chosen: true },
    { name: 'Main', chosen: true },
  ])
  expect((await shops.ask(shops.bakery, 'GET', some.path)).json.locations).toEqual(['picky-1'])
  expect(chosen.slice(before)).toEqual([all.id])
})

test('disconnecting leaves no secret in the tables and no subscription at the provider, and keeps the connection', async () => {
  const till = await connected('leaving')
  expect((await secretsOf(till.id)).map(({ field }) => field).sort()).toEqual(['access_token', 'webhook'])
  const subscription = () => [...shops.provider.subscriptions.values()].filter(({ url }) => url.endsWith(till.id))
  expect(subscription()).toHaveLength(1)
  expect(await shops.desk.endpoints.find('dine-pos', till.id)).toHaveLength(1)

  const ended = await shops.ask(shops.bakery, 'DELETE', till.path)
  expect(ended).toMatchObject({
    status: 200,
    json: {
      configuration: { state: 'disconnected', has_credentials: false },
      subscription: 'removed',
      consent: 'none',
    },
  })
  expect(await secretsOf(till.id)).toEqual([])
  expect(subscription()).toEqual([])
  expect(await shops.desk.endpoints.find('dine-pos', till.id), 'at once').toEqual([])
  expect(await shops.desk.endpoints.accountOwners('dine-pos', 'production', 'leaving')).toEqual([])
  expect((await shops.ask(shops.bakery, 'PUT', till.path, { name: 'x' })).json.code).toBe('connections.disconnected')
  expect(await shops.events(shops.bakery)).toContainEqual({
    type: 'connection.disconnected',
    data: { connection_id: till.id, name: 'Shop leaving', pos_system: 'dine-pos' },
  })
  // Ending it twice is no harm.
  expect((await shops.ask(shops.bakery, 'DELETE', till.path)).status).toBe(200)

  // Connected again it is the same one: under another its sales would stand twice.
  const again = await shops.connect(shops.bakery, till.token, { name: 'Back again' })
  expect(again).toMatchObject({ status: 201, json: { id: till.id, name: 'Back again', state: 'active' } })
})

test('secrets go even when the provider cannot be told', async () => {
  const till = await connected('cut-off')
  shops.provider.behaviour.down = true
  const ended = await shops.ask(shops.bakery, 'DELETE', till.path)
  expect(ended.json).toMatchObject({ subscription: 'left', configuration: { webhooks: { state: 'left' } } })
  expect(ended.json.say).toContain('by hand')
  expect(await secretsOf(till.id)).toEqual([])
}, 30_000)

test('an account that one shop gave up may be connected by another', async () => {
  const till = await connected('sold')
  await shops.ask(shops.bakery, 'DELETE', till.path)
  const taken = await shops.connect(shops.butcher, till.token)
  expect(taken.status, taken.text).toBe(201)
  expect(taken.json.id).not.toBe(till.id)
  // And then not back.
  const back = await shops.connect(shops.bakery, till.token)
  expect(back).toMatchObject({ status: 422, json: { code: 'connections.account-unavailable' } })
})

test('the end of a sign-in that nothing renews is told a week and a day before, once each', async () => {
  const { token } = shops.provider.openAccount({ id: 'ending' })
  const held = shops.provider.tokens.get(token)
  const began = shops.now
  if (held) held.expiresAt = began + 30 * DAY_MS
  const { json } = await shops.connect(shops.bakery, token)
  const warnings = async () =>
    (await shops.events(shops.bakery))
      .filter(({ type, data }) => type === 'connection.expiring' && data.connection_id === json.id)
      .map(({ data }) => data.days)
  for (let day = 0; day < 30; day += 0.5) {
    await warnOfEnds(shops.desk, instant(began + day * DAY_MS))
    await warnOfEnds(shops.desk, instant(began + day * DAY_MS))
    const left = 30 - day
    expect(await warnings(), `${left} days before`).toEqual(left > 7 ? [] : left > 1 ? [7] : [7, 1])
  }
})

test('credentials of the environment fill one connection, follow their change, and stay away once ended', async () => {
  const { token, account } = shops.provider.openAccount({ id: 'settled' })
  const origin = { tenantId: shops.butcher.id, defaults: shops.butcher, now: shops.now }
  const given = (access_token: string) =>
    ({ posSystem: 'dine-pos', environment: 'production', credentials: { access_token } }) as const
  const connect = (access_token: string) => connectFromEnvironment(shops.desk, origin, given(access_token))

  expect(await connect('tok_wrong')).toEqual({ kind: 'refused', code: 'connections.credentials-refused', again: false })
  const first = await connect(token)
  expect(first).toMatchObject({ kind: 'connected', connection: { asked: { credentialsFrom: 'environment' } } })
  const asked = shops.provider.asked.length
  expect(await connect(token)).toMatchObject({ kind: 'unchanged' })
  expect(shops.provider.asked.length, 'nobody is asked about what is known').toBe(asked)
  const renewed = shops.provider.openAccount(account).token
  expect(await connect(renewed)).toMatchObject({ kind: 'replaced' })
  const { json } = await shops.ask(shops.butcher, 'GET', CONFIGURATIONS)
  const own = json.data.find((one: { account: { id: string } | null }) => one.account?.id === 'settled')
  expect(own).toMatchObject({ credentials: { from: 'environment' } })
  await shops.ask(shops.butcher, 'DELETE', `${CONFIGURATIONS}/${own.id}`)
  expect(await connect(renewed)).toEqual({ kind: 'ended' })
})

test('no secret stands in any answer or any line of the log', async () => {
  // Everything that was said in this file, while tokens, refresh tokens and webhook secrets went to and fro.
  const secrets = [
    ...shops.provider.tokens.keys(),
    ...shops.provider.refreshTokens.keys(),
    ...[...shops.provider.subscriptions.values()].map(({ secret }) => secret),
    shops.provider.applicationToken,
    'acme-app-secret',
  ]
  expect(secrets.length).toBeGreaterThan(20)
  const all = shops.said.join('\n')
  expect(all.length).toBeGreaterThan(10_000)
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([])
  const stored = await shops.db.query<{ line: string }>(
    `select c::text as line from pos.configurations c union all select e::text from pos.webhook_endpoints e
     union all select k::text from pos.connection_credentials k union all select o::text from hub.outbox o`,
  )
  const tables = stored.map(({ line }) => line).join('\n')
  const bytes = (text: string) => [text, Buffer.from(text).toString('hex')]
  expect(secrets.filter((secret) => bytes(secret).some((form) => tables.includes(form)))).toEqual([])
})
