import type { ColumnMapping } from '../contract-files.ts'
import { DAY_MS } from './dates.ts'
import { fileFault } from './faults.ts'
import type { Plan } from './plan.ts'
import { RowReader } from './row-reader.ts'
import type { Survey } from './survey.ts'

// A report of totals looks like a list of sales and is none: read as sales it would file a day's turnover as one
// receipt. It gives itself away by its order: no id, no time of day, each article (or each day) once a day, and day
// after day without a gap.

const ROWS_MIN = 10
const NEXT_DAY_SHARE = 0.6

export function refuseAggregates(columns: readonly ColumnMapping[], look: Survey, plan: Plan): void {
  const has = (role: ColumnMapping['role']): boolean => columns.some((column) => column.role === role)
  if (has('sale_id') || has('time') || has('tender')) return
  const reader = new RowReader(plan)
  const seen = new Set<string>()
  let [rows, repeats, steps, nextDays] = [0, 0, 0, 0]
  let before: { item: string | null; day: number } | null = null
  for (const row of look.rows) {
    const reading = reader.read(row)
    if (reading.kind !== 'line') continue
    if (!reading.dayOnly) return
    const item = reader.text(reading, 'item') ?? reader.text(reading, 'sku')
    const day = Math.floor(reading.wall / DAY_MS)
    const key = `${day}|${item}|${reader.text(reading, 'location')}`
    rows++
    if (seen.has(key)) repeats++
    seen.add(key)
    if (before && before.item === item) {
      steps++
      if (Math.abs(day - before.day) === 1) nextDays++
    }
    before = { item, day }
  }
  if (rows < ROWS_MIN || repeats > rows * 0.002) return
  if (steps >= rows * 0.5 && nextDays >= steps * NEXT_DAY_SHARE) {
    const what = has('item') || has('sku') ? 'one row for each article and day' : 'one row for each day'
    throw fileFault(
      'file.aggregate_report',
      `This is a report of totals (${what}), not a list of sales. Export transactions, items or receipts instead.`,
    )
  }
}
