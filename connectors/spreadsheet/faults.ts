import { Fault } from '#kernel/fault.ts'
import type { FileHeading, FileNote } from '../contract-files.ts'

// Every code that this connector may utter, with its meaning. A page of the documentation is checked against these
// tables, so a code that is not here does not exist.

/** Why a whole file is refused. */
export const SPREADSHEET_FAULTS = {
  'file.empty': 'The file holds no bytes, or nothing but blank lines.',
  'file.binary': 'The file is a picture, a PDF or another kind of binary data, whatever its name says.',
  'file.workbook_unsupported':
    'The file is a spreadsheet of a kind that is not read, such as .xls, .xlsb or .ods. Save it as XLSX or CSV and give that file.',
  'file.archive_unsupported':
    'The file is an archive of a kind that is not read. Unpack it and give the table inside, or pack it as zip or gzip.',
  'file.protected': 'The file is protected by a password. Open it, remove the password, save it and give that file.',
  'file.not_a_table': 'The file is text, but no table: a web page, JSON, or lines without columns.',
  'file.no_header': 'No row names the columns. Export again with a heading row.',
  'file.no_rows': 'The file names its columns, but no row follows.',
  'file.no_date': 'No column says when a sale took place.',
  'file.no_sales': 'There are dates, but neither amounts nor articles: not a list of sales.',
  'file.aggregate_report':
    'The file is a report of totals, not a list of sales. Export transactions, items or receipts.',
  'file.no_sales_export':
    'The headings are those of a known export that holds no sales. The sentence says which export to give instead.',
  'file.choice_unusable': 'What was chosen for the file cannot be read so. The sentence says what to choose instead.',
  'file.damaged': 'The archive or workbook cannot be unpacked, or is not what its format says. Export it again.',
  'file.unpacks_too_large':
    'The packed file unpacks to more than 4 GiB, to more than 200 times its size beyond 256 MiB, or to more than 1,000 files. Split it and give the parts one by one.',
  'file.too_many_columns':
    'A row has more than 2,000 columns. Look for a wrong delimiter, or delete the columns that are not needed, and give the file again.',
  'file.sale_id_not_distinct': 'The column taken for the id of the sale holds the same id on more than 20,000 rows.',
} as const

export type SpreadsheetFaultCode = keyof typeof SPREADSHEET_FAULTS

/** Why one row is refused while the rest of the file is read. */
export const ROW_REJECTIONS = {
  'row.width': 'The row has more cells than the header, or lacks a cell that a sale cannot do without.',
  'row.too_long': 'The row is longer than 1 MiB of text.',
  'row.quote_open': 'A quotation mark opens a cell and is never closed.',
  'row.cut_off': 'The file ends in the middle of this row.',
  'row.nul_bytes': 'The row contains NUL bytes.',
  'row.encoding': 'The row contains bytes that are no text in the encoding of the file.',
  'row.date_missing': 'The row has no date.',
  'row.date_unreadable': 'The date or time is none that exists, or is not written as the rest of the column is.',
  'row.amount_unreadable': 'An amount is not a number.',
  'row.amount_precision': 'An amount has more digits than its currency.',
  'row.quantity_unreadable': 'The quantity is not a number.',
  'row.currency_unknown': 'The currency is none of ISO 4217.',
  'row.amount_range':
    'An amount, or what the row or its sale comes to, is larger than can be recorded. Look for a missing decimal mark, correct it and import the row again.',
  'row.quantity_range':
    'The quantity is beyond 1,000,000,000 or has more than 9 decimals. Correct it and import the row again.',
  'row.date_range': 'The date is before 1990 or after 2099. Correct it and import the row again.',
  'row.text_long':
    'A name or an id is longer than 1,000 characters. Look for a missing quotation mark or delimiter, correct it and import the row again.',
  'row.sale_incomplete':
    'Another row of this sale could not be read, so the sale waits. Mend that row and give these rows again.',
  'row.sale_id_missing':
    'The row names no sale, and no row above it does. Put the id of its sale into the row and import it again.',
} as const

export type RowRejectionCode = keyof typeof ROW_REJECTIONS

