import { exponentOf } from '#kernel/currency.ts'
import type { FileDetection } from '../contract-files.ts'
import type { ColumnEvidence } from './evidence.ts'
import type { DecimalMark } from './numbers.ts'

// Which mark is the decimal one: told by a column's own cells, else by the file's other columns, else by custom.

/** The decimal mark that a column's own cells prove, or null. */
export function columnMark(column: ColumnEvidence): DecimalMark | null {
  const { point, comma } = column.marks
  if (point === comma) return null
  return point > comma ? '.' : ','
}

/** The mark of the whole file, from all columns that say anything; null when none does. */
export function fileMark(columns: readonly ColumnEvidence[]): DecimalMark | null {
  let balance = 0
  for (const { marks } of columns) balance += Math.sign(marks.point - marks.comma)
  return balance === 0 ? null : balance > 0 ? '.' : ','
}

/** What is customary, where no cell of the file proves its mark. */
export function assumedMark(
  numeric: readonly ColumnEvidence[],
  { delimiter, currency, dayFirst }: { delimiter: string; currency: FileDetection['currency']; dayFirst: boolean },
): DecimalMark {
  // Three digits behind the mark are what an amount of such a currency looks like, whichever mark it is.
  if (exponentOf(currency) === 3) return openMark(numeric) ?? '.'
  return delimiter === ';' || dayFirst ? ',' : '.'
}

/** The mark of the numbers that leave it open, where they all have the same. */
export function openMark(numeric: readonly ColumnEvidence[]): DecimalMark | null {
  const marks = new Set(numeric.flatMap((column) => [...column.openMarks]))
  return marks.size === 1 ? ([...marks][0] ?? null) : null
}
