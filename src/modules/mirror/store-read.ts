import { sql } from 'kysely'
import type { Modifier, Payment, RefundItem, Sale, SaleItem, SalePart, Tax, Tender } from '#canon/sale.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Decimal } from '#kernel/decimal.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { FiledRefund, FiledSale } from './filing.ts'
import type { Span } from './store-write.ts'

/** A sale as stored, with what a list or a page shows beside the sale itself. */
export type StoredSale = FiledSale & {
  readonly connectionId: Id
  readonly posSystem: string
  readonly identity: 'holds' | 'differs' | 'incomplete'
  readonly difference: bigint | null
  readonly soldAt: Instant
  readonly recordedAt: Instant
  /** Whose word it stands by; null for a live one. */
  readonly batchId: Id | null
}

export type StoredRefund = FiledRefund & { readonly unallocated: bigint }

type SaleRecord = {
  id: Id
  filed_on: LocalDate
  connection_id: Id
  pos_system: string
  site_id: Id
  external_id: string
  version: number
  number: string | null
  register: string | null
  staff: string | null
  channel: string | null
  customer: string | null
  status: Sale['status']
  currency: CurrencyCode
  opened_at: Instant
  closed_at: Instant | null
  sold_at: Instant
  time_precision: Sale['timePrecision']
  business_date: LocalDate
  business_hour: number
  gross: bigint | null
  discount: bigint
  tax_added: bigint
  tax_included: bigint
  service_charge: bigint
  tip: bigint
  rounding: bigint
  deferred: bigint
  total: bigint | null
  refunded: bigint
  identity: StoredSale['identity']
  difference: bigint | null
  recorded_at: Instant
  batch_id: Id | null
}

type ItemRecord = {
  sale_id: Id
  kind: SaleItem['kind']
  external_id: string | null
  article_id: Id
  article_external_id: string | null
  sku: string | null
  name: string | null
  variant: string | null
  category: string | null
  quantity: Decimal
  unit_price: bigint | null
  gross: bigint | null
  discount: bigint
  modifiers: { name: string; quantity: Decimal; price: string }[] | null
  taxes: { name: string | null; rate: Decimal | null; amount: string; included: boolean }[] | null
}

type PaymentRecord = {
  sale_id: Id
  external_id: string | null
  tender: Tender
  brand: string | null
  last4: string | null
  amount: bigint
  tip: bigint
  fee: bigint | null
  paid_at: Instant | null
}

/**
 * Sales by their ids, whole but for refunds, in the order of the ids. Ids that are not there are left out. Who knows the
 * days under which they are filed says so: then only the partitions of these days are looked into.
 */
