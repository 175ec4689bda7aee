import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { appendEvents } from './append.ts'
import type { OutboxEvent } from './event.ts'
import type { Follower, FollowerTrouble } from './follow.ts'
import { type Outbox, openOutbox } from './outbox.ts'

const db = useDatabase()
const open: Outbox[] = []
const noon = 1_767_268_800_000
let now: Instant = instant(noon)
const clock = { now: () => now }
let names = 0

beforeAll(async () => {
  await db.query(
    'create table public.effects (place bigserial primary key, follower text, tenant_id uuid, seq bigint, type text)',
  )
  await db.query('grant all on public.effects to tillwire_app')
  await db.query('grant all on sequence public.effects_place_seq to tillwire_app')
})

afterEach(async () => {
  for (const outbox of open.splice(0)) await outbox.stop()
  now = instant(noon)
})

async function start(followers: readonly Follower[], report?: (trouble: FollowerTrouble) => void): Promise<Outbox> {
  const outbox = openOutbox({ database: db.database, clock, ...(report ? { report } : {}) })
  open.push(outbox)
  for (const follower of followers) outbox.follow(follower)
  await outbox.start()
  return outbox
}

/** Writes down each event that it is handed, in the transaction that it is handed. */
async function note(tx: Tx, follower: string, events: readonly OutboxEvent[]): Promise<void> {
  for (const { tenantId, seq, type } of events) {
    await sql`insert into public.effects (follower, tenant_id, seq, type)
      values (${follower}, ${tenantId}, ${seq}, ${type})`.execute(tx)
  }
}

function noting(options: Partial<Follower> = {}): Follower {
  const name = `noting-${++names}`
  return { name, handle: (tx, events) => note(tx, name, events), ...options }
}

async function noted(follower: Follower, tenantId: TenantId): Promise<number[]> {
  const rows = await db.query<{ seq: string }>(
    'select seq from public.effects where follower = $1 and tenant_id = $2 order by place',
    [follower.name, tenantId],
  )
  return rows.map((row) => Number(row.seq))
}

const event = (type = 'sale.recorded') => ({
  type,
  subject: 'sale/1',
  occurredAt: instant(noon),
  actor: 'hub',
  data: {},
})
const append = (outbox: Outbox, tenantId: TenantId, types: readonly string[] = ['sale.recorded']) =>
  outbox.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, types.map(event)))
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('every event is handled once and in order, whatever many writers do at the same time', async () => {
  const follower = noting({ batchMax: 7 })
  const outbox = await start([follower])
  const writes = fc.array(
    fc.record({ shop: fc.nat(3), lines: fc.integer({ min: 1, max: 4 }), waitMs: fc.nat(6), fails: fc.boolean() }),
    { minLength: 20, maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(writes, async (plan) => {
      const tenants = [newId(), newId(), newId(), newId()] as TenantId[]
      const expected = new Map<TenantId, number>(tenants.map((tenantId) => [tenantId, 0]))
      const write = async ({ shop, lines, waitMs, fails }: (typeof plan)[number]) => {
        const tenantId = tenants[shop] as TenantId
        await outbox.database
          .tenant(tenantId, async (tx) => {
            await sleep(waitMs)
            await appendEvents(
              tx,
              tenantId,
              Array.from({ length: lines }, () => event()),
            )
            await sleep(waitMs / 2)
            if (fails) throw new Error('regretted')
            expected.set(tenantId, (expected.get(tenantId) ?? 0) + lines)
          })
          .catch((error: Error) => expect(error.message).toBe('regretted'))
      }
      await Promise.all(plan.map(write))
      await outbox.idle()
      for (const [tenantId, count] of expected) expect(await noted(follower, tenantId)).toEqual(oneTo(count))
    }),
    { numRuns: 5 },
  )
})

test('a follower that arrives late begins at the beginning, or at the head when it says so', async () => {
  const before = newId() as TenantId
  await append(await start([]), before, ['a', 'b', 'c'])
  const fromBeginning = noting()
  const fromHead = noting({ from: 'head' })
  const outbox = await start([fromBeginning, fromHead])
  await append(outbox, before)
  await outbox.idle()
  expect(await noted(fromBeginning, before)).toEqual([1, 2, 3, 4])
  expect(await noted(fromHead, before)).toEqual([4])
})

test('a tenant that arrives while a follower from the head is down is followed from its first event', async () => {
  const follower = noting({ from: 'head' })
  await (await start([follower])).stop()
  const arrived = newId() as TenantId
  await append(await start([]), arrived)
  const outbox = await start([follower])
  await outbox.idle()
  expect(await noted(follower, arrived)).toEqual([1])
})

test('a follower of some types is handed those alone, and its cursor passes the others', async () => {
  const tenantId = newId() as TenantId
  const follower = noting({ types: ['refund.recorded'] })
  const outbox = await start([follower])
  await append(outbox, tenantId, ['sale.recorded', 'refund.recorded', 'sale.recorded'])
  await append(outbox, tenantId, ['sale.recorded'])
  await outbox.tick(now)
  await outbox.idle()
  expect(await noted(follower, tenantId)).toEqual([2])
  const cursor = await db.query('select seq from hub.outbox_cursors where follower = $1 and tenant_id = $2', [
    follower.name,
    tenantId,
  ])
  expect(cursor).toEqual([{ seq: '4' }])
})

test('a line whose wake was lost is found by the next tick', async () => {
  const tenantId = newId() as TenantId
  const follower = noting()
  const outbox = await start([follower])
  await db.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, [event()]))
  await outbox.idle()
  expect(await noted(follower, tenantId)).toEqual([])
  await outbox.tick(now)
  await outbox.idle()
  expect(await noted(follower, tenantId)).toEqual([1])
})

