import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { type Asking, type Shop, useHub } from '#tests/harness/hub.ts'

// A merchant connects, and the hub reads by itself: the past newest first, then what changes. Through the addresses that
// users were promised, by the hub as it starts, against the simulated provider.

const DAY_MS = 86_400_000
const providers = new Map<string, string>()
let square: RunningSquare

beforeAll(async () => {
  square = await startSquare({ rateLimit: null })
  const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10)
  square.sell({ from: day(40), to: day(2), count: 240 })
  providers.set('SQUARE_BASE_URL', square.baseUrl)
})
afterAll(() => square?.close())

const hub = useHub({ providers })

type Json = Readonly<Record<string, unknown>>
let shop: Shop
let connection: string

const ask = (path: string, asking: Asking = {}) =>
  hub.ask(`/api/v1/tenants/${shop.tenant.id}/pos/configurations${path}`, { key: shop.key, ...asking })
const status = async () =>
  (await ask(`/${connection}/sync/status`)).json as { current: Json[]; recent: Json[]; coverage: Json[] } & Json

/** Answers when nothing is read any more. */
async function settled(): Promise<Awaited<ReturnType<typeof status>>> {
  for (let tries = 0; tries < 400; tries++) {
    const now = await status()
    if (now.current.length === 0) return now
    await sleep(100)
  }
  throw new Error(`it is still being read: ${JSON.stringify(await status())}`)
}

async function ours(): Promise<{ readonly sales: number; readonly total: number; readonly refunded: number }> {
  const [row] = await hub.db.query<{ sales: string; total: string; refunded: string }>(
    `select sum(sales) as sales, sum(total) as total, sum(refunded) as refunded from pos.daily_sales
     where connection_id = $1`,
    [connection],
  )
  return { sales: Number(row?.sales), total: Number(row?.total), refunded: Number(row?.refunded) }
}

function theirs(): { readonly sales: number; readonly total: number; readonly refunded: number } {
  const [books] = square.books()
  if (books === undefined) throw new Error('something was sold')
  return { sales: books.count, total: books.total, refunded: books.refunds.amount }
}

test('a connection that was just made is read to the cent, and says what it covers', async () => {
  shop = await hub.openShop('dublin', { timeZone: 'Europe/Dublin' })
  const { access_token } = square.credentials
  const body = { pos_system: 'square', name: 'Main street', environment: 'production', credentials: { access_token } }
  const made = await ask('', { method: 'POST', json: { ...body, locations: 'all', sync: { webhooks: false } } })
  expect(made.status, made.text).toBe(201)
  connection = String(made.json?.id)
  const { recent, coverage, ...rest } = await settled()
  expect(recent[0]).toMatchObject({ mode: 'backfill', state: 'done', error: null, counts: { failed: 0 } })
  expect(await ours()).toEqual(theirs())
  expect(coverage.find((one) => one.data_type === 'sales')).toMatchObject({ past: 'exhausted', unfinished: [] })
  expect(rest).toMatchObject({ next: { news: expect.any(String) }, due_reads: { given_up: 0 } })
  const articles = await hub.db.query('select count(*) as n from pos.catalog_articles where sku is not null')
  expect(Number(articles[0]?.n)).toBeGreaterThan(0)
})

test('a person’s sync finds what was sold since, and one at a time runs', async () => {
  square.sell({ count: 30 })
  const wish = { method: 'POST', json: { mode: 'full', data_types: ['sales'], from: '2026-01-01' } }
  const [one, other] = await Promise.all([ask(`/${connection}/sync`, wish), ask(`/${connection}/sync`, wish)])
  expect([one.status, other.status].sort(), one.text + other.text).toEqual([202, 409])
  const started = one.status === 202 ? one : other
  const refused = one.status === 202 ? other : one
  expect(refused.json).toMatchObject({ code: 'sync.running', sync_id: started.json?.id })
  expect(started.json).toMatchObject({ mode: 'full', state: 'queued', data_types: ['sales'] })
  await settled()
  const shown = await ask(`/${connection}/syncs/${started.json?.id}`)
  expect(shown.json).toMatchObject({ sync: { state: 'done', windows_failed: 0 } })
  expect(shown.json?.windows).toContainEqual(expect.objectContaining({ stream: 'orders', state: 'done' }))
  expect((await ours()).sales).toBe(theirs().sales)
})

