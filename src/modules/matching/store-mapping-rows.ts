import { type RawBuilder, sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ChannelItem } from './channel-item.ts'
import { channelNamespace, connectionNamespace, EVERY_CHANNEL } from './namespaces.ts'
import { ITEM_COLUMNS, type ItemRow, itemOf } from './store-channels.ts'
import type { SaidHow } from './store-matches.ts'
import type { KeptCandidate } from './store-suggestions.ts'

// SQL of a channel's items side by side with what they stand for in a connection. Each row of the other side is looked up by
// its whole key: while a tenant is new to the statistics, a plain join would read that side anew for every item.

export const MAPPING_STATES = ['mapped', 'suggested', 'unmapped', 'broken'] as const
/** broken: it stands for an article that the connection's catalogue no longer has, or sells no longer. */
export type MappingState = (typeof MAPPING_STATES)[number]

export type MappingRow = {
  readonly item: ChannelItem
  readonly state: MappingState
  /** What it stands for; null: nothing. */
  readonly match: {
    readonly posItemId: string
    /** Null where the connection's catalogue does not have it. */
    readonly article: PosSide | null
    readonly saidBy: string
    readonly saidAt: Instant
    readonly saidHow: SaidHow
    readonly confidence: number | null
    readonly pricesAccepted: string | null
    /** It holds in every channel that says nothing else. */
    readonly everyChannel: boolean
  } | null
  /** A person said that it stands for none. */
  readonly none: boolean
  /** Best first; empty where it stands for something already. */
  readonly candidates: readonly KeptCandidate[]
}

export type PosSide = {
  readonly name: string
  readonly variant: string | null
  readonly sku: string | null
  readonly barcode: string | null
  readonly category: string | null
  readonly price: bigint | null
  readonly currency: string | null
  readonly deleted: boolean
}

export type MappingFilter = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly channel: string
  /** Whether the connection has a catalogue at all: without one, nothing can be missing from it. */
  readonly hasCatalog: boolean
  readonly states?: readonly MappingState[]
  /** Looked for in names, variants and ids of both sides. */
  readonly text?: string
  readonly itemIds?: readonly string[]
  readonly confidenceMin?: number
}

/** By name, then id; all of them without a page. */
export async function selectMappingRows(
  tx: Tx,
  filter: MappingFilter,
  page?: { readonly after: readonly [string, string] | null; readonly limit: number },
): Promise<MappingRow[]> {
  const { connectionId, channel } = filter
  const right = connectionNamespace(connectionId)
  const { rows } = await sql<Row>`
    select ${ITEM_COLUMNS}, st.state, m.right_id, m.is_none, m.every_channel, m.said_by, m.said_at, m.said_how,
      m.confidence, m.prices_accepted, a.external_id as a_id, a.name as a_name, a.variant as a_variant, a.sku as a_sku,
      a.barcode as a_barcode, a.category as a_category, a.price as a_price, a.currency as a_currency,
      a.deleted as a_deleted, case when st.state = 'suggested' then s.candidates end as candidates
    from (
      select ${ITEM_COLUMNS}, i.tenant_id, i.channel from pos.channel_items i
      where ${sql.join(itemTerms(filter, page?.after ?? null), sql` and `)}
      ${page === undefined || isNarrowed(filter) ? sql`` : sql`${BY_NAME} limit ${page.limit}`}
    ) i
    left join lateral (
      select right_id, right_id is null as is_none, left_namespace = ${EVERY_CHANNEL} as every_channel, said_by, said_at,
        said_how, confidence, prices_accepted
      from pos.article_matches
      where tenant_id = i.tenant_id and left_namespace in (${channelNamespace(channel)}, ${EVERY_CHANNEL})
        and left_id = i.item_id and right_namespace = ${right}
      order by left_namespace = ${EVERY_CHANNEL} limit 1
    ) m on true
    left join lateral (
      select * from pos.connection_articles
      where tenant_id = i.tenant_id and connection_id = ${connectionId} and external_id = m.right_id
      limit 1
    ) a on true
    left join lateral (
      select * from pos.item_suggestions
      where tenant_id = i.tenant_id and connection_id = ${connectionId} and channel = i.channel and item_id = i.item_id
        and m.is_none is null
      limit 1
    ) s on true
    cross join lateral (
      select case
        when m.right_id is null then case when s.item_id is null then 'unmapped' else 'suggested' end
        when a.deleted or (a.external_id is null and ${filter.hasCatalog}) then 'broken'
        else 'mapped' end as state
    ) st
    where ${sql.join(bothTerms(filter), sql` and `)}
    ${BY_NAME}
    ${page === undefined ? sql`` : sql`limit ${page.limit}`}`.execute(tx)
  return rows.map(rowOf)
}

