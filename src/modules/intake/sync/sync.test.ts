import { afterAll, expect, test } from 'vitest'
import { instant, localDate } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { coverageOf } from './coverage.ts'
import { progressOf } from './progress.ts'
import { missingPast } from './start.ts'
import { stepSync } from './step.ts'
import { listRuns, type SyncRun } from './store-runs.ts'
import { NO_WINDOWS, windowStandings } from './store-windows.ts'
import { type BenchWish, DAY_MS, NOW, openSyncBench, type SyncBench } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'

const db = useDatabase()
const benches: SyncBench[] = []
afterAll(async () => {
  await Promise.all(benches.map((bench) => bench.close()))
})

let shops = 0
async function shop(wish: Omit<BenchWish, 'slug'> = {}): Promise<{ till: TillServer; bench: SyncBench }> {
  const till = await startTillServer()
  const bench = await openSyncBench(db, till, { slug: `shop-${++shops}`, ...wish })
  benches.push(bench)
  return { till, bench }
}

async function runsOf({ connection }: SyncBench): Promise<SyncRun[]> {
  const page = { limit: 50, after: null, modes: [] }
  return db.database.tenant(connection.tenantId, (tx) => listRuns(tx, connection.tenantId, connection.id, page))
}

/** A sale every so many hours at both places, for so many days back. */
function trade(till: TillServer, days: number, everyHours = 6): void {
  for (let hour = 0; hour < days * 24; hour += everyHours) {
    till.sell(`m${hour}`, 'main', NOW - hour * 3_600_000 - 60_000, 100 + hour)
    till.sell(`c${hour}`, 'corner', NOW - hour * 3_600_000 - 90_000, 7)
  }
}

test('a first sync reads the catalogue, then the past newest first, to the cent', async () => {
  const { till, bench } = await shop()
  trade(till, 60)
  till.put('article', NOW - DAY_MS, { id: 'rye', updated_at: NOW - DAY_MS, name: 'Rye loaf' })
  const id = await bench.firstSync()
  await bench.finish(id)
  expect(await bench.facts()).toEqual(till.books())
  expect(till.asked[0]?.kind).toBe('article')
  const windows = await db.query<{ round: number; from: Date; to: Date }>(
    `select round, min(from_at) as from, max(to_at) as to from pos.sync_windows
     where sync_id = $1 and data_type = 'sales' group by round order by round`,
    [id],
  )
  // Yesterday first, then one period below the other without a gap, to where nothing is.
  expect(windows[0]).toEqual({ round: 1, from: new Date(NOW - 2 * DAY_MS), to: new Date(NOW) })
  for (const [index, { to }] of windows.slice(1).entries()) expect(to).toEqual(windows[index]?.from)
  expect(windows.at(-1)?.from).toEqual(new Date(Date.UTC(2000, 0, 1)))
  const articles = await db.query('select name from pos.catalog_articles where connection_id = $1', [
    bench.connection.id,
  ])
  expect(articles).toEqual([{ name: 'Rye loaf' }])
  const [run] = await runsOf(bench)
  expect(run).toMatchObject({ state: 'done', mode: 'backfill' })
  expect(run?.tally).toMatchObject({ created: till.books().count, articlesCreated: 1, windowsFailed: 0, failed: 0 })
  const coverage = await db.database.tenant(bench.connection.tenantId, (tx) =>
    coverageOf(tx, bench.connection, bench.time.now),
  )
  expect(coverage).toEqual([
    { dataType: 'sales', from: Date.UTC(2000, 0, 1), to: NOW, past: 'exhausted', horizon: null, unfinished: [] },
    { dataType: 'catalog', from: Date.UTC(2000, 0, 1), to: NOW, past: 'whole', horizon: null, unfinished: [] },
  ])
})

