import { sql } from 'kysely'
import type { IdentityCheck } from '#canon/money-identity.ts'
import type { Payment, SaleItem } from '#canon/sale.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf, type Column, type Constant, insertStatement, type Statement } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { statementOf } from '#platform/postgres/together.ts'
import type { FiledSale, Source } from './filing.ts'
import { bigintsAsText } from './snapshot.ts'

/** A sale on its way into the tables. */
export type SaleRow = FiledSale & {
  readonly identity: IdentityCheck
  /** Whose word it stands by; null for a live one. */
  readonly batchId: Id | null
}

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

/** The statements that store new sales with their items and payments, in order. */
export function saleInserts(source: Source, rows: readonly SaleRow[]): readonly (() => Statement | null)[] {
  const batch = { name: 'batch_id', type: 'uuid', value: source.batchId }
  return [
    () =>
      insertStatement(rows, {
        into: 'pos.transactions',
        constants: [...saleConstants(source), batch],
        columns: SALE_COLUMNS,
      }),
    () => itemInsert(source, rows),
    () => paymentInsert(source, rows),
  ]
}

/** How many rows the sales are in all. */
export function linesOf(rows: readonly SaleRow[]): number {
  return rows.reduce((sum, { sale }) => sum + 1 + sale.items.length + sale.payments.length, 0)
}

/** A sale that takes the place of what stands under its id; lines and payments that stay as they are are left alone. */
export type Replacing = { readonly row: SaleRow; readonly itemsChange: boolean; readonly paymentsChange: boolean }

export function saleReplacements(source: Source, replacing: readonly Replacing[]): readonly (() => Statement | null)[] {
  const rowsWhere = (holds: (one: Replacing) => boolean) => replacing.filter(holds).map(({ row }) => row)
  const batch: Column<SaleRow> = { name: 'batch_id', type: 'uuid', of: (row) => row.batchId }
  return [
    () =>
      insertStatement(
        rowsWhere(() => true),
        {
          into: 'pos.transactions',
          constants: saleConstants(source),
          columns: [...SALE_COLUMNS, batch],
          suffix: REPLACE_SALE,
        },
      ),
    () =>
      itemInsert(
        source,
        rowsWhere((one) => one.itemsChange),
      ),
    () =>
      paymentInsert(
        source,
        rowsWhere((one) => one.paymentsChange),
      ),
  ]
}

function saleConstants(source: Source): Constant[] {
  return [
    tenantOf(source),
    { name: 'connection_id', type: 'uuid', value: source.connectionId },
    { name: 'pos_system', type: 'text', value: source.posSystem },
    { name: 'recorded_at', type: 'timestamptz', value: instantText(source.now) },
  ]
}

type Filed = { readonly id: Id; readonly filedOn: LocalDate }
export type SaleTable = 'pos.transactions' | 'pos.transaction_items' | 'pos.transaction_payments'

/** Month by month, so that each statement looks into the one partition that has the rows. */
export function rowRemovals(tx: Tx, tenantId: TenantId, table: SaleTable, rows: readonly Filed[]): Statement[] {
  const id = sql.raw(table === 'pos.transactions' ? 'id' : 'sale_id')
  return byMonth(rows, (row) => row.filedOn).map(({ first, last, rows: month }) =>
    statementOf(
      tx,
      sql`
        delete from ${sql.raw(table)}
        where tenant_id = ${tenantId} and ${id} = any(${arrayOf(month.map((row) => row.id))}::uuid[])
          and filed_on between ${first}::date and ${last}::date`,
    ),
  )
}

/** Hands sales that stay as they are on to another batch. */
export async function handOn(
  tx: Tx,
  source: Source,
  sales: readonly (Filed & { readonly batchId: Id | null })[],
): Promise<void> {
  for (const { first, last, rows } of byMonth(sales, (row) => row.filedOn)) {
    await sql`
      update pos.transactions t set batch_id = v.batch_id
      from unnest(
        ${arrayOf(rows.map((row) => row.id))}::uuid[],
        ${arrayOf(rows.map((row) => row.filedOn))}::date[],
        ${arrayOf(rows.map((row) => row.batchId))}::uuid[]
      ) as v (id, filed_on, batch_id)
      where t.tenant_id = ${source.tenantId} and t.id = v.id and t.filed_on = v.filed_on
        and t.filed_on between ${first}::date and ${last}::date`.execute(tx)
  }
}

type Month<Row> = { readonly first: LocalDate; readonly last: LocalDate; readonly rows: readonly Row[] }

/** Rows by the month of the partition that they lie in, each with the first and the last of its days. */
export function byMonth<Row>(rows: readonly Row[], dayOf: (row: Row) => LocalDate): Month<Row>[] {
  const months = Map.groupBy(rows, (row) => dayOf(row).slice(0, 7))
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, of]) => ({ ...spanOf(of, dayOf), rows: of }))
}

export type Span = { readonly first: LocalDate; readonly last: LocalDate }

/** The first and the last day of rows, of which there is at least one. */
export function spanOf<Row>(rows: readonly Row[], dayOf: (row: Row) => LocalDate): Span {
  const days = rows.map(dayOf)
  const pick = (before: (a: LocalDate, b: LocalDate) => boolean) =>
    days.reduce((best, day) => (before(day, best) ? day : best))
  return { first: pick((a, b) => a < b), last: pick((a, b) => a > b) }
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
      { name: 'fee', type: 'bigint', of: ({ payment }) => payment.fee },
      { name: 'paid_at', type: 'timestamptz', of: ({ payment }) => time(payment.paidAt) },
    ],
  })
}

function jsonOrNull(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list, bigintsAsText)
}
