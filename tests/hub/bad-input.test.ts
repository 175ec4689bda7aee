import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asking, importEnds, rowsOf, type Shop, until, useHub } from '#tests/harness/hub.ts'
import { type Exit, type Machine, newMachine } from '#tests/harness/process.ts'

// Files and requests as they really arrive. Each gets an answer with a code and a sentence that says what to do, and the
// store is afterwards as it was, or holds exactly the rows that were good.

const LIMIT_BYTES = 3 * 1024 * 1024
const HEADER = 'Date,Receipt,Item,Quantity,Price'
const breakfast = '2026-03-02 08:01,1,Rye loaf,1,4.20'
const elevenses = '2026-03-02 10:40,2,Bun,3,0.90'

const hub = useHub({ importBytesMax: LIMIT_BYTES })
let machine: Machine
let bakery: Shop

beforeAll(async () => {
  bakery = await hub.openShop('bakery')
  machine = await newMachine()
})
afterAll(() => machine?.scrap())

/** A PNG’s first bytes and some of what follows them. */
const picture = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e00802000000', 'hex'),
  randomBytes(4_000),
])
const lines = (...rows: string[]) => Buffer.from(`${[HEADER, ...rows].join('\n')}\n`)
const manySales = lines(
  ...Array.from({ length: 5_000 }, (_, n) => {
    const at = new Date(Date.UTC(2026, 0, 1, 8) + n * 600_000).toISOString()
    return `${at.slice(0, 10)} ${at.slice(11, 16)},${n},Rye loaf,1,4.${10 + (n % 80)}`
  }),
)

/** Files that are refused whole, and by which code. */
const REFUSED: readonly (readonly [what: string, bytes: Buffer, code: string])[] = [
  ['an empty file', Buffer.alloc(0), 'file.empty'],
  ['a file of blank lines', Buffer.from('\n\r\n   \n\n'), 'file.empty'],
  ['a picture that calls itself a table', picture, 'file.binary'],
  ['bytes of no meaning', randomBytes(64 * 1024), 'file.binary'],
  ['a web page', Buffer.from('<!doctype html><html><body><h1>Sign in</h1></body></html>\n'), 'file.not_a_table'],
  ['a table of nothing but a heading', lines(), 'file.no_rows'],
  ['a table without a date', Buffer.from('Item,Price\nRye loaf,4.20\nBun,0.90\n'), 'file.no_date'],
  ['an archive that is cut after its first bytes', gzipSync(manySales).subarray(0, 12), 'file.damaged'],
  [
    'an Excel workbook',
    Buffer.from('504b0304140006000800000021005b436f6e74656e745f54797065735d2e786d6c', 'hex'),
    'file.',
  ],
]

describe('files that are no table of sales', () => {
  test.for(REFUSED)('%s is refused with a reason, and nothing of it is stored', async ([, bytes, code]) => {
    const before = await books()
    const answer = await upload(bytes)
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json).toMatchObject({ state: 'failed', fault: { code: expect.stringContaining(code) } })
    const fault = answer.json?.fault as { code: string; detail: string }
    expect(fault.detail).toMatch(/^[A-Z].{20,}\.$/s)
    const again = await confirm(String(answer.json?.id))
    expect(again).toMatchObject({ status: 409, json: { code: 'import.not-confirmable' } })
    expect(await books()).toEqual(before)
  })

  test('the command says the same, with the same codes, and ends with 1', async () => {
    const before = await books()
    const said = await Promise.all(REFUSED.map(([, bytes], n) => command(bytes, `refused-${n}.csv`)))
    for (const [n, exit] of said.entries()) {
      const [what, , code] = REFUSED[n] ?? []
      expect({ what, code: exit.code, said: exit.error?.code }, exit.stderr).toEqual({
        what,
        code: 1,
        said: expect.stringContaining(code ?? '?'),
      })
      expect(exit.error?.detail).toMatch(/^[A-Z].{20,}\.$/s)
    }
    const nowhere = await machine.call(['import', '/no/such/file.csv', '--tenant', 'bakery', '--json'], hub.env)
    expect(nowhere).toMatchObject({ code: 1, error: { code: 'command.file' } })
    const folder = await machine.call(['import', '/tmp', '--tenant', 'bakery', '--json'], hub.env)
    expect(folder).toMatchObject({ code: 1, error: { code: 'command.file' } })
    const nameless = await machine.call(['import', '--json'], hub.env)
    expect(nameless).toMatchObject({ code: 2, error: { code: 'command.bad' } })
    expect(await books()).toEqual(before)
  }, 60_000)
})

