import { exponentOf } from '#kernel/currency.ts'
import { instantOf, type WallClock } from '#kernel/zone.ts'
import type { ColumnMapping, ColumnRole, FileChoices, FileDetection, FileNote, FileSource } from '../contract-files.ts'
import { DATE_ROLES } from './column-fit.ts'
import { SHARED_ZONE_LETTERS } from './dates.ts'
import type { ColumnEvidence } from './evidence.ts'
import { fileNote } from './faults.ts'
import { plainWords } from './header.ts'
import { bareId, isStrongId } from './ids.ts'
import { columnMark, openMark } from './marks.ts'
import type { Plan } from './plan.ts'
import type { Relations } from './relations.ts'
import { RowReader } from './row-reader.ts'
import type { Survey } from './survey.ts'
import type { Layout } from './table.ts'

// What a person should know of a file before it is read, and what only a person can say.

export type Noted = {
  readonly columns: readonly ColumnMapping[]
  readonly look: Survey
  readonly layout: Layout
  readonly plan: Plan
  readonly relations: Relations
  readonly container: FileSource['container']
  readonly choices: FileChoices
}

export function notesOf(noted: Noted): readonly FileNote[] {
  return [
    ...layoutNotes(noted),
    ...columnNotes(noted),
    ...dateNotes(noted),
    ...relationNotes(noted),
    ...rowNotes(noted.look, noted.plan),
    ...(noted.look.truncated ? [fileNote('file_truncated', 'confirm')] : []),
  ]
}

/** Notes that a person has seen and accepted are told and no longer asked. */
export function withAccepted(notes: readonly FileNote[], accepted: readonly string[]): readonly FileNote[] {
  return notes.map((note) =>
    note.severity === 'confirm' && accepted.includes(note.code) ? { ...note, severity: 'info' as const } : note,
  )
}

function layoutNotes({ layout, look, choices }: Noted): readonly FileNote[] {
  const notes: FileNote[] = []
  if (layout.rivalDelimiter !== null && choices.delimiter === undefined) {
    const [taken, rival] = [nameOf(layout.delimiter), nameOf(layout.rivalDelimiter)]
    const say = `Cells could be parted by a ${taken} or by a ${rival}. We read a ${taken}; please confirm.`
    notes.push(fileNote('delimiter_ambiguous', 'confirm', say))
  }
  if (look.nextTable !== null) {
    const say = `Row ${look.nextTable} looks like the headings of another table. It is read as rows of the first, most of which will be rejected; give the second table as a file of its own.`
    notes.push(fileNote('second_table', 'confirm', say))
  }
  return notes
}

