import { z } from 'zod'
import { isCurrencyCode } from '#kernel/currency.ts'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { ChannelItem } from './channel-item.ts'
import { getChannel } from './check-mappings.ts'
import { listItems } from './list-items.ts'
import { changeItem, type ItemChanges, replaceCatalogue } from './replace-catalogue.ts'
import { selectChannels } from './store-channels.ts'
import { watch } from './store-watches.ts'
import { toWireChannel, toWireItem, wireChannel, wireItem } from './wire.ts'

const ITEMS_MAX = 20_000
const BODY_BYTES_MAX = 16 * 1_024 * 1_024

export const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'small letters, digits, dots, hyphens and underscores, such as web-shop')

const itemId = z
  .string()
  .max(200)
  .regex(/^\S(?:.*\S)?$/s, 'not empty, and without spaces around it')
const text = (max: number) => z.string().trim().min(1).max(max).nullable()
const price = z
  .strictObject({
    amount: z.int().min(0),
    currency: z.string().refine(isCurrencyCode, 'not an ISO 4217 code such as EUR'),
  })
  .nullable()
  .meta({ description: 'Null: it has no price of its own' })

const fields = {
  name: z.string().trim().min(1).max(400),
  variant: text(200),
  sku: text(100),
  barcode: text(100),
  category: text(200),
  kind: z.enum(['item', 'modifier']),
  parent_id: itemId.nullable().meta({ description: 'What it is a variant or a modifier of' }),
  price,
  available: z.boolean(),
}
const item = z
  .strictObject({
    id: itemId,
    name: fields.name,
    variant: fields.variant.default(null),
    sku: fields.sku.default(null),
    barcode: fields.barcode.default(null),
    category: fields.category.default(null),
    kind: fields.kind.default('item'),
    parent_id: fields.parent_id.default(null),
    price: fields.price.default(null),
    available: fields.available.default(true),
  })
  .meta({ id: 'NewChannelItem' })
const itemChanges = z.strictObject(fields).partial()

const params = z.object({ tenant_id: z.string(), channel: channelName })
export const flag = z.enum(['true', 'false']).transform((word) => word === 'true')

export type ChannelRoutesOptions = {
  readonly database: Database
  pushTargets(tx: Tx, tenantId: TenantId): Promise<readonly Id[]>
}

export function channelRoutes(options: ChannelRoutesOptions): Route[] {
  return [...readingRoutes(options.database), ...writingRoutes(options)]
}

function readingRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/channels',
      scope: 'mapping:read',
      summary: 'List the channels that handed in a catalogue',
      tags: ['Item mapping'],
      answers: { 200: z.strictObject({ data: z.array(wireChannel), next_cursor: z.null() }) },
      async handler({ tenant }) {
        const channels = await database.tenant(tenant.id, (tx) => selectChannels(tx, tenant.id))
        return { status: 200, body: { data: channels.map(toWireChannel), next_cursor: null } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/channels/:channel/items',
      scope: 'mapping:read',
      summary: 'List what a channel sells, by name',
      tags: ['Item mapping'],
      params,
      query: z.strictObject({
        q: z.string().trim().min(1).max(200).optional(),
        mapped: flag.optional().meta({ description: 'Whether it stands for an article of any connection' }),
        available: flag.optional(),
        limit: z.coerce.number().int().min(1).max(500).default(50),
        cursor: z.string().max(2_000).optional(),
      }),
      answers: { 200: z.strictObject({ data: z.array(wireItem), next_cursor: z.string().nullable() }) },
      async handler({ tenant, params: { channel }, query }) {
        const { q: text, mapped, available, limit } = query
        const filter = { tenantId: tenant.id, channel, text, mapped, available }
        const after = namedPosition(query.cursor)
        const rows = await database.tenant(tenant.id, async (tx) => {
          await getChannel(tx, tenant.id, channel)
          return listItems(tx, filter, { after, limit: limit + 1 })
        })
        const shown = rows.slice(0, limit)
        const last = rows.length > limit ? shown.at(-1)?.item : undefined
        const next = last === undefined ? null : cursorText([last.name, last.id])
        return { status: 200, body: { data: shown.map(toWireItem), next_cursor: next } } as const
      },
    }),
  ]
}

