import type { Refund } from './sale.ts'

// One refund out of what several sources tell of it: the file of items knows what came back, the file of payments how much
// money went, and how. A tip given back is no item's, so the money may be more than the items; what they do not explain
// stays unallocated. Items worth more than the money speak of something else, and then the later word is taken as it is.

export type RefundTold = {
  readonly refund: Refund
  readonly saleExternalId: string | null
  readonly currency: string
}

export type RefundKind = 'items' | 'money'

/** What a word about a refund is good for: it names the items, or the money alone. */
export function refundKind(refund: Refund): RefundKind {
  return refund.items.length > 0 ? 'items' : 'money'
}

/** The words that count once another has come: of each kind the last, the newest at the end. */
export function layRefund<Word extends { readonly kind: RefundKind }>(
  before: readonly Word[],
  next: Word,
): readonly Word[] {
  return [...before.filter((one) => one.kind !== next.kind), next]
}

/** At most one word of each kind, in the order in which they came, as one. */
export function mergeRefunds<Word extends RefundTold>(words: readonly Word[]): Word {
  const [first, second] = words
  if (first === undefined) throw new Error('a refund of which nobody said anything')
  if (second === undefined) return first
  const [items, money] = refundKind(first.refund) === 'items' ? [first, second] : [second, first]
  if (items.refund.amount > money.refund.amount || first.currency !== second.currency) {
    return { ...second, saleExternalId: second.saleExternalId ?? first.saleExternalId }
  }
  return {
    ...money,
    saleExternalId: money.saleExternalId ?? items.saleExternalId,
    refund: {
      ...money.refund,
      tax: money.refund.tax === 0n ? items.refund.tax : money.refund.tax,
      tip: money.refund.tip === 0n ? items.refund.tip : money.refund.tip,
      tender: money.refund.tender === 'unknown' ? items.refund.tender : money.refund.tender,
      reason: money.refund.reason ?? items.refund.reason,
      items: items.refund.items,
    },
  }
}
