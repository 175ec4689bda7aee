import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import type { ColumnMapping, ColumnRole } from '../contract.ts'
import { AmountReader, type CellReading, PriceReader } from './amounts.ts'
import type { RowRejectionCode } from './faults.ts'
import type { DecimalMark } from './numbers.ts'

// The columns of a row by the part they play, and their cells as amounts.

export type Places = Readonly<Record<ColumnRole, number>>

export type AmountColumns = {
  readonly gross: AmountReader
  readonly discount: AmountReader
  readonly net: AmountReader
  readonly total: AmountReader
  readonly tip: AmountReader
  readonly service: AmountReader
  readonly taxes: readonly AmountReader[]
  readonly price: PriceReader
}

export function amountColumns(
  place: Places,
  taxColumns: readonly number[],
  marks: readonly DecimalMark[],
  currency: CurrencyCode,
): AmountColumns {
  const reader = (at: number): AmountReader => new AmountReader(marks[at] ?? '.', currency)
  return {
    gross: reader(place.gross),
    discount: reader(place.discount),
    net: reader(place.net),
    total: reader(place.total),
    tip: reader(place.tip),
    service: reader(place.service_charge),
    taxes: taxColumns.map(reader),
    price: new PriceReader(marks[place.unit_price] ?? '.', currency),
  }
}

/** A cell that keeps its row from being read. */
export class Unreadable {
  readonly code: RowRejectionCode
  readonly column: number
  readonly cell: string
  constructor(code: RowRejectionCode, column: number, cell: string) {
    this.code = code
    this.column = column
    this.cell = cell
  }
}

const ROLES: readonly ColumnRole[] = (
  'sale_id sale_number line_id date time date_time zone item variant sku category modifiers quantity unit_price gross ' +
  'discount tax net total tip service_charge fee tender card_brand last4 type location register staff channel currency ' +
  'customer line_count ignore'
).split(' ') as ColumnRole[]

/** Roles whose cells are kept as words. */
export const TEXT_ROLES: readonly ColumnRole[] =
  'item variant sku category tender card_brand last4 location register staff channel customer sale_number line_id'.split(
    ' ',
  ) as ColumnRole[]

/** The place of each role's first column, or -1. */
export function placesOf(columns: readonly ColumnMapping[]): Places {
  const places: Record<string, number> = {}
  for (const role of ROLES) places[role] = columns.find((column) => column.role === role)?.index ?? -1
  return places as Record<ColumnRole, number>
}

/** Money was taken, so something was sold: then the row is an article without a name and no placeholder. */
export function hasWorth(amount: Minor | null, item: string, priced: boolean): boolean {
  if (!priced) return false
  return amount !== null && (amount !== 0n || item === '')
}

export function amountAt(cells: readonly string[], at: number, reader: AmountReader): Minor | null {
  if (at < 0) return null
  return settled(reader.read(cells[at] ?? ''), at, cells)
}

export function taxAt(cells: readonly string[], at: number, reader: AmountReader | undefined): Minor | null {
  return reader ? settled(reader.read(cells[at] ?? ''), at, cells) : null
}

export function settled<T extends Minor | object>(
  reading: CellReading<T>,
  at: number,
  cells: readonly string[],
): T | null {
  if (typeof reading === 'string') throw new Unreadable(reading, at, cells[at] ?? '')
  return reading
}
