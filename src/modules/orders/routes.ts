import { z } from 'zod'
import type { FaultPlace } from '#kernel/fault.ts'
import { findInstant } from '#kernel/instant.ts'
import { bodyPlacesOf } from '#platform/http/input.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { amendOrder } from './amend.ts'
import { cancelOrder } from './cancel.ts'
import type { Desk } from './desk.ts'
import { handleOrder } from './handle.ts'
import { existsOtherwise, invalidOrder } from './order-fault.ts'
import type { StoredOrder } from './stored-order.ts'
import { type Taken, type Taking, takeOrder } from './take.ts'
import { orderToWire } from './to-wire.ts'
import { type WireTaken, wireDryRun, wireOrder, wireTaken } from './wire.ts'
import { NOTE_LENGTH_MAX, newOrder, orderAmendment, orderBatch, remarkText } from './wire-in.ts'

/** A hundred orders of a hundred lines. */
const BODY_BYTES_MAX = 8 * 1024 * 1024
const REASON_LENGTH_MAX = 300

const ORDERS = '/api/v1/tenants/:tenant_id/orders'
const dryRun = z.strictObject({
  dry_run: z
    .enum(['true', 'false'])
    .default('false')
    .transform((word) => word === 'true')
    .meta({ description: 'Only checks: nothing is stored, nothing is sent' }),
})
const answered = { 200: wireOrder } as const

export function orderRoutes(desk: Desk): Route[] {
  return [takeRoute(desk), amendRoute(desk), cancelRoute(desk), handleRoute(desk)]
}

function takeRoute(desk: Desk): Route {
  return defineRoute({
    method: 'POST',
    path: ORDERS,
    scope: 'orders:write',
    summary: 'Hand in an order, or up to a hundred',
    description:
      'Its channel and external id are its key: the same order handed in again is answered with 200 and the one that is ' +
      'there, and changes nothing. In a batch each order has an outcome of its own.',
    tags: ['Orders'],
    bodyLimitBytes: BODY_BYTES_MAX,
    query: dryRun,
    body: z.union([newOrder, orderBatch]),
    answers: { 200: z.union([wireOrder, wireDryRun, wireTaken]), 201: wireOrder },
    async handler({ tenant, caller, body, query, now, requestId }) {
      const taking = { tenantId: tenant.id, actor: caller.actor, requestId, now }
      if ('orders' in body) {
        const data: WireTaken['data'] = []
        // One after the other: a batch must not take all connections of the database.
        for (const [at, one] of body.orders.entries())
          data.push(await takeOfBatch(desk, taking, one, at, query.dry_run))
        return { status: 200, body: { data } } as const
      }
      const taken = await takeOrder(desk, taking, body, { dryRun: query.dry_run })
      if (taken.kind === 'invalid') throw invalidOrder(taken.remarks)
      if (taken.kind === 'otherwise') throw existsOtherwise(taken.order, taken.changes)
      const order = orderToWire(taken.order)
      if (query.dry_run) {
        const preview = taken.kind === 'valid' ? taken.preview : null
        const status = taken.kind === 'valid' ? 'valid' : 'known'
        return { status: 200, body: { dry_run: true, status, order, preview: preview && { ...preview } } } as const
      }
      const headers = etagOf(taken.order)
      return { status: taken.kind === 'created' ? 201 : 200, headers, body: order } as const
    },
  })
}

function amendRoute(desk: Desk): Route {
  return defineRoute({
    method: 'PATCH',
    path: `${ORDERS}/:order_id`,
    scope: 'orders:write',
    summary: 'Change an order, or say that it is paid',
    description:
      'Lists are replaced whole; in fulfilment, customer and payment only what is named. The order is checked whole again. ' +
      'Names the version that it changes, unless it says nothing but that the order is paid.',
    tags: ['Orders'],
    body: orderAmendment,
    answers: answered,
    async handler({ tenant, caller, params, body, now, requestId, request }) {
      const version = versionOf(request.headers['if-match'], body.version)
      const amending = { tenantId: tenant.id, actor: caller.actor, requestId, now, version }
      const order = await amendOrder(desk, amending, params.order_id, body)
      return { status: 200, headers: etagOf(order), body: orderToWire(order) } as const
    },
  })
}

