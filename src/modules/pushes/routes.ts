import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { isId } from '#kernel/ids.ts'
import { findInstant, type Instant, instant } from '#kernel/instant.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { PushDesk } from './desk.ts'
import { rehearse, wireRehearsal } from './rehearse.ts'
import { pushNow, resolve } from './request.ts'
import { PUSH_STATES, type PushState } from './states.ts'
import { statisticsOf, wireStatistics } from './statistics.ts'
import { pageOfPushes } from './store-lists.ts'
import { timelineOf, wireTimeline } from './timeline.ts'
import { testOrder } from './try-way.ts'
import { pushToWire, wirePush } from './wire.ts'

// An order's way into the POS, for whoever looks after it.

const OF_ORDER = '/api/v1/tenants/:tenant_id/orders/:order_id/push' as const
const TAGS = ['Order push']
const DAY_MS = 86_400_000

export function pushRoutes(desk: PushDesk): Route[] {
  return [...orderRoutes(desk), ...listRoutes(desk)]
}

function orderRoutes(desk: PushDesk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: OF_ORDER,
      scope: 'orders:read',
      summary: 'Show an order’s way into the POS',
      description: 'Every try with its calls: what was asked and what came back, personal data and secrets covered.',
      tags: TAGS,
      answers: { 200: wireTimeline },
      handler: async ({ tenant, params }) =>
        ({ status: 200, body: await timelineOf(desk, tenant.id, params.order_id) }) as const,
    }),
    defineRoute({
      method: 'POST',
      path: OF_ORDER,
      scope: 'orders:write',
      summary: 'Push an order now, or show what would be sent',
      description:
        'An order that is in the POS, or may be, is not sent a second time. With `dry_run` nothing is sent at all.',
      tags: TAGS,
      body: z.strictObject({ dry_run: z.boolean().default(false) }),
      answers: { 200: wireRehearsal, 202: wirePush },
      async handler({ tenant, params, body, caller, requestId, now }) {
        if (body.dry_run) {
          return { status: 200, body: await rehearse(desk, tenant.id, params.order_id) } as const
        }
        const push = await pushNow(desk, tenant.id, params.order_id, { actor: caller.actor, requestId, now })
        return { status: 202, body: pushToWire(push) } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${OF_ORDER}/resolve`,
      scope: 'orders:write',
      summary: 'Decide what only a person can',
      description:
        '`is_this`: it is the POS’s order that is named. `send_again`: it is not there. `handled`: somebody saw to it ' +
        'by hand, and it is not sent any more.',
      tags: TAGS,
      body: z.discriminatedUnion('decision', [
        z.strictObject({ decision: z.literal('is_this'), pos_order_id: z.string().trim().min(1).max(200) }),
        z.strictObject({ decision: z.literal('send_again') }),
        z.strictObject({ decision: z.literal('handled') }),
      ]),
      answers: { 200: wirePush },
      async handler({ tenant, params, body, caller, requestId, now }) {
        const cause = { actor: caller.actor, requestId, now }
        const decided = body.decision === 'is_this' ? { decision: body.decision, posOrderId: body.pos_order_id } : body
        return {
          status: 200,
          body: pushToWire(await resolve(desk, tenant.id, params.order_id, decided, cause)),
        } as const
      },
    }),
  ]
}

function listRoutes(desk: PushDesk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pushes',
      scope: 'orders:read',
      summary: 'List pushes, newest first',
      tags: TAGS,
      query: z.strictObject({
        status: z.string().max(80).optional().meta({ description: 'One, or several by commas' }),
        connection: z.string().max(40).optional(),
        waits_for_person: z.enum(['true', 'false']).optional(),
        from: z.string().max(40).optional(),
        to: z.string().max(40).optional().meta({ description: 'Not included' }),
        limit: z.coerce.number().int().min(1).max(500).default(50),
        cursor: z.string().max(400).optional(),
      }),
      answers: { 200: z.strictObject({ data: z.array(wirePush), next_cursor: z.string().nullable() }) },
      async handler({ tenant, query }) {
        const filter = {
          status: statesOf(query.status),
          connectionId: query.connection === undefined ? undefined : connectionOf(query.connection),
          undecided: query.waits_for_person === undefined ? undefined : query.waits_for_person === 'true',
          from: momentOf('from', query.from),
          to: momentOf('to', query.to),
        }
        const page = { limit: query.limit, cursor: query.cursor ?? null }
        const { rows, nextCursor } = await desk.database.tenant(tenant.id, (tx) =>
          pageOfPushes(tx, tenant.id, filter, page),
        )
        return { status: 200, body: { data: rows.map(pushToWire), next_cursor: nextCursor } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/pushes/statistics',
      scope: 'orders:read',
      summary: 'How orders get into the POS, by connection',
      tags: TAGS,
      query: z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(7) }),
      answers: { 200: z.strictObject({ days: z.int(), data: z.array(wireStatistics) }) },
      async handler({ tenant, query, now }) {
        const from = instant(now - query.days * DAY_MS)
        const data = await desk.database.tenant(tenant.id, (tx) => statisticsOf(tx, tenant.id, from))
        return { status: 200, body: { days: query.days, data } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/test-orders',
      scope: 'orders:write',
      summary: 'Try the way into the POS with an order that is marked as a test',
      description: 'It is taken back again as soon as it has arrived, where the POS allows that.',
      tags: TAGS,
      body: z.strictObject({
        item_id: z.string().min(1).max(200).optional().meta({ description: 'Your own item; left out: one by name' }),
        channel: z.string().min(1).max(40).default('test'),
        location: z.string().max(80).optional().meta({ description: 'The site, by id or slug' }),
      }),
      answers: { 202: wirePush },
      async handler({ tenant, params, body, caller, requestId, now }) {
        const wish = { connectionId: params.config_id, itemId: body.item_id ?? null, ...body }
        const push = await testOrder(desk, tenant, wish, { actor: caller.actor, requestId, now })
        return { status: 202, body: pushToWire(push) } as const
      },
    }),
  ]
}

function statesOf(text: string | undefined): readonly PushState[] | undefined {
  if (text === undefined) return undefined
  const named = text.split(',')
  const known = PUSH_STATES.filter((state) => named.includes(state))
  if (known.length === named.length) return known
  throw badFilter('status', `is one of ${PUSH_STATES.join(', ')}, or several by commas`)
}

function connectionOf(text: string) {
  if (isId(text)) return text
  throw badFilter('connection', 'is no id of a connection')
}

function momentOf(name: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined
  const found = findInstant(text)
  if (found !== null) return found
  throw badFilter(name, 'is no moment such as 2026-03-31T12:00:00Z')
}

function badFilter(name: string, detail: string): Fault {
  return new Fault('invalid', 'push.filter', {
    say: `The list cannot be filtered like that: ${name} ${detail}.`,
    places: [{ pointer: `/${name}`, detail }],
  })
}
