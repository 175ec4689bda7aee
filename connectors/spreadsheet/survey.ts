import type { FileSource } from '../contract.ts'
import { ColumnEvidence } from './evidence.ts'
import { isBlank, type Row } from './records.ts'
import { type RowSource, rowsOf } from './table.ts'

// The first rows of a file, with what they prove about each column.

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
}

export type SurveyLimits = {
  readonly rowsMin: number
  /** Asked once `rowsMin` is reached: may the survey stop here? */
  readonly settled: (evidence: readonly ColumnEvidence[]) => boolean
}

const ROWS_KEPT = 5000
/** Cells of later rows that still matter: only columns that may settle something. */
const RARE_AFTER = 60_000

export async function survey(
  file: FileSource,
  source: RowSource,
  width: number,
  limits: SurveyLimits,
): Promise<Survey> {
  const evidence = Array.from({ length: width }, () => new ColumnEvidence())
  const kept: Row[] = []
  const counts = { rows: 0, ragged: 0, oneOver: 0 }
  let truncated = false
  let settled = false
  for await (const { rows } of rowsOf(file, source)) {
    // Known only now: the file goes on behind the rows that settled everything.
    if (settled) return done(false)
    for (const row of rows) {
      if (row.flaw === 'row.cut_off') truncated = true
      if (row.flaw !== null || isBlank(row)) continue
      counts.rows++
      if (kept.length < ROWS_KEPT) kept.push(row)
      if (row.cells.length !== width) {
        const extra = row.cells.slice(width)
        if (extra.length === 1 && extra[0]?.trim() === '') counts.oneOver++
        else counts.ragged++
      }
      observe(row, evidence, counts.rows)
    }
    settled = counts.rows >= limits.rowsMin && limits.settled(evidence)
  }
  return done(true)

  function done(wholeFile: boolean): Survey {
    const { rows: rowsLookedAt, ragged, oneOver } = counts
    return { evidence, rows: kept, rowsLookedAt, wholeFile, ragged, oneOver, truncated }
  }
}

function observe(row: Row, evidence: readonly ColumnEvidence[], nth: number): void {
  for (let at = 0; at < evidence.length; at++) {
    const column = evidence[at]
    if (!column) continue
    // Beyond the first tens of thousands only dates and marks can still be open; text columns have said their say.
    if (nth > RARE_AFTER && column.kinds.text > column.filled * 0.5) continue
    column.observe(row.cells[at] ?? '')
  }
}
