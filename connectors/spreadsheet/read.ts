import type { FileDetection, FileReadOptions, FileSite, FileSlice, FileSource } from '../contract-files.ts'
import { partitionRows, readPartition } from './partition.ts'
import { type Plan, planOf } from './plan.ts'
import { findReopening } from './reopen.ts'
import { RowReader } from './row-reader.ts'
import { SaleSink } from './sink.ts'
import { Slices } from './slices.ts'
import { rowsOf } from './table.ts'
import { TogetherSink } from './together.ts'

// Rows → sales, slice by slice. Memory holds the rows of two generations, the sales known to come back later, and one
// slice, however long the file is.

// A file of fewer bytes has fewer rows than a generation, and nothing in it is ever forgotten.
const SMALL_BYTES = 24_000
const NO_KEYS: ReadonlySet<number> = new Set()

export async function* readSales(
  file: FileSource,
  detection: FileDetection,
  _site: FileSite,
  options: FileReadOptions,
): AsyncGenerator<FileSlice, void> {
  const plan = planOf(detection)
  if (options.order === 'expect') {
    yield* readTogether(file, detection, plan, new Slices(options.rowsPerSlice))
    return
  }
  const reopening = file.sizeBytes <= SMALL_BYTES ? null : await findReopening(file, detection, plan)
  const slices = new Slices(options.rowsPerSlice)
  if (reopening?.kind === 'many')
    yield* readPartitioned(file, detection, plan, slices, options.scratchDir, reopening.rows)
  else yield* readStraight(file, detection, plan, slices, reopening?.keys ?? NO_KEYS)
}

async function* readTogether(
  file: FileSource,
  detection: FileDetection,
  plan: Plan,
  slices: Slices,
): AsyncGenerator<FileSlice, void> {
  const sink = new TogetherSink(plan, slices, file.sizeBytes)
  for await (const { rows, progress } of rowsOf(file, detection, RowReader.wanted(plan.columns))) {
    for (const row of rows) if (sink.row(row) && sink.fill()) yield slices.take(sink.rowsRead, progress)
  }
  sink.end()
  if (sink.fill() || slices.anything) yield slices.take(sink.rowsRead, 1)
}

async function* readStraight(
  file: FileSource,
  detection: FileDetection,
  plan: Plan,
  slices: Slices,
  returning: ReadonlySet<number>,
): AsyncGenerator<FileSlice, void> {
  const sink = new SaleSink(plan, slices, returning)
  for await (const { rows, progress } of rowsOf(file, detection, RowReader.wanted(plan.columns))) {
    for (const row of rows) {
      if (!sink.row(row)) continue
      while (sink.fill()) yield slices.take(sink.rowsRead, progress)
    }
  }
  sink.end()
  while (sink.fill()) yield slices.take(sink.rowsRead, 1)
  if (slices.anything) yield slices.take(sink.rowsRead, 1)
}

async function* readPartitioned(
  file: FileSource,
  detection: FileDetection,
  plan: Plan,
  slices: Slices,
  scratchDir: string,
  rows: number,
): AsyncGenerator<FileSlice, void> {
  const partitions = yield* partitionRows(file, detection, plan, scratchDir, rows, slices)
  try {
    let rowsRead = partitions.rowsElsewhere
    for (const [nth, path] of partitions.paths.entries()) {
      const progress = (nth + 1) / partitions.paths.length
      const sink = new SaleSink(plan, slices, NO_KEYS, 'keep')
      for await (const part of readPartition(path, detection.delimiter)) {
        for (const row of part) {
          if (!sink.row(row)) continue
          while (sink.fill()) yield slices.take(rowsRead + sink.rowsRead, progress)
        }
      }
      sink.end()
      while (sink.fill()) yield slices.take(rowsRead + sink.rowsRead, progress)
      rowsRead += sink.rowsRead
    }
    if (slices.anything) yield slices.take(rowsRead, 1)
  } finally {
    await partitions.drop()
  }
}
