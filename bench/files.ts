import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { spreadsheet } from '#connectors/spreadsheet/connector.ts'
import { currencyCode } from '#kernel/currency.ts'
import { zoneName } from '#kernel/zone.ts'
import type { FileSource } from '../connectors/contract-files.ts'
import { writeSalesFile } from './sales-file.ts'

// Reading a file into sales, before any database: rows per second of processor time of the whole process, collector and
// all, so that a second core does not count; how soon there is something to show; and whether memory grows with the file.
// Each figure is of a process of its own.

export type FilesBench = {
  readonly bench: 'files'
  readonly rows: number
  readonly file_mb: number
  /** Reading into sales what has been understood, rows per second of processor time: the quickest of five readings. */
  readonly rows_per_cpu_second: number
  /** Of the slowest of the readings. */
  readonly rows_per_cpu_second_slowest: number
  readonly detect_cpu_ms: number
  /** The same when the order of the rows had to be learnt in a pass before. */
  readonly two_pass_rows_per_cpu_second: number
  readonly preview_ms: number
  /** Where nothing in the file settles the order of day and month. */
  readonly preview_ambiguous_ms: number
  readonly small_file_mb: number
  readonly rss_mb_small: number
  readonly large_file_mb: number
  readonly rss_mb_large: number
}

type Measured = { rows: number; sales: number; cpu: number; detect: number; wall: number; rss: number; preview: number }

const READINGS = 5
/** As bin/tillwire.js does. */
const LIKE_THE_PROGRAM = '--no-allocation-site-pretenuring'

const site = { zone: zoneName('Europe/Berlin'), currency: currencyCode('EUR') }

export async function run(rows: number, copies = 1): Promise<FilesBench> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tillwire-bench-'))
  try {
    const [file, small, large, unsettled] = ['sales', 'small', 'large', 'unsettled'].map((n) =>
      path.join(dir, `${n}.csv`),
    )
    await writeSalesFile(file as string, rows)
    await writeSalesFile(small as string, Math.min(rows, 14_000))
    await repeat(file as string, large as string, copies)
    await writeUnsettled(file as string, unsettled as string)
    // A neighbour on the machine makes code look slow and never fast: the quickest of some readings is the code's own.
    const readings: Measured[] = []
    for (let nth = 0; nth < READINGS; nth++) readings.push(await measured(file as string, 'once', dir))
    readings.sort((a, b) => a.cpu - b.cpu)
    const once = readings[0] as Measured
    const slowest = readings.at(-1) as Measured
    const twice = await measured(file as string, 'twice', dir)
    const little = await measured(small as string, 'once', dir)
    const much = copies > 1 ? await measured(large as string, 'once', dir) : once
    const open = await measured(unsettled as string, 'preview', dir)
    return {
      bench: 'files',
      rows: once.rows,
      file_mb: await megabytes(file as string),
      rows_per_cpu_second: Math.round(once.rows / once.cpu),
      rows_per_cpu_second_slowest: Math.round(slowest.rows / slowest.cpu),
      detect_cpu_ms: Math.round(once.detect * 1000),
      two_pass_rows_per_cpu_second: Math.round(twice.rows / twice.cpu),
      preview_ms: once.preview,
      preview_ambiguous_ms: open.preview,
      small_file_mb: await megabytes(small as string),
      rss_mb_small: little.rss,
      large_file_mb: await megabytes(copies > 1 ? (large as string) : (file as string)),
      rss_mb_large: much.rss,
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function megabytes(file: string): Promise<number> {
  return Math.round((await stat(file)).size / 1e5) / 10
}

/** The same rows over and over, each time with other receipt numbers, so that no sale comes twice. */
async function repeat(from: string, to: string, times: number): Promise<void> {
  if (times <= 1) return
  for (let nth = 0; nth < times; nth++) {
    let rest = ''
    let first = nth === 0
    for await (const piece of createReadStream(from, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
      const lines = (rest + piece).split('\n')
      rest = lines.pop() ?? ''
      const kept = nth > 0 && !first ? lines : nth > 0 ? lines.slice(1) : lines
      const own = kept.map((line, at) => (nth === 0 && first && at === 0 ? line : `c${nth}${line}`))
      first = false
      await appendFile(to, `${own.join('\n')}\n`)
    }
  }
}

/** The file's dates as `03/04/2025`, none of them after the twelfth. */
async function writeUnsettled(from: string, to: string): Promise<void> {
  let rest = ''
  for await (const piece of createReadStream(from, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    const dated = lines.map((line) =>
      line.replace(/,(\d{4})-(\d\d)-(\d\d),/, (_, y, m, d) => `,${String((d % 12) + 1).padStart(2, '0')}/${m}/${y},`),
    )
    await appendFile(to, `${dated.join('\n')}\n`)
  }
}

async function measured(file: string, how: string, dir: string): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    LIKE_THE_PROGRAM,
    import.meta.filename,
    '--measure',
    how,
    file,
    dir,
  ])
  return JSON.parse(stdout) as Measured
}

/** In a process of its own. */
async function measure(how: string, file: string, scratchDir: string): Promise<Measured> {
  const { files } = spreadsheet
  if (files === undefined) throw new Error('the connector reads no files')
  const table: FileSource = {
    name: path.basename(file),
    sizeBytes: (await stat(file)).size,
    container: 'plain',
    encoding: null,
    extent: 'whole',
    open: () => createReadStream(file, { highWaterMark: 64 * 1024 }),
  }
  let rss = 0
  const look = setInterval(() => {
    rss = Math.max(rss, process.memoryUsage().rss)
  }, 50)
  const began = performance.now()
  const before = process.cpuUsage()
  const detection = await files.detect(table, site, {})
  const understood = process.cpuUsage(before)
  let [rows, sales, preview] = [0, 0, 0]
  const sureOrder = how === 'twice' ? 'learn' : 'expect'
  for await (const slice of files.read(table, detection, site, { rowsPerSlice: 500, scratchDir, order: sureOrder })) {
    if (preview === 0) preview = Math.round(performance.now() - began)
    rows = slice.rowsRead
    sales += slice.sales.length
    if (how === 'preview') break
  }
  const { user, system } = process.cpuUsage(before)
  clearInterval(look)
  return {
    rows,
    sales,
    preview,
    detect: (understood.user + understood.system) / 1e6,
    cpu: (user + system - understood.user - understood.system) / 1e6,
    wall: (performance.now() - began) / 1000,
    rss: Math.round(Math.max(rss, process.memoryUsage().rss) / 1024 ** 2),
  }
}

if (import.meta.main) {
  const [first, how, file, dir] = process.argv.slice(2)
  const result =
    first === '--measure'
      ? await measure(how ?? 'once', file ?? '', dir ?? tmpdir())
      : await run(Number(first ?? 1_000_000), Number(how ?? 1))
  console.log(JSON.stringify(result))
}
