import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { RefundFiling, SaleFiling, Source } from './filing.ts'
import { findSaleKeys } from './store-keys.ts'
import { readRefunds, readSales } from './store-read.ts'

// What stands, in the form in which it would be filed again. For a source that takes back what it said: there is no way
// to make a live fact unsaid, only to say something else of it.

/** The sales that stand under the ids, as whole filings. Those under which nothing stands are left out. */
export async function standingSales(
  tx: Tx,
  source: Pick<Source, 'tenantId' | 'connectionId'>,
  externalIds: readonly string[],
): Promise<SaleFiling[]> {
  const keys = (await findSaleKeys(tx, source, externalIds)).filter((key) => key.version > 0)
  const sales = await readSales(
    tx,
    source.tenantId,
    keys.map((key) => key.saleId),
  )
  return sales.map(({ sale, siteId, businessDate, businessHour }) => ({
    sale,
    siteId,
    businessDate,
    businessHour,
    part: 'whole',
    sourceVersion: null,
    sourceUpdatedAt: null,
    rows: null,
    raw: null,
  }))
}

/** The refunds that stand under the ids. */
export async function standingRefunds(
  tx: Tx,
  { tenantId, connectionId }: Pick<Source, 'tenantId' | 'connectionId'>,
  externalIds: readonly string[],
): Promise<RefundFiling[]> {
  if (externalIds.length === 0) return []
  const { rows } = await sql<{ id: Id }>`
    select refund_id as id from pos.refund_keys
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and external_id = any(${arrayOf(externalIds)}::text[])`.execute(tx)
  const refunds = await readRefunds(
    tx,
    tenantId,
    rows.map((row) => row.id),
  )
  return refunds.map(({ refund, saleExternalId, currency, siteId, businessDate, businessHour }) => {
    return { refund, saleExternalId, currency, siteId, businessDate, businessHour, raw: null }
  })
}

/** Ids of the sales that stand under the external ids. */
export async function standingSaleIds(
  tx: Tx,
  source: Pick<Source, 'tenantId' | 'connectionId'>,
  externalIds: readonly string[],
): Promise<Id[]> {
  const keys = await findSaleKeys(tx, source, externalIds)
  return keys.filter((key) => key.version > 0).map((key) => key.saleId)
}
