import { exponentOf } from '#kernel/currency.ts'
import type { ColumnMapping, DateOrder, FileDetection, FileNote, FileSite, FileSource } from '../contract.ts'
import { refuseAggregates } from './aggregates.ts'
import { guessColumns } from './columns.ts'
import { type CurrencyGuess, guessCurrency } from './currency.ts'
import { decideDateOrder } from './date-order.ts'
import type { ColumnEvidence } from './evidence.ts'
import { fileFault, fileNote } from './faults.ts'
import { plainWords, shapeOf } from './header.ts'
import { bareId, isStrongId } from './ids.ts'
import { assumedMark, columnMark, fileMark, makePlan, type Plan } from './plan.ts'
import { RowReader } from './row-reader.ts'
import { type Survey, survey } from './survey.ts'
import { DAY_FIRST_HEADINGS } from './synonyms.ts'
import { readLayout, settleEncoding } from './table.ts'

// What a file is: its layout, its columns, its habits. Looks at the first rows, and at all of them where the first
// leave something open that would change a figure.

const ROWS_MIN = 20_000
const NUMERIC = new Set([
  'quantity',
  'unit_price',
  'gross',
  'discount',
  'tax',
  'net',
  'total',
  'tip',
  'service_charge',
  'fee',
])

export async function detectSales(file: FileSource, site: FileSite): Promise<FileDetection> {
  const layout = await readLayout(file)
  const { encoding } = await settleEncoding(file, layout)
  const source = { delimiter: layout.delimiter, headerRow: layout.header.row, encoding }
  const width = layout.header.cells.length
  const look = await survey(file, source, width, { rowsMin: ROWS_MIN, settled: isSettled })
  if (look.rowsLookedAt === 0) {
    throw fileFault(
      'file.no_rows',
      'The file names its columns, but no row follows. Choose a longer period and export again.',
    )
  }
  const columns = guessColumns(layout.header.cells.map((header, at) => ({ header, evidence: evidenceAt(look, at) })))
  requireSales(columns)
  const dayFirst = layout.header.cells.some((cell) => DAY_FIRST_HEADINGS.includes(plainWords(cell)))
  const numeric = columns.filter((column) => NUMERIC.has(column.role)).map((column) => evidenceAt(look, column.index))
  const money = guessCurrency(columns, look, layout.header.preamble, site)
  const mark = fileMark(numeric)
  const decimalMark = mark ?? assumedMark(layout.delimiter, money.currency, dayFirst)
  const dates = decideDateOrder(columns, look.evidence, { dayFirst, decimalMark, fileName: file.name, site })
  const grain = grainOf(columns, look, dates.order)
  const plan = makePlan({
    columns,
    evidence: look.evidence,
    rows: look.rows,
    site,
    grain,
    dateOrder: dates.order,
    decimalMark,
    currency: money.currency,
  })
  refuseAggregates(columns, look, plan)
  const notes = [
    ...dates.notes,
    ...money.notes,
    ...markNotes(numeric, mark, money, decimalMark),
    ...columnNotes(columns, look, plan),
    ...rowNotes(look, plan),
    ...(encoding === 'windows-1252' ? [fileNote('encoding_guessed', 'warning')] : []),
    ...(look.truncated ? [fileNote('file_truncated', 'confirm')] : []),
  ]
  return {
    container: layout.container,
    encoding,
    byteOrderMark: layout.byteOrderMark,
    delimiter: layout.delimiter,
    preamble: layout.header.preamble,
    headerRow: layout.header.row,
    columns,
    shape: shapeOf(layout.header.cells),
    grain,
    dateOrder: dates.order,
    decimalMark,
    currency: money.currency,
    currencyFrom: money.from,
    rowsLookedAt: look.rowsLookedAt,
    wholeFile: look.wholeFile,
    notes,
  }
}

function evidenceAt(look: Survey, at: number): ColumnEvidence {
  const found = look.evidence[at]
  if (!found) throw new Error(`no evidence was gathered for column ${at}`)
  return found
}

/** Nothing is open any more that later rows could settle. */
function isSettled(evidence: readonly ColumnEvidence[]): boolean {
  let marks = 0
  let open = 0
  for (const column of evidence) {
    const { dmy, mdy, either } = column.orders
    if (either > 0 && dmy === 0 && mdy === 0) return false
    if (columnMark(column) !== null) marks++
    else if (column.marks.either > 0) open++
  }
  return open === 0 || marks > 0
}