function nameOf(delimiter: string): string {
  return { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[delimiter] ?? `"${delimiter}"`
}

function columnNotes({ columns, look }: Noted): readonly FileNote[] {
  const notes: FileNote[] = []
  const priced: readonly ColumnRole[] = ['unit_price', 'gross', 'net', 'total', 'tender_amount']
  if (!columns.some(({ role }) => priced.includes(role))) {
    notes.push(
      fileNote('no_prices', 'warning', 'The file has articles and no amounts: units can be counted, turnover cannot.'),
    )
  }
  const names = columns.map((column) => plainWords(column.header)).filter((words) => words !== '')
  if (new Set(names).size < names.length) notes.push(fileNote('columns_repeated', 'warning'))
  if (look.oneOver > 0) notes.push(fileNote('trailing_delimiter', 'info'))
  if (look.ragged > 0) {
    const severity = look.ragged > look.rowsLookedAt / 2 ? 'confirm' : 'warning'
    const say = `${look.ragged} of the first ${look.rowsLookedAt} rows have more or fewer cells than the header.`
    notes.push(fileNote('rows_ragged', severity, say))
  }
  return notes
}

function dateNotes({ columns, look, plan, container, choices }: Noted): readonly FileNote[] {
  const notes: FileNote[] = []
  for (const { role, index, header } of columns) {
    const seen = look.evidence[index]
    if (!seen || !(DATE_ROLES.has(role) || role === 'time')) continue
    if (container === 'xlsx' && halfConverted(seen)) {
      const say = `Some cells of "${header}" are dates and others are text such as 13/02/2025. A spreadsheet program probably took day and month for each other in the former. Export the file again without opening it, or confirm that the dates are right.`
      notes.push(fileNote('dates_half_converted', 'confirm', say))
    }
    const odd = [...seen.zoneLetters].filter((letters) => !usesLetters(plan.zone, letters))
    if (odd.length > 0 && choices.zone === undefined && !columns.some((column) => column.role === 'zone')) {
      const say = `Times in "${header}" end in ${odd.join(' or ')}, which several zones share. They are read as the clock of ${plan.zone}; please confirm.`
      notes.push(fileNote('zone_letters_ambiguous', 'confirm', say))
    }
  }
  return notes
}

/** Text beside dates, and no date behind the twelfth of a month: those are the ones that could not be swapped. */
function halfConverted({ orders, isoLate }: ColumnEvidence): boolean {
  return orders.ymd > 0 && isoLate === 0 && orders.dmy + orders.mdy > 0
}

function usesLetters(zone: Plan['zone'], letters: string): boolean {
  const offsets = SHARED_ZONE_LETTERS[letters] ?? []
  return [0, 6].some((month) => {
    const wall = Date.UTC(2025, month, 15) as WallClock
    return offsets.includes((wall - Number(instantOf(wall, zone).at)) / 60_000)
  })
}

export function markNotes(
  numeric: readonly ColumnEvidence[],
  mark: '.' | ',' | null,
  currency: FileDetection['currency'],
  assumed: '.' | ',',
): readonly FileNote[] {
  const notes: FileNote[] = []
  const own = new Set(numeric.map(columnMark).filter((one) => one !== null))
  if (own.size > 1) notes.push(fileNote('decimal_mark_mixed', 'warning'))
  const open = numeric.some((column) => columnMark(column) === null && column.marks.either > 0)
  if (mark !== null || !open) return notes
  // With a point, three digits behind it are the decimals of such a currency; with a comma they may be thousands.
  if (exponentOf(currency) === 3 && openMark(numeric) === '.') return notes
  const example = (openMark(numeric) ?? ',') === '.' ? '1.234' : '1,234'
  const value = example[1] === assumed ? 'one and 234 thousandths' : 'one thousand two hundred and thirty-four'
  const say = `Numbers have one mark with three digits behind it. We read ${example} as ${value}; please confirm.`
  notes.push(fileNote('decimal_mark_ambiguous', 'confirm', say))
  return notes
}

function relationNotes({ columns, look, relations, plan }: Noted): readonly FileNote[] {
  const notes: FileNote[] = []
  const id = columns.find(({ role }) => role === 'sale_id')
  if (!id) notes.push(fileNote('ids_synthesised', 'info'))
  else if (plan.ids !== 'forever') {
    const values = [...(look.evidence[id.index]?.values.keys() ?? [])].map(bareId)
    if (values.some((value) => value !== id.header && !isStrongId(value))) notes.push(fileNote('ids_restart', 'info'))
  }
  if (!relations.taxProven) {
    const added = 'No amounts tell whether tax is inside the prices; it is taken as added to them.'
    notes.push(fileNote('tax_assumed_included', 'confirm', relations.tax === 'included' ? undefined : added))
  }
  for (const role of relations.levelsAssumed) {
    const heading = columns.find((column) => column.role === role)?.header ?? role
    const taken = relations.levels[role] === 'sale' ? 'one amount of the sale, repeated' : 'an amount of each row'
    const say = `"${heading}" is the same on every row of each sale. It is taken as ${taken}; please confirm.`
    notes.push(fileNote('amount_level_assumed', 'confirm', say))
  }
  return notes
}

function rowNotes(look: Survey, plan: Plan): readonly FileNote[] {
  const reader = new RowReader(plan)
  const counts = { total: 0, header: 0, placeholder: 0, dayOnly: 0, line: 0 }
  for (const row of look.rows) {
    const reading = reader.read(row)
    if (reading.kind === 'total' || reading.kind === 'header') counts[reading.kind]++
    if (reading.kind !== 'line') continue
    counts.line++
    if (reading.placeholder) counts.placeholder++
    if (reading.dayOnly) counts.dayOnly++
  }
  const notes: FileNote[] = []
  if (counts.total > 0) notes.push(fileNote('total_rows', 'info'))
  if (counts.header > 0) notes.push(fileNote('header_repeated', 'info'))
  if (counts.placeholder > 0) {
    notes.push(
      fileNote(
        'placeholder_items',
        'info',
        'Some rows name no article, but a stand-in such as NONE. They prove a sale and add no article.',
      ),
    )
  }
  if (counts.line > 0 && counts.dayOnly > counts.line / 2) notes.push(fileNote('no_times', 'info'))
  return notes
}
