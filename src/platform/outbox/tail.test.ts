import { afterEach, beforeEach, expect, test } from 'vitest'
import { newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { appendEvents } from './append.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import type { Tail } from './tail.ts'

const db = useDatabase()
const clock = { now: () => instant(1_767_268_800_000) }
let outbox: Outbox
let tenantId: TenantId

beforeEach(async () => {
  tenantId = newId() as TenantId
  outbox = openOutbox({ database: db.database, clock })
  await outbox.start()
})

afterEach(() => outbox.stop())

const event = (type = 'sale.recorded') => ({ type, subject: 'sale/1', occurredAt: clock.now(), actor: 'hub', data: {} })
const append = (types: readonly string[], database = outbox.database) =>
  database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, types.map(event)))
const sales = (count: number) => Array.from({ length: count }, () => 'sale.recorded')

async function take(tail: Tail, count: number): Promise<number[]> {
  const seqs: number[] = []
  while (seqs.length < count) {
    const { value } = await tail.next()
    seqs.push(value.seq)
  }
  return seqs
}

test('a live reader is handed what is committed from the moment it came', async () => {
  await append(sales(3))
  const tail = await outbox.tail({ tenantId })
  await append(sales(2))
  expect(await take(tail, 2)).toEqual([4, 5])
  const next = take(tail, 1)
  await append(sales(1))
  expect(await next).toEqual([6])
})

test('a reader that comes back reads on after its last event, over stored and new ones, without a gap', async () => {
  await append(sales(1_200))
  const first = await outbox.tail({ tenantId, after: 0 })
  const seen = await take(first, 700)
  first.close()
  const resumed = await outbox.tail({ tenantId, after: first.position })
  const rest = take(resumed, 700)
  for (let index = 0; index < 20; index++) await append(sales(10))
  seen.push(...(await rest))
  expect(seen).toEqual(Array.from({ length: 1_400 }, (_, index) => index + 1))
})

test('many readers of one tenant, arriving while events flow, each see all of them in order', async () => {
  await append(sales(12))
  const writing = (async () => {
    for (let index = 0; index < 60; index++) await append(sales(1 + (index % 3)))
  })()
  const readers = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 7))
      return take(await outbox.tail({ tenantId, after: index }), 132 - index)
    }),
  )
  await writing
  for (const [index, seqs] of readers.entries()) {
    expect(seqs).toEqual(Array.from({ length: 132 - index }, (_, place) => index + place + 1))
  }
})

test('a reader is handed the types it wants, and its position passes the others', async () => {
  const tail = await outbox.tail({ tenantId, after: 0, types: ['refund.recorded'] })
  const first = take(tail, 1)
  await append(['sale.recorded', 'refund.recorded', 'sale.recorded'])
  expect(await first).toEqual([2])
  const second = take(tail, 1)
  await append(['refund.recorded'])
  expect(await second).toEqual([4])
  expect(tail.position).toBe(4)
})

test('a reader that stops taking is let go with a reason, and loses nothing by it', async () => {
  const tail = await outbox.tail({ tenantId, bufferMax: 10 })
  await append(sales(1))
  expect(await take(tail, 1)).toEqual([1])
  const other = await outbox.tail({ tenantId, after: 1 })
  const others = take(other, 30)
  await append(sales(30))
  expect((await others).at(-1)).toBe(31)
  await expect(tail.next()).rejects.toMatchObject({ code: 'outbox.reader-too-slow', detail: { after: 1 } })
  const resumed = await outbox.tail({ tenantId, after: tail.position })
  expect(await take(resumed, 30)).toEqual(Array.from({ length: 30 }, (_, index) => index + 2))
})

test('a reader hears of a line that woke nobody at the next tick', async () => {
  const tail = await outbox.tail({ tenantId })
  const next = take(tail, 1)
  await append(sales(1))
  expect(await next).toEqual([1])
  const missed = take(tail, 1)
  await append(sales(1), db.database)
  await outbox.tick(clock.now())
  expect(await missed).toEqual([2])
})

test('a position after the newest event is refused, as after a restored backup', async () => {
  await append(sales(1))
  const tail = await outbox.tail({ tenantId, after: 99 })
  await expect(tail.next()).rejects.toMatchObject({ code: 'outbox.position-ahead' })
})

test('a reader ends quietly when it is closed and when the outbox stops', async () => {
  const closed = await outbox.tail({ tenantId })
  const pending = closed.next()
  closed.close()
  expect(await pending).toEqual({ done: true, value: undefined })
  const stopped = await outbox.tail({ tenantId })
  const waiting = stopped.next()
  await outbox.stop()
  expect(await waiting).toEqual({ done: true, value: undefined })
})
