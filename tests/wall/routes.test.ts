import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { isTenantScope, isWrite, type Route, tenantParamOf } from '#platform/http/route.ts'
import { type Answer, type Asking, type Owner, type Shop, useHub } from '#tests/harness/hub.ts'

// Every address of a running hub, tried by strangers. The hub itself says which addresses there are; only those that
// need no tenant are written down here, so that nobody opens a door without saying so.

const PUBLIC = [
  'GET /api/integrations/pos/:pos_system/oauth/callback',
  'POST /api/v1/auth/join',
  'POST /api/v1/auth/link',
  'POST /api/v1/auth/set-up',
  'POST /api/v1/auth/sign-in',
  'POST /api/v1/webhooks/:pos_system',
  'POST /api/v1/webhooks/:pos_system/:config_id',
  'POST /webhooks/pos/:pos_system',
]
const FOR_PEOPLE = [
  'GET /api/v1/auth/me',
  'GET /api/v1/tenants',
  'POST /api/v1/auth/password',
  'POST /api/v1/auth/sign-out',
]
const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057'

const hub = useHub()
let bakery: Shop
let butcher: Shop
let owner: Owner
let weakKey: string
let revokedKey: string

beforeAll(async () => {
  owner = await hub.setUpOwner()
  bakery = await hub.openShop('corner-bakery')
  butcher = await hub.openShop('butcher')
  weakKey = (await bakery.keyWith('nothing-that-exists:read')).secret
  const revoked = await bakery.keyWith('*:admin')
  revokedKey = revoked.secret
  const gone = await hub.ask(`/api/v1/tenants/corner-bakery/api-keys/${revoked.id}`, {
    method: 'DELETE',
    key: bakery.key,
  })
  expect(gone.status).toBe(204)
})

