import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Instant, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { watchConnection } from './matching.ts'
import { nextNight } from './preflight.ts'
import { comparePrices } from './prices.ts'
import { article, type Kiosk, openStreet, type TestStreet } from './test-kiosk.ts'

const db = useDatabase()
let street: TestStreet
beforeAll(async () => {
  street = await openStreet(db)
})
afterAll(() => street.close())

const MINUTE = 60_000
const eur = (amount: number) => ({ amount, currency: 'EUR' })
const items = [
  { id: 'latte', name: 'Latte', price: eur(420) },
  { id: 'cake', name: 'Carrot cake', price: eur(350) },
  { id: 'oat', name: 'Oat milk', kind: 'modifier', parent_id: 'latte', price: eur(50) },
]
const menu = [
  article('V1', 'Latte', { price: 420n }),
  article('V2', 'Carrot cake', { price: 350n }),
  article('M1', 'Oat milk', { price: 50n }),
]

/** A kiosk whose till takes orders. */
async function openKiosk(slug: string): Promise<Kiosk> {
  const kiosk = await street.openKiosk(slug)
  await street.stock(kiosk, ...menu)
  street.targets.add(kiosk.till)
  await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items })
  return kiosk
}

const map = (kiosk: Kiosk, mapping: Record<string, string | null>) =>
  street.ask(kiosk, 'PATCH', `/pos/configurations/${kiosk.till}/item-mappings`, {
    channel: 'web-shop',
    mappings: Object.entries(mapping).map(([item_id, pos_item_id]) => ({ item_id, pos_item_id })),
  })
const latest = async (kiosk: Kiosk) =>
  (await street.ask(kiosk, 'GET', '/preflights')).json.data as Readonly<Record<string, unknown>>[]
const kindsOf = async (kiosk: Kiosk) => (await street.openTasks(kiosk)).map(({ kind }) => kind)

test('items without an article are a task before the first order, and settled once they are mapped', async () => {
  const kiosk = await openKiosk('unmapped')
  await street.advance(5_000)
  expect(await latest(kiosk)).toMatchObject([
    { channel: 'web-shop', items: 3, mapped: 0, unmapped: 2, unmapped_modifiers: 1, removed: 0, repriced: 0 },
  ])
  expect(await street.openTasks(kiosk)).toMatchObject([
    { kind: 'matching.unmapped', title: '2 items and 1 modifier of web-shop stand for nothing in Till' },
  ])
  await map(kiosk, { latte: 'V1', cake: 'V2' })
  await street.advance(5_000)
  expect(await street.openTasks(kiosk)).toMatchObject([{ title: '1 modifier of web-shop stand for nothing in Till' }])
  await map(kiosk, { oat: 'M1' })
  await street.advance(5_000)
  expect(await street.openTasks(kiosk)).toEqual([])
  expect(await latest(kiosk)).toMatchObject([{ reason: 'mapping', mapped: 3, unmapped: 0 }])
})

test('an article that is sold no longer is found without anybody saying so', async () => {
  const kiosk = await openKiosk('removed')
  await map(kiosk, { latte: 'V1', cake: 'V2', oat: 'M1' })
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual([])
  await street.stock(kiosk, article('V1', 'Latte', { price: 420n, deleted: true }))
  await street.advance(3 * MINUTE)
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual(['matching.removed'])
  expect(await latest(kiosk)).toMatchObject([
    { reason: 'catalogue', removed: 1, examples: { removed: [{ item_id: 'latte', name: 'Latte' }] } },
  ])
  await street.stock(kiosk, article('V1', 'Latte', { price: 420n }))
  await street.say(kiosk, 'sync.finished', { sync_id: kiosk.till })
  await street.advance(1_000)
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual([])
})

test('a price that differs is a task until it is mended or accepted, and again when it changes', async () => {
  const kiosk = await openKiosk('repriced')
  await map(kiosk, { latte: 'V1', cake: 'V2', oat: 'M1' })
  await street.ask(kiosk, 'PATCH', '/channels/web-shop/items/latte', { price: eur(450) })
  await street.advance(5_000)
  expect(await street.openTasks(kiosk)).toMatchObject([
    { kind: 'matching.repriced', title: '1 item of web-shop cost something else in Till' },
  ])
  const path = `/pos/configurations/${kiosk.till}/item-mappings/accepted-prices`
  const accepted = await street.ask(kiosk, 'POST', path, { channel: 'web-shop', item_ids: ['latte', 'nothing'] })
  expect(accepted.json).toEqual({ accepted: 1 })
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual([])
  await street.stock(kiosk, article('V1', 'Latte', { price: 460n }))
  await street.advance(3 * MINUTE)
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual(['matching.repriced'])
})

