import Big from 'big.js'
import { type CurrencyCode, exponentOf } from '#kernel/currency.ts'
import { type Decimal, findDecimal, multiplyToMinor } from '#kernel/decimal.ts'
import { findMinor, type Minor, roundToMinor } from '#kernel/money.ts'
import { copied } from './dates.ts'
import { type DecimalMark, isNullText, readNumber } from './numbers.ts'

// Amounts and quantities of one column, each distinct text read once.

const CACHE_MAX = 50_000

/** `unreadable`: no number. `precision`: more digits than the currency has. Null: the cell says nothing. */
export type AmountReading = Minor | null | 'unreadable' | 'precision'

export class AmountReader {
  private readonly known = new Map<string, AmountReading>()
  private readonly mark: DecimalMark
  private readonly currency: CurrencyCode

  constructor(mark: DecimalMark, currency: CurrencyCode) {
    this.mark = mark
    this.currency = currency
  }

  read(cell: string): AmountReading {
    const known = this.known.get(cell)
    if (known !== undefined) return known
    const reading = this.work(cell)
    if (this.known.size >= CACHE_MAX) this.known.clear()
    this.known.set(copied(cell), reading)
    return reading
  }

  private work(cell: string): AmountReading {
    if (isNullText(cell.trim())) return null
    const number = decimalOf(cell, this.mark)
    if (number === null) return 'unreadable'
    return findMinor(number, this.currency) ?? 'precision'
  }
}

export type Price = {
  readonly exact: Decimal
  /** In minor units; rounded where the price has more digits than the currency. */
  readonly minor: Minor
  readonly whole: boolean
}

/** Unit prices may carry more digits than money has: 0.0125 a gram. */
export class PriceReader {
  private readonly known = new Map<string, Price | null | 'unreadable'>()
  private readonly mark: DecimalMark
  private readonly currency: CurrencyCode

  constructor(mark: DecimalMark, currency: CurrencyCode) {
    this.mark = mark
    this.currency = currency
  }

  read(cell: string): Price | null | 'unreadable' {
    const known = this.known.get(cell)
    if (known !== undefined) return known
    const reading = this.work(cell)
    if (this.known.size >= CACHE_MAX) this.known.clear()
    this.known.set(copied(cell), reading)
    return reading
  }

  private work(cell: string): Price | null | 'unreadable' {
    if (isNullText(cell.trim())) return null
    const exact = decimalOf(cell, this.mark)
    if (exact === null) return 'unreadable'
    const minor = findMinor(exact, this.currency)
    return { exact, minor: minor ?? roundToMinor(exact, this.currency), whole: minor !== null }
  }
}

export type Quantity = {
  readonly value: Decimal /** The same as a whole number, else null. */
  readonly whole: bigint | null
}

export const ONE_PIECE: Quantity = { value: '1' as Decimal, whole: 1n }

export class QuantityReader {
  private readonly known = new Map<string, Quantity | null | 'unreadable'>()
  private readonly mark: DecimalMark

  constructor(mark: DecimalMark) {
    this.mark = mark
  }

  read(cell: string): Quantity | null | 'unreadable' {
    const known = this.known.get(cell)
    if (known !== undefined) return known
    const reading = this.work(cell)
    if (this.known.size >= CACHE_MAX) this.known.clear()
    this.known.set(copied(cell), reading)
    return reading
  }

  private work(cell: string): Quantity | null | 'unreadable' {
    if (isNullText(cell.trim())) return null
    const value =
      decimalOf(cell, this.mark) ??
      decimalOf(cell.replace(/\s*(?:x|×|kg|g|l|ml|stk|st|pcs|pc|ea|each)\.?\s*$/i, ''), this.mark)
    if (value === null) return 'unreadable'
    return { value, whole: value.includes('.') ? null : BigInt(value) }
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
