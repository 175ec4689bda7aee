import { afterAll, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { cancelSync } from './cancel.ts'
import { startFirstSync } from './start.ts'
import { listRuns } from './store-runs.ts'
import { findSchedule, wantCatalogAt } from './store-schedules.ts'
import type { SyncMode } from './sync-states.ts'
import { DAY_MS, NOW, openSyncBench, type SyncBench, syncingWith } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'
import { pruneSyncs, tickSyncs } from './tick.ts'

const db = useDatabase()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
})

const MINUTE_MS = 60_000

async function shop(slug: string): Promise<{ till: TillServer; bench: SyncBench }> {
  // Connections of the tests before are none of this hub's.
  await db.query('delete from pos.sync_schedules')
  const till = await startTillServer()
  const bench = await openSyncBench(db, till, { slug })
  closing.push(bench.close)
  for (let i = 1; i <= 10; i++) till.sell(`old-${i}`, 'main', NOW - i * 3_600_000, 100 * i)
  return { till, bench }
}

async function runs({ connection }: SyncBench, ...modes: SyncMode[]) {
  return db.database.tenant(connection.tenantId, (tx) =>
    listRuns(tx, connection.tenantId, connection.id, { limit: 100, after: null, modes }),
  )
}

async function tickAt(bench: SyncBench, at: number): Promise<void> {
  bench.time.now = instant(at)
  await tickSyncs(bench.syncing, bench.time.now)
  for (const { id, finishedAt } of await runs(bench)) if (finishedAt === null) await bench.finish(id)
}

const scheduleOf = ({ connection }: SyncBench) =>
  db.database.tenant(connection.tenantId, (tx) => findSchedule(tx, connection.tenantId, connection.id))

test('news are looked for every minute where the provider does not tell, every five where it does', async () => {
  const { till, bench } = await shop('rhythm')
  await bench.finish(await bench.firstSync())
  await tickAt(bench, NOW + MINUTE_MS)
  till.sell('new', 'main', NOW + MINUTE_MS + 1, 5)
  await tickAt(bench, NOW + 2 * MINUTE_MS)
  expect(await runs(bench, 'incremental')).toHaveLength(2)
  expect(await bench.facts()).toEqual(till.books())

  bench.world.isTold = true
  await tickAt(bench, NOW + 3 * MINUTE_MS)
  await tickAt(bench, NOW + 4 * MINUTE_MS)
  await tickAt(bench, NOW + 7 * MINUTE_MS)
  expect(await runs(bench, 'incremental')).toHaveLength(3)
  await tickAt(bench, NOW + 8 * MINUTE_MS)
  expect(await runs(bench, 'incremental')).toHaveLength(4)
})

test('what may have come late is read again once a night', async () => {
  const { bench } = await shop('night')
  await bench.finish(await bench.firstSync())
  for (let hour = 1; hour <= 48; hour++) await tickAt(bench, NOW + hour * 3_600_000)
  const nightly = await runs(bench, 'nightly')
  expect(nightly).toHaveLength(2)
  expect(nightly.every(({ state }) => state === 'done')).toBe(true)
})

test('a clock that was ahead and is set right makes nobody wait until it gets there again', async () => {
  const { till, bench } = await shop('set-back')
  await bench.finish(await bench.firstSync())
  await tickAt(bench, NOW + 3 * 3_600_000)
  till.sell('meanwhile', 'main', NOW + 30_000, 5)
  await tickAt(bench, NOW + 2 * MINUTE_MS)
  expect(await bench.facts()).toEqual(till.books())
  // What it asked for while it was wrong lay in the future, so the late ones are looked for too.
  expect(await runs(bench, 'nightly')).toHaveLength(1)
  await tickAt(bench, NOW + 3 * MINUTE_MS)
  expect(await runs(bench, 'nightly')).toHaveLength(1)
})

test('two hubs that tick at once begin each run once', async () => {
  const { till, bench } = await shop('twice')
  await bench.finish(await bench.firstSync())
  const other = syncingWith(db.database, bench.connection, till, bench.time)
  closing.push(other.close)
  bench.time.now = instant(NOW + MINUTE_MS)
  await Promise.all([bench.syncing, other.syncing, bench.syncing].map((one) => tickSyncs(one, bench.time.now)))
  expect(await runs(bench, 'incremental')).toHaveLength(1)
})

test('a catalogue that changed is read with the next look, and not with every one', async () => {
  const { till, bench } = await shop('catalogue')
  await bench.finish(await bench.firstSync())
  await tickAt(bench, NOW + MINUTE_MS)
  till.put('article', NOW, { id: 'rye', updated_at: NOW, name: 'Rye loaf' })
  await tickAt(bench, NOW + 2 * MINUTE_MS)
  const catalogues = async () => (await runs(bench, 'incremental')).filter((run) => run.dataTypes.includes('catalog'))
  const before = (await catalogues()).length
  const { tenantId, id } = bench.connection
  await db.database.tenant(tenantId, (tx) => wantCatalogAt(tx, tenantId, id, instant(NOW + 2 * MINUTE_MS)))
  await tickAt(bench, NOW + 2 * MINUTE_MS + 1_000)
  expect(await catalogues()).toHaveLength(before + 1)
  expect(await db.query('select name from pos.catalog_articles where connection_id = $1', [id])).toEqual([
    { name: 'Rye loaf' },
  ])
})