function cancelRoute(desk: Desk): Route {
  return defineRoute({
    method: 'POST',
    path: `${ORDERS}/:order_id/cancel`,
    scope: 'orders:write',
    summary: 'Take an order back',
    description:
      'Cancelled at once where it goes to no POS. Else its progress is `cancel_requested` until the POS has answered; ' +
      'that answer is an event.',
    tags: ['Orders'],
    body: z.strictObject({ reason: remarkText(REASON_LENGTH_MAX).nullish() }).optional(),
    answers: answered,
    async handler({ tenant, caller, params, body, now, requestId }) {
      const cancelling = { tenantId: tenant.id, actor: caller.actor, requestId, now, reason: body?.reason ?? null }
      const order = await cancelOrder(desk, cancelling, params.order_id)
      return { status: 200, headers: etagOf(order), body: orderToWire(order) } as const
    },
  })
}

function handleRoute(desk: Desk): Route {
  return defineRoute({
    method: 'POST',
    path: `${ORDERS}/:order_id/progress`,
    scope: 'orders:write',
    summary: 'Say at the counter how far an order is',
    tags: ['Orders'],
    body: z.strictObject({
      progress: z.enum(['accepted', 'preparing', 'ready', 'dispatched', 'completed']),
      note: remarkText(NOTE_LENGTH_MAX).nullish(),
      ready_at: z.iso.datetime({ offset: true }).nullish(),
    }),
    answers: answered,
    async handler({ tenant, caller, params, body, now, requestId }) {
      const { progress, note = null, ready_at } = body
      const readyAt = ready_at == null ? null : findInstant(ready_at)
      const handling = { tenantId: tenant.id, actor: caller.actor, requestId, now, progress, note, readyAt }
      const order = await handleOrder(desk, handling, params.order_id)
      return { status: 200, headers: etagOf(order), body: orderToWire(order) } as const
    },
  })
}

async function takeOfBatch(
  desk: Desk,
  taking: Taking,
  given: unknown,
  at: number,
  dryRun: boolean,
): Promise<WireTaken['data'][number]> {
  const read = newOrder.safeParse(given)
  const refused = (errors: readonly FaultPlace[]) => ({
    status: 'invalid' as const,
    order: null,
    errors: errors.map((place) => ({ ...place, pointer: `/orders/${at}${place.pointer}` })),
    preview: null,
  })
  if (!read.success) return refused(bodyPlacesOf(read.error.issues, given))
  const taken = await takeOrder(desk, taking, read.data, { dryRun })
  if (taken.kind === 'invalid') return refused(taken.remarks)
  if (taken.kind === 'otherwise') {
    const { message: detail } = existsOtherwise(taken.order, taken.changes)
    return refused([{ pointer: '/external_id', code: 'orders.exists-otherwise', detail }])
  }
  return {
    status: taken.kind,
    order: orderToWire(taken.order),
    errors: [],
    preview: previewOf(taken),
  }
}

function previewOf(taken: Taken) {
  return taken.kind === 'valid' && taken.preview !== null ? { ...taken.preview } : null
}

/** By the header where there is one: it is there to be checked. */
function versionOf(ifMatch: string | undefined, inBody: number | undefined) {
  if (ifMatch === undefined || ifMatch.trim() === '*')
    return inBody === undefined ? null : ({ number: inBody, from: 'body' } as const)
  const number = Number(/^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1] ?? 0)
  return { number, from: 'header' } as const
}

function etagOf({ version }: StoredOrder) {
  return { etag: `"${version}"` }
}
