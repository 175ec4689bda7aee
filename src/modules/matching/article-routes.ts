import { sql } from 'kysely'
import { z } from 'zod'
import type { Id, TenantId } from '#kernel/ids.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { getConnection } from './check-mappings.ts'
import type { PosSide } from './store-mapping-rows.ts'
import { toWirePosItem, wirePosItem } from './wire-mapping.ts'

// What a connection sells, for a person who looks for the article that an item stands for.

export function articleRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/articles',
      scope: 'mapping:read',
      summary: 'Look for an article that a connection sells',
      description: 'By name, what begins with the words first; what is sold no longer is left out.',
      tags: ['Item mapping'],
      query: z.strictObject({
        q: z.string().trim().min(1).max(200).optional().meta({ description: 'In names, variants, SKUs and ids' }),
        kind: z.enum(['article', 'modifier']).optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
      answers: { 200: z.strictObject({ data: z.array(wirePosItem), next_cursor: z.null() }) },
      async handler({ tenant, params, query }) {
        const found = await database.tenant(tenant.id, async (tx) => {
          const { id } = await getConnection(tx, tenant.id, params.config_id)
          return selectArticles(tx, tenant.id, id, query)
        })
        const data = found.map(({ id, ...article }) => toWirePosItem(id, article))
        return { status: 200, body: { data, next_cursor: null } } as const
      },
    }),
  ]
}

type Wanted = { readonly q?: string | undefined; readonly kind?: string | undefined; readonly limit: number }

async function selectArticles(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  { q, kind, limit }: Wanted,
): Promise<readonly (PosSide & { readonly id: string })[]> {
  const begin = q === undefined ? '' : q.replace(/[\\%_]/g, '\\$&')
  const like = `%${begin}%`
  const { rows } = await sql<PosSide & { id: string }>`
    select external_id as id, name, variant, sku, barcode, category, price, currency, deleted
    from pos.connection_articles
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and not deleted
      and (${kind ?? null}::text is null or kind = ${kind ?? null})
      and (${q ?? null}::text is null or concat_ws(' ', name, variant) ilike ${like} or sku ilike ${like}
        or barcode = ${q ?? null} or external_id = ${q ?? null})
    order by name ilike ${`${begin}%`} desc, name collate "C", variant collate "C" nulls first, external_id
    limit ${limit}`.execute(tx)
  return rows
}
