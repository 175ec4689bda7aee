import type { ColumnMapping, ColumnRole } from '../contract-files.ts'
import type { Preset } from './presets/preset.ts'
import type { Survey } from './survey.ts'

// How much a table looks like a list of sales, to choose among the sheets of a workbook.

/** What each part is worth; together they come to 0.9, and rows enough to the rest. */
const WORTH: readonly (readonly [worth: number, roles: readonly ColumnRole[]])[] = [
  [0.25, ['date', 'date_time']],
  [0.25, ['total', 'gross', 'net', 'unit_price', 'tender_amount']],
  [0.2, ['sale_id']],
  [0.15, ['item', 'sku']],
  [0.05, ['tender']],
]
const ROWS_ENOUGH = 20
/** A known export is preferred to any guess. */
const KNOWN_WORTH = 0.95

/** 0 to 1. */
export function scoreOf(columns: readonly ColumnMapping[], look: Survey, preset: Preset | null): number {
  const rows = Math.min(1, look.rowsLookedAt / ROWS_ENOUGH)
  const parts = WORTH.reduce((sum, [worth, roles]) => sum + worth * sureness(columns, roles), 0)
  const score = preset === null ? parts + 0.1 * rows : KNOWN_WORTH + 0.05 * rows
  return Math.round(score * 1000) / 1000
}

function sureness(columns: readonly ColumnMapping[], roles: readonly ColumnRole[]): number {
  return Math.max(0, ...columns.filter(({ role }) => roles.includes(role)).map(({ confidence }) => confidence))
}
