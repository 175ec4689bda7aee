/** The mark that makes spreadsheets read a file as UTF-8. */
export const CSV_START = '\uFEFF'

/**
 * One record of RFC 4180, CRLF at its end. A text that a spreadsheet would run as a formula (it begins with `= + - @`, a
 * tab or a line break) gets an apostrophe in front; plain numbers stay numbers.
 */
export function csvRecord(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

function cell(value: string | number | null): string {
  if (value === null) return ''
  const text = String(value)
  const harmless = /^[=+\-@\t\r\n]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
