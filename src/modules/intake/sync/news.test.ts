import { afterAll, expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { startSync } from './start.ts'
import { listPositions } from './store-positions.ts'
import type { SyncMode } from './sync-states.ts'
import { DAY_MS, NOW, openSyncBench, type SyncBench } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'

const db = useDatabase()
const benches: SyncBench[] = []
afterAll(async () => {
  await Promise.all(benches.map((bench) => bench.close()))
})

const MINUTE_MS = 60_000

/** A shop of which the past is read already. */
async function shop(slug: string): Promise<{ till: TillServer; bench: SyncBench }> {
  const till = await startTillServer()
  const bench = await openSyncBench(db, till, { slug, dataTypes: ['sales'] })
  benches.push(bench)
  for (let i = 1; i <= 20; i++) till.sell(`old-${i}`, i % 2 === 0 ? 'main' : 'corner', NOW - i * 3_600_000, 100 * i)
  await bench.finish(await bench.firstSync())
  till.asked.length = 0
  return { till, bench }
}

async function sync({ connection, time }: SyncBench, mode: SyncMode, from: number | null = null): Promise<Id> {
  const wish = { mode, dataTypes: connection.dataTypes, to: null, actor: 'hub:test', requestId: null }
  const started = await db.database.tenant(connection.tenantId, (tx) =>
    startSync(tx, connection, { ...wish, from: from === null ? null : instant(from) }, time.now),
  )
  expect(started.kind).toBe('started')
  return started.id
}

async function readTo({ connection }: SyncBench): Promise<readonly number[]> {
  const owner = { tenantId: connection.tenantId, connectionId: connection.id }
  const positions = await db.database.tenant(connection.tenantId, (tx) => listPositions(tx, owner))
  return [...new Set(positions.map((position) => position.readTo))]
}

test('an edit of an old record and a new sale are found by what changed, and nothing else is asked for', async () => {
  const { till, bench } = await shop('edits')
  bench.time.now = instant(NOW + 5 * MINUTE_MS)
  const edited = bench.time.now - MINUTE_MS
  till.put('order', NOW - 20 * 3_600_000, {
    id: 'old-20',
    version: 2,
    updated_at: edited,
    place: 'main',
    state: 'voided',
    total: 2_000,
    item: 'Rye',
  })
  till.sell('new', 'main', NOW + MINUTE_MS, 333)
  await bench.finish(await sync(bench, 'incremental'))
  expect(await bench.facts()).toEqual(till.books())
  // One call for payments at each place, one for the orders of both.
  expect(till.asked).toHaveLength(3)
  expect(await readTo(bench)).toEqual([bench.time.now])
})

test('a change that shows up after its time is found within the overlap', async () => {
  const { till, bench } = await shop('late')
  bench.time.now = instant(NOW + 5 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  till.sell('slow', 'corner', bench.time.now - 8 * MINUTE_MS, 42)
  bench.time.now = instant(NOW + 6 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  expect(await bench.facts()).toEqual(till.books())
})

test('a sale that a till sends days late is found in the night', async () => {
  const { till, bench } = await shop('offline')
  till.sell('offline', 'main', NOW - 3 * DAY_MS, 5)
  bench.time.now = instant(NOW + 5 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  expect((await bench.facts()).count).toBe(till.books().count - 1)
  await bench.finish(await sync(bench, 'nightly'))
  expect(await bench.facts()).toEqual(till.books())
})

test('a stretch that fails holds the watermark, and the next look begins before it', async () => {
  const { till, bench } = await shop('held')
  bench.time.now = instant(NOW + 10 * MINUTE_MS)
  till.sell('hidden', 'main', NOW + MINUTE_MS, 77)
  till.mood = ({ kind }) => (kind === 'order' ? 'refuse' : null)
  await bench.finish(await sync(bench, 'incremental'))
  expect(new Set(await readTo(bench))).toEqual(new Set([NOW, NOW + 10 * MINUTE_MS]))
  till.mood = () => null
  bench.time.now = instant(NOW + 40 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  expect(await bench.facts()).toEqual(till.books())
  expect(await readTo(bench)).toEqual([bench.time.now])
})

test('after an outage of 26 hours the gap is simply read', async () => {
  const { till, bench } = await shop('outage')
  for (let i = 0; i < 60; i++) till.sell(`gap-${i}`, 'main', NOW + i * 26 * MINUTE_MS, i)
  bench.time.now = instant(NOW + 26 * 60 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  expect(await bench.facts()).toEqual(till.books())
})

test('a clock that was ahead leaves nothing unread behind it', async () => {
  const { till, bench } = await shop('ahead')
  bench.time.now = instant(NOW + 180 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  bench.time.now = instant(NOW + 5 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  till.sell('between', 'main', NOW + 60 * MINUTE_MS, 5)
  bench.time.now = instant(NOW + 120 * MINUTE_MS)
  await bench.finish(await sync(bench, 'incremental'))
  expect(await bench.facts()).toEqual(till.books())
  expect(await readTo(bench)).toEqual([bench.time.now])
})

test('a range that does not reach up to what is known moves no watermark', async () => {
  const { bench } = await shop('range')
  bench.time.now = instant(NOW + 2 * DAY_MS)
  await bench.finish(await sync(bench, 'incremental', NOW + DAY_MS))
  expect(await readTo(bench)).toEqual([NOW])
  await bench.finish(await sync(bench, 'gap', NOW - DAY_MS))
  expect(await readTo(bench)).toEqual([NOW + 2 * DAY_MS])
})

test('what is known already is counted as unchanged and written nowhere', async () => {
  const { bench } = await shop('again')
  const before = await db.query('select count(*) as n from pos.sale_revisions')
  await bench.finish(await sync(bench, 'full'))
  const [run] = await db.query(`select created, updated, refunds_created from pos.sync_logs where mode = 'full'
     and connection_id = '${bench.connection.id}'`)
  expect(run).toEqual({ created: '0', updated: '0', refunds_created: '0' })
  expect(await db.query('select count(*) as n from pos.sale_revisions')).toEqual(before)
})