test('a line of a transaction that was open while ticks looked is found by the tick after its commit', async () => {
  const [early, late] = [newId(), newId()] as [TenantId, TenantId]
  const follower = noting({ from: 'head' })
  const outbox = await start([follower])
  const look = async () => {
    await outbox.tick(now)
    await outbox.idle()
  }
  const hold = Promise.withResolvers<void>()
  const appended = Promise.withResolvers<void>()
  // Past the outbox's own database: nothing wakes the follower but the tick.
  const held = db.database.tenant(early, async (tx) => {
    await appendEvents(tx, early, [event()])
    appended.resolve()
    await hold.promise
  })
  await appended.promise
  for (const seq of [1, 2, 3]) {
    await db.database.tenant(late, (tx) => appendEvents(tx, late, [event()]))
    await look()
    expect(await noted(follower, late)).toEqual(oneTo(seq))
  }
  hold.resolve()
  await held
  await look()
  expect(await noted(follower, early)).toEqual([1])
})

test('an event that a follower appends wakes the followers of that one', async () => {
  const tenantId = newId() as TenantId
  const invoicing: Follower = {
    name: `invoicing-${++names}`,
    types: ['sale.recorded'],
    handle: async (tx, events) => {
      await appendEvents(
        tx,
        tenantId,
        events.map(({ id }) => ({ ...event('invoice.issued'), cause: id })),
      )
    },
  }
  const mailing = noting({ types: ['invoice.issued'] })
  const outbox = await start([invoicing, mailing])
  await append(outbox, tenantId)
  await outbox.idle()
  expect(await noted(mailing, tenantId)).toEqual([2])
})

test('a handler that fails at one event keeps that tenant there, handles the ones before it, and stops nobody else', async () => {
  const unlucky = newId() as TenantId
  const other = newId() as TenantId
  const troubles: FollowerTrouble[] = []
  let broken = true
  const name = `picky-${++names}`
  const picky: Follower = {
    name,
    handle: async (tx, events) => {
      await note(tx, name, events)
      if (broken && events.some((each) => each.type === 'poison')) throw new Error('cannot swallow this')
    },
  }
  const outbox = await start([picky], (trouble) => troubles.push(trouble))
  const tickAfter = async (ms: number) => {
    now = instant(now + ms)
    await outbox.tick(now)
    await outbox.idle()
  }
  await append(outbox, unlucky, ['fine', 'fine', 'poison', 'fine'])
  await append(outbox, other, ['fine'])
  await outbox.idle()
  expect(await noted(picky, other)).toEqual([1])
  expect(await noted(picky, unlucky)).toEqual([])
  await tickAfter(999)
  expect(troubles).toHaveLength(1)
  // Due again: the batch is taken one by one now, up to the event that fails.
  await tickAfter(1)
  expect(await noted(picky, unlucky)).toEqual([1, 2])
  for (let failures = 1; failures < 5; failures++) await tickAfter(1_000 * 2 ** (failures - 1))
  expect(troubles.map(({ afterSeq, failures, stuck }) => ({ afterSeq, failures, stuck }))).toEqual([
    { afterSeq: 0, failures: 1, stuck: false },
    { afterSeq: 2, failures: 1, stuck: false },
    { afterSeq: 2, failures: 2, stuck: false },
    { afterSeq: 2, failures: 3, stuck: false },
    { afterSeq: 2, failures: 4, stuck: false },
    { afterSeq: 2, failures: 5, stuck: true },
  ])
  await append(outbox, other, ['fine'])
  await outbox.idle()
  expect(await noted(picky, other)).toEqual([1, 2])
  // News of the stuck tenant is no reason to try before its time.
  await append(outbox, unlucky, ['fine'])
  await outbox.idle()
  expect(troubles).toHaveLength(6)

  broken = false
  await tickAfter(300_000)
  expect(await noted(picky, unlucky)).toEqual([1, 2, 3, 4, 5])
  const [cursor] = await db.query('select failures, retry_at, last_error from hub.outbox_cursors where follower = $1', [
    name,
  ])
  expect(cursor).toEqual({ failures: 0, retry_at: null, last_error: null })
})

test('a handler that the database interrupts by a deadlock is run again and its effect stands once', async () => {
  const tenantId = newId() as TenantId
  let tries = 0
  const name = `interrupted-${++names}`
  const interrupted: Follower = {
    name,
    from: 'head',
    handle: async (tx, events) => {
      await note(tx, name, events)
      if (++tries < 3) await sql`do $$ begin raise 'crossed' using errcode = '40P01'; end $$`.execute(tx)
    },
  }
  const troubles: FollowerTrouble[] = []
  const outbox = await start([interrupted], (trouble) => troubles.push(trouble))
  await append(outbox, tenantId)
  await outbox.idle()
  expect(await noted(interrupted, tenantId)).toEqual([1])
  expect({ tries, troubles }).toEqual({ tries: 3, troubles: [] })
})

test('stopping lets the batch that runs come to its end and begins no other', async () => {
  const tenantId = newId() as TenantId
  const begun = Promise.withResolvers<void>()
  const name = `slow-${++names}`
  const slow: Follower = {
    name,
    from: 'head',
    batchMax: 1,
    handle: async (tx, events) => {
      begun.resolve()
      await sleep(100)
      await note(tx, name, events)
    },
  }
  const outbox = await start([slow])
  await append(outbox, tenantId, ['a', 'b'])
  await begun.promise
  await outbox.stop()
  expect(await noted(slow, tenantId)).toEqual([1])
})
