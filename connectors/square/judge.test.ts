import { describe, expect, test } from 'vitest'
import type { ProviderCall } from '../contract.ts'
import { api } from './api.ts'
import { type Answer, answerOf, LINK, RECEIVED_AT } from './test-talk.ts'

const CALL: ProviderCall = {
  name: 'orders.search',
  method: 'POST',
  path: '/v2/orders/search',
  body: '{}',
  repeatable: true,
}

function judged(answer: Answer, call: Partial<ProviderCall> = {}) {
  return api.judge({ ...CALL, ...call }, answerOf(answer))
}

function failing(status: number, code: string, fields: Record<string, unknown> = {}): Answer {
  return { status, body: { errors: [{ category: 'INVALID_REQUEST_ERROR', code, detail: 'Ada asked', ...fields }] } }
}

test.each([
  [failing(429, 'RATE_LIMITED'), { kind: 'throttled', retryAfterMs: null }],
  [failing(500, 'INTERNAL_SERVER_ERROR'), { kind: 'unavailable', code: 'INTERNAL_SERVER_ERROR' }],
  [failing(408, 'REQUEST_TIMEOUT'), { kind: 'unavailable' }],
  [failing(400, 'TEMPORARY_ERROR'), { kind: 'unavailable', code: 'TEMPORARY_ERROR' }],
  [
    { status: 502, body: '<html><h1>Bad gateway</h1></html>' },
    { kind: 'unavailable', code: 'HTTP_502' },
  ],
  [
    { status: 503, body: 'upstream connect error' },
    { kind: 'unavailable', code: 'HTTP_503' },
  ],
  [failing(401, 'UNAUTHORIZED'), { kind: 'unauthorized', code: 'UNAUTHORIZED', revoked: false }],
  [failing(401, 'ACCESS_TOKEN_EXPIRED'), { kind: 'unauthorized', revoked: false }],
  [failing(401, 'ACCESS_TOKEN_REVOKED'), { kind: 'unauthorized', revoked: true }],
  [failing(403, 'APPLICATION_DISABLED'), { kind: 'unauthorized', revoked: true }],
  [failing(403, 'INSUFFICIENT_SCOPES'), { kind: 'forbidden', code: 'INSUFFICIENT_SCOPES' }],
  [failing(404, 'NOT_FOUND'), { kind: 'missing', code: 'NOT_FOUND' }],
  [failing(409, 'VERSION_MISMATCH'), { kind: 'conflict', code: 'VERSION_MISMATCH' }],
  [failing(400, 'CONFLICT'), { kind: 'conflict' }],
  [failing(400, 'INVALID_VALUE', { field: 'query.sort' }), { kind: 'refused', code: 'INVALID_VALUE' }],
  [
    { status: 302, body: '' },
    { kind: 'garbled', code: 'HTTP_302' },
  ],
  [
    { status: 200, body: '<html>Welcome</html>' },
    { kind: 'garbled', code: 'no_json' },
  ],
  [
    { status: 200, body: '' },
    { kind: 'garbled', code: 'no_json' },
  ],
  [{ status: 200, body: ' \n{}' }, { kind: 'ok' }],
])('%j', (answer, verdict) => {
  expect(judged(answer)).toMatchObject(verdict)
})

test('a cursor that is no longer known begins the window anew, and only a call that had one', () => {
  const withCursor = { body: '{"location_ids":[],"cursor":"c1"}' }
  expect(judged(failing(400, 'INVALID_CURSOR'), withCursor)).toMatchObject({ kind: 'cursor_expired' })
  expect(judged(failing(400, 'BAD_REQUEST', { field: 'cursor' }), withCursor)).toMatchObject({ kind: 'cursor_expired' })
  expect(judged(failing(400, 'BAD_REQUEST', { field: 'query' }), withCursor)).toMatchObject({ kind: 'refused' })
  expect(judged(failing(400, 'INVALID_CURSOR'))).toMatchObject({ kind: 'refused' })
  const listed = { method: 'GET', path: '/v2/payments?limit=100&cursor=c1', body: null } as const
  expect(judged(failing(400, 'INVALID_CURSOR'), listed)).toMatchObject({ kind: 'cursor_expired' })
})

