import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll } from 'vitest'
import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { type Clock, type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { defineRoute } from '#platform/http/route.ts'
import { createServer } from '#platform/http/server.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { type TestDatabase, useDatabase } from '#tests/harness/database.ts'
import { type Access, createAccess, createTenant, setUpLink } from './access.ts'
import type { NewTenant, OnTenantCreated } from './tenants.ts'

// A hub that knows nothing but access, with its first owner, Ada of the bakery, and a butcher next door whom she must
// never see. Its clock stands until a test moves it.

export const MINUTE = 60_000
export const publicBase = new URL('http://localhost:9010')
export const shop = { name: 'Bäckerei Ada', currency: 'EUR', time_zone: 'Europe/Berlin', close_out: '04:00' }
export const owner = { name: 'Ada', email: 'Ada@Example.com', password: 'rye-bread-at-dawn' }
export const butcherShop: NewTenant = {
  slug: 'butcher',
  name: 'Butcher',
  currency: currencyCode('CHF'),
  timeZone: zoneName('Europe/Zurich'),
  closeOutMinutes: 180,
  kind: 'live',
}

/** Stands for what app does with a new tenant: it writes something as that tenant. */
export const onTenantCreated: OnTenantCreated = async (tx, tenant) => {
  await sql`
    insert into pos.sites (tenant_id, id, name, slug, time_zone, currency, close_out_minutes, created_at)
    values (${tenant.id}, ${tenant.id}, 'Main', 'main', ${tenant.timeZone}, ${tenant.currency}, 0, '2026-03-01T00:00:00Z')
  `.execute(tx)
}

/** Whatever the answers of these tests hold; each test knows what it asked for. */
export type Said = {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly api_key: string
  readonly prefix: string
  readonly link: string
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly scope: string
  readonly errors: readonly { readonly pointer: string }[]
  readonly tenant: Said
  readonly tenants: readonly { readonly slug: string }[]
  readonly slug: string
  readonly data: readonly Said[]
  readonly next_cursor: string | null
}

export type Sent = {
  readonly cookie?: string
  readonly key?: string
  readonly tenant?: string
  /** A page of ours when left out; null for none at all. */
  readonly origin?: string | null
}
export type Answer = {
  readonly status: number
  readonly body: Said
  readonly cookies: readonly string[]
  /** As a browser would send it back. */
  readonly cookie: string
}

export type TestHub = {
  readonly db: TestDatabase
  readonly clock: Clock
  readonly access: Access
  readonly base: string
  readonly bakery: { readonly id: string; readonly slug: string }
  readonly butcher: Tenant
  /** The cookie of Ada's session. */
  ada: string
  pass(ms: number): void
  call(method: string, path: string, body?: unknown, sent?: Sent): Promise<Answer>
  /** A new key of the bakery, made by Ada. */
  keyOf(scopes: readonly string[], more?: { readonly expires_at?: string }): Promise<Said>
}

export const tokenOf = (link: string | null) => link?.split('#token=')[1] ?? ''

/** An address that needs `pots:write` and does not name its tenant. */
const pots = defineRoute({
  method: 'GET',
  path: '/api/v1/pots',
  summary: 'Pots',
  tags: ['Pots'],
  scope: 'pots:write',
  answers: { 200: z.object({ tenant: z.string(), actor: z.string() }) },
  async handler({ tenant, caller }) {
    return { status: 200, body: { tenant: tenant.slug, actor: caller.actor } }
  },
})

/** The hub for one test file. `people: 'none'` leaves it as it is before its first start. */
export function useTestHub(people: 'none' | 'ada' = 'ada'): TestHub {
  const db = useDatabase()
  let now: Instant = instant(Date.UTC(2026, 2, 1, 9))
  const clock: Clock = { now: () => now }
  let app: FastifyInstance | undefined
  let made: Pick<TestHub, 'access' | 'base' | 'bakery' | 'butcher'> | undefined
  const there = () => {
    if (!made) throw new Error('the hub is there from the first test on, not before')
    return made
  }

  const hub: TestHub = {
    db,
    clock,
    get access() {
      return there().access
    },
    get base() {
      return there().base
    },
    get bakery() {
      return there().bakery
    },
    get butcher() {
      return there().butcher
    },
    ada: '',
    pass(ms) {
      now = instant(now + ms)
    },
    call: (method, path, body, sent) => call(`${there().base}${path}`, method, body, sent),
    async keyOf(scopes, more = {}) {
      const body = { name: 'till', scopes, ...more }
      const answer = await hub.call('POST', `/api/v1/tenants/${hub.bakery.id}/api-keys`, body, { cookie: hub.ada })
      if (answer.status !== 201) throw new Error(`no key: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
  }

  beforeAll(async () => {
    const access = createAccess({
      database: db.database,
      clock,
      log: SILENT_LOG,
      signInSecret: 's'.repeat(43),
      publicBase,
      hubKind: 'live',
      onTenantCreated,
    })
    // How often an address may guess is a test of its own; here everybody asks from the same one.
    const patient = access.routes.map((route) => (route.rateLimit ? { ...route, rateLimit: false as const } : route))
    app = await createServer({
      routes: [...patient, pots],
      authenticate: access.authenticate,
      resolveTenant: access.resolveTenant,
      idempotency: createIdempotencyStore(db.database),
      log: SILENT_LOG,
      metrics: createMetrics(),
      clock,
      publicBase,
      version: '0.0.0',
    })
    const base = await app.listen({ port: 0, host: '127.0.0.1' })
    const butcher = await createTenant(db.database, butcherShop, clock, onTenantCreated)
    made = { access, base, butcher, bakery: { id: '', slug: '' } }
    if (people === 'none') return
    const token = tokenOf(await setUpLink(db.database, publicBase, clock))
    const first = await hub.call('POST', '/api/v1/auth/set-up', { token, ...owner, tenant: shop })
    hub.ada = first.cookie
    made = { ...made, bakery: first.body.tenant }
  })
  afterAll(async () => {
    await app?.close()
    await made?.access.close()
  })
  return hub
}

async function call(url: string, method: string, body?: unknown, sent: Sent = {}): Promise<Answer> {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (sent.cookie) headers.cookie = sent.cookie
  if (sent.key) headers['x-api-key'] = sent.key
  if (sent.tenant) headers['x-tenant-id'] = sent.tenant
  if (sent.origin !== null) headers.origin = sent.origin ?? publicBase.origin
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const text = await answer.text()
  const cookies = answer.headers.getSetCookie()
  return {
    status: answer.status,
    body: (text === '' ? null : JSON.parse(text)) as Said,
    cookies,
    cookie: cookies.map((line) => line.split(';')[0]).join('; '),
  }
}
