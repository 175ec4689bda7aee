import fc from 'fast-check'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { CatalogArticle } from '#canon/catalog.ts'
import { instant } from '#kernel/instant.ts'
import { listCatalogArticles } from '#modules/mirror/catalog-list.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { CallFailed, Garbled, type Orders } from '../../../../connectors/contract.ts'
import { startFirstSync } from './start.ts'
import { listRuns, type SyncRun } from './store-runs.ts'
import { findSchedule, wantCatalogAt } from './store-schedules.ts'
import { NOW, openSyncBench, type SyncBench } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'
import { tickSyncs } from './tick.ts'

// A system of which nothing is pulled and which shows its menu. What it shows is the test's.

const db = useDatabase()
let till: TillServer | undefined
let bench: SyncBench
let shows: readonly CatalogArticle[] | Error
let asked = 0
let shops = 0

beforeEach(async () => {
  await bench?.close()
  await db.query('delete from pos.sync_schedules')
  till ??= await startTillServer()
  bench = await openSyncBench(db, till, { slug: `menu-${++shops}`, dataTypes: ['catalog', 'sales'] })
  const { live } = bench.world.connection
  const orders: Orders = {
    assurance: { keyLifeMs: null, findBy: null, settleMs: 0 },
    fulfilments: ['pickup'],
    unmapped: 'refused',
    notices: [],
    prepare: () => ({ calls: [], problems: [], warnings: [] }),
    push: () => {
      throw new Error('nothing is pushed here')
    },
    // biome-ignore lint/correctness/useYield: it has what it shows in hand.
    *menu() {
      asked++
      if (shows instanceof Error) throw shows
      return shows
    },
  }
  const menued = { ...live, pull: { ...live.pull, streams: [] }, orders }
  bench.world.connection = { ...bench.world.connection, live: menued }
  asked = 0
})
afterAll(() => bench.close())

function dish(externalId: string, changes: Partial<CatalogArticle> = {}): CatalogArticle {
  const none = { parentExternalId: null, variant: null, sku: null, barcode: null, category: null, updatedAt: null }
  return { ...none, externalId, name: `Dish ${externalId}`, price: 900n, currency: null, deleted: false, ...changes }
}

const inTenant = () => bench.world.connection.tenantId

async function runs(): Promise<SyncRun[]> {
  const { tenantId, id } = bench.world.connection
  const page = { limit: 100, after: null, modes: [] }
  return db.database.tenant(tenantId, (tx) => listRuns(tx, tenantId, id, page))
}

async function tickAt(at: number): Promise<SyncRun | undefined> {
  bench.time.now = instant(at)
  await tickSyncs(bench.syncing, bench.time.now)
  for (const { id, finishedAt } of await runs()) if (finishedAt === null) await bench.finish(id)
  return (await runs())[0]
}

async function sold(): Promise<string[]> {
  const { id } = bench.world.connection
  const listed = await db.database.tenant(inTenant(), (tx) =>
    listCatalogArticles(tx, inTenant(), id, { after: null, limit: 10_000 }),
  )
  return listed.filter(({ deleted }) => !deleted).map(({ externalId }) => externalId)
}

async function connect(): Promise<void> {
  const by = { actor: 'person:ada', requestId: null, now: NOW }
  const started = await db.database.tenant(inTenant(), (tx) => startFirstSync(tx, bench.world.connection, by))
  expect(started).toBeNull()
}

const want = (at: number) =>
  db.database.tenant(inTenant(), (tx) => wantCatalogAt(tx, inTenant(), bench.world.connection.id, instant(at)))

test('a menu is read at once when its system is connected, then by the hour and in the night', async () => {
  shows = [dish('1'), dish('2')]
  await connect()
  expect(await tickAt(NOW)).toMatchObject({ state: 'done', dataTypes: ['catalog'], tally: { articlesCreated: 2 } })
  expect(await sold()).toEqual(['1', '2'])
  for (let minute = 1; minute < 60; minute++) await tickAt(NOW + minute * 60_000)
  expect(asked).toBe(1)
  expect(await tickAt(NOW + 61 * 60_000)).toMatchObject({ mode: 'incremental', tally: { articlesUnchanged: 2 } })
  const { tenantId, id } = bench.world.connection
  const schedule = await db.database.tenant(tenantId, (tx) => findSchedule(tx, tenantId, id))
  await tickAt(schedule?.nightlyAt ?? 0)
  expect((await runs()).map(({ mode }) => mode)).toContain('nightly')
})

test('what it names no more is not sold any more, and comes back when it is named again', async () => {
  shows = [dish('1'), dish('2')]
  await connect()
  await tickAt(NOW)
  shows = [dish('2'), dish('3')]
  await want(NOW + 1_000)
  await tickAt(NOW + 1_000)
  expect(await sold()).toEqual(['2', '3'])
  shows = [dish('1')]
  await want(NOW + 2_000)
  await tickAt(NOW + 2_000)
  expect(await sold()).toEqual(['1'])
})

test.each([
  ['is suddenly empty', [], 'done', null],
  ['is refused', new CallFailed('menu.read', { kind: 'refused', code: 'X', say: 'No.' }), 'failed', 'sync.refused'],
  ['cannot be read', new Garbled('no menu'), 'failed', 'sync.garbled'],
  [
    'may not be read',
    new CallFailed('menu.read', { kind: 'forbidden', code: 'X', say: 'No.' }),
    'failed',
    'sync.forbidden',
  ],
] as const)('one that %s takes nothing away', async (_name, then, state, code) => {
  shows = [dish('1'), dish('2')]
  await connect()
  await tickAt(NOW)
  shows = then
  await want(NOW + 1_000)
  expect(await tickAt(NOW + 1_000)).toMatchObject({ state, errorCode: code })
  expect(await sold()).toEqual(['1', '2'])
})

test('a system that is away is waited for', async () => {
  shows = new CallFailed('menu.read', { kind: 'unavailable', code: 'HTTP_503', retryAfterMs: null })
  await connect()
  bench.time.now = NOW
  await tickSyncs(bench.syncing, NOW)
  const [run] = await runs()
  const end = bench.finish(run?.id ?? ('' as never))
  await expect.poll(() => asked).toBeGreaterThan(1)
  shows = [dish('1')]
  await end
  expect((await runs())[0]).toMatchObject({ state: 'done', errorCode: null })
  expect(await sold()).toEqual(['1'])
})

test('whatever menus come, what is sold is what the last one named that named anything', async () => {
  await connect()
  let at: number = NOW
  const menus = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(menus, async (seen) => {
      for (const ids of seen) {
        shows = ids.map((id) => dish(`p${id}`))
        at += 1_000
        await want(at)
        await tickAt(at)
        if (ids.length > 0) expect(await sold()).toEqual(ids.map((id) => `p${id}`).sort())
      }
    }),
    { numRuns: 10 },
  )
})
