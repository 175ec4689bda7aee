import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { instant, instantText } from '#kernel/instant.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { article, type Kiosk, MORNING, openStreet, type TestStreet } from './test-kiosk.ts'

const db = useDatabase()
let street: TestStreet
beforeAll(async () => {
  street = await openStreet(db)
})
afterAll(() => street.close())

const MINUTE = 60_000
const later = (minutes: number) => instantText(instant(MORNING + minutes * MINUTE))

async function openKiosk(slug: string): Promise<Kiosk> {
  const kiosk = await street.openKiosk(slug)
  await street.stock(kiosk, article('V1', 'Latte'), article('V2', 'Cake'))
  const items = [
    { id: 'latte', name: 'Latte' },
    { id: 'cake', name: 'Cake' },
  ]
  await street.ask(kiosk, 'PUT', '/channels/web-shop/items', { items })
  await map(kiosk, 'latte', 'V1')
  return kiosk
}

const map = (kiosk: Kiosk, itemId: string, posItemId: string | null) =>
  street.ask(kiosk, 'PATCH', `/pos/configurations/${kiosk.till}/item-mappings`, {
    channel: 'web-shop',
    mappings: [{ item_id: itemId, pos_item_id: posItemId }],
  })
type Word = { external_id?: string; location?: string | null; available: boolean; at: string | null; until?: string }
const say = (kiosk: Kiosk, word: Word) =>
  street.say(kiosk, 'pos_item.availability', { external_id: 'V1', location: 'L1', until: null, ...word })
const told = async (kiosk: Kiosk) => street.told(kiosk, 'channel_item.availability_changed')
const listed = async (kiosk: Kiosk) =>
  (await street.ask(kiosk, 'GET', '/channels/web-shop/items?q=latte')).json.data as {
    available: boolean
    offered: boolean
    sold_out: unknown[]
  }[]

test('what is sold out in the POS is sold out in the channel, and there again when the POS says so', async () => {
  const kiosk = await openKiosk('sold-out')
  await say(kiosk, { available: true, at: later(-5) })
  await say(kiosk, { available: false, at: later(0) })
  await say(kiosk, { available: false, at: later(0) })
  await say(kiosk, { external_id: 'V2', available: false, at: later(0) })
  const site = kiosk.sites.get('L1')
  const said = {
    channel: 'web-shop',
    item_id: 'latte',
    connection_id: kiosk.till,
    location: 'L1',
    site_id: site,
    until: null,
  }
  expect(await told(kiosk)).toEqual([{ ...said, available: false }])
  expect(await listed(kiosk)).toMatchObject([
    { available: false, offered: true, sold_out: [{ location: 'L1', site_id: site, since: later(0), until: null }] },
  ])
  await say(kiosk, { available: true, at: later(1) })
  expect(await told(kiosk)).toEqual([
    { ...said, available: false },
    { ...said, available: true },
  ])
  expect(await listed(kiosk)).toMatchObject([{ available: true, sold_out: [] }])
})

test('sold out at one place of two is still to be had', async () => {
  const kiosk = await openKiosk('two-places')
  await say(kiosk, { location: 'L1', available: false, at: later(0) })
  await say(kiosk, { location: 'L2', available: true, at: later(0) })
  expect(await listed(kiosk)).toMatchObject([{ available: true, sold_out: [{ location: 'L1' }] }])
  await say(kiosk, { location: 'L2', available: false, at: later(1) })
  expect(await listed(kiosk)).toMatchObject([{ available: false, sold_out: [{ location: 'L1' }, { location: 'L2' }] }])
})

test('what is sold out until a time is there again by itself', async () => {
  const kiosk = await openKiosk('until')
  const until = instantText(instant(street.now + 30 * MINUTE))
  await say(kiosk, { available: false, at: instantText(street.now), until })
  expect((await told(kiosk)).at(-1)).toMatchObject({ available: false, until })
  await street.advance(29 * MINUTE)
  expect(await told(kiosk)).toHaveLength(1)
  await street.advance(MINUTE)
  await street.advance(MINUTE)
  expect(await told(kiosk)).toHaveLength(2)
  expect((await told(kiosk)).at(-1)).toMatchObject({ available: true, until: null })
  expect(await listed(kiosk)).toMatchObject([{ available: true }])
})

test('an item that is mapped to what is sold out is sold out, and no longer when that ends', async () => {
  const kiosk = await openKiosk('mapped-later')
  await say(kiosk, { external_id: 'V2', location: null, available: false, at: later(0) })
  expect(await told(kiosk)).toEqual([])
  await map(kiosk, 'cake', 'V2')
  expect((await told(kiosk)).at(-1)).toMatchObject({ item_id: 'cake', available: false, location: null, site_id: null })
  await map(kiosk, 'cake', null)
  expect((await told(kiosk)).at(-1)).toMatchObject({ item_id: 'cake', available: true })
})

test('in whatever order words arrive, the newest one stands, and each change is told once', async () => {
  const kiosk = await openKiosk('order')
  const base = street.now
  let round = 0
  const word = fc.record({ minute: fc.integer({ min: 0, max: 5 }), available: fc.boolean() })
  const words = fc.uniqueArray(word, { selector: ({ minute }) => minute, minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(words, async (list) => {
      // Each course of words is of another place, so that it begins with nothing known.
      const location = `P${round++}`
      for (const { minute, available } of list) {
        await say(kiosk, { location, available, at: instantText(instant(base + minute * MINUTE)) })
      }
      const newest = list.reduce((a, b) => (b.minute > a.minute ? b : a))
      const [row] = await db.query<{ available: boolean }>(
        'select available from pos.item_availability where tenant_id = $1 and location = $2',
        [kiosk.tenant.id, location],
      )
      expect(row?.available).toBe(newest.available)
      const changes = (await told(kiosk)).filter((one) => one.location === location).map(({ available }) => available)
      expect(changes.at(-1) ?? true).toBe(newest.available)
      expect(changes).toEqual(changes.map((_, at) => at % 2 === 1))
    }),
    { numRuns: 25 },
  )
})

test('a line that says nothing of use is passed over', async () => {
  const kiosk = await openKiosk('nonsense')
  await street.say(kiosk, 'pos_item.availability', { external_id: 7, available: 'no' })
  await say(kiosk, { available: false, at: 'yesterday' })
  expect(await told(kiosk)).toHaveLength(1)
})
