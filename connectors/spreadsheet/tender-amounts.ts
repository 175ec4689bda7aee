import { findDecimal } from '#kernel/decimal.ts'
import { findMinor, type Minor } from '#kernel/money.ts'
import type { ColumnMapping, ColumnRole, FileDetection, FileNote } from '../contract-files.ts'
import { fileNote } from './faults.ts'
import { type DecimalMark, isNullText, readNumber } from './numbers.ts'
import type { Row } from './records.ts'

// Columns named like ways to pay hold payments only where they add up to what was to be paid; with change given or with
// counts in them they do not, and then the total alone is believed.

const EVEN_SHARE = 0.9

export type CheckedTenders = { readonly columns: readonly ColumnMapping[]; readonly notes: readonly FileNote[] }

export function checkTenderAmounts(
  columns: readonly ColumnMapping[],
  rows: readonly Row[],
  marks: readonly DecimalMark[],
  currency: FileDetection['currency'],
): CheckedTenders {
  const guessed = columns.filter(({ role, from }) => role === 'tender_amount' && from === 'heading')
  if (guessed.length === 0) return { columns, notes: [] }
  const place = (role: ColumnRole): number => columns.find((column) => column.role === role)?.index ?? -1
  const amount = (row: Row, at: number): Minor | null => amountOf(row.cells[at] ?? '', marks[at] ?? '.', currency)
  const [total, tip] = [place('total'), place('tip')]
  let [even, told] = [0, 0]
  for (const row of rows) {
    const due = amount(row, total)
    if (due === null || due === 0n) continue
    told++
    const paid = guessed.reduce((sum, { index }) => sum + (amount(row, index) ?? 0n), 0n)
    if (paid === due || (tip >= 0 && paid === due + (amount(row, tip) ?? 0n))) even++
  }
  if (told > 0 && even >= told * EVEN_SHARE) return { columns, notes: [] }
  const dropped = columns.map((column) =>
    guessed.includes(column)
      ? {
          ...column,
          role: 'ignore' as const,
          detail: null,
          because: 'It does not add up to the total with the others.',
        }
      : column,
  )
  return { columns: dropped, notes: [fileNote('tender_amounts_uneven', 'info')] }
}

function amountOf(cell: string, mark: DecimalMark, currency: FileDetection['currency']): Minor | null {
  const text = cell.trim()
  if (text.length > 40 || isNullText(text)) return null
  const plain = readNumber(text, mark)
  const number = plain === null ? null : findDecimal(plain)
  return number === null ? null : findMinor(number, currency)
}
