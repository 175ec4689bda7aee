import type { Sale } from '#canon/sale.ts'
import type { Minor } from '#kernel/money.ts'
import type { WireOrder, WireServiceCharge, WireTax } from '../wire.ts'
import type { ReadItems } from './items.ts'
import { minorOf, minorOrZero } from './money.ts'

// The amounts of a sale, from the totals that Square states. They are not worked out again from the lines: where the two
// disagree the money identity of the sale differs, and that is said instead of mended.

export type SaleAmounts = Pick<
  Sale,
  'gross' | 'discount' | 'taxAdded' | 'taxIncluded' | 'serviceCharge' | 'tip' | 'rounding' | 'deferred' | 'total'
>

export function readAmounts(order: WireOrder, { items, insideArticles, insideAll }: ReadItems): SaleAmounts {
  let gross: Minor | null = items.length === 0 ? null : 0n
  let [deferred, cardDiscount, lineDiscount] = [0n, 0n, 0n]
  for (const item of items) {
    lineDiscount += item.discount
    if (item.kind === 'gift_card') {
      deferred += (item.gross ?? 0n) - item.discount
      cardDiscount += item.discount
    } else gross = gross === null || item.gross === null ? null : gross + item.gross
  }
  const service = readService(order)
  const tax = minorOf(order.total_tax_money) ?? lineTaxes(order) + service.tax
  return {
    gross,
    // Taken off a gift card it is less promised, not less sold.
    discount: (minorOf(order.total_discount_money) ?? lineDiscount) - cardDiscount,
    taxAdded: tax - insideAll,
    taxIncluded: insideArticles,
    serviceCharge: service.amount,
    tip: minorOrZero(order.total_tip_money),
    rounding: minorOrZero(order.rounding_adjustment?.amount_money),
    deferred,
    total: minorOf(order.total_money),
  }
}

/**
 * Service charges without their taxes, which all count as added: `applied_money` has an inclusive tax inside, and no
 * additive one. The order's own sum counts charges that were apportioned to lines as well.
 */
function readService(order: WireOrder): { amount: Minor; tax: Minor } {
  const charges = order.service_charges ?? []
  if (charges.length === 0) return { amount: minorOrZero(order.total_service_charge_money), tax: 0n }
  const inclusiveUids = new Set((order.taxes ?? []).filter(isInclusive).map(({ uid }) => uid))
  let [applied, inside, tax] = [0n, 0n, 0n]
  for (const charge of charges) {
    applied += minorOrZero(charge.applied_money)
    if (charge.treatment_type === 'APPORTIONED_TREATMENT') continue
    tax += minorOrZero(charge.total_tax_money)
    inside += taxInside(charge, inclusiveUids)
  }
  return { amount: (minorOf(order.total_service_charge_money) ?? applied) - inside, tax }
}

function taxInside(charge: WireServiceCharge, inclusiveUids: ReadonlySet<string | null | undefined>): Minor {
  const taxes = charge.applied_taxes ?? []
  if (taxes.length > 0) {
    return taxes.reduce((sum, tax) => (inclusiveUids.has(tax.tax_uid) ? sum + minorOrZero(tax.applied_money) : sum), 0n)
  }
  // Not told tax by tax: what is to be paid is no more than what was applied, so the tax is inside it.
  const isInside = minorOf(charge.total_money) !== null && minorOf(charge.total_money) === minorOf(charge.applied_money)
  return isInside ? minorOrZero(charge.total_tax_money) : 0n
}

function lineTaxes(order: WireOrder): Minor {
  return (order.line_items ?? []).reduce((sum, line) => sum + minorOrZero(line.total_tax_money), 0n)
}

function isInclusive({ type }: WireTax): boolean {
  return type === 'INCLUSIVE'
}
