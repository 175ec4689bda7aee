import type { CatalogArticle } from '#canon/catalog.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { catalogStamp, listCatalogArticles } from '#modules/mirror/catalog-list.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { nameKey, wordsOf } from './likeness.ts'
import { connectionNamespace } from './namespaces.ts'
import { findChannel, selectItems } from './store-channels.ts'
import { findSuggestedStamp, historyStamp, putSuggestions, selectHistory } from './store-suggestions.ts'
import { type History, suggest } from './suggest.ts'

// Suggestions are worked out when they are asked for and something they rest on has changed; until then what was worked
// out stands in its table, where lists and filters find it.

export type SuggestingFor = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string }

const ARTICLES_A_LOOK = 2_000

/** Sees to it that the suggestions are those of now. Two at once do the work twice and come to the same. */
export async function freshenSuggestions(database: Database, of: SuggestingFor, now: Instant): Promise<void> {
  const read = await database.tenant(of.tenantId, async (tx) => {
    const stamp = await stampOf(tx, of)
    if (stamp === (await findSuggestedStamp(tx, of))) return null
    return {
      stamp,
      items: await selectItems(tx, of),
      articles: await allArticles(tx, of),
      history: await historyOf(tx, of),
    }
  })
  if (read === null) return
  const suggestions = await suggest(read.items, read.articles, read.history)
  await database.tenant(of.tenantId, (tx) => putSuggestions(tx, of, suggestions, read.stamp, now))
}

/** Another one whenever anything changed that suggestions rest on. */
async function stampOf(tx: Tx, of: SuggestingFor): Promise<string> {
  const channel = await findChannel(tx, of)
  const catalog = await catalogStamp(tx, of.tenantId, of.connectionId)
  const history = await historyStamp(tx, of.tenantId, connectionNamespace(of.connectionId), of.channel)
  return [channel?.revision ?? 0, catalog.stamp, history].join('/')
}

async function allArticles(tx: Tx, { tenantId, connectionId }: SuggestingFor): Promise<CatalogArticle[]> {
  const all: CatalogArticle[] = []
  for (;;) {
    const after = all.at(-1)?.externalId ?? null
    const page = await listCatalogArticles(tx, tenantId, connectionId, { after, limit: ARTICLES_A_LOOK })
    all.push(...page)
    if (page.length < ARTICLES_A_LOOK) return all
  }
}

/** What people confirmed for items of the tenant's other channels. */
async function historyOf(tx: Tx, of: SuggestingFor): Promise<History> {
  const history = new Map<string, Set<string>>()
  for (const one of await selectHistory(tx, of.tenantId, connectionNamespace(of.connectionId), of.channel)) {
    const key = nameKey(wordsOf(one.name, one.variant))
    if (key === '') continue
    const known = history.get(key)
    if (known === undefined) history.set(key, new Set([one.posItemId]))
    else known.add(one.posItemId)
  }
  return history
}
