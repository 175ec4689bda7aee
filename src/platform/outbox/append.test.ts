import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { appendEvents, type NewEvent } from './append.ts'
import { readEvents } from './read.ts'

const db = useDatabase()
const shopOpened: NewEvent = {
  type: 'shop.opened',
  subject: 'shop/1',
  occurredAt: instant(1_767_225_600_000),
  actor: 'hub',
  data: { note: 'back\\slash, "quotes", {braces} and ünïcode', nested: { list: [1, null, true] } },
}

const page = (tenantId: TenantId, after = 0, limit = 100, types?: readonly string[]) =>
  db.database.tenant(tenantId, (tx) => readEvents(tx, tenantId, { after, limit, types }))

test('a line comes back as it was given, with the next number of its tenant', async () => {
  const tenantId = newId() as TenantId
  const cause = newId()
  const id = newId()
  const seqs = await db.database.tenant(tenantId, (tx) =>
    appendEvents(tx, tenantId, [
      shopOpened,
      { ...shopOpened, id, cause, requestId: 'req-1', schemaVersion: 3, actor: 'key/7' },
    ]),
  )
  expect(seqs).toEqual([1, 2])
  const { events, through, head } = await page(tenantId)
  expect(events[0]).toMatchObject({ ...shopOpened, tenantId, seq: 1, requestId: null, cause: null, schemaVersion: 1 })
  expect(events[1]).toMatchObject({ id, seq: 2, cause, requestId: 'req-1', schemaVersion: 3, actor: 'key/7' })
  expect({ through, head }).toEqual({ through: 2, head: 2 })
})

test('a rollback gives its numbers back', async () => {
  const tenantId = newId() as TenantId
  const regretted = db.database.tenant(tenantId, async (tx) => {
    expect(await appendEvents(tx, tenantId, [shopOpened, shopOpened])).toEqual([1, 2])
    throw new Error('no')
  })
  await expect(regretted).rejects.toThrow('no')
  const seqs = await db.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, [shopOpened]))
  expect(seqs).toEqual([1])
})

test('a tenant cannot append to the outbox of another', async () => {
  const foreign = db.database.tenant(newId() as TenantId, (tx) => appendEvents(tx, newId() as TenantId, [shopOpened]))
  await expect(foreign).rejects.toThrow(/row-level security/)
})

test('a page of wanted types says how far it looked, so that the next one goes on there', async () => {
  const tenantId = newId() as TenantId
  const kinds = ['a', 'b', 'a', 'b', 'b'].map((type) => ({ ...shopOpened, type }))
  await db.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, kinds))
  const first = await page(tenantId, 0, 1, ['a'])
  expect(first.events.map((event) => event.seq)).toEqual([1])
  expect(first.through).toBe(1)
  const rest = await page(tenantId, first.through, 5, ['a'])
  expect(rest.events.map((event) => event.seq)).toEqual([3])
  expect(rest.through).toBe(5)
  await expect(page(tenantId, 6)).rejects.toMatchObject({ code: 'outbox.position-ahead' })
})

test('wanted types that are rare are found over many pages, each of which looks at a bounded stretch', async () => {
  const tenantId = newId() as TenantId
  const dull = Array.from({ length: 6_000 }, () => ({ ...shopOpened, type: 'dull', data: {} }))
  await db.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, [...dull, { ...shopOpened, type: 'rare' }]))
  const first = await page(tenantId, 0, 10, ['rare'])
  expect(first).toMatchObject({ events: [], through: 5_000, head: 6_001 })
  const second = await page(tenantId, first.through, 10, ['rare'])
  expect(second.events.map((event) => event.seq)).toEqual([6_001])
})

