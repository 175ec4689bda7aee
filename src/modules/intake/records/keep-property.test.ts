import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import type { Id } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import type { SeenRecord } from './kept.ts'
import { addTestConnection, keeperOf, NOW, openTestShop, seen, type TestShop } from './test-shop.ts'

const db = useDatabase()
let shop: TestShop

beforeAll(async () => {
  shop = await openTestShop(db, 'corner-cafe')
})

// What a provider might say of three orders and four payments over time. Each record has a few versions; a payment has no
// number of its version, and two of its words may bear the same time: then only the moment they were seen tells them
// apart. A payment may belong to no order at first, and its order may still be missing from all that was said.

type Word = { readonly record: SeenRecord; readonly nth: number }

const orderWords = (id: string) =>
  fc
    .array(fc.record({ total: fc.integer({ min: 1, max: 99 }), state: fc.constantFrom('open', 'closed', 'voided') }), {
      maxLength: 3,
    })
    .map((words) =>
      words.map(({ total, state }, nth): Word => {
        const order = { id, version: nth + 1, updated_at: NOW + nth, place: 'main', state, total, item: 'Breakfast' }
        return { nth, record: seen('order', order, instant(NOW + nth * 1_000)) }
      }),
    )

const paymentWords = (id: string) =>
  fc
    .record({
      order: fc.constantFrom('o-1', 'o-2', 'o-3', null),
      knownFrom: fc.integer({ min: 0, max: 3 }),
      words: fc.array(
        fc.record({ amount: fc.integer({ min: 1, max: 99 }), refunded: fc.integer({ min: 0, max: 3 }) }),
        {
          maxLength: 4,
        },
      ),
    })
    .map(({ order, knownFrom, words }) =>
      words.map(({ amount, refunded }, nth): Word => {
        const at = NOW + Math.floor(nth / 2)
        const named = nth >= knownFrom ? order : null
        const payment = { id, order: named, updated_at: at, place: 'corner', amount, refunded }
        return { nth, record: seen('payment', payment, instant(NOW + nth * 1_000)) }
      }),
    )

const story = fc
  .tuple(...['o-1', 'o-2', 'o-3'].map(orderWords), ...['p-1', 'p-2', 'p-3', 'p-4'].map(paymentWords))
  .map((records) => records.flat())

/** The words in some order, some of them twice, in some calls, of which two may run at once. */
const telling = story.chain((words) =>
  fc.record({
    words: fc.constant(words),
    calls: fc
      .tuple(
        fc.shuffledSubarray([...words, ...words], { minLength: 0 }),
        fc.shuffledSubarray(words, { minLength: words.length, maxLength: words.length }),
        fc.integer({ min: 1, max: 5 }),
      )
      .map(([repeats, all, size]) => inCalls([...repeats.slice(0, 4), ...all, ...repeats.slice(4)], size)),
  }),
)

function inCalls(words: readonly Word[], size: number): Word[][] {
  const calls: Word[][] = []
  for (let from = 0; from < words.length; from += size) calls.push(words.slice(from, from + size))
  return calls
}

function newestAlone(words: readonly Word[]): SeenRecord[] {
  const newest = new Map<string, Word>()
  for (const word of words) {
    const key = `${word.record.kind} ${word.record.id}`
    if ((newest.get(key)?.nth ?? -1) < word.nth) newest.set(key, word)
  }
  return [...newest.values()].map(({ record }) => record)
}

/** What stands of a connection, without ids and versions. A sale that was only ever a stopgap is voided, and left out. */
async function standing(connectionId: Id) {
  const facts = await db.query(
    `select t.external_id, t.status, t.total, t.refunded, t.business_date::text,
       (select json_agg(json_build_array(p.external_id, p.amount) order by p.position)
        from pos.transaction_payments p where p.tenant_id = t.tenant_id and p.sale_id = t.id) as payments
     from pos.transactions t where t.connection_id = $1 and not (t.status = 'voided' and t.external_id like 'p-%')
     order by t.external_id`,
    [connectionId],
  )
  const refunds = await db.query(
    'select external_id, amount, sale_external_id from pos.refunds where connection_id = $1 and amount > 0 order by external_id',
    [connectionId],
  )
  const rollups = await db.query(
    `select business_date::text, sum(sales) as sales, sum(total) as total, sum(refunded) as refunded
     from pos.daily_sales where connection_id = $1 group by 1 having sum(sales) > 0 or sum(refunded) > 0`,
    [connectionId],
  )
  const waiting = await db.query(
    'select subject, kind, external_id, reason from pos.due_reads where connection_id = $1 order by 1, 2, 3',
    [connectionId],
  )
  return { facts, refunds, rollups, waiting }
}

test('whatever order, repetition and company the words come in, what stands is what the newest ones say', async () => {
  await fc.assert(
    fc.asyncProperty(telling, fc.boolean(), async ({ words, calls }, together) => {
      const told = await addTestConnection(db, shop.tenantId, shop.siteId)
      const plain = await addTestConnection(db, shop.tenantId, shop.siteId)
      const keep = keeperOf(db, told)
      if (together) {
        for (let from = 0; from < calls.length; from += 2) {
          await Promise.all(calls.slice(from, from + 2).map((call) => keep(call.map(({ record }) => record))))
        }
      } else for (const call of calls) await keep(call.map(({ record }) => record))
      await keeperOf(db, plain)(newestAlone(words))
      expect(await standing(told.id)).toEqual(await standing(plain.id))
    }),
    { numRuns: 30 },
  )
}, 180_000)

test('every distinct word that was said is kept, as what stands or as history', async () => {
  await fc.assert(
    fc.asyncProperty(telling, async ({ words, calls }) => {
      const told = await addTestConnection(db, shop.tenantId, shop.siteId)
      for (const call of calls) await keeperOf(db, told)(call.map(({ record }) => record))
      const kept = await db.query(
        `select kind, external_id, seen_at from pos.source_records where connection_id = $1
         union select kind, external_id, seen_at from pos.source_record_versions where connection_id = $1`,
        [told.id],
      )
      expect(kept).toHaveLength(
        new Set(words.map(({ record }) => JSON.stringify([record.kind, record.id, record.body]))).size,
      )
    }),
    { numRuns: 12 },
  )
}, 120_000)
