import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importEnds, type Shop, useHub } from '#tests/harness/hub.ts'
import { type Machine, newMachine } from '#tests/harness/process.ts'

// Whole till files through the whole hub, held against a count that PostgreSQL makes of the bare lines: cells split at
// commas, amounts as exact numerics. None of these files has a comma or a quote inside a cell, which the count checks.

const FOLDER = new URL('../../../shared/data/', import.meta.url)

type Till = {
  readonly file: string
  readonly slug: string
  readonly currency: string
  readonly timeZone: string
  /** Of a row: its sale, whether it is an article, its units, its amount in minor units, its day. In SQL. */
  readonly sale: string
  readonly isItem: string
  readonly units: string
  readonly minor: string
  readonly day: string
}

const TILLS: readonly Till[] = [
  {
    file: 'bread_basket_edinburgh.csv',
    slug: 'bread-basket',
    currency: 'GBP',
    timeZone: 'Europe/London',
    sale: 'cell[3]',
    // A row of NONE proves a sale without naming what was sold.
    isItem: "cell[4] <> 'NONE'",
    units: '1',
    minor: '0',
    day: "to_date(cell[1], 'YYYY-MM-DD')",
  },
  {
    file: 'coffee_vending.csv',
    slug: 'coffee-machine',
    currency: 'UAH',
    timeZone: 'Europe/Kyiv',
    sale: 'no::text',
    isItem: 'true',
    units: '1',
    minor: 'cell[4]::numeric * 100',
    day: "to_date(cell[1], 'MM/DD/YYYY')",
  },
  {
    file: 'takeaway_london_orders.csv.gz',
    slug: 'takeaway',
    currency: 'GBP',
    timeZone: 'Europe/London',
    sale: 'cell[1]',
    isItem: 'true',
    units: 'cell[4]::numeric',
    minor: 'cell[4]::numeric * cell[5]::numeric * 100',
    day: "to_date(cell[2], 'DD/MM/YYYY')",
  },
]

type Count = {
  readonly rows: number
  readonly sales: number
  readonly items: number
  readonly units: number
  readonly minor: number
  readonly first: string
  readonly last: string
}

test.skipIf(existsSync(FOLDER))(
  'real till files are not imported, because the folder that holds them is absent',
  () => undefined,
)

