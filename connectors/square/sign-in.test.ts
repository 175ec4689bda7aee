import { describe, expect, test } from 'vitest'
import { type Application, CallFailed, type Link } from '../contract.ts'
import { oauth, SCOPES } from './oauth.ts'
import { signIn } from './sign-in.ts'
import { type Answer, bodyOf, have, LINK } from './test-talk.ts'

const APPLICATION: Application = { id: 'sq0idp-test', secret: 'sq0csp-test', credentials: {} }
const WITHOUT_SECRET: Application = { ...APPLICATION, secret: null }
const GRANT = { code: 'sq0cgb-test', redirectUri: 'https://hub.example.com/callback', codeVerifier: 'verifier' }

const MERCHANT: Answer = { body: { merchant: { id: 'M1', business_name: 'Harbour coffee', country: 'IE' } } }
const STATUS: Answer = {
  body: { scopes: [...SCOPES], expires_at: '2026-10-31T12:00:00Z', client_id: 'sq0idp-test', merchant_id: 'M1' },
}
const refused = (status: number, code: string): Answer => ({ status, body: { errors: [{ code }] } })

function check(status: Answer, merchant: Answer) {
  return have(signIn.check(LINK), ({ name }) => (name === 'oauth.status' ? status : merchant)).value
}

describe('asking whose the credentials are', () => {
  test('the token and the merchant say it together', () => {
    expect(check(STATUS, MERCHANT)).toEqual({
      ...{ account: 'M1', accountName: 'Harbour coffee', expiresAt: Date.parse('2026-10-31T12:00:00Z') },
      ...{ granted: [...SCOPES], missing: [] },
    })
  })

  test('a token that says nothing of itself is known by its merchant', () => {
    for (const status of [refused(401, 'UNAUTHORIZED'), refused(404, 'NOT_FOUND'), { body: 'no JSON' }]) {
      expect(check(status, MERCHANT)).toMatchObject({ account: 'M1', expiresAt: null, granted: null, missing: [] })
    }
  })

  test('what is not granted is said, with what will not work', () => {
    const scopes = SCOPES.filter((scope) => scope !== 'ORDERS_READ' && scope !== 'MERCHANT_PROFILE_READ')
    const { missing, account } = check({ body: { scopes, merchant_id: 'M1' } }, refused(403, 'INSUFFICIENT_SCOPES'))
    expect(account).toBe('M1')
    expect(missing.map(({ permission, blocks }) => [permission, blocks])).toEqual([
      ['ORDERS_READ', ['sales']],
      ['MERCHANT_PROFILE_READ', ['sales']],
    ])
    expect(missing[0]?.say).toBe('Without ORDERS_READ, sales cannot be read. Connect Square again and allow it.')
  })

  test('credentials that are not accepted, and a provider that is not there, are failures', () => {
    expect(() => check(refused(401, 'UNAUTHORIZED'), refused(401, 'UNAUTHORIZED'))).toThrow(CallFailed)
    expect(() => check(refused(503, 'SERVICE_UNAVAILABLE'), MERCHANT)).toThrow(/unavailable/)
    expect(() => check(refused(429, 'RATE_LIMITED'), MERCHANT)).toThrow(/throttled/)
  })

  test('every permission that is asked for is needed, and every one that is needed is asked for', () => {
    const { missing } = check({ body: { scopes: [], merchant_id: 'M1' } }, MERCHANT)
    expect(missing.map(({ permission }) => permission).sort()).toEqual([...SCOPES].sort())
  })
})

test('what credentials look like', () => {
  const of = (access_token: string) => signIn.environmentOf({ access_token })
  expect([of('sandbox-sq0idb-x'), of('sq0idp-x'), of('sq0csp-x'), of('EAAA-x')]).toEqual([
    ...['sandbox', 'production', 'production', null],
  ])
})

