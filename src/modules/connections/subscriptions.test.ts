import { expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { isPrivateHost, isReachable } from './reachable.ts'
import { connectionSteps, tendDue } from './steps.ts'
import { subscriptionStates } from './subscription-states.ts'
import { testConnector } from './test-connector.ts'
import { openTestDesk } from './test-desk.ts'
import { CONFIGURATIONS, useShops } from './test-shops.ts'
import { createToldWell } from './told-well.ts'

// That the provider tells us of news: asked for once, mended when it is gone, and said plainly when it cannot be had.

const HOUR_MS = 3_600_000
const shops = useShops({ subscriptionsBy: 'application', pkce: 'none' })
const OAUTH = '/api/integrations/pos/dine-pos/oauth'

const standing = () => [...shops.provider.subscriptions.values()]
const connected = async (id: string, more = {}) => {
  const { token } = shops.provider.openAccount({ id })
  const { json, status, text } = await shops.connect(shops.bakery, token, more)
  expect(status, text).toBe(201)
  return {
    id: json.id as Id,
    token,
    path: `${CONFIGURATIONS}/${json.id}`,
    url: `http://localhost:9010/api/v1/webhooks/dine-pos/${json.id}`,
    json,
  }
}
const later = async (ms: number) => {
  shops.now = instant(shops.now + ms)
  await tendDue(shops.desk, shops.now)
}
const stateOf = async (path: string) => (await shops.ask(shops.bakery, 'GET', path)).json.webhooks
const own = (url: string) => standing().filter((one) => one.url === url)

test('a connection of its own sign-in has a subscription of its own, and its secret verifies', async () => {
  const till = await connected('own')
  expect(till.json.webhooks).toMatchObject({ state: 'subscribed', url: till.url })
  const [endpoint] = await shops.desk.endpoints.find('dine-pos', till.id)
  expect(endpoint).toMatchObject({ url: till.url, environment: 'production', connection: { id: till.id } })
  expect(endpoint?.secrets).toEqual(own(till.url).map(({ secret }) => secret))
  expect(await shops.desk.endpoints.accountOwners('dine-pos', 'production', 'own')).toEqual([
    { tenantId: shops.bakery.id, id: till.id },
  ])
  expect(await shops.desk.endpoints.accountOwners('dine-pos', 'sandbox', 'own')).toEqual([])
  // Of another system, unknown, or no id at all: nobody to verify for.
  for (const [system, id] of [
    ['clover', till.id],
    ['dine-pos', 'x'],
    ['dine-pos', shops.bakery.id],
    ['', till.id],
  ] as const) {
    expect(await shops.desk.endpoints.find(system, id)).toEqual([])
  }
  const told = createToldWell(shops.desk)
  const isTold = (id: Id) =>
    shops.db.database.tenant(shops.bakery.id, (tx) => told(tx, { tenantId: shops.bakery.id, id }))
  expect(await isTold(till.id)).toBe(true)
  expect(await subscriptionStates(shops.desk, shops.bakery.id, 'dine-pos')).toMatchObject([
    { connectionId: till.id, state: 'subscribed' },
  ])
})

test.each([
  ['removed', (id: string) => void shops.provider.subscriptions.delete(id)],
  [
    'stopped',
    (id: string) => {
      const one = shops.provider.subscriptions.get(id)
      if (one) one.enabled = false
    },
  ],
  [
    'led elsewhere',
    (id: string) => {
      const one = shops.provider.subscriptions.get(id)
      if (one) one.url = 'http://elsewhere.example/hook'
    },
  ],
])(
  'one that the provider %s is made anew, once, with the old secret still believed for a while',
  async (what, harm) => {
    const till = await connected(`harmed ${what}`)
    const [before] = own(till.url)
    if (before === undefined) throw new Error('not subscribed')
    harm(before.id)
    await later(7 * HOUR_MS)
    expect(await stateOf(till.path)).toMatchObject({ state: 'subscribed' })
    const [after, another] = own(till.url)
    expect(another).toBeUndefined()
    expect(after?.id).not.toBe(before.id)
    const [endpoint] = await shops.desk.endpoints.find('dine-pos', till.id)
    expect(endpoint?.secrets).toEqual([after?.secret, before.secret])
    await later(80 * HOUR_MS)
    shops.desk.endpoints.forget()
    const [aged] = await shops.desk.endpoints.find('dine-pos', till.id)
    expect(aged?.secrets).toEqual([after?.secret])
  },
)

test('one that stands well is left alone', async () => {
  const till = await connected('well')
  const made = () => shops.provider.countOf('POST /subscriptions')
  const before = made()
  for (let look = 0; look < 4; look++) await later(7 * HOUR_MS)
  expect(made()).toBe(before)
  expect(own(till.url)).toHaveLength(1)
})

test('a turned secret is believed beside the one before it', async () => {
  const till = await connected('turning')
  const [before] = own(till.url).map(({ secret }) => secret)
  const answer = await shops.ask(shops.bakery, 'POST', `${till.path}/webhook-secret`)
  expect(answer.status, answer.text).toBe(200)
  const [after] = own(till.url).map(({ secret }) => secret)
  expect(after).not.toBe(before)
  expect((await shops.desk.endpoints.find('dine-pos', till.id))[0]?.secrets).toEqual([after, before])
})

test('a provider that does not make one is asked again, later each time, and the state says why', async () => {
  const till = await connected('later', { sync: { webhooks: false } })
  expect(till.json.webhooks).toMatchObject({ state: 'off' })
  shops.provider.behaviour.down = true
  const wished = await shops.ask(shops.bakery, 'PUT', till.path, { sync: { webhooks: true } })
  expect(wished.json.webhooks).toMatchObject({ state: 'failed', reason: 'DOWN' })
  shops.provider.behaviour.down = false
  await later(30_000)
  expect(await stateOf(till.path)).toMatchObject({ state: 'failed' })
  await later(2 * 60_000)
  expect(await stateOf(till.path)).toMatchObject({ state: 'subscribed', reason: null })
  const off = await shops.ask(shops.bakery, 'PUT', till.path, { sync: { webhooks: false } })
  expect(off.json.webhooks).toMatchObject({ state: 'off' })
  expect(own(till.url)).toEqual([])
}, 40_000)

test('a secret that was pasted by hand is believed, and nobody meddles with that subscription', async () => {
  const till = await connected('by-hand', { sync: { webhooks: true, webhook_secret: 'whsec_by_hand_1234' } })
  expect(till.json.webhooks).toMatchObject({ state: 'manual', url: till.url })
  const [endpoint] = await shops.desk.endpoints.find('dine-pos', till.id)
  expect(endpoint?.secrets).toContain('whsec_by_hand_1234')
  expect(JSON.stringify(till.json)).not.toContain('whsec_by_hand_1234')
  const before = shops.provider.asked.length
  await tendDue(shops.desk, shops.now)
  expect(shops.provider.asked.slice(before).filter((one) => one.includes('subscriptions'))).toEqual([])
})

test('accounts that agreed on the provider’s page share the application’s one subscription', async () => {
  const ids: string[] = []
  for (const name of ['shared-1', 'shared-2']) {
    const account = shops.provider.openAccount({ id: name }).account.id
    const { json } = await shops.ask(shops.bakery, 'POST', OAUTH)
    const { pathname, search } = new URL(shops.provider.agree(json.url, account))
    const back = await shops.ask(null, 'GET', `${pathname}${search}`)
    ids.push(/connections\/([0-9a-f-]{36})/.exec(String(back.headers.location))?.[1] ?? '')
  }
  const url = 'http://localhost:9010/api/v1/webhooks/dine-pos'
  expect(own(url)).toHaveLength(1)
  const endpoints = await shops.desk.endpoints.find('dine-pos', null)
  expect(endpoints).toMatchObject([
    { url, environment: 'production', connection: null, secrets: [own(url)[0]?.secret] },
  ])
  for (const id of ids) {
    expect(await stateOf(`${CONFIGURATIONS}/${id}`)).toMatchObject({ state: 'subscribed', url })
    expect(await shops.desk.endpoints.find('dine-pos', id), 'it has no address of its own').toEqual([])
  }
  // One seller leaves; the others are still told.
  await shops.ask(shops.bakery, 'DELETE', `${CONFIGURATIONS}/${ids[0]}`)
  expect(own(url)).toHaveLength(1)
  const rows = await shops.db.query<{ line: string }>('select e::text as line from hub.application_endpoints e')
  expect(rows).toHaveLength(1)
  expect(rows[0]?.line).not.toContain(Buffer.from(own(url)[0]?.secret ?? '').toString('hex'))
})

test('a hub that moved has its subscriptions lead to the new address', async () => {
  const till = await connected('moving')
  const moved = openTestDesk({
    database: shops.db.database,
    connector: testConnector(),
    urls: shops.provider.urls,
    clock: { now: () => shops.now },
    publicBase: 'https://127.0.0.1:9443/hub/',
    application: { secret: 'acme-app-secret', token: shops.provider.applicationToken },
  })
  const step = connectionSteps(moved.desk).find(({ name }) => name === 'subscriptions')
  await step?.run(shops.now)
  await moved.close()
  expect(own(till.url)).toEqual([])
  expect(own(`https://127.0.0.1:9443/hub/api/v1/webhooks/dine-pos/${till.id}`)).toHaveLength(1)
})

test('an address that the provider cannot reach is said to be one', async () => {
  expect(isReachable(new URL('http://localhost:9010'), 'https://api.provider.example')).toBe(false)
  expect(isReachable(new URL('http://localhost:9010'), 'http://127.0.0.1:9012')).toBe(true)
  expect(isReachable(new URL('https://hub.example.com'), 'https://api.provider.example')).toBe(true)
})

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.15.0.1', false],
  ['172.16.0.1', true],
  ['172.31.9.9', true],
  ['172.32.0.1', false],
  ['192.168.178.2', true],
  ['169.254.1.1', true],
  ['100.64.0.1', true],
  ['100.128.0.1', false],
  ['8.8.8.8', false],
  ['[::1]', true],
  ['[fd00::1]', true],
  ['[fe80::1]', true],
  ['[2001:db8::1]', false],
  ['[::ffff:c0a8:101]', true],
  ['[::ffff:808:808]', false],
  ['nas', true],
  ['hub.local', true],
  ['hub.example.com', false],
])('%s is known in its own house only: %s', (host, isPrivate) => {
  expect(isPrivateHost(new URL(`http://${host}`).hostname)).toBe(isPrivate)
})
