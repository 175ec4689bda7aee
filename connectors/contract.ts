import type { Readable } from 'node:stream'
import type { LooseRefund, Sale } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'

// What a connector is. A part that is present is a promise: the conformance kit tests every part it finds.
// A connector turns one system's words into canon. It never stores anything, never asks the machine for the time, and
// reaches the outside only through what it is handed.

/** The systems that a connection may name, as they stand on the wire. */
export type PosSystem =
  | 'square'
  | 'shopify'
  | 'toast'
  | 'clover'
  | 'lightspeed-x'
  | 'lightspeed-r'
  | 'lightspeed-k'
  | 'zoho-inventory'
  | 'dine-pos'
  | 'generic-rest'
  | 'spreadsheet'

export type Connector = {
  /** The system it serves; also the name of its address and of its folder's line in the registry. */
  readonly id: PosSystem
  /** For people: `Spreadsheet (CSV)`. */
  readonly name: string
  readonly files?: Files
}

/** Sales that arrive as a table in a file. Judgement (`detect`, `read`) is apart from storage: nothing is kept here. */
export type Files = {
  /**
   * Reads as much as settles what the file is, at most all of it, and stores nothing.
   * Throws a Fault whose code begins with `file.` when it holds no table of sales.
   */
  detect(file: FileSource, site: FileSite): Promise<FileDetection>
  /**
   * The file's sales, in slices of at most `rowsPerSlice` rows or thereabouts, in an order that is the same at every
   * reading, with memory that does not grow with the file. A row that cannot be read is in `rejected`, never lost.
   */
  read(file: FileSource, detection: FileDetection, site: FileSite, options: FileReadOptions): AsyncIterable<FileSlice>
}

export type FileSource = {
  /** As the merchant named it; a hint at most. */
  readonly name: string
  /** Bytes as stored, before any unpacking. */
  readonly sizeBytes: number
  /** Opens the bytes from the start, as often as wanted. */
  open(): Readable
}

/** What the file itself need not say: the site's own clock and money. */
export type FileSite = { readonly zone: ZoneName; readonly currency: CurrencyCode }

export type FileReadOptions = {
  readonly rowsPerSlice: number
  /** A folder of our own for spilling; emptied by whoever made it. */
  readonly scratchDir: string
}

/** A column's part in a sale. One column has one role; a role may be held by several columns (taxes). */
export type ColumnRole =
  | 'sale_id'
  | 'sale_number'
  | 'line_id'
  | 'date'
  | 'time'
  | 'date_time'
  | 'zone'
  | 'item'
  | 'variant'
  | 'sku'
  | 'category'
  | 'modifiers'
  | 'quantity'
  | 'unit_price'
  | 'gross'
  | 'discount'
  | 'tax'
  | 'net'
  | 'total'
  | 'tip'
  | 'service_charge'
  | 'fee'
  | 'tender'
  | 'card_brand'
  | 'last4'
  | 'type'
  | 'location'
  | 'register'
  | 'staff'
  | 'channel'
  | 'currency'
  | 'customer'
  | 'line_count'
  | 'ignore'

export type ColumnMapping = {
  /** The column's place, from 0. */
  readonly index: number
  readonly header: string
  readonly role: ColumnRole
  /** 0 to 1: how sure the guess is. */
  readonly confidence: number
  /** Why, in words for a person. */
  readonly because: string
}

export type DateOrder = 'ymd' | 'dmy' | 'mdy'

export type FileDetection = {
  readonly container: 'plain' | 'gzip' | 'zip' | 'xlsx'
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly byteOrderMark: boolean
  readonly delimiter: string
  /** Rows above the header, kept as they stand. */
  readonly preamble: readonly string[]
  /** The header's row number, from 1, counting records and not lines of text. */
  readonly headerRow: number
  readonly columns: readonly ColumnMapping[]
  /** A hash over the normalised header, the same for every export of one shape: a mapping is remembered by it. */
  readonly shape: string
  readonly grain: 'item' | 'sale' | 'payment'
  readonly dateOrder: DateOrder | null
  readonly decimalMark: '.' | ','
  readonly currency: CurrencyCode
  /** Whether a column or a sign in the file says the currency, or the site's is taken. */
  readonly currencyFrom: 'file' | 'site'
  readonly rowsLookedAt: number
  /** Whether `rowsLookedAt` is the whole file. */
  readonly wholeFile: boolean
  /** What a person should know or confirm. Nothing ambiguous is passed over in silence. */
  readonly notes: readonly FileNote[]
}

export type FileNote = {
  /** Stable, such as `dates_ambiguous`, `no_prices`, `ids_synthesised`, `placeholder_items`. */
  readonly code: string
  readonly severity: 'info' | 'warning' | 'confirm'
  /** A sentence for a person. */
  readonly say: string
}

export type FileSlice = {
  /** From 0, without gaps; the same slice holds the same sales at every reading of the same bytes. */
  readonly index: number
  readonly sales: readonly FileSale[]
  readonly refunds: readonly FileRefund[]
  readonly rejected: readonly RejectedRow[]
  /** Data rows read so far, blank ones and the header not counted. */
  readonly rowsRead: number
  /** Share of the file's bytes read so far, 0 to 1. */
  readonly progress: number
  /** Counts of what was noticed in this slice, by code, such as `time_twice`, `item_placeholder`. */
  readonly noticed: Readonly<Record<string, number>>
}

export type FileOrigin = {
  /** Row numbers of the file, from 1, the header and what stands above it counted: as a spreadsheet shows them. */
  readonly rows: readonly number[]
  /** The rows as text, as they stand in the file (decoded): what is kept as raw. */
  readonly raw: string
}

export type FileSale = FileOrigin & {
  readonly sale: Sale
  /** The file's own calendar day, where it knows days and no times. */
  readonly day: LocalDate | null
}
export type FileRefund = FileOrigin & { readonly refund: LooseRefund }

export type RejectedRow = {
  readonly row: number
  /** The row's text, cut at 2,000 characters. */
  readonly raw: string
  /** Stable, such as `row.width`, `row.date_unreadable`, `row.amount_unreadable`. */
  readonly code: string
  readonly say: string
  /** The column's header where one cell is to blame. */
  readonly column: string | null
}

/** When a fact was true at its source, for choosing the newest: a rising version where the source has one, else a time. */
export type SourceVersion = { readonly version: bigint | null; readonly updatedAt: Instant | null }
