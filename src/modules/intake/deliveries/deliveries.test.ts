import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import type { Vault } from '#platform/vault/vault.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { until } from '#tests/harness/hub.ts'
import { addTestConnection, NOW, openTestShop, type TestShop, testVault } from '../records/test-shop.ts'
import type { TillOrder } from '../records/test-till.ts'
import {
  deliveryOf,
  eventOf,
  openDesk,
  orderRef,
  PATH,
  startProvider,
  type TestDesk,
  type TestProvider,
} from './test-desk.ts'

const db = useDatabase()
let vault: Vault
let shop: TestShop
let provider: TestProvider
let desk: TestDesk

beforeAll(async () => {
  vault = testVault(db)
  shop = await openTestShop(db, 'corner-cafe')
  provider = await startProvider()
})
afterAll(() => provider.close())

beforeEach(async () => {
  await desk?.stop()
  provider.objects.clear()
  provider.calls.length = 0
  Object.assign(provider, { status: 200, delayMs: 0 })
  desk = openDesk(db.database, vault, provider, [shop.connection])
})
afterAll(() => desk.stop())

function order(id: string, changes: Partial<TillOrder> = {}): TillOrder {
  return { id, version: 1, updated_at: NOW, place: 'main', state: 'closed', total: 900, item: 'Breakfast', ...changes }
}

type LogRow = {
  outcome: string
  code: string | null
  repeats: number
  attempts: number
  subjects: string[]
  headers: object
  body: Buffer
}

const logged = (eventId: string) =>
  db.query<LogRow>('select * from pos.webhook_logs where event_id = $1 order by id', [eventId])

const ended = (eventId: string) =>
  until(
    `the end of ${eventId}`,
    () => logged(eventId),
    (rows) => rows.length > 0 && rows.every((row) => row.outcome !== 'received'),
  )

const total = async (externalId: string) =>
  (await db.query<{ total: string }>('select total from pos.transactions where external_id = $1', [externalId]))[0]
    ?.total

describe('at the door', () => {
  test('an event that brings its sale along stands on the dashboard, and its row says so', async () => {
    const event = eventOf(shop.connection, { orders: [order('breakfast')] })
    await desk.receiver.receive(deliveryOf(event))
    const [row] = await ended(event.id ?? '')
    expect(row).toMatchObject({
      outcome: 'processed',
      code: null,
      repeats: 0,
      attempts: 1,
      subjects: ['sale:breakfast'],
    })
    expect(await total('breakfast')).toBe('900')
    expect(provider.calls).toEqual([])
  })

  test('the body is sealed, and no header that signs or signs in is kept', async () => {
    const event = eventOf(shop.connection, { orders: [order('sealed', { buyer_email: 'grace@example.org' })] })
    await desk.receiver.receive(deliveryOf(event))
    const [row] = await ended(event.id ?? '')
    expect(row?.headers).toEqual({ 'x-till-retry-number': '0' })
    expect(row?.body.includes('grace@example.org')).toBe(false)
  })

  test('the same event again is answered alike, stored once and counted', async () => {
    const event = eventOf(shop.connection, { orders: [order('again')] })
    const delivery = deliveryOf(event)
    await Promise.all([desk.receiver.receive(delivery), desk.receiver.receive(delivery)])
    await desk.receiver.receive(delivery)
    expect(await ended(event.id ?? '')).toMatchObject([{ repeats: 2, attempts: 1 }])
  })

  test('an event without an id is told from others by its content', async () => {
    const event = eventOf(shop.connection, { id: null, orders: [order('no-id')] })
    await desk.receiver.receive(deliveryOf(event))
    await desk.receiver.receive(deliveryOf(event))
    await desk.receiver.receive(deliveryOf({ ...event, orders: [order('no-id', { version: 2, total: 5 })] }))
    const rows = await db.query("select repeats from pos.webhook_logs where event_key like 'sha256:%' order by id")
    expect(rows).toEqual([{ repeats: 1 }, { repeats: 0 }])
  })

  test.each([
    ['forged', { ...deliveryOf('{}', PATH, 'not-the-secret') }, 'webhook.forged'],
    ['unsigned', { ...deliveryOf('{}'), headers: {} }, 'webhook.unsigned'],
    ['signed for another address', { ...deliveryOf('{}', '/webhooks/pos/generic-rest'), path: PATH }, 'webhook.forged'],
    ['altered on the way', { ...deliveryOf('{}'), body: Buffer.from('{ }') }, 'webhook.forged'],
    [
      'too old',
      { ...deliveryOf('{}'), headers: { ...deliveryOf('{}').headers, 'x-till-sent-at': '1' } },
      'webhook.stale',
    ],
  ])('a delivery that is %s is refused, counted and not stored', async (_, delivery, code) => {
    const before = await db.query('select count(*) from pos.webhook_logs')
    await expect(desk.receiver.receive(delivery)).rejects.toMatchObject({ code, status: 401 })
    expect(await db.query('select count(*) from pos.webhook_logs')).toEqual(before)
    const { body } = await desk.metrics.text()
    expect(body).toContain(`outcome="${code.slice('webhook.'.length)}"} 1`)
  })

  test('an unknown system and an unknown connection are no address', async () => {
    const unknown = { code: 'webhook.unknown-endpoint', status: 404 }
    await expect(desk.receiver.receive({ ...deliveryOf('{}'), posSystem: 'abacus' })).rejects.toMatchObject(unknown)
    await expect(desk.receiver.receive(deliveryOf('{}', `${PATH}/${newId()}`))).rejects.toMatchObject(unknown)
  })

  test('an event of an account that nobody connected is answered, counted and not kept', async () => {
    const event = eventOf({ account: 'a-stranger' }, { orders: [order('strange')] })
    await desk.receiver.receive(deliveryOf(event))
    expect(await logged(event.id ?? '')).toEqual([])
    expect((await desk.metrics.text()).body).toContain('outcome="unowned"} 1')
  })

  test('the address of one connection takes no word on the account of another', async () => {
    const other = await openTestShop(db, 'other-cafe')
    desk.connections.set(other.connection.id, other.connection)
    const event = eventOf(other.connection, { orders: [order('crossed')] })
    await desk.receiver.receive(deliveryOf(event, `${PATH}/${shop.connection.id}`))
    expect(await logged(event.id ?? '')).toEqual([])
  })

  test('a connection that ended meanwhile keeps nothing, whatever is still remembered of it', async () => {
    const gone = await addTestConnection(db, shop.tenantId, shop.siteId)
    desk.connections.set(gone.id, gone)
    await db.query("update pos.configurations set state = 'disconnected' where id = $1", [gone.id])
    const event = eventOf(gone, { orders: [order('gone')] })
    await desk.receiver.receive(deliveryOf(event))
    expect(await logged(event.id ?? '')).toEqual([])
  })

  test('a genuine delivery that cannot be read is kept and has failed', async () => {
    await desk.receiver.receive(deliveryOf('not json', `${PATH}/${shop.connection.id}`))
    const rows = await db.query("select outcome, code from pos.webhook_logs where type = 'unreadable'")
    expect(rows).toEqual([{ outcome: 'failed', code: 'webhook.garbled' }])
  })

  test('an event of a type nobody knows is kept and no error', async () => {
    const event = eventOf(shop.connection, { type: 'rocket.launched' })
    await desk.receiver.receive(deliveryOf(event))
    expect(await logged(event.id ?? '')).toMatchObject([{ outcome: 'ignored', attempts: 0 }])
  })
})