/** What `detect` tells a person. */
export const FILE_NOTES = {
  dates_ambiguous: 'No date of the file settles whether the day or the month comes first.',
  dates_mixed: 'Some dates can only be day first, others only month first.',
  decimal_mark_ambiguous: 'Every number with a mark has exactly three digits behind it: thousands or decimals.',
  decimal_mark_mixed: 'Columns use different decimal marks.',
  amount_level_assumed:
    'An amount is the same on every row of each sale: the sale’s own, repeated, or one of each row.',
  encoding_guessed: 'The file is not UTF-8; letters outside ASCII were read as Windows-1252.',
  no_prices: 'The file has articles and no amounts.',
  no_times: 'The file knows days and no times of day.',
  ids_synthesised: 'The file has no id of the sale; ids are made from the content of each row.',
  ids_restart: 'The ids are short numbers that a till may use again; the day is made part of them.',
  placeholder_items: 'Some rows name no article, but a stand-in such as NONE.',
  total_rows: 'Rows with totals were found; they are not read as sales.',
  header_repeated: 'The header is repeated inside the file.',
  rows_ragged: 'Some rows have more or fewer cells than the header.',
  trailing_delimiter: 'Every row ends in one empty cell more than the header.',
  tax_assumed_included: 'No amounts tell whether tax is inside the prices; it is taken as inside.',
  currency_mixed: 'The file has more than one currency.',
  currency_of_sign: 'The currency is read from a sign that several currencies share.',
  looks_aggregated: 'Each article occurs at most once a day: this may be a report of totals.',
  dates_half_converted:
    'Some dates of a workbook are dates and others are text: a spreadsheet program took day and month for each other.',
  delimiter_ambiguous: 'Two delimiters make a table of the file almost equally well.',
  encoding_assumed: 'The first part of a long file is plain ASCII; letters behind it are read as UTF-8.',
  preset_column_odd: 'A column of a known export holds something else than that export does.',
  second_table: 'Another heading row with its own table follows further down.',
  tender_amounts_uneven: 'Columns named like ways to pay do not add up to the total; they are not read.',
  zone_letters_ambiguous: 'Letters behind the times, such as CST, are those of several zones.',
  columns_repeated: 'Several columns have the same heading.',
  file_truncated: 'The file breaks off before its end.',
} as const

export type FileNoteCode = keyof typeof FILE_NOTES

/** Counts in a slice's `noticed`. The first three stand for rows that are in no sale and not in `rejected` either. */
export const NOTICED = {
  total_row: 'A row with totals, not read as a sale.',
  header_repeated: 'The header once more, in the middle of the file.',
  row_passed_over: 'A row that the export says is neither of an item, nor of a sale, nor of a payment.',
  item_placeholder: 'A row that proves a sale and names no article.',
  time_twice: 'A local time that the end of summer time repeats; the first was taken.',
  time_never: 'A local time that the start of summer time leaves out; it was moved forward.',
  row_padded: 'A row with fewer cells than the header; the missing ones are read as empty.',
  line_voided: 'A voided line inside a sale that stands.',
  refund_time_unknown: "A refund whose time the file does not say; its sale's was taken.",
  type_unknown: 'A word in the type column that is not known; the row was read as a sale.',
  zone_unknown: "A time zone that is not known; the site's was taken.",
  file_truncated: 'The file breaks off before its end.',
} as const

export type NoticedCode = keyof typeof NOTICED

export function fileFault(code: SpreadsheetFaultCode, say?: string, cause?: unknown): Fault {
  return new Fault('invalid', code, { say: say ?? SPREADSHEET_FAULTS[code], ...(cause === undefined ? {} : { cause }) })
}

/** A table whose columns were found, and none of them to be what a sale needs: with its headings a person may say more. */
export function columnsFault(code: SpreadsheetFaultCode, headings: readonly FileHeading[], say?: string): Fault {
  return new Fault('invalid', code, { say: say ?? SPREADSHEET_FAULTS[code], detail: { headings } })
}

export function fileNote(code: FileNoteCode, severity: FileNote['severity'], say?: string): FileNote {
  return { code, severity, say: say ?? FILE_NOTES[code] }
}
