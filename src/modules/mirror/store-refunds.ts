import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import { instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Column, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FiledRefund, RefundFiling, Source } from './filing.ts'
import { bigintsAsText } from './snapshot.ts'
import { tenantOf, time } from './store-write.ts'

export type RefundRow = FiledRefund & Pick<RefundFiling, 'raw'> & { readonly unallocated: bigint }

export type RefundKey = {
  readonly externalId: string
  readonly refundId: Id
  readonly filedOn: LocalDate
  readonly contentHash: Uint8Array
}

export async function claimRefundKeys(tx: Tx, source: Source, keys: readonly RefundKey[]): Promise<Set<string>> {
  const taken = await insertRows<RefundKey, { external_id: string }>(tx, keys, {
    into: 'pos.refund_keys',
    constants: [tenantOf(source), { name: 'connection_id', type: 'uuid', value: source.connectionId }],
    columns: [
      { name: 'external_id', type: 'text', of: (key) => key.externalId },
      { name: 'refund_id', type: 'uuid', of: (key) => key.refundId },
      { name: 'filed_on', type: 'date', of: (key) => key.filedOn },
      { name: 'content_hash', type: 'bytea', of: (key) => key.contentHash },
    ],
    suffix: 'on conflict (tenant_id, connection_id, external_id) do nothing returning external_id',
  })
  return new Set(taken.map((row) => row.external_id))
}

export async function lockRefundKeys(tx: Tx, source: Source, externalIds: readonly string[]): Promise<RefundKey[]> {
  if (externalIds.length === 0) return []
  const { rows } = await sql<{ external_id: string; refund_id: Id; filed_on: LocalDate; content_hash: Uint8Array }>`
    select external_id, refund_id, filed_on, content_hash from pos.refund_keys
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id
    for update`.execute(tx)
  return rows.map((row) => ({
    externalId: row.external_id,
    refundId: row.refund_id,
    filedOn: row.filed_on,
    contentHash: row.content_hash,
  }))
}

export async function moveRefundKey(tx: Tx, source: Source, key: RefundKey): Promise<void> {
  await sql`
    update pos.refund_keys set content_hash = ${Buffer.from(key.contentHash)}
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId} and external_id = ${key.externalId}`.execute(
    tx,
  )
}

const REFUND_COLUMNS: readonly Column<RefundRow>[] = [
  { name: 'id', type: 'uuid', of: (row) => row.id },
  { name: 'filed_on', type: 'date', of: (row) => row.filedOn },
  { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
  { name: 'external_id', type: 'text', of: (row) => row.refund.externalId },
  { name: 'sale_id', type: 'uuid', of: (row) => row.saleId },
  { name: 'currency', type: 'text', of: (row) => row.currency },
  { name: 'refunded_at', type: 'timestamptz', of: (row) => time(row.refund.refundedAt) },
  { name: 'business_date', type: 'date', of: (row) => row.businessDate },
  { name: 'business_hour', type: 'smallint', of: (row) => row.businessHour },
  { name: 'amount', type: 'bigint', of: (row) => row.refund.amount },
  { name: 'tax', type: 'bigint', of: (row) => row.refund.tax },
  { name: 'tip', type: 'bigint', of: (row) => row.refund.tip },
  { name: 'tender', type: 'text', of: (row) => row.refund.tender },
  { name: 'reason', type: 'text', of: (row) => row.refund.reason },
  { name: 'items', type: 'jsonb', of: (row) => refundItemsJson(row) },
  { name: 'unallocated', type: 'bigint', of: (row) => row.unallocated },
  { name: 'raw', type: 'bytea', of: (row) => row.raw },
]

const REPLACE_REFUND = `on conflict (tenant_id, id, filed_on) do update set ${[
  ...REFUND_COLUMNS.map((column) => column.name).filter((name) => name !== 'id' && name !== 'filed_on'),
  'batch_id',
  'recorded_at',
]
  .map((name) => `${name} = excluded.${name}`)
  .join(', ')}`

export async function writeRefunds(
  tx: Tx,
  source: Source,
  rows: readonly RefundRow[],
  mode: 'new' | 'replace',
): Promise<void> {
  await insertRows(tx, rows, {
    into: 'pos.refunds',
    constants: [
      tenantOf(source),
      { name: 'connection_id', type: 'uuid', value: source.connectionId },
      { name: 'pos_system', type: 'text', value: source.posSystem },
      { name: 'batch_id', type: 'uuid', value: source.batchId },
      { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
    ],
    columns: REFUND_COLUMNS,
    ...(mode === 'replace' ? { suffix: REPLACE_REFUND } : {}),
  })
}

/** `refunded` of a sale is what its refunds sum to; worked out again from them, never counted up. */
export async function sumRefunds(tx: Tx, source: Source, saleIds: readonly Id[]): Promise<void> {
  if (saleIds.length === 0) return
  await sql`
    update pos.transactions s
    set refunded = (select coalesce(sum(r.amount), 0) from pos.refunds r where r.tenant_id = s.tenant_id and r.sale_id = s.id)
    where s.tenant_id = ${source.tenantId} and s.id = any(${arrayOf(saleIds)}::uuid[])`.execute(tx)
}

function refundItemsJson(row: RefundRow): string {
  const items = row.refund.items.map((item, index) => ({ ...item, articleId: row.articleIds[index] }))
  return JSON.stringify(items, bigintsAsText)
}
