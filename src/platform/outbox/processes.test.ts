import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { type Database, openDatabase, type Tx } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { appendEvents } from './append.ts'
import type { OutboxEvent } from './event.ts'
import { type Outbox, openOutbox } from './outbox.ts'

const db = useDatabase()
const clock = { now: () => instant(Date.now()) }
const root = fileURLToPath(new URL('../../../', import.meta.url))
// Nothing here ticks: what is waited for must come by a wake, if late on a busy machine.
const soon = { timeout: 10_000, interval: 20 }
const open: Outbox[] = []
const children: ChildProcessWithoutNullStreams[] = []
let otherDatabase: Database

beforeAll(async () => {
  otherDatabase = openDatabase({ url: db.url, connectionsMax: 6 })
  await db.query(
    'create table public.effects (place bigserial primary key, tenant_id uuid, seq bigint, follower text, by_whom text)',
  )
  await db.query('grant all on public.effects to tillwire_app')
  await db.query('grant all on sequence public.effects_place_seq to tillwire_app')
})

afterEach(async () => {
  for (const child of children.splice(0)) await end(child)
  for (const outbox of open.splice(0)) await outbox.stop()
})

afterAll(() => otherDatabase.close())

const note = (name: string, byWhom: string) => async (tx: Tx, events: readonly OutboxEvent[]) => {
  for (const { tenantId, seq } of events) {
    await sql`insert into public.effects (tenant_id, seq, follower, by_whom)
      values (${tenantId}, ${seq}, ${name}, ${byWhom})`.execute(tx)
  }
}

async function start(database: Database, follower: string | null, byWhom: string): Promise<Outbox> {
  const outbox = openOutbox({ database, clock })
  open.push(outbox)
  if (follower) outbox.follow({ name: follower, batchMax: 5, handle: note(follower, byWhom) })
  await outbox.start()
  return outbox
}

const append = (outbox: Outbox, tenantId: TenantId, count = 1) =>
  outbox.database.tenant(tenantId, (tx) =>
    appendEvents(
      tx,
      tenantId,
      Array.from({ length: count }, () => ({
        type: 'sale.recorded',
        subject: 'sale/1',
        occurredAt: clock.now(),
        actor: 'hub',
        data: {},
      })),
    ),
  )

const effects = (follower: string, tenantId: TenantId) =>
  db
    .query<{ seq: string; by_whom: string }>(
      'select seq, by_whom from public.effects where follower = $1 and tenant_id = $2 order by place',
      [follower, tenantId],
    )
    .then((rows) => rows.map((row) => ({ seq: Number(row.seq), byWhom: row.by_whom })))

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

// A second hub, as small as it can be: it follows, and says so. `stall` never comes back from its handler.
const program = `
  import { sql } from 'kysely'
  import { openDatabase } from '#platform/postgres/database.ts'
  import { openOutbox } from '#platform/outbox/outbox.ts'
  const [url, follower, stall] = process.argv.slice(1)
  const database = openDatabase({ url, connectionsMax: 4 })
  const outbox = openOutbox({ database, clock: { now: () => Date.now() } })
  outbox.follow({ name: follower, batchMax: 5, handle: async (tx, events) => {
    for (const { tenantId, seq } of events) {
      await sql\`insert into public.effects (tenant_id, seq, follower, by_whom)
        values (\${tenantId}, \${seq}, \${follower}, 'child')\`.execute(tx)
    }
    if (stall === 'stall') { console.log('handled'); await new Promise(() => {}) }
  } })
  await outbox.start()
  console.log('ready')
  process.stdin.on('end', async () => { await outbox.stop(); await database.close() })
  process.stdin.resume()
`

async function startChild(...args: readonly string[]): Promise<{ said(word: string): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program, db.url, ...args], {
    cwd: root,
  })
  children.push(child)
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const words = new Set<string>()
  createInterface(child.stdout).on('line', (line) => words.add(line))
  const said = (word: string) =>
    vi.waitFor(() => expect(words, errors).toContain(word), { timeout: 15_000, interval: 5 })
  await said('ready')
  return { said }
}