// Only where the folder of till files lies beside the project.
describe.skipIf(!existsSync(FOLDER))('real till files', () => {
  const hub = useHub()
  let machine: Machine
  const shops = new Map<string, Shop>()

  beforeAll(async () => {
    machine = await newMachine()
    for (const { slug, currency, timeZone } of TILLS) {
      for (const way of ['by-http', 'by-command']) {
        shops.set(`${slug}-${way}`, await hub.openShop(`${slug}-${way}`, { currency, timeZone }))
      }
    }
  })
  afterAll(() => machine?.scrap())

  describe.each(TILLS)('$file', (till) => {
    test('sent over HTTP, stands in the store as it counts by hand', async () => {
      const bytes = bytesOf(till)
      const byHand = await countedByHand(till, textOf(bytes))
      const shop = shopOf(`${till.slug}-by-http`)
      const ended = await send(shop, till.file, bytes)
      expect(ended).toMatchObject({
        state: 'done',
        rows_read: byHand.rows,
        rows_rejected: 0,
        sales_created: byHand.sales,
        sales_updated: 0,
        sales_unchanged: 0,
        items: byHand.items,
        gross: byHand.minor === 0 ? null : { amount: byHand.minor, currency: till.currency },
      })
      expect(Number(ended?.units)).toBe(byHand.units)
      expect(await stored(shop)).toEqual(totalsOf(byHand))
    }, 120_000)

    test('given to the command beside the running hub, comes to the same', async () => {
      const byHand = await countedByHand(till, textOf(bytesOf(till)))
      const shop = shopOf(`${till.slug}-by-command`)
      const file = fileURLToPath(new URL(till.file, FOLDER))
      const args = ['import', file, '--tenant', shop.tenant.slug, '--yes', '--json']
      const exit = await machine.call(args, hub.env)
      expect(exit, exit.stderr).toMatchObject({
        code: 0,
        said: {
          sales: byHand.sales,
          items: byHand.items,
          refunds: 0,
          rows_read: byHand.rows,
          rows_rejected: 0,
          already_known: 0,
          currency: till.currency,
          // A file without prices has no gross, which is not the same as one of nothing.
          gross: byHand.minor === 0 ? null : byHand.minor,
          first_at: expect.stringMatching(/^\d{4}-.*Z$/),
          last_at: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      })
      expect(await stored(shop)).toEqual(totalsOf(byHand))
      expect(await figures(shop, byHand)).toEqual({
        revenue: byHand.minor,
        transactions: byHand.sales,
        units: byHand.units,
        demo: false,
      })
    }, 120_000)

    test('sent a second time, or half of it once more, changes nothing at all', async () => {
      const bytes = bytesOf(till)
      const byHand = await countedByHand(till, textOf(bytes))
      const shop = shopOf(`${till.slug}-by-http`)
      const before = await everything(shop)
      const again = await send(shop, `${till.file}-again.csv`, bytes)
      expect(again).toMatchObject({
        state: 'done',
        sales_created: 0,
        sales_updated: 0,
        sales_unchanged: byHand.sales,
        items: byHand.items,
        gross: byHand.minor === 0 ? null : { amount: byHand.minor },
      })
      expect(await everything(shop)).toEqual(before)

      const half = await firstHalfByDay(till, textOf(bytes))
      const part = await send(shop, 'the-first-half.csv', Buffer.from(half.text))
      expect(half.rows).toBeGreaterThan(byHand.rows / 20)
      expect(half.rows).toBeLessThan(byHand.rows)
      expect(part).toMatchObject({ state: 'done', rows_read: half.rows, sales_created: 0, sales_updated: 0 })
      expect(await everything(shop)).toEqual(before)
    }, 120_000)

    test('packed or not, and with other ends of line, it is the same file', async () => {
      const shop = shopOf(`${till.slug}-by-command`)
      const before = await everything(shop)
      const text = textOf(bytesOf(till))
      const dressed = till.file.endsWith('.gz')
        ? Buffer.from(text)
        : gzipSync(Buffer.from(text.replaceAll(/\r?\n/g, '\r\n')))
      expect(await send(shop, 'dressed-otherwise.csv', dressed)).toMatchObject({
        state: 'done',
        sales_created: 0,
        sales_updated: 0,
        rows_rejected: 0,
      })
      expect(await everything(shop)).toEqual(before)
    }, 120_000)
  })

  async function send(shop: Shop, name: string, bytes: Buffer) {
    const received = await hub.ask(`/api/v1/tenants/${shop.tenant.slug}/imports?confirm=yes&file_name=${name}`, {
      method: 'POST',
      key: shop.key,
      body: bytes,
    })
    expect(received.status, received.text).toBe(201)
    return importEnds(hub.url, shop, String(received.json?.id), 110_000)
  }

  /** Revenue and counts over the file's whole span, asked year by year: one answer holds at most 800 days. */
  async function figures(shop: Shop, { first, last }: Count) {
    const sums = { revenue: 0, transactions: 0, units: 0, demo: false }
    for (let year = Number(first.slice(0, 4)); year <= Number(last.slice(0, 4)); year++) {
      const from = year === Number(first.slice(0, 4)) ? first : `${year}-01-01`
      const to = year === Number(last.slice(0, 4)) ? last : `${year}-12-31`
      const answer = await hub.ask('/api/pos-integrations/analytics', {
        method: 'POST',
        key: shop.key,
        json: { from, to },
      })
      expect(answer.status, answer.text).toBe(200)
      expect(answer.json).toMatchObject({ currency: shop.tenant.currency, other_currencies: [] })
      const summary = answer.json?.summary as Record<string, number>
      sums.revenue += Math.round((summary.total_revenue ?? Number.NaN) * 100)
      sums.transactions += summary.total_transactions ?? Number.NaN
      sums.units += summary.total_items_sold ?? Number.NaN
      sums.demo ||= answer.json?.demo === true
    }
    return sums
  }

  async function countedByHand(till: Till, text: string): Promise<Count> {
    expect(text).not.toContain('"')
    const [count] = await hub.db.query<Count>(
      `select count(*)::int as rows, count(distinct ${till.sale})::int as sales,
         (count(*) filter (where ${till.isItem}))::int as items,
         (sum(${till.units}) filter (where ${till.isItem}))::float8 as units,
         sum(${till.minor})::float8 as minor,
         min(${till.day})::text as first, max(${till.day})::text as last
       from (select no, string_to_array(trim(trailing e'\\r' from line), ',') as cell
             from string_to_table($1, e'\\n') with ordinality as t(line, no)
             where no > 1 and trim(trailing e'\\r' from line) <> '') as rows`,
      [text],
    )
    if (count === undefined) throw new Error('the file has rows')
    return count
  }

  async function firstHalfByDay(till: Till, text: string): Promise<{ text: string; rows: number }> {
    const [half] = await hub.db.query<{ text: string; rows: number }>(
      `with rows as (
         select no, line, ${till.day} as day
         from (select no, line, string_to_array(trim(trailing e'\\r' from line), ',') as cell
               from string_to_table($1, e'\\n') with ordinality as t(line, no)
               where no > 1 and trim(trailing e'\\r' from line) <> '') as lines
       ), middle as (select min(day) + (max(day) - min(day)) / 2 as day from rows)
       select split_part($1, e'\\n', 1) || e'\\n' || string_agg(line, e'\\n' order by no) || e'\\n' as text,
         count(*)::int as rows
       from rows where day <= (select day from middle)`,
      [text],
    )
    if (half === undefined) throw new Error('the file has rows')
    return half
  }

  async function stored(shop: Shop) {
    const [found] = await hub.db.query(
      `select (select count(*)::int from pos.transactions where tenant_id = $1) as sales,
         (select count(*)::int from pos.transaction_items where tenant_id = $1) as items,
         (select sum(quantity)::float8 from pos.transaction_items where tenant_id = $1) as units,
         (select coalesce(sum(total), 0)::float8 from pos.transactions where tenant_id = $1) as minor,
         (select sum(sales)::int from pos.daily_sales where tenant_id = $1) as "daySales",
         (select sum(total)::float8 from pos.daily_sales where tenant_id = $1) as "dayMinor",
         (select sum(sales)::int from pos.hourly_sales where tenant_id = $1) as "hourSales",
         (select sum(quantity)::float8 from pos.daily_items where tenant_id = $1) as "itemUnits"`,
      [shop.tenant.id],
    )
    return found
  }

  function totalsOf({ sales, items, units, minor }: Count) {
    return { sales, items, units, minor, daySales: sales, dayMinor: minor, hourSales: sales, itemUnits: units }
  }

  /** Every row of the tenant’s trade, as one sum per table. Not counted: the imports, and who else said the same. */
  async function everything(shop: Shop): Promise<Record<string, unknown>> {
    const tables = await hub.db.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'pos' and c.relkind in ('r', 'p') and not c.relispartition
         and c.relname not in ('imports', 'import_chunks', 'sale_sightings', 'article_mentions') order by 1`,
    )
    const sums: Record<string, unknown> = {}
    for (const { name } of tables) {
      const [found] = await hub.db.query<{ n: number; sum: string }>(
        `select count(*)::int as n, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as sum
         from ${name} t where tenant_id = $1`,
        [shop.tenant.id],
      )
      sums[name] = found
    }
    return sums
  }

  function shopOf(slug: string): Shop {
    const shop = shops.get(slug)
    if (!shop) throw new Error(`no shop ${slug}`)
    return shop
  }
})

function bytesOf({ file }: Till): Buffer {
  return readFileSync(new URL(file, FOLDER))
}

function textOf(bytes: Buffer): string {
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8').replace(/^\ufeff/, '')
}
