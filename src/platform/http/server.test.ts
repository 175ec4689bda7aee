import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createLog, SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { useDatabase } from '#tests/harness/database.ts'
import type { Authenticate, Identity, ResolveTenant, Tenant } from './caller.ts'
import { databaseProbes } from './health.ts'
import { HttpFault } from './http-fault.ts'
import { createIdempotencyStore } from './idempotency.ts'
import { defineRoute, EMPTY, media, type Route, type Upload } from './route.ts'
import { createServer, type ServerOptions } from './server.ts'

// A server with a gate of two callers: `k` is a key of the bakery, `p` a person of it.

const db = useDatabase()
const bakery: Tenant = {
  id: newId() as TenantId,
  slug: 'bakery',
  name: 'Bakery',
  kind: 'live',
  currency: currencyCode('EUR'),
  timeZone: zoneName('Europe/Berlin'),
  closeOutMinutes: 0,
}
const key: Identity = { kind: 'key', id: newId(), actor: 'key:1', tenantId: bakery.id, scopes: new Set() }
const person: Identity = { kind: 'person', id: newId(), actor: 'person:1', name: 'Ada', email: 'ada@example.com' }

const authenticate: Authenticate = async (headers) => {
  if (headers['x-api-key'] === 'k') return key
  return headers.cookie === 'session=p' ? person : null
}
const resolveTenant: ResolveTenant = async (identity, named) => {
  const own = named.every((name) => name === bakery.id || name === bakery.slug)
  if (!own) throw new Fault('denied', 'test.tenant', { say: 'not yours' })
  const { kind, id, actor } = identity
  return { tenant: bakery, caller: { kind, id, actor, tenantId: bakery.id, scopes: new Set() } }
}

let done = 0
let upload: Upload | undefined
const received: Buffer[] = []

