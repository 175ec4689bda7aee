import { describe, expect, test } from 'vitest'
import { CONFIGURATIONS, useShops } from './test-shops.ts'

// Connecting with credentials that a person has: what is stored when they are right, and that nothing is when they are not.

const shops = useShops()
const nothing = async () => {
  const [row] = await shops.db.query<{ n: number }>('select count(*)::int n from pos.configurations')
  return row?.n
}

describe('credentials that are not right', () => {
  test.each([
    ['made up', 'tok_nobody', 422, 'connections.credentials-refused', '/credentials/access_token'],
    ['plainly for the sandbox', 'sandbox_token', 422, 'connections.environment-wrong', '/environment'],
  ])('%s', async (_, token, status, code, pointer) => {
    const before = await nothing()
    const answer = await shops.connect(shops.bakery, token)
    expect(answer).toMatchObject({ status, json: { code, errors: [{ pointer }] } })
    expect(await nothing()).toBe(before)
  })

  test('of the other environment, which only the provider can tell', async () => {
    const { token } = shops.provider.openAccount({ id: 'test-shop', environment: 'sandbox' })
    const answer = await shops.connect(shops.bakery, token)
    expect(answer).toMatchObject({ status: 422, json: { code: 'connections.environment-wrong' } })
    expect(answer.json.detail).toContain('sandbox')
    expect(await nothing()).toBe(0)
  })

  test('expired', async () => {
    const { token } = shops.provider.openAccount({ id: 'late' })
    const held = shops.provider.tokens.get(token)
    if (held) held.expiresAt = shops.now - 1
    const answer = await shops.connect(shops.bakery, token)
    expect(answer).toMatchObject({ status: 422, json: { code: 'connections.credentials-expired' } })
    expect(await nothing()).toBe(0)
  })

  test('that may not read sales', async () => {
    const { token } = shops.provider.openAccount({ id: 'blind', scopes: ['catalog'] })
    const answer = await shops.connect(shops.bakery, token)
    expect(answer).toMatchObject({ status: 422, json: { code: 'connections.permission-missing' } })
    expect(answer.json.detail).toContain('Grant sales.')
    expect(await nothing()).toBe(0)
  })

  test.each([
    [{}, '/credentials/access_token'],
    [{ access_token: '  ' }, '/credentials/access_token'],
    [{ access_token: 'x', password: 'y' }, '/credentials/password'],
    [{ access_token: 'x'.repeat(9_000) }, '/credentials/access_token'],
  ])('not whole: %#', async (credentials, pointer) => {
    const answer = await shops.ask(shops.bakery, 'POST', CONFIGURATIONS, { pos_system: 'dine-pos', credentials })
    expect(answer).toMatchObject({ status: 422, json: { code: 'connections.credentials-incomplete' } })
    expect(answer.json.errors.map((one: { pointer: string }) => one.pointer)).toContain(pointer)
  })

  test('while the provider is not well', async () => {
    shops.provider.behaviour.down = true
    const answer = await shops.connect(shops.bakery, 'tok_any')
    expect(answer).toMatchObject({ status: 503, json: { code: 'connections.provider-unavailable' } })
    expect(answer.headers['retry-after']).toBeDefined()
    expect(await nothing()).toBe(0)
  }, 30_000)

  test('for a system that nobody asks', async () => {
    const body = { pos_system: 'spreadsheet', credentials: {} }
    const answer = await shops.ask(shops.bakery, 'POST', CONFIGURATIONS, body)
    expect(answer).toMatchObject({ status: 400, json: { code: 'connections.system-not-live' } })
  })
})

