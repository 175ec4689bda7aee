import { articleKey } from '#canon/article.ts'
import type { ArticleMention } from '#canon/sale.ts'
import type { Id } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Source } from './filing.ts'
import { articleIds, findArticleIds } from './store-articles.ts'

/** The ids of articles by how they are mentioned, as far as they were looked up. */
export type ArticleBook = {
  /** Throws when the mention was never looked up: that is a mistake of ours. */
  idOf(mention: ArticleMention): Id
  /** Looks up mentions that were stored before and are not in the book yet. */
  lookUp(mentions: Iterable<ArticleMention>): Promise<void>
}

/** Opens the book with the mentions of a call; articles that are new are made. */
export async function openArticleBook(
  tx: Tx,
  source: Source,
  mentions: ReadonlyMap<string, ArticleMention>,
): Promise<ArticleBook> {
  const ids = mentions.size === 0 ? new Map<string, Id>() : await articleIds(tx, source, mentions)
  return {
    idOf(mention) {
      const id = ids.get(articleKey(mention))
      if (id === undefined) throw new Error('an article that was mentioned has no id')
      return id
    },
    async lookUp(stored) {
      const keys = new Set([...stored].map(articleKey).filter((key) => !ids.has(key)))
      for (const [key, id] of await findArticleIds(tx, source, [...keys])) ids.set(key, id)
    },
  }
}
