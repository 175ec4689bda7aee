import { type RawBuilder, sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ChannelItem } from './channel-item.ts'
import { channelNamespace, EVERY_CHANNEL } from './namespaces.ts'
import { type Availability, selectSoldOut } from './store-availability.ts'
import { ITEM_COLUMNS, type ItemRow, itemOf } from './store-channels.ts'

// A channel's items with what is known of them here: what they stand for, and where that is sold out. SQL of its own, for
// the list is filtered by both.

export type ListedItem = {
  readonly item: ChannelItem
  readonly updatedAt: Instant
  /** The channel offers it, and it is not sold out at every place that a POS has spoken of. */
  readonly available: boolean
  readonly mappedTo: readonly { readonly connectionId: Id; readonly posItemId: string }[]
  readonly soldOut: readonly Availability[]
}

export type ItemFilter = {
  readonly tenantId: TenantId
  readonly channel: string
  readonly text?: string | undefined
  readonly mapped?: boolean | undefined
  readonly available?: boolean | undefined
  readonly itemIds?: readonly string[] | undefined
}

/** By name, then id. */
export async function listItems(
  tx: Tx,
  filter: ItemFilter,
  page: { readonly after: readonly [string, string] | null; readonly limit: number },
): Promise<ListedItem[]> {
  // By what stands for the items: then a page is only known when all of it is.
  const isNarrowed = filter.mapped !== undefined || filter.available !== undefined
  const { rows } = await sql<ListedRow>`
    select ${ITEM_COLUMNS}, i.updated_at, i.available and not s.sold_out as is_available, m.meant
    from (
      select * from pos.channel_items i
      where ${sql.join(itemTerms(filter, page.after), sql` and `)}
      ${isNarrowed ? sql`` : sql`${BY_NAME} limit ${page.limit}`}
    ) i
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_array(substr(right_namespace, 12), right_id) order by right_namespace)
        filter (where right_id is not null), '[]') as meant
      from (
        select distinct on (right_namespace) right_namespace, right_id from pos.article_matches
        where tenant_id = i.tenant_id and left_namespace in (${channelNamespace(filter.channel)}, ${EVERY_CHANNEL})
          and left_id = i.item_id and right_namespace like 'connection:%'
        order by right_namespace, left_namespace = ${EVERY_CHANNEL}
      ) said
    ) m
    cross join lateral (
      select coalesce(bool_and(not a.available), false) as sold_out
      from jsonb_array_elements(m.meant) as one
      cross join lateral (
        select available from pos.item_availability
        where tenant_id = i.tenant_id and connection_id = (one ->> 0)::uuid and external_id = one ->> 1
        offset 0
      ) a
    ) s
    where (${filter.mapped ?? null}::boolean is null or (m.meant <> '[]'::jsonb) = ${filter.mapped ?? null})
      and (${filter.available ?? null}::boolean is null
        or (i.available and not s.sold_out) = ${filter.available ?? null})
    ${BY_NAME}
    limit ${page.limit}`.execute(tx)
  const mapped = rows.map((row) => row.meant.map(([connectionId, posItemId]) => ({ connectionId, posItemId })))
  const articles = mapped.flat().map(({ connectionId, posItemId }) => ({ connectionId, externalId: posItemId }))
  const soldOut = await selectSoldOut(tx, filter.tenantId, distinct(articles))
  return rows.map((row, at) => {
    const mappedTo = mapped[at] ?? []
    const isMeant = (word: Availability) =>
      mappedTo.some((one) => one.connectionId === word.connectionId && one.posItemId === word.externalId)
    return {
      item: itemOf(row),
      updatedAt: row.updated_at,
      available: row.is_available,
      mappedTo,
      soldOut: soldOut.filter(isMeant),
    }
  })
}

const BY_NAME = sql.raw('order by i.name collate "C", i.item_id collate "C"')

function itemTerms(filter: ItemFilter, after: readonly [string, string] | null): RawBuilder<unknown>[] {
  const terms = [sql`i.tenant_id = ${filter.tenantId}`, sql`i.channel = ${filter.channel}`]
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    terms.push(sql`(i.name ilike ${like} or i.variant ilike ${like} or i.item_id ilike ${like} or i.sku ilike ${like}
      or i.barcode ilike ${like} or i.category ilike ${like})`)
  }
  if (filter.itemIds !== undefined) terms.push(sql`i.item_id = any(${arrayOf(filter.itemIds)}::text[])`)
  if (after !== null) {
    terms.push(sql`(i.name collate "C", i.item_id collate "C") > (${after[0]}::text, ${after[1]}::text)`)
  }
  return terms
}

type ListedRow = ItemRow & {
  updated_at: Instant
  is_available: boolean
  meant: readonly (readonly [Id, string])[]
}

function distinct(articles: readonly { readonly connectionId: Id; readonly externalId: string }[]) {
  return [...new Map(articles.map((one) => [`${one.connectionId} ${one.externalId}`, one])).values()]
}
