import type { Readable } from 'node:stream'
import type { LooseRefund, Sale, SalePart } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { LocalDate } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'

// The part of the contract that speaks of files: what a connector that reads tables of sales promises.

/** Sales that arrive as a table in a file. Judgement (`detect`, `read`) is apart from storage: nothing is kept here. */
export type Files = {
  /**
   * The tables inside a file that is arriving: one for a text file, each sheet of a workbook, each table of an archive.
   * Their bytes are text in an encoding that has ASCII as it is; nothing packed is left. Whoever calls closes it.
   * Throws a Fault whose code begins with `file.` for what holds no table.
   */
  unpack(file: ArrivingFile): Promise<UnpackedFile>
  /**
   * The table's text with every full card number replaced by one of the same length that keeps the last four digits.
   * Nothing of a file may be stored that did not pass through here.
   */
  sift(bytes: AsyncIterable<Uint8Array>): SiftedBytes
  /**
   * Reads as much as settles what the table is, at most all of it, and stores nothing. What `choices` says is taken as
   * given and asked no more. Throws a Fault whose code begins with `file.` when it holds no table of sales.
   */
  detect(table: FileSource, site: FileSite, choices: FileChoices): Promise<FileDetection>
  /** The cells of one row's text, as `RejectedRow.raw` has it; a row that is broken is parted at every delimiter. */
  cellsOf(raw: string, delimiter: string): readonly string[]
  /**
   * The table's sales, in slices of at most `rowsPerSlice` rows or thereabouts, in an order that is the same at every
   * reading, with memory that does not grow with the file. A row that cannot be read is in `rejected`, never lost.
   */
  read(table: FileSource, detection: FileDetection, site: FileSite, options: FileReadOptions): AsyncIterable<FileSlice>
}

export type FileContainer = 'plain' | 'gzip' | 'zip' | 'xlsx'
export type FileEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

export type ArrivingFile = {
  /** As the merchant named it; a hint at most. */
  readonly name: string
  /** As they come, once. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** A folder of our own for what must lie on disk to be unpacked; emptied by whoever made it. */
  readonly scratchDir: string
}

export type UnpackedFile = {
  readonly container: FileContainer
  readonly tables: readonly UnpackedTable[]
  close(): Promise<void>
}

export type UnpackedTable = {
  /** The sheet's or the packed file's name; the file's own where it is the only table. */
  readonly name: string
  /** A sheet that its workbook does not show. */
  readonly hidden: boolean
  /** What the bytes were before, where it is known by now; null: to be guessed from them. UTF-16 was made UTF-8. */
  readonly encoding: FileEncoding | null
  /** Whether `bytes` may be asked for again; those of a file that is itself the table come once. */
  readonly again: boolean
  bytes(): AsyncIterable<Uint8Array>
  /** After the last byte: whether the packed data broke off before its end. */
  brokenOff(): boolean
}

export type SiftedBytes = {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Card numbers replaced so far. */
  found(): number
}

/** One table as it is kept. */
export type FileSource = {
  /** The file's name, as the merchant named it; a hint at most. */
  readonly name: string
  readonly sizeBytes: number
  readonly container: FileContainer
  readonly encoding: FileEncoding | null
  /** `head`: the beginning of a table that goes on. `broken_off`: its packed data ended early. */
  readonly extent: 'whole' | 'head' | 'broken_off'
  /** Opens the bytes from the start, as often as wanted. */
  open(): Readable
}

/** What the file itself need not say: the site's own clock and money. */
export type FileSite = { readonly zone: ZoneName; readonly currency: CurrencyCode }

export type FileReadOptions = {
  readonly rowsPerSlice: number
  /** A folder of our own for spilling; emptied by whoever made it. */
  readonly scratchDir: string
  /**
   * `learn`, the default: the table is passed over once before, to learn which sales have rows far apart, and may have
   * them. `expect`: in one pass; should rows of a sale not stand together after all, throws `RowsApart`, and whoever
   * reads forgets what was read and begins anew with `learn`. A table that was read so once can always be read so.
   */
  readonly order?: 'learn' | 'expect'
}

/** The rows of some sale do not stand together; thrown by a reading that was told to expect that they do. */
export class RowsApart extends Error {
  constructor() {
    super('the rows of some sale do not stand together')
  }
}

/**
 * What a person has said of a shape of file, now or at an earlier file of the same shape. Left out: to be worked out.
 * Columns are named by their heading, so that a choice outlives a moved column; where a heading occurs twice, the second
 * is `Name#2`. An unknown heading is passed over.
 */
export type FileChoices = {
  readonly encoding?: FileEncoding
  readonly delimiter?: string
  readonly headerRow?: number
  readonly dateOrder?: DateOrder
  readonly decimalMark?: '.' | ','
  readonly currency?: CurrencyCode
  /** The zone of times that name none. */
  readonly zone?: ZoneName
  readonly grain?: FileGrain
  readonly tax?: 'added' | 'included'
  readonly levels?: Readonly<Partial<Record<AmountRole, AmountLevel>>>
  readonly columns?: Readonly<Record<string, ColumnRole>>
  /** A preset's id, or null for none although the headings fit one. */
  readonly preset?: string | null
  /** Codes of notes that were seen and accepted, so that they need not be confirmed again. */
  readonly accepted?: readonly string[]
}

