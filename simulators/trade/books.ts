import type { TradeRefund, TradeSale } from './sale.ts'
import type { Tender } from './shop-shape.ts'

// The generator's own totals, added up from finished sales and by nothing else, to hold other sums against.

export type TenderBooks = { readonly payments: number; readonly amount: bigint; readonly refunded: bigint }

/** Over closed sales; refunds count on their own day. */
export type Books = {
  readonly count: number
  readonly total: bigint
  readonly gross: bigint
  readonly discount: bigint
  readonly taxAdded: bigint
  readonly taxIncluded: bigint
  readonly serviceCharge: bigint
  readonly tip: bigint
  readonly rounding: bigint
  readonly deferred: bigint
  readonly refunds: { readonly count: number; readonly amount: bigint; readonly tax: bigint }
  readonly byTender: Readonly<Record<Tender, TenderBooks>>
}

const SUMS = [
  'total',
  'gross',
  'discount',
  'taxAdded',
  'taxIncluded',
  'serviceCharge',
  'tip',
  'rounding',
  'deferred',
] as const
const TENDERS = ['cash', 'card', 'gift_card', 'wallet', 'bank_transfer', 'voucher', 'other'] as const

/** `from` and `to` are business dates, inclusive; without them everything that is handed in counts. */
export function booksOf(
  sales: Iterable<TradeSale>,
  options: { readonly withoutSale?: Iterable<TradeRefund>; readonly from?: string; readonly to?: string } = {},
): Books {
  const sums = record(SUMS, () => 0n)
  const byTender = record(TENDERS, () => ({ payments: 0, amount: 0n, refunded: 0n }))
  const refunds = { count: 0, amount: 0n, tax: 0n }
  let count = 0
  const counts = (date: string) => date >= (options.from ?? '') && date <= (options.to ?? '9999-12-31')
  const giveBack = (refund: TradeRefund) => {
    if (!counts(refund.businessDate)) return
    refunds.count++
    refunds.amount += refund.amount
    refunds.tax += refund.tax
    byTender[refund.tender].refunded += refund.amount
  }

  for (const sale of sales) {
    if (sale.status !== 'closed') continue
    sale.refunds.forEach(giveBack)
    if (!counts(sale.businessDate)) continue
    count++
    for (const sum of SUMS) sums[sum] += sale[sum]
    for (const payment of sale.payments) {
      byTender[payment.tender].payments++
      byTender[payment.tender].amount += payment.amount
    }
  }
  for (const refund of options.withoutSale ?? []) giveBack(refund)
  return { count, ...sums, refunds, byTender }
}

function record<K extends string, V>(keys: readonly K[], value: () => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, value()])) as Record<K, V>
}