describe('what events only name', () => {
  test('is fetched once for all of them', async () => {
    provider.objects.set('order lunch', order('lunch', { version: 2, total: 1500 }))
    provider.delayMs = 30
    const events = Array.from({ length: 30 }, () => eventOf(shop.connection, { refs: [orderRef('lunch')] }))
    await Promise.all(events.map((event) => desk.receiver.receive(deliveryOf(event))))
    for (const event of events) expect(await ended(event.id ?? '')).toMatchObject([{ outcome: 'processed' }])
    expect(await total('lunch')).toBe('1500')
    expect(provider.calls.length).toBeLessThan(10)
  })

  test('and is not there yet is put down to be asked for again', async () => {
    const event = eventOf(shop.connection, { refs: [orderRef('early')] })
    await desk.receiver.receive(deliveryOf(event))
    expect(await ended(event.id ?? '')).toMatchObject([{ outcome: 'ignored', code: 'webhook.record-missing' }])
    const due = await db.query("select reason, step from pos.due_reads where external_id = 'early'")
    expect(due).toEqual([{ reason: 'missing', step: 0 }])
    await desk.receiver.receive(deliveryOf(eventOf(shop.connection, { orders: [order('early')] })))
    await until(
      'the due read is off',
      () => db.query("select 1 from pos.due_reads where external_id = 'early'"),
      (rows) => rows.length === 0,
    )
  })

  test('waits for a provider that is away, and comes when it is back', async () => {
    provider.status = 503
    provider.objects.set('order patient', order('patient'))
    const event = eventOf(shop.connection, { refs: [orderRef('patient')] })
    await desk.receiver.receive(deliveryOf(event))
    await until(
      'it is put off',
      () => logged(event.id ?? ''),
      ([row]) => row?.code === 'webhook.provider-away',
    )
    provider.status = 200
    await desk.tick(NOW)
    expect(await logged(event.id ?? '')).toMatchObject([{ outcome: 'received', attempts: 1 }])
    desk.clock.at = instant(NOW + 2_000)
    await desk.tick(desk.clock.at)
    expect(await ended(event.id ?? '')).toMatchObject([{ outcome: 'processed', code: null, attempts: 2 }])
    expect(await total('patient')).toBe('900')
  })

  test('and may not be read has failed, and what came beside it has not', async () => {
    provider.status = 403
    const refused = eventOf(shop.connection, { refs: [orderRef('private')], orders: [order('public')] })
    await desk.receiver.receive(deliveryOf(refused))
    expect(await ended(refused.id ?? '')).toMatchObject([{ outcome: 'failed', code: 'webhook.provider-refused' }])
    expect(await total('public')).toBe('900')
  })
})

test('signals and unknown places reach those whom they concern', async () => {
  const { id } = shop.connection
  await desk.receiver.receive(deliveryOf(eventOf(shop.connection, { signal: 'revoked' })))
  const event = eventOf(shop.connection, { orders: [order('afar', { place: 'airport' })] })
  await desk.receiver.receive(deliveryOf(event))
  await ended(event.id ?? '')
  await until(
    'both',
    async () => [...desk.signals].sort(),
    (all) => all.length === 2,
  )
  expect([...desk.signals].sort()).toEqual([`${id} airport`, `${id} revoked`])
})

test('what nobody in this process works at is found by a tick', async () => {
  const receiver = openDesk(db.database, vault, provider, [shop.connection], { receiveOnly: true })
  const event = eventOf(shop.connection, { orders: [order('left')] })
  await receiver.receiver.receive(deliveryOf(event))
  await receiver.stop()
  expect(await logged(event.id ?? '')).toMatchObject([{ outcome: 'received', attempts: 0 }])
  await desk.tick(NOW)
  expect(await ended(event.id ?? '')).toMatchObject([{ outcome: 'processed', attempts: 1 }])
})
