import { sql } from 'kysely'
import type { ArticleMention } from '#canon/sale.ts'
import { type Id, newId } from '#kernel/ids.ts'
import { instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Source } from './filing.ts'
import { tenantOf } from './store-write.ts'

// An article is called as its first mention calls it. When the batch of that mention is taken back, the next mention names
// it, so that reports read as if that batch had never been. Batches that find an article named by another one therefore
// leave their own words for it; the batch that named it needs no more than the article itself.

export type ArticleId = (mention: ArticleMention) => Id

type Known = { readonly key: string; readonly id: Id; readonly batchId: Id | null; readonly mentioned: boolean }

/** The ids of the articles by their key, made where they are new. */
export async function articleIds(
  tx: Tx,
  source: Source,
  mentions: ReadonlyMap<string, ArticleMention>,
): Promise<Map<string, Id>> {
  const known = await findArticles(tx, source, [...mentions.keys()])
  const knownKeys = new Set(known.map((article) => article.key))
  const missing = [...mentions].filter(([key]) => !knownKeys.has(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  await insertArticles(tx, source, missing)
  // Read again and not returned: a row that another writer made in the same moment is not returned, but is there now.
  const missingKeys = missing.map(([key]) => key)
  const all = [...known, ...(await findArticles(tx, source, missingKeys))]
  await leaveMentions(tx, source, all, mentions)
  return new Map(all.map((article) => [article.key, article.id]))
}

/** The ids of articles that were mentioned before. */
export async function findArticleIds(tx: Tx, source: Source, keys: readonly string[]): Promise<Map<string, Id>> {
  const found = await findArticles(tx, source, keys)
  return new Map(found.map((article) => [article.key, article.id]))
}

async function findArticles(tx: Tx, source: Source, keys: readonly string[]): Promise<Known[]> {
  if (keys.length === 0) return []
  const { rows } = await sql<Known>`
    select key, id, batch_id as "batchId", mentioned from pos.articles
    where tenant_id = ${source.tenantId} and connection_id = ${source.connectionId}
      and key = any(${arrayOf(keys)}::text[])`.execute(tx)
  return rows
}

type Missing = readonly [key: string, mention: ArticleMention]

async function insertArticles(tx: Tx, source: Source, missing: readonly Missing[]): Promise<void> {
  await insertRows(tx, missing, {
    into: 'pos.articles',
    constants: [
      tenantOf(source),
      { name: 'connection_id', type: 'uuid', value: source.connectionId },
      { name: 'batch_id', type: 'uuid', value: source.batchId },
    ],
    columns: [
      { name: 'id', type: 'uuid', of: () => newId() },
      { name: 'key', type: 'text', of: ([key]) => key },
      { name: 'external_id', type: 'text', of: ([, article]) => article.externalId },
      { name: 'sku', type: 'text', of: ([, article]) => article.sku },
      { name: 'name', type: 'text', of: ([, article]) => article.name },
      { name: 'variant', type: 'text', of: ([, article]) => article.variant },
      { name: 'category', type: 'text', of: ([, article]) => article.category },
    ],
    suffix: 'on conflict (tenant_id, connection_id, key) do nothing',
  })
}

async function leaveMentions(
  tx: Tx,
  source: Source,
  articles: readonly Known[],
  mentions: ReadonlyMap<string, ArticleMention>,
): Promise<void> {
  const said = articles
    // What a live event named is never named anew.
    .filter(({ batchId, mentioned }) => !mentioned || (batchId !== null && batchId !== source.batchId))
    .flatMap((article) => {
      const mention = mentions.get(article.key)
      return mention === undefined ? [] : [{ ...article, mention }]
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  await insertRows(tx, said, {
    into: 'pos.article_mentions',
    constants: [
      tenantOf(source),
      { name: 'batch_id', type: 'uuid', value: source.batchId },
      { name: 'mentioned_at', type: 'timestamptz', value: instantText(source.now) },
    ],
    columns: [
      { name: 'article_id', type: 'uuid', of: ({ id }) => id },
      { name: 'sku', type: 'text', of: ({ mention }) => mention.sku },
      { name: 'name', type: 'text', of: ({ mention }) => mention.name },
      { name: 'variant', type: 'text', of: ({ mention }) => mention.variant },
      { name: 'category', type: 'text', of: ({ mention }) => mention.category },
    ],
    suffix: 'on conflict (tenant_id, article_id, batch_id) do nothing',
  })
  await nameAnew(
    tx,
    source,
    said.filter(({ mentioned }) => !mentioned).map(({ id }) => id),
  )
}

/** Takes back what a batch called articles; whoever mentioned them next names them. */
export async function withdrawMentions(tx: Tx, source: Source, batchId: Id): Promise<void> {
  await sql`delete from pos.article_mentions where tenant_id = ${source.tenantId} and batch_id = ${batchId}`.execute(tx)
  const { rows } = await sql<{ id: Id }>`
    update pos.articles set mentioned = false
    where tenant_id = ${source.tenantId} and batch_id = ${batchId} returning id`.execute(tx)
  await nameAnew(
    tx,
    source,
    rows.map(({ id }) => id),
  )
}

/** Gives articles that nobody names any more the oldest words that are left for them, where there are any. */
async function nameAnew(tx: Tx, source: Source, ids: readonly Id[]): Promise<void> {
  if (ids.length === 0) return
  await sql`
    with heirs as (
      delete from pos.article_mentions m
      using (
        select distinct on (article_id) article_id, batch_id from pos.article_mentions
        where tenant_id = ${source.tenantId} and article_id = any(${arrayOf(ids)}::uuid[])
        order by article_id, mentioned_at, batch_id
      ) oldest
      where m.tenant_id = ${source.tenantId} and m.article_id = oldest.article_id
        and m.batch_id is not distinct from oldest.batch_id
      returning m.*
    )
    update pos.articles a
    set sku = h.sku, name = h.name, variant = h.variant, category = h.category, batch_id = h.batch_id, mentioned = true
    from heirs h where a.tenant_id = ${source.tenantId} and a.id = h.article_id`.execute(tx)
}
