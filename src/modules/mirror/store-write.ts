import { sql } from 'kysely'
import type { IdentityCheck } from '#canon/money-identity.ts'
import type { ArticleMention, Payment, SaleItem } from '#canon/sale.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import {
  arrayOf,
  type Column,
  type Constant,
  insertRows,
  insertStatement,
  type Statement,
} from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FiledSale, Origin, Source } from './filing.ts'
import { bigintsAsText } from './snapshot.ts'

export type SaleKey = {
  readonly externalId: string
  readonly saleId: Id
  readonly filedOn: LocalDate
  readonly version: number
  readonly versions: number
  readonly sourceVersion: bigint | null
  readonly sourceUpdatedAt: Instant | null
  readonly contentHash: Uint8Array
}

/** A sale on its way into the tables. */
export type SaleRow = FiledSale & Origin & { readonly identity: IdentityCheck }

let lastAt: Instant | null = null
let lastText: string | null = null

/** A sale's moments are mostly one and the same, and writing one out is what costs. */
export function time(at: Instant | null): string | null {
  if (at !== lastAt) {
    lastAt = at
    lastText = at === null ? null : instantText(at)
  }
  return lastText
}

export function tenantOf(source: Source): Constant {
  return { name: 'tenant_id', type: 'uuid', value: source.tenantId }
}

export async function ensureMonths(tx: Tx, first: LocalDate, last: LocalDate): Promise<void> {
  await sql`select pos.ensure_months(${first}::date, ${last}::date)`.execute(tx)
}

/** Takes the keys that nobody holds yet; answers the external ids that are new. */
export async function claimSaleKeys(tx: Tx, source: Source, keys: readonly SaleKey[]): Promise<Set<string>> {
  const columns: Column<SaleKey>[] = [
    { name: 'external_id', type: 'text', of: (key) => key.externalId },
    { name: 'sale_id', type: 'uuid', of: (key) => key.saleId },
    { name: 'filed_on', type: 'date', of: (key) => key.filedOn },
    { name: 'version', type: 'integer', of: (key) => key.version },
    { name: 'versions', type: 'integer', of: (key) => key.versions },
    { name: 'source_version', type: 'bigint', of: (key) => key.sourceVersion },
    { name: 'source_updated_at', type: 'timestamptz', of: (key) => time(key.sourceUpdatedAt) },
    { name: 'content_hash', type: 'bytea', of: (key) => key.contentHash },
  ]
  const taken = await insertRows<SaleKey, { external_id: string }>(tx, keys, {
    into: 'pos.sale_keys',
    constants: [tenantOf(source), { name: 'connection_id', type: 'uuid', value: source.connectionId }],
    columns,
    suffix: 'on conflict (tenant_id, connection_id, external_id) do nothing returning external_id',
  })
  return new Set(taken.map((row) => row.external_id))
}

/** The keys that are held already, locked until the transaction ends, in an order that is the same for every writer. */
export async function lockSaleKeys(tx: Tx, source: Source, externalIds: readonly string[]): Promise<SaleKey[]> {
  if (externalIds.length === 0) return []
  const { rows } = await sql<{
    external_id: string
    sale_id: Id
    filed_on: LocalDate
    version: number
    versions: number
    source_version: bigint | null
    source_updated_at: Instant | null
    content_hash: Uint8Array
  }>`
    select external_id, sale_id, filed_on, version, versions, source_version, source_updated_at, content_hash
    from pos.sale_keys
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id
    for update`.execute(tx)
  return rows.map((row) => ({
    externalId: row.external_id,
    saleId: row.sale_id,
    filedOn: row.filed_on,
    version: row.version,
    versions: row.versions,
    sourceVersion: row.source_version,
    sourceUpdatedAt: row.source_updated_at,
    contentHash: row.content_hash,
  }))
}

export async function moveSaleKey(tx: Tx, source: Source, key: SaleKey): Promise<void> {
  await sql`
    update pos.sale_keys
    set version = ${key.version}, versions = ${key.versions}, source_version = ${key.sourceVersion?.toString() ?? null},
      source_updated_at = ${time(key.sourceUpdatedAt)}, content_hash = ${Buffer.from(key.contentHash)}
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId} and external_id = ${key.externalId}`.execute(
    tx,
  )
}

