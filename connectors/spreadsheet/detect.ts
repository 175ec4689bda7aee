import { Fault } from '#kernel/fault.ts'
import { isZoneName } from '#kernel/zone.ts'
import type {
  ColumnMapping,
  ColumnRole,
  DateOrder,
  FileChoices,
  FileDetection,
  FileGrain,
  FileHeading,
  FileNote,
  FileSite,
  FileSource,
} from '../contract-files.ts'
import { refuseAggregates } from './aggregates.ts'
import { choiceFault } from './choice-fault.ts'
import { NUMERIC_ROLES } from './column-fit.ts'
import { guessCurrency } from './currency.ts'
import { decideDateOrder } from './date-order.ts'
import type { ColumnEvidence } from './evidence.ts'
import { columnsFault, fileFault, fileNote } from './faults.ts'
import { columnKeys, plainWords, shapeOf } from './header.ts'
import { evidenceOf, mapColumns } from './mapping.ts'
import { assumedMark, columnMark, fileMark } from './marks.ts'
import { markNotes, notesOf, withAccepted } from './notes.ts'
import { planOf } from './plan.ts'
import { matchPreset } from './presets/matching.ts'
import type { Preset } from './presets/preset.ts'
import { PRESETS, presetOf } from './presets/registry.ts'
import { relate, UNRELATED } from './relations.ts'
import { scoreOf } from './score.ts'
import { LOOK_BYTES_MAX, type Survey, survey } from './survey.ts'
import { DAY_FIRST_HEADINGS } from './synonyms.ts'
import { type Layout, type LayoutChoices, readLayout, settleEncoding } from './table.ts'
import { checkTenderAmounts } from './tender-amounts.ts'

// What a table is: its layout, its columns, its habits. Looks at the first rows, and further where the first leave
// something open that would change a figure. What a person chose is taken as given, or refused with a reason.

export async function detectSales(file: FileSource, site: FileSite, choices: FileChoices): Promise<FileDetection> {
  let first: Fault | null = null
  let layoutChoices: LayoutChoices = choices
  for (let tries = 0; tries < LAYOUTS_MAX; tries++) {
    let found: Found | null = null
    try {
      found = await lookInto(file, site, choices, layoutChoices)
      return judged(found)
    } catch (cause) {
      if (!(cause instanceof Fault && NO_SALES.has(cause.code))) throw first ?? cause
      first ??= cause
    }
    const other = otherLayout(choices, layoutChoices, found)
    if (other === null) break
    layoutChoices = other
  }
  throw first ?? fileFault('file.no_sales')
}

const NO_SALES: ReadonlySet<string> = new Set(['file.no_header', 'file.no_date', 'file.no_sales', 'file.no_rows'])
const LAYOUTS_MAX = 4

/** Where the table at hand holds no sales, another one in the same file may: further down, or parted by another sign. */
function otherLayout(said: FileChoices, tried: LayoutChoices, found: Found | null): LayoutChoices | null {
  if (found !== null && said.headerRow === undefined) {
    const { look, layout } = found
    if (look.nextTable !== null && look.nextTable <= layout.headEndsAt) return { ...tried, headerRow: look.nextTable }
  }
  if (said.delimiter !== undefined || tried.take !== undefined || found?.layout.rivalDelimiter === null) return null
  return { ...said, take: 'rival' }
}

async function lookInto(
  file: FileSource,
  site: FileSite,
  choices: FileChoices,
  layoutChoices: LayoutChoices,
): Promise<Found> {
  const layout = await readLayout(file, layoutChoices)
  const { encoding, assumed } = await settleEncoding(file, layout, LOOK_BYTES_MAX)
  const source = { delimiter: layout.delimiter, headerRow: layout.header.row, encoding }
  const look = await survey(file, source, layout.header.cells, openColumns)
  return { file, site, choices, layout: { ...layout, encoding }, look, encodingAssumed: assumed }
}

type Found = {
  readonly file: FileSource
  readonly site: FileSite
  readonly choices: FileChoices
  readonly layout: Layout
  readonly look: Survey
  readonly encodingAssumed: boolean
}

