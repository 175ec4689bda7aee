import { isBlank, Records, type Row } from './records.ts'

// Which character parts the cells. Each candidate reads the first records; the one that makes the most rows of one
// width wins, wider rows counting for more.

export type Dialect = {
  readonly delimiter: string
  /** A first line such as `sep=;`, which some spreadsheets write and all of them hide. */
  readonly hinted: boolean
}

const CANDIDATES = [',', ';', '\t', '|'] as const
const SAMPLE_ROWS = 200
const HINT = /^\s*"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)/i

export function guessDialect(head: string, whole: boolean): Dialect {
  const hint = HINT.exec(head)
  if (hint?.[1]) return { delimiter: hint[1], hinted: true }
  const tab = /^\s*"?sep=\\t/i.test(head)
  if (tab) return { delimiter: '\t', hinted: true }
  let best: { delimiter: string; score: number } = { delimiter: ',', score: 0 }
  for (const delimiter of CANDIDATES) {
    const score = scoreOf(sampleRows(head, delimiter, whole))
    if (score > best.score * 1.001) best = { delimiter, score }
  }
  return { delimiter: best.delimiter, hinted: false }
}

export function sampleRows(head: string, delimiter: string, whole: boolean): readonly Row[] {
  const records = new Records(delimiter)
  const rows = records.push(head)
  return whole ? [...rows, ...records.finish()] : rows
}

function scoreOf(rows: readonly Row[]): number {
  const widths = new Map<number, number>()
  let counted = 0
  for (const row of rows) {
    if (isBlank(row) || row.flaw !== null) continue
    if (++counted > SAMPLE_ROWS) break
    widths.set(row.cells.length, (widths.get(row.cells.length) ?? 0) + 1)
  }
  let best = 0
  for (const [width, times] of widths) {
    if (width >= 2) best = Math.max(best, (times / Math.min(counted, SAMPLE_ROWS)) * Math.log(width))
  }
  return best
}
