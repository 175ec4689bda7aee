import { type Minor, sum } from '#kernel/money.ts'
import type { Sale, SaleItem } from './sale.ts'

// total = gross − discount + tax added + service charge + tip + rounding + deferred, and the items add up to their sale.
// A sale for which this does not hold is stored all the same, marked, counted and shown; it is never bent to fit.

/** `incomplete`: the source left out an amount that the identity needs. */
export type IdentityVerdict = 'holds' | 'differs' | 'incomplete'

export type IdentityCheck = {
  readonly verdict: IdentityVerdict
  /** Stated total less the total that the parts make; null when there is not enough to tell. */
  readonly difference: Minor | null
  /** What does not add up, in words for a person; empty when the identity holds. */
  readonly reasons: readonly string[]
}

export type IdentityAmounts = Pick<
  Sale,
  'gross' | 'discount' | 'taxAdded' | 'serviceCharge' | 'tip' | 'rounding' | 'deferred'
>

/** What the customer owed according to the parts; null when the gross is not known. */
export function totalOf(amounts: IdentityAmounts): Minor | null {
  if (amounts.gross === null) return null
  return (
    amounts.gross -
    amounts.discount +
    amounts.taxAdded +
    amounts.serviceCharge +
    amounts.tip +
    amounts.rounding +
    amounts.deferred
  )
}

/** Pure; the same sale always has the same verdict. A sale without items is judged by its totals alone. */
export function checkIdentity(sale: Sale): IdentityCheck {
  const computed = totalOf(sale)
  const articles = sale.items.filter((item) => item.kind === 'article')
  if (computed === null || sale.total === null || articles.some((item) => item.gross === null)) {
    return { verdict: 'incomplete', difference: null, reasons: ['The source does not state every amount.'] }
  }
  const difference = sale.total - computed
  const reasons: string[] = []
  if (difference !== 0n) reasons.push('The total is not what its parts add up to.')
  if (sale.items.length > 0) reasons.push(...itemReasons(sale, articles))
  return { verdict: reasons.length === 0 ? 'holds' : 'differs', difference, reasons }
}

function itemReasons(sale: Sale, articles: readonly SaleItem[]): string[] {
  const reasons: string[] = []
  const cards = sale.items.filter((item) => item.kind === 'gift_card')
  if (sum(articles.map((item) => item.gross ?? 0n)) !== sale.gross) {
    reasons.push('The items do not add up to the gross amount.')
  }
  if (cards.length > 0 && sum(cards.map((item) => (item.gross ?? 0n) - item.discount)) !== sale.deferred) {
    reasons.push('The gift cards do not add up to the deferred amount.')
  }
  if (sum(articles.map((item) => item.discount)) > sale.discount) {
    reasons.push('The items are discounted by more than the sale.')
  }
  return reasons
}