describe('doors', () => {
  test('addresses that need no tenant are the ones written down here, and no others', () => {
    const named = (scope: string) =>
      routes()
        .filter((route) => route.scope === scope)
        .map(nameOf)
        .sort()
    expect(named('public')).toEqual(PUBLIC)
    expect(named('person')).toEqual(FOR_PEOPLE)
    expect(tenantRoutes().length).toBeGreaterThan(20)
  })

  test('nobody gets in without a key or a session', async () => {
    await everywhere(tenantRoutes(), (route) => knock(route, {}), { status: 401, code: 'http.unauthenticated' })
    await everywhere(personRoutes(), (route) => knock(route, {}), { status: 401, code: 'http.unauthenticated' })
  })

  test('a key that nobody ever made opens nothing, however it is shown', async () => {
    const unauthenticated = { status: 401, code: 'http.unauthenticated' }
    const made = `tw_live_${'x'.repeat(43)}`
    await everywhere(tenantRoutes(), (route) => knock(route, { key: made }), unauthenticated)
    const shown: Asking[] = [
      { key: '' },
      { key: 'x'.repeat(4_000) },
      { headers: { authorization: 'Bearer' } },
      { headers: { authorization: `Bearer ${made}` } },
      // Two keys that do not agree: neither is believed.
      { key: bakery.key, headers: { authorization: `Bearer ${made}` } },
      { cookie: 'tillwire.session_token=made-up.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D' },
      // A key that does not hold does not fall back to a session that does.
      { key: made, cookie: owner.cookie },
    ]
    for (const asking of shown) {
      const answer = await hub.ask('/api/v1/tenants/corner-bakery/sites', asking)
      expect(answer, JSON.stringify(asking)).toMatchObject(problem(401, 'http.unauthenticated'))
    }
  })

  test('a key that was revoked opens nothing', async () => {
    const unauthenticated = { status: 401, code: 'http.unauthenticated' }
    await everywhere(tenantRoutes(), (route) => knock(route, { key: revokedKey }), unauthenticated)
  })

  test('a key opens nothing for people', async () => {
    const unauthenticated = { status: 401, code: 'http.unauthenticated' }
    await everywhere(personRoutes(), (route) => knock(route, { key: bakery.key }), unauthenticated)
  })

  test('another tenant’s key is refused, in the same words whether the tenant exists or not', async () => {
    for (const route of tenantRoutes()) {
      const real = await knock(route, { key: butcher.key }, 'corner-bakery')
      const byId = await knock(route, { key: butcher.key }, bakery.tenant.id)
      const madeUp = await knock(route, { key: butcher.key }, 'no-such-shop')
      const madeUpId = await knock(route, { key: butcher.key }, NOBODY)
      for (const answer of [real, byId, madeUp, madeUpId]) {
        expect(answer, nameOf(route)).toMatchObject(problem(403, 'access.tenant'))
        expect(told(answer), nameOf(route)).toEqual(told(real))
      }
    }
  })

  test('a signed-in person is refused where they do not belong, in the same words whether the tenant exists or not', async () => {
    const asking = { cookie: owner.cookie, origin: hub.url.origin }
    for (const route of tenantRoutes()) {
      const real = await knock(route, asking, 'corner-bakery')
      const madeUp = await knock(route, asking, 'no-such-shop')
      expect(real, nameOf(route)).toMatchObject(problem(403, 'access.tenant'))
      expect(told(madeUp), nameOf(route)).toEqual(told(real))
    }
  })

  test('path and header that name two tenants are refused, even when one of them is the caller’s', async () => {
    for (const route of tenantRoutes().filter(({ path }) => tenantParamOf(path) !== null)) {
      const asking = { method: route.method, key: bakery.key, tenant: 'butcher' }
      const torn = opened(await hub.ask(addressOf(route, 'corner-bakery'), asking))
      expect(torn, nameOf(route)).toMatchObject(problem(403, 'access.tenant'))
    }
  })

  test('a key that reaches elsewhere is told which scope is needed', async () => {
    for (const route of tenantRoutes()) {
      const answer = await knock(route, { key: weakKey })
      expect(answer, nameOf(route)).toMatchObject(problem(403, 'access.scope'))
      expect(answer.json?.scope, nameOf(route)).toBe(route.scope)
    }
  })

  test('a key that only reads its own noun cannot write it', async () => {
    for (const route of tenantRoutes().filter(({ scope }) => !scope.endsWith(':read'))) {
      const readOnly = await bakery.keyWith(`${route.scope.split(':')[0]}:read`)
      const answer = await knock(route, { key: readOnly.secret })
      expect(answer, nameOf(route)).toMatchObject(problem(403, 'access.scope'))
    }
  })

  test('a session’s write that does not come from our own page is refused', async () => {
    const forged: Asking[] = [
      { cookie: owner.cookie },
      { cookie: owner.cookie, origin: 'https://evil.example' },
      { cookie: owner.cookie, origin: 'null' },
      { cookie: owner.cookie, origin: `${hub.url.origin}.evil.example` },
      { cookie: owner.cookie, origin: `https://${hub.url.host}` },
    ]
    const writes = [...tenantRoutes(), ...personRoutes()].filter(({ method }) => isWrite(method))
    for (const [n, asking] of forged.entries()) {
      for (const route of writes) {
        // A route that allows few calls an hour would answer that instead.
        if (n > 0 && route.rateLimit) continue
        const answer = await knock(route, asking, owner.tenant)
        expect(answer, `${nameOf(route)} ${asking.origin}`).toMatchObject(problem(403, 'http.origin'))
      }
    }
    const open = routes().filter(({ scope, method }) => scope === 'public' && isWrite(method))
    for (const route of open) {
      const answer = await knock(route, { origin: 'https://evil.example' })
      expect(answer.status, nameOf(route)).toBeGreaterThanOrEqual(400)
    }
  })

  test('another method than the declared ones is refused with those that are', async () => {
    const answer = await hub.ask('/api/v1/tenants/corner-bakery/sites', { method: 'DELETE', key: bakery.key })
    expect(answer).toMatchObject(problem(405, 'http.method-not-allowed'))
    expect(answer.headers.get('allow')).toContain('POST')
  })
})

