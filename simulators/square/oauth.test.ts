import { createHash } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StageClock } from '../stage/clock.ts'
import { shopOf } from '../trade/shop.ts'
import { type RunningSquare, startSquare } from './simulate.ts'
import { clientOf, type Json, type Reply } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const DAY_MS = 86_400_000
const REDIRECT = 'http://localhost:9010/oauth/square/callback'
const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-length'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

let square: RunningSquare
let other: string

beforeEach(async () => {
  const clock = new StageClock({ at: NOW, frozen: true })
  square = await startSquare({
    clock,
    rateLimit: null,
    application: { redirectUri: REDIRECT },
    sellers: [
      { shop: shopOf('cafe'), country: 'IE' },
      { shop: shopOf('restaurant'), country: 'US' },
    ],
  })
  other = square.square.sellers[1]?.merchantId ?? ''
})

afterEach(() => square.close())

function authorise(query: Readonly<Record<string, string>>): Promise<Response> {
  const asked = new URLSearchParams({
    client_id: square.credentials.application.id,
    scope: 'ORDERS_READ PAYMENTS_READ',
    state: 'st-1',
    redirect_uri: REDIRECT,
    ...query,
  })
  return fetch(`${square.baseUrl}/oauth2/authorize?${asked}`, { redirect: 'manual' })
}

async function codeOf(query: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await authorise({ auto: 'allow', merchant_id: other, ...query })
  return new URL(response.headers.get('location') ?? '').searchParams.get('code') ?? ''
}

function token(body: Json): Promise<Reply> {
  const { id, secret } = square.credentials.application
  const proof = 'code_verifier' in body || body.pkce ? {} : { client_secret: secret }
  return clientOf(square, 'none').post('/oauth2/token', { client_id: id, ...proof, ...body, pkce: undefined })
}

async function connected(): Promise<Json> {
  return (await token({ grant_type: 'authorization_code', code: await codeOf(), redirect_uri: REDIRECT })).body
}

test('the consent page asks, and its buttons lead back with a code or with a refusal', async () => {
  const page = await authorise({})
  const html = await page.text()
  expect(html).toContain('PAYMENTS_READ')
  const press = (decision: string) =>
    fetch(`${square.baseUrl}/oauth2/authorize`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({
        client_id: square.credentials.application.id,
        scope: 'ORDERS_READ',
        state: 'st-1',
        redirect_uri: REDIRECT,
        merchant_id: other,
        decision,
      }),
    })
  const allowed = new URL((await press('allow')).headers.get('location') ?? '')
  expect(allowed.href).toMatch(
    /^http:\/\/localhost:9010\/oauth\/square\/callback\?code=sq0cgb-\w+&response_type=code&state=st-1$/,
  )
  const denied = new URL((await press('deny')).headers.get('location') ?? '')
  expect(Object.fromEntries(denied.searchParams)).toEqual({
    error: 'access_denied',
    error_description: 'user_denied',
    state: 'st-1',
  })
})

test('a page for a foreign application, a foreign address or an unknown scope shows an error and leads nowhere', async () => {
  for (const wrong of [{ client_id: 'sq0idp-x' }, { redirect_uri: `${REDIRECT}/` }, { scope: 'EVERYTHING' }]) {
    const response = await authorise({ auto: 'allow', ...wrong })
    expect(response.status).toBe(400)
    expect(response.headers.get('location')).toBeNull()
  }
})

test('a code gives the seller’s tokens once, within five minutes, to who knows the secret', async () => {
  const code = await codeOf()
  const wrong = await token({ grant_type: 'authorization_code', code, client_secret: 'sq0csp-guess' })
  expect(wrong.status).toBe(401)
  const { status, body } = await token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT })
  expect(status).toBe(200)
  expect(body).toMatchObject({ token_type: 'bearer', merchant_id: other, short_lived: false })
  expect(Date.parse(body.expires_at) - NOW).toBe(30 * DAY_MS)
  expect((await token({ grant_type: 'authorization_code', code })).status).toBe(401)
  const late = await codeOf()
  await square.clock.advance(5 * 60_000 + 1)
  expect((await token({ grant_type: 'authorization_code', code: late })).status).toBe(401)
})

