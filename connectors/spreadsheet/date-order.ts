import type { ColumnMapping, DateOrder, FileNote, FileSite } from '../contract.ts'
import type { ColumnEvidence } from './evidence.ts'
import { fileNote } from './faults.ts'
import type { DecimalMark } from './numbers.ts'

// Whether the day or the month comes first. One date such as 13/02 settles it for its column; without one, what is
// customary is taken and a person is asked.

export type DateOrderGuess = { readonly order: DateOrder; readonly notes: readonly FileNote[] }

type Customs = {
  readonly dayFirst: boolean
  readonly decimalMark: DecimalMark
  readonly fileName: string
  readonly site: FileSite
}

export function decideDateOrder(
  columns: readonly ColumnMapping[],
  evidence: readonly ColumnEvidence[],
  customs: Customs,
): DateOrderGuess {
  const orders = { dmy: 0, mdy: 0, ymd: 0, either: 0 }
  for (const column of columns) {
    if (column.role !== 'date' && column.role !== 'date_time') continue
    const seen = evidence[column.index]?.orders
    for (const order of ['dmy', 'mdy', 'ymd', 'either'] as const) orders[order] += seen?.[order] ?? 0
  }
  if (orders.dmy > 0 && orders.mdy > 0) {
    const order = orders.dmy >= orders.mdy ? 'dmy' : 'mdy'
    return {
      order,
      notes: [fileNote('dates_mixed', 'confirm', `${sayOrder(order)} Dates that cannot be read so are refused.`)],
    }
  }
  if (orders.dmy > 0) return { order: 'dmy', notes: [] }
  if (orders.mdy > 0) return { order: 'mdy', notes: [] }
  if (orders.either === 0) return { order: 'ymd', notes: [] }
  const order = customary(columns, evidence, customs)
  const say = `No date of the file settles whether the day or the month comes first. ${sayOrder(order)} Please confirm.`
  return { order, notes: [fileNote('dates_ambiguous', 'confirm', say)] }
}

function sayOrder(order: 'dmy' | 'mdy'): string {
  return order === 'dmy'
    ? 'We read the day first: 3/4 is the third of April.'
    : 'We read the month first: 3/4 is the fourth of March.'
}

function customary(
  columns: readonly ColumnMapping[],
  evidence: readonly ColumnEvidence[],
  customs: Customs,
): 'dmy' | 'mdy' {
  // The other columns of dates, such as a payout's, were written by the same machine.
  for (const column of evidence) {
    if (column.orders.dmy !== column.orders.mdy) return column.orders.dmy > column.orders.mdy ? 'dmy' : 'mdy'
  }
  const named = /(?<!\d)(\d{1,2})[-_.](\d{1,2})[-_.](?:\d{4}|\d{2})(?!\d)/.exec(customs.fileName)
  if (named && Number(named[1]) > 12) return 'dmy'
  if (named && Number(named[2]) > 12) return 'mdy'
  if (customs.dayFirst || customs.decimalMark === ',') return 'dmy'
  const dotted = columns.some(
    (column) =>
      column.role.startsWith('date') &&
      [...(evidence[column.index]?.values.keys() ?? [])].some((cell) => /^\d+\.\d+\./.test(cell)),
  )
  if (dotted) return 'dmy'
  return customs.site.currency === 'USD' ? 'mdy' : 'dmy'
}
