import type { ColumnMapping, DateOrder, FileNote, FileSite } from '../contract-files.ts'
import { choiceFault } from './choice-fault.ts'
import { DATE_ROLES } from './column-fit.ts'
import type { ColumnEvidence } from './evidence.ts'
import { fileNote } from './faults.ts'
import type { DecimalMark } from './numbers.ts'

// Whether the day or the month comes first. One date such as 13/02 settles it for its column; without one, what is
// customary is taken and a person is asked.

export type DateOrderGuess = { readonly order: DateOrder; readonly notes: readonly FileNote[] }

type Customs = {
  /** What a person says. */
  readonly chosen: DateOrder | undefined
  /** What a known export writes; for dates that settle nothing. */
  readonly preset: DateOrder | undefined
  readonly wholeFile: boolean
  readonly dayFirst: boolean
  readonly decimalMark: DecimalMark
  /** Rows above the header. */
  readonly preamble: readonly string[]
  readonly fileName: string
  readonly site: FileSite
}

export function decideDateOrder(
  columns: readonly ColumnMapping[],
  evidence: readonly ColumnEvidence[],
  customs: Customs,
): DateOrderGuess {
  const orders = { dmy: 0, mdy: 0, ymd: 0, either: 0 }
  for (const { role, index } of columns) {
    if (!DATE_ROLES.has(role)) continue
    const seen = evidence[index]?.orders
    for (const order of ['dmy', 'mdy', 'ymd', 'either'] as const) orders[order] += seen?.[order] ?? 0
  }
  const chosen = customs.chosen === undefined ? null : usable(customs.chosen, orders)
  // Mixed dates are told also to whoever chose an order, perhaps for an earlier file: the others will be refused.
  if (orders.dmy > 0 && orders.mdy > 0) {
    const order = chosen === 'dmy' || chosen === 'mdy' ? chosen : orders.dmy >= orders.mdy ? 'dmy' : 'mdy'
    return {
      order,
      notes: [fileNote('dates_mixed', 'confirm', `${sayOrder(order)} Dates that cannot be read so are refused.`)],
    }
  }
  if (chosen !== null) return { order: chosen, notes: [] }
  if (orders.dmy > 0) return { order: 'dmy', notes: [] }
  if (orders.mdy > 0) return { order: 'mdy', notes: [] }
  if (orders.either === 0) return { order: 'ymd', notes: [] }
  if (customs.preset === 'dmy' || customs.preset === 'mdy') return { order: customs.preset, notes: [] }
  const order = customary(columns, evidence, customs)
  const what = customs.wholeFile ? 'the file' : 'the part that was looked at'
  const say = `No date of ${what} settles whether the day or the month comes first. ${sayOrder(order)} Please confirm.`
  return { order, notes: [fileNote('dates_ambiguous', 'confirm', say)] }
}

type Orders = { readonly dmy: number; readonly mdy: number; readonly ymd: number; readonly either: number }

function usable(chosen: DateOrder, orders: Orders): DateOrder {
  const others = { dmy: orders.mdy, mdy: orders.dmy, ymd: orders.dmy + orders.mdy + orders.either }[chosen]
  if (others === 0 || orders[chosen] > 0) return chosen
  const instead = orders.mdy > orders.dmy ? 'the month first' : 'the day first'
  throw choiceFault(`The dates of this file cannot be read in the order that was chosen. Choose ${instead}.`)
}

function sayOrder(order: 'dmy' | 'mdy'): string {
  return order === 'dmy'
    ? 'We read the day first: 3/4 is the third of April.'
    : 'We read the month first: 3/4 is the fourth of March.'
}

const WRITTEN_DATES = /(?<!\d)(\d{1,2})[-_./](\d{1,2})[-_./](?:\d{4}|\d{2})(?!\d)/g
const TEXT_CHARS_MAX = 1000

function customary(
  columns: readonly ColumnMapping[],
  evidence: readonly ColumnEvidence[],
  customs: Customs,
): 'dmy' | 'mdy' {
  // The other columns of dates, such as a payout's, were written by the same machine.
  for (const column of evidence) {
    if (column.orders.dmy !== column.orders.mdy) return column.orders.dmy > column.orders.mdy ? 'dmy' : 'mdy'
  }
  // The period that a report states above its table, and the day in a file's name.
  for (const text of [...customs.preamble, customs.fileName]) {
    for (const [, first, second] of text.slice(0, TEXT_CHARS_MAX).matchAll(WRITTEN_DATES)) {
      if (Number(first) > 12 && Number(second) <= 12) return 'dmy'
      if (Number(second) > 12 && Number(first) <= 12) return 'mdy'
    }
  }
  if (customs.dayFirst || customs.decimalMark === ',') return 'dmy'
  const dotted = columns.some(
    (column) =>
      column.role.startsWith('date') &&
      [...(evidence[column.index]?.values.keys() ?? [])].some((cell) => /^\d+\.\d+\./.test(cell)),
  )
  if (dotted) return 'dmy'
  return customs.site.currency === 'USD' ? 'mdy' : 'dmy'
}
