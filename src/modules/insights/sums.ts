import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import type { LocalDate } from '#kernel/instant.ts'

// The raw material of every figure: exact sums in minor units, straight from the roll-ups or added up from made-up
// sales. Nothing is rounded, shared out or turned into decimals before figures.ts does it.

/** `window` is what was asked for; `compare` the earlier window it is held against. */
export type Period = 'window' | 'compare'

export type SalesSums = {
  readonly sales: bigint
  readonly unpriced: bigint
  readonly voided: bigint
  readonly units: Decimal
  readonly gross: bigint
  readonly discount: bigint
  readonly taxAdded: bigint
  readonly taxIncluded: bigint
  readonly serviceCharge: bigint
  readonly tip: bigint
  readonly rounding: bigint
  readonly deferred: bigint
  readonly total: bigint
  readonly refunds: bigint
  readonly refunded: bigint
  readonly refundedTax: bigint
  readonly refundedTip: bigint
}

export type SiteSums = SalesSums & { readonly period: Period; readonly currency: string; readonly siteId: string }

export type DaySums = {
  readonly date: LocalDate
  readonly currency: string
  readonly net: bigint
  readonly sales: bigint
  readonly units: Decimal
}

export type HourSums = {
  readonly weekday: number
  readonly hour: number
  readonly currency: string
  readonly net: bigint
  readonly sales: bigint
}

export type ItemSums = {
  readonly currency: string
  readonly name: string | null
  readonly variant: string | null
  readonly category: string | null
  readonly quantity: Decimal
  readonly net: bigint
  /** No amount at all on any line: a free item, or one whose source knows no prices. */
  readonly amountless: boolean
  readonly lastSoldOn: LocalDate
}

export type TenderSums = {
  readonly currency: string
  readonly tender: string
  readonly payments: bigint
  readonly amount: bigint
  readonly refunded: bigint
}

/** One of the newest sales: what was in it, and whose it was. */
export type SampledSale = {
  /** Distinct names of its articles. */
  readonly items: readonly string[]
  readonly lines: number
  readonly units: Decimal
  readonly customer: string | null
}

export type FigureSums = {
  readonly sites: readonly SiteSums[]
  /** Days of both windows that have anything to show. */
  readonly days: readonly DaySums[]
  readonly hours: readonly HourSums[]
  /** Everything sold in the window or in the 400 days before its end. */
  readonly items: readonly ItemSums[]
  readonly tenders: readonly TenderSums[]
}

const NOTHING: SalesSums = {
  ...{ sales: 0n, unpriced: 0n, voided: 0n, units: ZERO, gross: 0n, discount: 0n, taxAdded: 0n, taxIncluded: 0n },
  ...{ serviceCharge: 0n, tip: 0n, rounding: 0n, deferred: 0n, total: 0n },
  ...{ refunds: 0n, refunded: 0n, refundedTax: 0n, refundedTip: 0n },
}

export function totalOf(rows: Iterable<SalesSums>): SalesSums {
  let all = NOTHING
  for (const row of rows) all = plus(all, row)
  return all
}

function plus(a: SalesSums, b: SalesSums): SalesSums {
  return {
    sales: a.sales + b.sales,
    unpriced: a.unpriced + b.unpriced,
    voided: a.voided + b.voided,
    units: add(a.units, b.units),
    gross: a.gross + b.gross,
    discount: a.discount + b.discount,
    taxAdded: a.taxAdded + b.taxAdded,
    taxIncluded: a.taxIncluded + b.taxIncluded,
    serviceCharge: a.serviceCharge + b.serviceCharge,
    tip: a.tip + b.tip,
    rounding: a.rounding + b.rounding,
    deferred: a.deferred + b.deferred,
    total: a.total + b.total,
    refunds: a.refunds + b.refunds,
    refunded: a.refunded + b.refunded,
    refundedTax: a.refundedTax + b.refundedTax,
    refundedTip: a.refundedTip + b.refundedTip,
  }
}

/** Net sales, which is what revenue means everywhere. store-sums.ts says the same in SQL; a test holds them together. */
export function netOf(sums: Omit<SalesSums, 'units'>): bigint {
  return sums.gross - sums.discount - sums.taxIncluded - (sums.refunded - sums.refundedTax - sums.refundedTip)
}