function judged(found: Found): FileDetection {
  const { file, site, choices, layout, look } = found
  const { header, delimiter, encoding } = layout
  const preset = presetFor(header.cells, choices)
  if (preset?.refuse !== undefined) throw fileFault('file.no_sales_export', preset.refuse)
  if (look.rowsLookedAt === 0) {
    throw fileFault(
      'file.no_rows',
      look.tooLong > 0
        ? 'The rows below the headings are longer than 1 MiB. Look for a missing line end or quotation mark, or export the file again.'
        : 'The file names its columns, but no row follows. Choose a longer period and export again.',
    )
  }
  const looks = header.cells.map((cell, at) => ({ header: cell, evidence: evidenceAt(look, at) }))
  const mapped = mapColumns(looks, preset, choices.columns)
  requireSales(mapped.columns, choices)
  const habits = habitsOf(found, preset, mapped.columns)
  const { marks, money } = habits
  const { columns, notes } = checkTenderAmounts(mapped.columns, look.rows, marks, money.currency)
  const draft = {
    columns,
    dateOrder: habits.dateOrder,
    marks,
    currency: money.currency,
    zone: zoneOf(site, choices),
    grain: choices.grain ?? preset?.grain ?? grainOf(columns, look, habits.dateOrder),
    preset: preset === null ? null : { id: preset.id, name: preset.name },
    ...UNRELATED,
  }
  const relations = relate(planOf(draft), look.rows, preset, choices)
  const { levels, tax, tipInTotal, netTrusted } = relations
  const settled = { ...draft, levels, tax, tipInTotal, netTrusted }
  const plan = planOf(settled)
  if (preset === null) refuseAggregates(columns, look, plan)
  const { container } = file
  const shape = shapeOf(header.cells)
  const all = [
    ...mapped.notes,
    ...notes,
    ...habits.notes,
    ...notesOf({ columns, look, layout, plan, relations, container, choices }),
    ...encodingNotes(encoding, found.encodingAssumed, choices),
  ]
  return {
    ...settled,
    container,
    encoding,
    byteOrderMark: layout.byteOrderMark,
    delimiter,
    preamble: header.preamble,
    headerRow: header.row,
    shape,
    family: preset?.family ?? shape,
    score: scoreOf(columns, look, preset),
    decimalMark: habits.decimalMark,
    currencyFrom: money.from,
    rowsLookedAt: look.rowsLookedAt,
    wholeFile: look.wholeFile,
    notes: withAccepted(all, choices.accepted ?? []),
    choices,
  }
}

function presetFor(headers: readonly string[], { preset }: FileChoices): Preset | null {
  if (preset === null) return null
  // A preset that was chosen once and is known no longer leaves the headings to speak for themselves.
  return (preset === undefined ? null : presetOf(preset)) ?? matchPreset(headers, PRESETS)
}

type Habits = {
  readonly dateOrder: DateOrder
  readonly decimalMark: '.' | ','
  readonly marks: readonly ('.' | ',')[]
  readonly money: Pick<FileDetection, 'currency'> & { readonly from: FileDetection['currencyFrom'] }
  readonly notes: readonly FileNote[]
}

/** How this table writes money, numbers and dates: told by its cells, where they tell. */
function habitsOf(
  { file, site, choices, layout, look }: Found,
  preset: Preset | null,
  columns: readonly ColumnMapping[],
): Habits {
  const { header, delimiter } = layout
  const dayFirst = header.cells.some((cell) => DAY_FIRST_HEADINGS.includes(plainWords(cell)))
  const money = guessCurrency(columns, look, header.preamble, site, choices.currency)
  const numeric = evidenceOf(columns, look.evidence, NUMERIC_ROLES)
  // Numbers of a workbook were written by us, and always show their mark.
  const chosenMark = file.container === 'xlsx' ? undefined : choices.decimalMark
  const mark = fileMark(numeric)
  const decimalMark = chosenMark ?? mark ?? assumedMark(numeric, { delimiter, currency: money.currency, dayFirst })
  const dates = decideDateOrder(columns, look.evidence, {
    chosen: choices.dateOrder,
    preset: preset?.dateOrder,
    wholeFile: look.wholeFile,
    dayFirst,
    decimalMark,
    preamble: header.preamble,
    fileName: file.name,
    site,
  })
  return {
    dateOrder: dates.order,
    decimalMark,
    marks: look.evidence.map((column) => chosenMark ?? columnMark(column) ?? decimalMark),
    money,
    notes: [
      ...dates.notes,
      ...money.notes,
      ...(chosenMark === undefined ? markNotes(numeric, mark, money.currency, decimalMark) : []),
    ],
  }
}

