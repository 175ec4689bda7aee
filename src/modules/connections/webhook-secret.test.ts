import { describe, expect, test } from 'vitest'
import type { Connector } from '../../../connectors/contract.ts'
import { testConnector } from './test-connector.ts'
import { CONFIGURATIONS, useShops } from './test-shops.ts'

// A system that is pushed to and never read, that lets us make the secret it signs with, and whose merchants each have an
// address of their own.

const acme = testConnector()
const { subscriptions: _, ...webhooks } = acme.live.webhooks ?? expect.fail('it is told by webhooks')
const { oauth: __, ...signIn } = acme.live.signIn
const address = { name: 'base_url', label: 'Base URL', secret: false, required: false, help: 'In the letter.' }
const connector: Connector = {
  ...acme,
  live: {
    ...acme.live,
    pull: { ...acme.live.pull, streams: [] },
    signIn: {
      ...signIn,
      fields: [...signIn.fields, address],
      problems: ({ base_url: typed = '' }) =>
        typed.startsWith('ftp:') ? [{ field: 'base_url', say: 'The address must begin with https://.' }] : [],
    },
    webhooks: {
      ...webhooks,
      secretBy: 'ours',
      standingUrls: (url, secret) => [{ url: `${url}?token=${secret.length}`, say: 'For stock.' }],
    },
  },
}

const shops = useShops(
  {},
  {
    connector,
    addressOf(_posSystem, environment, { base_url: named }) {
      if (named === undefined) return { baseUrl: shops.provider.urls[environment], addressBy: 'hub', guarded: false }
      return { baseUrl: named, addressBy: 'merchant', guarded: true }
    },
  },
)
const endpointsOf = (id: string) => shops.desk.endpoints.find('dine-pos', id)

describe('the secret of a system that lets us make it', () => {
  test('is shown once, opens the connection’s address, and can be made anew', async () => {
    const { token } = shops.provider.openAccount({ id: 'kitchen' })
    const made = await shops.connect(shops.bakery, token)
    expect(made.status).toBe(201)
    const { id, webhook_secret: secret } = made.json
    expect(secret).toMatch(/^whsec_[\w-]{43}$/)
    expect(made.json.webhook_addresses).toEqual([{ url: `${made.json.webhooks.url}?token=49`, say: 'For stock.' }])
    expect(made.json).toMatchObject({ data_types: ['sales'], webhooks: { state: 'manual' } })
    expect(await endpointsOf(id)).toMatchObject([{ secrets: [secret], connection: { id } }])

    const before = shops.said.length
    const shown = await shops.ask(shops.bakery, 'GET', `${CONFIGURATIONS}/${id}`)
    expect(shown.json).not.toHaveProperty('webhook_secret')

    const anew = await shops.ask(shops.bakery, 'POST', `${CONFIGURATIONS}/${id}/webhook-secret`)
    const fresh = anew.json.webhook_secret
    expect(fresh).toMatch(/^whsec_[\w-]{43}$/)
    expect(fresh).not.toBe(secret)
    // What is on its way was signed with the one before.
    expect(await endpointsOf(id)).toMatchObject([{ secrets: [fresh, secret] }])
    expect(shops.said.slice(before).join('')).not.toContain(secret)
    expect(JSON.stringify(await shops.events(shops.bakery))).not.toContain('whsec_')
    const rows = await shops.db.query<{ secret_sealed: Buffer }>('select secret_sealed from pos.webhook_endpoints')
    expect(rows.map(({ secret_sealed: sealed }) => sealed.toString('latin1')).join('')).not.toContain('whsec_')
  })

  test('is the one that a person brings, where he brings one', async () => {
    const { token } = shops.provider.openAccount({ id: 'grill' })
    const made = await shops.connect(shops.bakery, token, { sync: { webhook_secret: 'one-of-his-own' } })
    expect(made.json).not.toHaveProperty('webhook_secret')
    expect(await endpointsOf(made.json.id)).toMatchObject([{ secrets: ['one-of-his-own'] }])
  })

  test('ends with the connection', async () => {
    const { token } = shops.provider.openAccount({ id: 'cellar' })
    const { json } = await shops.connect(shops.bakery, token)
    await shops.ask(shops.bakery, 'DELETE', `${CONFIGURATIONS}/${json.id}`)
    expect(await endpointsOf(json.id)).toEqual([])
  })
})

describe('an address that a tenant names', () => {
  const connect = (base_url: string) => {
    const { token } = shops.provider.openAccount({ id: `named-${base_url}` })
    const credentials = { access_token: token, base_url }
    return shops.ask(shops.bakery, 'POST', CONFIGURATIONS, { pos_system: 'dine-pos', credentials })
  }

  test('that is no address is told at its field, before anybody is asked', async () => {
    expect(await connect('ftp://pos.example.com')).toMatchObject({
      status: 422,
      json: {
        code: 'connections.credentials-incomplete',
        errors: [{ pointer: '/credentials/base_url', detail: 'The address must begin with https://.' }],
      },
    })
  })

  test.each([
    'http://127.0.0.1:9010',
    'http://169.254.169.254',
    'http://[::1]',
    'http://localhost',
    'http://db.internal',
  ])('leads nowhere but to the internet: %s', async (address) => {
    const answer = await connect(address)
    expect(answer).toMatchObject({ status: 422, json: { code: 'connections.address-private' } })
    expect(answer.json.detail).toContain('TILLWIRE_PRIVATE_ADDRESSES')
  })
})
