import type { Minor } from '#kernel/money.ts'
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
  const items = sumsOf(sale.items)
  if (computed === null || sale.total === null || items.unknown) {
    return { verdict: 'incomplete', difference: null, reasons: ['The source does not state every amount.'] }
  }
  const difference = sale.total - computed
  const reasons: string[] = []
  if (difference !== 0n) reasons.push('The total is not what its parts add up to.')
  if (sale.items.length > 0) {
    if (items.gross !== sale.gross) reasons.push('The items do not add up to the gross amount.')
    if (items.cards > 0 && items.deferred !== sale.deferred) {
      reasons.push('The gift cards do not add up to the deferred amount.')
    }
    if (items.discount > sale.discount) reasons.push('The items are discounted by more than the sale.')
  }
  return { verdict: reasons.length === 0 ? 'holds' : 'differs', difference, reasons }
}

/** One walk over the items: this is done for every sale of an import. */
function sumsOf(items: readonly SaleItem[]) {
  const sums = { gross: 0n, discount: 0n, deferred: 0n, cards: 0, unknown: false }
  for (const item of items) {
    if (item.kind === 'gift_card') {
      sums.cards++
      sums.deferred += (item.gross ?? 0n) - item.discount
    } else {
      if (item.gross === null) sums.unknown = true
      else sums.gross += item.gross
      sums.discount += item.discount
    }
  }
  return sums
}
