import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { CONFIGURATIONS, useShops } from './test-shops.ts'

// By the provider's own page: there and back, and every way back that leads to nothing.

const shops = useShops({ pkce: 'required', refreshEveryMs: 86_400_000 })
const PATH = '/api/integrations/pos/dine-pos/oauth'
const JSON_WANTED = { accept: 'application/json' }
const ADA = { cookie: 'session=ada', origin: 'http://localhost:9010', 'x-tenant-id': 'bakery' }

/** Begins as Ada's browser does. Answers where it is sent and the cookie it is given. */
async function begin(query = '') {
  const answer = await shops.ask(null, 'POST', `${PATH}${query}`, undefined, ADA)
  expect(answer.status, answer.text).toBe(200)
  const cookie = String(answer.headers['set-cookie']).split(';', 1)[0] ?? ''
  return { url: answer.json.url as string, cookie }
}

const comeBack = (href: string, cookie: string | null) => {
  const { pathname, search } = new URL(href)
  return shops.ask(null, 'GET', `${pathname}${search}`, undefined, cookie === null ? {} : { cookie })
}
const account = (id: string) => shops.provider.openAccount({ id }).account.id
const connections = async () => {
  const { json } = await shops.ask(shops.bakery, 'GET', CONFIGURATIONS)
  return json.data as { id: string; account: { id: string } | null; locations: unknown }[]
}
const OAUTH_STATE = 'http://localhost:9010/connections?error=connections.oauth-state'

test('there and back makes a connection whose places are still to be chosen', async () => {
  const { url, cookie } = await begin('?name=Harbour&backfill_from=2025-06-01')
  expect(url.startsWith(`${shops.provider.urls.production}/oauth/page?`)).toBe(true)
  expect(new URL(url).searchParams.get('redirect_uri')).toBe(`http://localhost:9010${PATH}/callback`)
  const answer = await comeBack(shops.provider.agree(url, account('one')), cookie)
  expect(answer.status).toBe(302)
  const [, id] = /connections\/([0-9a-f-]{36})\?step=places$/.exec(String(answer.headers.location)) ?? []
  const { json } = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${id}`)
  expect(json).toMatchObject({
    name: 'Harbour',
    account: { id: 'one' },
    credentials: {
      from: 'oauth',
      renews_itself: true,
      reauthorize_url: `/connections/new/dine-pos?connection=${id}`,
    },
    locations: [],
    sync: { backfill_from: '2025-06-01', webhooks: true },
  })
  const chosen = await shops.ask(shops.bakery, 'PUT', `${CONFIGURATIONS}/${id}/places`, {
    all: true,
    places: [{ id: 'one-1', chosen: true }],
  })
  expect(chosen.json.data).toMatchObject([{ id: 'one-1', chosen: true }])
})

test('a link leads on at once, and a program is told the address', async () => {
  const sent = await shops.ask(shops.bakery, 'GET', PATH)
  expect(sent.status).toBe(302)
  expect(String(sent.headers.location)).toContain('/oauth/page?')
  expect(sent.headers['set-cookie'], 'a program has no use for a cookie').toBeUndefined()
  const told = await shops.ask(shops.bakery, 'GET', PATH, undefined, JSON_WANTED)
  expect(told).toMatchObject({ status: 200, json: { expires_at: '2026-11-20T10:10:00.000Z' } })
  const back = await comeBack(shops.provider.agree(told.json.url, account('by-program')), null)
  expect(String(back.headers.location)).toContain('?step=places')
})

describe('a way back that leads to nothing', () => {
  test('made up', async () => {
    for (const query of ['code=x&state=made-up', 'code=x', 'state=x', '', 'error=denied&state=made-up']) {
      const answer = await shops.ask(null, 'GET', `${PATH}/callback?${query}`)
      expect([answer.status, answer.headers.location], query).toEqual([302, OAUTH_STATE])
    }
  })

  test('shown a second time', async () => {
    const { url, cookie } = await begin()
    const href = shops.provider.agree(url, account('twice'))
    expect(String((await comeBack(href, cookie)).headers.location)).toContain('step=places')
    const count = (await connections()).length
    expect((await comeBack(href, cookie)).headers.location).toBe(OAUTH_STATE)
    expect((await connections()).length).toBe(count)
  })

  test('shown by many at once: one of them counts', async () => {
    const { url, cookie } = await begin()
    const href = shops.provider.agree(url, account('at-once'))
    const answers = await Promise.all(Array.from({ length: 8 }, () => comeBack(href, cookie)))
    const where = answers.map(({ headers }) => String(headers.location))
    expect(where.filter((one) => one.includes('step=places'))).toHaveLength(1)
    expect(where.filter((one) => one === OAUTH_STATE)).toHaveLength(7)
  })

  test('in another browser than the one that was sent', async () => {
    const [mine, other] = [await begin(), await begin()]
    for (const cookie of [null, other.cookie, 'tillwire.oauth=', `${mine.cookie}x`]) {
      const { url } = await begin()
      const answer = await comeBack(shops.provider.agree(url, account(`thief-${cookie}`)), cookie)
      expect(answer.headers.location, String(cookie)).toBe(OAUTH_STATE)
    }
    // A state that was shown in the wrong place is used up.
    const href = shops.provider.agree(mine.url, account('robbed'))
    expect((await comeBack(href, other.cookie)).headers.location).toBe(OAUTH_STATE)
    expect((await comeBack(href, mine.cookie)).headers.location).toBe(OAUTH_STATE)
    expect((await connections()).filter(({ account }) => /thief|robbed/.test(account?.id ?? ''))).toEqual([])
  })

  test('after ten minutes', async () => {
    const began = shops.now
    const { url, cookie } = await begin()
    shops.now = instant(began + 10 * 60_000)
    const answer = await comeBack(shops.provider.agree(url, account('slow')), cookie)
    shops.now = began
    expect(answer.headers.location).toBe(OAUTH_STATE)
  })

  test('of another system', async () => {
    const { url, cookie } = await begin()
    const href = shops.provider.agree(url, account('wrong-way')).replace('/dine-pos/', '/clover/')
    const answer = await comeBack(href, cookie)
    expect(answer.headers.location).toBe('http://localhost:9010/connections?error=connections.system-not-live')
  })

  test('with a code of somebody else’s way', async () => {
    const [mine, other] = [await begin(), await begin()]
    const stolen = new URL(shops.provider.agree(other.url, account('injected'))).searchParams.get('code') ?? ''
    const href = new URL(shops.provider.agree(mine.url, account('mine')))
    href.searchParams.set('code', stolen)
    const answer = await comeBack(href.href, mine.cookie)
    expect(answer.headers.location, 'the verifier is not the one it was bound to').toBe(
      'http://localhost:9010/connections?error=connections.oauth-exchange',
    )
  })

  test('without agreement', async () => {
    const { url, cookie } = await begin()
    const state = new URL(url).searchParams.get('state')
    const answer = await shops.ask(null, 'GET', `${PATH}/callback?error=access_denied&state=${state}`, undefined, {
      cookie,
    })
    expect(answer.headers.location).toBe('http://localhost:9010/connections?error=connections.oauth-denied')
  })
})

describe('signing in anew', () => {
  test('gives the same connection a new sign-in, of the same account only', async () => {
    const made = await begin()
    const first = await comeBack(shops.provider.agree(made.url, account('again')), made.cookie)
    const [, id = ''] = /connections\/([0-9a-f-]{36})/.exec(String(first.headers.location)) ?? []
    const ref = { tenantId: shops.bakery.id, id: id as never }
    const before = await shops.desk.keeper.linkOf(ref)
    await shops.desk.keeper.markNeedsSignIn(ref, { credentialsVersion: before.credentialsVersion, code: 'TEST' })

    const wrong = await begin(`?connection_id=${id}`)
    const refused = await comeBack(shops.provider.agree(wrong.url, account('somebody-else')), wrong.cookie)
    expect(refused.headers.location).toBe('http://localhost:9010/connections?error=connections.account-differs')
    expect((await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${id}`)).json.state).toBe('needs_sign_in')

    const right = await begin(`?connection_id=${id}`)
    const renewed = await comeBack(shops.provider.agree(right.url, 'again'), right.cookie)
    expect(renewed.headers.location).toBe(`http://localhost:9010/connections/${id}`)
    const after = await shops.desk.keeper.linkOf(ref)
    expect(after).toMatchObject({ state: 'active', credentialsVersion: before.credentialsVersion + 1 })
    expect(after.link.credentials).not.toEqual(before.link.credentials)
  })

  test('is not begun for another shop’s connection', async () => {
    const [own] = await connections()
    const answer = await shops.ask(shops.butcher, 'POST', `${PATH}?connection_id=${own?.id}`)
    expect(answer).toMatchObject({ status: 404, json: { code: 'connections.unknown' } })
  })
})

