import { checkIdentity } from '#canon/money-identity.ts'
import type { Id } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import type { FiledSale, SaleFiling } from '#modules/mirror/filing.ts'
import { toWire } from '#modules/mirror/sales.ts'
import type { Site } from '#modules/sites/sites.ts'
import type { FileDetection, FileSource, Files } from '../../../connectors/contract-files.ts'
import { filingsOf, siteChoice } from './filing.ts'
import type { PreviewSale } from './wire-preview.ts'

const PREVIEW_SALES_MAX = 10
const PREVIEW_ROWS = 500

export type Glimpse = {
  /** The first sales as they would stand. */
  readonly sales: readonly PreviewSale[]
  /** Of the first some hundred sales: their ids and their days. */
  readonly externalIds: readonly string[]
  readonly days: readonly LocalDate[]
}

/**
 * The first sales of a table. Stores nothing. Given the head of a table it is quick, and a sale that goes on far below
 * is shown as far as the head has it.
 */
export async function glimpse(
  files: Files,
  table: FileSource,
  detection: FileDetection,
  sites: { readonly chosen: Site; readonly all: readonly Site[] },
  scratchDir: string,
): Promise<Glimpse> {
  const site = { zone: sites.chosen.timeZone, currency: sites.chosen.currency }
  const choice = siteChoice(sites.chosen, sites.all)
  for await (const slice of files.read(table, detection, site, { rowsPerSlice: PREVIEW_ROWS, scratchDir })) {
    if (slice.sales.length === 0) continue
    const { sales } = filingsOf({ ...slice, refunds: [] }, choice)
    return {
      sales: sales.slice(0, PREVIEW_SALES_MAX).map(previewOf),
      externalIds: [...new Set(sales.map(({ sale }) => sale.externalId))],
      days: [...new Set(sales.map(({ businessDate }) => businessDate))],
    }
  }
  return { sales: [], externalIds: [], days: [] }
}

function previewOf(filing: SaleFiling): PreviewSale {
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
}
