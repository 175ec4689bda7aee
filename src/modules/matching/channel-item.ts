import type { CurrencyCode } from '#kernel/currency.ts'
import type { Minor } from '#kernel/money.ts'

/** What a channel sells, by its own word: an article, one variant of it, or what can be added to one. */
export type ChannelItem = {
  readonly id: string
  readonly name: string
  readonly variant: string | null
  readonly sku: string | null
  readonly barcode: string | null
  readonly category: string | null
  readonly kind: 'item' | 'modifier'
  readonly parentId: string | null
  /** Null: the channel says none. */
  readonly price: Minor | null
  readonly currency: CurrencyCode | null
  /** The channel's own word; what is sold out at a POS is not in it. */
  readonly available: boolean
}
