import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import type { ColumnMapping, ColumnRole, DateOrder, FileGrain } from '../contract-files.ts'
import { AmountReader, type CellReading, PriceReader } from './amounts.ts'
import type { RowRejectionCode } from './faults.ts'
import type { ItemKind, RowGrain } from './line.ts'
import type { DecimalMark } from './numbers.ts'
import type { RowType } from './synonyms.ts'

// The columns of a row by the part they play, and their cells as amounts.

/** How the cells of a file are to be understood. */
export type RowRules = {
  readonly columns: readonly ColumnMapping[]
  readonly dateOrder: DateOrder
  /** The decimal mark of each column, by its place. */
  readonly marks: readonly DecimalMark[]
  readonly currency: CurrencyCode
  readonly grain: FileGrain
  readonly types: ReadonlyMap<string, RowType> | null
  readonly grains: ReadonlyMap<string, RowGrain> | null
  readonly kinds: ReadonlyMap<string, ItemKind> | null
}

export type Places = Readonly<Record<ColumnRole, number>>

export type AmountColumns = {
  readonly gross: AmountReader
  readonly discounts: readonly AmountReader[]
  readonly net: AmountReader
  readonly total: AmountReader
  readonly tip: AmountReader
  readonly service: AmountReader
  readonly deferred: AmountReader
  readonly rounding: AmountReader
  readonly fee: AmountReader
  readonly refunded: AmountReader
  readonly refundedTip: AmountReader
  readonly taxes: readonly AmountReader[]
  readonly tendered: readonly AmountReader[]
  readonly price: PriceReader
}

/** Columns of the roles that several columns may hold. */
export type SharedColumns = {
  readonly discounts: readonly number[]
  readonly taxes: readonly number[]
  readonly tendered: readonly number[]
}

export function amountColumns(
  place: Places,
  shared: SharedColumns,
  marks: readonly DecimalMark[],
  currency: CurrencyCode,
): AmountColumns {
  const reader = (at: number): AmountReader => new AmountReader(marks[at] ?? '.', currency)
  return {
    gross: reader(place.gross),
    discounts: shared.discounts.map(reader),
    net: reader(place.net),
    total: reader(place.total),
    tip: reader(place.tip),
    service: reader(place.service_charge),
    deferred: reader(place.gift_card_sales),
    rounding: reader(place.rounding),
    fee: reader(place.fee),
    refunded: reader(place.refunded),
    refundedTip: reader(place.refunded_tip),
    taxes: shared.taxes.map(reader),
    tendered: shared.tendered.map(reader),
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

const ROLES = Object.keys({
  sale_id: 0,
  sale_number: 0,
  line_id: 0,
  date: 0,
  time: 0,
  date_time: 0,
  zone: 0,
  item: 0,
  variant: 0,
  sku: 0,
  category: 0,
  modifiers: 0,
  quantity: 0,
  unit_price: 0,
  gross: 0,
  discount: 0,
  tax: 0,
  tax_rate: 0,
  net: 0,
  total: 0,
  tip: 0,
  service_charge: 0,
  gift_card_sales: 0,
  rounding: 0,
  fee: 0,
  payment_id: 0,
  tender: 0,
  tender_amount: 0,
  card_brand: 0,
  last4: 0,
  type: 0,
  voided: 0,
  cancelled_at: 0,
  refunded: 0,
  refunded_tip: 0,
  refunded_at: 0,
  refund_reason: 0,
  row_grain: 0,
  item_kind: 0,
  location: 0,
  register: 0,
  staff: 0,
  channel: 0,
  currency: 0,
  customer: 0,
  line_count: 0,
  ignore: 0,
} satisfies Record<ColumnRole, 0>) as readonly ColumnRole[]

/** Roles whose cells are kept as words. */
export const TEXT_ROLES: readonly ColumnRole[] = (
  'item variant sku category modifiers payment_id tender card_brand last4 refund_reason location register staff ' +
  'channel customer sale_number line_id'
).split(' ') as ColumnRole[]

/** The place of each role's first column, or -1. */
export function placesOf(columns: readonly ColumnMapping[]): Places {
  const places: Record<string, number> = {}
  for (const role of ROLES) places[role] = columns.find((column) => column.role === role)?.index ?? -1
  return places as Record<ColumnRole, number>
}

/** The places of all columns of a role that several may hold. */
export function sharedPlaces(columns: readonly ColumnMapping[], role: ColumnRole): readonly number[] {
  return columns.filter((column) => column.role === role).map((column) => column.index)
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

const NO_AMOUNTS: readonly (Minor | null)[] = []

/** The amounts of all columns of one role. */
export function amountsAt(
  cells: readonly string[],
  places: readonly number[],
  readers: readonly AmountReader[],
): readonly (Minor | null)[] {
  if (places.length === 0) return NO_AMOUNTS
  const amounts: (Minor | null)[] = []
  for (let nth = 0; nth < places.length; nth++) {
    const reader = readers[nth]
    if (reader) amounts.push(amountAt(cells, places[nth] ?? -1, reader))
  }
  return amounts
}

/** What the columns of one role come to together; null where none of them says anything. */
export function sumAt(
  cells: readonly string[],
  places: readonly number[],
  readers: readonly AmountReader[],
): Minor | null {
  let sum: Minor | null = null
  for (let nth = 0; nth < places.length; nth++) {
    const reader = readers[nth]
    const amount = reader ? amountAt(cells, places[nth] ?? -1, reader) : null
    if (amount !== null) sum = sum === null ? amount : sum + amount
  }
  return sum
}

export function settled<T extends Minor | object>(
  reading: CellReading<T>,
  at: number,
  cells: readonly string[],
): T | null {
  if (typeof reading === 'string') throw new Unreadable(reading, at, cells[at] ?? '')
  return reading
}
