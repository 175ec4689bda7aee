import { businessMoment } from '#canon/business-day.ts'
import type { Instant } from '#kernel/instant.ts'
import type { RefundFiling, SaleFiling } from '#modules/mirror/filing.ts'
import { type Site, tradingClock } from '#modules/sites/sites.ts'
import type { FileRefund, FileSale, FileSlice } from '../../../connectors/contract-files.ts'

// From what a connector read to what the mirror files: each fact gets its site and its business day.

/** A word in the file's own location column is taken for a site when it is exactly one's name or handle. */
export type SiteChoice = { readonly chosen: Site; readonly byName: ReadonlyMap<string, Site> }

export function siteChoice(chosen: Site, sites: readonly Site[]): SiteChoice {
  const byName = new Map<string, Site>()
  for (const site of sites) {
    byName.set(site.slug, site)
    byName.set(site.name.toLowerCase(), site)
  }
  return { chosen, byName }
}

export function filingsOf(slice: FileSlice, sites: SiteChoice): { sales: SaleFiling[]; refunds: RefundFiling[] } {
  const sales: SaleFiling[] = []
  const refunds: RefundFiling[] = []
  for (const one of slice.sales) {
    const site = siteOf(one.sale.location, sites)
    sales.push(saleFiling(one, site))
    for (const refund of one.sale.refunds) {
      refunds.push({
        ...placeOf(refund.refundedAt, site),
        refund,
        saleExternalId: one.sale.externalId,
        currency: one.sale.currency,
        raw: null,
      })
    }
  }
  for (const one of slice.refunds) refunds.push(refundFiling(one, siteOf(one.refund.location, sites)))
  return { sales, refunds }
}

function saleFiling({ sale, part, day, rows, raw }: FileSale, site: Site): SaleFiling {
  const place = placeOf(sale.closedAt ?? sale.openedAt, site)
  return {
    sale,
    part,
    ...place,
    // A file that knows days and no times means its own days: no close-out hour moves them.
    businessDate: day ?? place.businessDate,
    sourceVersion: null,
    sourceUpdatedAt: null,
    rows,
    raw: Buffer.from(raw, 'utf8'),
  }
}

function refundFiling({ refund, raw }: FileRefund, site: Site): RefundFiling {
  return {
    ...placeOf(refund.refundedAt, site),
    refund,
    saleExternalId: null,
    currency: refund.currency,
    raw: Buffer.from(raw, 'utf8'),
  }
}

function siteOf(location: string | null, sites: SiteChoice): Site {
  return (location === null ? undefined : sites.byName.get(location.toLowerCase())) ?? sites.chosen
}

function placeOf(at: Instant, site: Site): Pick<SaleFiling, 'siteId' | 'businessDate' | 'businessHour'> {
  const moment = businessMoment(at, tradingClock(site))
  return { siteId: site.id, businessDate: moment.date, businessHour: moment.hour }
}
