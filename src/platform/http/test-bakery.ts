import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect } from 'vitest'
import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createLog } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { type TestDatabase, useDatabase } from '#tests/harness/database.ts'
import type { Authenticate, Identity, ResolveTenant, Tenant } from './caller.ts'
import { databaseProbes } from './health.ts'
import { HttpFault } from './http-fault.ts'
import { createIdempotencyStore } from './idempotency.ts'
import { defineRoute, EMPTY, media, type Route, type Upload } from './route.ts'
import { createServer, type ServerOptions } from './server.ts'

// A bakery behind a server with a gate of two callers: `k` is a key of the bakery, `p` a person of it.

export const bakery: Tenant = {
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

/** What the handlers did. */
export const oven: { done: number; upload: Upload | undefined; readonly bells: Buffer[] } = {
  done: 0,
  upload: undefined,
  bells: [],
}

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
      oven.done += 1
      if (body.name === 'burnt') throw new HttpFault(422, 'test.burnt', { say: 'burnt' })
      if (body.name === 'oven-off') throw new Fault('unavailable', 'test.oven', { say: 'oven is off' })
      if (body.name === 'slow') await new Promise((resolve) => setTimeout(resolve, 150))
      return { status: 201, headers: { location: `/breads/${oven.done}` }, body: { name: body.name, baked: oven.done } }
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
      oven.upload = body
      let bytes = 0
      for await (const chunk of body.stream) bytes += (chunk as Buffer).length
      oven.done += 1
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
      oven.bells.push(body)
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

export const asKey = { 'x-api-key': 'k' }

export type Bakery = {
  readonly db: TestDatabase
  readonly base: string
  /** Every line that the server has logged. */
  readonly lines: readonly string[]
  options(more?: Partial<ServerOptions>): ServerOptions
  bake(body: unknown, headers?: Record<string, string>): Promise<Response>
}

/** The bakery's server for one test file. */
export function useBakery(): Bakery {
  const db = useDatabase()
  const lines: string[] = []
  let app: FastifyInstance | undefined
  let base = ''
  const options = (more: Partial<ServerOptions> = {}): ServerOptions => ({
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
  })
  beforeAll(async () => {
    app = await createServer(options())
    base = await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => app?.close())
  return {
    db,
    lines,
    options,
    get base() {
      return base
    },
    bake(body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const json = { ...asKey, 'content-type': 'application/json', ...headers }
      return fetch(`${base}/api/v1/tenants/bakery/breads`, { method: 'POST', headers: json, body: text })
    },
  }
}

export async function problem(answer: Response) {
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  return (await answer.json()) as {
    status: number
    code: string
    detail: string
    errors?: { pointer: string; detail: string; in: string }[]
    [fact: string]: unknown
  }
}
