import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { instant } from '#kernel/instant.ts'
import type { Converse } from '#modules/connections/live.ts'
import { type Database, openDatabase } from '#platform/postgres/database.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { until } from '#tests/harness/hub.ts'
import { addTestConnection, NOW, openTestShop, type TestShop, testVault } from '../records/test-shop.ts'
import type { TillOrder } from '../records/test-till.ts'
import { LEASE_MS } from './deliveries.ts'
import {
  deliveryOf,
  eventOf,
  openDesk,
  orderRef,
  startProvider,
  type TestDesk,
  type TestProvider,
  talkTo,
} from './test-desk.ts'

// Several consumers on one database, as two hubs have them, and what becomes of deliveries whose consumer is gone.

const db = useDatabase()
let vault: Vault
let shop: TestShop
let provider: TestProvider
let otherHub: Database
const desks: TestDesk[] = []

beforeAll(async () => {
  vault = testVault(db)
  shop = await openTestShop(db, 'corner-cafe')
  provider = await startProvider()
  otherHub = openDatabase({ url: db.url, connectionsMax: 6 })
})
afterEach(async () => {
  await Promise.all(desks.splice(0).map((desk) => desk.stop()))
})
afterAll(async () => {
  await provider.close()
  await otherHub.close()
})

function desk(database: Database, changes: Parameters<typeof openDesk>[4] = {}): TestDesk {
  const opened = openDesk(database, vault, provider, [shop.connection], changes)
  desks.push(opened)
  return opened
}

function order(id: string, changes: Partial<TillOrder> = {}): TillOrder {
  return { id, version: 1, updated_at: NOW, place: 'main', state: 'closed', total: 900, item: 'Breakfast', ...changes }
}

const waiting = () =>
  db.query<{ id: string; attempts: number; claim_no: number }>(
    "select * from pos.webhook_logs where outcome = 'received'",
  )

const allEnded = () => until('the end of all deliveries', waiting, (rows) => rows.length === 0)

test('two consumers share what is due, and no delivery is worked at twice', async () => {
  const door = desk(db.database, { receiveOnly: true })
  const ids = Array.from({ length: 120 }, (_, index) => `shared-${index}`)
  for (const id of ids) provider.objects.set(`order ${id}`, order(id))
  await Promise.all(
    ids.map((id) => door.receiver.receive(deliveryOf(eventOf(shop.connection, { refs: [orderRef(id)] })))),
  )
  provider.calls.length = 0
  const [here, there] = [desk(db.database), desk(otherHub)]
  for (let second = 0; second < 3; second++) await Promise.all([here.tick(NOW), there.tick(NOW)])
  await allEnded()
  const rows = await db.query('select attempts, claim_no, outcome from pos.webhook_logs group by 1, 2, 3')
  expect(rows).toEqual([{ attempts: 1, claim_no: 1, outcome: 'processed' }])
  const asked = provider.calls.flatMap((call) => new URL(call, 'http://till').searchParams.get('ids')?.split(',') ?? [])
  expect(asked.sort()).toEqual([...ids].sort())
})

