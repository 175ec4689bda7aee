import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { lockFolder } from '#app/data-folder.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { askAt, importEnds, until } from '#tests/harness/hub.ts'
import { type HubProcess, isAlive, type Machine, newMachine } from '#tests/harness/process.ts'

// The program as it runs on somebody's machine: real processes, killed without a word.

type Made = { readonly id: string; readonly slug: string; readonly api_key: string }

const SMALL_FILE =
  'Date,Receipt,Item,Quantity,Price\n2026-03-02 08:01,1,Rye loaf,1,4.20\n2026-03-02 08:05,2,Bun,3,0.90\n'

describe('one machine, day after day', () => {
  let machine: Machine
  let hub: HubProcess
  let bakery: { key: string; tenant: Made }
  let smallFile: string

  beforeAll(async () => {
    machine = await newMachine()
    smallFile = path.join(machine.dataDir, 'march.csv')
    await writeFile(smallFile, SMALL_FILE)
  })
  afterAll(() => machine.scrap())

  const salesOf = async () => {
    const answer = await askAt(hub.url, `/api/v1/tenants/bakery/pos/transactions`, { key: bakery.key })
    return { status: answer.status, sales: (answer.json?.data as unknown[] | undefined)?.length }
  }
  const ready = () =>
    until(
      'a hub that is ready',
      () =>
        askAt(hub.url, '/readyz').then(
          ({ status }) => status,
          () => 0,
        ),
      (status) => status === 200,
      20_000,
    )

  test('commands attach to the running hub: a tenant is made and a file imported while it serves', async () => {
    hub = await machine.start()
    expect(hub.said).toMatchObject({ root_key_made_at: path.join(machine.dataDir, 'root.key'), pid: hub.pid })
    expect(String(hub.said.set_up_url)).toMatch(/\/enter#token=tw_link_/)
    expect((await stat(path.join(machine.dataDir, 'root.key'))).mode & 0o777).toBe(0o600)

    const made = await machine.call(['tenant', 'create', 'bakery', '--json'])
    expect(made, made.stderr).toMatchObject({ code: 0, said: { slug: 'bakery' } })
    const tenant = made.said as Made
    bakery = { key: tenant.api_key, tenant }
    const imported = await machine.call(['import', smallFile, '--tenant', 'bakery', '--yes', '--json'])
    expect(imported, imported.stderr).toMatchObject({
      code: 0,
      said: { sales: 2, items: 2, rows_read: 2, rows_rejected: 0, already_known: 0, gross: 690, currency: 'EUR' },
    })
    expect(await salesOf()).toEqual({ status: 200, sales: 2 })
  })

  test('a second hub on the same folder is refused and told the first one’s pid', async () => {
    const second = await machine.call(['start', '--json'], { PORT: '0' })
    expect(second).toMatchObject({ code: 1, error: { code: 'hub.running', pid: hub.pid } })
    expect(second.error?.detail).toContain(String(hub.pid))
    expect(await salesOf()).toEqual({ status: 200, sales: 2 })
  })

  test('a hub that is killed leaves its data and its PostgreSQL, and the next one takes both over', async () => {
    const postmaster = await machine.postmasterPid()
    hub.kill('SIGKILL')
    await hub.exited
    expect(await machine.postmasterPid()).toBe(postmaster)
    hub = await machine.start()
    expect(await machine.postmasterPid()).toBe(postmaster)
    expect(await salesOf()).toEqual({ status: 200, sales: 2 })
  })

  test('a PostgreSQL that was taken over and is killed comes back by itself', async () => {
    await killPostgres()
  })

  test('a PostgreSQL that was started by this hub and is killed comes back by itself', async () => {
    await killPostgres()
  })

  async function killPostgres(): Promise<void> {
    const postmaster = await machine.postmasterPid()
    if (postmaster === null) throw new Error('PostgreSQL should run')
    process.kill(postmaster, 'SIGKILL')
    await until(
      'another PostgreSQL',
      () => machine.postmasterPid(),
      (pid) => pid !== null && pid !== postmaster,
    )
    await ready()
    expect(await salesOf()).toEqual({ status: 200, sales: 2 })
    // Not only what is asked anew: the queue that the hub listens to works again, too.
    const received = await askAt(hub.url, '/api/v1/tenants/bakery/imports?confirm=yes', {
      method: 'POST',
      key: bakery.key,
      body: SMALL_FILE,
    })
    expect(received.status, received.text).toBe(201)
    const shop = { key: bakery.key, tenant: bakery.tenant }
    expect(await importEnds(hub.url, shop, String(received.json?.id), 20_000)).toMatchObject({
      state: 'done',
      sales_unchanged: 2,
      sales_created: 0,
    })
  }

  test('an import that is killed half-way goes on at the next start, and every sale is there once', async () => {
    const { text, sales, items, gross } = longYear(200_000)
    const shop = { key: bakery.key, tenant: bakery.tenant }
    const received = await askAt(hub.url, '/api/v1/tenants/bakery/imports?confirm=yes&file_name=long-year.csv', {
      method: 'POST',
      key: bakery.key,
      body: text,
    })
    expect(received.status, received.text).toBe(201)
    const id = String(received.json?.id)
    const seen = await until(
      'an import half-way',
      async () => (await askAt(hub.url, `/api/v1/tenants/bakery/imports/${id}`, { key: bakery.key })).json,
      (json) => Number(json?.rows_read) >= 80_000,
      90_000,
    )
    hub.kill('SIGKILL')
    await hub.exited
    expect(seen?.state).toBe('running')
    hub = await machine.start()
    const ended = await importEnds(hub.url, shop, id, 90_000)
    expect(ended).toMatchObject({
      state: 'done',
      rows_read: items,
      rows_rejected: 0,
      sales_created: sales,
      sales_updated: 0,
      sales_unchanged: 0,
      items,
      gross: { amount: gross, currency: 'EUR' },
    })
    const [stored] = await machine.query<Record<string, string>>(
      `select (select count(*) from pos.transactions where batch_id = $1) as sales,
         (select sum(total) from pos.transactions where batch_id = $1) as total,
         (select count(*) from pos.sale_revisions where batch_id = $1) as revisions,
         (select count(*) from pos.transaction_items i join pos.transactions t on t.tenant_id = i.tenant_id
            and t.id = i.sale_id and t.filed_on = i.filed_on where t.batch_id = $1) as items,
         (select sum(sales) from pos.daily_sales d join pos.imports m using (tenant_id, connection_id) where m.id = $1) as "daySales",
         (select sum(total) from pos.daily_sales d join pos.imports m using (tenant_id, connection_id) where m.id = $1) as "dayTotal"`,
      [id],
    )
    // The small file of the mornings has the same columns, hence the same connection: two sales, 6.90.
    expect(stored).toEqual({
      sales: String(sales),
      total: String(gross),
      revisions: String(sales),
      items: String(items),
      daySales: String(sales + 2),
      dayTotal: String(gross + 690),
    })
  }, 180_000)

  test('asked to end, the hub ends and takes its PostgreSQL with it', async () => {
    const postmaster = await machine.postmasterPid()
    hub.kill('SIGTERM')
    const exit = await hub.exited
    expect(exit, exit.stderr).toMatchObject({ code: 0 })
    expect(postmaster === null || isAlive(postmaster)).toBe(false)
    expect(await machine.postmasterPid()).toBeNull()
    await expect(readFile(path.join(machine.dataDir, 'hub.lock'))).rejects.toThrow()
  })

  test('commands work without a hub, and leave no PostgreSQL behind', async () => {
    const made = await machine.call(['tenant', 'create', 'butcher', '--currency', 'CHF', '--json'])
    expect(made, made.stderr).toMatchObject({ code: 0, said: { slug: 'butcher' } })
    const again = await machine.call(['tenant', 'create', 'butcher', '--json'])
    expect(again).toMatchObject({ code: 1, error: { code: 'access.slug-taken' } })
    const imported = await machine.call(['import', smallFile, '--tenant', 'butcher', '--yes', '--json'])
    expect(imported, imported.stderr).toMatchObject({ code: 0, said: { sales: 2, gross: 690, currency: 'CHF' } })
    const nobodys = await machine.call(['import', smallFile, '--tenant', 'nobody', '--yes', '--json'])
    expect(nobodys).toMatchObject({ code: 1, error: { code: 'command.tenant' } })
    expect(await machine.postmasterPid()).toBeNull()
  })

  test('a lock of a hub that is long gone does not keep the next one out, even when its pid lives again', async () => {
    const lock = path.join(machine.dataDir, 'hub.lock')
    await writeFile(lock, JSON.stringify({ pid: process.pid, startedTicks: '1', url: null }))
    hub = await machine.start()
    hub.kill('SIGTERM')
    expect(await hub.exited).toMatchObject({ code: 0 })
    // What a crash or a full disk left in place of a lock.
    for (const left of ['{"pid": 1', '', '{}', 'null', '[]', '"pid"', '{"pid":"1"}']) {
      await writeFile(lock, left)
      const held = await lockFolder(machine.dataDir)
      await expect(lockFolder(machine.dataDir), left).rejects.toMatchObject({ code: 'hub.running' })
      await held.release()
    }
  })

  test('a port that somebody else has is said so, and no key is made that nobody was told of', async () => {
    const other = await newMachine()
    const taken = createServer().listen(0, '127.0.0.1')
    try {
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo
      const refused = await other.call(['start', '--json'], { PORT: String(port) })
      expect(refused).toMatchObject({ code: 1, error: { code: 'hub.port-taken' } })
      expect(existsSync(path.join(other.dataDir, 'root.key'))).toBe(false)
    } finally {
      taken.close()
      await other.scrap()
    }
  })

  test('of many that want a folder whose hub died, exactly one gets it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tillwire-lock-'))
    for (let round = 0; round < 60; round++) {
      await writeFile(path.join(folder, 'hub.lock'), JSON.stringify({ pid: 2 ** 22 + 1, startedTicks: '1', url: null }))
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)))
      const held = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      expect(held.length).toBe(1)
      await held[0]?.release()
    }
    await rm(folder, { recursive: true })
  })

  test('another root key, or none where there was one, is refused and changes nothing', async () => {
    const before = await storeAsItIs(machine.dataDir)
    const key = path.join(machine.dataDir, 'root.key')
    const wrong = await machine.call(['start', '--json'], { TILLWIRE_ROOT_KEY: randomBytes(32).toString('base64') })
    expect(wrong).toMatchObject({ code: 1, error: { code: 'root-key.wrong' } })
    const short = await machine.call(['start', '--json'], { TILLWIRE_ROOT_KEY: 'c2hvcnQ=' })
    expect(short).toMatchObject({ code: 1, error: { code: 'root-key.bad' } })
    await rename(key, `${key}.away`)
    const missing = await machine.call(['start', '--json'])
    expect(missing).toMatchObject({ code: 1, error: { code: 'root-key.missing' } })
    await expect(readFile(key)).rejects.toThrow()
    const command = await machine.call(['tenant', 'create', 'thief', '--json'])
    expect(command).toMatchObject({ code: 1, error: { code: 'root-key.missing' } })
    await expect(readFile(key)).rejects.toThrow()
    await rename(`${key}.away`, key)
    expect(await machine.postmasterPid()).toBeNull()
    expect(await storeAsItIs(machine.dataDir)).toEqual(before)
  })

  test('a database that a newer program has used is left alone by this one', async () => {
    const future = `insert into hub.schema_migrations (id, name, hash) values (9999, '9999_tomorrow.sql', 'x')`
    await withServer(machine.dataDir, (client) => client.query(future))
    const before = await storeAsItIs(machine.dataDir)
    for (const args of [
      ['start', '--json'],
      ['tenant', 'create', 'late', '--json'],
    ]) {
      const refused = await machine.call(args)
      expect(refused).toMatchObject({ code: 1, error: { code: 'postgres.schema-newer' } })
      expect(refused.error?.detail).toContain('9999_tomorrow.sql')
    }
    expect(await machine.postmasterPid()).toBeNull()
    expect(await storeAsItIs(machine.dataDir)).toEqual(before)
  })
})