function evidenceAt(look: Survey, at: number): ColumnEvidence {
  const found = look.evidence[at]
  if (!found) throw new Error(`no evidence was gathered for column ${at}`)
  return found
}

/** Columns of which later rows could still settle the order of dates or the decimal mark. */
function openColumns(evidence: readonly ColumnEvidence[]): readonly number[] {
  const markKnown = evidence.some((column) => columnMark(column) !== null)
  return evidence.flatMap((column, at) => {
    if (column.share('text') > 0.5) return []
    const { dmy, mdy, either } = column.orders
    const datesOpen = either > 0 && dmy === 0 && mdy === 0
    const markOpen = !markKnown && column.marks.either > 0
    return datesOpen || markOpen ? [at] : []
  })
}

function requireSales(columns: readonly ColumnMapping[], choices: FileChoices): void {
  const has = (...roles: readonly ColumnRole[]): boolean => columns.some((column) => roles.includes(column.role))
  const chosen = columns.some((column) => column.from === 'person')
  if (!has('date', 'date_time')) {
    if (chosen || choices.preset !== undefined) {
      throw choiceFault(
        'With these choices no column says when a sale took place. Choose a column of dates as "date" or "date and time".',
      )
    }
    throw columnsFault(
      'file.no_date',
      headingsOf(columns),
      'No column of this file says when a sale took place. Export transactions, items or receipts with their dates.',
    )
  }
  if (has('item', 'sku', 'unit_price', 'gross', 'net', 'total', 'tender_amount')) return
  if (chosen) {
    throw choiceFault('With these choices no column holds articles or amounts. Choose a column as "item" or "total".')
  }
  throw columnsFault('file.no_sales', headingsOf(columns))
}

function headingsOf(columns: readonly ColumnMapping[]): readonly FileHeading[] {
  const headers = columns.map(({ header }) => header)
  const keys = columnKeys(headers)
  return columns.map(({ header, role }, at) => ({ key: keys[at] ?? header, header, role }))
}

function zoneOf(site: FileSite, { zone }: FileChoices): FileSite['zone'] {
  if (zone === undefined) return site.zone
  if (!isZoneName(zone)) throw choiceFault(`"${zone}" is no time zone. Choose a name such as Europe/Berlin.`)
  return zone
}

function grainOf(columns: readonly ColumnMapping[], look: Survey, dateOrder: DateOrder): FileGrain {
  const place = (role: ColumnRole): number => columns.find((column) => column.role === role)?.index ?? -1
  if (place('row_grain') >= 0) return 'mixed'
  if (place('item') >= 0 || place('sku') >= 0 || dateOrder === null) return 'item'
  const id = place('sale_id')
  if (id < 0) return 'sale'
  const ids = look.rows.map((row) => row.cells[id] ?? '').filter((cell) => cell !== '')
  const repeated = ids.length - new Set(ids).size
  return place('tender') >= 0 && repeated > ids.length * 0.02 ? 'payment' : 'sale'
}

function encodingNotes(
  encoding: FileDetection['encoding'],
  assumed: boolean,
  choices: FileChoices,
): readonly FileNote[] {
  if (choices.encoding !== undefined) return []
  if (encoding === 'windows-1252') return [fileNote('encoding_guessed', 'warning')]
  return assumed ? [fileNote('encoding_assumed', 'info')] : []
}
