import { afterAll, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { DUE_PAUSES_MS } from '../records/due-reads.ts'
import { createDueReader, type DueReader } from './due-reader.ts'
import { startSync } from './start.ts'
import { NOW, openSyncBench, type SyncBench, syncingWith } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'

const db = useDatabase()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

const MINUTE_MS = 60_000
const failures: unknown[] = []

async function shop(slug: string): Promise<{ till: TillServer; bench: SyncBench; reader: DueReader }> {
  // Records of the tests before are none of this hub's.
  await db.query('delete from pos.due_reads')
  const till = await startTillServer()
  const bench = await openSyncBench(db, till, { slug, dataTypes: ['sales'] })
  closing.push(bench.close)
  await bench.finish(await bench.firstSync())
  const reader = createDueReader(bench.syncing, (error) => failures.push(error))
  closing.push(() => reader.stop())
  bench.time.now = instant(NOW + MINUTE_MS)
  return { till, bench, reader }
}

async function readNews({ connection, finish, time }: SyncBench): Promise<void> {
  const wish = { mode: 'incremental', dataTypes: connection.dataTypes, from: null, to: null } as const
  const { id } = await db.database.tenant(connection.tenantId, (tx) =>
    startSync(tx, connection, { ...wish, actor: 'hub:test', requestId: null }, time.now),
  )
  await finish(id)
}

async function readAt(bench: SyncBench, reader: DueReader, at: number): Promise<void> {
  bench.time.now = instant(at)
  await reader.tick(bench.time.now)
  await reader.idle()
}

async function waiting(bench: SyncBench) {
  return db.query<{ kind: string; external_id: string; reason: string; step: number; state: string; due_at: Date }>(
    `select kind, external_id, reason, step, state, due_at from pos.due_reads where connection_id = $1
     order by kind, external_id`,
    [bench.connection.id],
  )
}

const openOrder = (id: string, at: number) =>
  ({ id, version: 1, updated_at: at, place: 'main', state: 'open', total: 500, item: 'Rye' }) as const

test('a sale that is open is read again until the till has closed it, and then no more', async () => {
  const { till, bench, reader } = await shop('open')
  const at = bench.time.now - 1_000
  till.put('order', at, openOrder('table-7', at))
  await readNews(bench)
  expect(await waiting(bench)).toMatchObject([{ external_id: 'table-7', reason: 'open', step: 0 }])
  await readAt(bench, reader, bench.time.now + 1_000)
  expect(till.asked.some(({ kind }) => kind.startsWith('fetch'))).toBe(false)
  await readAt(bench, reader, bench.time.now + 1_000)
  expect(await waiting(bench)).toMatchObject([{ step: 1, due_at: new Date(bench.time.now + 10_000) }])
  expect((await bench.facts()).count).toBe(0)

  till.put('order', at, { ...openOrder('table-7', at), version: 2, state: 'closed' })
  await readAt(bench, reader, bench.time.now + 10_000)
  expect(await bench.facts()).toEqual(till.books())
  expect(await waiting(bench)).toEqual([])
  expect(failures).toEqual([])
})

test('what never comes is given up after its last step, and stands there for everybody to see', async () => {
  const { till, bench, reader } = await shop('never')
  const at = bench.time.now - 1_000
  till.put('payment', at, { id: 'p-1', order: 'lost', updated_at: at, place: 'main', amount: 100 })
  await readNews(bench)
  expect(await waiting(bench)).toMatchObject([{ kind: 'order', external_id: 'lost', reason: 'needed' }])
  let now: number = bench.time.now
  for (const pause of DUE_PAUSES_MS.needed) {
    now += pause
    await readAt(bench, reader, now)
  }
  expect(await waiting(bench)).toMatchObject([{ external_id: 'lost', state: 'given_up' }])
  const asked = till.asked.length
  await readAt(bench, reader, now + 30 * 24 * 60 * MINUTE_MS)
  expect(till.asked).toHaveLength(asked)
})

test('while the provider is away nothing counts as a try', async () => {
  const { till, bench, reader } = await shop('away')
  const at = bench.time.now - 1_000
  till.put('order', at, openOrder('table-8', at))
  await readNews(bench)
  till.mood = () => 'fall'
  await readAt(bench, reader, bench.time.now + 2_000)
  expect(await waiting(bench)).toMatchObject([{ step: 0, state: 'waiting' }])
  till.mood = () => null
  till.put('order', at, { ...openOrder('table-8', at), version: 2, state: 'closed' })
  await readAt(bench, reader, bench.time.now + 30 * MINUTE_MS)
  expect(await bench.facts()).toEqual(till.books())
})

test('a record that the provider refuses does not keep the others of its call away', async () => {
  const { till, bench, reader } = await shop('refused')
  const at = bench.time.now - 1_000
  for (let i = 0; i < 9; i++) till.put('order', at, openOrder(`t${i}`, at))
  await readNews(bench)
  for (let i = 0; i < 9; i++) till.put('order', at, { ...openOrder(`t${i}`, at), version: 2, state: 'closed' })
  till.refused = 't4'
  await readAt(bench, reader, bench.time.now + 2_000)
  expect((await bench.facts()).count).toBe(8)
  expect(await waiting(bench)).toMatchObject([{ external_id: 't4', step: 1 }])
  till.refused = null
  await readAt(bench, reader, bench.time.now + 10_000)
  expect(await bench.facts()).toEqual(till.books())
})

test('two hubs share what is due, and ask for each record once', async () => {
  const { till, bench, reader } = await shop('shared')
  const at = bench.time.now - 1_000
  for (let i = 0; i < 150; i++) till.put('order', at + i, openOrder(`t${i}`, at + i))
  await readNews(bench)
  const other = syncingWith(db.database, bench.connection, till, bench.time)
  const otherReader = createDueReader(other.syncing, (error) => failures.push(error))
  closing.push(other.close)
  till.asked.length = 0
  bench.time.now = instant(bench.time.now + 2_000)
  await Promise.all([reader.tick(bench.time.now), otherReader.tick(bench.time.now)])
  await Promise.all([reader.idle(), otherReader.idle()])
  const ids = till.asked.flatMap(({ path }) => new URLSearchParams(path).get('ids')?.split(',') ?? [])
  expect(ids).toHaveLength(150)
  expect(new Set(ids).size).toBe(150)
  expect((await waiting(bench)).every(({ step }) => step === 1)).toBe(true)
  expect(failures).toEqual([])
})