describe('a server of one’s own', () => {
  test('without a root key the start is refused before anything is made in the database', async () => {
    const name = `test_${randomBytes(6).toString('hex')}`
    const machine = await newMachine()
    const admin = new pg.Client({ connectionString: inject('superuserUrl') })
    await admin.connect()
    try {
      await admin.query(`create database ${name} owner tillwire`)
      const url = inject('hubUrl').replace('/tillwire?', `/${name}?`)
      const refused = await machine.call(['start', '--json'], { DATABASE_URL: url })
      expect(refused).toMatchObject({ code: 1, error: { code: 'root-key.missing' } })
      const client = new pg.Client({ connectionString: inject('superuserUrl').replace('/postgres?', `/${name}?`) })
      await client.connect()
      const { rows } = await client.query(`select nspname from pg_namespace where nspname in ('hub', 'pos', 'auth')`)
      await client.end()
      expect(rows).toEqual([])
    } finally {
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
      await machine.scrap()
    }
  })

  test('an address where nobody answers is a sentence and not a stack', async () => {
    const machine = await newMachine()
    const refused = await machine.call(['start', '--json'], {
      DATABASE_URL: 'postgres://nobody:nothing@127.0.0.1:9/nowhere',
      TILLWIRE_ROOT_KEY: randomBytes(32).toString('base64'),
    })
    await machine.scrap()
    expect(refused.code).toBe(1)
    expect(refused.error).toMatchObject({ code: expect.stringMatching(/^postgres\./) })
  })
})

