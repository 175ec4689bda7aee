import { sql } from 'kysely'
import { refundKind } from '#canon/merge-refunds.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Column, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Writer } from '#platform/postgres/together.ts'
import type { FiledRefund, Source } from './filing.ts'
import { bigintsAsText, type RefundContent, readRefundText } from './snapshot.ts'
import { type Span, spanOf, tenantOf, time } from './store-write.ts'
import type { RefundWord } from './words.ts'

export type RefundRow = FiledRefund & {
  readonly unallocated: bigint
  /** Whose word it stands by; null for a live one. */
  readonly batchId: Id | null
}

export type RefundKey = { readonly externalId: string; readonly refundId: Id; readonly filedOn: LocalDate }

export async function claimRefundKeys(tx: Tx, source: Source, keys: readonly RefundKey[]): Promise<Set<string>> {
  const taken = await insertRows<RefundKey, { external_id: string }>(tx, keys, {
    into: 'pos.refund_keys',
    constants: [tenantOf(source), { name: 'connection_id', type: 'uuid', value: source.connectionId }],
    columns: [
      { name: 'external_id', type: 'text', of: (key) => key.externalId },
      { name: 'refund_id', type: 'uuid', of: (key) => key.refundId },
      { name: 'filed_on', type: 'date', of: (key) => key.filedOn },
    ],
    suffix: 'on conflict (tenant_id, connection_id, external_id) do nothing returning external_id',
  })
  return new Set(taken.map((row) => row.external_id))
}

export async function lockRefundKeys(tx: Tx, source: Source, externalIds: readonly string[]): Promise<RefundKey[]> {
  if (externalIds.length === 0) return []
  const { rows } = await sql<RefundKey>`
    select external_id as "externalId", refund_id as "refundId", filed_on as "filedOn" from pos.refund_keys
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id
    for update`.execute(tx)
  return rows
}

/** A word about a refund with what it says. */
export type ToldRefund = RefundWord & { readonly content: RefundContent }

export type RefundHistory = {
  /** The words that were not taken back, in the order in which they came. */
  readonly words: readonly ToldRefund[]
  /** How many there have been in all. */
  readonly versions: number
}

/** What was said of refunds, by their ids. */
export async function readRefundHistories(
  tx: Tx,
  tenantId: TenantId,
  refundIds: readonly Id[],
): Promise<Map<Id, RefundHistory>> {
  if (refundIds.length === 0) return new Map()
  const { rows } = await sql<{
    refundId: Id
    version: number
    batchId: Id | null
    contentHash: Uint8Array
    said: unknown
    withdrawn: boolean
  }>`
    select refund_id as "refundId", version, batch_id as "batchId", content_hash as "contentHash", said,
      withdrawn_at is not null as withdrawn
    from pos.refund_revisions
    where tenant_id = ${tenantId} and refund_id = any(${arrayOf(refundIds)}::uuid[])
    order by refund_id, version`.execute(tx)
  const histories = new Map<Id, RefundHistory>()
  for (const [refundId, revisions] of Map.groupBy(rows, (row) => row.refundId)) {
    const hashOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
    const said = new Map<string, RefundContent>()
    const words: ToldRefund[] = []
    for (const { version, batchId, contentHash, said: json, withdrawn } of revisions) {
      const content = json === null ? said.get(hashOf(contentHash)) : readRefundText(json)
      if (content === undefined) throw new Error('a repeat of what nobody said')
      said.set(hashOf(contentHash), content)
      if (!withdrawn) words.push({ version, batchId, contentHash, content, kind: refundKind(content.refund) })
    }
    histories.set(refundId, { words, versions: revisions.at(-1)?.version ?? 0 })
  }
  return histories
}

export type RefundRevision = {
  readonly refundId: Id
  readonly version: number
  readonly contentHash: Uint8Array
  /** Null for a repeat. */
  readonly said: string | null
  readonly raw: Uint8Array | null
}

