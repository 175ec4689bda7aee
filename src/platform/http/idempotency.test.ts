import { sql } from 'kysely'
import { beforeEach, describe, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { claimOf, createIdempotencyStore, type IdempotencyStore, type StoredAnswer } from './idempotency.ts'

const db = useDatabase()
const MINUTE = 60_000
const bakery = newId() as TenantId
const butcher = newId() as TenantId
const answer: StoredAnswer = { status: 201, headers: {}, contentType: 'application/json', body: '{"id":1}' }
let store: IdempotencyStore
let now: Instant
let serial = 0

beforeEach(() => {
  store = createIdempotencyStore(db.database)
  now = instant(Date.UTC(2026, 2, 1))
  serial += 1
})

function claim(more: Partial<Parameters<typeof claimOf>[0]> = {}) {
  const base = { header: `order-${serial}`, tenantId: bakery, actor: 'key:1', method: 'POST', url: '/api/v1/orders' }
  return claimOf({ ...base, body: '{"total":1}', now, ...more })
}

describe('a key', () => {
  test('of ten tries at once lets exactly one through', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => store.begin(claim())))
    const through = tries.filter((one) => one.status === 'fulfilled')
    const told = tries.map((one) => (one.status === 'rejected' ? (one.reason as { code: string }).code : 'through'))
    expect(through).toHaveLength(1)
    expect(new Set(told)).toEqual(new Set(['through', 'http.idempotency-running']))
  })

  test('belongs to one caller of one tenant', async () => {
    expect(await store.begin(claim())).toBeNull()
    expect(await store.begin(claim({ actor: 'key:2' }))).toBeNull()
    expect(await store.begin(claim({ tenantId: butcher }))).toBeNull()
  })

  test('covers method, address and body', async () => {
    await store.begin(claim())
    await store.settle(claim(), answer)
    expect(await store.begin(claim())).toEqual(answer)
    for (const other of [{ method: 'PUT' }, { url: '/api/v1/orders?dry=1' }, { body: '{"total":2}' }]) {
      await expect(store.begin(claim(other))).rejects.toMatchObject({
        status: 422,
        code: 'http.idempotency-key-reused',
      })
    }
  })

  test('is free again after a day', async () => {
    await store.begin(claim())
    await store.settle(claim(), answer)
    now = instant(now + 24 * 60 * MINUTE - 1)
    expect(await store.begin(claim())).toEqual(answer)
    now = instant(now + 1)
    expect(await store.begin(claim({ body: 'other' }))).toBeNull()
  })

  test('whose process died is taken over after its lease, by the same request only', async () => {
    await store.begin(claim())
    now = instant(now + 10 * MINUTE - 1)
    await expect(store.begin(claim())).rejects.toMatchObject({ code: 'http.idempotency-running' })
    now = instant(now + 1)
    await expect(store.begin(claim({ body: 'other' }))).rejects.toMatchObject({ status: 422 })
    expect(await store.begin(claim())).toBeNull()
  })
})

describe('an answer settled with its work', () => {
  test('is there when the work is, although the process dies right after', async () => {
    await store.begin(claim())
    await db.database.tenant(bakery, (tx) => store.settle(claim(), answer, tx))
    expect(await store.begin(claim())).toEqual(answer)
  })

  test('is gone when the work is rolled back', async () => {
    await store.begin(claim())
    const failing = db.database.tenant(bakery, async (tx) => {
      await store.settle(claim(), answer, tx)
      await sql`select 1 / 0`.execute(tx)
    })
    await expect(failing).rejects.toThrow('division by zero')
    await store.release(claim())
    expect(await store.begin(claim())).toBeNull()
  })

  test('is not forgotten by a release that comes late', async () => {
    await store.begin(claim())
    await store.settle(claim(), answer)
    await store.release(claim())
    expect(await store.begin(claim())).toEqual(answer)
  })
})