test('the past ends where it is no longer wanted, and where the provider shows no more', async () => {
  const wanted = await shop({ backfillFrom: localDate('2026-09-20') })
  trade(wanted.till, 30)
  await wanted.bench.finish(await wanted.bench.firstSync())
  const lower = Date.UTC(2026, 8, 20) - 14 * 3_600_000
  const inside = [...Array(120).keys()].map((i) => i * 6).filter((hour) => NOW - hour * 3_600_000 - 90_000 >= lower)
  expect((await wanted.bench.facts()).count).toBe(inside.length * 2)

  const short = await shop({ horizonMs: 7 * DAY_MS })
  trade(short.till, 30)
  await short.bench.finish(await short.bench.firstSync())
  const [sales] = await db.database.tenant(short.bench.connection.tenantId, (tx) =>
    coverageOf(tx, short.bench.connection, short.bench.time.now),
  )
  expect(sales).toMatchObject({ from: NOW - 7 * DAY_MS, past: 'horizon', unfinished: [] })
})

test('pages that are clipped, cursors that are forgotten and calls that fail lose nothing', async () => {
  const { till, bench } = await shop()
  trade(till, 40)
  till.mood = ({ no, hasCursor }) => {
    if (no % 7 === 3) return 'clip'
    if (no % 11 === 5 && hasCursor) return 'forget'
    return no % 13 === 6 ? 'fall' : no % 17 === 8 ? 'garble' : null
  }
  await bench.finish(await bench.firstSync())
  expect(await bench.facts()).toEqual(till.books())
  expect(await runsOf(bench)).toMatchObject([{ state: 'done' }])
})

test('a stream that may not be read fails with what is missing, and the others are read', async () => {
  const { till, bench } = await shop()
  trade(till, 20)
  till.mood = ({ kind }) => (kind === 'payment' ? 'forbid' : null)
  await bench.finish(await bench.firstSync())
  const [run] = await runsOf(bench)
  expect(run).toMatchObject({ state: 'partial', errorCode: 'sync.forbidden' })
  expect(run?.error).toContain('The till lets nobody read this.')
  expect((await bench.facts()).count).toBe(till.books().count)
  const missing = await db.database.tenant(bench.connection.tenantId, (tx) => missingPast(tx, bench.connection))
  expect(new Set(missing.map(({ stream }) => stream))).toEqual(new Set(['payments']))
})

test('a sign-in that is no longer accepted ends the run and says so', async () => {
  const { till, bench } = await shop()
  trade(till, 5)
  till.mood = () => 'unknown'
  await bench.finish(await bench.firstSync())
  expect(await runsOf(bench)).toMatchObject([{ state: 'failed', errorCode: 'sync.sign-in-needed' }])
})

test('a stretch that cannot be read is tried some times, then stands there as failed while the rest is read', async () => {
  const { till, bench } = await shop({ dataTypes: ['sales'] })
  trade(till, 20)
  till.mood = ({ kind }) => (kind === 'order' ? 'refuse' : null)
  await bench.finish(await bench.firstSync())
  const [run] = await runsOf(bench)
  expect(run).toMatchObject({ state: 'partial', errorCode: 'sync.refused' })
  const windows = await db.query('select state, tries from pos.sync_windows where sync_id = $1 and stream = $2', [
    run?.id,
    'orders',
  ])
  expect(new Set(windows.map(({ state }) => state))).toEqual(new Set(['failed']))
  const [sales] = await db.database.tenant(bench.connection.tenantId, (tx) =>
    coverageOf(tx, bench.connection, bench.time.now),
  )
  expect(sales).toMatchObject({ from: NOW, past: 'unfinished' })
})

test('a run waits while the provider is away, says so, and goes on by itself', async () => {
  const { till, bench } = await shop({ dataTypes: ['sales'] })
  trade(till, 10)
  const id = await bench.firstSync()
  let away = 0
  till.mood = () => (away++ < 12 ? 'fall' : null)
  const steps = await bench.finish(id)
  expect(steps).toBeGreaterThan(1)
  expect(await bench.facts()).toEqual(till.books())
  expect(await runsOf(bench)).toMatchObject([{ state: 'done', errorCode: null, tries: 0 }])
})

test('one address of a provider that is away keeps the others waiting for a moment only', async () => {
  const { till, bench } = await shop()
  trade(till, 20)
  till.put('article', NOW - DAY_MS, { id: 'rye', updated_at: NOW - DAY_MS, name: 'Rye loaf' })
  till.mood = ({ kind }) => (kind === 'article' ? 'fall' : null)
  const id = await bench.firstSync()
  for (let steps = 0; steps < 8; steps++) {
    await stepSync(bench.syncing, bench.connection.tenantId, id)
    bench.time.now = instant(bench.time.now + 15 * 60_000)
  }
  expect(await bench.facts()).toEqual(till.books())
  expect(await runsOf(bench)).toMatchObject([{ state: 'waiting', errorCode: 'sync.unavailable' }])
  till.mood = () => null
  await bench.finish(id)
  expect(await runsOf(bench)).toMatchObject([{ state: 'done', tally: { articlesCreated: 1 } }])
})