describe('how long to wait', () => {
  const wait = (headers: Record<string, string>) => judged({ ...failing(429, 'RATE_LIMITED'), headers })

  test.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': new Date(RECEIVED_AT + 5_000).toUTCString() }, 5_000],
    [{ 'retry-after': new Date(RECEIVED_AT - 5_000).toUTCString() }, 0],
    [{ 'x-ratelimit-reset': String(RECEIVED_AT / 1000 + 7) }, 7_000],
    [{ 'retry-after': '2', 'x-ratelimit-reset': String(RECEIVED_AT / 1000 + 7) }, 2_000],
    [{ 'retry-after': 'soon' }, null],
    [{ 'x-ratelimit-reset': 'soon' }, null],
  ])('%j', (headers, retryAfterMs) => {
    expect(wait(headers)).toEqual({ kind: 'throttled', retryAfterMs })
  })

  test('the budget is learned where Square tells of it', () => {
    expect(api.pace.learn(answerOf({}))).toBeNull()
    const headers = { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': String(RECEIVED_AT / 1000 + 7) }
    const hint = { requestsPerSecond: null, remaining: 12, resetAt: RECEIVED_AT + 7_000 }
    expect(api.pace.learn(answerOf({ headers }))).toEqual(hint)
  })
})

test('errors of the OAuth addresses have other forms, and a refresh that is refused is of no use again', () => {
  const oauth = { name: 'oauth.refresh', path: '/oauth2/token' }
  expect(judged({ status: 401, body: { message: 'Not allowed', type: 'unauthorized' } }, oauth)).toEqual({
    ...{ kind: 'unauthorized', code: 'unauthorized', revoked: true },
  })
  expect(judged({ status: 400, body: { error: 'invalid_grant' } }, oauth)).toMatchObject({ revoked: true })
  expect(judged({ status: 400, body: { error: 'invalid_request' } }, oauth)).toMatchObject({ kind: 'refused' })
  expect(judged({ status: 401, body: { type: 'unauthorized' } })).toMatchObject({ revoked: false })
})

test('what is said of a failure quotes a code and a field, and never a sentence of Square’s', () => {
  const said = JSON.stringify([
    judged(failing(400, 'INVALID_VALUE', { field: 'query.filter.date_time_filter' })),
    judged(failing(403, 'FORBIDDEN', { field: 'Ada Lovelace' })),
    judged(failing(400, 'Ada Lovelace is unknown')),
    judged({ status: 400, body: { error: 'Ada <ada@example.com>' } }),
  ])
  expect(said).toContain('Square refused orders.search: INVALID_VALUE at query.filter.date_time_filter.')
  expect(said).not.toMatch(/Ada/)
})

describe('headers', () => {
  test('every call asks for the version and is signed in; one that brings its own is not', () => {
    expect(api.headers(LINK, CALL)).toEqual({
      ...{ accept: 'application/json', 'square-version': '2026-09-16', 'content-type': 'application/json' },
      authorization: 'Bearer EAAA-test-token',
    })
    expect(api.headers(LINK, { ...CALL, body: null, unsigned: true })).toEqual({
      ...{ accept: 'application/json', 'square-version': '2026-09-16' },
    })
  })

  test('subscriptions are managed with the application’s own token, where there is one', () => {
    const application = { id: 'sq0idp-test', secret: 's', credentials: { access_token: 'EAAA-personal' } }
    const call = { ...CALL, name: 'webhooks.list' }
    expect(api.headers({ ...LINK, application }, call).authorization).toBe('Bearer EAAA-personal')
    expect(api.headers({ ...LINK, application }, CALL).authorization).toBe('Bearer EAAA-test-token')
    expect(api.headers(LINK, call).authorization).toBe('Bearer EAAA-test-token')
  })
})
