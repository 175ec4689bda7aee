import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Database, TransactionTraits, Tx } from '#platform/postgres/database.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { CLAIM_MS } from './desk.ts'
import { stepSync } from './step.ts'
import { NOW, openSyncBench, type SyncBench, syncingWith } from './test-hub.ts'
import { startTillServer, type TillServer } from './test-till-server.ts'

const db = useDatabase()
const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  await Promise.all(closing.map((close) => close()))
})

let shops = 0
async function shop(): Promise<{ till: TillServer; bench: SyncBench }> {
  const till = await startTillServer()
  const bench = await openSyncBench(db, till, { slug: `crash-${++shops}` })
  closing.push(bench.close)
  for (let i = 0; i < 60; i++) {
    till.sell(`m${i}`, 'main', NOW - i * 5 * 3_600_000 - 60_000, i * 11)
    till.sell(`c${i}`, 'corner', NOW - i * 7 * 3_600_000 - 60_000, i * 13)
  }
  till.put('article', NOW - 1_000, { id: 'rye', updated_at: NOW - 1_000, name: 'Rye loaf' })
  return { till, bench }
}

class Killed extends Error {}

/** A process's door to the database, shut for good after so many transactions: before the next commit or after it. */
function mortal(database: Database, transactions: number, at: 'before' | 'after'): Database {
  let left = transactions
  const live = async <T>(run: () => Promise<T>): Promise<T> => {
    if (left < 0) throw new Killed()
    if (left-- > 0) return run()
    if (at === 'after') await run()
    throw new Killed()
  }
  return {
    ...database,
    tenant: <T>(tenantId: TenantId, work: (tx: Tx) => Promise<T>, traits?: TransactionTraits) =>
      live(() => database.tenant(tenantId, work, traits)),
  }
}

test('a hub that is killed at any moment, again and again, ends with the books of the till', async () => {
  const lives = fc.array(
    fc.record({ transactions: fc.nat(40), at: fc.constantFrom('before' as const, 'after' as const) }),
    { minLength: 1, maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(lives, async (deaths) => {
      const { till, bench } = await shop()
      const id = await bench.firstSync()
      for (const { transactions, at } of deaths) {
        const mortalHub = syncingWith(mortal(db.database, transactions, at), bench.connection, till, bench.time)
        closing.push(mortalHub.close)
        for (;;) {
          const outcome = await stepSync(mortalHub.syncing, bench.connection.tenantId, id, { stepMs: 50 }).catch(
            (error: unknown) => {
              if (error instanceof Killed) return 'killed' as const
              throw error
            },
          )
          if (outcome !== 'more') break
        }
        // Nobody released what the dead one held: it is free when the claim has run out.
        bench.time.now = instant(bench.time.now + CLAIM_MS)
      }
      await bench.finish(id)
      expect(await bench.facts()).toEqual(till.books())
      const [run] = await db.query<{ state: string }>('select state from pos.sync_logs where id = $1', [id])
      expect(run?.state).toBe('done')
      const missing = await db.query(
        `select from pos.sync_positions where past = 'unfinished' and connection_id = $1`,
        [bench.connection.id],
      )
      expect(missing).toEqual([])
    }),
    { numRuns: 12 },
  )
}, 120_000)

test('of two hubs that step one run at once, one works and the other finds it taken', async () => {
  const { till, bench } = await shop()
  const id = await bench.firstSync()
  const other = syncingWith(db.database, bench.connection, till, bench.time)
  closing.push(other.close)
  const outcomes: string[] = []
  for (let turn = 0; turn < 200 && !outcomes.includes('ended'); turn++) {
    const both = [bench.syncing, other.syncing].map((syncing) =>
      stepSync(syncing, bench.connection.tenantId, id, { stepMs: 30 }),
    )
    outcomes.push(...(await Promise.all(both)))
  }
  expect(outcomes).toContain('elsewhere')
  expect(await bench.facts()).toEqual(till.books())
})

test('a hub that lost its claim while it hung records nothing more', async () => {
  const { till, bench } = await shop()
  const id = await bench.firstSync()
  const slow = syncingWith(db.database, bench.connection, till, bench.time)
  closing.push(slow.close)
  // While the slow one waits for its first page, its claim runs out and another hub does everything.
  let isTaken = false
  const { converse } = slow.syncing
  const hanging = {
    ...slow.syncing,
    converse: (async (...asking: Parameters<typeof converse>) => {
      if (!isTaken) {
        isTaken = true
        bench.time.now = instant(bench.time.now + CLAIM_MS)
        await bench.finish(id)
      }
      return converse(...asking)
    }) as typeof converse,
  }
  expect(await stepSync(hanging, bench.connection.tenantId, id)).toBe('elsewhere')
  expect(await bench.facts()).toEqual(till.books())
  const [run] = await db.query('select state, claimed_until from pos.sync_logs where id = $1', [id])
  expect(run).toEqual({ state: 'done', claimed_until: null })
})

test('a run that a person stopped is not touched any more by the step that works on it', async () => {
  const { bench } = await shop()
  const id = await bench.firstSync()
  await stepSync(bench.syncing, bench.connection.tenantId, id, { stepMs: 30 })
  await db.query(`update pos.sync_logs set state = 'cancelled', finished_at = now() where id = $1`, [id])
  expect(await stepSync(bench.syncing, bench.connection.tenantId, id)).toBe('elsewhere')
})
