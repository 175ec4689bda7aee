import { checkIdentity } from '#canon/money-identity.ts'
import type { Id } from '#kernel/ids.ts'
import type { FiledSale } from '#modules/mirror/filing.ts'
import { toWire } from '#modules/mirror/sales.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { FileDetection, FileSource, Files } from '../../../connectors/contract.ts'
import { filingsOf, siteChoice } from './filing.ts'
import type { PreviewSale } from './wire.ts'

const PREVIEW_SALES_MAX = 10
const PREVIEW_ROWS = 500

/** The first sales of a file as they would stand. Stores nothing, and reads no further than it must. */
export async function previewSales(
  files: Files,
  file: FileSource,
  detection: FileDetection,
  sites: { readonly chosen: Site; readonly all: readonly Site[] },
  scratchDir: string,
): Promise<PreviewSale[]> {
  const site = { zone: sites.chosen.timeZone, currency: sites.chosen.currency }
  const choice = siteChoice(sites.chosen, sites.all)
  for await (const slice of files.read(file, detection, site, { rowsPerSlice: PREVIEW_ROWS, scratchDir })) {
    if (slice.sales.length === 0) continue
    const filings = filingsOf({ ...slice, sales: slice.sales.slice(0, PREVIEW_SALES_MAX), refunds: [] }, choice)
    return filings.sales.map((filing) => {
      const identity = checkIdentity(filing.sale)
      const stored: FiledSale = {
        ...filing,
        id: '' as Id,
        filedOn: filing.businessDate,
        version: 1,
        refunded: 0n,
        articleIds: [],
      }
      const whole = toWire(
        {
          ...stored,
          connectionId: '' as Id,
          posSystem: 'spreadsheet',
          identity: identity.verdict,
          difference: identity.difference,
          soldAt: filing.sale.closedAt ?? filing.sale.openedAt,
          recordedAt: filing.sale.openedAt,
        },
        [],
      )
      const { id: _id, connection_id: _connection, pos_system: _system, version: _version, ...shown } = whole
      return { ...shown, rows: [...(filing.rows ?? [])] }
    })
  }
  return []
}