/** The ids of articles by their key, made where they are new. */
export async function articleIds(
  tx: Tx,
  source: Source,
  mentions: ReadonlyMap<string, ArticleMention>,
): Promise<Map<string, Id>> {
  const known = await findArticleIds(tx, source, [...mentions.keys()])
  const missing = [...mentions].filter(([key]) => !known.has(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  if (missing.length === 0) return known
  await insertRows(tx, missing, {
    into: 'pos.articles',
    constants: [tenantOf(source), { name: 'connection_id', type: 'uuid', value: source.connectionId }],
    columns: [
      { name: 'id', type: 'uuid', of: () => newId() },
      { name: 'key', type: 'text', of: ([key]) => key },
      { name: 'external_id', type: 'text', of: ([, article]) => article.externalId },
      { name: 'sku', type: 'text', of: ([, article]) => article.sku },
      { name: 'name', type: 'text', of: ([, article]) => article.name },
      { name: 'variant', type: 'text', of: ([, article]) => article.variant },
      { name: 'category', type: 'text', of: ([, article]) => article.category },
    ],
    suffix: 'on conflict (tenant_id, connection_id, key) do nothing',
  })
  // Read again and not returned: a row that another writer made in the same moment is not returned, but is there now.
  for (const [key, id] of await findArticleIds(
    tx,
    source,
    missing.map(([key]) => key),
  ))
    known.set(key, id)
  return known
}

async function findArticleIds(tx: Tx, source: Source, keys: readonly string[]): Promise<Map<string, Id>> {
  const { rows } = await sql<{ key: string; id: Id }>`
    select key, id from pos.articles
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and key = any(${arrayOf(keys)}::text[])`.execute(tx)
  return new Map(rows.map((row) => [row.key, row.id]))
}

const SALE_COLUMNS: readonly Column<SaleRow>[] = [
  { name: 'id', type: 'uuid', of: (row) => row.id },
  { name: 'filed_on', type: 'date', of: (row) => row.filedOn },
  { name: 'site_id', type: 'uuid', of: (row) => row.siteId },
  { name: 'external_id', type: 'text', of: (row) => row.sale.externalId },
  { name: 'version', type: 'integer', of: (row) => row.version },
  { name: 'number', type: 'text', of: (row) => row.sale.number },
  { name: 'register', type: 'text', of: (row) => row.sale.register },
  { name: 'staff', type: 'text', of: (row) => row.sale.staff },
  { name: 'channel', type: 'text', of: (row) => row.sale.channel },
  { name: 'customer', type: 'text', of: (row) => row.sale.customer },
  { name: 'status', type: 'text', of: (row) => row.sale.status },
  { name: 'currency', type: 'text', of: (row) => row.sale.currency },
  { name: 'opened_at', type: 'timestamptz', of: (row) => time(row.sale.openedAt) },
  { name: 'closed_at', type: 'timestamptz', of: (row) => time(row.sale.closedAt) },
  { name: 'sold_at', type: 'timestamptz', of: (row) => time(row.sale.closedAt ?? row.sale.openedAt) },
  { name: 'time_precision', type: 'text', of: (row) => row.sale.timePrecision },
  { name: 'business_date', type: 'date', of: (row) => row.businessDate },
  { name: 'business_hour', type: 'smallint', of: (row) => row.businessHour },
  { name: 'gross', type: 'bigint', of: (row) => row.sale.gross },
  { name: 'discount', type: 'bigint', of: (row) => row.sale.discount },
  { name: 'tax_added', type: 'bigint', of: (row) => row.sale.taxAdded },
  { name: 'tax_included', type: 'bigint', of: (row) => row.sale.taxIncluded },
  { name: 'service_charge', type: 'bigint', of: (row) => row.sale.serviceCharge },
  { name: 'tip', type: 'bigint', of: (row) => row.sale.tip },
  { name: 'rounding', type: 'bigint', of: (row) => row.sale.rounding },
  { name: 'deferred', type: 'bigint', of: (row) => row.sale.deferred },
  { name: 'total', type: 'bigint', of: (row) => row.sale.total },
  { name: 'refunded', type: 'bigint', of: (row) => row.refunded },
  { name: 'identity', type: 'text', of: (row) => row.identity.verdict },
  { name: 'difference', type: 'bigint', of: (row) => row.identity.difference },
]

// A later version replaces what is said, never where it was filed.
const REPLACE_SALE = `on conflict (tenant_id, id, filed_on) do update set ${[
  ...SALE_COLUMNS.map((column) => column.name).filter((name) => name !== 'id' && name !== 'filed_on'),
  'batch_id',
  'recorded_at',
]
  .map((name) => `${name} = excluded.${name}`)
  .join(', ')}`

/** The statements that store sales with their items and payments, in order. */
export function saleInserts(
  source: Source,
  rows: readonly SaleRow[],
  mode: 'new' | 'replace',
): readonly (() => Statement | null)[] {
  const sales = () =>
    insertStatement(rows, {
      into: 'pos.transactions',
      constants: [
        tenantOf(source),
        { name: 'connection_id', type: 'uuid', value: source.connectionId },
        { name: 'pos_system', type: 'text', value: source.posSystem },
        { name: 'batch_id', type: 'uuid', value: source.batchId },
        { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
      ],
      columns: SALE_COLUMNS,
      ...(mode === 'replace' ? { suffix: REPLACE_SALE } : {}),
    })
  return [sales, () => itemInsert(source, rows), () => paymentInsert(source, rows)]
}

/** A newer version's items and payments take the place of all the old ones. */
export async function removeParts(tx: Tx, source: Source, rows: readonly SaleRow[]): Promise<void> {
  const ids = arrayOf(rows.map((row) => row.id))
  for (const table of ['pos.transaction_items', 'pos.transaction_payments']) {
    await sql`delete from ${sql.raw(table)} where tenant_id = ${source.tenantId} and sale_id = any(${ids}::uuid[])`.execute(
      tx,
    )
  }
}

function itemInsert(source: Source, rows: readonly SaleRow[]): Statement | null {
  type ItemRow = { readonly row: SaleRow; readonly item: SaleItem; readonly position: number }
  const items: ItemRow[] = rows.flatMap((row) => row.sale.items.map((item, position) => ({ row, item, position })))
  return insertStatement(items, {
    into: 'pos.transaction_items',
    constants: [tenantOf(source)],
    columns: [
      { name: 'sale_id', type: 'uuid', of: ({ row }) => row.id },
      { name: 'filed_on', type: 'date', of: ({ row }) => row.filedOn },
      { name: 'position', type: 'smallint', of: ({ position }) => position },
      { name: 'kind', type: 'text', of: ({ item }) => item.kind },
      { name: 'external_id', type: 'text', of: ({ item }) => item.externalId },
      { name: 'article_id', type: 'uuid', of: ({ row, position }) => row.articleIds[position] ?? null },
      { name: 'sku', type: 'text', of: ({ item }) => item.article.sku },
      { name: 'name', type: 'text', of: ({ item }) => item.article.name },
      { name: 'variant', type: 'text', of: ({ item }) => item.article.variant },
      { name: 'category', type: 'text', of: ({ item }) => item.article.category },
      { name: 'quantity', type: 'numeric', of: ({ item }) => item.quantity },
      { name: 'unit_price', type: 'bigint', of: ({ item }) => item.unitPrice },
      { name: 'gross', type: 'bigint', of: ({ item }) => item.gross },
      { name: 'discount', type: 'bigint', of: ({ item }) => item.discount },
      { name: 'modifiers', type: 'jsonb', of: ({ item }) => jsonOrNull(item.modifiers) },
      { name: 'taxes', type: 'jsonb', of: ({ item }) => jsonOrNull(item.taxes) },
    ],
  })
}

function paymentInsert(source: Source, rows: readonly SaleRow[]): Statement | null {
  type PaymentRow = { readonly row: SaleRow; readonly payment: Payment; readonly position: number }
  const payments: PaymentRow[] = rows.flatMap((row) =>
    row.sale.payments.map((payment, position) => ({ row, payment, position })),
  )
  return insertStatement(payments, {
    into: 'pos.transaction_payments',
    constants: [tenantOf(source)],
    columns: [
      { name: 'sale_id', type: 'uuid', of: ({ row }) => row.id },
      { name: 'filed_on', type: 'date', of: ({ row }) => row.filedOn },
      { name: 'position', type: 'smallint', of: ({ position }) => position },
      { name: 'external_id', type: 'text', of: ({ payment }) => payment.externalId },
      { name: 'tender', type: 'text', of: ({ payment }) => payment.tender },
      { name: 'brand', type: 'text', of: ({ payment }) => payment.brand },
      { name: 'last4', type: 'text', of: ({ payment }) => payment.last4 },
      { name: 'amount', type: 'bigint', of: ({ payment }) => payment.amount },
      { name: 'tip', type: 'bigint', of: ({ payment }) => payment.tip },
      { name: 'paid_at', type: 'timestamptz', of: ({ payment }) => time(payment.paidAt) },
    ],
  })
}

export type RevisionRow = Origin & {
  readonly saleId: Id
  readonly filedOn: LocalDate
  readonly version: number
  readonly late: boolean
  readonly snapshot: string | null
}

export function revisionInsert(source: Source, rows: readonly RevisionRow[]): Statement | null {
  return insertStatement(rows, {
    into: 'pos.sale_revisions',
    constants: [
      tenantOf(source),
      { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
      { name: 'batch_id', type: 'uuid', value: source.batchId },
    ],
    columns: [
      { name: 'sale_id', type: 'uuid', of: (row) => row.saleId },
      { name: 'filed_on', type: 'date', of: (row) => row.filedOn },
      { name: 'version', type: 'integer', of: (row) => row.version },
      { name: 'source_version', type: 'bigint', of: (row) => row.sourceVersion },
      { name: 'source_updated_at', type: 'timestamptz', of: (row) => time(row.sourceUpdatedAt) },
      { name: 'late', type: 'boolean', of: (row) => row.late },
      { name: 'source_rows', type: 'text', cast: 'integer[]', of: (row) => (row.rows ? arrayOf(row.rows) : null) },
      { name: 'raw', type: 'bytea', of: (row) => row.raw },
      { name: 'snapshot', type: 'jsonb', of: (row) => row.snapshot },
    ],
  })
}

/** Keeps our reading of a version that is about to be replaced. */
export async function keepSnapshot(tx: Tx, source: Source, key: SaleKey, snapshot: string): Promise<void> {
  await sql`
    update pos.sale_revisions set snapshot = ${snapshot}::jsonb
    where tenant_id = ${source.tenantId} and sale_id = ${key.saleId} and filed_on = ${key.filedOn}::date
      and version = ${key.version}`.execute(tx)
}

function jsonOrNull(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list, bigintsAsText)
}
