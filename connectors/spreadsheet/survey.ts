import type { FileSource } from '../contract-files.ts'
import { ColumnEvidence } from './evidence.ts'
import { cellKind, plainWords } from './header.ts'
import { isBlank, type Row } from './records.ts'
import { type RowSource, rowsOf } from './table.ts'
import { isTotalWord } from './words.ts'

// The first rows of a table, with what they prove about each column. Looked at in two steps: every column over enough
// rows to know it, then only the columns that leave something open, as far as the bound allows. Bounds count bytes and
// cells and not seconds, so that the same file has the same answer on every machine.

export type Survey = {
  readonly evidence: readonly ColumnEvidence[]
  /** The first rows themselves, for relations between columns. */
  readonly rows: readonly Row[]
  readonly rowsLookedAt: number
  readonly wholeFile: boolean
  readonly ragged: number
  /** Rows that end in one empty cell more than the header has. */
  readonly oneOver: number
  readonly truncated: boolean
  /** Lines without an end in sight. */
  readonly tooLong: number
  /** The row with the headings of another table, below a gap. Nothing from there on is judged. */
  readonly nextTable: number | null
}

/** The places of the columns that later rows could still settle. */
export type OpenColumns = (evidence: readonly ColumnEvidence[]) => readonly number[]

const ROWS_MIN = 20_000
const FIRST_CELLS_MAX = 1_000_000
const FIRST_BYTES_MAX = 16 * 1024 * 1024
export const LOOK_BYTES_MAX = 64 * 1024 * 1024
const ROWS_KEPT = 5000
const CELLS_KEPT = 250_000
const NO_ROWS: readonly Row[] = []

export async function survey(
  file: FileSource,
  source: RowSource,
  headers: readonly string[],
  openColumns: OpenColumns,
): Promise<Survey> {
  const width = headers.length
  const evidence = headers.map(() => new ColumnEvidence())
  const kept: Row[] = []
  const keptMax = Math.max(500, Math.min(ROWS_KEPT, Math.floor(CELLS_KEPT / width)))
  const counts = { rows: 0, ragged: 0, oneOver: 0, tooLong: 0 }
  const tables = new TableEnds(headers, source.headerRow)
  let truncated = false
  let observed: readonly number[] = evidence.map((_, at) => at)
  let enough = false
  for await (const { rows, bytes } of rowsOf(file, source)) {
    // Known only now: the table goes on behind the rows that settled everything.
    if (enough) return done(false)
    for (const row of rows) {
      if (row.flaw === 'row.cut_off') truncated = true
      if (row.flaw === 'row.too_long') counts.tooLong++
      if (row.flaw !== null || isBlank(row)) continue
      for (const known of tables.pass(row)) {
        counts.rows++
        if (kept.length < keptMax) kept.push(known)
        countWidth(known, width, counts)
        if (isAside(known.cells, headers)) continue
        for (const at of observed) evidence[at]?.observe(known.cells[at] ?? '')
      }
      if (tables.next !== null) return done(false)
    }
    const first = counts.rows < ROWS_MIN && counts.rows * width < FIRST_CELLS_MAX && bytes < FIRST_BYTES_MAX
    if (first) continue
    observed = openColumns(evidence)
    enough = observed.length === 0 || bytes >= LOOK_BYTES_MAX
  }
  return done(file.extent !== 'head')

  function done(wholeFile: boolean): Survey {
    const { rows: rowsLookedAt, ragged, oneOver } = counts
    const { tooLong } = counts
    return {
      evidence,
      rows: kept,
      rowsLookedAt,
      wholeFile,
      ragged,
      oneOver,
      truncated,
      tooLong,
      nextTable: tables.next,
    }
  }
}

/** Finds where the table ends and another begins: other headings, below a gap and right above numbers or dates. */
class TableEnds {
  next: number | null = null
  private readonly known: ReadonlySet<string>
  private before: number
  private doubtful: Row | null = null

  constructor(headers: readonly string[], headerRow: number) {
    this.known = new Set(headers.map(plainWords))
    this.before = headerRow
  }

  /** Filled rows one after the other. Answers those that belong to the table; one in doubt waits for the next. */
  pass(row: Row): readonly Row[] {
    const { doubtful } = this
    const gap = row.row > this.before + 1
    this.before = row.row
    if (doubtful !== null) {
      this.doubtful = null
      if (!gap && row.cells.filter((cell) => cellKind(cell) !== 'text').length >= 2) {
        this.next = doubtful.row
        return NO_ROWS
      }
      return [doubtful, row]
    }
    if (!gap || !this.looksLikeHeadings(row)) return [row]
    this.doubtful = row
    return NO_ROWS
  }

  private looksLikeHeadings(row: Row): boolean {
    const cells = row.cells.filter((cell) => cell.trim() !== '')
    const words = new Set(cells.map(plainWords))
    if (words.size < 3 || words.size < cells.length || cells.some((cell) => cellKind(cell) !== 'text')) return false
    return [...words].filter((word) => !this.known.has(word)).length >= 2
  }
}

/** The headings once more, or totals: neither says what the cells of a column are. */
function isAside(cells: readonly string[], headers: readonly string[]): boolean {
  const first = cells.find((cell) => cell.trim() !== '')
  if (first === undefined || isTotalWord(first.trim())) return true
  return cells.every((cell, at) => cell.trim() === '' || cell.trim() === headers[at])
}

function countWidth(row: Row, width: number, counts: { ragged: number; oneOver: number }): void {
  if (row.cells.length === width) return
  const extra = row.cells.slice(width)
  if (extra.length === 1 && extra[0]?.trim() === '') counts.oneOver++
  else counts.ragged++
}