/** Files of which the good rows count and the bad ones come back, each with its reason. */
const HALF_GOOD: readonly (readonly [what: string, bytes: Buffer, good: number, codes: readonly string[]])[] = [
  ['ragged rows', lines(breakfast, `${elevenses},7,8,9`, '2026-03-02 11:00'), 1, ['row.width', 'row.width']],
  ['NUL bytes in a cell', lines(breakfast, '2026-03-02 11:00,3,Ry\0e,1,4.20', elevenses), 2, ['row.nul_bytes']],
  [
    'a broken UTF-8 tail',
    Buffer.concat([
      lines(breakfast, elevenses),
      Buffer.from('2026-03-02 11:05,4,Café,1,2.00\n2026-03-02 11:09,5,Caf'),
      Buffer.from([0xc3]),
    ]),
    3,
    ['row.'],
  ],
  ['a quote that never closes', lines(breakfast, '2026-03-02 11:00,3,"Rye,1,4.20', elevenses), 2, ['row.quote_open']],
  [
    'amounts that are none',
    lines(breakfast, '2026-03-02 11:00,3,Bun,1,about two', elevenses),
    2,
    ['row.amount_unreadable'],
  ],
  ['days that do not exist', lines(breakfast, '2026-02-30 11:00,3,Bun,1,1.00', elevenses), 2, ['row.date_unreadable']],
]

describe('files that are partly good', () => {
  test.for(HALF_GOOD)(
    '%s: the good rows stand, the others come back with reasons',
    async ([what, bytes, good, codes]) => {
      const shop = await hub.openShop(what.replaceAll(/[^a-z]+/gi, '-').toLowerCase())
      const received = await upload(bytes, shop)
      const ended = await importEnds(hub.url, shop, String(received.json?.id))
      expect(ended, JSON.stringify(ended)).toMatchObject({
        state: 'done',
        sales_created: good,
        rows_rejected: codes.length,
      })
      const list = await hub.ask(`/api/v1/tenants/${shop.tenant.slug}/imports/${ended?.id}/rejections`, {
        key: shop.key,
      })
      const rows = rowsOf<{ code: string; say: string; row: number }>(list)
      for (const [n, row] of rows.entries()) {
        expect(row.code).toContain(codes[n])
        expect(row.say).toMatch(/\S.{8,}/)
        expect(row.row).toBeGreaterThan(1)
      }
      const download = await hub.ask(`/api/v1/tenants/${shop.tenant.slug}/imports/${ended?.id}/rejections.csv`, {
        key: shop.key,
      })
      expect(download.text).toContain(codes[0])
      expect(await salesOf(shop)).toBe(good)
    },
  )

  test('a packed file that is cut in the middle says so, and the whole one afterwards adds what was missing', async () => {
    const shop = await hub.openShop('cut-gzip')
    const packed = gzipSync(manySales)
    const cut = await upload(packed.subarray(0, Math.floor(packed.length / 2)), shop)
    const id = String(cut.json?.id)
    expect(cut.status, cut.text).toBe(201)
    const detection = cut.json?.detection as { notes: { code: string; say: string }[] } | null
    if (cut.json?.state === 'failed') expect(cut.json.fault).toMatchObject({ code: 'file.damaged' })
    else expect(detection?.notes.map(({ code }) => code)).toContain('file_truncated')
    const ended = await importEnds(hub.url, shop, id)
    const half = await salesOf(shop)
    expect(half).toBe(Number(ended?.sales_created))
    const whole = await upload(packed, shop)
    expect(await importEnds(hub.url, shop, String(whole.json?.id))).toMatchObject({ state: 'done', rows_rejected: 0 })
    expect(await salesOf(shop)).toBe(5_000)
    expect(await totalsOf(shop)).toEqual(countedByHand(manySales))
  })

  test('a plain file that is cut in the middle of a row keeps the row out, and the whole one puts it right', async () => {
    const shop = await hub.openShop('cut-plain')
    const cut = await upload(manySales.subarray(0, Math.floor(manySales.length / 2) - 3), shop)
    const ended = await importEnds(hub.url, shop, String(cut.json?.id))
    expect(ended).toMatchObject({ state: 'done', rows_rejected: 1 })
    const whole = await upload(manySales, shop)
    expect(await importEnds(hub.url, shop, String(whole.json?.id))).toMatchObject({ state: 'done', sales_updated: 0 })
    expect(await totalsOf(shop)).toEqual(countedByHand(manySales))
  })
})

