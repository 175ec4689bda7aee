import type { CurrencyCode } from '#kernel/currency.ts'
import type { ColumnMapping, ColumnRole } from '../contract-files.ts'
import { isBeyond, lineGross, ONE_PIECE, QuantityReader } from './amounts.ts'
import { copied } from './dates.ts'
import { BROKEN } from './decode.ts'
import { type NoticedCode, ROW_REJECTIONS, type RowRejectionCode } from './faults.ts'
import { bareId } from './ids.ts'
import type { Line, NamedSale, RowGrain, RowReading } from './line.ts'
import { isRowBeyond, longTextAt } from './ranges.ts'
import { isBlank, type Row } from './records.ts'
import { isRejectionsTable, withoutGuards } from './rejections.ts'
import {
  type AmountColumns,
  amountAt,
  amountColumns,
  amountsAt,
  hasWorth,
  type Places,
  placesOf,
  type RowRules,
  type SharedColumns,
  settled,
  sharedPlaces,
  sumAt,
  TEXT_ROLES,
  Unreadable,
} from './row-cells.ts'
import { ExtrasReader } from './row-extras.ts'
import { RowMoments } from './row-moments.ts'
import { RowWords } from './row-words.ts'
import type { RowType } from './synonyms.ts'
import { isPlaceholder, isTotalWord } from './words.ts'

// From the cells of a row to a line. Caches live as long as the reader, so one reader serves a whole file. In a table
// that mixes grains a row may leave out what the row before it says: rows must be given in their order.

/** Without these cells a row cannot be part of a sale, so a row that is cut before them is not padded. */
const NEEDED: readonly ColumnRole[] = 'date date_time sale_id item quantity unit_price gross net total row_grain'.split(
  ' ',
) as ColumnRole[]
const BLANK: RowReading = { kind: 'blank' }
const TOTAL: RowReading = { kind: 'total' }
const HEADER: RowReading = { kind: 'header' }
const PASSED: RowReading = { kind: 'passed' }
/** Flaws that leave no cell where it belongs. */
const SHAPELESS: ReadonlySet<RowRejectionCode> = new Set(['row.cut_off', 'row.quote_open', 'row.too_long'])
export const RAW_CHARS_MAX = 20_000

export class RowReader {
  /** What was noticed since the caller last emptied it. */
  readonly noticed = new Map<NoticedCode, number>()
  readonly place: Places
  readonly shared: SharedColumns
  private readonly rules: RowRules
  private readonly moments: RowMoments
  private readonly words: RowWords
  private readonly extras: ExtrasReader | null
  private readonly quantities: QuantityReader
  private readonly amounts = new Map<CurrencyCode, AmountColumns>()
  private readonly home: AmountColumns
  private readonly textColumns: readonly number[]
  private readonly lastCells: string[] = []
  private lastFirst = ''
  private lastIsTotal = false
  private readonly lastTexts: (string | null)[] = []
  private readonly slots: Readonly<Partial<Record<ColumnRole, number>>>
  private readonly neededWidth: number
  private readonly priced: boolean
  /** Nothing but what was paid by each tender says what a sale came to. */
  private readonly paidIsTotal: boolean
  private readonly guarded: boolean
  private readonly mixed: boolean
  /** In a mixed table: the sale of the row before, and why there is none. */
  private carriedId: string | null = null
  private carriedType: RowType | null = null
  private uncarried: RowRejectionCode = 'row.sale_id_missing'
  /** The table begins with rows that name no sale: it is turned around, and they belong to a sale below them. */
  private turned = false

  constructor(rules: RowRules) {
    this.rules = rules
    this.place = placesOf(rules.columns)
    const { gross, unit_price, net, total, quantity } = this.place
    this.shared = {
      discounts: sharedPlaces(rules.columns, 'discount'),
      taxes: sharedPlaces(rules.columns, 'tax'),
      tendered: sharedPlaces(rules.columns, 'tender_amount'),
    }
    this.moments = new RowMoments(this.place, rules.dateOrder)
    this.words = new RowWords(rules, this.place, (code) => this.notice(code))
    this.extras = ExtrasReader.of(this.place, this.shared, this.moments, rules.kinds, rules.marks)
    this.quantities = new QuantityReader(rules.marks[quantity] ?? '.')
    const worded = TEXT_ROLES.filter((role) => this.place[role] >= 0)
    this.textColumns = worded.map((role) => this.place[role])
    this.slots = Object.fromEntries(worded.map((role, slot) => [role, slot]))
    this.neededWidth = Math.max(...NEEDED.map((role) => this.place[role] + 1))
    this.home = this.amountColumns(rules.currency)
    this.priced = Math.max(gross, unit_price, net, total) >= 0
    this.paidIsTotal = !this.priced && this.shared.tendered.length > 0
    this.guarded = isRejectionsTable(rules.columns)
    this.mixed = rules.grain === 'mixed'
  }

