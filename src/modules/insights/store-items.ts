import { sql } from 'kysely'
import type { Decimal } from '#kernel/decimal.ts'
import { addDays, type LocalDate } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Filter } from './selection.ts'
import { narrowed, within } from './store-terms.ts'
import type { ItemSums } from './sums.ts'
import { earlierOf, monthStart, monthsOf, type Window } from './window.ts'

/** An item that last sold longer ago than this is gone, not slow. */
export const SLOW_LOOKBACK_DAYS = 400

/**
 * Items by name, variant and category. Whole months of the window come from the roll-up by month and the odd days at its
 * ends from the one by day. What sold earlier, and in the window not at all, is found by month too; the exact day of the
 * last sale decides whether it still counts.
 */
export async function itemSums(tx: Tx, filter: Filter, window: Window): Promise<ItemSums[]> {
  const lookback = earlierOf(addDays(window.to, 1 - SLOW_LOOKBACK_DAYS), window.from)
  const { months, days } = monthsOf(window)
  const item = sql`currency, article_id, name, variant, category`
  const figures = sql`lines, quantity, gross, gross - discount - tax_included - (refunded - refunded_tax) as net`
  const oddDays = days.map(
    (odd) =>
      sql`union all select ${item}, ${figures} from pos.item_figures where ${narrowed(filter)} and ${within(odd)}`,
  )
  const wholeMonths =
    months === null
      ? sql``
      : sql`union all select ${item}, ${figures} from pos.item_month_figures
          where ${narrowed(filter)} and month between ${months.from}::date and ${months.to}::date`
  const { rows } = await sql<{
    currency: string
    name: string | null
    variant: string | null
    category: string | null
    quantity: Decimal
    net: bigint
    amountless: boolean
    lastSoldOn: LocalDate
  }>`
    with part as (
      select distinct ${item}, 0::bigint as lines, 0::numeric as quantity, 0::bigint as gross, 0::bigint as net
      from pos.item_month_figures
      where ${narrowed(filter)} and lines > 0
        and month between ${monthStart(lookback)}::date and ${window.to}::date
      ${wholeMonths}
      ${sql.join(oddDays, sql` `)}
    ), article as materialized (
      select ${item}, sum(quantity) as quantity, sum(net) as net, bool_and(gross = 0) as amountless
      from part group by ${item}
    )
    select currency, name, variant, category, sum(quantity) as quantity, sum(net)::bigint as net,
      bool_and(amountless) as amountless, max(last_sold_on) as "lastSoldOn"
    from article
    cross join lateral (
      select business_date as last_sold_on from pos.item_figures sold
      where ${narrowed(filter)} and sold.article_id = article.article_id and sold.currency = article.currency
        and business_date between ${lookback}::date and ${window.to}::date and sold.lines > 0
      order by business_date desc limit 1
    ) as last
    group by currency, name, variant, category`.execute(tx)
  return rows
}
