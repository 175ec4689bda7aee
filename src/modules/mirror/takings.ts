import { sql } from 'kysely'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Instant, instantText, type LocalDate, localDate } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { BookFigures } from '../../../connectors/contract.ts'

// Money that changed hands between two instants, as a provider's own figures count it: by the moment of each payment and
// refund, whatever business day its sale has. What an exchange set off against new goods never changed hands:
// neither the payment nor the refund of it counts.

export type TakingsAsked = {
  readonly connectionId: Id
  readonly siteId: Id
  readonly from: Instant
  /** Not included. */
  readonly to: Instant
}

/** A sale may be filed under a day that lies before its payment: a tab, an upload that was offline. */
const FILED_BEFORE_DAYS = 45

/** One line for each currency in which anything moved. */
export async function takingsBetween(tx: Tx, tenantId: TenantId, asked: TakingsAsked): Promise<BookFigures[]> {
  const [from, to] = [instantText(asked.from), instantText(asked.to)]
  const filedFrom = addDays(localDate(from.slice(0, 10)), -FILED_BEFORE_DAYS)
  const filedTo = addDays(localDate(to.slice(0, 10)), 2)
  const { rows } = await sql<TakingsRow>`
    with paid as (
      select t.currency, count(*) filter (where not netted.yes) as payments,
        sum(p.amount) filter (where not netted.yes) as paid, sum(p.tip) filter (where not netted.yes) as tips,
        sum(p.amount) filter (where netted.yes) as netted, count(*) filter (where netted.yes) as exchanges
      from pos.transactions t
      join pos.transaction_payments p on p.tenant_id = t.tenant_id and p.sale_id = t.id and p.filed_on = t.filed_on
      cross join lateral (select p.brand is not distinct from 'EXCHANGE' as yes) netted
      where t.tenant_id = ${tenantId} and t.connection_id = ${asked.connectionId} and t.site_id = ${asked.siteId}
        and t.filed_on between ${filedFrom} and ${filedTo} and t.status <> 'voided'
        and coalesce(p.paid_at, t.sold_at) >= ${from} and coalesce(p.paid_at, t.sold_at) < ${to}
      group by t.currency
    ), returned as (
      select currency, count(*) as refunds, sum(amount) as refunded
      from pos.refunds
      where tenant_id = ${tenantId} and connection_id = ${asked.connectionId} and site_id = ${asked.siteId}
        and refunded_at >= ${from} and refunded_at < ${to}
        and filed_on between ${filedFrom} and ${filedTo}
      group by currency
    )
    select currency, coalesce(payments, 0) as payments, coalesce(paid, 0) as paid, coalesce(tips, 0) as tips,
      coalesce(refunds, 0) - coalesce(exchanges, 0) as refunds,
      coalesce(refunded, 0) - coalesce(netted, 0) as refunded
    from paid full join returned using (currency) order by currency`.execute(tx)
  return rows.map((row) => ({
    currency: row.currency,
    payments: Number(row.payments),
    paid: BigInt(row.paid),
    tips: BigInt(row.tips),
    refunds: Number(row.refunds),
    refunded: BigInt(row.refunded),
  }))
}

type TakingsRow = {
  currency: CurrencyCode
  payments: bigint | string
  paid: bigint | string
  tips: bigint | string
  refunds: bigint | string
  refunded: bigint | string
}

/** The first business day of which a tenant has anything; null when it has nothing. */
export async function firstDayOf(tx: Tx, tenantId: TenantId): Promise<LocalDate | null> {
  const { rows } = await sql<{ first: LocalDate | null }>`
    select min(business_date) as first from pos.daily_sales where tenant_id = ${tenantId}`.execute(tx)
  return rows[0]?.first ?? null
}
