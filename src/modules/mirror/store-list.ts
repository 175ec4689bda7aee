import { sql } from 'kysely'
import type { Sale } from '#canon/sale.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'

/** What a list of sales may be narrowed to; everything given must hold. Amounts are minor units of the sale's currency. */
export type SaleFilter = {
  /** Instants: sold at or after, sold before. */
  readonly from?: Instant
  readonly to?: Instant
  /** Business days, both inclusive. */
  readonly fromDay?: LocalDate
  readonly toDay?: LocalDate
  readonly siteIds?: readonly Id[]
  readonly connectionIds?: readonly Id[]
  readonly posSystem?: string
  readonly statuses: readonly Sale['status'][]
  /** An article's name or id. */
  readonly item?: string
  readonly amountMin?: bigint
  readonly amountMax?: bigint
  /** Looked for in receipt number, external id, staff and register. */
  readonly text?: string
  readonly batchId?: Id
}

/** Newest first: day, then moment, then id. */
export type SalePosition = { readonly businessDate: LocalDate; readonly soldAt: Instant; readonly id: Id }

/** Ids of one page and where it ends, in list order; at most `limit`. */
export async function listSaleIds(
  tx: Tx,
  tenantId: TenantId,
  filter: SaleFilter,
  page: { readonly limit: number; readonly after: SalePosition | null },
): Promise<SalePosition[]> {
  const terms = [sql`s.tenant_id = ${tenantId}`, sql`s.status = any(${arrayOf(filter.statuses)}::text[])`]
  if (filter.fromDay !== undefined) terms.push(sql`s.business_date >= ${filter.fromDay}::date`)
  if (filter.toDay !== undefined) terms.push(sql`s.business_date <= ${filter.toDay}::date`)
  if (filter.from !== undefined) {
    // A business day lies within two days of its moments, so the index by day narrows a range of moments too.
    terms.push(sql`s.sold_at >= ${instantText(filter.from)}::timestamptz`)
    terms.push(sql`s.business_date >= (${instantText(filter.from)}::timestamptz at time zone 'UTC')::date - 2`)
  }
  if (filter.to !== undefined) {
    terms.push(sql`s.sold_at < ${instantText(filter.to)}::timestamptz`)
    terms.push(sql`s.business_date <= (${instantText(filter.to)}::timestamptz at time zone 'UTC')::date + 2`)
  }
  if (filter.siteIds !== undefined) terms.push(sql`s.site_id = any(${arrayOf(filter.siteIds)}::uuid[])`)
  if (filter.connectionIds !== undefined)
    terms.push(sql`s.connection_id = any(${arrayOf(filter.connectionIds)}::uuid[])`)
  if (filter.posSystem !== undefined) terms.push(sql`s.pos_system = ${filter.posSystem}`)
  if (filter.batchId !== undefined) terms.push(sql`s.batch_id = ${filter.batchId}`)
  if (filter.amountMin !== undefined) terms.push(sql`s.total >= ${filter.amountMin.toString()}::bigint`)
  if (filter.amountMax !== undefined) terms.push(sql`s.total <= ${filter.amountMax.toString()}::bigint`)
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    terms.push(
      sql`(s.number ilike ${like} or s.external_id ilike ${like} or s.staff ilike ${like} or s.register ilike ${like})`,
    )
  }
  if (filter.item !== undefined) terms.push(...(await soldTerms(tx, tenantId, filter.item)))
  if (page.after !== null) {
    const { businessDate, soldAt, id } = page.after
    terms.push(
      sql`(s.business_date, s.sold_at, s.id) < (${businessDate}::date, ${instantText(soldAt)}::timestamptz, ${id}::uuid)`,
    )
  }
  const { rows } = await sql<{ id: Id; business_date: LocalDate; sold_at: Instant }>`
    select s.id, s.business_date, s.sold_at from pos.transactions s
    where ${sql.join(terms, sql` and `)}
    order by s.business_date desc, s.sold_at desc, s.id desc
    limit ${page.limit}`.execute(tx)
  return rows.map((row) => ({ id: row.id, businessDate: row.business_date, soldAt: row.sold_at }))
}

/**
 * An item is looked up as an article first; the roll-up then says on which days it sold, so that a rare item does not
 * make the list walk through years of sales without it. Open and voided sales are not in the roll-up: with an item
 * given, a list of those walks.
 */
async function soldTerms(tx: Tx, tenantId: TenantId, item: string) {
  const { rows } = await sql<{ id: Id }>`
    select id from pos.articles where tenant_id = ${tenantId} and (lower(name) = lower(${item}) or id::text = ${item})`.execute(
    tx,
  )
  const ids = arrayOf(rows.map((row) => row.id))
  return [
    sql`(s.status <> 'closed' or s.business_date in (
      select d.business_date from pos.daily_items d
      where d.tenant_id = ${tenantId} and d.article_id = any(${ids}::uuid[])))`,
    sql`exists (
      select from pos.transaction_items i
      where i.tenant_id = s.tenant_id and i.sale_id = s.id and i.filed_on = s.filed_on
        and i.article_id = any(${ids}::uuid[]))`,
  ]
}
