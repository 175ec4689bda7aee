import { checkIdentity } from '#canon/money-identity.ts'
import type { CurrencyCode } from '#kernel/currency.ts'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { findLocalDate, type Instant, instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { type Minor, type WireMoney, wireMoney } from '#kernel/money.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { listSaleIds, type SaleFilter, type SalePosition } from './store-list.ts'
import {
  readRefundsOfSales,
  readRevisions,
  readSales,
  type StoredRefund,
  type StoredRevision,
  type StoredSale,
} from './store-read.ts'
import type { WireRefund, WireSale, WireSaleDetail } from './wire.ts'

// Reading the mirror: sales as they stand, as the wire shows them.

export type SalePage = { readonly data: WireSale[]; readonly next_cursor: string | null }

/** One page of sales, newest first. Throws `cursor.unreadable`. */
export async function listSales(
  tx: Tx,
  tenantId: TenantId,
  filter: SaleFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<SalePage> {
  const after = page.cursor === null ? null : positionOf(page.cursor)
  // One more than asked for tells whether there is a next page.
  const found = await listSaleIds(tx, tenantId, filter, { limit: page.limit + 1, after })
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const data = await wireSales(
    tx,
    tenantId,
    shown.map((position) => position.id),
  )
  const more = found.length > page.limit && last !== undefined
  return { data, next_cursor: more ? cursorText([last.businessDate, last.soldAt, last.id]) : null }
}

export async function wireSales(tx: Tx, tenantId: TenantId, ids: readonly Id[]): Promise<WireSale[]> {
  const sales = await readSales(tx, tenantId, ids)
  const refunds = Map.groupBy(await readRefundsOfSales(tx, tenantId, ids), (refund) => refund.saleId)
  return sales.map((sale) => toWire(sale, refunds.get(sale.id) ?? []))
}

/** Throws `sale.missing`, or `sale.withdrawn` for one that stood until its import was taken back. */
export async function getSale(tx: Tx, tenantId: TenantId, saleId: string): Promise<WireSaleDetail> {
  const [sale] = isId(saleId) ? await readSales(tx, tenantId, [saleId]) : []
  if (sale === undefined) throw await absence(tx, tenantId, saleId)
  const refunds = await readRefundsOfSales(tx, tenantId, [sale.id])
  const revisions = await readRevisions(tx, tenantId, sale.id)
  return {
    ...toWire(sale, refunds),
    identity_reasons: [...checkIdentity(sale.sale).reasons],
    revisions: revisions.map((revision) => revisionToWire(revision, sale.version)),
  }
}

async function absence(tx: Tx, tenantId: TenantId, saleId: string): Promise<Fault> {
  const history = isId(saleId) ? await readRevisions(tx, tenantId, saleId) : []
  return history.length === 0
    ? new Fault('missing', 'sale.missing', { say: 'There is no sale with this id. The list of sales has the ids.' })
    : new Fault('missing', 'sale.withdrawn', {
        say: 'This sale was taken back together with the import that brought it. Import its file again to have it back.',
      })
}

// JavaScript knows days before the year 1 and after 9999; RFC 3339 and a database's date do not write them alike.
const FIRST_MOMENT = Date.parse('0001-01-01T00:00:00Z')
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z')

export function isStorableMoment(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= FIRST_MOMENT && ms <= LAST_MOMENT
}

export function isStorableDay(day: LocalDate): boolean {
  return day >= '0001-01-01'
}

function positionOf(cursor: string): SalePosition {
  const [day, soldAt, id] = readCursor(cursor, 3)
  const businessDate = findLocalDate(String(day))
  if (businessDate !== null && isStorableDay(businessDate) && isStorableMoment(Number(soldAt)) && isId(String(id))) {
    return { businessDate, soldAt: instant(Number(soldAt)), id: String(id) as Id }
  }
  throw new Fault('invalid', 'cursor.unreadable', { say: 'This cursor is not one that the list gave.' })
}

export function toWire(stored: Omit<StoredSale, 'batchId'>, refunds: readonly StoredRefund[]): WireSale {
  const { sale } = stored
  const money = (amount: Minor): WireMoney => wireMoney(amount, sale.currency)
  const moneyOrNull = (amount: Minor | null): WireMoney | null => (amount === null ? null : money(amount))
  return {
    id: stored.id,
    connection_id: stored.connectionId,
    pos_system: stored.posSystem,
    external_id: sale.externalId,
    number: sale.number,
    version: stored.version,
    location_id: stored.siteId,
    register: sale.register,
    staff: sale.staff,
    channel: sale.channel,
    customer: sale.customer,
    status: sale.status,
    currency: sale.currency,
    opened_at: instantText(sale.openedAt),
    closed_at: timeText(sale.closedAt),
    time_precision: sale.timePrecision,
    business_date: stored.businessDate,
    gross: moneyOrNull(sale.gross),
    discount: money(sale.discount),
    tax_added: money(sale.taxAdded),
    tax_included: money(sale.taxIncluded),
    service_charge: money(sale.serviceCharge),
    tip: money(sale.tip),
    rounding: money(sale.rounding),
    deferred: money(sale.deferred),
    total: moneyOrNull(sale.total),
    refunded: money(stored.refunded),
    identity: stored.identity,
    difference: moneyOrNull(stored.difference),
    items: sale.items.map((item, position) => ({
      position,
      external_id: item.externalId,
      kind: item.kind,
      article: {
        id: stored.articleIds[position] ?? null,
        external_id: item.article.externalId,
        sku: item.article.sku,
        name: item.article.name,
        variant: item.article.variant,
        category: item.article.category,
      },
      quantity: item.quantity,
      unit_price: moneyOrNull(item.unitPrice),
      gross: moneyOrNull(item.gross),
      discount: money(item.discount),
      modifiers: item.modifiers.map((one) => ({ name: one.name, quantity: one.quantity, price: money(one.price) })),
      taxes: item.taxes.map((tax) => ({ ...tax, amount: money(tax.amount) })),
    })),
    payments: sale.payments.map((payment) => ({
      external_id: payment.externalId,
      tender: payment.tender,
      brand: payment.brand,
      last4: payment.last4,
      amount: money(payment.amount),
      tip: money(payment.tip),
      fee: payment.fee === null ? null : money(payment.fee),
      paid_at: timeText(payment.paidAt),
    })),
    refunds: refunds.map(refundToWire),
  }
}

function refundToWire(stored: StoredRefund): WireRefund {
  const { refund } = stored
  const money = (amount: Minor): WireMoney => wireMoney(amount, stored.currency as CurrencyCode)
  return {
    id: stored.id,
    external_id: refund.externalId,
    refunded_at: instantText(refund.refundedAt),
    business_date: stored.businessDate,
    amount: money(refund.amount),
    tax: money(refund.tax),
    tip: money(refund.tip),
    tender: refund.tender,
    reason: refund.reason,
    unallocated: money(stored.unallocated),
    items: refund.items.map((item) => ({
      sale_item_external_id: item.saleItemExternalId,
      name: item.article.name,
      quantity: item.quantity,
      amount: money(item.amount),
      tax: money(item.tax),
    })),
  }
}

function revisionToWire(revision: StoredRevision, standing: number): WireSaleDetail['revisions'][number] {
  return {
    version: revision.version,
    recorded_at: instantText(revision.recordedAt),
    source_version: revision.sourceVersion?.toString() ?? null,
    source_updated_at: timeText(revision.sourceUpdatedAt),
    late: revision.late,
    part: revision.part,
    withdrawn_at: timeText(revision.withdrawnAt),
    stands: revision.version === standing,
    source: {
      import_id: revision.batchId,
      rows: revision.rows === null ? null : [...revision.rows],
      raw: revision.raw === null ? null : Buffer.from(revision.raw).toString('utf8'),
    },
    sale: revision.snapshot ?? null,
  }
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