describe('a consumer that is gone', () => {
  /** Talks that wait until they are let go, as in a process that hangs or was killed. */
  function hanging(): { converse: Converse; letGo: () => void } {
    let letGo: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    const talk = talkTo(provider)
    const converse: Converse = async (ref, priority, asked) => {
      const told = await talk(ref, priority, asked)
      await gate
      return told
    }
    return { converse, letGo: () => letGo() }
  }

  test('leaves what it committed to the next one, once its claim has run out', async () => {
    const { converse, letGo } = hanging()
    const gone = desk(db.database, { converse })
    provider.objects.set('order orphan', order('orphan'))
    await gone.receiver.receive(deliveryOf(eventOf(shop.connection, { refs: [orderRef('orphan')] })))
    const next = desk(otherHub)
    await next.tick(NOW)
    expect(await waiting()).toMatchObject([{ attempts: 1 }])
    await next.tick(instant(NOW + LEASE_MS))
    await allEnded()
    const sales = await db.query("select total from pos.transactions where external_id = 'orphan'")
    expect(sales).toEqual([{ total: '900' }])
    letGo()
  })

  test('and comes back too late leaves no trace of its work', async () => {
    const { converse, letGo } = hanging()
    const slow = desk(db.database, { converse })
    provider.objects.set('order slow', order('slow', { total: 1 }))
    const event = eventOf(shop.connection, { refs: [orderRef('slow')] })
    await slow.receiver.receive(deliveryOf(event))
    await until('it was asked', async () => provider.calls.some((call) => call.includes('slow')), Boolean)
    provider.objects.set('order slow', order('slow', { version: 2, total: 2 }))
    const next = desk(otherHub, { at: instant(NOW + LEASE_MS) })
    await next.tick(instant(NOW + LEASE_MS))
    await allEnded()
    letGo()
    await slow.stop()
    const versions = await db.query(
      "select version from pos.source_records where external_id = 'slow' union all select version from pos.source_record_versions where external_id = 'slow'",
    )
    expect(versions).toEqual([{ version: '2' }])
    const rows = await db.query('select outcome, attempts, claim_no from pos.webhook_logs where event_id = $1', [
      event.id,
    ])
    expect(rows).toEqual([{ outcome: 'processed', attempts: 2, claim_no: 2 }])
  })

  test('a claim that is renewed is not taken, however long the work lasts', async () => {
    const { converse, letGo } = hanging()
    let monotonic = 0
    const busy = desk(db.database, { converse, monotonicMs: () => monotonic })
    provider.objects.set('order long', order('long'))
    const event = eventOf(shop.connection, { refs: [orderRef('long')] })
    await busy.receiver.receive(deliveryOf(event))
    monotonic += 6_000
    await busy.tick(instant(NOW + 10_000))
    const next = desk(otherHub)
    await next.tick(instant(NOW + LEASE_MS))
    expect(await waiting()).toMatchObject([{ claim_no: 1 }])
    letGo()
    await allEnded()
  })
})

test('one slow connection holds up no other', async () => {
  const quick = await addTestConnection(db, shop.tenantId, shop.siteId)
  let letGo: () => void = () => undefined
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const talk = talkTo(provider)
  const converse: Converse = async (ref, priority, asked) => {
    if (ref.id === shop.connection.id) await gate
    return talk(ref, priority, asked)
  }
  const both = desk(db.database, { converse })
  both.connections.set(quick.id, quick)
  for (let i = 0; i < 40; i++) provider.objects.set(`order lane-${i}`, order(`lane-${i}`))
  const send = (connection: typeof quick, i: number) =>
    both.receiver.receive(deliveryOf(eventOf(connection, { refs: [orderRef(`lane-${i}`)] })))
  await Promise.all(Array.from({ length: 40 }, (_, i) => send(shop.connection, i)))
  await send(quick, 0)
  await until(
    'the other connection',
    () => db.query('select 1 from pos.webhook_logs where connection_id = $1 and outcome = $2', [quick.id, 'processed']),
    (rows) => rows.length === 1,
  )
  expect(await waiting()).toHaveLength(40)
  letGo()
  await allEnded()
})

test('deliveries doubled, reordered and spread over two hubs leave what the newest objects say', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ order: fc.integer({ min: 0, max: 3 }), whole: fc.boolean(), twice: fc.boolean() }), {
        minLength: 1,
        maxLength: 15,
      }),
      fc.infiniteStream(fc.boolean()),
      async (steps, where) => {
        const prefix = `run-${run++}`
        const [here, there] = [desk(db.database), desk(otherHub)]
        const versions = new Map<string, number>()
        const sent: Promise<void>[] = []
        for (const { order: nth, whole, twice } of steps) {
          const id = `${prefix}-${nth}`
          const version = (versions.get(id) ?? 0) + 1
          versions.set(id, version)
          const now = order(id, { version, total: version * 10 })
          provider.objects.set(`order ${id}`, now)
          const event = eventOf(shop.connection, whole ? { orders: [now] } : { refs: [orderRef(id)] })
          const hub = where.next().value ? here : there
          sent.push(hub.receiver.receive(deliveryOf(event)))
          if (twice) sent.push((where.next().value ? here : there).receiver.receive(deliveryOf(event)))
        }
        await Promise.all(sent)
        await allEnded()
        const rows = await db.query<{ external_id: string; total: string }>(
          'select external_id, total from pos.transactions where external_id like $1',
          [`${prefix}-%`],
        )
        const stands = new Map(rows.map((row) => [row.external_id, Number(row.total)]))
        expect(stands).toEqual(new Map([...versions].map(([id, version]) => [id, version * 10])))
        await Promise.all([here.stop(), there.stop()])
      },
    ),
    { numRuns: 15 },
  )
}, 120_000)
