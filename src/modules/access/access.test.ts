import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { currencyCode } from '#kernel/currency.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { createIdempotencyStore, pruneIdempotencyKeys } from '#platform/http/idempotency.ts'
import { defineRoute } from '#platform/http/route.ts'
import { createServer } from '#platform/http/server.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { type Access, createAccess, createTenant, demoLink, setUpLink } from './access.ts'
import { createApiKey } from './keys.ts'
import type { NewTenant } from './tenants.ts'

// A hub with its first owner, Ada of the bakery, and a butcher next door whom she must never see.

const db = useDatabase()
const MINUTE = 60_000
let now: Instant = instant(Date.UTC(2026, 2, 1, 9))
const clock = { now: () => now }
const publicBase = new URL('http://localhost:9010')
const origin = publicBase.origin
const generous = { max: 1000, windowSeconds: 60 }

let access: Access
let app: FastifyInstance
let base = ''
let ada = ''
let bakery: { id: string; slug: string }
let butcher: Tenant

const butcherShop: NewTenant = {
  slug: 'butcher',
  name: 'Butcher',
  currency: currencyCode('CHF'),
  timeZone: zoneName('Europe/Zurich'),
  closeOutMinutes: 180,
  kind: 'live',
}
/** Stands for what app does with a new tenant: it writes something as that tenant. */
const onTenantCreated = async (tx: Parameters<typeof sql.prototype.execute>[0] & object, tenant: Tenant) => {
  await sql`
    insert into pos.sites (tenant_id, id, name, slug, time_zone, currency, close_out_minutes, created_at)
    values (${tenant.id}, ${tenant.id}, 'Main', 'main', ${tenant.timeZone}, ${tenant.currency}, 0, '2026-03-01T00:00:00Z')
  `.execute(tx as never)
}

beforeAll(async () => {
  access = createAccess({
    database: db.database,
    clock,
    log: SILENT_LOG,
    signInSecret: 's'.repeat(43),
    publicBase,
    hubKind: 'live',
    onTenantCreated,
  })
  const pots = defineRoute({
    method: 'GET',
    path: '/api/v1/pots',
    summary: 'Needs a scope and names no tenant',
    tags: ['Pots'],
    scope: 'pots:write',
    answers: { 200: z.object({ tenant: z.string(), actor: z.string() }) },
    async handler({ tenant, caller }) {
      return { status: 200, body: { tenant: tenant.slug, actor: caller.actor } }
    },
  })
  app = await createServer({
    routes: [...access.routes.map((route) => (route.rateLimit ? { ...route, rateLimit: generous } : route)), pots],
    authenticate: access.authenticate,
    resolveTenant: access.resolveTenant,
    idempotency: createIdempotencyStore(db.database),
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock,
    publicBase,
    version: '0.0.0',
  })
  base = await app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await app.close()
  await access.close()
})

type Sent = {
  readonly cookie?: string
  readonly key?: string
  readonly tenant?: string
  readonly origin?: string | null
}