  /** A 1 for each column whose text is needed, for the tokenizer. Cells beyond the header are always looked at. */
  static wanted(columns: readonly ColumnMapping[]): Uint8Array {
    const wanted = new Uint8Array(4096).fill(1)
    for (const column of columns) {
      // The first column stays: a row of totals says so there.
      if (column.index > 0 && (column.role === 'ignore' || column.role === 'line_count')) {
        wanted[column.index] = 0
      }
    }
    return wanted
  }

  read(row: Row): RowReading {
    const cells = this.guarded ? withoutGuards(row.cells) : row.cells
    const reading = this.reading(row, cells)
    if (this.mixed) this.carry(reading)
    return reading
  }

  text(line: Line, role: ColumnRole): string | null {
    const slot = this.slots[role]
    return slot === undefined ? null : (line.texts[slot] ?? null)
  }

  /** The place or till that counts on its own; '' where the row names none. */
  placeOf(line: Line): string {
    const { location, register } = this.place
    return location < 0 && register < 0 ? '' : placeName(this.text(line, 'location'), this.text(line, 'register'))
  }

  private reading(row: Row, cells: readonly string[]): RowReading {
    if (row.flaw !== null) return this.rejection(row, cells, row.flaw, null)
    if (isBlank(row)) return BLANK
    const width = this.rules.columns.length
    if (cells.length > width) {
      for (let at = width; at < cells.length; at++) {
        if ((cells[at] ?? '').trim() !== '') return this.rejection(row, cells, 'row.width', null)
      }
    }
    if (this.isTotal(cells)) return TOTAL
    if (cells.length < width) {
      if (cells.length < this.neededWidth) {
        return this.rejection(row, cells, row.ended ? 'row.width' : 'row.cut_off', null)
      }
      this.notice('row_padded')
    }
    if (this.isHeader(cells)) return HEADER
    const grain = this.words.grainOf(cells)
    if (grain === null) return PASSED
    try {
      return this.line(row, cells, grain)
    } catch (cause) {
      if (cause instanceof Unreadable) return this.rejection(row, cells, cause.code, cause)
      throw cause
    }
  }

  private line(row: Row, cells: readonly string[], grain: RowGrain): Line {
    const { place } = this
    const currency = this.words.currencyOf(cells)
    const amounts = currency === this.rules.currency ? this.home : this.amountColumns(currency)
    const id = this.idOf(cells)
    const moment = this.moments.of(cells, id !== null)
    const long = longTextAt(row.raw, cells, place)
    if (long >= 0) throw new Unreadable('row.text_long', long, cells[long] ?? '')
    const quantity =
      place.quantity < 0 ? null : settled(this.quantities.read(cells[place.quantity] ?? ''), place.quantity, cells)
    const price =
      place.unit_price < 0 ? null : settled(amounts.price.read(cells[place.unit_price] ?? ''), place.unit_price, cells)
    const counted = price === null ? null : lineGross(quantity ?? ONE_PIECE, price, currency)
    if (counted !== null && isBeyond(counted))
      throw new Unreadable('row.amount_range', place.unit_price, cells[place.unit_price] ?? '')
    const gross = amountAt(cells, place.gross, amounts.gross)
    const net = amountAt(cells, place.net, amounts.net)
    const total = this.paidIsTotal
      ? sumAt(cells, this.shared.tendered, amounts.tendered)
      : amountAt(cells, place.total, amounts.total)
    const said = this.words.typeOf(cells)
    const line: Line = {
      kind: 'line',
      row: row.row,
      raw: row.raw,
      grain,
      id,
      wall: moment.wall,
      offset: moment.offset,
      dayOnly: moment.dayOnly,
      type: said ?? this.carriedType ?? 'sale',
      typeSaid: said !== null,
      placeholder:
        grain === 'item' && place.item >= 0 && this.isPlaceholder(cells, price?.minor ?? gross ?? net ?? total),
      texts: this.textsOf(cells),
      currency,
      zone: this.words.zoneOf(cells),
      quantity,
      price,
      counted,
      gross,
      discount: sumAt(cells, this.shared.discounts, amounts.discounts),
      taxes: amountsAt(cells, this.shared.taxes, amounts.taxes),
      net,
      total,
      tip: amountAt(cells, place.tip, amounts.tip),
      service: amountAt(cells, place.service_charge, amounts.service),
      extras: this.extras === null ? null : this.extras.read(cells, amounts),
    }
    if (isRowBeyond(line)) throw new Unreadable('row.amount_range', -1, '')
    return line
  }

  private isPlaceholder(cells: readonly string[], worth: bigint | null): boolean {
    const item = (cells[this.place.item] ?? '').trim()
    return (item === '' || isPlaceholder(item)) && !hasWorth(worth, item, this.priced)
  }

