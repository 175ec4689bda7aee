import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { composeIntake, firstSite } from '#app/compose.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createTenant } from '#modules/access/access.ts'
import { confirmImport } from '#modules/intake/confirm.ts'
import { getImport } from '#modules/intake/find.ts'
import { receiveFile } from '#modules/intake/receive.ts'
import { runImport } from '#modules/intake/run.ts'
import { getDefaultSite } from '#modules/sites/sites.ts'
import { writeSalesFile } from './sales-file.ts'
import { type BenchStorage, withBenchStorage } from './storage.ts'

// Importing a file against COPY of the very rows that the import made, into the same tables with the same indexes, in the
// same run. COPY neither reads the file nor claims keys, sums roll-ups or writes an outbox: it is the floor of the work.
// The goal is held against COPY as PostgreSQL does it when nothing is said, which is text; binary, which spares it reading
// numbers and times, is printed beside it.

const TABLES = ['sale_keys', 'transactions', 'transaction_items', 'transaction_payments', 'sale_revisions'] as const

export type ImportBench = {
  readonly bench: 'import'
  readonly item_rows: number
  readonly sales: number
  readonly import_seconds: number
  readonly import_rows_per_second: number
  readonly copy_seconds: number
  readonly copy_rows_per_second: number
  /** Import over COPY in text; the goal is 0.25 and more. */
  readonly ratio: number
  readonly copy_binary_rows_per_second: number
  readonly ratio_binary: number
  /** Of the whole process, after a fifth of the time and at its highest: flat when the two lie near each other. */
  readonly rss_mb_at_fifth: number
  readonly rss_mb_max: number
}

const clock: Clock = { now: () => Date.now() as Instant }

export async function run(rows: number): Promise<ImportBench> {
  return withBenchStorage(async (storage) => {
    const file = path.join(storage.dir, 'sales.csv')
    await writeSalesFile(file, rows)
    const imported = await importFile(storage, file)
    const copySeconds = await copyAgain(storage, 'text')
    const binarySeconds = await copyAgain(storage, 'binary')
    const importRate = imported.items / imported.seconds
    const copyRate = imported.items / copySeconds
    return {
      bench: 'import',
      item_rows: imported.items,
      sales: imported.sales,
      import_seconds: round(imported.seconds),
      import_rows_per_second: Math.round(importRate),
      copy_seconds: round(copySeconds),
      copy_rows_per_second: Math.round(copyRate),
      ratio: round(importRate / copyRate),
      copy_binary_rows_per_second: Math.round(imported.items / binarySeconds),
      ratio_binary: round((importRate * binarySeconds) / imported.items),
      rss_mb_at_fifth: imported.rssAtFifth,
      rss_mb_max: imported.rssMax,
    }
  })
}

async function importFile({ database, dir }: BenchStorage, file: string) {
  const draft = {
    name: 'Bench',
    currency: currencyCode('EUR'),
    timeZone: zoneName('Europe/Berlin'),
    closeOutMinutes: 240,
  }
  const tenant = await createTenant(database, { ...draft, slug: 'bench', kind: 'live' }, clock, firstSite)
  const scratchDir = path.join(dir, 'scratch')
  await mkdir(scratchDir)
  const intake = composeIntake({ database, clock, scratchDir, importBytesMax: 8 * 1024 ** 3 })
  const site = await database.tenant(tenant.id, (tx) => getDefaultSite(tx, tenant.id))
  const size = (await stat(file)).size
  const began = performance.now()
  const samples: number[] = []
  const look = setInterval(() => samples.push(rss()), 250)
  const received = await receiveFile(intake, {
    tenantId: tenant.id,
    site,
    fileName: 'sales.csv',
    stream: createReadStream(file, { highWaterMark: 1024 * 1024 }),
    actor: 'hub:bench',
  })
  if (received.fault !== null) throw new Error(`${received.fault.code}: ${received.fault.detail} (${size} bytes)`)
  await database.tenant(tenant.id, (tx) =>
    confirmImport(tx, tenant.id, received.id, { actor: 'hub:bench', now: clock.now(), seen: false }),
  )
  await runImport(intake, tenant.id, received.id)
  const seconds = (performance.now() - began) / 1000
  clearInterval(look)
  const row = await database.tenant(tenant.id, (tx) => getImport(tx, tenant.id, received.id))
  if (row.state !== 'done' || row.rowsRejected > 0n)
    throw new Error(`the import ended as ${row.state}, ${row.rowsRejected} rejected`)
  return {
    seconds,
    items: Number(row.items),
    sales: Number(row.salesCreated),
    rssAtFifth: samples[Math.floor(samples.length / 5)] ?? rss(),
    rssMax: Math.max(...samples, rss()),
  }
}

/** The same rows out of the tables, the tables emptied, and the rows in again, timed. */
async function copyAgain({ superuser, dir }: BenchStorage, format: 'text' | 'binary'): Promise<number> {
  for (const table of TABLES) {
    const out = superuser.query(copyTo(`copy (select * from pos.${table}) to stdout (format ${format})`))
    await pipeline(out, createWriteStream(path.join(dir, table)))
  }
  await superuser.query(`truncate ${TABLES.map((table) => `pos.${table}`).join(', ')}`)
  await superuser.query('checkpoint')
  const began = performance.now()
  for (const table of TABLES) {
    const into = superuser.query(copyFrom(`copy pos.${table} from stdin (format ${format})`))
    await pipeline(createReadStream(path.join(dir, table), { highWaterMark: 1024 * 1024 }), into)
  }
  return (performance.now() - began) / 1000
}

function rss(): number {
  return Math.round(process.memoryUsage().rss / 1024 ** 2)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(JSON.stringify(await run(Number(process.argv[2] ?? 1_000_000))))
