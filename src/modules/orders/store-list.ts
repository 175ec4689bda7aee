import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { ORDER_COLUMNS, type OrderRow } from './store.ts'
import type { OrderState } from './stored-order.ts'

/** What a list of orders may be narrowed to; everything given must hold. */
export type OrderFilter = {
  /** Placed at or after, placed before. */
  readonly from?: Instant
  readonly to?: Instant
  readonly channels?: readonly string[]
  readonly states?: readonly OrderState[]
  readonly siteIds?: readonly Id[]
  readonly test?: boolean
  /** Looked for in number and external id, and nowhere where a person might stand. */
  readonly text?: string
}

/** Newest first: by when it was placed, then by id. */
export type OrderPosition = { readonly placedAt: Instant; readonly id: Id }

export async function listRows(
  tx: Tx,
  tenantId: TenantId,
  filter: OrderFilter,
  page: { readonly limit: number; readonly after: OrderPosition | null },
): Promise<OrderRow[]> {
  const terms = [sql`o.tenant_id = ${tenantId}`]
  if (filter.from !== undefined) terms.push(sql`o.placed_at >= ${instantText(filter.from)}::timestamptz`)
  if (filter.to !== undefined) terms.push(sql`o.placed_at < ${instantText(filter.to)}::timestamptz`)
  if (filter.channels !== undefined) terms.push(sql`o.channel = any(${arrayOf(filter.channels)}::text[])`)
  if (filter.siteIds !== undefined) terms.push(sql`o.site_id = any(${arrayOf(filter.siteIds)}::uuid[])`)
  if (filter.test !== undefined) terms.push(sql`o.test = ${filter.test}`)
  if (filter.states !== undefined) {
    terms.push(sql`
      case when o.cancel_requested_at is null then o.progress else 'cancel_requested' end
        = any(${arrayOf(filter.states)}::text[])`)
  }
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    terms.push(sql`(o.number ilike ${like} or o.external_id ilike ${like})`)
  }
  if (page.after !== null) {
    const { placedAt, id } = page.after
    terms.push(sql`(o.placed_at, o.id) < (${instantText(placedAt)}::timestamptz, ${id}::uuid)`)
  }
  const { rows } = await sql<OrderRow>`
    select ${ORDER_COLUMNS} from pos.orders o
    where ${sql.join(terms, sql` and `)}
    order by o.placed_at desc, o.id desc
    limit ${page.limit}`.execute(tx)
  return rows
}