describe('a caller who goes away', () => {
  test('in the middle of a file does not take the hub with them', async () => {
    const machine = await newMachine()
    try {
      const hub = await machine.start()
      const made = await machine.call(['tenant', 'create', 'bakery', '--json'])
      const headers = { 'x-api-key': String(made.said?.api_key), 'content-length': '100000' }
      for (let n = 0; n < 4; n++) {
        await new Promise<void>((resolve) => {
          const sending = request(new URL('/api/v1/tenants/bakery/imports', hub.url), { method: 'POST', headers })
          sending.once('error', () => undefined)
          sending.once('close', () => resolve())
          sending.write('Date,', () => sending.destroy())
        })
      }
      const fate = await Promise.race([
        hub.exited.then(({ code, stderr }) => `ended with ${code}: ${stderr.slice(0, 300)}`),
        until(
          'the end of every cut upload',
          () =>
            machine
              .query<{ state: string }>(`select state from pos.imports`)
              .then((rows) => rows.map(({ state }) => state)),
          (states) => states.every((state) => state === 'failed'),
        ).then(() => 'lives'),
      ])
      expect(fate).toBe('lives')
      expect(await askAt(hub.url, '/healthz')).toMatchObject({ status: 200 })
    } finally {
      await machine.scrap()
    }
  })
})

