import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { channelNamespace, channelOf, connectionNamespace, EVERY_CHANNEL } from './namespaces.ts'

// SQL of what is sold out, and of the items that this is told of.

export type Availability = {
  readonly connectionId: Id
  readonly externalId: string
  /** Empty: at every place of the account. */
  readonly location: string
  /** Of the place; null: everywhere, or a place that is no site's. */
  readonly siteId: Id | null
  readonly available: boolean
  readonly saidAt: Instant
  readonly until: Instant | null
}

export function availabilityKey(one: Pick<Availability, 'connectionId' | 'externalId' | 'location'>): string {
  return `${one.connectionId} ${one.location.length} ${one.location} ${one.externalId}`
}

/** What is known of articles at any place, locked until the transaction ends. */
export async function lockAvailability(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  externalIds: readonly string[],
): Promise<Availability[]> {
  const { rows } = await sql<AvailabilityRow>`
    select connection_id, external_id, location, site_id, available, said_at, until_at from pos.item_availability
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and external_id = any(${arrayOf(externalIds)}::text[])
    order by external_id, location for update`.execute(tx)
  return rows.map(availabilityOf)
}

/** An older word than the one that stands changes nothing. */
export async function upsertAvailability(
  tx: Tx,
  tenantId: TenantId,
  words: readonly Availability[],
  now: Instant,
): Promise<void> {
  await insertRows<Availability>(tx, words, {
    into: 'pos.item_availability',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: tenantId },
      { name: 'recorded_at', type: 'timestamptz', value: instantText(now) },
    ],
    columns: [
      { name: 'connection_id', type: 'uuid', of: (word) => word.connectionId },
      { name: 'external_id', type: 'text', of: (word) => word.externalId },
      { name: 'location', type: 'text', of: (word) => word.location },
      { name: 'site_id', type: 'uuid', of: (word) => word.siteId },
      { name: 'available', type: 'boolean', of: (word) => word.available },
      { name: 'said_at', type: 'timestamptz', of: (word) => instantText(word.saidAt) },
      { name: 'until_at', type: 'timestamptz', of: ({ until }) => (until === null ? null : instantText(until)) },
    ],
    suffix: `on conflict (tenant_id, connection_id, external_id, location) do update
      set site_id = excluded.site_id, available = excluded.available, said_at = excluded.said_at, until_at = excluded.until_at,
        recorded_at = excluded.recorded_at
      where t.said_at <= excluded.said_at`,
  })
}

/** Tenants in which something is there again by now. As the system. */
export async function tenantsWithEnded(tx: Tx, now: Instant, limit: number): Promise<TenantId[]> {
  const { rows } = await sql<{ tenant_id: TenantId }>`
    select distinct tenant_id from (
      select tenant_id from pos.item_availability where until_at <= ${instantText(now)} order by until_at limit ${limit}
    ) ended`.execute(tx)
  return rows.map((row) => row.tenant_id)
}

/** What was sold out until now is there again. When it was said stays: a later word of the past may still count. */
export async function endSoldOut(tx: Tx, tenantId: TenantId, now: Instant, limit: number): Promise<Availability[]> {
  const { rows } = await sql<AvailabilityRow>`
    update pos.item_availability a set available = true, until_at = null, recorded_at = ${instantText(now)}
    from (
      select connection_id, external_id, location from pos.item_availability
      where tenant_id = ${tenantId} and until_at <= ${instantText(now)}
      order by connection_id, external_id, location limit ${limit} for update
    ) ended
    where a.tenant_id = ${tenantId} and a.connection_id = ended.connection_id and a.external_id = ended.external_id
      and a.location = ended.location
    returning a.connection_id, a.external_id, a.location, a.site_id, a.available, a.said_at, a.until_at`.execute(tx)
  return rows.map(availabilityOf)
}

export type SellingItem = { readonly channel: string; readonly itemId: string; readonly externalId: string }

/** Items of channels that stand for the articles: by the channel's own word, else by that for every channel. */
export async function selectSelling(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  externalIds: readonly string[],
): Promise<SellingItem[]> {
  const right = connectionNamespace(connectionId)
  const { rows } = await sql<{ left_namespace: string; left_id: string; right_id: string }>`
    with meant as (
      select left_namespace, left_id, right_id from pos.article_matches
      where tenant_id = ${tenantId} and right_namespace = ${right} and right_id = any(${arrayOf(externalIds)}::text[])
    )
    select left_namespace, left_id, right_id from meant where left_namespace <> ${EVERY_CHANNEL}
    union all
    select ${channelNamespace('')} || i.channel, i.item_id, meant.right_id
    from meant
    join pos.channels c on c.tenant_id = ${tenantId}
    cross join lateral (
      select tenant_id, channel, item_id from pos.channel_items
      where tenant_id = c.tenant_id and channel = c.channel and item_id = meant.left_id
      limit 1
    ) i
    where meant.left_namespace = ${EVERY_CHANNEL} and not exists (
      select from pos.article_matches own
      where own.tenant_id = i.tenant_id and own.left_namespace = ${channelNamespace('')} || i.channel
        and own.left_id = i.item_id and own.right_namespace = ${right})
    order by 1, 2`.execute(tx)
  return rows.map((row) => ({
    channel: channelOf(row.left_namespace) ?? '',
    itemId: row.left_id,
    externalId: row.right_id,
  }))
}

/** What is sold out of the given articles of any connection. */
export async function selectSoldOut(
  tx: Tx,
  tenantId: TenantId,
  articles: readonly { readonly connectionId: Id; readonly externalId: string }[],
): Promise<Availability[]> {
  if (articles.length === 0) return []
  const { rows } = await sql<AvailabilityRow>`
    select a.connection_id, a.external_id, a.location, a.site_id, a.available, a.said_at, a.until_at
    from unnest(
      ${arrayOf(articles.map((one) => one.connectionId))}::uuid[], ${arrayOf(articles.map((one) => one.externalId))}::text[]
    ) as meant (connection_id, external_id)
    cross join lateral (
      select * from pos.item_availability
      where tenant_id = ${tenantId} and connection_id = meant.connection_id and external_id = meant.external_id
        and not available
      offset 0
    ) a
    order by a.external_id, a.location`.execute(tx)
  return rows.map(availabilityOf)
}

type AvailabilityRow = {
  connection_id: Id
  external_id: string
  location: string
  site_id: Id | null
  available: boolean
  said_at: Instant
  until_at: Instant | null
}

function availabilityOf(row: AvailabilityRow): Availability {
  return {
    connectionId: row.connection_id,
    externalId: row.external_id,
    location: row.location,
    siteId: row.site_id,
    available: row.available,
    saidAt: row.said_at,
    until: row.until_at,
  }
}
