import { expect, test } from 'vitest'
import { setUpLink } from './access.ts'
import { owner, publicBase, shop, tokenOf, useTestHub } from './test-hub.ts'

const hub = useTestHub('none')

test('a start without people prints a link, and a later start another one in its place', async () => {
  const first = await setUpLink(hub.db.database, publicBase, hub.clock)
  expect(first).toMatch(/^http:\/\/localhost:9010\/enter#token=tw_link_[\w-]{43}$/)
  const second = await setUpLink(hub.db.database, publicBase, hub.clock)
  const read = (link: string | null) => hub.call('POST', '/api/v1/auth/link', { token: tokenOf(link) })
  expect((await read(first)).body.code).toBe('access.link')
  expect((await read(second)).body).toEqual({ purpose: 'set-up' })
  expect((await read(second)).body).toEqual({ purpose: 'set-up' })
})

test('a set-up that fails leaves its link usable and nothing behind', async () => {
  const token = tokenOf(await setUpLink(hub.db.database, publicBase, hub.clock))
  const set = (more: object) => hub.call('POST', '/api/v1/auth/set-up', { token, ...owner, tenant: shop, ...more })
  expect((await set({ password: 'short' })).body.errors[0]?.pointer).toBe('/password')
  expect((await set({ tenant: { ...shop, time_zone: 'Mars/Olympus' } })).body.errors[0]?.pointer).toBe(
    '/tenant/time_zone',
  )
  expect((await set({ tenant: { ...shop, slug: 'butcher' } })).body.code).toBe('access.slug-taken')
  expect((await set({ tenant: { ...shop, slug: 'admin' } })).body.code).toBe('access.slug-reserved')
  expect((await set({ token: `tw_link_${'x'.repeat(43)}` })).body.code).toBe('access.link')
  expect(await hub.db.query('select 1 from auth."user"')).toEqual([])
  expect((await hub.call('POST', '/api/v1/auth/link', { token })).status).toBe(200)
})

test('a link that nobody used in a day is dead', async () => {
  const token = tokenOf(await setUpLink(hub.db.database, publicBase, hub.clock))
  hub.pass(24 * 60 * 60_000)
  expect((await hub.call('POST', '/api/v1/auth/link', { token })).body.code).toBe('access.link')
})

test('the link makes the owner, the tenant and what belongs to it, once', async () => {
  const token = tokenOf(await setUpLink(hub.db.database, publicBase, hub.clock))
  const set = (email: string) => hub.call('POST', '/api/v1/auth/set-up', { token, ...owner, email, tenant: shop })
  const both = await Promise.all([set(owner.email), set('eve@example.com')])
  const made = both.find((answer) => answer.status === 201)
  expect(both.map((answer) => answer.status).sort()).toEqual([201, 403])
  expect(made?.body.tenant).toMatchObject({ slug: 'backerei-ada', currency: 'EUR', close_out: '04:00', kind: 'live' })
  expect(made?.cookies[0]).toMatch(/^tillwire\.session_token=.*HttpOnly; SameSite=Lax$/i)
  const sites = await hub.db.query('select name from pos.sites where tenant_id = $1', [made?.body.tenant.id])
  expect(sites).toEqual([{ name: 'Main' }])
  const me = await hub.call('GET', '/api/v1/auth/me', undefined, { cookie: made?.cookie ?? '' })
  expect(me.body).toMatchObject({
    tenants: [{ slug: 'backerei-ada', role: 'owner', scopes: ['*:admin'], time_zone: 'Europe/Berlin' }],
    hub: { kind: 'live' },
  })
  expect(await setUpLink(hub.db.database, publicBase, hub.clock)).toBeNull()
})
