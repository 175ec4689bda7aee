import type { CurrencyCode } from '#kernel/currency.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Minor } from '#kernel/money.ts'

/** An article as a system's own catalogue describes it: what a line of a sale points at by `externalId`. */
export type CatalogArticle = {
  /** The source's id of what is sold, which is the variant where there are variants. */
  readonly externalId: string
  /** `modifier`: added to an article, and never sold by itself. Left out: an article. */
  readonly kind?: 'modifier'
  /** The source's id of what the variants belong to; null where there is no such thing. */
  readonly parentExternalId: string | null
  readonly name: string
  readonly variant: string | null
  readonly sku: string | null
  /** EAN, UPC or the like, as written. */
  readonly barcode: string | null
  readonly category: string | null
  /** Null: priced at the till. */
  readonly price: Minor | null
  readonly currency: CurrencyCode | null
  /** No longer sold; sales of the past still point at it. */
  readonly deleted: boolean
  readonly updatedAt: Instant | null
}
