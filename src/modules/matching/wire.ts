import { z } from 'zod'
import { instantText } from '#kernel/instant.ts'
import { wireMoney as moneyOf, type WireMoney } from '#kernel/money.ts'
import { wireMoney } from '#modules/mirror/wire.ts'
import type { ChannelItem } from './channel-item.ts'
import type { ListedItem } from './list-items.ts'
import type { Channel } from './store-channels.ts'
import type { MatchChange } from './store-matches.ts'
import type { Preflight } from './store-preflights.ts'

// Channels, their items and what was found out about them, as the addresses write them.

const text = z.string().nullable()
const moment = z.string().meta({ format: 'date-time' })

export const wireChannel = z
  .strictObject({
    channel: z.string(),
    items: z.int(),
    revision: z.int().meta({ description: 'Rises with every change of the catalogue' }),
    replaced_at: moment.meta({ description: 'When the whole of it was last handed in' }),
    replaced_by: z.string(),
  })
  .meta({ id: 'Channel' })

const itemFields = {
  id: z.string(),
  name: z.string(),
  variant: text,
  sku: text,
  barcode: text,
  category: text,
  kind: z.enum(['item', 'modifier']),
  parent_id: text,
  price: wireMoney.nullable(),
}

export const wireItemSide = z.strictObject(itemFields).meta({ id: 'ChannelItemSide' })

export const wireItem = z
  .strictObject({
    ...itemFields,
    available: z.boolean().meta({
      description: 'Offered by the channel, and not sold out at every place that a POS has spoken of',
    }),
    offered: z.boolean().meta({ description: 'The channel’s own word' }),
    sold_out: z.array(
      z.strictObject({
        connection_id: z.string(),
        location: text.meta({ description: 'Null: at every place' }),
        site_id: text,
        since: moment,
        until: moment.nullable(),
      }),
    ),
    mapped_to: z.array(z.strictObject({ connection_id: z.string(), pos_item_id: z.string() })),
    updated_at: moment,
  })
  .meta({ id: 'ChannelItem' })

export const wirePreflight = z
  .strictObject({
    id: z.string(),
    connection_id: z.string(),
    channel: z.string(),
    ran_at: moment,
    reason: z.enum(['nightly', 'catalogue', 'mapping', 'asked']),
    items: z.int(),
    mapped: z.int(),
    unmapped: z.int().meta({ description: 'Without modifiers, and without those that a person said stand for none' }),
    unmapped_modifiers: z.int(),
    removed: z.int().meta({ description: 'They stand for what the POS no longer sells' }),
    repriced: z.int().meta({ description: 'The prices of both sides differ, and nobody accepted that' }),
    examples: z.record(z.string(), z.array(z.strictObject({ item_id: z.string(), name: z.string() }))),
  })
  .meta({ id: 'ItemPreflight' })

export const wireChange = z
  .strictObject({
    id: z.string(),
    at: moment,
    by: z.string(),
    how: z.enum(['person', 'suggestion', 'table', 'program', 'undo']),
    changed: z.int(),
    undone_at: moment.nullable(),
    undone_by: text,
  })
  .meta({ id: 'ItemMappingChange' })

export function toWireChannel(channel: Channel): z.output<typeof wireChannel> {
  return {
    channel: channel.channel,
    items: channel.items,
    revision: Number(channel.revision),
    replaced_at: instantText(channel.replacedAt),
    replaced_by: channel.replacedBy,
  }
}

export function toWireItemSide(item: ChannelItem): z.output<typeof wireItemSide> {
  return {
    id: item.id,
    name: item.name,
    variant: item.variant,
    sku: item.sku,
    barcode: item.barcode,
    category: item.category,
    kind: item.kind,
    parent_id: item.parentId,
    price: toWirePrice(item.price, item.currency),
  }
}

export function toWireItem({ item, available, soldOut, mappedTo, updatedAt }: ListedItem): z.output<typeof wireItem> {
  return {
    ...toWireItemSide(item),
    available,
    offered: item.available,
    sold_out: soldOut.map((word) => ({
      connection_id: word.connectionId,
      location: word.location === '' ? null : word.location,
      site_id: word.siteId,
      since: instantText(word.saidAt),
      until: word.until === null ? null : instantText(word.until),
    })),
    mapped_to: mappedTo.map((one) => ({ connection_id: one.connectionId, pos_item_id: one.posItemId })),
    updated_at: instantText(updatedAt),
  }
}

export function toWirePreflight(preflight: Preflight): z.output<typeof wirePreflight> {
  const { examples } = preflight
  const told = Object.entries(examples).map(([kind, found]) => [
    kind,
    found.map((one: { itemId: string; name: string }) => ({ item_id: one.itemId, name: one.name })),
  ])
  return {
    id: preflight.id,
    connection_id: preflight.connectionId,
    channel: preflight.channel,
    ran_at: instantText(preflight.ranAt),
    reason: preflight.reason,
    items: preflight.items,
    mapped: preflight.mapped,
    unmapped: preflight.unmapped,
    unmapped_modifiers: preflight.unmappedModifiers,
    removed: preflight.removed,
    repriced: preflight.repriced,
    examples: Object.fromEntries(told),
  }
}

export function toWireChange(change: MatchChange): z.output<typeof wireChange> {
  return {
    id: change.id,
    at: instantText(change.changedAt),
    by: change.changedBy,
    how: change.how,
    changed: change.changed,
    undone_at: change.undoneAt === null ? null : instantText(change.undoneAt),
    undone_by: change.undoneBy,
  }
}

export function toWirePrice(price: bigint | null, currency: string | null): WireMoney | null {
  return price === null || currency === null ? null : moneyOf(price, currency)
}
