import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAt, importEnds, until } from '#tests/harness/hub.ts'
import { type HubProcess, type Machine, newMachine } from '#tests/harness/process.ts'

// An import that is being taken back when the program is killed.

const SALES = 6_000
const HEADER = 'Date,Receipt,Item,Quantity,Price'

let machine: Machine
let hub: HubProcess
let shop: { key: string; tenant: { slug: string } }

beforeAll(async () => {
  machine = await newMachine()
  hub = await machine.start()
  const made = await machine.call(['tenant', 'create', 'bakery', '--json'])
  shop = { key: String(made.said?.api_key), tenant: { slug: 'bakery' } }
}, 120_000)
afterAll(() => machine?.scrap())

const line = (n: number, price: string) => {
  const at = new Date(Date.UTC(2026, 0, 1, 8) + n * 300_000).toISOString()
  return `${at.slice(0, 10)} ${at.slice(11, 16)},S-${2_000_000_000 + n},Bun of the ${n % 90}th kind,2,${price}`
}
const table = (from: number, to: number, price: string) =>
  `${[HEADER, ...Array.from({ length: to - from }, (_, n) => line(from + n, price))].join('\n')}\n`

async function take(body: string): Promise<string> {
  const received = await askAt(hub.url, '/api/v1/tenants/bakery/imports?confirm=yes', {
    method: 'POST',
    key: shop.key,
    body,
  })
  expect(received.status, received.text).toBe(201)
  const id = String(received.json?.id)
  expect(await importEnds(hub.url, shop, id, 120_000)).toMatchObject({ state: 'done', rows_rejected: 0 })
  return id
}

const look = async (id: string) =>
  (await askAt(hub.url, `/api/v1/tenants/bakery/imports/${id}`, { key: shop.key })).json as Record<string, unknown>

test('is taken back to its end by the next start, and what another import said stands to the cent', async () => {
  const first = await take(table(0, SALES, '1.50'))
  await take(table(SALES - 100, SALES + 100, '2.00'))
  const asked = await askAt(hub.url, `/api/v1/tenants/bakery/imports/${first}/undo`, { method: 'POST', key: shop.key })
  expect(asked).toMatchObject({ status: 200, json: { state: 'undoing' } })
  await until(
    'an undo half-way',
    () => look(first),
    ({ undo }) => Number((undo as { sales_removed: number } | null)?.sales_removed) >= 1_000,
    120_000,
  )
  hub.kill('SIGKILL')
  await hub.exited
  const [halfWay] = await machine.query<{ sales: number }>('select count(*)::int as sales from pos.transactions')
  expect(halfWay?.sales).toBeGreaterThan(200)

  hub = await machine.start()
  const undone = await until(
    'the end of the undo',
    () => look(first),
    ({ state }) => state === 'undone',
    120_000,
  )
  expect(undone.undo).toMatchObject({ progress: 1, sales_removed: SALES - 100 })
  const [stored] = await machine.query(
    `select (select count(*)::int from pos.transactions) as sales,
       (select sum(total)::int from pos.transactions) as total,
       (select sum(sales)::int from pos.daily_sales) as "daySales",
       (select sum(total)::int from pos.daily_sales) as "dayTotal",
       (select sum(sales)::int from pos.hourly_sales) as "hourSales",
       (select sum(quantity)::int from pos.daily_items) as units,
       (select count(*)::int from pos.import_chunks where import_id = $1) as chunks`,
    [first],
  )
  expect(stored).toEqual({
    sales: 200,
    total: 200 * 400,
    daySales: 200,
    dayTotal: 200 * 400,
    hourSales: 200,
    units: 400,
    chunks: 0,
  })
}, 300_000)

test('the command takes another back, and asks before it does', async () => {
  const id = await take(table(0, 50, '1.50'))
  const unasked = await machine.call(['undo', id, '--tenant', 'bakery', '--json'])
  expect(unasked).toMatchObject({ code: 1, error: { code: 'command.unconfirmed' } })
  const undone = await machine.call(['undo', id, '--tenant', 'bakery', '--yes', '--json'])
  expect(undone, undone.stderr).toMatchObject({
    code: 0,
    said: { import_id: id, state: 'undone', sales_removed: 50, sales_restored: 0, refunds_removed: 0 },
  })
  const nobodys = await machine.call(['undo', '01890a5d-ac96-774b-bcce-b302099a8057', '--tenant', 'bakery', '--json'])
  expect(nobodys).toMatchObject({ code: 1, error: { code: 'import.missing' } })
}, 120_000)
