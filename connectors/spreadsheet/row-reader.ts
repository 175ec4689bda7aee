import { type CurrencyCode, isCurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import { isZoneName, type ZoneName } from '#kernel/zone.ts'
import type { ColumnMapping, ColumnRole, DateOrder } from '../contract.ts'
import { isBeyond, lineGross, ONE_PIECE, QuantityReader } from './amounts.ts'
import { copied, DAY_MS, MomentReader } from './dates.ts'
import { type NoticedCode, ROW_REJECTIONS, type RowRejectionCode } from './faults.ts'
import { bareId } from './ids.ts'
import type { Line, RowReading } from './line.ts'
import type { DecimalMark } from './numbers.ts'
import { isDayBeyond, isRowBeyond, longTextAt } from './ranges.ts'
import { isBlank, type Row } from './records.ts'
import {
  type AmountColumns,
  amountAt,
  amountColumns,
  hasWorth,
  type Places,
  placesOf,
  settled,
  TEXT_ROLES,
  taxAt,
  Unreadable,
} from './row-cells.ts'
import { type RowType, ZONE_NAMES } from './synonyms.ts'
import { isPlaceholder, isTotalWord, rowTypeOf } from './words.ts'

// From the cells of a row to a line. Caches live as long as the reader, so one reader serves a whole file.

export type RowRules = {
  readonly columns: readonly ColumnMapping[]
  readonly dateOrder: DateOrder
  /** The decimal mark of each column, by its place. */
  readonly marks: readonly DecimalMark[]
  readonly currency: CurrencyCode
}

/** Without these cells a row cannot be part of a sale, so a row that is cut before them is not padded. */
const NEEDED: readonly ColumnRole[] = [
  'date',
  'date_time',
  'sale_id',
  'item',
  'quantity',
  'unit_price',
  'gross',
  'net',
  'total',
]
const BLANK: RowReading = { kind: 'blank' }
const TOTAL: RowReading = { kind: 'total' }
const HEADER: RowReading = { kind: 'header' }
const NO_TAXES: readonly (Minor | null)[] = []
const NAMES_MAX = 50_000
/** A cell of more letters is not remembered: fifty thousand of them would fill the memory. */
const CACHED_CHARS_MAX = 1000

type LineMoment = Pick<Line, 'wall' | 'offset' | 'dayOnly'>

export class RowReader {
  /** What was noticed since the caller last emptied it. */
  readonly noticed = new Map<NoticedCode, number>()
  readonly place: Places
  private readonly rules: RowRules
  private readonly moments: MomentReader
  private readonly quantities: QuantityReader
  private readonly amounts = new Map<CurrencyCode, AmountColumns>()
  private readonly home: AmountColumns
  private readonly taxColumns: readonly number[]
  private readonly textColumns: readonly number[]
  private readonly slots: Readonly<Partial<Record<ColumnRole, number>>>
  private readonly neededWidth: number
  private readonly zones = new Map<string, ZoneName | null>()
  private readonly names = new Map<string, string>()
  private readonly priced: boolean
  private lastDate = ''
  private lastClock = ''
  private lastMoment: LineMoment = { wall: Number.NaN, offset: null, dayOnly: true }

  constructor(rules: RowRules) {
    this.rules = rules
    this.place = placesOf(rules.columns)
    this.moments = new MomentReader(rules.dateOrder)
    this.quantities = new QuantityReader(rules.marks[this.place.quantity] ?? '.')
    this.taxColumns = rules.columns.filter((column) => column.role === 'tax').map((column) => column.index)
    const worded = TEXT_ROLES.filter((role) => this.place[role] >= 0)
    this.textColumns = worded.map((role) => this.place[role])
    this.slots = Object.fromEntries(worded.map((role, slot) => [role, slot]))
    this.neededWidth = Math.max(...NEEDED.map((role) => this.place[role] + 1))
    this.home = this.amountColumns(rules.currency)
    const { gross, unit_price, net, total } = this.place
    this.priced = Math.max(gross, unit_price, net, total) >= 0
  }

  /** A 1 for each column whose text is needed, for the tokenizer. Cells beyond the header are always looked at. */
  static wanted(columns: readonly ColumnMapping[]): Uint8Array {
    const wanted = new Uint8Array(4096).fill(1)
    for (const column of columns) {
      // The first column stays: a row of totals says so there.
      if (column.index > 0 && (column.role === 'ignore' || column.role === 'fee' || column.role === 'line_count')) {
        wanted[column.index] = 0
      }
    }
    return wanted
  }

  read(row: Row): RowReading {
    if (row.flaw !== null) return this.rejection(row, row.flaw, null)
    if (isBlank(row)) return BLANK
    const width = this.rules.columns.length
    const { cells } = row
    if (cells.length > width) {
      for (let at = width; at < cells.length; at++) {
        if ((cells[at] ?? '').trim() !== '') return this.rejection(row, 'row.width', null)
      }
    }
    if (this.isTotal(cells)) return TOTAL
    if (cells.length < width) {
      if (cells.length < this.neededWidth) return this.rejection(row, row.ended ? 'row.width' : 'row.cut_off', null)
      this.notice('row_padded')
    }
    if (this.isHeader(cells)) return HEADER
    try {
      return this.line(row)
    } catch (cause) {
      if (cause instanceof Unreadable) return this.rejection(row, cause.code, cause)
      throw cause
    }
  }

  text(line: Line, role: ColumnRole): string | null {
    const slot = this.slots[role]
    return slot === undefined ? null : (line.texts[slot] ?? null)
  }

  /** Texts of their own, each distinct one once: a line outlives the chunk of the file that it was cut from. */
  private textsOf(cells: readonly string[]): readonly (string | null)[] {
    const texts: (string | null)[] = []
    for (const at of this.textColumns) {
      const cell = cells[at]
      texts.push(cell === undefined || cell === '' ? null : this.named(cell))
    }
    return texts
  }

  private line(row: Row): Line {
    const { place } = this
    const { cells } = row
    const currency = this.currencyOf(cells)
    const amounts = currency === this.rules.currency ? this.home : this.amountColumns(currency)
    const item = (cells[place.item] ?? '').trim()
    const moment = this.momentOf(cells)
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
    const total = amountAt(cells, place.total, amounts.total)
    const line: Line = {
      kind: 'line',
      row: row.row,
      raw: row.raw,
      id: this.idOf(cells),
      wall: moment.wall,
      offset: moment.offset,
      dayOnly: moment.dayOnly,
      type: this.typeOf(cells),
      placeholder:
        place.item >= 0 &&
        (item === '' || isPlaceholder(item)) &&
        !hasWorth(price?.minor ?? gross ?? net ?? total, item, this.priced),
      texts: this.textsOf(cells),
      currency,
      zone: place.zone < 0 ? null : this.zoneOf(cells[place.zone] ?? ''),
      quantity,
      price,
      counted,
      gross,
      discount: amountAt(cells, place.discount, amounts.discount),
      taxes:
        this.taxColumns.length === 0
          ? NO_TAXES
          : this.taxColumns.map((at, nth) => taxAt(cells, at, amounts.taxes[nth])),
      net,
      total,
      tip: amountAt(cells, place.tip, amounts.tip),
      service: amountAt(cells, place.service_charge, amounts.service),
    }
    if (isRowBeyond(line)) throw new Unreadable('row.amount_range', -1, '')
    return line
  }

  private idOf(cells: readonly string[]): string | null {
    if (this.place.sale_id < 0) return null
    const id = bareId(cells[this.place.sale_id] ?? '')
    return id === '' ? null : id
  }

  /** Rows of one sale share their moment, so the last one is kept at hand. */
  private momentOf(cells: readonly string[]): LineMoment {
    const { date_time, date, time } = this.place
    const cell = cells[date_time >= 0 ? date_time : date] ?? ''
    const clock = time < 0 ? '' : (cells[time] ?? '')
    if (cell === this.lastDate && clock === this.lastClock && cell !== '') return this.lastMoment
    const moment = this.readMoment(cells, cell, clock)
    this.lastDate = cell
    this.lastClock = clock
    this.lastMoment = moment
    return moment
  }

  private readMoment(cells: readonly string[], cell: string, clockCell: string): LineMoment {
    const { date_time, date } = this.place
    const at = date_time >= 0 ? date_time : date
    if (cell === '' || cell.trim() === '') {
      // Order-level cells may stand on the first row of a sale alone; then another row has the date.
      if (this.place.sale_id >= 0 && this.idOf(cells) !== null) return { wall: Number.NaN, offset: null, dayOnly: true }
      throw new Unreadable('row.date_missing', at, '')
    }
    const moment = this.clocked(cell, clockCell, at)
    if (isDayBeyond(moment.wall)) throw new Unreadable('row.date_range', at, cell)
    return moment
  }

  /** The moment of a date and of a clock that may stand in a cell of its own. */
  private clocked(cell: string, clockCell: string, at: number): LineMoment {
    const { time } = this.place
    const moment = this.moments.moment(cell)
    if (!moment) throw new Unreadable('row.date_unreadable', at, cell)
    if (moment.time !== null || time < 0) {
      return { wall: moment.day * DAY_MS + (moment.time ?? 0), offset: moment.offset, dayOnly: moment.time === null }
    }
    if (clockCell.trim() === '') return { wall: moment.day * DAY_MS, offset: null, dayOnly: true }
    const clock = this.moments.time(clockCell)
    if (!clock) throw new Unreadable('row.date_unreadable', time, clockCell)
    return { wall: moment.day * DAY_MS + clock.ms, offset: clock.offset, dayOnly: false }
  }

  private typeOf(cells: readonly string[]): RowType {
    if (this.place.type < 0) return 'sale'
    const type = rowTypeOf(cells[this.place.type] ?? '')
    if (type !== 'unknown') return type
    this.notice('type_unknown')
    return 'sale'
  }

  private currencyOf(cells: readonly string[]): CurrencyCode {
    const at = this.place.currency
    if (at < 0) return this.rules.currency
    const code = (cells[at] ?? '').trim().toUpperCase()
    if (code === '' || code === this.rules.currency) return this.rules.currency
    if (!isCurrencyCode(code)) throw new Unreadable('row.currency_unknown', at, code)
    return code
  }

  private zoneOf(cell: string): ZoneName | null {
    const text = cell.trim()
    if (text === '') return null
    let zone = this.zones.get(text)
    if (text.length > CACHED_CHARS_MAX) zone = null
    if (zone === undefined) {
      const name = ZONE_NAMES[text.toLowerCase()] ?? text
      zone = isZoneName(name) ? name : null
      if (this.zones.size < 1000) this.zones.set(copied(text), zone)
    }
    if (zone === null) this.notice('zone_unknown')
    return zone
  }

  /** Totals name themselves, or have amounts and neither a date nor an id. */
  private isTotal(cells: readonly string[]): boolean {
    const { date_time, date, sale_id } = this.place
    if ((cells[date_time >= 0 ? date_time : date] ?? '').trim() !== '' && !isTotalWord(cells[0] ?? '')) return false
    const first = cells.find((cell) => cell !== '' && cell.trim() !== '')
    if (first === undefined) return false
    if (isTotalWord(first.trim())) return true
    return (
      cells.length >= this.neededWidth &&
      sale_id >= 0 &&
      this.place.item >= 0 &&
      (cells[sale_id] ?? '') === '' &&
      (cells[this.place.item] ?? '') === ''
    )
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
      found = amountColumns(this.place, this.taxColumns, this.rules.marks, currency)
      this.amounts.set(currency, found)
    }
    return found
  }

  private named(cell: string): string | null {
    const known = this.names.get(cell)
    if (known !== undefined) return known === '' ? null : known
    const name = copied(cell.trim())
    if (this.names.size >= NAMES_MAX) this.names.clear()
    if (cell.length <= CACHED_CHARS_MAX) this.names.set(copied(cell), name)
    return name === '' ? null : name
  }

  private notice(code: NoticedCode): void {
    this.noticed.set(code, (this.noticed.get(code) ?? 0) + 1)
  }

  private rejection(row: Row, code: RowRejectionCode, at: Unreadable | null): RowReading {
    const column = at === null ? null : (this.rules.columns[at.column]?.header ?? null)
    const what =
      at === null || at.cell === '' ? '' : ` It reads "${at.cell.slice(0, 60)}"${column ? ` in "${column}"` : ''}.`
    const say = `${ROW_REJECTIONS[code]}${what}`
    return { kind: 'rejected', rejected: { row: row.row, raw: row.raw.slice(0, 2000), code, say, column } }
  }
}
