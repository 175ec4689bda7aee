import { fileFault } from '../faults.ts'
import { csvCell } from './csv.ts'
import { type NumberFormat, PLAIN } from './number-format.ts'
import { numberText } from './number-text.ts'
import { CELL_CHARS_MAX, longText } from './shared-strings.ts'
import { plainString } from './string-text.ts'
import { type Attributes, prefixOf, type XmlEvents } from './xml.ts'

/** One row that has at least one cell with something in it. */
export type SheetRow = {
  /** From 1, as the sheet shows it. */
  readonly number: number
  /** By column. Text as CSV writes it, or the number of a shared text; what is not there is empty. */
  readonly cells: readonly (string | number | undefined)[]
}

/** Where Excel ends. */
const ROWS_MAX = 1_048_576
const COLUMNS_MAX = 2_000

/** From the events of a sheet's XML to its rows. Only what lies inside `sheetData` counts. */
export class SheetRows implements XmlEvents {
  private readonly styles: readonly NumberFormat[]
  private readonly from1904: boolean
  private rows: SheetRow[] = []
  private stringMax = -1
  private name: Names | null = null
  private inData = false
  private rowNumber = 0
  private cells: (string | number | undefined)[] = []
  private column = -1
  private type = ''
  private style: NumberFormat = PLAIN
  private value = ''
  private formula: string | null = null
  private into: 'value' | 'formula' | 'nothing' = 'nothing'
  private inSpoken = false

  constructor(styles: readonly NumberFormat[], from1904: boolean) {
    this.styles = styles
    this.from1904 = from1904
  }

  /** The rows that were completed since the last time, and the highest number of a shared text that any row has. */
  take(): { readonly rows: readonly SheetRow[]; readonly stringMax: number } {
    const rows = this.rows
    this.rows = []
    return { rows, stringMax: this.stringMax }
  }

  open(tag: string, attributes: Attributes): void {
    if (this.name === null) this.name = namesOf(prefixOf(tag))
    const name = this.name
    if (!this.inData) this.inData = tag === name.sheetData
    else if (tag === name.cell) this.beginCell(attributes)
    else if (tag === name.value) this.into = 'value'
    else if (tag === name.row) this.beginRow(attributes)
    else if (tag === name.text) this.into = this.inSpoken ? 'nothing' : 'value'
    else if (tag === name.formula) {
      this.into = 'formula'
      this.formula = ''
    } else if (tag === name.spoken) this.inSpoken = true
  }

  close(tag: string): void {
    const name = this.name
    if (!this.inData || name === null) return
    if (tag === name.cell) this.endCell()
    else if (tag === name.row) this.endRow()
    else if (tag === name.spoken) this.inSpoken = false
    else if (tag === name.sheetData) this.inData = false
    this.into = 'nothing'
  }

  text(text: string): void {
    if (this.into === 'nothing') return
    if (this.into === 'value') this.value = this.value === '' ? text : this.value + text
    else this.formula += text
    if (this.value.length > CELL_CHARS_MAX || (this.formula ?? '').length > CELL_CHARS_MAX) throw longText()
  }

  private beginRow({ r }: Attributes): void {
    const number = Number(r)
    this.rowNumber = Number.isSafeInteger(number) && number > this.rowNumber ? number : this.rowNumber + 1
    if (this.rowNumber > ROWS_MAX) {
      throw fileFault('file.damaged', 'The workbook is damaged: a sheet numbers its rows beyond 1,048,576.')
    }
    this.cells = []
    this.column = -1
  }

  private endRow(): void {
    if (this.cells.length > 0) this.rows.push({ number: this.rowNumber, cells: this.cells })
  }

  private beginCell({ r, t, s }: Attributes): void {
    const column = r === undefined ? -1 : columnOf(r)
    this.column = column >= 0 ? column : this.column + 1
    this.type = t ?? 'n'
    this.style = (s === undefined ? undefined : this.styles[Number(s)]) ?? PLAIN
    this.value = ''
    this.formula = null
  }

  private endCell(): void {
    const cell = this.cellText()
    if (cell === '') return
    if (this.column >= COLUMNS_MAX) throw fileFault('file.too_many_columns')
    this.cells[this.column] = cell
  }

  private cellText(): string | number {
    const { type, value } = this
    if (type === 's') return this.sharedText(value)
    // A formula that nobody has worked out is shown as it stands: an empty cell would pass for a zero.
    if (value === '' && this.formula !== null && type !== 'str') return csvCell(`=${this.formula}`)
    if (type === 'n') return csvCell(numberText(value, this.style, this.from1904))
    if (type === 'b') return value === '' ? '' : value === '1' || value === 'true' ? 'TRUE' : 'FALSE'
    if (type === 'd') return csvCell(isoText(value, this.style))
    return csvCell(plainString(value))
  }

  private sharedText(value: string): number | '' {
    if (value.trim() === '') return ''
    const index = Number(value)
    if (!Number.isSafeInteger(index) || index < 0) throw missingText(this.rowNumber)
    if (index > this.stringMax) this.stringMax = index
    return index
  }
}

/** A cell names a text that the workbook does not hold. */
export function missingText(row: number) {
  return fileFault(
    'file.damaged',
    `The workbook is damaged: a cell of row ${row} points at a text that is not there. Open it in Excel or LibreOffice, save it again as XLSX or CSV, and give that file.`,
  )
}

type Names = ReturnType<typeof namesOf>

function namesOf(prefix: string) {
  return {
    sheetData: `${prefix}sheetData`,
    row: `${prefix}row`,
    cell: `${prefix}c`,
    value: `${prefix}v`,
    formula: `${prefix}f`,
    text: `${prefix}t`,
    spoken: `${prefix}rPh`,
  }
}

/** The column of `AB12`, from 0; -1 when no letter stands in front. */
function columnOf(reference: string): number {
  let column = 0
  for (let at = 0; at < reference.length && at < 8; at++) {
    const letter = reference.charCodeAt(at) & ~32
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  return column - 1
}

const ISO = /^(\d{4}-\d{2}-\d{2})?T?(?:(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?Z?$/

/** Dates of the strict dialect are written out: `2026-05-04T17:33:00.000Z`. */
function isoText(value: string, format: NumberFormat): string {
  const match = ISO.exec(value.trim())
  if (!match) return value
  const [, date, time] = match
  const dateAlone = format.kind === 'moment' && !format.time && (time === '00:00:00' || time === '00:00')
  return [date, dateAlone ? undefined : time].filter((part) => part !== undefined).join(' ')
}
