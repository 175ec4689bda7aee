import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'

// What a channel asks for an item and what its article costs in the POS: where the two differ, a customer is asked for
// another price than he was promised, or the shop makes it up. A difference that a person meant is accepted, until either
// price changes.

export type Price = { readonly price: Minor | null; readonly currency: CurrencyCode | string | null }

/**
 * `unsaid`: one of the two has no price. `exponent`: the same digits with a shifted point, which is nobody's price but
 * somebody's misreading of minor units.
 */
export type PriceWord = 'same' | 'unsaid' | 'accepted' | 'differs' | 'currency' | 'exponent'

export function comparePrices(item: Price, article: Price, accepted: string | null): PriceWord {
  if (item.price === null || article.price === null) return 'unsaid'
  if (item.price === article.price && item.currency === article.currency) return 'same'
  if (accepted !== null && accepted === pricesText(item, article)) return 'accepted'
  if (item.currency !== article.currency) return 'currency'
  return isShifted(item.price, article.price) ? 'exponent' : 'differs'
}

export function isRepriced(word: PriceWord): boolean {
  return word === 'differs' || word === 'currency' || word === 'exponent'
}

/** Both prices as they stand, to be compared with what was accepted. */
export function pricesText(item: Price, article: Price): string {
  return `${item.price ?? ''} ${item.currency ?? ''} | ${article.price ?? ''} ${article.currency ?? ''}`
}

function isShifted(a: Minor, b: Minor): boolean {
  const [less, more] = a < b ? [a, b] : [b, a]
  return less > 0n && [10n, 100n, 1_000n].some((times) => less * times === more)
}
