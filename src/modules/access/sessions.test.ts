import { describe, expect, test } from 'vitest'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { createAccess, demoLink } from './access.ts'
import { createSignIn } from './sign-in.ts'
import { MINUTE, onTenantCreated, owner, publicBase, tokenOf, useTestHub } from './test-hub.ts'

const hub = useTestHub()

describe('signing in', () => {
  test('takes the right password and ends with the session', async () => {
    const signed = await hub.call('POST', '/api/v1/auth/sign-in', {
      email: 'ADA@example.com',
      password: owner.password,
    })
    expect(signed.status).toBe(204)
    expect((await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: signed.cookie })).status).toBe(200)
    const out = await hub.call('POST', '/api/v1/auth/sign-out', undefined, { cookie: signed.cookie })
    expect(out.status).toBe(204)
    expect((await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: signed.cookie })).status).toBe(401)
  })

  test('says the same for a wrong password and for nobody, word for word', async () => {
    const wrong = await hub.call('POST', '/api/v1/auth/sign-in', {
      email: owner.email,
      password: 'not this one at all',
    })
    const nobody = await hub.call('POST', '/api/v1/auth/sign-in', {
      email: 'nobody@example.com',
      password: 'not this one at all',
    })
    expect([wrong.status, wrong.body.code, wrong.cookies]).toEqual([401, 'access.sign-in', []])
    expect({ ...nobody.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' })
  })

  test('does not accept a cookie of its own making', async () => {
    const forged = hub.ada.replace(/=.*/, '=abcdefghijklmnopqrstuvwxyz123456.c2lnbmF0dXJl')
    expect((await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: forged })).status).toBe(401)
  })

  test('a changed password ends the other sessions', async () => {
    const other = await hub.call('POST', '/api/v1/auth/sign-in', { email: owner.email, password: owner.password })
    const wrong = { current_password: 'not this one', new_password: 'sourdough-forever' }
    expect((await hub.call('POST', '/api/v1/auth/password', wrong, { cookie: hub.ada })).body.code).toBe(
      'access.password',
    )
    const right = { current_password: owner.password, new_password: 'sourdough-forever' }
    const changed = await hub.call('POST', '/api/v1/auth/password', right, { cookie: hub.ada })
    expect(changed.status).toBe(204)
    expect((await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: other.cookie })).status).toBe(401)
    hub.ada = changed.cookie
    expect((await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: hub.ada })).status).toBe(200)
  })

  test('a session writes only from a page of ours', async () => {
    const foreign = await hub.call('POST', '/api/v1/auth/sign-out', undefined, {
      cookie: hub.ada,
      origin: 'https://evil.example',
    })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'http.origin'])
    expect((await hub.call('POST', '/api/v1/auth/sign-out', undefined, { cookie: hub.ada, origin: null })).status).toBe(
      403,
    )
  })
})

test('the demonstration’s door opens as often as wanted, until the next start', async () => {
  const visitor = { name: 'Visitor', email: 'visitor@demo.invalid', role: 'owner' as const }
  const options = { publicBase, clock: hub.clock, lastsMs: 60 * MINUTE }
  const first = await demoLink(hub.db.database, visitor, [hub.butcher.id], options)
  for (let i = 0; i < 3; i++) {
    const entered = await hub.call('POST', '/api/v1/auth/link', { token: tokenOf(first.link) })
    expect(entered.body).toEqual({ purpose: 'sign-in' })
    const me = await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: entered.cookie })
    expect(me.body.tenants[0]?.slug).toBe('butcher')
  }
  const second = await demoLink(hub.db.database, visitor, [hub.butcher.id], options)
  expect(second.personId).toBe(first.personId)
  expect((await hub.call('POST', '/api/v1/auth/link', { token: tokenOf(first.link) })).body.code).toBe('access.link')
})

test('whoever guesses passwords is soon told to wait', async () => {
  const route = hub.access.routes.find((one) => one.path === '/api/v1/auth/sign-in')
  expect(route?.rateLimit).toMatchObject({ max: 10, windowSeconds: 60, by: 'address' })
  for (const guarded of hub.access.routes.filter((one) => one.scope === 'public')) {
    expect(guarded.rateLimit, guarded.path).toMatchObject({ by: 'address' })
  }
})

test('under https the session’s cookie travels encrypted only', async () => {
  const secure = createAccess({
    database: hub.db.database,
    clock: hub.clock,
    log: SILENT_LOG,
    signInSecret: 's'.repeat(43),
    publicBase: new URL('https://hub.example'),
    hubKind: 'live',
    onTenantCreated,
  })
  const server = await createServer({
    routes: secure.routes,
    authenticate: secure.authenticate,
    resolveTenant: secure.resolveTenant,
    idempotency: createIdempotencyStore(hub.db.database),
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock: hub.clock,
    publicBase: new URL('https://hub.example'),
    version: '0.0.0',
  })
  const payload = { email: 'ada@example.com', password: 'sourdough-forever' }
  const signed = await server.inject({ method: 'POST', url: '/api/v1/auth/sign-in', payload })
  expect(signed.statusCode).toBe(204)
  const line = String(signed.headers['set-cookie'])
  expect(line).toMatch(/^__Secure-tillwire\.session_token=.*Secure/)
  expect(signed.headers['strict-transport-security']).toContain('max-age=31536000')
  const cookie = line.split(';')[0]
  const me = await server.inject({ url: '/api/v1/auth/me', headers: { cookie } })
  expect(me.statusCode).toBe(200)
  await server.close()
})

test('while the database is away nobody is let in, and nobody is told that their session is gone', async () => {
  const away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' })
  const signIn = createSignIn({ pool: away.pool('tillwire_auth'), secret: 's'.repeat(43), publicBase })
  await expect(signIn.find({ cookie: hub.ada })).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'access.unavailable',
  })
  await away.close()
})