// The plain recipe: number lines by a sequence, remember the highest number seen. Shown beside ours on the same course
// of events: two writers begin, the later one commits first, the follower looks, then the earlier one commits.
test('a follower of a plain sequence loses the line of a writer that commits late; ours does not', async () => {
  const tenantId = newId() as TenantId
  await db.query('create table public.plain_outbox (seq bigserial primary key, what text)')
  await db.query('grant all on public.plain_outbox to tillwire_app')
  await db.query('grant all on sequence public.plain_outbox_seq_seq to tillwire_app')
  const seenPlain: string[] = []
  const seenOurs: string[] = []
  let plainCursor = '0'
  let ourCursor = 0
  const look = async () => {
    const plain = await db.query<{ seq: string; what: string }>(
      'select seq, what from public.plain_outbox where seq > $1 order by seq',
      [plainCursor],
    )
    seenPlain.push(...plain.map((row) => row.what))
    plainCursor = plain.at(-1)?.seq ?? plainCursor
    const ours = await page(tenantId, ourCursor)
    seenOurs.push(...ours.events.map((event) => event.subject))
    ourCursor = ours.through
  }
  const early = await openByHand(tenantId)
  const late = await openByHand(tenantId)

  await early.query("insert into public.plain_outbox (what) values ('early')")
  await late.query("insert into public.plain_outbox (what) values ('late')")
  await late.query('commit; begin')
  await look()
  await early.query('commit; begin')
  await look()
  expect(seenPlain).toEqual(['late'])

  const append = db.database.tenant(tenantId, async (tx) => {
    await appendEvents(tx, tenantId, [{ ...shopOpened, subject: 'early' }])
    // The other writer begins now and commits as soon as it may: not before this one.
    const other = db.database.tenant(tenantId, (second) =>
      appendEvents(second, tenantId, [{ ...shopOpened, subject: 'late' }]),
    )
    await look()
    return { other }
  })
  await (await append).other
  await look()
  expect(seenOurs).toEqual(['early', 'late'])
  await early.end()
  await late.end()
})

async function openByHand(tenantId: TenantId): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: db.url, options: '-c role=tillwire_app' })
  await client.connect()
  await client.query(`begin; select set_config('tillwire.tenant', '${tenantId}', false)`)
  return client
}

test('a transaction of one tenant that is held open does not stall another tenant', async () => {
  const slow = newId() as TenantId
  const quick = newId() as TenantId
  const hold = Promise.withResolvers<void>()
  const appended = Promise.withResolvers<void>()
  const held = db.database.tenant(slow, async (tx) => {
    await appendEvents(tx, slow, [shopOpened])
    appended.resolve()
    await hold.promise
  })
  await appended.promise
  await db.database.tenant(quick, (tx) => appendEvents(tx, quick, [shopOpened]))
  expect((await page(quick)).events).toHaveLength(1)
  expect((await page(slow)).events).toHaveLength(0)
  hold.resolve()
  await held
})

let second: Database
beforeAll(() => {
  second = openDatabase({ url: db.url, connectionsMax: 4 })
})
afterAll(() => second.close())

test('numbers stay gapless and in commit order under writers that wait, fail and deadlock', async () => {
  const tenants = [newId(), newId(), newId()] as TenantId[]
  await db.query('create table public.shelves (id integer primary key, n integer not null)')
  await db.query('insert into public.shelves values (1, 0), (2, 0)')
  await db.query('grant all on public.shelves to tillwire_app')
  let committed = 0
  const writer = async (index: number) => {
    const tenantId = tenants[index % tenants.length] as TenantId
    const regrets = index % 5 === 4
    const done = (index % 2 === 0 ? db.database : second).tenant(tenantId, async (tx) => {
      // Two of the writers take the same two shelves, each in another order.
      const shelves = index === 1 ? [1, 2] : index === 2 ? [2, 1] : []
      for (const id of shelves) {
        await sql`update public.shelves set n = n + 1 where id = ${id}`.execute(tx)
        await sql`select pg_sleep(0.05)`.execute(tx)
      }
      await appendEvents(tx, tenantId, [shopOpened, { ...shopOpened, subject: `writer/${index}` }])
      await sql`select pg_sleep(${(index % 4) / 200})`.execute(tx)
      if (regrets) throw new Error('regretted')
      committed++
    })
    await (regrets ? expect(done).rejects.toThrow('regretted') : done)
  }
  await Promise.all(Array.from({ length: 60 }, (_, index) => writer(index)))
  let lines = 0
  for (const tenantId of tenants) {
    const { events } = await page(tenantId, 0, 1_000)
    lines += events.length
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1))
  }
  expect({ committed, lines }).toEqual({ committed: 48, lines: 96 })
  expect(await db.query('select n from public.shelves')).toEqual([{ n: 2 }, { n: 2 }])
})