/** Values that a database, a calendar or a number cannot hold: each ends soon, with a code or with its row refused. */
const FAR_OUT: readonly (readonly [what: string, row: string])[] = [
  ['the day that a spreadsheet shows for nothing', '1899-12-30 11:00,3,Bun,1,1.00'],
  ['a day of the last century', '1931-05-01 11:00,3,Bun,1,1.00'],
  ['a day of the next century', '2199-01-01 11:00,3,Bun,1,1.00'],
  ['more money than there is', '2026-03-02 11:00,3,Bun,1,99999999999999999999.00'],
  ['more pieces than there are', '2026-03-02 11:00,3,Bun,99999999999999999999999999999999,1.00'],
  ['more money than a number on the wire can carry', '2026-03-02 11:00,3,Bun,1,100000000000000.00'],
  ['a day before the year one thousand', '0026-03-02 11:00,3,Bun,1,1.00'],
  ['money that only its product exceeds', '2026-03-02 11:00,3,Bun,9000000000,9000000000.00'],
  ['a piece of a piece of a piece', '2026-03-02 11:00,3,Bun,0.00000000000000000000000000000001,1.00'],
  ['a name as long as a book', `2026-03-02 11:00,3,${'Bun '.repeat(100_000)},1,1.00`],
  ['an id as long as a chapter', `2026-03-02 11:00,${'3'.repeat(9_000)},Bun,1,1.00`],
]

describe('values that are far out', () => {
  test.for(FAR_OUT)('%s harms neither the other rows nor anybody’s time', { timeout: 40_000 }, async ([what, row]) => {
    const shop = await hub.openShop(what.replaceAll(/[^a-z]+/gi, '-').toLowerCase())
    const received = await upload(lines(breakfast, row, elevenses), shop)
    expect(received.status, received.text).toBe(201)
    const ended = await importEnds(hub.url, shop, String(received.json?.id), 15_000)
    expect(ended, JSON.stringify(ended?.fault)).toMatchObject({ state: 'done' })
    expect(Number(ended?.sales_created) + Number(ended?.rows_rejected)).toBe(3)
    expect(await salesOf(shop)).toBeGreaterThanOrEqual(2)
    // What was stored can be shown, too.
    const base = `/api/v1/tenants/${shop.tenant.slug}/pos/transactions`
    for (const where of [base, `${base}.csv`]) {
      const shown = await hub.ask(where, { key: shop.key })
      expect(shown.status, `${where}: ${shown.text.slice(0, 300)}`).toBe(200)
    }
    const figures = await hub.ask('/api/pos-integrations/analytics', {
      method: 'POST',
      key: shop.key,
      json: { from: '2026-03-01', to: '2026-03-31' },
    })
    expect(figures.status, figures.text.slice(0, 300)).toBe(200)
  })

  test('an amount that was stored is an amount that can be shown', async () => {
    const shop = await hub.openShop('shown')
    const dear = lines(breakfast, '2026-03-02 11:00,3,Bun,1,100000000000000.00')
    const exit = await command(dear, 'dear.csv', {}, 'shown')
    expect([0, 1], exit.stderr).toContain(exit.code)
    const list = await hub.ask('/api/v1/tenants/shown/pos/transactions', { key: shop.key })
    expect(list.status, list.text).toBe(200)
  })

  test('two days of which one is a lifetime away make no months for the years between', async () => {
    const shop = await hub.openShop('lifetime')
    const received = await upload(lines('1991-01-02 08:00,1,Bun,1,1.00', '2098-12-30 08:00,2,Bun,1,1.00'), shop)
    const ended = await importEnds(hub.url, shop, String(received.json?.id), 30_000)
    expect(ended, JSON.stringify(ended?.fault)).toMatchObject({ state: 'done' })
    const [months] = await hub.db.query<{ n: number }>(
      `select count(*)::int as n from pg_inherits where inhparent = 'pos.transactions'::regclass`,
    )
    expect(months?.n).toBeLessThan(60)
  }, 60_000)
})