async function end(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.stdin.end()
  await once(child, 'exit')
}

test('two hubs on one database share the work, and nothing is handled twice or out of order', async () => {
  const first = await start(db.database, 'shared', 'first')
  const second = await start(otherDatabase, 'shared', 'second')
  const tenants = Array.from({ length: 6 }, () => newId() as TenantId)
  await Promise.all(
    tenants.map(async (tenantId, index) => {
      for (let round = 0; round < 25; round++) await append(index % 2 === 0 ? first : second, tenantId)
    }),
  )
  await Promise.all([first.idle(), second.idle()])
  const hands = new Set<string>()
  for (const tenantId of tenants) {
    const done = await vi.waitFor(async () => {
      const rows = await effects('shared', tenantId)
      expect(rows.map((row) => row.seq)).toEqual(oneTo(25))
      return rows
    }, soon)
    for (const { byWhom } of done) hands.add(byWhom)
  }
  expect([...hands].sort()).toEqual(['first', 'second'])
})

test('news reach a follower and a live reader in another hub within milliseconds, without a tick', async () => {
  const writer = await start(db.database, null, '')
  const reader = await start(otherDatabase, 'remote', 'reader')
  const tenantId = newId() as TenantId
  await append(writer, tenantId)
  const tail = await reader.tail({ tenantId })
  const next = tail.next()
  await append(writer, tenantId)
  const { value } = await next
  expect(value.seq).toBe(2)
  await vi.waitFor(async () => expect(await effects('remote', tenantId)).toHaveLength(2), soon)
})

test('news of more tenants than one notification holds reach the other hub', async () => {
  const writer = await start(db.database, null, '')
  await start(otherDatabase, 'crowd', 'reader')
  const tenants = Array.from({ length: 450 }, () => newId() as TenantId)
  await Promise.all(tenants.map((tenantId) => append(writer, tenantId)))
  await vi.waitFor(async () => {
    const rows = await db.query('select tenant_id from public.effects where follower = $1 and tenant_id = any($2)', [
      'crowd',
      tenants,
    ])
    expect(rows).toHaveLength(450)
  }, soon)
})

test('news are heard again after the connection for them broke', async () => {
  const writer = await start(db.database, null, '')
  await start(otherDatabase, 'reconnected', 'reader')
  await db.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen%'",
  )
  const tenantId = newId() as TenantId
  await append(writer, tenantId)
  await vi.waitFor(async () => expect(await effects('reconnected', tenantId)).toHaveLength(1), soon)
})

test('a second process shares the work with this one', async () => {
  await startChild('family')
  const parent = await start(db.database, 'family', 'parent')
  const tenants = Array.from({ length: 6 }, () => newId() as TenantId)
  await Promise.all(
    tenants.map(async (tenantId) => {
      for (let round = 0; round < 20; round++) await append(parent, tenantId)
    }),
  )
  for (const tenantId of tenants) {
    await vi.waitFor(async () => {
      const rows = await effects('family', tenantId)
      expect(rows.map((row) => row.seq)).toEqual(oneTo(20))
    }, soon)
  }
})

test('a process killed between handling and commit leaves nothing behind; the next one handles again, once', async () => {
  const tenantId = newId() as TenantId
  const writer = await start(db.database, null, '')
  const child = await startChild('mortal', 'stall')
  await append(writer, tenantId, 3)
  await child.said('handled')
  const survivor = await start(otherDatabase, 'mortal', 'survivor')
  await append(survivor, tenantId)
  // The dying one still holds the cursor: the survivor leaves it alone and is not held up by it.
  expect(await effects('mortal', tenantId)).toEqual([])
  children.at(-1)?.kill('SIGKILL')
  await vi.waitFor(async () => {
    expect(await effects('mortal', tenantId)).toEqual(oneTo(4).map((seq) => ({ seq, byWhom: 'survivor' })))
  }, soon)
})