  private textsOf(cells: readonly string[]): readonly (string | null)[] {
    const texts: (string | null)[] = []
    const { textColumns, lastCells, lastTexts } = this
    for (let nth = 0; nth < textColumns.length; nth++) {
      const cell = cells[textColumns[nth] ?? -1] ?? ''
      // Most cells equal the one above.
      if (cell !== lastCells[nth]) {
        lastCells[nth] = cell
        lastTexts[nth] = this.words.named(cell)
      }
      texts.push(lastTexts[nth] ?? null)
    }
    return texts
  }

  private idOf(cells: readonly string[]): string | null {
    const at = this.place.sale_id
    if (at < 0) return null
    const id = bareId(cells[at] ?? '')
    if (id !== '') {
      if (id !== this.carriedId) this.carriedType = null
      return id
    }
    if (!this.mixed) return null
    if (this.carriedId === null || this.turned) throw new Unreadable(this.uncarried, at, '')
    return this.carriedId
  }

  /** A row that cannot be read and names no sale may be the first of one, so what follows without a name waits with it. */
  private carry(reading: RowReading): void {
    if (reading.kind === 'line') {
      this.carriedId = reading.id
      if (reading.typeSaid) this.carriedType = reading.type
    } else if (reading.kind === 'rejected') {
      if (reading.rejected.code === 'row.sale_id_missing') this.turned = true
      else if (!this.turned) this.uncarried = 'row.sale_incomplete'
      this.carriedId = reading.sale?.id ?? null
    }
  }

  /** Totals name themselves, or have amounts and neither a date nor an id. */
  private isTotal(cells: readonly string[]): boolean {
    const { date_time, date, sale_id } = this.place
    if (!isBlankText(cells[date_time >= 0 ? date_time : date] ?? '') && !this.namesTotal(cells[0] ?? '')) return false
    if (this.mixed && this.words.grainOf(cells) !== null) return false
    const first = cells.find((cell) => cell !== '' && cell.trim() !== '')
    if (first === undefined) return false
    if (isTotalWord(first.trim())) return true
    return (
      !this.mixed &&
      cells.length >= this.neededWidth &&
      sale_id >= 0 &&
      this.place.item >= 0 &&
      (cells[sale_id] ?? '') === '' &&
      (cells[this.place.item] ?? '') === ''
    )
  }

  /** The first cell of a row is mostly that of the row above. */
  private namesTotal(cell: string): boolean {
    if (cell !== this.lastFirst) {
      this.lastFirst = cell
      this.lastIsTotal = isTotalWord(cell)
    }
    return this.lastIsTotal
  }

  private isHeader(cells: readonly string[]): boolean {
    const { columns } = this.rules
    const at = this.place.date_time >= 0 ? this.place.date_time : this.place.date
    if ((cells[at] ?? '').trim() !== columns[at]?.header) return false
    return columns.every((column) => {
      const cell = (cells[column.index] ?? '').trim()
      return cell === '' || cell === column.header
    })
  }

  private amountColumns(currency: CurrencyCode): AmountColumns {
    let found = this.amounts.get(currency)
    if (!found) {
      found = amountColumns(this.place, this.shared, this.rules.marks, currency)
      this.amounts.set(currency, found)
    }
    return found
  }

  private notice(code: NoticedCode): void {
    this.noticed.set(code, (this.noticed.get(code) ?? 0) + 1)
  }

  private rejection(row: Row, cells: readonly string[], code: RowRejectionCode, at: Unreadable | null): RowReading {
    const column = at === null ? null : (this.rules.columns[at.column]?.header ?? null)
    const what =
      at === null || at.cell === '' ? '' : ` It reads "${at.cell.slice(0, 60)}"${column ? ` in "${column}"` : ''}.`
    const say = `${ROW_REJECTIONS[code]}${what}`
    const rejected = { row: row.row, raw: copied(row.raw.slice(0, RAW_CHARS_MAX)), code, say, column }
    return { kind: 'rejected', rejected, sale: SHAPELESS.has(code) ? null : this.namedSale(cells, code) }
  }

  /** The sale that a row belongs to although the row cannot be read. */
  private namedSale(cells: readonly string[], code: RowRejectionCode): NamedSale | null {
    const { sale_id, location, register } = this.place
    if (sale_id < 0) return null
    const own = bareId(cells[sale_id] ?? '')
    const id = own !== '' ? own : this.mixed && cells.length > 0 && !this.turned ? this.carriedId : null
    if (id === null || id.includes(BROKEN) || id.includes('\0')) return null
    const { wall, dayOnly } = this.moments.roughly(cells)
    // A mark too many moves the cells behind it; where even the date is moved the id may be anything.
    if (code === 'row.width' && Number.isNaN(wall)) return null
    const place = placeName(this.words.named(cells[location]), this.words.named(cells[register]))
    return { id: copied(id), place, wall, dayOnly }
  }
}

function isBlankText(text: string): boolean {
  const code = text.charCodeAt(0)
  return !(code > 32 && code < 127) && text.trim() === ''
}

function placeName(location: string | null, register: string | null): string {
  return location === null && register === null ? '' : `${location ?? ''}/${register ?? ''}`
}