test('ending it revokes the consent at the provider', async () => {
  const { url, cookie } = await begin()
  const back = await comeBack(shops.provider.agree(url, account('revoking')), cookie)
  const [, id] = /connections\/([0-9a-f-]{36})/.exec(String(back.headers.location)) ?? []
  const ended = await shops.ask(shops.bakery, 'DELETE', `${CONFIGURATIONS}/${id}`)
  expect(ended.json).toMatchObject({ consent: 'revoked', subscription: 'none' })
  const tokens = [...shops.provider.tokens.values()].filter((one) => one.account === 'revoking')
  expect(tokens.every(({ revoked }) => revoked)).toBe(true)
})

test('states, codes, verifiers and cookies lie nowhere in the clear', async () => {
  const { url, cookie } = await begin()
  const state = new URL(url).searchParams.get('state') ?? ''
  const nonce = cookie.replace('tillwire.oauth=', '')
  const rows = await shops.db.query<{ line: string }>('select a::text as line from pos.oauth_attempts a')
  const table = rows.map(({ line }) => line).join('\n')
  for (const secret of [state, nonce]) {
    expect(secret.length).toBeGreaterThan(30)
    expect(table).not.toContain(secret)
    expect(table).not.toContain(Buffer.from(secret).toString('hex'))
  }
  const log = shops.said.filter((line) => line.startsWith('{"level"')).join('\n')
  expect(log.length).toBeGreaterThan(1_000)
  expect(log).not.toContain(state)
})