describe('a full disk', async () => {
  const disk = await smallDisk(220)
  afterAll(() => disk?.remove())

  test.skipIf(disk === null)(
    'is said so, nothing is half stored, and the hub goes on when there is room again',
    async () => {
      if (disk === null) return
      const machine = await newMachine(path.join(disk.folder, 'data'))
      try {
        const hub = await machine.start()
        const made = await machine.call(['tenant', 'create', 'bakery', '--json'])
        const tenant = made.said as Made
        const shop = { key: tenant.api_key, tenant }
        const upload = (body: string | Uint8Array) =>
          askAt(hub.url, '/api/v1/tenants/bakery/imports?confirm=yes', { method: 'POST', key: shop.key, body })
        const first = await upload(SMALL_FILE)
        expect(first.status, first.text).toBe(201)
        await importEnds(hub.url, shop, String(first.json?.id))
        // What does not compress, so that it needs the room it has.
        const refused = await upload(randomBytes(200 * 1024 * 1024)).catch((error: unknown) => error as Error)
        if (!(refused instanceof Error)) {
          expect(refused.status, refused.text).toBe(503)
          expect(refused.json?.code).toMatch(/^postgres\.(disk-full|unreachable)$/)
        }
        await disk.grow(900)
        await until(
          'a hub with room',
          () =>
            askAt(hub.url, '/readyz').then(
              ({ status }) => status,
              () => 0,
            ),
          (status) => status === 200,
          60_000,
        )
        const list = await askAt(hub.url, '/api/v1/tenants/bakery/pos/transactions', { key: shop.key })
        expect(list.json?.data).toHaveLength(2)
        const later = await upload(SMALL_FILE.replaceAll('2026-03-02', '2026-03-03'))
        expect(await importEnds(hub.url, shop, String(later.json?.id))).toMatchObject({
          state: 'done',
          sales_created: 2,
        })
        hub.kill('SIGTERM')
        expect(await hub.exited).toMatchObject({ code: 0 })
      } finally {
        await machine.scrap()
      }
    },
    120_000,
  )

  test.skipIf(disk !== null)('is not tried, because only root on Linux may mount a small disk for it', () => undefined)
})

