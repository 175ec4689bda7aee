import type { CatalogArticle } from '#canon/catalog.ts'
import type { LiveConnection } from '#modules/connections/live.ts'
import { listCatalogArticles } from '#modules/mirror/catalog-list.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { ItemAvailability } from '../../../../connectors/contract.ts'

// A POS may say that an item is sold out and mean all its variants, or name a variant by another id than its article has.
// Whoever follows goes by articles, so each word is turned into one on every article that it means.

const ARTICLES_A_LOOK = 1_000

/** The words as ones on articles of the connection's catalogue; one that means none of them stays as it is. */
export async function articlesMeant(
  tx: Tx,
  { tenantId, id, live }: LiveConnection,
  said: readonly ItemAvailability[],
): Promise<readonly ItemAvailability[]> {
  const concerns = live.webhooks?.concerns
  if (concerns === undefined || said.length === 0) return said
  const articles: CatalogArticle[] = []
  for (;;) {
    const after = articles.at(-1)?.externalId ?? null
    const page = await listCatalogArticles(tx, tenantId, id, { after, limit: ARTICLES_A_LOOK })
    articles.push(...page)
    if (page.length < ARTICLES_A_LOOK) break
  }
  return said.flatMap((word) => {
    const meant = articles.filter((article) => concerns(word.externalId, article))
    return meant.length === 0 ? [word] : meant.map(({ externalId }) => ({ ...word, externalId }))
  })
}
