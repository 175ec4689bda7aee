import { describe, expect, test } from 'vitest'
import { asKey, bakery, oven, problem, useBakery } from './test-bakery.ts'

const hub = useBakery()

describe('an answer', () => {
  test('holds what its schema knows and nothing else', async () => {
    const answer = await fetch(`${hub.base}/api/v1/tenants/bakery/breads/rye?days=3`, { headers: asKey })
    expect(await answer.json()).toEqual({ name: 'rye', tenant: 'bakery', days: 3 })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('that breaks its own schema is our fault and tells nothing', async () => {
    const answer = await fetch(`${hub.base}/api/v1/liars`)
    expect(answer.status).toBe(500)
    expect((await problem(answer)).code).toBe('http.broken')
  })

  test('may be a stream of another type', async () => {
    const answer = await fetch(`${hub.base}/api/v1/pos/ovens`, { headers: asKey })
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await answer.text()).toBe('id\n1\n')
  })

  test('carries the caller’s request id when it is well-formed, else one of ours', async () => {
    const given = await fetch(`${hub.base}/healthz`, { headers: { 'x-request-id': 'till-7:0000001' } })
    expect(given.headers.get('x-request-id')).toBe('till-7:0000001')
    const odd = await fetch(`${hub.base}/healthz`, { headers: { 'x-request-id': '{"evil":1}' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('keeps a browser from running foreign scripts or framing us', async () => {
    const { headers } = await fetch(`${hub.base}/docs`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('at the door', () => {
  test('a stranger gets 401 with a challenge, before their body is looked at', async () => {
    const answer = await hub.bake('{"broken', { 'x-api-key': 'other' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect((await problem(answer)).code).toBe('http.unauthenticated')
  })

  test('path and header must name the same tenant', async () => {
    const headers = { ...asKey, 'x-tenant-id': 'butcher' }
    expect((await fetch(`${hub.base}/api/v1/tenants/bakery/breads/rye`, { headers })).status).toBe(403)
    headers['x-tenant-id'] = bakery.id
    expect((await fetch(`${hub.base}/api/v1/tenants/bakery/breads/rye`, { headers })).status).toBe(200)
  })

  test('a key is no person', async () => {
    const answer = await fetch(`${hub.base}/api/v1/me/greeting`, { method: 'POST', headers: asKey })
    expect(answer.status).toBe(401)
  })

  test('a session writes only from a page of ours', async () => {
    const greet = (origin?: string) =>
      fetch(`${hub.base}/api/v1/me/greeting`, {
        method: 'POST',
        headers: { cookie: 'session=p', ...(origin ? { origin } : {}) },
      })
    expect((await greet('http://localhost:9010')).status).toBe(200)
    expect((await greet(hub.base)).status).toBe(200)
    for (const foreign of [undefined, 'https://evil.example', 'null', 'https://localhost:9010']) {
      const answer = await greet(foreign)
      expect(answer.status).toBe(403)
      expect((await problem(answer)).code).toBe('http.origin')
    }
  })

  test('too many requests get 429 with the time of the next', async () => {
    const ring = () => fetch(`${hub.base}/api/v1/bells`, { method: 'POST', body: 'ding' })
    const first = await ring()
    expect(first.status).toBe(204)
    expect(first.headers.get('ratelimit-policy')).toBe('"route";q=5;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"route";r=4;t=\d+$/)
    for (let i = 0; i < 4; i++) await ring()
    const over = await ring()
    expect(over.status).toBe(429)
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await problem(over)).code).toBe('http.rate-limited')
    expect(oven.bells[0]?.toString()).toBe('ding')
  })
})
