import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'

/** On how many of the days each connection has sales of the site already. */
export async function coveredDays(
  tx: Tx,
  tenantId: TenantId,
  siteId: Id,
  days: readonly LocalDate[],
): Promise<ReadonlyMap<Id, number>> {
  const { rows } = await sql<{ connectionId: Id; days: bigint }>`
    select connection_id as "connectionId", count(distinct business_date) as days from pos.daily_figures
    where tenant_id = ${tenantId} and site_id = ${siteId} and business_date = any(${arrayOf(days)}::date[]) and sales > 0
    group by connection_id`.execute(tx)
  return new Map(rows.map((row) => [row.connectionId, Number(row.days)]))
}
