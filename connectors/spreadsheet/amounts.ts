import Big from 'big.js'
import { type CurrencyCode, exponentOf } from '#kernel/currency.ts'
import { type Decimal, findDecimal, multiplyToMinor } from '#kernel/decimal.ts'
import { findMinor, type Minor, roundToMinor } from '#kernel/money.ts'
import { copied } from './dates.ts'
import type { RowRejectionCode } from './faults.ts'
import { type DecimalMark, isNullText, readNumber } from './numbers.ts'

// Amounts and quantities of one column, each distinct text read once.

const CACHE_MAX = 50_000
/** A shorter text is copied when it is cut; a longer one would keep its whole piece of the file in memory. */
const COPIED_CHARS = 13
/** No number is longer; what is would take long to take apart. */
const NUMBER_CHARS_MAX = 100
/** In minor units. */
export const AMOUNT_MAX = 10n ** 13n
const QUANTITY_MAX = 1_000_000_000
const QUANTITY_DECIMALS_MAX = 9

/** Null: the cell says nothing. A code: its row cannot be read. */
export type CellReading<T> = T | null | RowRejectionCode

abstract class CellReader<T> {
  private readonly known = new Map<string, CellReading<T>>()
  private lastCell: string | null = null
  private lastReading: CellReading<T> = null
  protected readonly mark: DecimalMark
  private readonly unreadable: RowRejectionCode

  constructor(mark: DecimalMark, unreadable: RowRejectionCode) {
    this.mark = mark
    this.unreadable = unreadable
  }

  /** Most cells of a column equal the one above: one piece, no discount. Comparing is cheaper than looking up. */
  read(cell: string): CellReading<T> {
    if (cell === this.lastCell) return this.lastReading
    const reading = this.known.get(cell) ?? this.find(cell)
    if (cell.length < COPIED_CHARS) {
      this.lastCell = cell
      this.lastReading = reading
    }
    return reading
  }

  private find(cell: string): CellReading<T> {
    const known = this.known.get(cell)
    if (known !== undefined) return known
    const text = cell.trim()
    if (text.length > NUMBER_CHARS_MAX) return this.unreadable
    const reading = isNullText(text) ? null : (this.work(text) ?? this.unreadable)
    if (this.known.size >= CACHE_MAX) this.known.clear()
    if (cell.length <= NUMBER_CHARS_MAX) this.known.set(copied(cell), reading)
    return reading
  }

  /** Null when the text is no number. */
  protected abstract work(text: string): CellReading<T>
}

export class AmountReader extends CellReader<Minor> {
  private readonly currency: CurrencyCode

  constructor(mark: DecimalMark, currency: CurrencyCode) {
    super(mark, 'row.amount_unreadable')
    this.currency = currency
  }

  protected work(text: string): CellReading<Minor> {
    const number = decimalOf(text, this.mark)
    if (number === null) return null
    const amount = findMinor(number, this.currency)
    if (amount === null) return 'row.amount_precision'
    return isBeyond(amount) ? 'row.amount_range' : amount
  }
}

export type Price = {
  readonly exact: Decimal
  /** In minor units; rounded where the price has more digits than the currency. */
  readonly minor: Minor
  readonly whole: boolean
}

/** Unit prices may carry more digits than money has: 0.0125 a gram. */
export class PriceReader extends CellReader<Price> {
  private readonly currency: CurrencyCode

  constructor(mark: DecimalMark, currency: CurrencyCode) {
    super(mark, 'row.amount_unreadable')
    this.currency = currency
  }

  protected work(text: string): CellReading<Price> {
    const exact = decimalOf(text, this.mark)
    if (exact === null) return null
    const whole = findMinor(exact, this.currency)
    const minor = whole ?? roundToMinor(exact, this.currency)
    return isBeyond(minor) ? 'row.amount_range' : { exact, minor, whole: whole !== null }
  }
}

export type Quantity = {
  readonly value: Decimal /** The same as a whole number, else null. */
  readonly whole: bigint | null
}

export const ONE_PIECE: Quantity = { value: '1' as Decimal, whole: 1n }

export class QuantityReader extends CellReader<Quantity> {
  constructor(mark: DecimalMark) {
    super(mark, 'row.quantity_unreadable')
  }

  protected work(text: string): CellReading<Quantity> {
    const value =
      decimalOf(text, this.mark) ??
      decimalOf(text.replace(/\s*(?:x|×|kg|g|l|ml|stk|st|pcs|pc|ea|each)\.?\s*$/i, ''), this.mark)
    if (value === null) return null
    const point = value.indexOf('.')
    const decimals = point < 0 ? 0 : value.length - point - 1
    if (decimals > QUANTITY_DECIMALS_MAX || Math.abs(Number(value)) > QUANTITY_MAX) return 'row.quantity_range'
    return { value, whole: decimals > 0 ? null : BigInt(value) }
  }
}

function decimalOf(cell: string, mark: DecimalMark): Decimal | null {
  const plain = readNumber(cell.trim(), mark)
  return plain === null ? null : findDecimal(plain)
}

/**
 * Quantity times unit price. This is the one place where an amount of a file is rounded: once a line, half away from
 * zero, and only when the product has more digits than the currency.
 */
export function lineGross(quantity: Quantity, price: Price, currency: CurrencyCode): Minor {
  if (price.whole) {
    return quantity.whole === null ? multiplyToMinor(price.minor, quantity.value) : price.minor * quantity.whole
  }
  const product = new Big(price.exact).times(quantity.value).times(new Big(10).pow(exponentOf(currency)))
  return BigInt(product.round(0, Big.roundHalfUp).toFixed(0))
}

export function isBeyond(amount: Minor, limit: Minor = AMOUNT_MAX): boolean {
  return amount > limit || amount < -limit
}
