import type { ColumnMapping } from '../contract-files.ts'

// A download of rejected rows has columns of ours beside the file's own, and an apostrophe before what a spreadsheet
// would take for a formula. Mended and given again, its cells are what they were.

const OURS = /^\s*tillwire/i

/** Whether the table came from us: rows that an import refused, with the reason. */
export function isRejectionsTable(columns: readonly Pick<ColumnMapping, 'header'>[]): boolean {
  return columns.some((column) => OURS.test(column.header))
}

export function withoutGuards(cells: readonly string[]): readonly string[] {
  return cells.map((cell) => (isGuarded(cell) ? cell.slice(1) : cell))
}

function isGuarded(cell: string): boolean {
  if (cell.charCodeAt(0) !== 39) return false
  const next = cell[1]
  return next === '=' || next === '+' || next === '-' || next === '@' || next === '\t' || next === '\r'
}