function requireSales(columns: readonly ColumnMapping[]): void {
  const has = (...roles: readonly ColumnMapping['role'][]): boolean =>
    columns.some((column) => roles.includes(column.role))
  if (!has('date', 'date_time')) {
    throw fileFault(
      'file.no_date',
      'No column of this file says when a sale took place. Export transactions, items or receipts with their dates.',
    )
  }
  if (!has('item', 'sku', 'unit_price', 'gross', 'net', 'total')) throw fileFault('file.no_sales')
}

function grainOf(columns: readonly ColumnMapping[], look: Survey, dateOrder: DateOrder): FileDetection['grain'] {
  const place = (role: ColumnMapping['role']): number => columns.find((column) => column.role === role)?.index ?? -1
  if (place('item') >= 0 || place('sku') >= 0 || dateOrder === null) return 'item'
  const id = place('sale_id')
  if (id < 0) return 'sale'
  const ids = look.rows.map((row) => row.cells[id] ?? '').filter((cell) => cell !== '')
  const repeated = ids.length - new Set(ids).size
  return place('tender') >= 0 && repeated > ids.length * 0.02 ? 'payment' : 'sale'
}

function markNotes(
  numeric: readonly ColumnEvidence[],
  mark: '.' | ',' | null,
  money: CurrencyGuess,
  assumed: '.' | ',',
): readonly FileNote[] {
  const notes: FileNote[] = []
  const own = new Set(numeric.map(columnMark).filter((one) => one !== null))
  if (own.size > 1) notes.push(fileNote('decimal_mark_mixed', 'warning'))
  const open = numeric.some((column) => columnMark(column) === null && column.marks.either > 0)
  if (mark === null && open && exponentOf(money.currency) !== 3) {
    const example =
      assumed === '.'
        ? '1,234 as one thousand two hundred and thirty-four'
        : '1.234 as one thousand two hundred and thirty-four'
    notes.push(
      fileNote(
        'decimal_mark_ambiguous',
        'confirm',
        `Numbers have one mark with three digits behind it. We read ${example}; please confirm.`,
      ),
    )
  }
  return notes
}

function columnNotes(columns: readonly ColumnMapping[], look: Survey, plan: Plan): readonly FileNote[] {
  const notes: FileNote[] = []
  const place = (role: ColumnMapping['role']): number => columns.find((column) => column.role === role)?.index ?? -1
  if (Math.max(place('unit_price'), place('gross'), place('net'), place('total')) < 0) {
    notes.push(
      fileNote('no_prices', 'warning', 'The file has articles and no amounts: units can be counted, turnover cannot.'),
    )
  }
  if (place('sale_id') < 0) notes.push(fileNote('ids_synthesised', 'info'))
  else {
    const heading = columns[place('sale_id')]?.header
    const values = [...evidenceAt(look, place('sale_id')).values.keys()].map(bareId)
    if (values.some((value) => value !== heading && !isStrongId(value))) notes.push(fileNote('ids_restart', 'info'))
  }
  if (!plan.taxProven)
    notes.push(
      fileNote(
        'tax_assumed_included',
        'confirm',
        plan.tax === 'included'
          ? undefined
          : 'No amounts tell whether tax is inside the prices; it is taken as added to them.',
      ),
    )
  for (const role of plan.levelsAssumed) {
    const heading = columns[place(role)]?.header ?? role
    const taken = plan.levels[role] === 'sale' ? 'one amount of the sale, repeated' : 'an amount of each row'
    notes.push(
      fileNote(
        'amount_level_assumed',
        'confirm',
        `"${heading}" is the same on every row of each sale. It is taken as ${taken}; please confirm.`,
      ),
    )
  }
  const names = columns.map((column) => plainWords(column.header)).filter((words) => words !== '')
  if (new Set(names).size < names.length) notes.push(fileNote('columns_repeated', 'warning'))
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
  if (look.oneOver > 0) notes.push(fileNote('trailing_delimiter', 'info'))
  if (look.ragged > 0) {
    const severity = look.ragged > look.rowsLookedAt / 2 ? 'confirm' : 'warning'
    notes.push(
      fileNote(
        'rows_ragged',
        severity,
        `${look.ragged} of the first ${look.rowsLookedAt} rows have more or fewer cells than the header.`,
      ),
    )
  }
  return notes
}