test('every refusal is counted by its code, and by nothing that tells whose it was', async () => {
  const lines = (await shops.metrics())
    .split('\n')
    .filter((line) => line.startsWith('tillwire_connection_attempts_total'))
  for (const code of ['credentials-refused', 'credentials-expired', 'environment-wrong', 'permission-missing']) {
    const [line] = lines.filter((one) => one.includes(`connections.${code}"`))
    expect(line).toMatch(/^tillwire_connection_attempts_total\{provider="dine-pos",outcome="[^"]+"\} [1-9]/)
  }
})

describe('places', () => {
  test('of the account that do not exist are told by their place in the list', async () => {
    const { token } = shops.provider.openAccount({ id: 'no-such-place' })
    const answer = await shops.connect(shops.bakery, token, { locations: ['no-such-place-1', 'elsewhere'] })
    expect(answer).toMatchObject({
      status: 422,
      json: { code: 'connections.place-unknown', errors: [{ pointer: '/locations/1' }] },
    })
    expect(await nothing()).toBe(0)
  })

  test('the first takes the shop’s blank site and its clock, the others get sites of their own', async () => {
    const place = (no: number, name: string, time_zone: string, currency = 'EUR') => {
      const id = `chain-${no}`
      return { id, name, active: no !== 3, currency, time_zone, country: 'DE' }
    }
    const { token } = shops.provider.openAccount({
      id: 'chain',
      places: [
        place(1, 'Harbour', 'Europe/Lisbon'),
        place(2, 'Hill', 'Europe/Berlin'),
        place(3, 'Hill', 'Asia/Tokyo', 'JPY'),
      ],
    })
    const answer = await shops.connect(shops.bakery, token, { name: 'Till', sync: { backfill_from: '2025-01-01' } })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toMatchObject({
      pos_system: 'dine-pos',
      name: 'Till',
      state: 'active',
      environment: 'production',
      account: { id: 'chain', name: 'Shop chain' },
      has_credentials: true,
      data_types: ['sales', 'catalog'],
      locations: 'all',
      sync: { backfill_from: '2025-01-01', webhooks: true },
      credentials: { from: 'person', renews_itself: false },
    })
    const { json } = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${answer.json.id}/places`)
    const sites = await shops.db.query<{ id: string; slug: string; time_zone: string; currency: string }>(
      'select id, slug, time_zone, currency from pos.sites where tenant_id = $1',
      [shops.bakery.id],
    )
    const siteOf = (id: string) => {
      const { site_id } = json.data.find((one: { id: string }) => one.id === id)
      return sites.find((site) => site.id === site_id)
    }
    expect(siteOf('chain-1')).toMatchObject({ slug: 'main', time_zone: 'Europe/Lisbon', currency: 'EUR' })
    expect(siteOf('chain-2')).toMatchObject({ slug: 'hill', time_zone: 'Europe/Berlin', currency: 'EUR' })
    expect(siteOf('chain-3')).toMatchObject({ slug: 'hill-2', time_zone: 'Asia/Tokyo', currency: 'JPY' })
    expect(await shops.events(shops.bakery)).toMatchObject([{ type: 'connection.created', data: { name: 'Till' } }])
  })

  test('are filed elsewhere only where the money is the same', async () => {
    const { json } = await shops.ask(shops.bakery, 'GET', CONFIGURATIONS)
    const path = `${CONFIGURATIONS}/${json.data[0].id}/places`
    const refused = await shops.ask(shops.bakery, 'PUT', path, {
      places: [
        { id: 'chain-2', chosen: false },
        { id: 'chain-3', chosen: true, site_id: 'main' },
      ],
    })
    expect(refused).toMatchObject({
      status: 422,
      json: { code: 'connections.place-currency', errors: [{ pointer: '/places/1/site_id' }] },
    })
    const moved = await shops.ask(shops.bakery, 'PUT', path, {
      all: false,
      places: [
        { id: 'chain-2', chosen: true, site_id: 'main' },
        { id: 'chain-3', chosen: false },
      ],
    })
    expect(moved.status, moved.text).toBe(200)
    const bySite = Object.fromEntries(moved.json.data.map((one: { id: string }) => [one.id, one]))
    expect(bySite['chain-2'].site_id).toBe(bySite['chain-1'].site_id)
    expect(bySite['chain-3'].chosen).toBe(false)
    const shown = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${json.data[0].id}`)
    expect(shown.json.locations.sort()).toEqual(['chain-1', 'chain-2'])
  })
})

describe('one account', () => {
  test('is connected once, and whoever tries again hears the same whoever has it', async () => {
    const { token } = shops.provider.openAccount({ id: 'famous' })
    expect((await shops.connect(shops.bakery, token)).status).toBe(201)
    const here = await shops.connect(shops.bakery, token)
    const elsewhere = await shops.connect(shops.butcher, token)
    for (const answer of [here, elsewhere]) {
      expect(answer).toMatchObject({ status: 422, json: { code: 'connections.account-unavailable' } })
    }
    const told = ({ json }: typeof here) => [json.title, json.detail, json.errors]
    expect(told(elsewhere)).toEqual(told(here))
    const [row] = await shops.db.query('select count(*)::int n from pos.configurations where tenant_id = $1', [
      shops.butcher.id,
    ])
    expect(row).toEqual({ n: 0 })
    const [site] = await shops.db.query('select count(*)::int n from pos.sites where tenant_id = $1', [
      shops.butcher.id,
    ])
    expect(site, 'no site is left behind').toEqual({ n: 1 })
  })

  test('that is connected from two places at once is one connection', async () => {
    const { token } = shops.provider.openAccount({ id: 'hurried' })
    const both = [shops.bakery, shops.butcher, shops.bakery, shops.butcher]
    const answers = await Promise.all(both.map((shop) => shops.connect(shop, token, { locations: 'all' })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422])
  })
})

test('another shop’s connection is not there, whatever is done with it', async () => {
  const { token } = shops.provider.openAccount({ id: 'private' })
  const { json } = await shops.connect(shops.bakery, token)
  const path = `${CONFIGURATIONS}/${json.id}`
  const tries = await Promise.all([
    shops.ask(shops.butcher, 'GET', path),
    shops.ask(shops.butcher, 'PUT', path, { name: 'Mine' }),
    shops.ask(shops.butcher, 'DELETE', path),
    shops.ask(shops.butcher, 'GET', `${path}/places`),
    shops.ask(shops.butcher, 'PUT', `${path}/places`, { places: [] }),
    shops.ask(shops.butcher, 'POST', `${path}/check`),
    shops.ask(shops.butcher, 'POST', `${path}/confirm`),
    shops.ask(shops.butcher, 'POST', `${path}/doubt`, { note: 'mine' }),
    shops.ask(shops.butcher, 'GET', `${path}/first-figures`),
    shops.ask(shops.butcher, 'POST', `${path}/webhook-secret`),
  ])
  for (const answer of tries) expect(answer).toMatchObject({ status: 404, json: { code: 'connections.unknown' } })
  const { json: list } = await shops.ask(shops.butcher, 'GET', CONFIGURATIONS)
  expect(list.data.map((one: { id: string }) => one.id)).not.toContain(json.id)
  // Nor through the functions that engines use, when a shop's name is put beside another's connection.
  await expect(shops.desk.keeper.linkOf({ tenantId: shops.butcher.id, id: json.id })).rejects.toMatchObject({
    code: 'connections.unknown',
  })
  expect((await shops.desk.keeper.linkOf({ tenantId: shops.bakery.id, id: json.id })).link.credentials).toEqual({
    access_token: token,
  })
  await expect(shops.desk.keeper.linkOf({ tenantId: shops.butcher.id, id: json.id })).rejects.toMatchObject({
    code: 'connections.unknown',
  })
})
