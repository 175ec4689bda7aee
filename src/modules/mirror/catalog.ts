import type { CatalogArticle } from '#canon/catalog.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { selectCatalogArticles, upsertCatalogArticles } from './store-catalog.ts'

// What a connection's own catalogue says of its articles: their names, numbers and prices as they stand now. Lines of
// sales point at them by `externalId`; an article that is no longer sold stays, since sales of the past point at it.

export type CatalogSource = {
  readonly tenantId: TenantId
  readonly connectionId: Id
  readonly now: Instant
}

export type CatalogRecorded = { readonly created: number; readonly updated: number; readonly unchanged: number }

/**
 * Records articles of a catalogue; of several with one id the last one counts. An older word than the one that stands
 * changes nothing. Atomic with the caller's transaction, and repeating it changes nothing.
 */
export async function recordCatalogArticles(
  tx: Tx,
  source: CatalogSource,
  articles: readonly CatalogArticle[],
): Promise<CatalogRecorded> {
  // Rows are locked in the order of their ids, so that two writers never wait for each other in a circle.
  const byId = new Map(articles.map((article) => [article.externalId, article]))
  const once = [...byId.values()].sort((a, b) => (a.externalId < b.externalId ? -1 : 1))
  const { created, updated } = await upsertCatalogArticles(tx, source, once)
  return { created, updated, unchanged: once.length - created - updated }
}

/** Those of the ids that the connection's catalogue knows, by id. Deleted ones too. */
export function findCatalogArticles(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CatalogArticle>> {
  return selectCatalogArticles(tx, tenantId, connectionId, ids)
}