const BY_NAME = sql.raw('order by i.name collate "C", i.item_id collate "C"')

/** By what the other side says: then a page is only known when both sides are. */
function isNarrowed({ states, text, confidenceMin }: MappingFilter): boolean {
  return states !== undefined || text !== undefined || confidenceMin !== undefined
}

function itemTerms(filter: MappingFilter, after: readonly [string, string] | null): RawBuilder<unknown>[] {
  const terms = [sql`i.tenant_id = ${filter.tenantId}`, sql`i.channel = ${filter.channel}`]
  if (filter.itemIds !== undefined) terms.push(sql`i.item_id = any(${arrayOf(filter.itemIds)}::text[])`)
  if (after !== null) {
    terms.push(sql`(i.name collate "C", i.item_id collate "C") > (${after[0]}::text, ${after[1]}::text)`)
  }
  return terms
}

function bothTerms(filter: MappingFilter): RawBuilder<unknown>[] {
  const terms = [sql`true`]
  if (filter.states !== undefined) terms.push(sql`st.state = any(${arrayOf(filter.states)}::text[])`)
  if (filter.confidenceMin !== undefined) terms.push(sql`s.confidence >= ${filter.confidenceMin}::real`)
  if (filter.text !== undefined) {
    const like = `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`
    terms.push(
      sql`(i.name ilike ${like} or i.variant ilike ${like} or i.item_id ilike ${like} or i.sku ilike ${like}
        or a.name ilike ${like} or m.right_id ilike ${like} or a.sku ilike ${like})`,
    )
  }
  return terms
}

type Row = ItemRow & {
  state: MappingState
  right_id: string | null
  is_none: boolean | null
  every_channel: boolean | null
  said_by: string
  said_at: Instant
  said_how: SaidHow
  confidence: number | null
  prices_accepted: string | null
  a_id: string | null
  a_name: string
  a_variant: string | null
  a_sku: string | null
  a_barcode: string | null
  a_category: string | null
  a_price: bigint | null
  a_currency: string | null
  a_deleted: boolean
  candidates: readonly KeptCandidate[] | null
}

function rowOf(row: Row): MappingRow {
  const match = row.right_id === null ? null : matchOf(row, row.right_id)
  return {
    item: itemOf(row),
    state: row.state,
    match,
    none: row.is_none === true,
    candidates: row.candidates ?? [],
  }
}

function matchOf(row: Row, posItemId: string): NonNullable<MappingRow['match']> {
  const article: PosSide | null =
    row.a_id === null
      ? null
      : {
          name: row.a_name,
          variant: row.a_variant,
          sku: row.a_sku,
          barcode: row.a_barcode,
          category: row.a_category,
          price: row.a_price,
          currency: row.a_currency,
          deleted: row.a_deleted,
        }
  return {
    posItemId,
    article,
    saidBy: row.said_by,
    saidAt: row.said_at,
    saidHow: row.said_how,
    confidence: row.confidence,
    pricesAccepted: row.prices_accepted,
    everyChannel: row.every_channel === true,
  }
}