async function call(method: string, path: string, body?: unknown, sent: Sent & Record<string, unknown> = {}) {
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (sent.cookie) headers.cookie = sent.cookie
  if (sent.key) headers['x-api-key'] = sent.key
  if (sent.tenant) headers['x-tenant-id'] = sent.tenant
  if (sent.origin !== null) headers.origin = sent.origin ?? origin
  const answer = await fetch(`${base}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  const cookies = answer.headers.getSetCookie()
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  return {
    status: answer.status,
    body: (text === '' ? null : JSON.parse(text)) as any,
    cookies,
    cookie: cookies.map((line) => line.split(';')[0]).join('; '),
  }
}

const shop = { name: 'Bäckerei Ada', currency: 'EUR', time_zone: 'Europe/Berlin', close_out: '04:00' }
const owner = { name: 'Ada', email: 'Ada@Example.com', password: 'rye-bread-at-dawn' }
const tokenOf = (link: string) => link.split('#token=')[1] ?? ''

async function keyOf(tenant: { id: string }, scopes: string[], more: { expires_at?: string } = {}) {
  const made = await call(
    'POST',
    `/api/v1/tenants/${tenant.id}/api-keys`,
    { name: 'till', scopes, ...more },
    { cookie: ada },
  )
  expect(made.status).toBe(201)
  return made.body as { id: string; api_key: string; prefix: string }
}

describe('the first start', () => {
  test('prints a link that makes the owner, the tenant and what belongs to it, once', async () => {
    const link = await setUpLink(db.database, publicBase, clock)
    expect(link).toMatch(/^http:\/\/localhost:9010\/enter#token=tw_link_/)
    const token = tokenOf(link ?? '')
    expect((await call('POST', '/api/v1/auth/link', { token })).body).toEqual({ purpose: 'set-up' })
    const made = await call('POST', '/api/v1/auth/set-up', { token, ...owner, tenant: shop })
    expect(made.status).toBe(201)
    expect(made.body.tenant).toMatchObject({ slug: 'backerei-ada', currency: 'EUR', close_out: '04:00', kind: 'live' })
    expect(made.cookies[0]).toMatch(/^tillwire\.session_token=.*HttpOnly; SameSite=Lax$/i)
    ada = made.cookie
    bakery = made.body.tenant
    expect(await db.query('select name from pos.sites where tenant_id = $1', [bakery.id])).toEqual([{ name: 'Main' }])
    const again = await call('POST', '/api/v1/auth/set-up', { token, ...owner, email: 'eve@example.com', tenant: shop })
    expect([again.status, again.body.code]).toEqual([403, 'access.link'])
    expect(await setUpLink(db.database, publicBase, clock)).toBeNull()
  })

  test('a set-up that fails leaves its link usable and nothing behind', async () => {
    const token = 'tw_link_'.padEnd(51, 'x')
    expect((await call('POST', '/api/v1/auth/set-up', { token, ...owner, tenant: shop })).body.code).toBe('access.link')
    const weak = await call('POST', '/api/v1/auth/set-up', { token, ...owner, password: 'short', tenant: shop })
    expect(weak.body.errors[0].pointer).toBe('/password')
  })

  test('tells who is signed in and how far they reach', async () => {
    const me = await call('GET', '/api/v1/auth/me', undefined, { cookie: ada })
    expect(me.body).toMatchObject({
      person: { name: 'Ada', email: 'ada@example.com' },
      tenants: [{ id: bakery.id, role: 'owner', scopes: ['*:admin'], time_zone: 'Europe/Berlin' }],
      hub: { kind: 'live' },
    })
    expect((await call('GET', '/api/v1/tenants', undefined, { cookie: ada })).body.data).toHaveLength(1)
  })
})

describe('signing in', () => {
  test('takes the right password and ends with the session', async () => {
    const signed = await call('POST', '/api/v1/auth/sign-in', { email: 'ADA@example.com', password: owner.password })
    expect(signed.status).toBe(204)
    expect((await call('GET', '/api/v1/auth/me', undefined, { cookie: signed.cookie })).status).toBe(200)
    const out = await call('POST', '/api/v1/auth/sign-out', undefined, { cookie: signed.cookie })
    expect(out.status).toBe(204)
    expect((await call('GET', '/api/v1/auth/me', undefined, { cookie: signed.cookie })).status).toBe(401)
  })

  test('says the same for a wrong password and for nobody, word for word', async () => {
    const wrong = await call('POST', '/api/v1/auth/sign-in', { email: owner.email, password: 'not this one at all' })
    const nobody = await call('POST', '/api/v1/auth/sign-in', {
      email: 'nobody@example.com',
      password: 'not this one at all',
    })
    expect([wrong.status, wrong.body.code, wrong.cookies]).toEqual([401, 'access.sign-in', []])
    expect({ ...nobody.body, request_id: '' }).toEqual({ ...wrong.body, request_id: '' })
  })

  test('does not accept a cookie of its own making', async () => {
    const forged = ada.replace(/=.*/, '=abcdefghijklmnopqrstuvwxyz123456.c2lnbmF0dXJl')
    expect((await call('GET', '/api/v1/auth/me', undefined, { cookie: forged })).status).toBe(401)
  })

  test('a changed password ends the other sessions', async () => {
    const other = await call('POST', '/api/v1/auth/sign-in', { email: owner.email, password: owner.password })
    const wrong = { current_password: 'not this one', new_password: 'sourdough-forever' }
    expect((await call('POST', '/api/v1/auth/password', wrong, { cookie: ada })).body.code).toBe('access.password')
    const right = { current_password: owner.password, new_password: 'sourdough-forever' }
    const changed = await call('POST', '/api/v1/auth/password', right, { cookie: ada })
    expect(changed.status).toBe(204)
    expect((await call('GET', '/api/v1/auth/me', undefined, { cookie: other.cookie })).status).toBe(401)
    ada = changed.cookie
    expect((await call('GET', '/api/v1/auth/me', undefined, { cookie: ada })).status).toBe(200)
  })

  test('a session writes only from a page of ours', async () => {
    const foreign = await call('POST', '/api/v1/auth/sign-out', undefined, {
      cookie: ada,
      origin: 'https://evil.example',
    })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'http.origin'])
    expect((await call('POST', '/api/v1/auth/sign-out', undefined, { cookie: ada, origin: null })).status).toBe(403)
  })
})

describe('a tenant', () => {
  test('is made with all that belongs to it, and its slug is its own', async () => {
    butcher = await createTenant(db.database, butcherShop, clock, onTenantCreated)
    expect(await db.query('select slug from auth.organization where id = $1', [butcher.id])).toEqual([
      { slug: 'butcher' },
    ])
    const make = (slug: string) => createTenant(db.database, { ...butcherShop, slug }, clock, onTenantCreated)
    await expect(make('butcher')).rejects.toMatchObject({ kind: 'conflict', code: 'access.slug-taken' })
    for (const word of ['v1', 'auth', 'integrations', 'pos-integrations', 'tenant', 'tenants', 'admin']) {
      await expect(make(word)).rejects.toMatchObject({ code: 'access.slug-reserved' })
    }
    for (const word of ['', 'Big', '-x', 'a b', 'x'.repeat(64), bakery.id]) {
      await expect(make(word)).rejects.toMatchObject({ code: 'access.slug-malformed' })
    }
  })

  test('whose first site fails is not there at all', async () => {
    const failing = createTenant(db.database, { ...butcherShop, slug: 'baker' }, clock, async () => {
      throw new Error('no site')
    })
    await expect(failing).rejects.toThrow('no site')
    expect(await db.query("select 1 from hub.tenants where slug = 'baker'")).toEqual([])
  })

  test('of somebody else answers like one that does not exist', async () => {
    const foreign = await call('GET', `/api/v1/tenants/${butcher.id}`, undefined, { cookie: ada })
    const unknown = await call('GET', '/api/v1/tenants/nobody-at-all', undefined, { cookie: ada })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'access.tenant'])
    const same = { instance: '', request_id: '' }
    expect({ ...unknown.body, ...same }).toEqual({ ...foreign.body, ...same })
  })

  test('is named by a person in the path or the header, by id or slug', async () => {
    expect((await call('GET', `/api/v1/tenants/${bakery.slug}`, undefined, { cookie: ada })).body.id).toBe(bakery.id)
    expect((await call('GET', '/api/v1/pots', undefined, { cookie: ada, tenant: bakery.slug })).body.tenant).toBe(
      bakery.slug,
    )
    expect((await call('GET', '/api/v1/pots', undefined, { cookie: ada })).body.code).toBe('access.tenant-unnamed')
    const both = await call('GET', `/api/v1/tenants/${bakery.id}`, undefined, { cookie: ada, tenant: butcher.id })
    expect(both.status).toBe(403)
  })
})

describe('an API key', () => {
  test('is shown once and never stored as it is', async () => {
    const made = await keyOf(bakery, ['sites:read', 'pots:admin'])
    expect(made.api_key).toMatch(/^tw_live_[A-Za-z0-9_-]{43}$/)
    expect(made.api_key.startsWith(made.prefix)).toBe(true)
    const listed = await call('GET', `/api/v1/tenants/${bakery.id}/api-keys`, undefined, { cookie: ada })
    expect(JSON.stringify(listed.body)).not.toContain(made.api_key)
    const rows = await db.query<{ row: string }>('select k::text as row from hub.api_keys k')
    expect(rows.map((row) => row.row).join()).not.toContain(made.api_key.slice(12))
  })

  test('speaks for its own tenant, by either header, and needs not name it', async () => {
    const { id, api_key } = await keyOf(bakery, ['pots:admin'])
    const answer = await call('GET', '/api/v1/pots', undefined, { key: api_key })
    expect(answer.body).toEqual({ tenant: bakery.slug, actor: `key:${id}` })
    const bearer = await fetch(`${base}/api/v1/pots`, { headers: { authorization: `Bearer ${api_key}` } })
    expect(bearer.status).toBe(200)
  })

  test('for another tenant gets the same 403 whether that one exists or not', async () => {
    const { api_key: key } = await keyOf(bakery, ['*:admin'])
    const answers = []
    for (const name of [butcher.id, butcher.slug, 'nobody-at-all']) {
      answers.push(await call('GET', `/api/v1/tenants/${name}`, undefined, { key }))
      answers.push(await call('GET', '/api/v1/pots', undefined, { key, tenant: name }))
    }
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.code} ${answer.body.detail}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(403)
  })

  test('of too small a scope hears which scope is needed', async () => {
    const { api_key: key } = await keyOf(bakery, ['pots:read', 'sites:admin'])
    const answer = await call('GET', '/api/v1/pots', undefined, { key })
    expect([answer.status, answer.body.code, answer.body.scope]).toEqual([403, 'access.scope', 'pots:write'])
  })

  test('that is wrong gets 401, also beside a good session or another key', async () => {
    const { api_key: key } = await keyOf(bakery, ['pots:write'])
    for (const wrong of ['nonsense', 'tw_live_'.padEnd(51, 'x'), '']) {
      const answer = await call('GET', '/api/v1/pots', undefined, { key: wrong || ' ' })
      expect(answer.status).toBe(401)
    }
    const beside = await call('GET', '/api/v1/pots', undefined, { key: 'wrong', cookie: ada, tenant: bakery.id })
    expect(beside.status).toBe(401)
    const two = await fetch(`${base}/api/v1/pots`, { headers: { 'x-api-key': key, authorization: 'Bearer other' } })
    expect(two.status).toBe(401)
  })

  test('that is revoked is refused by the very next request', async () => {
    const { id, api_key: key } = await keyOf(bakery, ['pots:write'])
    expect((await call('GET', '/api/v1/pots', undefined, { key })).status).toBe(200)
    const revoked = await call('DELETE', `/api/v1/tenants/${bakery.id}/api-keys/${id}`, undefined, { cookie: ada })
    expect(revoked.status).toBe(204)
    expect((await call('GET', '/api/v1/pots', undefined, { key })).status).toBe(401)
    expect(
      (await call('DELETE', `/api/v1/tenants/${bakery.id}/api-keys/${id}`, undefined, { cookie: ada })).status,
    ).toBe(204)
  })

  test('of another tenant cannot be revoked', async () => {
    const foreign = await db.database.tenant(butcher.id, (tx) =>
      createApiKey(tx, butcher, { name: 'x', scopes: ['*:admin'], createdBy: 'test' }, now),
    )
    const answer = await call('DELETE', `/api/v1/tenants/${bakery.id}/api-keys/${foreign.key.id}`, undefined, {
      cookie: ada,
    })
    expect([answer.status, answer.body.code]).toEqual([404, 'access.key-missing'])
    expect((await call('GET', '/api/v1/pots', undefined, { key: foreign.secret })).status).toBe(200)
  })

  test('expires when it was said to', async () => {
    const { api_key: key } = await keyOf(bakery, ['pots:write'], { expires_at: new Date(now + MINUTE).toISOString() })
    expect((await call('GET', '/api/v1/pots', undefined, { key })).status).toBe(200)
    now = instant(now + MINUTE)
    expect((await call('GET', '/api/v1/pots', undefined, { key })).status).toBe(401)
  })

  test('shows when it was last used, written at most once a minute', async () => {
    const { id, api_key: key } = await keyOf(bakery, ['pots:write'])
    const lastUse = async () => {
      await access.close()
      const rows = await db.query<{ last_used_at: Date | null }>(
        'select last_used_at from hub.api_keys where id = $1',
        [id],
      )
      return rows[0]?.last_used_at?.getTime() ?? null
    }
    expect(await lastUse()).toBeNull()
    const first = now
    await call('GET', '/api/v1/pots', undefined, { key })
    now = instant(now + MINUTE / 2)
    await call('GET', '/api/v1/pots', undefined, { key })
    expect(await lastUse()).toBe(first)
    now = instant(now + MINUTE / 2)
    await call('GET', '/api/v1/pots', undefined, { key })
    expect(await lastUse()).toBe(first + MINUTE)
  })

  test('cannot hand out more than it holds', async () => {
    const { api_key: key } = await keyOf(bakery, ['keys:admin', 'sites:write'])
    const make = (scopes: string[]) =>
      call('POST', `/api/v1/tenants/${bakery.id}/api-keys`, { name: 'x', scopes }, { key })
    expect((await make(['sites:read'])).status).toBe(201)
    for (const scope of ['*:read', 'sites:admin', 'sales:read']) {
      expect((await make([scope])).body).toMatchObject({
        status: 403,
        code: 'access.scope-beyond-own',
        scopes: [scope],
      })
    }
  })

  test('made twice with one Idempotency-Key is one key', async () => {
    const headers = { cookie: ada, origin, 'content-type': 'application/json', 'idempotency-key': 'key-1' }
    const body = JSON.stringify({ name: 'once', scopes: ['sites:read'] })
    const make = async () =>
      (await fetch(`${base}/api/v1/tenants/${bakery.id}/api-keys`, { method: 'POST', headers, body })).json()
    const first = await make()
    expect(await make()).toEqual(first)
    expect(await db.query("select 1 from hub.api_keys where name = 'once'")).toHaveLength(1)
    const kept = await db.query<{ answer: Buffer }>('select answer from hub.idempotency_keys')
    expect(kept.map((row) => row.answer.toString('latin1')).join()).not.toContain(
      (first as { api_key: string }).api_key,
    )
    expect(await pruneIdempotencyKeys(db.database, instant(now + 23 * 60 * MINUTE))).toBe(0)
    expect(await pruneIdempotencyKeys(db.database, instant(now + 24 * 60 * MINUTE))).toBe(1)
  })

  test('list pages by cursor, newest first', async () => {
    const page = await call('GET', `/api/v1/tenants/${bakery.id}/api-keys?limit=2`, undefined, { cookie: ada })
    expect(page.body.data).toHaveLength(2)
    const next = await call(
      'GET',
      `/api/v1/tenants/${bakery.id}/api-keys?limit=500&cursor=${page.body.next_cursor}`,
      undefined,
      { cookie: ada },
    )
    const ids = [...page.body.data, ...next.body.data].map((key: { id: string }) => key.id)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())
    expect(next.body.next_cursor).toBeNull()
  })
})

describe('members', () => {
  const members = () => `/api/v1/tenants/${bakery.id}/members`
  const bob = { email: 'bob@example.com', password: 'baguette-magique' }

  test('come in by an invitation and reach as far as their role', async () => {
    const invited = await call('POST', members(), { email: bob.email, role: 'viewer' }, { cookie: ada })
    expect(invited.status).toBe(201)
    const token = tokenOf(invited.body.link)
    const read = await call('POST', '/api/v1/auth/link', { token })
    expect(read.body).toEqual({ purpose: 'join', email: bob.email, role: 'viewer', tenant: 'Bäckerei Ada' })
    const joined = await call('POST', '/api/v1/auth/join', { token, name: 'Bob', password: bob.password })
    expect(joined.status).toBe(201)
    expect((await call('GET', `/api/v1/tenants/${bakery.id}`, undefined, { cookie: joined.cookie })).status).toBe(200)
    const pots = await call('GET', '/api/v1/pots', undefined, { cookie: joined.cookie, tenant: bakery.id })
    expect([pots.status, pots.body.scope]).toEqual([403, 'pots:write'])
    expect((await call('POST', '/api/v1/auth/join', { token, password: bob.password })).body.code).toBe('access.link')
  })

  test('with an account elsewhere on the hub prove it by their password', async () => {
    const before = await db.query('select 1 from auth."user"')
    const link = await call('POST', members(), { email: 'carla@example.com', role: 'manager' }, { cookie: ada })
    await call('POST', '/api/v1/auth/join', { token: tokenOf(link.body.link), name: 'Carla', password: 'croissants!!' })
    const { body } = await call('GET', members(), undefined, { cookie: ada })
    const carla = body.data.find((one: { email: string }) => one.email === 'carla@example.com')
    expect((await call('DELETE', `${members()}/${carla.id}`, undefined, { cookie: ada })).status).toBe(204)
    const again = await call('POST', members(), { email: 'carla@example.com', role: 'viewer' }, { cookie: ada })
    const token = tokenOf(again.body.link)
    const stolen = await call('POST', '/api/v1/auth/join', { token, name: 'Eve', password: 'my own password' })
    expect([stolen.status, stolen.body.code]).toEqual([401, 'access.sign-in'])
    expect((await call('POST', '/api/v1/auth/join', { token, password: 'croissants!!' })).status).toBe(201)
    expect(await db.query('select 1 from auth."user"')).toHaveLength(before.length + 1)
  })

  test('that were invited are listed, and can be taken back', async () => {
    const invited = await call('POST', members(), { email: 'dora@example.com', role: 'viewer' }, { cookie: ada })
    const { body } = await call('GET', members(), undefined, { cookie: ada })
    const dora = body.data.find((one: { email: string }) => one.email === 'dora@example.com')
    expect(dora).toMatchObject({ state: 'invited', role: 'viewer', name: null })
    expect((await call('DELETE', `${members()}/${dora.id}`, undefined, { cookie: ada })).status).toBe(204)
    const late = await call('POST', '/api/v1/auth/join', {
      token: tokenOf(invited.body.link),
      name: 'D',
      password: 'doughnuts-all-day',
    })
    expect(late.body.code).toBe('access.link')
  })

  test('change their role, but the last owner stays', async () => {
    const { body } = await call('GET', members(), undefined, { cookie: ada })
    const of = (name: string) => body.data.find((one: { name: string }) => one.name === name).id
    const last = await call('PATCH', `${members()}/${of('Ada')}`, { role: 'viewer' }, { cookie: ada })
    expect([last.status, last.body.code]).toEqual([409, 'access.last-owner'])
    expect((await call('DELETE', `${members()}/${of('Ada')}`, undefined, { cookie: ada })).body.code).toBe(
      'access.last-owner',
    )
    expect((await call('PATCH', `${members()}/${of('Bob')}`, { role: 'owner' }, { cookie: ada })).status).toBe(204)
    const signed = await call('POST', '/api/v1/auth/sign-in', bob)
    expect((await call('GET', members(), undefined, { cookie: signed.cookie })).status).toBe(200)
    expect((await call('DELETE', `${members()}/${of('Bob')}`, undefined, { cookie: ada })).status).toBe(204)
    expect((await call('GET', members(), undefined, { cookie: signed.cookie })).status).toBe(403)
    expect((await call('DELETE', `${members()}/${of('Bob')}`, undefined, { cookie: ada })).body.code).toBe(
      'access.member-missing',
    )
  })
})

test('the demonstration’s door opens as often as wanted, until the next start', async () => {
  const visitor = { name: 'Visitor', email: 'visitor@demo.invalid', role: 'owner' as const }
  const options = { publicBase, clock, lastsMs: 60 * MINUTE }
  const first = await demoLink(db.database, visitor, [butcher.id], options)
  for (let i = 0; i < 3; i++) {
    const entered = await call('POST', '/api/v1/auth/link', { token: tokenOf(first.link) })
    expect(entered.body).toEqual({ purpose: 'sign-in' })
    const me = await call('GET', '/api/v1/auth/me', undefined, { cookie: entered.cookie })
    expect(me.body.tenants[0].slug).toBe('butcher')
  }
  const second = await demoLink(db.database, visitor, [butcher.id], options)
  expect(second.personId).toBe(first.personId)
  expect((await call('POST', '/api/v1/auth/link', { token: tokenOf(first.link) })).body.code).toBe('access.link')
})
