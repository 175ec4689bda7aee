import { describe, expect, test } from 'vitest'
import { createTenant } from './access.ts'
import { butcherShop, onTenantCreated, useTestHub } from './test-hub.ts'

const hub = useTestHub()

describe('a tenant', () => {
  test('is made with all that belongs to it, and its slug is its own', async () => {
    expect(await hub.db.query('select slug from auth.organization where id = $1', [hub.butcher.id])).toEqual([
      { slug: 'butcher' },
    ])
    const make = (slug: string) => createTenant(hub.db.database, { ...butcherShop, slug }, hub.clock, onTenantCreated)
    await expect(make('butcher')).rejects.toMatchObject({ kind: 'conflict', code: 'access.slug-taken' })
    for (const word of ['v1', 'auth', 'integrations', 'pos-integrations', 'tenant', 'tenants', 'admin']) {
      await expect(make(word)).rejects.toMatchObject({ code: 'access.slug-reserved' })
    }
    for (const word of ['', 'Big', '-x', 'a b', 'x'.repeat(64), hub.bakery.id]) {
      await expect(make(word)).rejects.toMatchObject({ code: 'access.slug-malformed' })
    }
  })

  test('whose first site fails is not there at all', async () => {
    const failing = createTenant(hub.db.database, { ...butcherShop, slug: 'baker' }, hub.clock, async () => {
      throw new Error('no site')
    })
    await expect(failing).rejects.toThrow('no site')
    expect(await hub.db.query("select 1 from hub.tenants where slug = 'baker'")).toEqual([])
  })

  test('of somebody else answers like one that does not exist', async () => {
    const foreign = await hub.call('GET', `/api/v1/tenants/${hub.butcher.id}`, undefined, { cookie: hub.ada })
    const unknown = await hub.call('GET', '/api/v1/tenants/nobody-at-all', undefined, { cookie: hub.ada })
    expect([foreign.status, foreign.body.code]).toEqual([403, 'access.tenant'])
    const same = { instance: '', request_id: '' }
    expect({ ...unknown.body, ...same }).toEqual({ ...foreign.body, ...same })
  })

  test('is named by a person in the path or the header, by id or slug', async () => {
    expect((await hub.call('GET', `/api/v1/tenants/${hub.bakery.slug}`, undefined, { cookie: hub.ada })).body.id).toBe(
      hub.bakery.id,
    )
    expect(
      (await hub.call('GET', '/api/v1/pots', undefined, { cookie: hub.ada, tenant: hub.bakery.slug })).body.tenant,
    ).toBe(hub.bakery.slug)
    expect((await hub.call('GET', '/api/v1/pots', undefined, { cookie: hub.ada })).body.code).toBe(
      'access.tenant-unnamed',
    )
    const both = await hub.call('GET', `/api/v1/tenants/${hub.bakery.id}`, undefined, {
      cookie: hub.ada,
      tenant: hub.butcher.id,
    })
    expect(both.status).toBe(403)
  })
})
