import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ConnectionSpan, Filter } from './selection.ts'
import { narrowed, within } from './store-terms.ts'
import type { Window } from './window.ts'

// What is known of the sources themselves: how far their data reach, and how new they are.

export async function readSpans(tx: Tx, filter: Filter): Promise<ConnectionSpan[]> {
  const here = filter.siteIds === null ? sql`true` : sql`site_id = any(${arrayOf(filter.siteIds)}::uuid[])`
  const { rows } = await sql<{
    connectionId: Id
    first: LocalDate
    last: LocalDate
    firstHere: LocalDate | null
    lastHere: LocalDate | null
  }>`
    select connection_id as "connectionId", min(business_date) as first, max(business_date) as last,
      min(business_date) filter (where ${here}) as "firstHere", max(business_date) filter (where ${here}) as "lastHere"
    from pos.daily_figures
    where tenant_id = ${filter.tenantId}::uuid and (sales <> 0 or refunds <> 0 or voided <> 0)
    group by connection_id`.execute(tx)
  return rows.map(({ connectionId, first, last, firstHere, lastHere }) => ({
    connectionId,
    span: { from: first, to: last },
    spanHere: firstHere === null || lastHere === null ? null : { from: firstHere, to: lastHere },
  }))
}

export type ConnectionTotals = {
  readonly connectionId: Id
  readonly firstDay: LocalDate
  readonly lastDay: LocalDate
  readonly sales: bigint
  readonly refunds: bigint
  readonly voided: bigint
  readonly unpriced: bigint
  /** Null when the newest day holds refunds alone. */
  readonly newestSaleAt: Instant | null
  readonly newestSaleStoredAt: Instant | null
}

/** Everything that each connection ever brought, counted. The newest sale is looked for on the newest day alone. */
export async function readTotals(tx: Tx, tenantId: TenantId): Promise<ConnectionTotals[]> {
  const { rows } = await sql<ConnectionTotals>`
    with total as materialized (
      select connection_id as "connectionId", min(business_date) as "firstDay", max(business_date) as "lastDay",
        sum(sales)::bigint as sales, sum(refunds)::bigint as refunds, sum(voided)::bigint as voided,
        sum(unpriced)::bigint as unpriced
      from pos.daily_figures
      where tenant_id = ${tenantId}::uuid and (sales <> 0 or refunds <> 0 or voided <> 0)
      group by connection_id
    )
    select total.*, newest.*
    from total
    cross join lateral (
      select max(sold_at) as "newestSaleAt", max(recorded_at) as "newestSaleStoredAt"
      from pos.sold_sales
      where tenant_id = ${tenantId}::uuid and business_date = total."lastDay"
        and connection_id = total."connectionId"
    ) as newest`.execute(tx)
  return rows
}

/** The currency with the most closed sales; null when there is none. */
export async function findLeadCurrency(tx: Tx, filter: Filter, window: Window): Promise<string | null> {
  const { rows } = await sql<{ currency: string }>`
    select currency from pos.daily_figures where ${narrowed(filter)} and ${within(window)}
    group by currency order by sum(sales) desc, currency limit 1`.execute(tx)
  return rows[0]?.currency ?? null
}
