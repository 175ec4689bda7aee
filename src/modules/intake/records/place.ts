import { businessMoment } from '#canon/business-day.ts'
import type { Refund, Sale } from '#canon/sale.ts'
import type { Instant } from '#kernel/instant.ts'
import type { ConnectedPlace, LiveConnection } from '#modules/connections/live.ts'
import type { Place, RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import { type Site, tradingClock } from '#modules/sites/sites.ts'
import type { Reading } from '../../../../connectors/contract.ts'

// From what a connector read to what the mirror files: each fact gets the site that its place stands for, and its business
// day by that site's clock. A fact of a place that is not the connection's is nobody's to file.

export type Placed = {
  readonly sales: readonly SaleFiling[]
  readonly refunds: readonly RefundFiling[]
  /** The provider's places that are not the connection's, one for each fact of theirs. */
  readonly unplaced: readonly string[]
}

/** A fact without a word on its place, where the connection has several. */
export const NO_PLACE = ''

export function placeReading(
  connection: LiveConnection,
  sites: ReadonlyMap<string, Site>,
  reading: Pick<Reading, 'sales' | 'refunds' | 'updatedAt'>,
): Placed {
  const sales: SaleFiling[] = []
  const refunds: RefundFiling[] = []
  const unplaced: string[] = []
  const place = (location: string | null, at: Instant): Place | null => {
    const found = placeAt(connection, sites, location, at)
    if (found === null) unplaced.push(location ?? NO_PLACE)
    return found
  }
  for (const sale of reading.sales) {
    const placed = place(sale.location, sale.closedAt ?? sale.openedAt)
    if (placed !== null) sales.push(saleFiling(sale, placed, reading.updatedAt))
  }
  for (const one of refundsOf(reading)) {
    const placed = place(one.location, one.refund.refundedAt)
    if (placed === null) continue
    refunds.push({
      ...placed,
      refund: one.refund,
      saleExternalId: one.saleExternalId,
      currency: one.currency,
      raw: null,
    })
  }
  return { sales, refunds, unplaced }
}

type PlacedRefund = {
  readonly refund: Refund
  readonly saleExternalId: string | null
  readonly location: string | null
  readonly currency: string
}

/** Those told by themselves, and those that stand inside a sale and nowhere else. */
function refundsOf({ sales, refunds }: Pick<Reading, 'sales' | 'refunds'>): PlacedRefund[] {
  const saleById = new Map(sales.map((sale) => [sale.externalId, sale]))
  const told = refunds.map((one): PlacedRefund => {
    const sale = one.saleExternalId === null ? undefined : saleById.get(one.saleExternalId)
    return { ...one, location: one.location ?? sale?.location ?? null }
  })
  const known = new Set(told.map(({ refund }) => refund.externalId))
  const inside = sales.flatMap((sale) =>
    sale.refunds
      .filter((refund) => !known.has(refund.externalId))
      .map((refund) => ({
        refund,
        saleExternalId: sale.externalId,
        location: sale.location,
        currency: sale.currency,
      })),
  )
  return [...told, ...inside]
}

function saleFiling(sale: Sale, place: Place, updatedAt: Instant | null): SaleFiling {
  return { sale, part: 'whole', ...place, sourceVersion: null, sourceUpdatedAt: updatedAt, rows: null, raw: null }
}

function placeAt(
  connection: LiveConnection,
  sites: ReadonlyMap<string, Site>,
  location: string | null,
  at: Instant,
): Place | null {
  const site = sites.get(placeOf(connection, location)?.siteId ?? '')
  if (site === undefined) return null
  const moment = businessMoment(at, tradingClock(site))
  return { siteId: site.id, businessDate: moment.date, businessHour: moment.hour }
}

/** A connection of one place means that one where nothing is said. */
export function placeOf({ places }: LiveConnection, location: string | null): ConnectedPlace | undefined {
  if (location !== null) return places.get(location)
  return places.size === 1 ? [...places.values()][0] : undefined
}