describe('OAuth', () => {
  test('the page where a merchant agrees', () => {
    const request = { redirectUri: GRANT.redirectUri, state: 's/1', codeChallenge: 'challenge' }
    const path = oauth.authorizePath(APPLICATION, { ...request, environment: 'production' })
    const parameters = Object.fromEntries(new URL(path, 'https://square.test').searchParams)
    expect(parameters).toEqual({
      ...{ client_id: 'sq0idp-test', scope: SCOPES.join(' '), session: 'false', state: 's/1' },
      ...{ redirect_uri: GRANT.redirectUri, code_challenge: 'challenge' },
    })
    const sandbox = oauth.authorizePath(APPLICATION, { ...request, codeChallenge: null, environment: 'sandbox' })
    expect(sandbox).not.toMatch(/session|challenge/)
  })

  test('what the redirect back says', () => {
    const back = (text: string) => oauth.readCallback(new URLSearchParams(text))
    expect(back('code=c&response_type=code&state=s')).toEqual({ kind: 'code', code: 'c', state: 's' })
    expect(back('error=access_denied&error_description=user_denied&state=s')).toMatchObject({
      kind: 'denied',
      state: 's',
    })
    for (const text of ['', 'code=c', 'state=s', 'code=&state=s', 'code=c&state=s&error=x']) {
      expect(back(text).kind).toBe('denied')
    }
  })

  const answer: Answer = {
    body: {
      ...{ access_token: 'EAAA-new', token_type: 'bearer', expires_at: '2026-11-01T12:00:00Z', merchant_id: 'M1' },
      ...{ refresh_token: 'EQAA-new', refresh_token_expires_at: '2026-12-30T12:00:00Z' },
    },
  }

  test('a code is exchanged with secret and verifier, once', () => {
    const { calls, value } = have(oauth.exchange(APPLICATION, GRANT), () => answer)
    expect(bodyOf(calls[0])).toEqual({
      ...{ client_id: 'sq0idp-test', client_secret: 'sq0csp-test', grant_type: 'authorization_code' },
      ...{ code: 'sq0cgb-test', redirect_uri: GRANT.redirectUri, code_verifier: 'verifier' },
    })
    expect(calls[0]).toMatchObject({ repeatable: false, unsigned: true, path: '/oauth2/token' })
    expect(value).toEqual({
      credentials: { access_token: 'EAAA-new', refresh_token: 'EQAA-new' },
      account: 'M1',
      expiresAt: Date.parse('2026-11-01T12:00:00Z'),
      refreshExpiresAt: Date.parse('2026-12-30T12:00:00Z'),
    })
  })

  test('a refresh keeps the refresh token where the answer brings none', () => {
    const { access_token, expires_at } = answer.body as Record<string, string>
    const before = { access_token: 'EAAA-old', refresh_token: 'EQAA-old' }
    const { calls, value } = have(oauth.refresh(APPLICATION, before), () => ({ body: { access_token, expires_at } }))
    expect(value.credentials).toEqual({ access_token: 'EAAA-new', refresh_token: 'EQAA-old' })
    expect(bodyOf(calls[0])).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'EQAA-old' })
    expect(calls[0]?.repeatable).toBe(true)
  })

  test('without a secret the refresh token works once, so it is not sent twice', () => {
    const before = { access_token: 'a', refresh_token: 'EQAA-old' }
    const { calls } = have(oauth.refresh(WITHOUT_SECRET, before), () => answer)
    expect(calls[0]?.repeatable).toBe(false)
    expect(bodyOf(calls[0])).not.toHaveProperty('client_secret')
  })

  test('credentials that cannot be refreshed are told as such without a call', () => {
    const asked = () => have(oauth.refresh(APPLICATION, { access_token: 'a' }), () => answer)
    expect(asked).toThrow(CallFailed)
  })

  test('a sign-in is taken back with the application’s secret, and with no token in the path', () => {
    const { calls } = have(oauth.revoke(APPLICATION, LINK), () => ({ body: { success: true } }))
    expect(calls[0]).toMatchObject({ unsigned: true, headers: { authorization: 'Client sq0csp-test' } })
    expect(bodyOf(calls[0])).toEqual({ client_id: 'sq0idp-test', access_token: 'EAAA-test-token' })
    const byAccount: Link = { ...LINK, credentials: {} }
    const {
      calls: [call],
    } = have(oauth.revoke(APPLICATION, byAccount), () => ({ body: { success: true } }))
    expect(bodyOf(call)).toEqual({ client_id: 'sq0idp-test', merchant_id: 'MTESTMERCHANT1' })
    expect(() => have(oauth.revoke(WITHOUT_SECRET, LINK), () => answer)).toThrow(/refused/)
  })
})