test('every night all of it is looked through once, however many hubs there are', async () => {
  const kiosk = await openKiosk('nightly')
  await street.advance(5_000)
  const counted = async () =>
    (await db.query('select from pos.item_preflights where tenant_id = $1', [kiosk.tenant.id])).length
  const before = await counted()
  await street.advance(60 * MINUTE)
  expect(await counted()).toBe(before)
  const step = street.matching.steps.find(({ name }) => name === 'item-preflights')
  const night = instant(street.now + 24 * 60 * MINUTE)
  await Promise.all([step?.run(night), step?.run(night), step?.run(night)])
  expect(await counted()).toBe(before + 1)
  expect(await latest(kiosk)).toMatchObject([{ reason: 'nightly' }])
  const [due] = await db.query<{ due_at: Date }>('select due_at from pos.item_watches where tenant_id = $1', [
    kiosk.tenant.id,
  ])
  const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit' }).format(due?.due_at)
  expect(hour).toBe('03')
})

test('a look that its hub died over is taken up by another', async () => {
  const kiosk = await openKiosk('died')
  await db.query("update pos.item_watches set due_at = $2::timestamptz + interval '10 minutes' where tenant_id = $1", [
    kiosk.tenant.id,
    new Date(street.now),
  ])
  await street.advance(5 * MINUTE)
  expect(await latest(kiosk)).toEqual([])
  await street.advance(6 * MINUTE)
  expect(await latest(kiosk)).toHaveLength(1)
})

test('a connection that ended has no tasks, and one that becomes the target is looked at', async () => {
  const kiosk = await street.openKiosk('target')
  await street.stock(kiosk, ...menu)
  await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items })
  await street.advance(5_000)
  expect(await latest(kiosk)).toEqual([])
  const { tenant, till } = kiosk
  await db.database.tenant(tenant.id, (tx) => watchConnection(tx, tenant.id, till, street.now))
  await street.advance(1_000)
  expect(await kindsOf(kiosk)).toEqual(['matching.unmapped'])
  await db.query("update pos.configurations set state = 'disconnected' where id = $1", [till])
  await street.say(kiosk, 'connection.disconnected', {})
  await street.advance(5_000)
  expect(await kindsOf(kiosk)).toEqual([])
  expect(await db.query('select from pos.item_watches where tenant_id = $1', [tenant.id])).toEqual([])
})

test('one can be asked for', async () => {
  const kiosk = await street.openKiosk('asked')
  await street.stock(kiosk, ...menu)
  await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items })
  const run = (body: object) => street.ask(kiosk, 'POST', '/preflights', body)
  expect((await run({})).json.data).toEqual([])
  expect((await run({ connection_id: kiosk.till })).json.data).toMatchObject([{ reason: 'asked', unmapped: 2 }])
  expect((await run({ connection_id: kiosk.tenant.id })).status).toBe(404)
  expect((await run({ channel: 'phone' })).status).toBe(404)
})

test('a night is the next one on the tenant’s own clock, also when the clock changes', () => {
  const berlin = zoneName('Europe/Berlin')
  const till = '00000000-0000-7000-8000-000000000000' as never
  const night = (from: string) => new Date(nextNight(Date.parse(from) as Instant, berlin, till)).toISOString()
  expect(night('2026-03-10T01:59:59Z')).toBe('2026-03-10T02:00:00.000Z')
  expect(night('2026-03-10T02:00:00Z')).toBe('2026-03-11T02:00:00.000Z')
  expect(night('2026-03-28T12:00:00Z')).toBe('2026-03-29T01:00:00.000Z')
  expect(night('2026-10-24T12:00:00Z')).toBe('2026-10-25T02:00:00.000Z')
})

test('prices of two sides are the same, differ, or cannot be compared', () => {
  const price = (amount: bigint | null, currency: string | null = 'EUR') => ({ price: amount, currency })
  expect(comparePrices(price(420n), price(420n), null)).toBe('same')
  expect(comparePrices(price(420n), price(430n), null)).toBe('differs')
  expect(comparePrices(price(420n), price(420n, 'USD'), null)).toBe('currency')
  expect(comparePrices(price(420n, 'JPY'), price(42_000n, 'JPY'), null)).toBe('exponent')
  expect(comparePrices(price(1_500n, 'KWD'), price(150n, 'KWD'), null)).toBe('exponent')
  expect(comparePrices(price(0n), price(0n), null)).toBe('same')
  expect(comparePrices(price(0n), price(100n), null)).toBe('differs')
  expect(comparePrices(price(null, null), price(420n), null)).toBe('unsaid')
  expect(comparePrices(price(420n), price(430n), '420 EUR | 430 EUR')).toBe('accepted')
  expect(comparePrices(price(420n), price(440n), '420 EUR | 430 EUR')).toBe('differs')
})
