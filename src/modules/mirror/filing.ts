import type { Refund, Sale, SalePart } from '#canon/sale.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'

// A fact is filed when it has been given its place: a site, a business day, a source. What happens after is the same for
// a webhook, a pull and a file.

/** Who says so, and on whose behalf. */
export type Source = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly posSystem: string
  /** The import or sync the facts came with; null for a single event. */
  readonly batchId: Id | null
  /** `key:<id>`, `person:<id>`, `job:<name>`, `provider:<system>`. */
  readonly actor: string
  readonly requestId: string | null
  readonly now: Instant
}

export type Place = {
  readonly siteId: Id
  readonly businessDate: LocalDate
  /** 0 to 23 on the site's wall clock. */
  readonly businessHour: number
}

export type Origin = {
  /** The source's rising version, where it has one. */
  readonly sourceVersion: bigint | null
  readonly sourceUpdatedAt: Instant | null
  /** Row numbers of the file it came from. */
  readonly rows: readonly number[] | null
  /** The source's own bytes. */
  readonly raw: Uint8Array | null
}

export type SaleFiling = Place &
  Origin & {
    readonly sale: Sale
    /** How much of the sale the source tells; a live source tells the `whole`. */
    readonly part: SalePart
  }

export type RefundFiling = Place & {
  readonly refund: Refund
  readonly saleExternalId: string | null
  readonly currency: string
  readonly raw: Uint8Array | null
}

/** A sale as it stands in the tables, with the ids it was given. */
export type FiledSale = Place & {
  readonly id: Id
  readonly filedOn: LocalDate
  readonly version: number
  readonly refunded: bigint
  readonly sale: Sale
  /** The article of each item, in the items' order. */
  readonly articleIds: readonly Id[]
}

export type FiledRefund = Place & {
  readonly id: Id
  readonly filedOn: LocalDate
  /** The sale behind it, once it stands. */
  readonly saleId: Id | null
  readonly saleExternalId: string | null
  readonly currency: string
  readonly refund: Refund
  readonly articleIds: readonly Id[]
}

/** Whether `incoming` replaces what stands. Without any word of the source on it, the later arrival is the newer one. */
export function isNewer(
  incoming: Pick<Origin, 'sourceVersion' | 'sourceUpdatedAt'>,
  standing: Pick<Origin, 'sourceVersion' | 'sourceUpdatedAt'>,
): boolean {
  if (incoming.sourceVersion !== null && standing.sourceVersion !== null) {
    if (incoming.sourceVersion !== standing.sourceVersion) return incoming.sourceVersion > standing.sourceVersion
  }
  if (incoming.sourceUpdatedAt !== null && standing.sourceUpdatedAt !== null) {
    return incoming.sourceUpdatedAt >= standing.sourceUpdatedAt
  }
  return true
}