describe('requests about files', () => {
  test('a body over the limit is refused with the limit, said or not said beforehand', async () => {
    const before = await books()
    const large = Buffer.alloc(LIMIT_BYTES + 200_000, 'Date,Price\n')
    const said = await upload(large)
    expect(said, said.text).toMatchObject({
      status: 413,
      json: { code: 'http.body-too-large', limit_bytes: LIMIT_BYTES },
    })
    const trickled = await sendRaw(large, { declare: false })
    expect(trickled.status, trickled.text).toBe(413)
    const exit = await command(large, 'large.csv', { TILLWIRE_IMPORT_BYTES_MAX: String(LIMIT_BYTES) })
    expect(exit, exit.stderr).toMatchObject({ code: 1, error: { code: 'import.too-large' } })
    expect(await books()).toEqual(before)
  })

  test('a connection that is cut in the middle of the file leaves nothing of it', async () => {
    const before = await books()
    const cut = await sendRaw(manySales, { cutAfter: 60_000 })
    expect(cut.status).toBe(0)
    const newest = await until(
      'the end of the cut upload',
      async () => {
        const list = await hub.ask('/api/v1/tenants/bakery/imports?limit=1', { key: bakery.key })
        return rowsOf<{ state: string; file_name: string; fault: { code: string } | null }>(list)[0]
      },
      (seen) => seen?.file_name === 'raw.csv' && seen.state !== 'receiving',
    )
    expect(newest).toMatchObject({
      state: 'failed',
      fault: { code: expect.stringMatching(/^(http\.body-cut|import\.interrupted)$/) },
    })
    expect(await books()).toEqual(before)
  })

  test('callers who go away before anybody has begun to read do the hub no harm', async () => {
    const before = await books()
    // Many at once, and again and again: a few of a hundred are gone in the moment before their body is asked for.
    for (let round = 0; round < 5; round++) {
      const hasty = Array.from({ length: 24 }, (_, n) => sendRaw(manySales, { cutAfter: n * 40, patienceMs: n % 6 }))
      for (const { status } of await Promise.all(hasty)) expect(status).toBe(0)
    }
    await until(
      'the end of every cut upload',
      async () => {
        const [found] = await hub.db.query<{ n: number }>(
          `select count(*)::int as n from pos.imports where state = 'receiving'`,
        )
        return found?.n
      },
      (n) => n === 0,
    )
    expect(await hub.ask('/healthz')).toMatchObject({ status: 200 })
    expect(await books()).toEqual(before)
  })

  test('another shop’s import is not there: not to see, to confirm or to download', async () => {
    const butcher = await hub.openShop('butcher')
    const received = await upload(lines(breakfast), bakery, 'no')
    const id = String(received.json?.id)
    for (const [method, tail] of [
      ['GET', ''],
      ['POST', '/confirm'],
      ['GET', '/rejections'],
      ['GET', '/rejections.csv'],
    ]) {
      const asked = await hub.ask(`/api/v1/tenants/butcher/imports/${id}${tail}`, {
        method: method ?? 'GET',
        key: butcher.key,
      })
      expect(asked, tail).toMatchObject({ status: 404, json: { code: 'import.missing' } })
    }
    const unknown = await hub.ask('/api/v1/tenants/butcher/imports/not-an-id', { key: butcher.key })
    expect(unknown).toMatchObject({ status: 404, json: { code: 'import.missing' } })
    const elsewhere = await hub.ask(`/api/v1/tenants/butcher/imports?site_id=${received.json?.site_id}`, {
      method: 'POST',
      key: butcher.key,
      body: lines(breakfast),
    })
    expect(elsewhere).toMatchObject({ status: 404, json: { code: 'site.missing' } })
  })

  test('ranges that run backwards and days that do not exist are named', async () => {
    const base = '/api/v1/tenants/bakery/pos/transactions'
    const wrong: readonly (readonly [query: string, pointer: string])[] = [
      ['from=2026-03-31&to=2026-03-01', '/to'],
      ['from=2026-03-31T10:00:00Z&to=2026-03-31T09:00:00Z', '/to'],
      ['from=2026-02-30', '/from'],
      ['business_date=yesterday', '/business_date'],
      ['location=main', '/location'],
      ['status=lost', '/status'],
      ['colour=red', '/colour'],
      ['limit=0', '/limit'],
      ['limit=501', '/limit'],
      ['min_amount=1.5', '/min_amount'],
    ]
    for (const [query, pointer] of wrong) {
      for (const list of [base, `${base}.csv`]) {
        if (list !== base && pointer === '/limit') continue
        const answer = await hub.ask(`${list}?${query}`, { key: bakery.key })
        expect(answer.status, query).toBe(400)
        expect(answer.json?.errors, query).toMatchObject([{ pointer, detail: expect.stringMatching(/\S{2,}/) }])
      }
    }
    const figures = await hub.ask('/api/pos-integrations/analytics', {
      method: 'POST',
      key: bakery.key,
      json: { from: '2026-03-31', to: '2026-03-01' },
    })
    expect(figures).toMatchObject({
      status: 400,
      json: { code: 'figures.range-backwards', errors: [{ pointer: '/to' }] },
    })
  })

  test('unknown and wrong fields of an upload are named before a byte is kept', async () => {
    const before = await books()
    for (const [query, pointer] of [
      ['confirm=perhaps', '/confirm'],
      ['colour=red', '/colour'],
      ['file_name=', '/file_name'],
      [`file_name=${'x'.repeat(300)}`, '/file_name'],
    ]) {
      const answer = await hub.ask(`/api/v1/tenants/bakery/imports?${query}`, {
        method: 'POST',
        key: bakery.key,
        body: lines(breakfast),
      })
      expect(answer, query).toMatchObject({ status: 400, json: { code: 'http.input-invalid', errors: [{ pointer }] } })
    }
    const site = await hub.ask('/api/v1/tenants/bakery/imports?site_id=nowhere', {
      method: 'POST',
      key: bakery.key,
      body: lines(breakfast),
    })
    expect(site).toMatchObject({ status: 404, json: { code: 'site.missing' } })
    const form = await hub.ask('/api/v1/tenants/bakery/imports', {
      method: 'POST',
      key: bakery.key,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nno file\r\n--x--\r\n',
    })
    expect(form).toMatchObject({ status: 400, json: { code: 'http.body-malformed' } })
    expect(await books()).toEqual(before)
  })
})

