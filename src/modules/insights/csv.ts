// Text of a table as RFC 4180 has it, made for whoever opens it in a spreadsheet: with the mark by which it knows UTF-8,
// and without letting what a merchant's customer typed become a formula.

export type CsvCell = string | number | null

const BYTE_ORDER_MARK = '\uFEFF'
const FORMULA_START = /^[=+\-@\t\r]/
const PLAIN_NUMBER = /^-?\d+(\.\d+)?$/
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/

export function csvText(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  let text = `${BYTE_ORDER_MARK}${csvLine(header)}`
  for (const row of rows) text += csvLine(row)
  return text
}

function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** Numbers stay numbers, −5 too; only a text that would be taken for a formula is held down by an apostrophe. */
function csvCell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const harmless = FORMULA_START.test(value) && !PLAIN_NUMBER.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
