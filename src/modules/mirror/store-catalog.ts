import { sql } from 'kysely'
import type { CatalogArticle } from '#canon/catalog.ts'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf, insertRows } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'

type Target = { readonly tenantId: TenantId; readonly connectionId: Id; readonly now: Instant }

const SAID = [
  'kind',
  'parent_external_id',
  'name',
  'variant',
  'sku',
  'barcode',
  'category',
  'price',
  'currency',
  'deleted',
  'updated_at',
] as const

const set = (prefix: string) => SAID.map((name) => `${prefix}.${name}`).join(', ')

// A word without a time is taken for the newer one: it arrived later, and nothing else is known of it.
const REPLACE_OLDER = `on conflict (tenant_id, connection_id, external_id) do update
  set (${SAID.join(', ')}, recorded_at) = (${set('excluded')}, excluded.recorded_at)
  where (t.updated_at is null or excluded.updated_at is null or excluded.updated_at >= t.updated_at)
    and (${set('t')}) is distinct from (${set('excluded')})
  returning (xmax = 0) as created`

/** One id may stand among the articles once. Answers how many rows were made and how many changed. */
export async function upsertCatalogArticles(
  tx: Tx,
  { tenantId, connectionId, now }: Target,
  articles: readonly CatalogArticle[],
): Promise<{ readonly created: number; readonly updated: number }> {
  const written = await insertRows<CatalogArticle, { created: boolean }>(tx, articles, {
    into: 'pos.catalog_articles',
    constants: [
      { name: 'tenant_id', type: 'uuid', value: tenantId },
      { name: 'connection_id', type: 'uuid', value: connectionId },
      { name: 'recorded_at', type: 'timestamptz', value: instantText(now) },
    ],
    columns: [
      { name: 'external_id', type: 'text', of: (article) => article.externalId },
      { name: 'kind', type: 'text', of: ({ kind }) => kind ?? 'article' },
      { name: 'parent_external_id', type: 'text', of: (article) => article.parentExternalId },
      { name: 'name', type: 'text', of: (article) => article.name },
      { name: 'variant', type: 'text', of: (article) => article.variant },
      { name: 'sku', type: 'text', of: (article) => article.sku },
      { name: 'barcode', type: 'text', of: (article) => article.barcode },
      { name: 'category', type: 'text', of: (article) => article.category },
      { name: 'price', type: 'bigint', of: (article) => article.price },
      { name: 'currency', type: 'text', of: (article) => article.currency },
      { name: 'deleted', type: 'boolean', of: (article) => article.deleted },
      {
        name: 'updated_at',
        type: 'timestamptz',
        of: ({ updatedAt }) => (updatedAt === null ? null : instantText(updatedAt)),
      },
    ],
    suffix: REPLACE_OLDER,
  })
  const created = written.filter((row) => row.created).length
  return { created, updated: written.length - created }
}

export async function selectCatalogArticles(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CatalogArticle>> {
  if (ids.length === 0) return new Map()
  const { rows } = await sql<CatalogRow>`
    select external_id, kind, parent_external_id, name, variant, sku, barcode, category, price, currency, deleted,
      updated_at
    from pos.catalog_articles
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and external_id = any(${arrayOf(ids)}::text[])`.execute(tx)
  return new Map(rows.map((row) => [row.external_id, articleOf(row)]))
}

type CatalogRow = {
  external_id: string
  kind: 'article' | 'modifier'
  parent_external_id: string | null
  name: string
  variant: string | null
  sku: string | null
  barcode: string | null
  category: string | null
  price: bigint | null
  currency: string | null
  deleted: boolean
  updated_at: Instant | null
}

function articleOf(row: CatalogRow): CatalogArticle {
  const currency: CurrencyCode | null = row.currency === null ? null : currencyCode(row.currency)
  return {
    externalId: row.external_id,
    ...(row.kind === 'modifier' ? { kind: row.kind } : {}),
    parentExternalId: row.parent_external_id,
    name: row.name,
    variant: row.variant,
    sku: row.sku,
    barcode: row.barcode,
    category: row.category,
    price: row.price,
    currency,
    deleted: row.deleted,
    updatedAt: row.updated_at,
  }
}
