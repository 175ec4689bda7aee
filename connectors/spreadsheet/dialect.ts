import { Fault } from '#kernel/fault.ts'
import { isBlank, Records, type Row } from './records.ts'

// Which character parts the cells. Each candidate reads the first records; the one that makes the most rows of one
// width wins, wider rows counting for more.

export type Dialect = {
  readonly delimiter: string
  /** A first line such as `sep=;`, which some spreadsheets write and all of them hide. */
  readonly hinted: boolean
  /** Another one that makes nearly as good a table. */
  readonly rival: string | null
}

const CANDIDATES = [',', ';', '\t', '|'] as const
const SAMPLE_ROWS = 200
const RIVAL_SHARE = 0.9
const HINT = /^\s*"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)/i

/** `take` the `rival` where the best one has made no table of sales. */
export function guessDialect(
  head: string,
  whole: boolean,
  chosen: string | null = null,
  take: 'best' | 'rival' = 'best',
): Dialect {
  const hint = hintOf(head)
  if (chosen !== null) return { delimiter: chosen, hinted: hint !== null, rival: null }
  if (hint !== null) return { delimiter: hint, hinted: true, rival: null }
  const tried = CANDIDATES.map((delimiter) => ({ delimiter, ...tableOf(head, delimiter, whole) }))
  // Among equals the one that parts the heading wins: amounts such as 2,50 part every row but that one.
  const [best, second] = tried.sort((a, b) => b.score - a.score || b.headingWidth - a.headingWidth)
  if (!best || best.score === 0) return { delimiter: ',', hinted: false, rival: null }
  const close = second && second.score > best.score * RIVAL_SHARE && second.headingWidth > 1
  if (!close) return { delimiter: best.delimiter, hinted: false, rival: null }
  const [taken, other] = take === 'best' ? [best, second] : [second, best]
  return { delimiter: taken.delimiter, hinted: false, rival: other.delimiter }
}

function hintOf(head: string): string | null {
  if (/^\s*"?sep=\\t/i.test(head)) return '\t'
  return HINT.exec(head)?.[1] ?? null
}

export function sampleRows(head: string, delimiter: string, whole: boolean): readonly Row[] {
  const records = new Records(delimiter)
  const rows = records.push(head)
  return whole ? [...rows, ...records.finish()] : rows
}

type TableLook = { readonly score: number; readonly headingWidth: number }

/** How well a delimiter makes one table of the first rows, and how wide its first row of that width is. */
function tableOf(head: string, delimiter: string, whole: boolean): TableLook {
  const widths = new Map<number, { times: number; first: Row }>()
  let counted = 0
  for (const row of sampleOrNone(head, delimiter, whole)) {
    if (isBlank(row) || row.flaw !== null) continue
    if (++counted > SAMPLE_ROWS) break
    const seen = widths.get(row.cells.length)
    if (seen) seen.times++
    else widths.set(row.cells.length, { times: 1, first: row })
  }
  let best: TableLook = { score: 0, headingWidth: 0 }
  for (const [width, { times, first }] of widths) {
    const score = width < 2 ? 0 : (times / Math.min(counted, SAMPLE_ROWS)) * Math.log(width)
    if (score > best.score) best = { score, headingWidth: first.cells.filter((cell) => /\p{L}/u.test(cell)).length }
  }
  return best
}

/** Text that is parted by another sign may have any number of commas in its rows. */
function sampleOrNone(head: string, delimiter: string, whole: boolean): readonly Row[] {
  try {
    return sampleRows(head, delimiter, whole)
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'file.too_many_columns') return []
    throw cause
  }
}