/** A year of sales of two lines each, and what they must come to, counted while they are written. */
function longYear(rows: number) {
  const lines = ['Date,Receipt,Item,Quantity,Price']
  const goods = ['Rye loaf', 'Bun', 'Pretzel', 'Poppy roll', 'Apple cake', 'Coffee']
  const start = Date.UTC(2025, 0, 1, 6)
  let gross = 0
  for (let n = 0; n < rows; n++) {
    const sale = n >> 1
    const at = new Date(start + sale * 300_000).toISOString()
    const [quantity, cents] = [1 + (n % 3), 90 + ((n * 37) % 900)]
    gross += quantity * cents
    lines.push(
      `${at.slice(0, 10)} ${at.slice(11, 19)},L${sale},${goods[n % goods.length]},${quantity},${(cents / 100).toFixed(2)}`,
    )
  }
  return { text: `${lines.join('\n')}\n`, sales: rows / 2, items: rows, gross }
}

async function withServer<T>(dataDir: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const server = await startEmbedded({ dataDir })
  const client = new pg.Client({ connectionString: server.superuserUrl.replace('/postgres?', '/tillwire?') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
    await server.stop()
  }
}

/** How many rows each table holds, and which steps were applied. */
function storeAsItIs(dataDir: string): Promise<Record<string, unknown>> {
  return withServer(dataDir, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname in ('hub', 'pos', 'auth', 'graphile_worker') order by 1`,
    )
    const counts: Record<string, unknown> = {}
    for (const { name } of rows) {
      const found = await client.query<{ n: number }>(`select count(*)::int as n from ${name}`)
      counts[name] = found.rows[0]?.n
    }
    return counts
  })
}

type Disk = { readonly folder: string; grow(megabytes: number): Promise<void>; remove(): Promise<void> }

/** A disk of so many megabytes, where one can be had: it takes root, and a kernel that lets root mount. */
async function smallDisk(megabytes: number): Promise<Disk | null> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return null
  const run = promisify(execFile)
  const folder = await mkdtemp(path.join(tmpdir(), 'tillwire-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', folder])
  } catch {
    await rm(folder, { recursive: true, force: true })
    return null
  }
  await mkdir(path.join(folder, 'data'), { mode: 0o711 })
  return {
    folder,
    grow: async (size) => void (await run('mount', ['-o', `remount,size=${size}m`, folder])),
    async remove() {
      await run('umount', [folder])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
