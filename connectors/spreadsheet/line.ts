import type { CurrencyCode } from '#kernel/currency.ts'
import type { Decimal } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { FileGrain, RejectedRow } from '../contract-files.ts'
import type { Price, Quantity } from './amounts.ts'
import type { RowType } from './synonyms.ts'

// One row, read cell by cell: every text has become a moment, an amount or a word. What the row is worth within its
// sale is decided elsewhere.

export type RowGrain = Exclude<FileGrain, 'mixed'>

export type Line = {
  readonly kind: 'line'
  readonly row: number
  readonly raw: string
  /** What the row speaks of. */
  readonly grain: RowGrain
  /** Bare, as on the receipt; null when the file has none. */
  readonly id: string | null
  /** Milliseconds of the local wall clock since 1970-01-01T00:00; NaN when this row has no date of its own. */
  readonly wall: number
  readonly offset: number | null
  readonly dayOnly: boolean
  readonly type: RowType
  /** False where no cell says the type: then another row of the sale may. */
  readonly typeSaid: boolean
  readonly placeholder: boolean
  /** The cells that are words and not amounts, by the reader's own order; see `RowReader.text`. */
  readonly texts: readonly (string | null)[]
  readonly currency: CurrencyCode
  readonly zone: ZoneName | null
  readonly quantity: Quantity | null
  readonly price: Price | null
  /** Quantity times price; one piece where the row counts none. */
  readonly counted: Minor | null
  readonly gross: Minor | null
  readonly discount: Minor | null
  readonly taxes: readonly (Minor | null)[]
  readonly net: Minor | null
  readonly total: Minor | null
  readonly tip: Minor | null
  readonly service: Minor | null
  /** What few files say; null for all rows of a file that says none of it. */
  readonly extras: LineExtras | null
}

/** A service charge may stand on a row of its own; then it is no article. */
export type ItemKind = 'article' | 'gift_card' | 'service_charge'

export type LineExtras = {
  /** In percent. */
  readonly taxRate: Decimal | null
  readonly itemKind: ItemKind
  /** Gift cards sold with the sale. */
  readonly deferred: Minor | null
  readonly rounding: Minor | null
  /** Paid by tender, in the order of the columns; see `RowReader.tenders`. */
  readonly tendered: readonly (Minor | null)[]
  /** What the provider of the payment keeps, positive. */
  readonly fee: Minor | null
  readonly refunded: Minor | null
  readonly refundedTip: Minor | null
  readonly refundedAt: RowMoment | null
  /** The moment of a cancellation stands on the row. */
  readonly cancelled: boolean
}

/** A local time as a row says it. */
export type RowMoment = Pick<Line, 'wall' | 'offset' | 'dayOnly'>

/** The sale that a row names although it cannot be read. `wall` is NaN when its date cannot be read either. */
export type NamedSale = Pick<RowMoment, 'wall' | 'dayOnly'> & { readonly id: string; readonly place: string }

export type RowReading =
  | Line
  | { readonly kind: 'blank' }
  | { readonly kind: 'total' }
  | { readonly kind: 'header' }
  /** A row that the export itself says is no part of a sale. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRow; readonly sale: NamedSale | null }
