import { sql } from 'kysely'
import type { CatalogArticle } from '#canon/catalog.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { selectCatalogArticles } from './store-catalog.ts'

// A connection's catalogue read as a whole, for whoever compares it with another one.

/** Articles in the order of their ids, deleted ones too; at most `limit`, after the id `after`. */
export async function listCatalogArticles(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly CatalogArticle[]> {
  const { rows } = await sql<{ external_id: string }>`
    select external_id from pos.catalog_articles
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and (${page.after}::text is null or external_id > ${page.after})
    order by external_id limit ${page.limit}`.execute(tx)
  const ids = rows.map((row) => row.external_id)
  const articles = await selectCatalogArticles(tx, tenantId, connectionId, ids)
  return ids.flatMap((id) => articles.get(id) ?? [])
}

export type CatalogStamp = {
  /** Deleted ones too. */
  readonly articles: number
  /** Another one after every change of the catalogue. */
  readonly stamp: string
}

export async function catalogStamp(tx: Tx, tenantId: TenantId, connectionId: Id): Promise<CatalogStamp> {
  const { rows } = await sql<{ articles: bigint; recorded_at: Instant | null }>`
    select count(*) as articles, max(recorded_at) as recorded_at from pos.catalog_articles
    where tenant_id = ${tenantId} and connection_id = ${connectionId}`.execute(tx)
  const articles = Number(rows[0]?.articles ?? 0)
  return { articles, stamp: `${articles}.${rows[0]?.recorded_at ?? 0}` }
}
