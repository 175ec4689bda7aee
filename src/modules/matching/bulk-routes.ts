import { Readable } from 'node:stream'
import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { isId } from '#kernel/ids.ts'
import { catalogStamp } from '#modules/mirror/catalog-list.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { pairingOf, replaceMatches, undoLastChange, type Wanted } from './change-matches.ts'
import type { ChannelItem } from './channel-item.ts'
import { channelName, flag } from './channel-routes.ts'
import { type Wrong, wrongPairs } from './check-mappings.ts'
import { confirmSuggestions } from './confirm.ts'
import { mappingHeader, mappingLine, readMappingTable, type TableRow } from './mapping-csv.ts'
import { type ChannelMappingRef, changed, MAPPINGS, refOf } from './mapping-routes.ts'
import { pricesText } from './prices.ts'
import { type MappingRow, selectMappingRows } from './store-mapping-rows.ts'
import { acceptPrices, selectChanges, selectMatches } from './store-matches.ts'
import { dueSoon } from './store-watches.ts'
import { freshenSuggestions } from './suggestions.ts'
import { toWireChange, wireChange } from './wire.ts'

// Many mappings at once: as a table, by confirming suggestions, and back again.

const TABLE_BYTES_MAX = 8 * 1_024 * 1_024
const ROWS_MAX = 20_000
const LINES_A_PIECE = 500
const ids = z.array(z.string().min(1).max(200)).min(1).max(ROWS_MAX)

export function bulkRoutes(database: Database): Route[] {
  return [...tableRoutes(database), ...confirmationRoutes(database), ...changeRoutes(database)]
}

function tableRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `${MAPPINGS}.csv`,
      scope: 'mapping:read',
      summary: 'Download the mapping of a channel as CSV',
      tags: ['Item mapping'],
      query: z.strictObject({ channel: channelName }),
      answers: { 200: media('text/csv; charset=utf-8', 'One line per item, by name') },
      async handler({ tenant, params, query, now }) {
        const ref = await database.tenant(tenant.id, (tx) => refOf(tx, tenant.id, params.config_id, query.channel))
        await freshenSuggestions(database, ref, now)
        const headers = { 'content-disposition': `attachment; filename="item-mapping-${query.channel}.csv"` }
        return { status: 200, headers, body: Readable.from(tableLines(database, ref)) } as const
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${MAPPINGS}.csv`,
      scope: 'mapping:write',
      summary: 'Replace the mapping of a channel by a table',
      description:
        'The columns item_id and pos_item_id count; an empty pos_item_id takes the mapping away, as does leaving the item ' +
        'out, and (none) says that it stands for none. All rows are taken or none: errors[] names each wrong one by its line.',
      tags: ['Item mapping'],
      query: z.strictObject({ channel: channelName, confirm_removals: flag.optional() }),
      body: { kind: 'bytes', limitBytes: TABLE_BYTES_MAX },
      answers: { 200: changed },
      async handler({ tenant, params, query, body, caller, requestId, now }) {
        const rows = readRows(body)
        return database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, query.channel)
          refuseWrong(rows, await wrongPairs(tx, ref, rows))
          const wanted = new Map(rows.map((row) => [row.itemId, wantedOf(row)]))
          if (query.confirm_removals !== true) await checkRemovals(tx, ref, wanted)
          const saying = { by: caller.actor, requestId, now, how: 'table' } as const
          const done = await replaceMatches(tx, ref, wanted, saying)
          return { status: 200, body: { changed: done.changed, change_id: done.changeId } } as const
        })
      },
    }),
  ]
}

function confirmationRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: `${MAPPINGS}/confirmations`,
      scope: 'mapping:write',
      summary: 'Confirm suggestions',
      description: 'The best suggestion of each named item, or of all that are at least so sure; both together narrow.',
      tags: ['Item mapping'],
      body: z.strictObject({
        channel: channelName,
        item_ids: ids.optional(),
        min_confidence: z.number().min(0).max(1).optional(),
      }),
      answers: {
        200: changed.extend({
          skipped: z.array(
            z.strictObject({
              item_id: z.string(),
              why: z.enum(['missing', 'mapped', 'not-suggested', 'unsure', 'gone']),
            }),
          ),
        }),
      },
      async handler({ tenant, params, body, caller, requestId, now }) {
        const { channel, item_ids: itemIds = null, min_confidence: confidenceMin = null } = body
        if (itemIds === null && confidenceMin === null) throw nothingNamed()
        const ref = await database.tenant(tenant.id, (tx) => refOf(tx, tenant.id, params.config_id, channel))
        await freshenSuggestions(database, ref, now)
        const meant = itemIds === null ? { itemIds, confidenceMin: confidenceMin ?? 1 } : { itemIds, confidenceMin }
        const saying = { by: caller.actor, requestId, now }
        const done = await database.tenant(tenant.id, (tx) => confirmSuggestions(tx, ref, meant, saying))
        const skipped = done.skipped.map(({ itemId, why }) => ({ item_id: itemId, why }))
        return { status: 200, body: { changed: done.changed, change_id: done.changeId, skipped } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${MAPPINGS}/accepted-prices`,
      scope: 'mapping:write',
      summary: 'Say that the prices of both sides may differ',
      description: 'Until either of them changes.',
      tags: ['Item mapping'],
      body: z.strictObject({ channel: channelName, item_ids: ids }),
      answers: { 200: z.strictObject({ accepted: z.int() }) },
      async handler({ tenant, params, body, now }) {
        return database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, body.channel)
          return { status: 200, body: { accepted: await accept(tx, ref, body.item_ids, now) } } as const
        })
      },
    }),
  ]
}

function changeRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: `${MAPPINGS}/changes`,
      scope: 'mapping:read',
      summary: 'Who changed the mapping of a channel, newest first',
      tags: ['Item mapping'],
      query: z.strictObject({
        channel: channelName,
        limit: z.coerce.number().int().min(1).max(500).default(50),
        cursor: z.string().max(400).optional(),
      }),
      answers: { 200: z.strictObject({ data: z.array(wireChange), next_cursor: z.string().nullable() }) },
      async handler({ tenant, params, query }) {
        const before = query.cursor ?? null
        if (before !== null && !isId(before)) throw unreadableCursor()
        const changes = await database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, query.channel)
          return selectChanges(tx, pairingOf(ref), { before, limit: query.limit + 1 })
        })
        const shown = changes.slice(0, query.limit)
        const next = changes.length > query.limit ? (shown.at(-1)?.id ?? null) : null
        return { status: 200, body: { data: shown.map(toWireChange), next_cursor: next } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${MAPPINGS}/undo`,
      scope: 'mapping:write',
      summary: 'Undo the last change of the mapping of a channel',
      tags: ['Item mapping'],
      body: z.strictObject({ channel: channelName }),
      answers: { 200: changed.extend({ undone_id: z.string() }) },
      async handler({ tenant, params, body, caller, requestId, now, settle }) {
        return database.tenant(tenant.id, async (tx) => {
          const ref = await refOf(tx, tenant.id, params.config_id, body.channel)
          const done = await undoLastChange(tx, ref, { by: caller.actor, requestId, now })
          const said = { changed: done.changed, change_id: done.changeId, undone_id: done.undoneId }
          const answer = { status: 200, body: said } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
  ]
}

/** Page by page, each in a transaction of its own. */
async function* tableLines(database: Database, ref: ChannelMappingRef): AsyncGenerator<string> {
  yield mappingHeader()
  let after: readonly [string, string] | null = null
  do {
    const position: readonly [string, string] | null = after
    const rows: readonly MappingRow[] = await database.tenant(ref.tenantId, async (tx) => {
      const hasCatalog = (await catalogStamp(tx, ref.tenantId, ref.connectionId)).articles > 0
      return selectMappingRows(tx, { ...ref, hasCatalog }, { after: position, limit: LINES_A_PIECE })
    })
    if (rows.length > 0) yield rows.map(mappingLine).join('')
    const last: ChannelItem | undefined = rows.length === LINES_A_PIECE ? rows.at(-1)?.item : undefined
    after = last === undefined ? null : [last.name, last.id]
  } while (after !== null)
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readRows(body: Buffer): readonly TableRow[] {
  const table = readMappingTable(textOf(body))
  if (table.kind === 'unreadable') throw new HttpFault(422, 'matching.table-unreadable', { say: table.say })
  if (table.rows.length <= ROWS_MAX) return table.rows
  throw new HttpFault(422, 'matching.table-unreadable', { say: `The table has more than ${ROWS_MAX} rows.` })
}

function textOf(body: Buffer): string {
  try {
    return UTF8.decode(body)
  } catch (cause) {
    throw new HttpFault(422, 'matching.table-unreadable', { say: 'The table is not text in UTF-8.', cause })
  }
}

function wantedOf({ posItemId, none }: TableRow): Wanted {
  if (posItemId !== null) return { kind: 'article', posItemId, confidence: null }
  return { kind: none ? 'none' : 'unsaid' }
}

const PLACES_MAX = 100

function refuseWrong(rows: readonly TableRow[], wrong: readonly Wrong[]): void {
  if (wrong.length === 0) return
  throw new HttpFault(422, 'matching.table-wrong', {
    say: `${wrong.length} cells of the table cannot be taken. Nothing was stored; errors[] names them by their line.`,
    places: wrong.slice(0, PLACES_MAX).map(({ at, field, detail }) => ({
      pointer: `/${rows[at]?.line ?? 0}/${field}`,
      detail,
    })),
    detail: { wrong: wrong.length },
  })
}

/** A part of the table given back would take away all the rest. */
async function checkRemovals(tx: Tx, ref: ChannelMappingRef, wanted: ReadonlyMap<string, Wanted>): Promise<void> {
  const standing = [...(await selectMatches(tx, pairingOf(ref))).values()].filter(({ rightId }) => rightId !== null)
  const removed = standing.filter(({ leftId }) => (wanted.get(leftId)?.kind ?? 'unsaid') === 'unsaid').length
  if (removed * 2 <= standing.length) return
  throw new Fault('conflict', 'matching.removals-unconfirmed', {
    say:
      `This table takes away ${removed} of ${standing.length} mappings. If that is meant, send it again with ` +
      'confirm_removals=true.',
    detail: { removed, standing: standing.length },
  })
}

async function accept(
  tx: Tx,
  ref: ChannelMappingRef,
  itemIds: readonly string[],
  now: Parameters<typeof dueSoon>[3],
): Promise<number> {
  const rows = await selectMappingRows(tx, { ...ref, hasCatalog: true, itemIds })
  const own = new Map<string, string>()
  const everywhere = new Map<string, string>()
  for (const { item, match } of rows) {
    if (match === null || match.article === null) continue
    const said = match.everyChannel ? everywhere : own
    said.set(item.id, pricesText(item, match.article))
  }
  await acceptPrices(tx, pairingOf(ref), own)
  await acceptPrices(tx, pairingOf({ ...ref, channel: null }), everywhere)
  await dueSoon(tx, ref, 'mapping', now)
  return own.size + everywhere.size
}

function nothingNamed(): HttpFault {
  return new HttpFault(400, 'http.input-invalid', {
    say: 'Say which suggestions are confirmed: item_ids, min_confidence, or both.',
    places: [{ pointer: '/item_ids', detail: 'is missing, and so is min_confidence' }],
  })
}

function unreadableCursor(): Fault {
  return new Fault('invalid', 'cursor.unreadable', {
    say: 'This cursor is not one that the list gave. Start again without a cursor.',
    places: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
  })
}