function writingRoutes({ database, pushTargets }: ChannelRoutesOptions): Route[] {
  return [
    defineRoute({
      method: 'PUT',
      path: '/api/v1/tenants/:tenant_id/channels/:channel/items',
      scope: 'mapping:write',
      summary: 'Hand in all that a channel sells',
      description:
        'The list replaces the one before; what is left out is sold no longer. A list that leaves out more than half of ' +
        'what stands is answered 409 with the number, unless `confirm_removals=true` says that it is meant.',
      tags: ['Item mapping'],
      bodyLimitBytes: BODY_BYTES_MAX,
      params,
      query: z.strictObject({ confirm_removals: flag.optional() }),
      body: z.strictObject({ items: z.array(item).max(ITEMS_MAX) }),
      answers: {
        200: z.strictObject({
          channel: z.string(),
          created: z.int(),
          updated: z.int(),
          removed: z.int(),
          unchanged: z.int(),
        }),
      },
      async handler({ tenant, params: { channel }, query, body, caller, requestId, now, settle }) {
        const saying = { by: caller.actor, requestId, now, removalsConfirmed: query.confirm_removals === true }
        return database.tenant(tenant.id, async (tx) => {
          const items = body.items.map(readItem)
          const counts = await replaceCatalogue(tx, { tenantId: tenant.id, channel }, items, saying)
          const targets = await pushTargets(tx, tenant.id)
          const refs = targets.map((connectionId) => ({ tenantId: tenant.id, connectionId, channel }))
          await watch(tx, refs, now)
          const answer = { status: 200, body: { channel, ...counts } } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/api/v1/tenants/:tenant_id/channels/:channel/items/:item_id',
      scope: 'mapping:write',
      summary: 'Change one item of a channel',
      tags: ['Item mapping'],
      params: params.extend({ item_id: z.string().min(1).max(200) }),
      body: itemChanges,
      answers: { 200: wireItem },
      async handler({ tenant, params: { channel, item_id: id }, body, caller, requestId, now }) {
        return database.tenant(tenant.id, async (tx) => {
          const ref = { tenantId: tenant.id, channel }
          await getChannel(tx, tenant.id, channel)
          await changeItem(tx, ref, id, changesOf(body), { by: caller.actor, requestId, now })
          const [shown] = await listItems(tx, { ...ref, itemIds: [id] }, { after: null, limit: 1 })
          if (shown === undefined) throw new Error('an item that was just changed is there')
          return { status: 200, body: toWireItem(shown) } as const
        })
      },
    }),
  ]
}

/** Throws `cursor.unreadable`. */
export function namedPosition(cursor: string | undefined): readonly [string, string] | null {
  if (cursor === undefined) return null
  const [name, id] = readCursor(cursor, 2)
  if (typeof name === 'string' && typeof id === 'string') return [name, id]
  throw new Fault('invalid', 'cursor.unreadable', {
    say: 'This cursor is not one that the list gave. Start again without a cursor.',
    places: [{ pointer: '/cursor', detail: 'not a cursor of this list' }],
  })
}

function readItem(said: z.output<typeof item>): ChannelItem {
  const { parent_id: parentId, price: money, ...rest } = said
  return { ...rest, parentId, ...priceOf(money) }
}

function changesOf({ parent_id: parentId, price: money, ...rest }: z.output<typeof itemChanges>): ItemChanges {
  return {
    ...rest,
    ...(parentId === undefined ? {} : { parentId }),
    ...(money === undefined ? {} : priceOf(money)),
  } as ItemChanges
}

function priceOf(money: z.output<typeof price>): Pick<ChannelItem, 'price' | 'currency'> {
  if (money === null) return { price: null, currency: null }
  const { amount, currency } = money
  return { price: BigInt(amount), currency: isCurrencyCode(currency) ? currency : null }
}
