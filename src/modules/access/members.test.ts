import { describe, expect, test } from 'vitest'
import { tokenOf, useTestHub } from './test-hub.ts'

const hub = useTestHub()

describe('members', () => {
  const members = () => `/api/v1/tenants/${hub.bakery.id}/members`
  const bob = { email: 'bob@example.com', password: 'baguette-magique' }

  test('come in by an invitation and reach as far as their role', async () => {
    const invited = await hub.call('POST', members(), { email: bob.email, role: 'viewer' }, { cookie: hub.ada })
    expect(invited.status).toBe(201)
    const token = tokenOf(invited.body.link)
    const read = await hub.call('POST', '/api/v1/auth/link', { token })
    expect(read.body).toEqual({ purpose: 'join', email: bob.email, role: 'viewer', tenant: 'Bäckerei Ada' })
    const joined = await hub.call('POST', '/api/v1/auth/join', { token, name: 'Bob', password: bob.password })
    expect(joined.status).toBe(201)
    expect(
      (await hub.call('GET', `/api/v1/tenants/${hub.bakery.id}`, undefined, { cookie: joined.cookie })).status,
    ).toBe(200)
    const pots = await hub.call('GET', '/api/v1/pots', undefined, { cookie: joined.cookie, tenant: hub.bakery.id })
    expect([pots.status, pots.body.scope]).toEqual([403, 'pots:write'])
    expect((await hub.call('POST', '/api/v1/auth/join', { token, password: bob.password })).body.code).toBe(
      'access.link',
    )
  })

  test('with an account elsewhere on the hub prove it by their password', async () => {
    const before = await hub.db.query('select 1 from auth."user"')
    const link = await hub.call('POST', members(), { email: 'carla@example.com', role: 'manager' }, { cookie: hub.ada })
    await hub.call('POST', '/api/v1/auth/join', {
      token: tokenOf(link.body.link),
      name: 'Carla',
      password: 'croissants!!',
    })
    const { body } = await hub.call('GET', members(), undefined, { cookie: hub.ada })
    const carla = body.data.find((one) => one.email === 'carla@example.com')
    expect((await hub.call('DELETE', `${members()}/${carla?.id}`, undefined, { cookie: hub.ada })).status).toBe(204)
    const again = await hub.call('POST', members(), { email: 'carla@example.com', role: 'viewer' }, { cookie: hub.ada })
    const token = tokenOf(again.body.link)
    const stolen = await hub.call('POST', '/api/v1/auth/join', { token, name: 'Eve', password: 'my own password' })
    expect([stolen.status, stolen.body.code]).toEqual([401, 'access.sign-in'])
    expect((await hub.call('POST', '/api/v1/auth/join', { token, password: 'croissants!!' })).status).toBe(201)
    expect(await hub.db.query('select 1 from auth."user"')).toHaveLength(before.length + 1)
  })

  test('that were invited are listed, and can be taken back', async () => {
    const invited = await hub.call(
      'POST',
      members(),
      { email: 'dora@example.com', role: 'viewer' },
      { cookie: hub.ada },
    )
    const { body } = await hub.call('GET', members(), undefined, { cookie: hub.ada })
    const dora = body.data.find((one) => one.email === 'dora@example.com')
    expect(dora).toMatchObject({ state: 'invited', role: 'viewer', name: null })
    expect((await hub.call('DELETE', `${members()}/${dora?.id}`, undefined, { cookie: hub.ada })).status).toBe(204)
    const late = await hub.call('POST', '/api/v1/auth/join', {
      token: tokenOf(invited.body.link),
      name: 'D',
      password: 'doughnuts-all-day',
    })
    expect(late.body.code).toBe('access.link')
  })

  test('change their role, but the last owner stays', async () => {
    const { body } = await hub.call('GET', members(), undefined, { cookie: hub.ada })
    const of = (name: string) => body.data.find((one) => one.name === name)?.id
    const last = await hub.call('PATCH', `${members()}/${of('Ada')}`, { role: 'viewer' }, { cookie: hub.ada })
    expect([last.status, last.body.code]).toEqual([409, 'access.last-owner'])
    expect((await hub.call('DELETE', `${members()}/${of('Ada')}`, undefined, { cookie: hub.ada })).body.code).toBe(
      'access.last-owner',
    )
    expect((await hub.call('PATCH', `${members()}/${of('Bob')}`, { role: 'owner' }, { cookie: hub.ada })).status).toBe(
      204,
    )
    const signed = await hub.call('POST', '/api/v1/auth/sign-in', bob)
    expect((await hub.call('GET', members(), undefined, { cookie: signed.cookie })).status).toBe(200)
    expect((await hub.call('DELETE', `${members()}/${of('Bob')}`, undefined, { cookie: hub.ada })).status).toBe(204)
    expect((await hub.call('GET', members(), undefined, { cookie: signed.cookie })).status).toBe(403)
    expect((await hub.call('DELETE', `${members()}/${of('Bob')}`, undefined, { cookie: hub.ada })).body.code).toBe(
      'access.member-missing',
    )
  })
})
