import { add, type Decimal, negate } from '#kernel/decimal.ts'
import { type Decimals, divideRounded, percentOf } from './share.ts'
import { netOf, type SalesSums } from './sums.ts'
import type { Comparison } from './window.ts'
import type { FiguresBlock, WireCoverage } from './wire.ts'

type Summary = FiguresBlock['summary']
type Growth = NonNullable<FiguresBlock['growth']>
type Change = Growth['total_revenue']

export function summaryOf(sums: SalesSums, decimal: Decimals): Summary {
  const net = decimal(netOf(sums))
  const average = averageOf(sums)
  return {
    total_revenue: net,
    total_transactions: Number(sums.sales),
    total_items_sold: Number(sums.units),
    average_transaction_value: average === null ? null : decimal(average),
    gross_sales: decimal(sums.gross),
    discounts: decimal(sums.discount),
    refunds: decimal(sums.refunded),
    tax_in_prices: decimal(sums.taxIncluded),
    refunds_of_goods: decimal(sums.refunded - sums.refundedTax - sums.refundedTip),
    refund_count: Number(sums.refunds),
    net_sales: net,
    tax: decimal(sums.taxAdded + sums.taxIncluded - sums.refundedTax),
    tips: decimal(sums.tip - sums.refundedTip),
    service_charges: decimal(sums.serviceCharge),
    rounding: decimal(sums.rounding),
    gift_cards_sold: decimal(sums.deferred),
    total_collected: decimal(sums.total - sums.refunded),
    voided_transactions: Number(sums.voided),
    unpriced_transactions: Number(sums.unpriced),
  }
}

export function growthOf(
  now: SalesSums,
  before: SalesSums,
  comparison: Comparison,
  coverage: WireCoverage,
  decimal: Decimals,
): Growth {
  const averageNow = averageOf(now)
  const averageBefore = averageOf(before)
  return {
    basis: comparison.basis,
    from: comparison.from,
    to: comparison.to,
    coverage,
    total_revenue: moneyChange(netOf(now), netOf(before), decimal),
    total_transactions: countChange(now.sales, before.sales),
    total_items_sold: unitsChange(now.units, before.units),
    average_transaction_value:
      averageNow === null || averageBefore === null ? null : moneyChange(averageNow, averageBefore, decimal),
  }
}

function averageOf(sums: SalesSums): bigint | null {
  const priced = sums.sales - sums.unpriced
  return priced > 0n ? divideRounded(netOf(sums), priced) : null
}

// Changes are taken between exact amounts; only then do they become decimals.
function moneyChange(now: bigint, before: bigint, decimal: Decimals): Change {
  return changeOf(decimal(before), decimal(now - before))
}

function countChange(now: bigint, before: bigint): Change {
  return changeOf(Number(before), Number(now - before))
}

function unitsChange(now: Decimal, before: Decimal): Change {
  return changeOf(Number(before), Number(add(now, negate(before))))
}

function changeOf(before: number, change: number): Change {
  return { before, change, percent: percentOf(before, change) }
}
