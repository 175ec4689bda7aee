import { z } from 'zod'
import type { CatalogArticle } from '#canon/catalog.ts'
import { instantText } from '#kernel/instant.ts'
import { wireMoney } from '#modules/mirror/wire.ts'
import { comparePrices } from './prices.ts'
import { MAPPING_STATES, type MappingRow, type PosSide } from './store-mapping-rows.ts'
import type { KeptCandidate } from './store-suggestions.ts'
import { toWireItemSide, toWirePrice, wireItemSide } from './wire.ts'

// A row of the mapping: the channel's item, what it stands for, and what it could stand for.

const text = z.string().nullable()

export const wirePosItem = z
  .strictObject({
    id: z.string(),
    name: text,
    variant: text,
    sku: text,
    barcode: text,
    category: text,
    price: wireMoney.nullable().meta({ description: 'Null: priced at the till, or unknown' }),
    known: z.boolean().meta({ description: 'The connection’s catalogue has it' }),
    deleted: z.boolean(),
  })
  .meta({ id: 'PosItemSide' })

const candidate = z
  .strictObject({
    pos_item: wirePosItem,
    confidence: z.number().min(0).max(1),
    reasons: z.array(z.strictObject({ code: z.string(), say: z.string() })),
  })
  .meta({ id: 'ItemSuggestion' })

export const wireMapping = z
  .strictObject({
    item: wireItemSide,
    state: z.enum(MAPPING_STATES),
    pos_item: wirePosItem.nullable(),
    confidence: z.number().nullable().meta({ description: 'Of the suggestion that was confirmed' }),
    said_by: text,
    said_at: z.string().nullable(),
    said_how: z.enum(['person', 'suggestion', 'table', 'program', 'undo']).nullable(),
    every_channel: z.boolean().meta({ description: 'Said for every channel that says nothing else of the item' }),
    none: z.boolean().meta({ description: 'A person said that it stands for none' }),
    prices: z.enum(['same', 'unsaid', 'accepted', 'differs', 'currency', 'exponent']).nullable(),
    shared_with: z.int().meta({ description: 'How many other items stand for the same article' }),
    suggestions: z.array(candidate).meta({ description: 'Best first; none is applied by itself' }),
  })
  .meta({ id: 'ItemMapping' })

export type MappingContext = {
  /** Articles of the suggestions, by id. */
  readonly articles: ReadonlyMap<string, CatalogArticle>
  /** Items that stand for an article, by its id. */
  readonly sharing: ReadonlyMap<string, number>
}

export function toWireMapping(row: MappingRow, { articles, sharing }: MappingContext): z.output<typeof wireMapping> {
  const { item, match } = row
  const article = match?.article ?? null
  return {
    item: toWireItemSide(item),
    state: row.state,
    pos_item: match === null ? null : toWirePosItem(match.posItemId, article),
    confidence: match?.confidence ?? null,
    said_by: match?.saidBy ?? null,
    said_at: match === null ? null : instantText(match.saidAt),
    said_how: match?.saidHow ?? null,
    every_channel: match?.everyChannel ?? false,
    none: row.none,
    prices: article === null ? null : comparePrices(item, article, match?.pricesAccepted ?? null),
    shared_with: match === null ? 0 : Math.max(0, (sharing.get(match.posItemId) ?? 1) - 1),
    suggestions: row.candidates.map((one) => toWireCandidate(one, articles)),
  }
}

function toWireCandidate(one: KeptCandidate, articles: MappingContext['articles']): z.output<typeof candidate> {
  return {
    pos_item: toWirePosItem(one.pos_item_id, articles.get(one.pos_item_id) ?? null),
    confidence: one.confidence,
    reasons: one.reasons.map(({ code, say }) => ({ code, say })),
  }
}

export function toWirePosItem(id: string, article: PosSide | CatalogArticle | null): z.output<typeof wirePosItem> {
  return {
    id,
    name: article?.name ?? null,
    variant: article?.variant ?? null,
    sku: article?.sku ?? null,
    barcode: article?.barcode ?? null,
    category: article?.category ?? null,
    price: toWirePrice(article?.price ?? null, article?.currency ?? null),
    known: article !== null,
    deleted: article?.deleted ?? false,
  }
}