export type FileGrain = 'item' | 'sale' | 'payment' | 'mixed'
export type AmountRole = 'gross' | 'discount' | 'tax' | 'net' | 'total' | 'tip' | 'service_charge'
/** Whether an amount speaks of its row or of the whole sale, repeated or on its first row alone. */
export type AmountLevel = 'line' | 'sale'

/** A column as it is named in `FileChoices.columns`. A fault of `detect` that a person could mend has them in its detail. */
export type FileHeading = { readonly key: string; readonly header: string; readonly role: ColumnRole }

/** A column's part in a sale. One column has one role; some roles may be held by several columns. */
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
  | 'tax_rate'
  | 'net'
  | 'total'
  | 'tip'
  | 'service_charge'
  /** Gift cards sold with the sale: money for a promise. */
  | 'gift_card_sales'
  | 'rounding'
  /** What the provider keeps of a payment; no part of the sale. */
  | 'fee'
  | 'payment_id'
  | 'tender'
  /** An amount paid with the tender that `detail` names. Several columns may hold it. */
  | 'tender_amount'
  | 'card_brand'
  | 'last4'
  | 'type'
  /** Yes or no: whether the row is void. */
  | 'voided'
  /** A moment; a sale that has one was cancelled. */
  | 'cancelled_at'
  /** Given back of this sale or payment, on its own row. */
  | 'refunded'
  | 'refunded_tip'
  | 'refunded_at'
  | 'refund_reason'
  /** What the row speaks of: an item, a sale or a payment. */
  | 'row_grain'
  /** Whether the row is an article or a gift card. */
  | 'item_kind'
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
  /** What the role leaves open: the tender of a `tender_amount`, the rate of a `tax` in percent. */
  readonly detail: string | null
  /** 0 to 1: how sure the guess is; 1 for what a person or a preset says. */
  readonly confidence: number
  readonly from: 'person' | 'preset' | 'heading' | 'cells'
  /** Why, in words for a person. */
  readonly because: string
  /** The first filled cells, three at most, as they stand. */
  readonly examples: readonly string[]
}

export type DateOrder = 'ymd' | 'dmy' | 'mdy'

export type FileDetection = {
  readonly container: FileContainer
  readonly encoding: FileEncoding
  readonly byteOrderMark: boolean
  readonly delimiter: string
  /** Rows above the header, kept as they stand. */
  readonly preamble: readonly string[]
  /** The header's row number, from 1, counting records and not lines of text. */
  readonly headerRow: number
  readonly columns: readonly ColumnMapping[]
  /** A hash over the normalised header, the same for every export of one shape: a mapping is remembered by it. */
  readonly shape: string
  /**
   * Files of one family name the same sales by the same ids, though their shapes differ: a till's items and its
   * payments. A preset's family, such as `square`, or the shape itself.
   */
  readonly family: string
  readonly preset: { readonly id: string; readonly name: string } | null
  /** Of several tables of a file, the one that scores best is proposed: 0 to 1, how much it looks like sales. */
  readonly score: number
  readonly grain: FileGrain
  readonly dateOrder: DateOrder | null
  readonly decimalMark: '.' | ','
  /** The decimal mark of each column, by its place. */
  readonly marks: readonly ('.' | ',')[]
  readonly currency: CurrencyCode
  /** Whether a column or a sign in the file says the currency, a person did, or the site's is taken. */
  readonly currencyFrom: 'file' | 'person' | 'site'
  readonly zone: ZoneName
  readonly levels: Readonly<Record<AmountRole, AmountLevel>>
  readonly tax: 'added' | 'included'
  /** False when the stated total leaves the tip out. */
  readonly tipInTotal: boolean
  /** False for a "net" that is neither total less tax nor gross less discount: what is left after fees, say. */
  readonly netTrusted: boolean
  readonly rowsLookedAt: number
  /** Whether `rowsLookedAt` is the whole table. */
  readonly wholeFile: boolean
  /** What a person should know or confirm. Nothing ambiguous is passed over in silence. */
  readonly notes: readonly FileNote[]
  readonly choices: FileChoices
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
  readonly part: SalePart
  /** The file's own calendar day, where it knows days and no times. */
  readonly day: LocalDate | null
}
export type FileRefund = FileOrigin & { readonly refund: LooseRefund }

export type RejectedRow = {
  readonly row: number
  /** The row's text, cut at 20,000 characters. */
  readonly raw: string
  /** Stable, such as `row.width`, `row.date_unreadable`, `row.amount_unreadable`. */
  readonly code: string
  readonly say: string
  /** The column's header where one cell is to blame. */
  readonly column: string | null
}