function upload(bytes: Buffer, shop: Shop = bakery, word: 'yes' | 'no' = 'yes') {
  const asking: Asking = { method: 'POST', key: shop.key, body: bytes }
  return hub.ask(`/api/v1/tenants/${shop.tenant.slug}/imports?confirm=${word}&file_name=sales.csv`, asking)
}

function confirm(id: string) {
  return hub.ask(`/api/v1/tenants/bakery/imports/${id}/confirm`, { method: 'POST', key: bakery.key })
}

async function command(
  bytes: Buffer,
  name: string,
  env: Readonly<Record<string, string>> = {},
  tenant = 'bakery',
): Promise<Exit> {
  const file = path.join(machine.dataDir, name)
  await writeFile(file, bytes)
  return machine.call(['import', file, '--tenant', tenant, '--yes', '--json'], { ...hub.env, ...env })
}

/** Speaks HTTP by hand: without a length, or ending in the middle. Status 0 when no answer came. */
function sendRaw(
  bytes: Buffer,
  how: { readonly declare?: boolean; readonly cutAfter?: number; readonly patienceMs?: number },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve) => {
    const url = new URL('/api/v1/tenants/bakery/imports?confirm=yes&file_name=raw.csv', hub.url)
    const headers: Record<string, string> = { 'x-api-key': bakery.key, 'content-type': 'text/csv' }
    if (how.declare !== false) headers['content-length'] = String(bytes.length)
    const sending = request(url, { method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      answer.once('close', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    sending.once('error', () => resolve({ status: 0, text: '' }))
    if (how.cutAfter === undefined) sending.end(bytes)
    else
      sending.write(bytes.subarray(0, how.cutAfter), () => setTimeout(() => sending.destroy(), how.patienceMs ?? 100))
  })
}

async function salesOf(shop: Shop): Promise<number> {
  const [found] = await hub.db.query<{ n: number }>(
    'select count(*)::int as n from pos.transactions where tenant_id = $1',
    [shop.tenant.id],
  )
  return found?.n ?? -1
}

async function totalsOf(shop: Shop) {
  const [sums] = await hub.db.query<{ sales: number; total: number }>(
    'select sum(sales)::int as sales, sum(total)::int as total from pos.daily_sales where tenant_id = $1',
    [shop.tenant.id],
  )
  return sums
}

function countedByHand(file: Buffer) {
  const rows = file.toString().trim().split('\n').slice(1)
  return { sales: rows.length, total: rows.reduce((sum, row) => sum + Math.round(Number(row.split(',')[4]) * 100), 0) }
}

/** How many rows every table of trade holds. That a file was tried and refused is itself kept, and is not counted. */
async function books(): Promise<Record<string, number>> {
  const tables = await hub.db.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'pos' and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not in ('imports', 'import_chunks') order by 1`,
  )
  const counts: Record<string, number> = {}
  for (const { name } of tables) {
    const [found] = await hub.db.query<{ n: number }>(`select count(*)::int as n from ${name}`)
    counts[name] = found?.n ?? -1
  }
  return counts
}
