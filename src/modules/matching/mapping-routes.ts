import { z } from 'zod'
import { cursorText } from '#kernel/cursor.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import { findCatalogArticles } from '#modules/mirror/catalog.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { changeMatches, pairingOf, replaceMatches, type Wanted } from './change-matches.ts'
import { channelName, namedPosition } from './channel-routes.ts'
import { getChannel, getConnection, type Wrong, wrongPairs } from './check-mappings.ts'
import { MAPPING_STATES, type MappingFilter, type MappingRow, selectMappingRows } from './store-mapping-rows.ts'
import { countSharing } from './store-matches.ts'
import { freshenSuggestions } from './suggestions.ts'
import { toWireMapping, wireMapping } from './wire-mapping.ts'

// The mapping of a channel's items to a connection's articles: read, replaced and edited row by row.

export const MAPPINGS = '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/item-mappings'
const MAPPINGS_MAX = 20_000
const BODY_BYTES_MAX = 8 * 1_024 * 1_024

const itemId = z.string().min(1).max(200)
const posItemId = z.string().min(1).max(500)
const list = z.strictObject({ data: z.array(wireMapping), next_cursor: z.string().nullable() })
const listQuery = {
  channel: channelName,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2_000).optional(),
}
const states = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : one.split(',')))
  .pipe(z.array(z.enum(MAPPING_STATES)))
export const changed = z.strictObject({
  changed: z.int(),
  change_id: z.string().nullable().meta({ description: 'By which it can be undone; null: nothing changed' }),
})

export function mappingRoutes(database: Database): Route[] {
  return [...readingRoutes(database), ...writingRoutes(database)]
}

function readingRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: MAPPINGS,
      scope: 'mapping:read',
      summary: 'A channel’s items beside the articles that they stand for',
      tags: ['Item mapping'],
      query: z.strictObject({
        ...listQuery,
        state: states.optional().meta({ description: 'mapped, suggested, unmapped, broken' }),
        q: z.string().trim().min(1).max(200).optional().meta({ description: 'In names and ids of both sides' }),
      }),
      answers: { 200: list },
      async handler({ tenant, params, query, now }) {
        const of = { tenantId: tenant.id, channel: query.channel }
        const filter = {
          ...(query.state === undefined ? {} : { states: query.state }),
          ...(query.q === undefined ? {} : { text: query.q }),
        }
        return { status: 200, body: await pageOf(database, of, params.config_id, filter, query, now) } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${MAPPINGS}/suggestions`,
      scope: 'mapping:read',
      summary: 'Items that stand for nothing yet, with what they could stand for',
      description: 'Each with how sure and why. Nothing is applied until a person confirms it.',
      tags: ['Item mapping'],
      query: z.strictObject({ ...listQuery, min_confidence: z.coerce.number().min(0).max(1).optional() }),
      answers: { 200: list },
      async handler({ tenant, params, query, now }) {
        const of = { tenantId: tenant.id, channel: query.channel }
        const filter = {
          states: ['suggested'] as const,
          ...(query.min_confidence === undefined ? {} : { confidenceMin: query.min_confidence }),
        }
        return { status: 200, body: await pageOf(database, of, params.config_id, filter, query, now) } as const
      },
    }),
  ]
}

function writingRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path: MAPPINGS,
      scope: 'mapping:write',
      summary: 'Replace the mapping of a channel',
      description: 'Items that are not named stand for nothing afterwards. The last change can be undone.',
      tags: ['Item mapping'],
      bodyLimitBytes: BODY_BYTES_MAX,
      body: z.strictObject({
        channel: channelName,
        mappings: z.array(z.strictObject({ item_id: itemId, pos_item_id: posItemId })).max(MAPPINGS_MAX),
      }),
      answers: { 200: changed },
      async handler({ tenant, params, body, caller, requestId, now }) {
        return database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, body.channel)
          const pairs = body.mappings.map((one) => ({ itemId: one.item_id, posItemId: one.pos_item_id }))
          refuseWrong(await wrongPairs(tx, ref, pairs))
          const wanted = new Map(pairs.map((pair) => [pair.itemId, article(pair.posItemId)]))
          const how = caller.kind === 'person' ? 'person' : 'program'
          const done = await replaceMatches(tx, ref, wanted, { by: caller.actor, requestId, now, how })
          return { status: 200, body: { changed: done.changed, change_id: done.changeId } } as const
        })
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: MAPPINGS,
      scope: 'mapping:write',
      summary: 'Change what some items stand for',
      description:
        '`pos_item_id: null` takes a mapping away; with `none: true` it is said that the item stands for none, and nobody ' +
        'asks again.',
      tags: ['Item mapping'],
      bodyLimitBytes: BODY_BYTES_MAX,
      body: z.strictObject({
        channel: channelName,
        mappings: z
          .array(
            z.strictObject({ item_id: itemId, pos_item_id: posItemId.nullable(), none: z.literal(true).optional() }),
          )
          .min(1)
          .max(MAPPINGS_MAX),
      }),
      answers: { 200: changed },
      async handler({ tenant, params, body, caller, requestId, now }) {
        return database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, body.channel)
          const pairs = body.mappings.map((one) => ({ itemId: one.item_id, posItemId: one.pos_item_id }))
          // What is taken away may be of an item that the channel no longer has.
          const wrong = await wrongPairs(tx, ref, pairs)
          refuseWrong(wrong.filter(({ at, detail }) => pairs[at]?.posItemId !== null || detail === 'is named twice'))
          const wanted = new Map(
            body.mappings.map((one): [string, Wanted] => [
              one.item_id,
              one.pos_item_id === null ? { kind: one.none ? 'none' : 'unsaid' } : article(one.pos_item_id),
            ]),
          )
          const how = caller.kind === 'person' ? 'person' : 'program'
          const done = await changeMatches(tx, ref, wanted, { by: caller.actor, requestId, now, how })
          return { status: 200, body: { changed: done.changed, change_id: done.changeId } } as const
        })
      },
    }),
  ]
}

type ListOf = { readonly tenantId: TenantId; readonly channel: string }
type Narrowed = Pick<MappingFilter, 'states' | 'text' | 'confidenceMin'>

async function pageOf(
  database: Database,
  { tenantId, channel }: ListOf,
  named: string,
  filter: Narrowed,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  now: Instant,
): Promise<z.output<typeof list>> {
  const after = namedPosition(cursor)
  const ref = await database.tenant(tenantId, (tx) => refOf(tx, tenantId, named, channel))
  await freshenSuggestions(database, ref, now)
  return database.tenant(tenantId, async (tx) => {
    const hasCatalog = (await catalogStamp(tx, tenantId, ref.connectionId)).articles > 0
    const rows = await selectMappingRows(tx, { ...ref, hasCatalog, ...filter }, { after, limit: limit + 1 })
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1)?.item : undefined
    return {
      data: await toWire(tx, ref, shown),
      next_cursor: last === undefined ? null : cursorText([last.name, last.id]),
    }
  })
}

async function toWire(tx: Tx, ref: ChannelMappingRef, rows: readonly MappingRow[]) {
  const suggested = rows.flatMap(({ candidates }) => candidates.map((one) => one.pos_item_id))
  const articles = await findCatalogArticles(tx, ref.tenantId, ref.connectionId, [...new Set(suggested)])
  const meant = rows.flatMap(({ match }) => match?.posItemId ?? [])
  const sharing = await countSharing(tx, pairingOf(ref), [...new Set(meant)])
  return rows.map((row) => toWireMapping(row, { articles, sharing }))
}

export type ChannelMappingRef = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string }

/** Throws `matching.connection-missing` and `matching.channel-missing`. */
export async function refOf(tx: Tx, tenantId: TenantId, named: string, channel: string): Promise<ChannelMappingRef> {
  const connection = await getConnection(tx, tenantId, named)
  await getChannel(tx, tenantId, channel)
  return { tenantId, connectionId: connection.id, channel }
}

function article(posItem: string): Wanted {
  return { kind: 'article', posItemId: posItem, confidence: null }
}

const PLACES_MAX = 100

function refuseWrong(wrong: readonly Wrong[]): void {
  if (wrong.length === 0) return
  throw new HttpFault(422, 'matching.mapping-wrong', {
    say: `${wrong.length} of the mappings cannot be: ids that do not exist, or an item twice. Nothing was stored.`,
    places: wrong
      .slice(0, PLACES_MAX)
      .map(({ at, field, detail }) => ({ pointer: `/mappings/${at}/${field}`, detail })),
    detail: { wrong: wrong.length },
  })
}