test('a sync can be stopped, and what has ended cannot', async () => {
  const started = await ask(`/${connection}/sync`, { method: 'POST', json: { mode: 'incremental' } })
  expect(started.status).toBe(202)
  const path = `/${connection}/syncs/${started.json?.id}/cancel`
  const stopped = await ask(path, { method: 'POST' })
  if (stopped.status === 200) expect(stopped.json).toMatchObject({ state: 'cancelled' })
  await settled()
  const again = await ask(path, { method: 'POST', headers: { 'idempotency-key': 'again' } })
  expect(again.status).toBe(409)
  expect(again.json).toMatchObject({ code: 'sync.finished' })
})

test('the list of syncs is paged, newest first, and can be narrowed to a mode', async () => {
  const all = (await ask(`/${connection}/syncs`)).json?.data as Json[]
  expect(all.length).toBeGreaterThanOrEqual(3)
  const seen: unknown[] = []
  let cursor = ''
  do {
    const page = (await ask(`/${connection}/syncs?limit=1${cursor}`)).json as {
      data: Json[]
      next_cursor: string | null
    }
    seen.push(...page.data.map(({ id }) => id))
    cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`
  } while (cursor !== '')
  expect(seen).toEqual(expect.arrayContaining(all.map(({ id }) => id)))
  const full = (await ask(`/${connection}/syncs?mode=full`)).json?.data as Json[]
  expect(full.map(({ mode }) => mode)).toEqual(['full'])
})

test.each([
  [{ mode: 'full', from: '2026-10-01', to: '2026-09-01' }, '/to', 'sync.range'],
  [{ mode: 'full', from: '2126-10-01' }, '/from', 'sync.range'],
  [{ mode: 'full', from: '1999-12-31' }, '/from', 'sync.range'],
  [{ mode: 'incremental', from: 'yesterday' }, '/from', 'sync.range'],
  [{ mode: 'incremental', from: '2026-10-01T12:00:00' }, '/from', 'sync.range'],
  [{ mode: 'nightly' }, '/mode', 'http.input-invalid'],
  [{ mode: 'full', data_types: [] }, '/data_types', 'http.input-invalid'],
  [{ mode: 'full', data_types: ['weather'] }, '/data_types/0', 'http.input-invalid'],
])('a wish that makes no sense is refused where it goes wrong: %j', async (json, pointer, code) => {
  const answer = await ask(`/${connection}/sync`, { method: 'POST', json })
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ code })
  const errors = answer.json?.errors as { pointer: string }[]
  expect(errors.map((error) => error.pointer)).toContain(pointer)
})

test('what does not exist, or belongs to somebody else, is not there', async () => {
  const nobody = '01890000-0000-7000-8000-000000000000'
  for (const path of [
    `/${nobody}/sync/status`,
    `/${connection}/syncs/${nobody}`,
    `/${connection}/syncs/x`,
    '/x/syncs',
  ]) {
    expect((await ask(path)).status, path).toBe(404)
  }
  const other = await hub.openShop('elsewhere')
  const theirPath = `/api/v1/tenants/${other.tenant.id}/pos/configurations/${connection}/sync/status`
  expect((await hub.ask(theirPath, { key: other.key })).status).toBe(404)
})

test('while a person must sign in again nothing is started', async () => {
  await hub.db.query(`update pos.configurations set state = 'needs_sign_in' where id = $1`, [connection])
  const answer = await ask(`/${connection}/sync`, { method: 'POST', json: { mode: 'incremental' } })
  expect(answer.status).toBe(409)
  expect(answer.json).toMatchObject({ code: 'sync.not-active', state: 'needs_sign_in' })
  await hub.db.query(`update pos.configurations set state = 'active' where id = $1`, [connection])
})
