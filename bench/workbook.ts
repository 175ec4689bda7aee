import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openArchive } from '#connectors/spreadsheet/archive.ts'
import { unpackFile } from '#connectors/spreadsheet/unpack.ts'
import { writeWorkbookFile } from './workbook-file.ts'

// An XLSX workbook of ten columns, from its packed bytes to the CSV text of its sheet, held against merely inflating the
// same parts: the floor of the work, which understands nothing.

export type WorkbookBench = {
  readonly bench: 'workbook'
  readonly rows: number
  readonly packed_mb: number
  readonly xml_mb: number
  readonly csv_mb: number
  readonly seconds: number
  readonly rows_per_second: number
  readonly inflate_seconds: number
  /** Inflating over the whole; 1 would be understanding for nothing. */
  readonly ratio: number
  /** Until the first 512 KiB of text are there, as a preview needs them. */
  readonly head_ms: number
  /** Of the whole process, after a fifth of the time and at its highest. */
  readonly rss_mb_at_fifth: number
  readonly rss_mb_max: number
  readonly target_rows_per_second: number
  readonly reached: boolean
}

const TARGET_ROWS_PER_SECOND = 50_000
const HEAD_BYTES = 512 * 1024
const MIB = 1024 ** 2

export async function run(rows = 1_000_000): Promise<WorkbookBench> {
  const dir = await mkdtemp(path.join(tmpdir(), 'tillwire-bench-'))
  try {
    const file = path.join(dir, 'sales.xlsx')
    await writeWorkbookFile(file, rows)
    const inflated = await inflate(file)
    const read = await readSheet(file, dir)
    if (read.lines !== rows + 1) throw new Error(`the sheet has ${read.lines} lines`)
    const rate = rows / read.seconds
    return {
      bench: 'workbook',
      rows,
      packed_mb: round((await stat(file)).size / MIB),
      xml_mb: round(inflated.bytes / MIB),
      csv_mb: round(read.bytes / MIB),
      seconds: round(read.seconds),
      rows_per_second: Math.round(rate),
      inflate_seconds: round(inflated.seconds),
      ratio: round(inflated.seconds / read.seconds),
      head_ms: Math.round(read.headMs),
      rss_mb_at_fifth: read.rssAtFifth,
      rss_mb_max: read.rssMax,
      target_rows_per_second: TARGET_ROWS_PER_SECOND,
      reached: rate >= TARGET_ROWS_PER_SECOND,
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function inflate(file: string): Promise<{ bytes: number; seconds: number }> {
  const archive = await openArchive(file)
  const began = performance.now()
  let bytes = 0
  for (const entry of archive.entries) for await (const chunk of entry.bytes()) bytes += chunk.length
  const seconds = (performance.now() - began) / 1000
  archive.close()
  return { bytes, seconds }
}

async function readSheet(file: string, scratchDir: string) {
  const began = performance.now()
  const samples: number[] = []
  let headMs = 0
  let bytes = 0
  let lines = 0
  const unpacked = await unpackFile({ name: 'sales.xlsx', bytes: createReadStream(file), scratchDir })
  for await (const chunk of unpacked.tables[0]?.bytes() ?? []) {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines++
    if (headMs === 0 && bytes >= HEAD_BYTES) headMs = performance.now() - began
    samples.push(rss())
  }
  await unpacked.close()
  return {
    bytes,
    lines,
    headMs,
    seconds: (performance.now() - began) / 1000,
    rssAtFifth: samples[Math.floor(samples.length / 5)] ?? rss(),
    rssMax: Math.max(...samples, rss()),
  }
}

function rss(): number {
  return Math.round(process.memoryUsage().rss / MIB)
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(JSON.stringify(await run(Number(process.argv[2] ?? 1_000_000))))
