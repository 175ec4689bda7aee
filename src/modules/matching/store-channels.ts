import { sql } from 'kysely'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ChannelItem } from './channel-item.ts'

// SQL of channels and what they sell.

export type Channel = {
  readonly channel: string
  readonly items: number
  readonly revision: bigint
  readonly replacedAt: Instant
  readonly replacedBy: string
}

export type ChannelRef = { readonly tenantId: TenantId; readonly channel: string }

/** The channel's row, locked until the transaction ends; made where there is none. */
export async function lockChannel(tx: Tx, ref: ChannelRef, by: string, now: Instant): Promise<Channel> {
  await sql`
    insert into pos.channels (tenant_id, channel, replaced_at, replaced_by)
    values (${ref.tenantId}, ${ref.channel}, ${instantText(now)}, ${by})
    on conflict do nothing`.execute(tx)
  const { rows } = await sql<ChannelRow>`
    select channel, items, revision, replaced_at, replaced_by from pos.channels
    where tenant_id = ${ref.tenantId} and channel = ${ref.channel} for update`.execute(tx)
  return channelOf(rows[0] as ChannelRow)
}

export async function findChannel(tx: Tx, ref: ChannelRef): Promise<Channel | null> {
  const { rows } = await sql<ChannelRow>`
    select channel, items, revision, replaced_at, replaced_by from pos.channels
    where tenant_id = ${ref.tenantId} and channel = ${ref.channel}`.execute(tx)
  return rows[0] === undefined ? null : channelOf(rows[0])
}

export async function selectChannels(tx: Tx, tenantId: TenantId): Promise<Channel[]> {
  const { rows } = await sql<ChannelRow>`
    select channel, items, revision, replaced_at, replaced_by from pos.channels
    where tenant_id = ${tenantId} order by channel`.execute(tx)
  return rows.map(channelOf)
}

/** Counts the items anew and says that the catalogue is another one. */
export async function touchChannel(tx: Tx, ref: ChannelRef, replaced: { by: string; now: Instant } | null) {
  await sql`
    update pos.channels c set revision = revision + 1,
      items = (select count(*) from pos.channel_items i where i.tenant_id = c.tenant_id and i.channel = c.channel)
      ${replaced === null ? sql`` : sql`, replaced_at = ${instantText(replaced.now)}, replaced_by = ${replaced.by}`}
    where tenant_id = ${ref.tenantId} and channel = ${ref.channel}`.execute(tx)
}

export async function selectItems(tx: Tx, ref: ChannelRef): Promise<ChannelItem[]> {
  const { rows } = await sql<ItemRow>`
    select ${ITEM_COLUMNS} from pos.channel_items i
    where i.tenant_id = ${ref.tenantId} and i.channel = ${ref.channel}
    order by i.item_id collate "C"`.execute(tx)
  return rows.map(itemOf)
}

/** Locked until the transaction ends. */
export async function lockItem(tx: Tx, ref: ChannelRef, itemId: string): Promise<ChannelItem | null> {
  const { rows } = await sql<ItemRow>`
    select ${ITEM_COLUMNS} from pos.channel_items i
    where i.tenant_id = ${ref.tenantId} and i.channel = ${ref.channel} and i.item_id = ${itemId} for update`.execute(tx)
  return rows[0] === undefined ? null : itemOf(rows[0])
}

export async function selectItemIds(tx: Tx, ref: ChannelRef, ids: readonly string[]): Promise<Set<string>> {
  return new Set((await selectKinds(tx, ref, ids)).keys())
}

/** Of those of the ids that the channel has: whether each is an item or a modifier. */
export async function selectKinds(
  tx: Tx,
  ref: ChannelRef,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ChannelItem['kind']>> {
  const { rows } = await sql<{ item_id: string; kind: ChannelItem['kind'] }>`
    select item_id, kind from pos.channel_items
    where tenant_id = ${ref.tenantId} and channel = ${ref.channel}
      and item_id = any(${arrayOf(ids)}::text[])`.execute(tx)
  return new Map(rows.map((row) => [row.item_id, row.kind]))
}

const SAID = ['name', 'variant', 'sku', 'barcode', 'category', 'kind', 'parent_id', 'price', 'currency', 'available']

export async function upsertItems(tx: Tx, ref: ChannelRef, items: readonly ChannelItem[], now: Instant): Promise<void> {
  await insertRows<ChannelItem>(tx, items, {
    into: 'pos.channel_items',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: ref.tenantId },
      { name: 'channel', type: 'text', value: ref.channel },
      { name: 'created_at', type: 'timestamptz', value: instantText(now) },
      { name: 'updated_at', type: 'timestamptz', value: instantText(now) },
    ],
    columns: [
      { name: 'item_id', type: 'text', of: (item) => item.id },
      { name: 'name', type: 'text', of: (item) => item.name },
      { name: 'variant', type: 'text', of: (item) => item.variant },
      { name: 'sku', type: 'text', of: (item) => item.sku },
      { name: 'barcode', type: 'text', of: (item) => item.barcode },
      { name: 'category', type: 'text', of: (item) => item.category },
      { name: 'kind', type: 'text', of: (item) => item.kind },
      { name: 'parent_id', type: 'text', of: (item) => item.parentId },
      { name: 'price', type: 'bigint', of: (item) => item.price },
      { name: 'currency', type: 'text', of: (item) => item.currency },
      { name: 'available', type: 'boolean', of: (item) => item.available },
    ],
    suffix: `on conflict (tenant_id, channel, item_id) do update
      set ${SAID.map((name) => `${name} = excluded.${name}`).join(', ')}, updated_at = excluded.updated_at`,
  })
}

export async function deleteItems(tx: Tx, ref: ChannelRef, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    delete from pos.channel_items
    where tenant_id = ${ref.tenantId} and channel = ${ref.channel}
      and item_id = any(${arrayOf(ids)}::text[])`.execute(tx)
}

export const ITEM_COLUMNS = sql.raw(['item_id', ...SAID].map((name) => `i.${name}`).join(', '))

export type ItemRow = {
  item_id: string
  name: string
  variant: string | null
  sku: string | null
  barcode: string | null
  category: string | null
  kind: 'item' | 'modifier'
  parent_id: string | null
  price: bigint | null
  currency: string | null
  available: boolean
}

export function itemOf(row: ItemRow): ChannelItem {
  const currency: CurrencyCode | null = row.currency === null ? null : currencyCode(row.currency)
  return {
    id: row.item_id,
    name: row.name,
    variant: row.variant,
    sku: row.sku,
    barcode: row.barcode,
    category: row.category,
    kind: row.kind,
    parentId: row.parent_id,
    price: row.price,
    currency,
    available: row.available,
  }
}

type ChannelRow = { channel: string; items: number; revision: bigint; replaced_at: Instant; replaced_by: string }

function channelOf(row: ChannelRow): Channel {
  const { channel, items, revision, replaced_at: replacedAt, replaced_by: replacedBy } = row
  return { channel, items, revision, replacedAt, replacedBy }
}
