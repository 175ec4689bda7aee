import { findCatalogArticles } from '#modules/mirror/catalog.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { type Changed, changeMatches, type Wanted } from './change-matches.ts'
import type { Saying } from './replace-catalogue.ts'
import { type MappingFilter, selectMappingRows } from './store-mapping-rows.ts'
import type { SuggestingFor } from './suggestions.ts'

// A person says yes to suggestions: to some by name, or to all that are sure enough.

export type Confirming =
  | { readonly itemIds: readonly string[]; readonly confidenceMin: number | null }
  | { readonly itemIds: null; readonly confidenceMin: number }

export type Confirmation = Changed & {
  readonly skipped: readonly { readonly itemId: string; readonly why: SkippedWhy }[]
}

/** not-suggested: nothing is suggested for it. unsure: less sure than was asked for. gone: the article is sold no longer. */
export type SkippedWhy = 'missing' | 'mapped' | 'not-suggested' | 'unsure' | 'gone'

export async function confirmSuggestions(
  tx: Tx,
  of: SuggestingFor,
  { itemIds, confidenceMin }: Confirming,
  saying: Saying,
): Promise<Confirmation> {
  const { articles: known } = await catalogStamp(tx, of.tenantId, of.connectionId)
  const filter: MappingFilter = { ...of, hasCatalog: known > 0 }
  const rows = await selectMappingRows(
    tx,
    itemIds === null ? { ...filter, states: ['suggested'], confidenceMin } : { ...filter, itemIds },
  )
  const posIds = rows.flatMap(({ candidates }) => candidates[0]?.pos_item_id ?? [])
  const articles = await findCatalogArticles(tx, of.tenantId, of.connectionId, posIds)
  const wanted = new Map<string, Wanted>()
  const skipped: { itemId: string; why: SkippedWhy }[] = []
  const seen = new Set(rows.map(({ item }) => item.id))
  for (const itemId of new Set(itemIds ?? [])) if (!seen.has(itemId)) skipped.push({ itemId, why: 'missing' })
  for (const { item, match, candidates } of rows) {
    const best = candidates[0]
    const why = whyNot(match !== null, best?.confidence ?? null, confidenceMin)
    const article = articles.get(best?.pos_item_id ?? '')
    if (why !== null || best === undefined) skipped.push({ itemId: item.id, why: why ?? 'not-suggested' })
    else if (article === undefined || article.deleted) skipped.push({ itemId: item.id, why: 'gone' })
    else wanted.set(item.id, { kind: 'article', posItemId: best.pos_item_id, confidence: best.confidence })
  }
  return { ...(await changeMatches(tx, of, wanted, { ...saying, how: 'suggestion' })), skipped }
}

function whyNot(isMapped: boolean, confidence: number | null, confidenceMin: number | null): SkippedWhy | null {
  if (isMapped) return 'mapped'
  if (confidence === null) return 'not-suggested'
  return confidenceMin !== null && confidence < confidenceMin ? 'unsure' : null
}