describe('whatever is sent', () => {
  // Its work is a whole tenant with thirteen months of sales, and it takes no field that could be wrong.
  // Made-up figures take their time; that nobody else waits for them is tried on its own.
  const heavy = new Set(['POST /api/v1/tenants/:tenant_id/demos', 'GET /api/pos-integrations/mock-data'])
  // Ends the session or asks better-auth ten times a minute at most; both have tests of their own.
  const limited = (route: Route) => route.rateLimit !== undefined && route.rateLimit !== false

  test('ids, fields and bodies that make no sense are refused with a code, never with a failure of ours', async () => {
    const tried = tenantRoutes().filter((route) => !heavy.has(nameOf(route)) && !limited(route))
    for (const route of tried) {
      await fc.assert(
        fc.asyncProperty(requestOf(route), async (request) => {
          const answer = await hub.ask(request.where, { method: route.method, key: bakery.key, ...request.asking })
          expectSense(opened(answer), route)
        }),
        { numRuns: 25, seed: 20260302 },
      )
    }
  }, 120_000)

  test('what is known to hurt hurts nothing', async () => {
    const base = '/api/v1/tenants/corner-bakery'
    const cursor = (key: readonly unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
    const reads = [
      `${base}/pos/transactions?from=0000-01-01`,
      `${base}/pos/transactions?business_date=0000-02-01`,
      `${base}/pos/transactions?from=-271821-04-20T00:00:00Z`,
      `${base}/pos/transactions?to=%2B275760-09-13T00:00:00Z`,
      `${base}/pos/transactions?min_amount=9007199254740991&max_amount=-9007199254740991`,
      `${base}/pos/transactions?cursor=${cursor(['2026-03-02', 1e300, NOBODY])}`,
      `${base}/pos/transactions?cursor=${cursor(['2026-03-02', 8.64e15, NOBODY])}`,
      `${base}/pos/transactions?cursor=${cursor(['2026-03-02', 9e15, NOBODY])}`,
      `${base}/pos/transactions?cursor=${cursor(['0000-01-01', 0, NOBODY])}`,
      `${base}/imports?cursor=${cursor(['x', 'y'])}`,
      `${base}/imports?cursor=${cursor([0, 'no id'])}`,
      `${base}/imports?cursor=${cursor([9e15, NOBODY])}`,
      `${base}/imports?cursor=${cursor([1.5, NOBODY])}`,
      `${base}/api-keys?cursor=${cursor(['no id'])}`,
      `${base}/pos/transactions?q=%25_%5C%27%22`,
      `${base}/pos/transactions?item=${encodeURIComponent('\uffff')}`,
      `${base}/pos/transactions?location=,,,`,
      `${base}/pos/transactions?limit=500&limit=2`,
      `${base}/pos/transactions?q=${'x'.repeat(3_000)}`,
      `${base}/pos/transactions?from=2026-03-31&to=2026-03-01`,
      `${base}/pos/transactions?${'a='.repeat(2_000)}`,
      `${base}/pos/transactions?__proto__=1&constructor=2`,
      `${base}/pos/transactions/%00`,
      `${base}/pos/transactions/%ff%fe`,
      `${base}/pos/transactions/${'9'.repeat(6_000)}`,
    ]
    const wrong: string[] = []
    for (const where of reads) {
      const answer = await hub.ask(where, { key: bakery.key })
      if (answer.status >= 500) wrong.push(`${answer.status} ${where.slice(0, 120)}`)
    }
    for (const id of ['1e300', '99999999999999999999999', '-1', 'NaN', '9007199254740993']) {
      const answer = await hub.ask(`${base}/events`, { key: bakery.key, headers: { 'last-event-id': id } })
      if (answer.status >= 500) wrong.push(`${answer.status} events after ${id}`)
    }
    expect(wrong).toEqual([])
  })

  test('a list of refused rows takes no cursor but its own', async () => {
    const received = await hub.ask('/api/v1/tenants/corner-bakery/imports?confirm=no', {
      method: 'POST',
      key: bakery.key,
      body: 'Date,Receipt,Item,Price\n2026-03-02 08:00,1,Rye loaf,4.20\n',
    })
    const list = `/api/v1/tenants/corner-bakery/imports/${received.json?.id}/rejections`
    for (const key of [['x'], [1.5], [1e300], [-1]]) {
      const cursor = Buffer.from(JSON.stringify(key)).toString('base64url')
      const answer = await hub.ask(`${list}?cursor=${cursor}`, { key: bakery.key })
      expect(answer.status, `cursor of ${JSON.stringify(key)}`).toBeLessThan(500)
    }
  })

  test('days before the calendar of figures begins are refused or empty, and so is the year ten thousand', async () => {
    const figures = routes().filter(
      ({ path }) =>
        !path.endsWith('/mock-data') && (path.startsWith('/api/pos-integrations/') || path.includes('/figures/')),
    )
    const spans = [
      ['0000-01-01', '0000-01-02'],
      ['0001-01-01', '0001-01-02'],
      ['9999-12-30', '9999-12-31'],
      ['2026-03-31', '2026-03-01'],
      ['2026-02-30', '2026-03-01'],
    ]
    const wrong: string[] = []
    for (const route of figures) {
      for (const [from, to] of spans) {
        const where = addressOf(route, 'corner-bakery').replace(/[^/]+$/, (file) =>
          route.path.endsWith(':file') ? 'top_items.csv' : file,
        )
        const answer =
          route.method === 'POST'
            ? await hub.ask(where, { method: 'POST', key: bakery.key, json: { from, to } })
            : await hub.ask(`${where}?from=${from}&to=${to}`, { key: bakery.key })
        if (answer.status >= 500) wrong.push(`${answer.status} ${nameOf(route)} ${from} to ${to}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('a body that is no JSON, too large, of another kind or not there is told apart', async () => {
    const sites = '/api/v1/tenants/corner-bakery/sites'
    const post = (asking: Asking) => hub.ask(sites, { method: 'POST', key: bakery.key, ...asking })
    const json = { 'content-type': 'application/json' }
    expect(await post({ headers: json, body: '{"name": "Main"' })).toMatchObject(problem(400, 'http.json-malformed'))
    expect(await post({ headers: json, body: '' })).toMatchObject(problem(400, 'http.body-missing'))
    expect(await post({ headers: json, body: Buffer.from([0x22, 0xc3, 0x22]) })).toMatchObject(
      problem(400, 'http.json-malformed'),
    )
    expect(await post({ json: { name: 'x'.repeat(2_000_000) } })).toMatchObject(problem(413, 'http.body-too-large'))
    expect(await post({ headers: { 'content-type': 'text/csv' }, body: 'a,b' })).toMatchObject(
      problem(415, 'http.media-type'),
    )
    expect(await post({ headers: json, body: '{"name":"a","__proto__":{"name":"b"}}' })).toMatchObject(
      problem(400, 'http.json-malformed'),
    )
  })

  test('every wrong field is named with its place', async () => {
    const answer = await hub.ask('/api/v1/tenants/corner-bakery/sites', {
      method: 'POST',
      key: bakery.key,
      json: { name: '', time_zone: 'Mars/Olympus', currency: 'XXXX', close_out: '25:00', colour: 'red' },
    })
    expect(answer).toMatchObject(problem(400, 'http.input-invalid'))
    const places = answer.json?.errors as { pointer: string }[]
    expect(places.map(({ pointer }) => pointer).sort()).toEqual([
      '/close_out',
      '/colour',
      '/currency',
      '/name',
      '/time_zone',
    ])
    const nul = await hub.ask('/api/v1/tenants/corner-bakery/sites', {
      method: 'POST',
      key: bakery.key,
      json: { name: 'Main\0street' },
    })
    expect(nul).toMatchObject(problem(400, 'http.input-invalid'))
    expect(nul.json?.errors).toMatchObject([{ pointer: '/name' }])
  })

  test('a file’s name may be anything and breaks nothing', async () => {
    const names = ['x'.repeat(10_000), '../../etc/passwd', '\u202egnp.csv', '%00', '%ff', '"; rm', '']
    for (const name of names) {
      const answer = await hub.ask('/api/v1/tenants/corner-bakery/imports?confirm=no', {
        method: 'POST',
        key: bakery.key,
        headers: { 'content-disposition': `attachment; filename*=UTF-8''${encodeURI(name).replaceAll('%25', '%')}` },
        body: 'Date,Receipt,Item,Price\n2026-03-02 08:00,1,Rye loaf,4.20\n',
      })
      expect(answer.status, name.slice(0, 40)).toBeLessThan(500)
    }
  })

  test('a dashboard that shows made-up figures keeps nobody else waiting', async () => {
    const showing = Array.from({ length: 4 }, () =>
      hub.ask('/api/pos-integrations/mock-data', { key: bakery.key }).then(({ status }) => status),
    )
    const meanwhile: number[] = []
    let shown = false
    const all = Promise.all(showing).finally(() => {
      shown = true
    })
    while (!shown) {
      const { status } = await hub.ask('/api/v1/tenants/butcher/sites', { key: butcher.key })
      meanwhile.push(status)
    }
    expect(await all).toEqual(Array.from({ length: 4 }, () => 200))
    expect(meanwhile.filter((status) => status !== 200)).toEqual([])
    // Answers came while the figures were being made, and not only after them.
    expect(meanwhile.length).toBeGreaterThan(3)
  })

  test('guessing is slowed down', async () => {
    const guess = () =>
      hub.ask('/api/v1/auth/sign-in', { method: 'POST', json: { email: owner.email, password: 'not the loaf' } })
    const answers: Answer[] = []
    for (let n = 0; n < 14; n++) answers.push(await guess())
    expect(answers.at(-1)).toMatchObject(problem(429, 'http.rate-limited'))
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(answers.slice(0, 5).map(({ status }) => status)).not.toContain(200)
  })
})

function routes(): readonly Route[] {
  return hub.running.hub.routes
}

function tenantRoutes(): readonly Route[] {
  return routes().filter(({ scope }) => isTenantScope(scope))
}

function personRoutes(): readonly Route[] {
  return routes().filter(({ scope }) => scope === 'person')
}

function nameOf(route: Route): string {
  return `${route.method} ${route.path}`
}

function addressOf(route: Route, tenant: string, idOf: (name: string) => string = () => NOBODY): string {
  const tenantParam = tenantParamOf(route.path)
  return route.path.replaceAll(/:([A-Za-z_]+)/g, (_whole, name: string) =>
    name === tenantParam ? tenant : encodeURIComponent(idOf(name)),
  )
}

/** Asks at a route's address, with no body: who is refused is refused before anybody looks at one. */
async function knock(route: Route, asking: Asking, tenant = 'corner-bakery'): Promise<Answer> {
  const named = tenantParamOf(route.path) === null && isTenantScope(route.scope) ? { tenant } : {}
  return opened(await hub.ask(addressOf(route, tenant), { method: route.method, ...named, ...asking }))
}

/** A refusal in the envelope of the promised addresses, as the problem that it stands for. */
function opened(answer: Answer): Answer {
  const { json, status } = answer
  if (json?.success !== false) return answer
  const { code, message: detail, details } = json.error as { code: string; message: string; details: object }
  return { ...answer, json: { type: `urn:tillwire:fault:${code}`, status, code, detail, ...details } }
}

async function everywhere(
  some: readonly Route[],
  ask: (route: Route) => Promise<Answer>,
  wanted: { readonly status: number; readonly code: string },
): Promise<void> {
  for (const route of some) {
    expect(await ask(route), nameOf(route)).toMatchObject(problem(wanted.status, wanted.code))
  }
}

function problem(status: number, code: string) {
  return { status, json: { code, status, type: `urn:tillwire:fault:${code}` } }
}

/** What an answer tells, without what is different by nature. */
function told({ status, json, headers }: Answer) {
  const { request_id: _id, instance: _instance, ...rest } = json ?? {}
  return { status, rest, challenge: headers.get('www-authenticate'), retry: headers.get('retry-after') }
}

function expectSense(answer: Answer, route: Route): void {
  expect(answer.status, `${nameOf(route)}: ${answer.text.slice(0, 200)}`).toBeLessThan(500)
  if (answer.status < 400) return
  const isPromised = route.path.startsWith('/api/v1/pos/')
  const type = isPromised ? /^application\/json/ : /^application\/problem\+json/
  expect(answer.headers.get('content-type')).toMatch(type)
  expect(answer.json, nameOf(route)).toMatchObject({
    code: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/),
    status: answer.status,
    detail: expect.stringMatching(/\S/),
    request_id: expect.stringMatching(/\S/),
  })
  for (const place of (answer.json?.errors ?? []) as { pointer: string; detail: string }[]) {
    expect(place.pointer).toMatch(/^(\/|$)/)
    expect(place.detail).toMatch(/\S/)
  }
}

const nonsense = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '\0', 'a\0b', '..', '%', '-1', '0', '1e309', 'null', NOBODY, '2026-02-30', '0000-01-01'),
  fc.integer({ min: 300, max: 4_000 }).map((length) => 'x'.repeat(length)),
)

function requestOf(route: Route): fc.Arbitrary<{ where: string; asking: Asking }> {
  const path = fc
    .oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: nonsense })
    .map((id) => addressOf(route, 'corner-bakery', () => (id === null || id === '' ? newId() : wellFormed(id))))
  const query = fc.dictionary(
    fc.oneof(fc.constantFrom(...fieldsOf(route.query), 'limit', 'cursor', 'constructor'), fc.string({ maxLength: 8 })),
    nonsense,
    { maxKeys: 3 },
  )
  return fc.tuple(path, query, bodyOf(route)).map(([where, fields, body]) => {
    const params = new URLSearchParams()
    for (const [name, value] of Object.entries(fields)) params.append(wellFormed(name), wellFormed(value))
    return { where: `${where}?${params}`, asking: isWrite(route.method) ? body : {} }
  })
}

function bodyOf(route: Route): fc.Arbitrary<Asking> {
  if (route.body && 'kind' in route.body) {
    return fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((body): Asking => ({ body, headers: { 'content-type': 'text/csv' } })),
      nonsense.map((text): Asking => ({ body: wellFormed(text), headers: { 'content-type': 'multipart/form-data' } })),
    )
  }
  const fields = fieldsOf(route.body)
  const value = fc.oneof(nonsense, fc.jsonValue({ maxDepth: 2 }))
  const named = fc.dictionary(fc.constantFrom(...fields, 'surplus'), value, { maxKeys: 6 })
  return fc.oneof(
    { weight: 4, arbitrary: named.map((json): Asking => ({ json })) },
    { weight: 1, arbitrary: fc.jsonValue().map((json): Asking => ({ json })) },
    {
      weight: 1,
      arbitrary: nonsense.map(
        (text): Asking => ({ body: wellFormed(text), headers: { 'content-type': 'application/json' } }),
      ),
    },
  )
}

function wellFormed(text: string): string {
  return text.toWellFormed()
}

function fieldsOf(schema: Route['query'] | Route['body']): readonly string[] {
  if (schema === undefined || !('shape' in schema)) return ['name']
  return Object.keys(schema.shape as Record<string, unknown>)
}
