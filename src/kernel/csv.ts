// Text of a table as RFC 4180 has it, made for whoever opens it in a spreadsheet: with the mark by which it knows UTF-8,
// and without letting what a merchant's customer typed become a formula.

export type CsvCell = string | number | null

/** The mark that makes spreadsheets read a file as UTF-8. */
export const CSV_START = '\uFEFF'

const FORMULA_START = /^[=+\-@\t\r\n]/
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

/** A whole table at once; what may be large is written record by record. */
export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = CSV_START + csvRecord(header)
  for (const row of rows) text += csvRecord(row)
  return text
}

/** One record, CRLF at its end. Numbers stay numbers; a text that would run as a formula gets an apostrophe in front. */
export function csvRecord(cells: readonly CsvCell[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const harmless = FORMULA_START.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
