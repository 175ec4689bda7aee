import type { ZoneName } from '#kernel/zone.ts'
import type { DateOrder, FileChoices } from '../../contract-files.ts'

// A way of writing sales down. Each choice is one that some till or spreadsheet makes.

export type Language = 'en' | 'de' | 'da' | 'fr' | 'es'

export type Dialect = {
  readonly zone: ZoneName
  readonly language: Language
  /** `items`: quantity × unit price. `lines`: amounts and a total for each line. `orders`: a total for each order. */
  readonly layout: 'items' | 'lines' | 'orders' | 'sales' | 'payments'
  readonly delimiter: ',' | ';' | '\t' | '|'
  /** `words`: whatever is no number; a number only where it must be. */
  readonly quoting: 'needed' | 'words' | 'all'
  readonly lineEnd: '\n' | '\r\n' | '\r'
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly numbers: NumberHabits
  readonly dates: DateHabits
  readonly preambleRows: number
  readonly totalsRow: boolean
  readonly headerRepeated: boolean
  /** What holds for a whole order stands on its first row, or on each. */
  readonly orderCells: 'first' | 'repeated'
  readonly newestFirst: boolean
  /** Whether a column says what is a sale and what a refund; else refunds have a quantity or an amount below zero. */
  readonly typed: boolean
  /** Of refunds, where a column says that they are some. */
  readonly refundSign: 'minus' | 'none'
  readonly tipColumn: boolean
  /** Whether the total of an order has the tip inside. */
  readonly tipInTotal: boolean
  readonly currencyColumn: boolean
  readonly registerColumn: boolean
  /** Numbers whose order is the order of the columns. */
  readonly shuffle: readonly number[]
}

export type NumberHabits = {
  readonly mark: '.' | ','
  readonly group: '' | '.' | ',' | ' ' | '\u00a0' | '\u202f' | "'"
  /** 12,34,567 instead of 1,234,567. */
  readonly indian: boolean
  readonly minus: 'before' | 'behind' | 'brackets' | 'sign'
  readonly currency: 'none' | 'before' | 'behind' | 'code'
  /** Nothing for a discount, a tax or a tip of zero. */
  readonly zeroBlank: boolean
}

export type DateHabits = {
  readonly order: DateOrder
  readonly separator: '-' | '/' | '.'
  readonly style: 'numbers' | 'short_year' | 'named' | 'iso_offset'
  readonly clock: '24' | '24_seconds' | '12' | 'none'
  readonly columns: 'one' | 'two'
}

/** What a person who knows the file would say of it. */
export function truthOf(dialect: Dialect, tax: 'added' | 'included', currency: FileChoices['currency']): FileChoices {
  const { layout, delimiter, dates, numbers, zone } = dialect
  const total = layout === 'orders' || layout === 'sales' ? 'sale' : 'line'
  const own = layout === 'sales' ? 'sale' : 'line'
  const tip = layout === 'payments' ? 'line' : 'sale'
  return {
    delimiter,
    ...(dates.order === 'ymd' ? {} : { dateOrder: dates.order }),
    decimalMark: numbers.mark,
    ...(currency === undefined ? {} : { currency }),
    zone,
    grain: layout === 'sales' ? 'sale' : layout === 'payments' ? 'payment' : 'item',
    tax,
    levels: { gross: own, discount: own, tax: own, net: own, total, tip },
  }
}