test('a connection that waits for a person is left alone until it is signed in again, then all is read', async () => {
  const { till, bench } = await shop('asleep')
  bench.world.connection = { ...bench.connection, state: 'needs_sign_in' }
  await bench.firstSync()
  await tickAt(bench, NOW + MINUTE_MS)
  await tickAt(bench, NOW + 20 * MINUTE_MS)
  expect(till.asked).toEqual([])
  expect((await runs(bench)).map(({ state, errorCode }) => [state, errorCode])).toEqual([
    ['failed', 'sync.sign-in-needed'],
  ])
  bench.world.connection = bench.connection
  await tickAt(bench, NOW + 30 * MINUTE_MS)
  expect(await bench.facts()).toEqual(till.books())
})

test('a connection that ended is looked at no more', async () => {
  const { bench } = await shop('ended')
  await bench.firstSync()
  bench.world.connection = { ...bench.connection, state: 'disconnected' }
  await tickAt(bench, NOW + MINUTE_MS)
  expect(await scheduleOf(bench)).toBeNull()
})

test('a place that is chosen later gets its past, and the others are not read again', async () => {
  const { till, bench } = await shop('places')
  for (let i = 1; i <= 10; i++) till.sell(`c-${i}`, 'corner', NOW - i * 3_600_000, 3)
  const main = [...bench.connection.places].filter(([place]) => place === 'main')
  bench.world.connection = { ...bench.connection, places: new Map(main) }
  const { tenantId } = bench.connection
  const first = await db.database.tenant(tenantId, (tx) =>
    startFirstSync(tx, bench.world.connection, { actor: 'person:ada', requestId: null, now: NOW }),
  )
  await bench.finish(first?.id ?? newId())
  expect((await bench.facts()).count).toBe(10)

  bench.world.connection = bench.connection
  await tickAt(bench, NOW + MINUTE_MS)
  expect(await bench.facts()).toEqual(till.books())
  expect((await runs(bench, 'backfill')).map(({ locations }) => locations)).toEqual([['corner'], null])
})

test('a past that a person stopped is not taken up again by itself; one that failed is', async () => {
  const { till, bench } = await shop('stopped')
  const id = await bench.firstSync()
  const { tenantId } = bench.connection
  await db.database.tenant(tenantId, (tx) => cancelSync(tx, bench.connection, id, bench.time.now))
  await tickAt(bench, NOW + 2 * DAY_MS)
  expect(await runs(bench, 'backfill')).toHaveLength(1)

  const broken = await shop('broken')
  broken.till.mood = ({ kind }) => (kind === 'order' ? 'refuse' : null)
  await broken.bench.finish(await broken.bench.firstSync())
  broken.till.mood = () => null
  await tickAt(broken.bench, NOW + DAY_MS)
  expect((await runs(broken.bench, 'backfill')).map(({ state }) => state)).toEqual(['done', 'partial'])
  expect(await broken.bench.facts()).toEqual(broken.till.books())
  expect(till.asked).not.toEqual([])
})

test('looks that found nothing are forgotten after some days, and nothing else is', async () => {
  const { till, bench } = await shop('pruned')
  await bench.finish(await bench.firstSync())
  await tickAt(bench, NOW + MINUTE_MS)
  till.sell('new', 'main', NOW + MINUTE_MS, 5)
  await tickAt(bench, NOW + 2 * MINUTE_MS)
  bench.time.now = instant(NOW + 4 * DAY_MS)
  await pruneSyncs(bench.syncing, bench.time.now)
  const left = await runs(bench)
  expect(left.map(({ mode, tally }) => [mode, tally.created])).toEqual([
    ['incremental', 1],
    ['backfill', 10],
  ])
  const windows = await db.query(
    `select from pos.sync_windows w where not exists (select from pos.sync_logs l where l.id = w.sync_id)`,
  )
  expect(windows).toEqual([])
})

test('only looks that found something are told to those who watch', async () => {
  const { till, bench } = await shop('told')
  await bench.finish(await bench.firstSync())
  const lines = async () =>
    (
      await db.query<{ type: string }>(
        `select type from hub.outbox where tenant_id = $1 and type like 'sync.%' order by seq`,
        [bench.connection.tenantId],
      )
    ).map(({ type }) => type)
  expect(await lines()).toEqual(['sync.started', 'sync.finished'])
  await tickAt(bench, NOW + MINUTE_MS)
  expect(await lines()).toHaveLength(2)
  till.sell('new', 'main', NOW + MINUTE_MS, 5)
  await tickAt(bench, NOW + 2 * MINUTE_MS)
  expect((await lines()).slice(2)).toEqual(['sync.finished'])
})
