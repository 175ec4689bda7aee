import { describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { pruneIdempotencyKeys } from '#platform/http/idempotency.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createKeyCheck } from './key-check.ts'
import { createApiKey } from './keys.ts'
import { MINUTE, publicBase, useTestHub } from './test-hub.ts'

const hub = useTestHub()

describe('an API key', () => {
  test('is shown once and never stored as it is', async () => {
    const made = await hub.keyOf(['sites:read', 'pots:admin'])
    expect(made.api_key).toMatch(/^tw_live_[A-Za-z0-9_-]{43}$/)
    expect(made.api_key.startsWith(made.prefix)).toBe(true)
    const listed = await hub.call('GET', `/api/v1/tenants/${hub.bakery.id}/api-keys`, undefined, { cookie: hub.ada })
    expect(JSON.stringify(listed.body)).not.toContain(made.api_key)
    const rows = await hub.db.query<{ row: string }>('select k::text as row from hub.api_keys k')
    expect(rows.map((row) => row.row).join()).not.toContain(made.api_key.slice(12))
  })

  test('speaks for its own tenant, by either header, and needs not name it', async () => {
    const { id, api_key } = await hub.keyOf(['pots:admin'])
    const answer = await hub.call('GET', '/api/v1/pots', undefined, { key: api_key })
    expect(answer.body).toEqual({ tenant: hub.bakery.slug, actor: `key:${id}` })
    const bearer = await fetch(`${hub.base}/api/v1/pots`, { headers: { authorization: `Bearer ${api_key}` } })
    expect(bearer.status).toBe(200)
  })

  test('for another tenant gets the same 403 whether that one exists or not', async () => {
    const { api_key: key } = await hub.keyOf(['*:admin'])
    const answers = []
    for (const name of [hub.butcher.id, hub.butcher.slug, 'nobody-at-all']) {
      answers.push(await hub.call('GET', `/api/v1/tenants/${name}`, undefined, { key }))
      answers.push(await hub.call('GET', '/api/v1/pots', undefined, { key, tenant: name }))
    }
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.body.code} ${answer.body.detail}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(403)
  })

  test('of too small a scope hears which scope is needed', async () => {
    const { api_key: key } = await hub.keyOf(['pots:read', 'sites:admin'])
    const answer = await hub.call('GET', '/api/v1/pots', undefined, { key })
    expect([answer.status, answer.body.code, answer.body.scope]).toEqual([403, 'access.scope', 'pots:write'])
  })

  test('that is wrong gets 401, also beside a good session or another key', async () => {
    const { api_key: key } = await hub.keyOf(['pots:write'])
    for (const wrong of ['nonsense', 'tw_live_'.padEnd(51, 'x'), '']) {
      const answer = await hub.call('GET', '/api/v1/pots', undefined, { key: wrong || ' ' })
      expect(answer.status).toBe(401)
    }
    const beside = await hub.call('GET', '/api/v1/pots', undefined, {
      key: 'wrong',
      cookie: hub.ada,
      tenant: hub.bakery.id,
    })
    expect(beside.status).toBe(401)
    const two = await fetch(`${hub.base}/api/v1/pots`, { headers: { 'x-api-key': key, authorization: 'Bearer other' } })
    expect(two.status).toBe(401)
  })

  test('that is revoked is refused by the very next request', async () => {
    const { id, api_key: key } = await hub.keyOf(['pots:write'])
    expect((await hub.call('GET', '/api/v1/pots', undefined, { key })).status).toBe(200)
    const revoked = await hub.call('DELETE', `/api/v1/tenants/${hub.bakery.id}/api-keys/${id}`, undefined, {
      cookie: hub.ada,
    })
    expect(revoked.status).toBe(204)
    expect((await hub.call('GET', '/api/v1/pots', undefined, { key })).status).toBe(401)
    expect(
      (await hub.call('DELETE', `/api/v1/tenants/${hub.bakery.id}/api-keys/${id}`, undefined, { cookie: hub.ada }))
        .status,
    ).toBe(204)
  })

  test('of another tenant cannot be revoked', async () => {
    const foreign = await hub.db.database.tenant(hub.butcher.id, (tx) =>
      createApiKey(tx, hub.butcher, { name: 'x', scopes: ['*:admin'], createdBy: 'test' }, hub.clock.now()),
    )
    const answer = await hub.call('DELETE', `/api/v1/tenants/${hub.bakery.id}/api-keys/${foreign.key.id}`, undefined, {
      cookie: hub.ada,
    })
    expect([answer.status, answer.body.code]).toEqual([404, 'access.key-missing'])
    expect((await hub.call('GET', '/api/v1/pots', undefined, { key: foreign.secret })).status).toBe(200)
  })

  test('expires when it was said to', async () => {
    const { api_key: key } = await hub.keyOf(['pots:write'], {
      expires_at: new Date(hub.clock.now() + MINUTE).toISOString(),
    })
    expect((await hub.call('GET', '/api/v1/pots', undefined, { key })).status).toBe(200)
    hub.pass(MINUTE)
    expect((await hub.call('GET', '/api/v1/pots', undefined, { key })).status).toBe(401)
  })

  test('shows when it was last used, written at most once a minute', async () => {
    const { id, api_key: key } = await hub.keyOf(['pots:write'])
    const lastUse = async () => {
      await hub.access.close()
      const rows = await hub.db.query<{ last_used_at: Date | null }>(
        'select last_used_at from hub.api_keys where id = $1',
        [id],
      )
      return rows[0]?.last_used_at?.getTime() ?? null
    }
    expect(await lastUse()).toBeNull()
    const first = hub.clock.now()
    await hub.call('GET', '/api/v1/pots', undefined, { key })
    hub.pass(MINUTE / 2)
    await hub.call('GET', '/api/v1/pots', undefined, { key })
    expect(await lastUse()).toBe(first)
    hub.pass(MINUTE / 2)
    await hub.call('GET', '/api/v1/pots', undefined, { key })
    expect(await lastUse()).toBe(first + MINUTE)
  })

  test('cannot hand out more than it holds', async () => {
    const { api_key: key } = await hub.keyOf(['keys:admin', 'sites:write'])
    const make = (scopes: string[]) =>
      hub.call('POST', `/api/v1/tenants/${hub.bakery.id}/api-keys`, { name: 'x', scopes }, { key })
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
    const headers = {
      cookie: hub.ada,
      origin: publicBase.origin,
      'content-type': 'application/json',
      'idempotency-key': 'key-1',
    }
    const body = JSON.stringify({ name: 'once', scopes: ['sites:read'] })
    const make = async () =>
      (await fetch(`${hub.base}/api/v1/tenants/${hub.bakery.id}/api-keys`, { method: 'POST', headers, body })).json()
    const first = await make()
    expect(await make()).toEqual(first)
    expect(await hub.db.query("select 1 from hub.api_keys where name = 'once'")).toHaveLength(1)
    const kept = await hub.db.query<{ answer: Buffer }>('select answer from hub.idempotency_keys')
    expect(kept.map((row) => row.answer.toString('latin1')).join()).not.toContain(
      (first as { api_key: string }).api_key,
    )
    expect(await pruneIdempotencyKeys(hub.db.database, instant(hub.clock.now() + 23 * 60 * MINUTE))).toBe(0)
    expect(await pruneIdempotencyKeys(hub.db.database, instant(hub.clock.now() + 24 * 60 * MINUTE))).toBe(1)
  })

  test('list pages by cursor, newest first', async () => {
    const page = await hub.call('GET', `/api/v1/tenants/${hub.bakery.id}/api-keys?limit=2`, undefined, {
      cookie: hub.ada,
    })
    expect(page.body.data).toHaveLength(2)
    const next = await hub.call(
      'GET',
      `/api/v1/tenants/${hub.bakery.id}/api-keys?limit=500&cursor=${page.body.next_cursor}`,
      undefined,
      { cookie: hub.ada },
    )
    const ids = [...page.body.data, ...next.body.data].map((key) => key.id)
    expect(ids).toEqual([...new Set(ids)].sort().reverse())
    expect(next.body.next_cursor).toBeNull()
  })
})

test('a key that was revoked elsewhere is refused here within seconds', async () => {
  const { id, api_key: key } = await hub.keyOf(['pots:write'])
  const log = SILENT_LOG
  let at = 0
  const other = createKeyCheck({ database: hub.db.database, clock: hub.clock, log, monotonicMs: () => at })
  expect(await other.find(key)).not.toBeNull()
  await hub.call('DELETE', `/api/v1/tenants/${hub.bakery.id}/api-keys/${id}`, undefined, { cookie: hub.ada })
  at += 2999
  expect(await other.find(key)).not.toBeNull()
  at += 1
  expect(await other.find(key)).toBeNull()
  await other.close()
})
