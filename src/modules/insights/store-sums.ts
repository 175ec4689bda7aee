import { sql } from 'kysely'
import type { Tx } from '#platform/postgres/database.ts'
import type { Filter } from './selection.ts'
import { itemSums } from './store-items.ts'
import { narrowed, within } from './store-terms.ts'
import type { DaySums, FigureSums, HourSums, Period, SiteSums, TenderSums } from './sums.ts'
import type { Window } from './window.ts'

// Sums over the roll-ups that the mirror publishes as views; no query here ever touches a sale. Sums of bigint are
// numeric in PostgreSQL and are cast back, so that they come out as exact integers.

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