const routes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/v1/tenants/:tenant_id/breads/:name',
    summary: 'One bread',
    tags: ['Breads'],
    scope: 'breads:read',
    query: z.strictObject({ days: z.coerce.number().int().min(1).optional() }),
    answers: { 200: z.object({ name: z.string(), tenant: z.string(), days: z.number().nullable() }) },
    async handler({ params, tenant, query }) {
      if (params.name === 'stone')
        throw new Fault('missing', 'test.bread', { say: 'no such bread', detail: { oven: 3 } })
      if (params.name === 'bomb') throw new Error('password=hunter2 leaked')
      const body = { name: params.name, tenant: tenant.slug, days: query.days ?? null, secret_recipe: 'rye' }
      return { status: 200, body }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/breads',
    summary: 'Bake',
    tags: ['Breads'],
    scope: 'breads:write',
    body: z.strictObject({ name: z.string().min(1), flour: z.strictObject({ grams: z.number() }).optional() }),
    answers: { 201: z.object({ name: z.string(), baked: z.number() }) },
    async handler({ body }) {
      done += 1
      if (body.name === 'burnt') throw new HttpFault(422, 'test.burnt', { say: 'burnt' })
      if (body.name === 'oven-off') throw new Fault('unavailable', 'test.oven', { say: 'oven is off' })
      if (body.name === 'slow') await new Promise((resolve) => setTimeout(resolve, 150))
      return { status: 201, headers: { location: `/breads/${done}` }, body: { name: body.name, baked: done } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/deliveries',
    summary: 'Deliver a file',
    tags: ['Breads'],
    scope: 'breads:write',
    body: { kind: 'upload', limitBytes: 3_000_000 },
    answers: { 202: z.object({ bytes: z.number(), name: z.string().nullable(), note: z.string().nullable() }) },
    async handler({ body }) {
      upload = body
      let bytes = 0
      for await (const chunk of body.stream) bytes += (chunk as Buffer).length
      done += 1
      return { status: 202, body: { bytes, name: body.fileName, note: body.fields.note ?? null } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/bells',
    summary: 'Ring, with the bytes as they are',
    tags: ['Breads'],
    scope: 'public',
    rateLimit: { max: 5, windowSeconds: 60 },
    body: { kind: 'bytes' },
    answers: { 204: EMPTY },
    async handler({ body }) {
      received.push(body)
      return { status: 204 }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/pos/ovens',
    summary: 'Ovens, in the envelope of their prefix',
    tags: ['Breads'],
    scope: 'breads:read',
    answers: { 200: media('text/csv; charset=utf-8', 'All ovens') },
    async handler({ request }) {
      if (request.headers['x-fail']) throw new Fault('conflict', 'test.oven', { say: 'busy', detail: { oven: 3 } })
      return { status: 200, body: Readable.from(['id\n', '1\n']) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/v1/me/greeting',
    summary: 'Greet a person',
    tags: ['People'],
    scope: 'person',
    answers: { 200: z.object({ hello: z.string() }) },
    async handler({ caller }) {
      return { status: 200, body: { hello: caller.name } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/v1/liars',
    summary: 'Answers what it does not declare',
    tags: ['Breads'],
    scope: 'public',
    answers: { 200: z.object({ count: z.number() }) },
    async handler() {
      return { status: 200, body: { count: Number.NaN } }
    },
  }),
]

let app: FastifyInstance
let base = ''
const lines: string[] = []

function options(more: Partial<ServerOptions> = {}): ServerOptions {
  return {
    routes,
    authenticate,
    resolveTenant,
    idempotency: createIdempotencyStore(db.database),
    log: createLog({ level: 'info', to: { write: (line: string) => void lines.push(line) } }),
    metrics: createMetrics(),
    clock: { now: () => instant(Date.UTC(2026, 2, 1)) },
    publicBase: new URL('http://localhost:9010'),
    probes: databaseProbes(db.database),
    version: '0.0.0',
    ...more,
  }
}

beforeAll(async () => {
  app = await createServer(options())
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => app.close())

const asKey = { 'x-api-key': 'k' }
const json = { ...asKey, 'content-type': 'application/json' }

function bake(body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return fetch(`${base}/api/v1/tenants/bakery/breads`, { method: 'POST', headers: { ...json, ...headers }, body: text })
}

async function problem(answer: Response) {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  return (await answer.json()) as {
    status: number
    code: string
    detail: string
    errors?: { pointer: string; detail: string; in: string }[]
    [fact: string]: unknown
  }
}

describe('an answer', () => {
  test('holds what its schema knows and nothing else', async () => {
    const answer = await fetch(`${base}/api/v1/tenants/bakery/breads/rye?days=3`, { headers: asKey })
    expect(await answer.json()).toEqual({ name: 'rye', tenant: 'bakery', days: 3 })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  test('that breaks its own schema is our fault and tells nothing', async () => {
    const answer = await fetch(`${base}/api/v1/liars`)
    expect(answer.status).toBe(500)
    expect((await problem(answer)).code).toBe('http.broken')
  })

  test('may be a stream of another type', async () => {
    const answer = await fetch(`${base}/api/v1/pos/ovens`, { headers: asKey })
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(await answer.text()).toBe('id\n1\n')
  })

  test('carries the caller’s request id when it is well-formed, else one of ours', async () => {
    const given = await fetch(`${base}/healthz`, { headers: { 'x-request-id': 'till-7:0000001' } })
    expect(given.headers.get('x-request-id')).toBe('till-7:0000001')
    const odd = await fetch(`${base}/healthz`, { headers: { 'x-request-id': '{"evil":1}' } })
    expect(odd.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('keeps a browser from running foreign scripts or framing us', async () => {
    const { headers } = await fetch(`${base}/docs`)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a failure', () => {
  test('names every wrong field at once, by pointer and place', async () => {
    const body = await problem(await bake({ nam: 'rye', flour: { grams: 'many', kind: 'white' } }))
    expect(body).toMatchObject({ status: 400, code: 'http.input-invalid' })
    expect(body.errors).toEqual([
      { pointer: '/name', detail: 'is missing', in: 'body' },
      { pointer: '/flour/grams', detail: 'expected number, received string', in: 'body' },
      { pointer: '/flour/kind', detail: 'is not a known field', in: 'body' },
      { pointer: '/nam', detail: 'is not a known field', in: 'body' },
    ])
  })

  test('names an unknown or wrong part of the query', async () => {
    const answer = await fetch(`${base}/api/v1/tenants/bakery/breads/rye?dayz=1&days=0`, { headers: asKey })
    const { errors } = await problem(answer)
    expect(errors?.map((one) => [one.in, one.pointer])).toEqual([
      ['query', '/days'],
      ['query', '/dayz'],
    ])
  })

  test('of the caller says its code and facts', async () => {
    const answer = await fetch(`${base}/api/v1/tenants/bakery/breads/stone`, { headers: asKey })
    expect(answer.status).toBe(404)
    expect(await problem(answer)).toMatchObject({
      type: 'urn:tillwire:fault:test.bread',
      title: 'Not Found',
      detail: 'no such bread',
      instance: '/api/v1/tenants/bakery/breads/stone',
      oven: 3,
    })
  })

  test('that nobody foresaw says nothing but its request id', async () => {
    const answer = await fetch(`${base}/api/v1/tenants/bakery/breads/bomb`, { headers: asKey })
    expect(answer.status).toBe(500)
    const body = await problem(answer)
    expect(JSON.stringify(body)).not.toContain('hunter2')
    const line = lines.find((one) => one.includes(String(body.request_id)) && one.includes('broke'))
    expect(line).toBeDefined()
    expect(line).not.toContain('hunter2')
  })

  test('wears the envelope under the prefix that was promised with it', async () => {
    const answer = await fetch(`${base}/api/v1/pos/ovens`, { headers: { ...asKey, 'x-fail': '1' } })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({
      success: false,
      error: { code: 'test.oven', message: 'busy', details: { oven: 3 } },
    })
    const missing = await fetch(`${base}/api/v1/pos/nothing`)
    expect(await missing.json()).toMatchObject({ success: false, error: { code: 'http.address-unknown' } })
  })

  test.each([
    ['broken JSON', '{"name":', 400, 'http.json-malformed'],
    ['JSON that is no object', '[1]', 400, 'http.input-invalid'],
    ['nothing', '', 400, 'http.body-missing'],
    ['a NUL character', '{"name":"r\\u0000ye"}', 400, 'http.input-invalid'],
    ['a poisoned prototype', '{"__proto__":{"admin":true}}', 400, 'http.json-malformed'],
    ['more than a mebibyte', `{"name":"${'x'.repeat(1_100_000)}"}`, 413, 'http.body-too-large'],
  ])('for a body of %s is coded', async (_what, body, status, code) => {
    const answer = await bake(body)
    expect(answer.status).toBe(status)
    expect((await problem(answer)).code).toBe(code)
  })

  test('for bytes that are not UTF-8 is coded', async () => {
    const body = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const answer = await fetch(`${base}/api/v1/tenants/bakery/breads`, { method: 'POST', headers: json, body })
    expect((await problem(answer)).code).toBe('http.json-malformed')
  })

  test('for a body of another type is 415, for another method 405 with Allow, for no address 404', async () => {
    const xml = await bake('<bread/>', { 'content-type': 'text/xml' })
    expect([xml.status, (await problem(xml)).code]).toEqual([415, 'http.media-type'])
    const put = await fetch(`${base}/api/v1/tenants/bakery/breads`, { method: 'PUT', headers: asKey })
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await problem(put)).code).toBe('http.method-not-allowed')
    const nowhere = await fetch(`${base}/nowhere`, { method: 'POST', body: 'x' })
    expect([nowhere.status, (await problem(nowhere)).code]).toEqual([404, 'http.address-unknown'])
  })

  test('for an address that cannot be read is 400', async () => {
    for (const path of ['/api/%E0%A4%A', '/api/v1/tenants/bakery/breads/a%00b']) {
      const answer = await fetch(`${base}${path}`, { headers: asKey })
      expect(answer.status).toBe(400)
      expect((await problem(answer)).code).toBe('http.request-malformed')
    }
  })
})

describe('at the door', () => {
  test('a stranger gets 401 with a challenge, before their body is looked at', async () => {
    const answer = await bake('{"broken', { 'x-api-key': 'other' })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect((await problem(answer)).code).toBe('http.unauthenticated')
  })

  test('path and header must name the same tenant', async () => {
    const headers = { ...asKey, 'x-tenant-id': 'butcher' }
    expect((await fetch(`${base}/api/v1/tenants/bakery/breads/rye`, { headers })).status).toBe(403)
    headers['x-tenant-id'] = bakery.id
    expect((await fetch(`${base}/api/v1/tenants/bakery/breads/rye`, { headers })).status).toBe(200)
  })

  test('a key is no person', async () => {
    const answer = await fetch(`${base}/api/v1/me/greeting`, { method: 'POST', headers: asKey })
    expect(answer.status).toBe(401)
  })

  test('a session writes only from a page of ours', async () => {
    const greet = (origin?: string) =>
      fetch(`${base}/api/v1/me/greeting`, {
        method: 'POST',
        headers: { cookie: 'session=p', ...(origin ? { origin } : {}) },
      })
    expect((await greet('http://localhost:9010')).status).toBe(200)
    expect((await greet(base)).status).toBe(200)
    for (const foreign of [undefined, 'https://evil.example', 'null', 'https://localhost:9010']) {
      const answer = await greet(foreign)
      expect(answer.status).toBe(403)
      expect((await problem(answer)).code).toBe('http.origin')
    }
  })

  test('too many requests get 429 with the time of the next', async () => {
    const ring = () => fetch(`${base}/api/v1/bells`, { method: 'POST', body: 'ding' })
    const first = await ring()
    expect(first.status).toBe(204)
    expect(first.headers.get('ratelimit-policy')).toBe('"route";q=5;w=60')
    expect(first.headers.get('ratelimit')).toMatch(/^"route";r=4;t=\d+$/)
    for (let i = 0; i < 4; i++) await ring()
    const over = await ring()
    expect(over.status).toBe(429)
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await problem(over)).code).toBe('http.rate-limited')
    expect(received[0]?.toString()).toBe('ding')
  })
})

describe('a file', () => {
  const deliver = (init: RequestInit & { duplex?: 'half' }, query = '') =>
    fetch(`${base}/api/v1/tenants/bakery/deliveries${query}`, { method: 'POST', ...init })

  test('is read as it arrives, larger than any JSON may be', async () => {
    const body = Buffer.alloc(2_500_000, 'a')
    const answer = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body }, '?name=day.csv')
    expect(await answer.json()).toEqual({ bytes: 2_500_000, name: 'day.csv', note: null })
    expect(upload).toMatchObject({ contentType: 'text/csv', sizeBytes: 2_500_000 })
  })

  test('comes in a form too, behind its fields', async () => {
    const form = new FormData()
    form.set('note', 'Tuesday')
    form.set('file', new Blob([Buffer.alloc(2_000_000, 'b')], { type: 'text/csv' }), 'täglich.csv')
    const answer = await deliver({ headers: asKey, body: form })
    expect(await answer.json()).toEqual({ bytes: 2_000_000, name: 'täglich.csv', note: 'Tuesday' })
  })

  test('over its limit is refused, with and without an announced length', async () => {
    const known = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body: Buffer.alloc(4_000_000) })
    expect([known.status, (await problem(known)).code]).toEqual([413, 'http.body-too-large'])
    const body = Readable.toWeb(
      Readable.from(Array.from({ length: 40 }, () => Buffer.alloc(100_000))),
    ) as ReadableStream
    const unknown = await deliver({ headers: { ...asKey, 'content-type': 'text/csv' }, body, duplex: 'half' })
    expect([unknown.status, (await problem(unknown)).code]).toEqual([413, 'http.body-too-large'])
  })

  test('missing from its form is a coded failure', async () => {
    const form = new FormData()
    form.set('note', 'nothing here')
    const answer = await deliver({ headers: asKey, body: form })
    expect([answer.status, (await problem(answer)).code]).toEqual([400, 'http.body-malformed'])
  })
})

describe('a repeated write', () => {
  test('with the same key and body is done once and answered the same', async () => {
    const headers = { 'idempotency-key': 'order-1' }
    const before = done
    const first = await bake({ name: 'rye' }, headers)
    const again = await bake('{ "name": "rye" }', headers)
    expect([first.status, again.status, done - before]).toEqual([201, 201, 1])
    expect(await again.json()).toEqual(await first.json())
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([
      null,
      'true',
    ])
  })

  test('with the same key and another body or address is refused', async () => {
    await bake({ name: 'rye' }, { 'idempotency-key': 'order-2' })
    const other = await bake({ name: 'spelt' }, { 'idempotency-key': 'order-2' })
    expect([other.status, (await problem(other)).code]).toEqual([422, 'http.idempotency-key-reused'])
  })

  test('while the first still runs waits for it', async () => {
    const headers = { 'idempotency-key': 'order-3' }
    const first = bake({ name: 'slow' }, headers)
    await new Promise((resolve) => setTimeout(resolve, 60))
    const second = await bake({ name: 'slow' }, headers)
    expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1'])
    expect((await first).status).toBe(201)
    expect((await bake({ name: 'slow' }, headers)).status).toBe(201)
  })

  test('repeats a fault of the caller’s making, and tries again after one of ours', async () => {
    const before = done
    const burnt = await bake({ name: 'burnt' }, { 'idempotency-key': 'order-4' })
    const again = await bake({ name: 'burnt' }, { 'idempotency-key': 'order-4' })
    expect([burnt.status, again.status, done - before]).toEqual([422, 422, 1])
    expect(again.headers.get('content-type')).toContain('application/problem+json')
    await bake({ name: 'oven-off' }, { 'idempotency-key': 'order-5' })
    await bake({ name: 'oven-off' }, { 'idempotency-key': 'order-5' })
    expect(done - before).toBe(3)
  })

  test('of a file is told by its headers', async () => {
    const headers = { ...asKey, 'content-type': 'text/csv', 'idempotency-key': 'file-1' }
    const send = (body: string) => fetch(`${base}/api/v1/tenants/bakery/deliveries`, { method: 'POST', headers, body })
    const before = done
    const first = await (await send('a,b\n')).json()
    expect(await (await send('a,b\n')).json()).toEqual(first)
    expect(done - before).toBe(1)
    expect((await send('a,b,c\n')).status).toBe(422)
  })

  test('with a malformed key is refused', async () => {
    const answer = await bake({ name: 'rye' }, { 'idempotency-key': 'x'.repeat(300) })
    expect((await problem(answer)).code).toBe('http.idempotency-key-malformed')
  })

  test('leaves neither its key nor its answer readable in the table', async () => {
    await bake({ name: 'secret-bread' }, { 'idempotency-key': 'secret-key' })
    const rows = await db.query<{ key: string; answer: Buffer | null }>('select key, answer from hub.idempotency_keys')
    const text = rows.map((row) => row.key + (row.answer?.toString('latin1') ?? '')).join('\n')
    expect(text).not.toMatch(/secret-key|secret-bread/)
  })
})

describe('whoever runs the hub', () => {
  test('sees that it lives, that it is ready, and why it is not', async () => {
    expect((await fetch(`${base}/healthz`)).status).toBe(200)
    const ready = await fetch(`${base}/readyz`)
    expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', migrations: 'ok' } })
    const ill = await createServer(
      options({ log: SILENT_LOG, probes: { queue: async () => 'The queue stands still.' } }),
    )
    const answer = await ill.inject('/readyz')
    expect([answer.statusCode, answer.json().reasons]).toEqual([503, { queue: 'The queue stands still.' }])
    await ill.close()
  })

  test('reads metrics by route pattern, never by address', async () => {
    await fetch(`${base}/api/v1/tenants/bakery/breads/rye`, { headers: asKey })
    const text = await (await fetch(`${base}/metrics`)).text()
    expect(text).toContain('route="/api/v1/tenants/:tenant_id/breads/:name"')
    expect(text).not.toContain('bakery')
  })

  test('shows metrics of a published hub only against the token', async () => {
    const publicBase = new URL('https://hub.example')
    const published = await createServer(options({ log: SILENT_LOG, publicBase, metricsToken: 'm'.repeat(30) }))
    const ask = async (headers: Record<string, string>) =>
      (await published.inject({ url: '/metrics', headers })).statusCode
    expect(await ask({})).toBe(403)
    expect(await ask({ authorization: 'Bearer wrong' })).toBe(403)
    expect(await ask({ authorization: `Bearer ${'m'.repeat(30)}` })).toBe(200)
    await published.close()
    const proxied = await fetch(`${base}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect(proxied.status).toBe(403)
  })

  test('closes a server although a stream has no end', async () => {
    const endless = defineRoute({
      method: 'GET',
      path: '/api/v1/events',
      summary: 'Events',
      tags: ['Events'],
      scope: 'public',
      answers: { 200: media('text/event-stream', 'Events') },
      async handler() {
        return { status: 200, body: Readable.from(endlessly()) }
      },
    })
    const server = await createServer(options({ routes: [endless], log: SILENT_LOG }))
    const at = await server.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${at}/api/v1/events`)
    await server.close()
    await expect(answer.text()).rejects.toThrow()
  })
})

async function* endlessly() {
  yield ': hello\n\n'
  await new Promise(() => undefined)
}

test('a body that would swallow unknown fields stops the server from starting', async () => {
  const loose = defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/loose',
    summary: 'Loose',
    tags: ['Loose'],
    scope: 'loose:write',
    body: z.strictObject({ inner: z.array(z.object({ a: z.string() })) }),
    answers: { 204: EMPTY },
    async handler() {
      return { status: 204 }
    },
  })
  await expect(createServer(options({ routes: [loose] }))).rejects.toThrow('z.strictObject')
})
