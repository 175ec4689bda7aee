import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { RejectedRow } from '../contract.ts'
import type { Price, Quantity } from './amounts.ts'
import type { RowType } from './synonyms.ts'

// One row, read cell by cell: every text has become a moment, an amount or a word. What the row is worth within its
// sale is decided elsewhere.

export type Line = {
  readonly kind: 'line'
  readonly row: number
  readonly raw: string
  /** Bare, as on the receipt; null when the file has none. */
  readonly id: string | null
  /** Milliseconds of the local wall clock since 1970-01-01T00:00; NaN when this row has no date of its own. */
  readonly wall: number
  readonly offset: number | null
  readonly dayOnly: boolean
  readonly type: RowType
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
}

export type RowReading =
  | Line
  | { readonly kind: 'blank' }
  | { readonly kind: 'total' }
  | { readonly kind: 'header' }
  | { readonly kind: 'rejected'; readonly rejected: RejectedRow }
