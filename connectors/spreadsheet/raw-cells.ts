import { Records } from './records.ts'

/** The cells of one row's text. A quotation mark that never closes says nothing of where cells end; delimiters do. */
export function cellsOf(raw: string, delimiter: string): readonly string[] {
  const records = new Records(delimiter)
  const rows = [...records.push(raw), ...records.finish()]
  const [row] = rows
  return rows.length === 1 && row !== undefined && row.cells.length > 0 ? row.cells : raw.split(delimiter)
}