export async function insertRefundRevisions(tx: Tx, source: Source, rows: readonly RefundRevision[]): Promise<void> {
  await insertRows(tx, rows, {
    into: 'pos.refund_revisions',
    constants: [
      tenantOf(source),
      { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
      { name: 'batch_id', type: 'uuid', value: source.batchId },
    ],
    columns: [
      { name: 'refund_id', type: 'uuid', of: (row) => row.refundId },
      { name: 'version', type: 'integer', of: (row) => row.version },
      { name: 'content_hash', type: 'bytea', of: (row) => row.contentHash },
      { name: 'said', type: 'jsonb', of: (row) => row.said },
      { name: 'raw', type: 'bytea', of: (row) => row.raw },
    ],
  })
}

const REFUND_COLUMNS: readonly Column<RefundRow>[] = [
  { name: 'id', type: 'uuid', of: (row) => row.id },
  { name: 'filed_on', type: 'date', of: (row) => row.filedOn },
  { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
  { name: 'external_id', type: 'text', of: (row) => row.refund.externalId },
  { name: 'sale_id', type: 'uuid', of: (row) => row.saleId },
  { name: 'sale_external_id', type: 'text', of: (row) => row.saleExternalId },
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
  { name: 'batch_id', type: 'uuid', of: (row) => row.batchId },
]

const REPLACE_REFUND = `on conflict (tenant_id, id, filed_on) do update set ${[
  ...REFUND_COLUMNS.map((column) => column.name).filter((name) => name !== 'id' && name !== 'filed_on'),
  'recorded_at',
]
  .map((name) => `${name} = excluded.${name}`)
  .join(', ')}`

export async function writeRefunds(tx: Tx, source: Source, rows: readonly RefundRow[]): Promise<void> {
  await insertRows(tx, rows, {
    into: 'pos.refunds',
    constants: [
      tenantOf(source),
      { name: 'connection_id', type: 'uuid', value: source.connectionId },
      { name: 'pos_system', type: 'text', value: source.posSystem },
      { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
    ],
    columns: REFUND_COLUMNS,
    suffix: REPLACE_REFUND,
  })
}

export async function removeRefunds(tx: Tx, source: Source, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    delete from pos.refunds where tenant_id = ${source.tenantId} and id = any(${arrayOf(ids)}::uuid[])`.execute(tx)
}

/**
 * `refunded` of a sale is what its refunds sum to; worked out again from them, never counted up. Who knows the days under
 * which the sales are filed says so: then only the partitions of these days are looked into.
 */
export async function sumRefunds(tx: Tx, source: Source, saleIds: Iterable<Id>, filed: Span | null): Promise<void> {
  const ids = [...new Set(saleIds)].sort()
  if (ids.length === 0) return
  const days = filed === null ? sql`` : sql`and s.filed_on between ${filed.first}::date and ${filed.last}::date`
  await sql`
    update pos.transactions s
    set refunded = (select coalesce(sum(r.amount), 0) from pos.refunds r where r.tenant_id = s.tenant_id and r.sale_id = s.id)
    where s.tenant_id = ${source.tenantId} and s.id = any(${arrayOf(ids)}::uuid[]) ${days}`.execute(tx)
}

/** Refunds that came before their sales are linked to them. The sales may still wait in `writer`. */
export async function linkRefunds(tx: Tx, source: Source, sales: readonly FiledAs[], writer: Writer): Promise<void> {
  if (sales.length === 0 || !(await hasWaitingRefunds(tx, source))) return
  await writer.flush()
  const { rows: linked } = await sql<{ saleId: Id }>`
    update pos.refunds r set sale_id = v.sale_id
    from unnest(
      ${arrayOf(sales.map((sale) => sale.id))}::uuid[], ${arrayOf(sales.map((sale) => sale.sale.externalId))}::text[]
    ) as v (sale_id, external_id)
    where r.tenant_id = ${source.tenantId} and r.connection_id = ${source.connectionId}
      and r.sale_id is null and r.sale_external_id is not null and r.sale_external_id = v.external_id
    returning r.sale_id as "saleId"`.execute(tx)
  await sumRefunds(
    tx,
    source,
    linked.map((row) => row.saleId),
    spanOf(sales, (sale) => sale.filedOn),
  )
}

/** Most connections have no refunds at all, and that is quickly known. */
async function hasWaitingRefunds(tx: Tx, source: Source): Promise<boolean> {
  const { rows: keys } = await sql`
    select 1 from pos.refund_keys
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId} limit 1`.execute(tx)
  if (keys.length === 0) return false
  const { rows: waiting } = await sql`
    select 1 from pos.refunds
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and sale_id is null and sale_external_id is not null
    limit 1`.execute(tx)
  return waiting.length > 0
}

type FiledAs = { readonly id: Id; readonly filedOn: LocalDate; readonly sale: { readonly externalId: string } }

/** The refunds of sales that stand no longer stay, and wait for their sales. */
export async function unlinkRefunds(tx: Tx, source: Source, saleIds: readonly Id[]): Promise<void> {
  if (saleIds.length === 0) return
  await sql`
    update pos.refunds set sale_id = null
    where tenant_id = ${source.tenantId} and sale_id = any(${arrayOf(saleIds)}::uuid[])`.execute(tx)
}

function refundItemsJson(row: RefundRow): string {
  const items = row.refund.items.map((item, index) => ({ ...item, articleId: row.articleIds[index] }))
  return JSON.stringify(items, bigintsAsText)
}
