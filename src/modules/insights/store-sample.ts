import { sql } from 'kysely'
import { add, type Decimal, ZERO } from '#kernel/decimal.ts'
import type { Id } from '#kernel/ids.ts'
import type { Instant, LocalDate } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { SAMPLE_SALES_MAX } from './baskets.ts'
import type { Filter } from './selection.ts'
import { narrowed, within } from './store-terms.ts'
import type { SampledSale } from './sums.ts'
import type { Window } from './window.ts'

// In two steps, because the second one may then name its days: only the months that hold the sample are opened.

type NewestSale = {
  readonly id: Id
  readonly filed_on: LocalDate
  readonly business_date: LocalDate
  readonly sold_at: Instant
  readonly customer: string | null
}

/** The newest closed sales of the window with what was in them. */
export async function readSample(tx: Tx, filter: Filter, window: Window): Promise<SampledSale[]> {
  const { rows: sales } = await sql<NewestSale>`
    select id, filed_on, business_date, sold_at, customer from pos.sold_sales
    where ${narrowed(filter)} and ${within(window)} and status = 'closed'
    order by business_date desc, sold_at desc, id desc
    limit ${SAMPLE_SALES_MAX}`.execute(tx)
  const linesOf = await readLines(tx, filter, sales)
  return sales.map(({ id, customer }) => {
    const lines = linesOf.get(id) ?? []
    return {
      customer,
      lines: lines.length,
      units: lines.reduce((sum, line) => add(sum, line.quantity), ZERO),
      items: [...new Set(lines.flatMap((line) => line.name ?? []))],
    }
  })
}

type Line = { readonly sale_id: Id; readonly name: string | null; readonly quantity: Decimal }

/**
 * Month by month, since a month is a partition: a sale is then looked for where it was filed and not in every month that
 * the sample spans.
 */
async function readLines(tx: Tx, filter: Filter, sales: readonly NewestSale[]): Promise<Map<Id, Line[]>> {
  const months = [...Map.groupBy(sales, (sale) => sale.filed_on.slice(0, 7)).values()]
  if (months.length === 0) return new Map()
  const ofMonth = (inMonth: readonly NewestSale[]) => {
    const filed = inMonth.map((sale) => sale.filed_on).sort()
    return sql`
      select sale_id, name, quantity from pos.sold_lines
      where tenant_id = ${filter.tenantId} and sale_id = any(${arrayOf(inMonth.map((sale) => sale.id))}::uuid[])
        and filed_on between ${filed[0]}::date and ${filed.at(-1)}::date`
  }
  const { rows } = await sql<Line>`${sql.join(months.map(ofMonth), sql` union all `)}`.execute(tx)
  return Map.groupBy(rows, (row) => row.sale_id)
}
