import { type Decimal, findDecimal, multiply } from '#kernel/decimal.ts'
import type { Minor } from '#kernel/money.ts'
import type { ColumnRole } from '../contract-files.ts'
import type { CellReading } from './amounts.ts'
import { copied } from './dates.ts'
import type { ItemKind, LineExtras } from './line.ts'
import { type DecimalMark, isNullText, readNumber } from './numbers.ts'
import { type AmountColumns, amountAt, amountsAt, type Places, type RowRules, type SharedColumns } from './row-cells.ts'
import type { RowMoments } from './row-moments.ts'
import { cellWordsOf, tenderOf } from './words.ts'

// The cells that few files have: tax rates, gift cards, amounts by tender, refunds on the row of their sale.

const EXTRAS: readonly ColumnRole[] = [
  'tax_rate',
  'gift_card_sales',
  'rounding',
  'tender_amount',
  'fee',
  'refunded',
  'refunded_tip',
  'refunded_at',
  'cancelled_at',
  'item_kind',
]
const RATES_MAX = 1000
const HUNDRED = '100' as Decimal

type Kinds = RowRules['kinds']

export class ExtrasReader {
  private readonly place: Places
  private readonly shared: SharedColumns
  private readonly moments: RowMoments
  private readonly kinds: Kinds
  private readonly rateMark: DecimalMark
  private readonly rates = new Map<string, Decimal | null>()

  /** Null for the many files that have none of these columns. */
  static of(place: Places, shared: SharedColumns, moments: RowMoments, kinds: Kinds, marks: readonly DecimalMark[]) {
    if (EXTRAS.every((role) => place[role] < 0)) return null
    return new ExtrasReader(place, shared, moments, kinds, marks[place.tax_rate] ?? '.')
  }

  private constructor(place: Places, shared: SharedColumns, moments: RowMoments, kinds: Kinds, rateMark: DecimalMark) {
    this.place = place
    this.shared = shared
    this.moments = moments
    this.kinds = kinds
    this.rateMark = rateMark
  }

  read(cells: readonly string[], amounts: AmountColumns): LineExtras {
    const { place } = this
    return {
      taxRate: place.tax_rate < 0 ? null : this.rateOf(cells[place.tax_rate] ?? ''),
      itemKind: place.item_kind < 0 ? 'article' : this.kindOf(cells[place.item_kind] ?? ''),
      deferred: amountAt(cells, place.gift_card_sales, amounts.deferred),
      rounding: amountAt(cells, place.rounding, amounts.rounding),
      tendered: amountsAt(cells, this.shared.tendered, amounts.tendered),
      fee: place.fee < 0 ? null : feeOf(amounts.fee.read(cells[place.fee] ?? '')),
      refunded: amountAt(cells, place.refunded, amounts.refunded),
      refundedTip: amountAt(cells, place.refunded_tip, amounts.refundedTip),
      refundedAt: place.refunded_at < 0 ? null : this.moments.lone(cells, place.refunded_at),
      cancelled: place.cancelled_at >= 0 && !isNullText((cells[place.cancelled_at] ?? '').trim()),
    }
  }

  /** A rate that is no number says nothing; it keeps no row from being read. */
  private rateOf(cell: string): Decimal | null {
    const known = this.rates.get(cell)
    if (known !== undefined) return known
    const number = cell.length > 40 ? null : readNumber(cell.trim(), this.rateMark)
    const rate = number === null ? null : findDecimal(number)
    // 0.19 without a sign is nineteen percent: no country has a tax of a fifth of one.
    const percent = rate !== null && !cell.includes('%') && /^0\.\d/.test(rate) ? multiply(rate, HUNDRED) : rate
    if (this.rates.size >= RATES_MAX) this.rates.clear()
    this.rates.set(copied(cell), percent)
    return percent
  }

  private kindOf(cell: string): ItemKind {
    const known = this.kinds?.get(cellWordsOf(cell))
    return known ?? (tenderOf(cell) === 'gift_card' ? 'gift_card' : 'article')
  }
}

/** A fee is no part of the sale, so one that cannot be read keeps no row from being read. */
function feeOf(reading: CellReading<Minor>): Minor | null {
  if (reading === null || typeof reading === 'string') return null
  return reading < 0n ? -reading : reading
}
