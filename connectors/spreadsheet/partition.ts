import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileSlice, FileSource } from '../contract-files.ts'
import type { RowRejectionCode } from './faults.ts'
import { keyHash } from './ids.ts'
import type { RowReading } from './line.ts'
import { contentKey } from './naming.ts'
import type { Plan } from './plan.ts'
import { Records, type Row } from './records.ts'
import { RowReader } from './row-reader.ts'
import { settleOther } from './settle.ts'
import type { Slices } from './slices.ts'
import { type RowSource, rowsOf } from './table.ts'

// When the rows of most sales lie far apart, they are first dealt out to scratch files by a hash of their id, so that
// each file holds whole sales and fits in memory. Within a file the rows keep their order.

const ROWS_PER_PARTITION = 40_000
const PARTITIONS_MAX = 256
/** Between a row's number and the flaw that its text alone would not show again. */
const FLAW_MARK = '!'
const BUFFER_CHARS = 128 * 1024

export type Partitions = {
  readonly paths: readonly string[]
  /** Rows that are in no partition: totals, repeated headers, refused ones that name no sale. */
  readonly rowsElsewhere: number
  drop(): Promise<void>
}

/** Deals out the rows; yields slices of refused rows on the way. */
export async function* partitionRows(
  file: FileSource,
  source: RowSource,
  plan: Plan,
  scratchDir: string,
  rows: number,
  slices: Slices,
): AsyncGenerator<FileSlice, Partitions> {
  const count = Math.max(2, Math.min(PARTITIONS_MAX, Math.ceil(rows / ROWS_PER_PARTITION)))
  const folder = await mkdtemp(join(scratchDir, 'partitions-'))
  const paths = Array.from({ length: count }, (_, nth) => join(folder, `${nth}`))
  const writers = paths.map((path) => new PartitionWriter(path))
  const reader = new RowReader(plan)
  let rowsElsewhere = 0
  for await (const batch of rowsOf(file, source)) {
    for (const row of batch.rows) {
      const reading = reader.read(row)
      if (reading.kind === 'blank') continue
      const key = keyOf(reading, reader)
      if (reading.kind === 'line' || key !== null) {
        const flaw = row.flaw === null ? '' : `${FLAW_MARK}${row.flaw}`
        const writer = writers[(key ?? 0) % count]
        if (writer?.add(`${row.row}${flaw}${source.delimiter}${row.raw}\n`)) await writer.flush()
        continue
      }
      rowsElsewhere++
      settleOther(reading, row, slices)
      if (slices.full) yield slices.take(rowsElsewhere, 0)
    }
  }
  for (const writer of writers) await writer.close()
  return { paths, rowsElsewhere, drop: () => rm(folder, { recursive: true, force: true }) }
}

/** Rows of one sale have one key, those of them that cannot be read too. Null for a row that is of no sale. */
function keyOf(reading: RowReading, reader: RowReader): number | null {
  if (reading.kind === 'line') return reading.id === null ? contentKey(reading, reader) : keyHash(reading.id)
  return reading.kind === 'rejected' && reading.sale !== null ? keyHash(reading.sale.id) : null
}

class PartitionWriter {
  private waiting: string[] = []
  private chars = 0
  private readonly path: string

  constructor(path: string) {
    this.path = path
  }

  add(text: string): boolean {
    this.waiting.push(text)
    this.chars += text.length
    return this.chars >= BUFFER_CHARS
  }

  async flush(): Promise<void> {
    const text = this.waiting.join('')
    this.waiting = []
    this.chars = 0
    const handle = await open(this.path, 'a')
    try {
      await handle.appendFile(text)
    } finally {
      await handle.close()
    }
  }

  close(): Promise<void> {
    return this.flush()
  }
}

/** The rows of one partition as they stood in the file, with their own numbers. */
export async function* readPartition(path: string, delimiter: string): AsyncGenerator<readonly Row[], void> {
  const records = new Records(delimiter)
  const stream = createReadStream(path, { encoding: 'utf8', highWaterMark: BUFFER_CHARS })
  for await (const piece of stream as AsyncIterable<string>) yield records.push(piece).map(original)
  yield records.finish().map(original)

  function original(row: Row): Row {
    const [first = '', ...cells] = row.cells
    const [number = '', flaw] = first.split(FLAW_MARK)
    const raw = row.raw.slice(first.length + 1)
    return { ...row, row: Number(number), raw, cells, flaw: (flaw as RowRejectionCode | undefined) ?? row.flaw }
  }
}