test('many short steps come to the same as one long one', async () => {
  const { till, bench } = await shop()
  trade(till, 40)
  const id = await bench.firstSync()
  const steps = await bench.finish(id, 1)
  expect(steps).toBeGreaterThan(10)
  expect(await bench.facts()).toEqual(till.books())
  expect(await runsOf(bench)).toMatchObject([{ state: 'done' }])
})

test('a first period that holds far too much is cut to its newest part, and nothing falls into the gap', async () => {
  const { till, bench } = await shop({ dataTypes: ['sales'] })
  for (let i = 0; i < 900; i++) till.sell(`busy-${i}`, 'main', NOW - i * 150_000 - 60_000, i)
  const id = await bench.firstSync()
  await bench.finish(id)
  expect(await bench.facts()).toEqual(till.books())
  const windows = await db.query<{ round: number; stream: string; from: Date; to: Date }>(
    `select round, stream, from_at as from, to_at as to from pos.sync_windows
     where sync_id = $1 and 'main' = any(locations) order by stream, round`,
    [id],
  )
  for (const stream of ['orders', 'payments']) {
    const own = windows.filter((window) => window.stream === stream)
    expect(own[0]?.from.getTime()).toBeGreaterThan(NOW - DAY_MS)
    for (const [index, { to }] of own.slice(1).entries()) expect(to).toEqual(own[index]?.from)
  }
})

test('what a run shows of its progress only grows, and ends at all of it', async () => {
  const { till, bench } = await shop({ dataTypes: ['sales'], backfillFrom: localDate('2026-08-01') })
  trade(till, 50)
  const id = await bench.firstSync()
  const seen: (number | null)[] = []
  for (;;) {
    const outcome = await stepSync(bench.syncing, bench.connection.tenantId, id, { stepMs: 40 })
    const [run] = await runsOf(bench)
    if (run === undefined) throw new Error('the run is there')
    const standings = await db.database.tenant(run.tenantId, (tx) => windowStandings(tx, [run]))
    const { done, total } = progressOf(run, standings.get(run.id) ?? NO_WINDOWS)
    expect(total).toBeCloseTo((NOW - Date.UTC(2026, 7, 1) + 14 * 3_600_000) / DAY_MS)
    seen.push(done)
    if (outcome === 'ended') {
      expect(done).toBe(total)
      break
    }
  }
  expect(seen).toEqual([...seen].sort((a, b) => (a ?? 0) - (b ?? 0)))
})

test('days count while their period is still being read, by how much of it is', async () => {
  const { till, bench } = await shop({ dataTypes: ['sales'], backfillFrom: localDate('2026-08-01') })
  for (let i = 0; i < 192; i++) till.sell(`quarterly-${i}`, 'main', NOW - i * 900_000 - 60_000, 100 + i)
  // The provider goes away in the middle of the first two days.
  till.mood = ({ no }) => (no > 20 ? 'fall' : null)
  const id = await bench.firstSync()
  while ((await stepSync(bench.syncing, bench.connection.tenantId, id)) === 'more');
  const shown = async () => {
    const [run] = await runsOf(bench)
    if (run === undefined) throw new Error('the run is there')
    const standings = await db.database.tenant(run.tenantId, (tx) => windowStandings(tx, [run]))
    return progressOf(run, standings.get(id) ?? NO_WINDOWS)
  }
  const { done, coveredFrom } = await shown()
  expect(coveredFrom).toBe(NOW)
  expect(done).toBeGreaterThan(0.1)
  expect(done).toBeLessThan(2)
  till.mood = () => null
  bench.time.now = instant(NOW + 3_600_000)
  await bench.finish(id)
  expect(await bench.facts()).toEqual(till.books())
  // Each sale was put together of its order and its payment before it was told.
  const [run] = await runsOf(bench)
  expect(run?.tally).toMatchObject({ created: till.books().count, failed: 0 })
})
