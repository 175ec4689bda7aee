import { type RawBuilder, sql } from 'kysely'
import type { Decimal } from '#kernel/decimal.ts'
import { addDays, type LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Filter } from './selection.ts'
import type { DaySums, FigureSums, HourSums, ItemSums, Period, SiteSums, TenderSums } from './sums.ts'
import { earlierOf, type Window } from './window.ts'

// Sums over the roll-ups that the mirror publishes as views; no query here ever touches a sale. Sums of bigint are
// numeric in PostgreSQL and are cast back, so that they come out as exact integers.

/** An item that last sold longer ago than this is gone, not slow. */
export const SLOW_LOOKBACK_DAYS = 400

// Net sales in SQL, as netOf of sums.ts.
const NET = sql`(gross - discount - tax_included - (refunded - refunded_tax - refunded_tip))`

export async function readSums(tx: Tx, filter: Filter, window: Window, compare: Window): Promise<FigureSums> {
  return {
    sites: await siteSums(tx, filter, { window, compare }),
    days: await daySums(tx, filter, window, compare),
    hours: await hourSums(tx, filter, window),
    items: await itemSums(tx, filter, window),
    tenders: await tenderSums(tx, filter, window),
  }
}

/** The tenant, the places and the system; the tenant is said aloud so that every index begins with it. */
export function narrowed(filter: Filter): RawBuilder<unknown> {
  const terms = [sql`tenant_id = ${filter.tenantId}::uuid`]
  if (filter.siteIds !== null) terms.push(sql`site_id = any(${arrayOf(filter.siteIds)}::uuid[])`)
  if (filter.posSystem !== null) terms.push(sql`pos_system = ${filter.posSystem}`)
  return sql.join(terms, sql` and `)
}

export function within({ from, to }: Window): RawBuilder<unknown> {
  return sql`business_date between ${from}::date and ${to}::date`
}

// The two windows may overlap (400 days against last year), so each day is joined to every window that it lies in.
async function siteSums(tx: Tx, filter: Filter, windows: Readonly<Record<Period, Window>>): Promise<SiteSums[]> {
  const { window, compare } = windows
  const { rows } = await sql<SiteSums>`
    select p.period, currency, site_id as "siteId",
      sum(sales)::bigint as sales, sum(unpriced)::bigint as unpriced, sum(voided)::bigint as voided, sum(units) as units,
      sum(gross)::bigint as gross, sum(discount)::bigint as discount, sum(tax_added)::bigint as "taxAdded",
      sum(tax_included)::bigint as "taxIncluded", sum(service_charge)::bigint as "serviceCharge",
      sum(tip)::bigint as tip, sum(rounding)::bigint as rounding, sum(deferred)::bigint as deferred,
      sum(total)::bigint as total, sum(refunds)::bigint as refunds, sum(refunded)::bigint as refunded,
      sum(refunded_tax)::bigint as "refundedTax", sum(refunded_tip)::bigint as "refundedTip"
    from (values ('window', ${window.from}::date, ${window.to}::date), ('compare', ${compare.from}::date, ${compare.to}::date))
      as p (period, first, last)
    join pos.daily_figures on business_date between p.first and p.last
    where ${narrowed(filter)}
    group by p.period, currency, site_id`.execute(tx)
  return rows
}

async function daySums(tx: Tx, filter: Filter, window: Window, compare: Window): Promise<DaySums[]> {
  const { rows } = await sql<DaySums>`
    select business_date as date, currency, sum(${NET})::bigint as net, sum(sales)::bigint as sales, sum(units) as units
    from pos.daily_figures
    where ${narrowed(filter)} and (${within(window)} or ${within(compare)})
    group by business_date, currency`.execute(tx)
  return rows
}

async function hourSums(tx: Tx, filter: Filter, window: Window): Promise<HourSums[]> {
  const { rows } = await sql<HourSums>`
    select extract(isodow from business_date)::integer as weekday, hour, currency,
      sum(${NET})::bigint as net, sum(sales)::bigint as sales
    from pos.hourly_figures
    where ${narrowed(filter)} and ${within(window)}
    group by 1, 2, 3
    having sum(sales) <> 0 or sum(refunds) <> 0
    order by 1, 2`.execute(tx)
  return rows
}

async function itemSums(tx: Tx, filter: Filter, window: Window): Promise<ItemSums[]> {
  const lookback = addDays(window.to, 1 - SLOW_LOOKBACK_DAYS)
  const reach: Window = { from: earlierOf(lookback, window.from), to: window.to }
  const here = sql`filter (where business_date >= ${window.from}::date)`
  const { rows } = await sql<{
    currency: string
    name: string | null
    variant: string | null
    category: string | null
    quantity: Decimal | null
    net: bigint | null
    amountless: boolean
    lastSoldOn: LocalDate
  }>`
    select currency, name, variant, category, sum(quantity) ${here} as quantity,
      (sum(gross - discount - tax_included - (refunded - refunded_tax)) ${here})::bigint as net,
      coalesce(bool_and(gross = 0 and discount = 0 and refunded = 0) ${here}, false) as amountless,
      max(business_date) filter (where lines > 0) as "lastSoldOn"
    from pos.item_figures
    where ${narrowed(filter)} and ${within(reach)}
    group by currency, name, variant, category
    having max(business_date) filter (where lines > 0) is not null`.execute(tx)
  return rows.map((row) => ({ ...row, quantity: row.quantity ?? ('0' as Decimal), net: row.net ?? 0n }))
}

async function tenderSums(tx: Tx, filter: Filter, window: Window): Promise<TenderSums[]> {
  const { rows } = await sql<TenderSums>`
    select currency, tender, sum(payments)::bigint as payments, sum(amount)::bigint as amount,
      sum(refunded)::bigint as refunded
    from pos.tender_figures
    where ${narrowed(filter)} and ${within(window)}
    group by currency, tender
    having sum(payments) <> 0 or sum(refunds) <> 0`.execute(tx)
  return rows
}