test('a token opens its own seller, within its scopes, until it ends', async () => {
  const { access_token } = await connected()
  const client = clientOf(square, access_token)
  const [location] = square.square.seller(other).locations
  const search = () => client.post('/v2/orders/search', { location_ids: [location?.id] })
  expect((await search()).status).toBe(200)
  const foreign = await client.post('/v2/orders/search', { location_ids: [square.locations[0]?.id] })
  expect(foreign.status).toBe(400)
  const narrow = await client.get('/v2/locations')
  expect([narrow.status, narrow.body.errors[0].code]).toEqual([403, 'INSUFFICIENT_SCOPES'])
  const status = await client.post('/oauth2/token/status')
  expect(status.body).toMatchObject({ scopes: ['ORDERS_READ', 'PAYMENTS_READ'], merchant_id: other })
  await square.clock.advance(30 * DAY_MS)
  const ended = await search()
  expect([ended.status, ended.body.errors[0].code]).toEqual([401, 'ACCESS_TOKEN_EXPIRED'])
})

test('a refresh token of the code flow serves many times, and the old access token lives on', async () => {
  const first = await connected()
  const refresh = () => token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })
  const second = (await refresh()).body
  const third = (await refresh()).body
  expect(new Set([first.access_token, second.access_token, third.access_token]).size).toBe(3)
  expect([second.refresh_token, third.refresh_token]).toEqual([first.refresh_token, first.refresh_token])
  for (const each of [first, second, third]) {
    expect((await clientOf(square, each.access_token).get('/v2/payments')).status).toBe(200)
  }
  const wider = await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token, scopes: ['ITEMS_READ'] })
  expect(wider.status).toBe(403)
})

test('with PKCE the verifier must fit, and each refresh token serves once within ninety days', async () => {
  const code = await codeOf({ code_challenge: CHALLENGE })
  const wrong = await token({ grant_type: 'authorization_code', code, code_verifier: `${VERIFIER}x` })
  expect(wrong.status).toBe(401)
  const first = (await token({ grant_type: 'authorization_code', code, code_verifier: VERIFIER })).body
  expect(Date.parse(first.refresh_token_expires_at) - NOW).toBe(90 * DAY_MS)
  const refresh = (refresh_token: string) => token({ grant_type: 'refresh_token', refresh_token, pkce: true })
  const second = await refresh(first.refresh_token)
  expect(second.body.refresh_token).not.toBe(first.refresh_token)
  expect((await refresh(first.refresh_token)).status).toBe(401)
  await square.clock.advance(91 * DAY_MS)
  expect((await refresh(second.body.refresh_token)).status).toBe(401)
})

test('under rotation a refresh ends the tokens before it', async () => {
  const first = await connected()
  square.fault({ name: 'token-rotated', on: true })
  const second = (await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })).body
  expect(second.refresh_token).not.toBe(first.refresh_token)
  expect((await clientOf(square, first.access_token).get('/v2/payments')).status).toBe(401)
  expect((await clientOf(square, second.access_token).get('/v2/payments')).status).toBe(200)
  expect((await token({ grant_type: 'refresh_token', refresh_token: first.refresh_token })).status).toBe(401)
})

test('revoking ends the seller’s tokens, by the application or by the seller', async () => {
  const { id, secret } = square.credentials.application
  const first = await connected()
  const revoke = (authorization: string) =>
    clientOf(square, '', { authorization }).post('/oauth2/revoke', { client_id: id, access_token: first.access_token })
  expect((await revoke('Client sq0csp-guess')).status).toBe(401)
  expect((await revoke(`Client ${secret}`)).body).toEqual({ success: true })
  const gone = await clientOf(square, first.access_token).get('/v2/payments')
  expect(gone.body.errors[0].code).toBe('ACCESS_TOKEN_REVOKED')
  const again = await connected()
  square.act('revoke', { merchant: other })
  expect((await clientOf(square, again.access_token).get('/v2/payments')).status).toBe(401)
  expect((await token({ grant_type: 'refresh_token', refresh_token: again.refresh_token })).status).toBe(401)
  expect((await clientOf(square).get('/v2/locations')).status).toBe(200)
})

test('a token of the sandbox, and none at all, are refused; errors of OAuth may have the older body', async () => {
  const sandbox = await startSquare({ environment: 'Sandbox', clock: square.clock, rateLimit: null })
  try {
    const foreign = await clientOf(square, sandbox.credentials.access_token).get('/v2/locations')
    expect([foreign.status, foreign.body.errors[0].code]).toEqual([401, 'UNAUTHORIZED'])
    expect((await clientOf(square, '').get('/v2/locations')).status).toBe(401)
  } finally {
    await sandbox.close()
  }
  square.fault({ name: 'oauth-plain-error', on: true })
  const plain = await token({ grant_type: 'authorization_code', code: 'sq0cgb-unknown' })
  expect(plain.body).toMatchObject({ message: expect.any(String), type: 'service.not_authorized' })
})