export async function readSales(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly Id[],
  filed: Span | null = null,
): Promise<StoredSale[]> {
  if (ids.length === 0) return []
  const wanted = arrayOf(ids)
  const days = (column: string) =>
    filed === null ? sql`` : sql`and ${sql.raw(column)} between ${filed.first}::date and ${filed.last}::date`
  const sales = await sql<SaleRecord>`
    select * from pos.transactions
    where tenant_id = ${tenantId} and id = any(${wanted}::uuid[]) ${days('filed_on')}`.execute(tx)
  const items = await sql<ItemRecord>`
    select i.*, a.external_id as article_external_id
    from pos.transaction_items i
    join pos.articles a on a.tenant_id = i.tenant_id and a.id = i.article_id
    where i.tenant_id = ${tenantId} and i.sale_id = any(${wanted}::uuid[]) ${days('i.filed_on')}
    order by i.sale_id, i.position`.execute(tx)
  const payments = await sql<PaymentRecord>`
    select * from pos.transaction_payments
    where tenant_id = ${tenantId} and sale_id = any(${wanted}::uuid[]) ${days('filed_on')}
    order by sale_id, position`.execute(tx)
  const itemsBySale = Map.groupBy(items.rows, (row) => row.sale_id)
  const paymentsBySale = Map.groupBy(payments.rows, (row) => row.sale_id)
  const byId = new Map(
    sales.rows.map((row) => [row.id, storedSale(row, itemsBySale.get(row.id) ?? [], paymentsBySale.get(row.id) ?? [])]),
  )
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function storedSale(row: SaleRecord, items: readonly ItemRecord[], payments: readonly PaymentRecord[]): StoredSale {
  const sale: Sale = {
    externalId: row.external_id,
    number: row.number,
    // The place of sale was mapped to a site when the sale was filed; the source's own word for it is in the raw.
    location: null,
    register: row.register,
    staff: row.staff,
    channel: row.channel,
    customer: row.customer,
    status: row.status,
    currency: row.currency,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    timePrecision: row.time_precision,
    gross: row.gross,
    discount: row.discount,
    taxAdded: row.tax_added,
    taxIncluded: row.tax_included,
    serviceCharge: row.service_charge,
    tip: row.tip,
    rounding: row.rounding,
    deferred: row.deferred,
    total: row.total,
    items: items.map(saleItem),
    payments: payments.map(salePayment),
    refunds: [],
  }
  return {
    id: row.id,
    filedOn: row.filed_on,
    version: row.version,
    siteId: row.site_id,
    businessDate: row.business_date,
    businessHour: row.business_hour,
    refunded: row.refunded,
    sale,
    articleIds: items.map((item) => item.article_id),
    connectionId: row.connection_id,
    posSystem: row.pos_system,
    identity: row.identity,
    difference: row.difference,
    soldAt: row.sold_at,
    recordedAt: row.recorded_at,
    batchId: row.batch_id,
  }
}

function saleItem(row: ItemRecord): SaleItem {
  const { sku, name, variant, category } = row
  const modifiers = (row.modifiers ?? []).map((one): Modifier => ({ ...one, price: BigInt(one.price) }))
  const taxes = (row.taxes ?? []).map((one): Tax => ({ ...one, amount: BigInt(one.amount) }))
  return {
    externalId: row.external_id,
    article: { externalId: row.article_external_id, sku, name, variant, category },
    quantity: row.quantity,
    unitPrice: row.unit_price,
    gross: row.gross,
    discount: row.discount,
    modifiers,
    taxes,
    kind: row.kind,
  }
}

function salePayment(row: PaymentRecord): Payment {
  const { tender, brand, last4, amount, tip, fee } = row
  return { externalId: row.external_id, tender, brand, last4, amount, tip, fee, paidAt: row.paid_at }
}

type RefundRecord = {
  id: Id
  filed_on: LocalDate
  site_id: Id
  external_id: string
  sale_id: Id | null
  sale_external_id: string | null
  currency: string
  refunded_at: Instant
  business_date: LocalDate
  business_hour: number
  amount: bigint
  tax: bigint
  tip: bigint
  tender: Tender
  reason: string | null
  items: (Omit<RefundItem, 'amount' | 'tax'> & { amount: string; tax: string; articleId: Id })[]
  unallocated: bigint
}

export async function readRefundsOfSales(tx: Tx, tenantId: TenantId, saleIds: readonly Id[]): Promise<StoredRefund[]> {
  if (saleIds.length === 0) return []
  const { rows } = await sql<RefundRecord>`
    select * from pos.refunds
    where tenant_id = ${tenantId} and sale_id = any(${arrayOf(saleIds)}::uuid[])
    order by refunded_at, id`.execute(tx)
  return rows.map(storedRefund)
}

export async function readRefunds(tx: Tx, tenantId: TenantId, ids: readonly Id[]): Promise<StoredRefund[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<RefundRecord>`
    select * from pos.refunds where tenant_id = ${tenantId} and id = any(${arrayOf(ids)}::uuid[])`.execute(tx)
  return rows.map(storedRefund)
}

function storedRefund(row: RefundRecord): StoredRefund {
  return {
    id: row.id,
    filedOn: row.filed_on,
    saleId: row.sale_id,
    saleExternalId: row.sale_external_id,
    siteId: row.site_id,
    businessDate: row.business_date,
    businessHour: row.business_hour,
    currency: row.currency,
    unallocated: row.unallocated,
    articleIds: row.items.map((item) => item.articleId),
    refund: {
      externalId: row.external_id,
      refundedAt: row.refunded_at,
      amount: row.amount,
      tax: row.tax,
      tip: row.tip,
      tender: row.tender,
      reason: row.reason,
      items: row.items.map((item) => ({
        saleItemExternalId: item.saleItemExternalId,
        article: item.article,
        quantity: item.quantity,
        amount: BigInt(item.amount),
        tax: BigInt(item.tax),
      })),
    },
  }
}

export type StoredRevision = {
  readonly version: number
  readonly recordedAt: Instant
  readonly sourceVersion: bigint | null
  readonly sourceUpdatedAt: Instant | null
  readonly late: boolean
  /** Null for what stood after a batch was taken back. */
  readonly part: SalePart | null
  readonly withdrawnAt: Instant | null
  readonly batchId: Id | null
  readonly rows: readonly number[] | null
  readonly raw: Uint8Array | null
  readonly snapshot: unknown
}

export async function readRevisions(tx: Tx, tenantId: TenantId, saleId: Id): Promise<StoredRevision[]> {
  const { rows } = await sql<{
    version: number
    recorded_at: Instant
    source_version: bigint | null
    source_updated_at: Instant | null
    late: boolean
    part: SalePart | null
    withdrawn_at: Instant | null
    batch_id: Id | null
    source_rows: number[] | null
    raw: Uint8Array | null
    snapshot: unknown
  }>`
    select version, recorded_at, source_version, source_updated_at, late, part, withdrawn_at, batch_id,
      source_rows, raw, snapshot
    from pos.sale_revisions where tenant_id = ${tenantId} and sale_id = ${saleId} order by version desc`.execute(tx)
  return rows.map((row) => ({
    version: row.version,
    recordedAt: row.recorded_at,
    sourceVersion: row.source_version,
    sourceUpdatedAt: row.source_updated_at,
    late: row.late,
    part: row.part,
    withdrawnAt: row.withdrawn_at,
    batchId: row.batch_id,
    rows: row.source_rows,
    raw: row.raw,
    snapshot: row.snapshot,
  }))
}
