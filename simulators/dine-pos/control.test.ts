import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SIMULATORS } from '../registry.ts'
import { StageClock } from '../stage/clock.ts'
import { CURRENCIES } from '../trade/currencies.ts'
import { shopOf, sitesOf } from '../trade/shop.ts'
import { amountText, minorOf, thousandthsOf, times } from './money.ts'
import { dinePosLine, type RunningDinePos, startDinePos } from './simulate.ts'
import { type Json, orderOf, push } from './test-client.ts'

const NOW = Date.UTC(2026, 9, 20, 12)
const HOUR_MS = 3_600_000

let running: RunningDinePos

beforeEach(async () => {
  running = await startDinePos({ clock: new StageClock({ at: NOW, frozen: true }) })
})

afterEach(() => running.close())

async function control(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${running.controlUrl}${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

test('the line has the credentials as a configuration wants them', () => {
  const { credentials, ...line } = JSON.parse(JSON.stringify(dinePosLine(running)))
  expect(line).toMatchObject({ provider: 'dine-pos', base_url: running.baseUrl, control_url: running.controlUrl })
  expect(Object.keys(credentials)).toEqual([
    'base_url',
    'profile',
    'app_key',
    'app_secret',
    'access_token',
    'restaurant_id',
    'time_zone',
    'currency',
  ])
  expect(credentials).toMatchObject({ profile: 'default', time_zone: 'Asia/Kolkata', currency: 'INR' })
  expect(line.locations).toEqual([
    { id: credentials.restaurant_id, name: 'Fort', timezone: 'Asia/Kolkata', currency: 'INR', status: 'ACTIVE' },
  ])
})

test('by its name in the registry it plays the profile that is wished for', async () => {
  const shop = shopOf('cafe', { currency: CURRENCIES.INR, timeZone: 'Asia/Kolkata', sites: sitesOf(1) })
  const wish = { shop, country: 'IN', seed: 's', port: 0, liveScale: null, callsPerSecond: 5, profile: 'petpooja' }
  const started = await SIMULATORS['dine-pos']?.start(wish)
  expect(started?.line.credentials.profile).toBe('petpooja')
  await started?.close()
})

test('orders count as sales when they are delivered, and stand by their state before and otherwise', async () => {
  for (const id of ['A', 'B', 'C']) await push(running, orderOf(running, id))
  running.act('move-order', { order_id: 'B', status: 'cancelled' })
  const total = running.pos.order('26')?.sums.total ?? 0
  const before = running.books()[0]
  expect([before?.count, before?.pushed.by_status.received.count]).toEqual([0, 2])
  await running.clock.advance(HOUR_MS)
  const { body } = await control('GET', '/books')
  const [after] = body.books
  expect(after).toMatchObject({ currency: 'INR', count: 2, total: 2 * total, service: 10_000 })
  expect(after.by_tender.bank_transfer).toEqual({ payments: 2, amount: 2 * total, refunded: 0 })
  expect(after.pushed.by_status).toMatchObject({ delivered: { count: 2, total: 2 * total }, cancelled: { count: 1 } })
  expect((await control('GET', '/books?from=2026-10-21')).body.books[0].count).toBe(0)
  expect((await control('GET', '/books?location=R-0')).status).toBe(400)
})

test('the counter sells by itself: it stands in the books and adds up, and no address of the API shows it', async () => {
  const order = { count: 40, from: '2026-10-01', to: '2026-10-07', seed: 'w' }
  expect((await control('POST', '/sell', order)).body).toEqual({ sold: 40, known: 0 })
  expect((await control('POST', '/sell', order)).body).toEqual({ sold: 0, known: 40 })
  expect((await control('POST', '/sell', { count: 3 })).body).toEqual({ sold: 3, known: 0 })
  expect((await control('POST', '/sell', { count: -1 })).status).toBe(400)
  const [books] = running.books()
  expect(books?.counter.count).toBeGreaterThan(30)
  expect(books?.pushed.count).toBe(0)
  for (const book of [books, books?.counter]) {
    const {
      total = 0,
      gross = 0,
      discount = 0,
      tax_added = 0,
      service = 0,
      tip = 0,
      rounding = 0,
      deferred = 0,
    } = book ?? {}
    expect(total).toBe(gross - discount + tax_added + service + tip + rounding + deferred)
  }
  const tenders = Object.values(books?.by_tender ?? {}).reduce((sum, { amount }) => sum + amount, 0)
  expect(tenders).toBe(books?.total)
})

test('sales of a living counter appear as the clock reaches them', async () => {
  const clock = new StageClock({ at: Date.UTC(2026, 9, 21, 2), frozen: true })
  const live = await startDinePos({ clock, live: { scale: 1 } })
  expect(live.books()[0]?.count).toBe(0)
  await clock.advance(20 * HOUR_MS)
  const count = live.books()[0]?.counter.count ?? 0
  expect(count).toBeGreaterThan(20)
  await clock.advance(24 * HOUR_MS)
  expect(live.books()[0]?.counter.count).toBeGreaterThan(count + 20)
  await live.close()
  clock.close()
})

test('requests, faults and acts are told; what makes no sense is a 400 with a sentence', async () => {
  await push(running, orderOf(running, 'A'))
  const { body } = await control('GET', '/requests')
  expect(body).toMatchObject({ calls: { 'orders.push': 1 }, statuses: { 200: 1 }, doubled: [] })
  expect(body.pushed).toMatchObject([{ key: 'A', reference_id: 'A', twins: 0 }])
  const pains = (await control('GET', '/faults')).body.faults.map(({ name, pain }: Json) => [name, pain])
  expect(Object.fromEntries(pains)).toMatchObject({ 'timeout-after-commit': 27, 'rate-limit-storm': 20 })
  expect((await control('GET', '/acts')).body.acts.map(({ name }: Json) => name)).toContain('sell-out')
  const refused = [
    await control('POST', '/faults', { name: 'nonsense', on: true }),
    await control('POST', '/acts', { name: 'dance' }),
    await control('POST', '/acts', { name: 'move-order', order_id: 'A', status: 'eaten' }),
    await control('POST', '/acts', { name: 'move-order', order_id: 'Z', status: 'ready' }),
    await control('POST', '/acts', { name: 'edit-menu', kind: 'reprice', id: '1', price: 'free' }),
    await control('POST', '/acts', { name: 'place-orders' }),
    await control('POST', '/acts', { name: 'sell-out' }),
    await control('GET', '/books?from=yesterday'),
  ]
  for (const { status, body: answer } of refused) expect([status, typeof answer.error]).toEqual([400, 'string'])
})

test('a text is the amount that it says, at every number of decimals, and nothing else is one', () => {
  fc.assert(
    fc.property(fc.nat(999_999_999), fc.constantFrom(0, 2, 3), (minor, exponent) => {
      expect(minorOf(amountText(minor, exponent), exponent)).toBe(minor)
      expect(minorOf(`${amountText(minor, exponent)}${exponent === 0 ? '.' : ''}00`, exponent)).toBe(minor)
    }),
  )
  for (const text of ['1,00', '1.2.3', 'NaN', '1e3', ' 1', '0.001', '--1']) expect(minorOf(text, 2)).toBeNull()
  expect([thousandthsOf('1.5'), thousandthsOf('0'), thousandthsOf('-1'), thousandthsOf('1.0005')]).toEqual([
    1500,
    null,
    null,
    null,
  ])
  expect([times(199, 1500), times(333, 500)]).toEqual([299, 167])
})
