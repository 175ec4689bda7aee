import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import { findInstant, instantText } from '#kernel/instant.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PushDesk } from './desk.ts'
import { pushNow } from './request.ts'
import { PUSH_STATES } from './states.ts'
import { countPushes, healthOf, sliceOfPushes } from './store-lists.ts'
import { clearTarget, findTarget, type PushTarget, setTarget, settingsOf } from './store-targets.ts'
import { logToWire, textOf, time, wireLog } from './wire.ts'
import type { Cause } from './write-push.ts'

// The addresses that were promised for pushes, with their envelope. A business is a tenant.

const words = z.string().nullable()

function enveloped<Shape extends z.ZodType>(data: Shape) {
  return z.strictObject({ success: z.literal(true), data, message: z.string() })
}

const wireIntegration = z
  .strictObject({
    id: z.string().meta({ description: 'The connection' }),
    business_id: z.string(),
    provider: z.string(),
    is_active: z.boolean().meta({ description: 'Orders go there' }),
    state: z.enum(['active', 'needs_sign_in', 'disconnected']),
    location_id: words,
    merchant_id: z.string(),
    auto_sync_orders: z.boolean(),
    sync_customer_info: z.boolean(),
    last_sync_at: time.nullable().meta({ description: 'When an order last arrived' }),
    error_count: z.int().meta({ description: 'Tries that went wrong since then' }),
    last_error: words,
    created_at: time,
  })
  .meta({ id: 'PushIntegration' })

const token = z.string().trim().min(1).max(8_192)

export function posRoutes(desk: PushDesk): Route[] {
  return [...targetRoutes(desk), ...logRoutes(desk)]
}

function targetRoutes(desk: PushDesk): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/pos/connect',
      scope: 'connections:write',
      summary: 'Connect the POS that a business’s orders go to',
      description:
        'The account of the token is connected, or taken as it is where it is connected already, and from then on new ' +
        'orders go there. What a system wants besides a token stands in `credentials`.',
      tags: ['Order push'],
      body: z.strictObject({
        business_id: z.string().max(80),
        provider: z.string().max(40),
        access_token: token.optional(),
        refresh_token: token.nullable().optional(),
        token_expires_at: time.nullable().optional(),
        location_id: z.string().min(1).max(200).nullable().optional(),
        merchant_id: z.string().min(1).max(200).nullable().optional(),
        credentials: z.record(z.string().max(64), z.string().max(10_000)).optional(),
      }),
      answers: {
        200: enveloped(z.strictObject({ integration: wireIntegration, webhook_secret: z.string().optional() })),
      },
      async handler({ tenant, body, caller, requestId, now }) {
        refuseOther(tenant, body.business_id)
        const by = { actor: caller.actor, requestId, now }
        const given = { ...body.credentials, ...(body.access_token && { access_token: body.access_token }) }
        const connected = await connectionsOf(desk)(
          tenant.id,
          {
            posSystem: body.provider,
            credentials: Object.keys(given).length === 0 ? null : given,
            refreshToken: body.refresh_token ?? null,
            expiresAt: findInstant(body.token_expires_at ?? ''),
            account: body.merchant_id ?? null,
            location: body.location_id ?? null,
          },
          by,
        )
        const { connectionId, webhookSecret } = connected
        const integration = await desk.database.tenant(tenant.id, async (tx) => {
          await refuseDeaf(tx, desk, tenant, connectionId)
          const location = body.location_id ?? null
          await setTarget(tx, tenant.id, { connectionId, location }, caller.actor, now)
          await desk.watchConnection?.(tx, tenant.id, connectionId, now)
          await appendTarget(tx, tenant, { connectionId, active: true }, by)
          return getIntegration(tx, desk, tenant)
        })
        const data = { integration, ...(webhookSecret === null ? {} : { webhook_secret: webhookSecret }) }
        return { status: 200, body: { success: true, data, message: SAY_CONNECTED[connected.how] } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/pos/disconnect',
      scope: 'connections:write',
      summary: 'Let no more orders go to the POS',
      description: 'The connection itself stays, and so does the history.',
      tags: ['Order push'],
      body: z.strictObject({ business_id: z.string().max(80) }),
      answers: { 200: enveloped(z.strictObject({ integration: wireIntegration })) },
      async handler({ tenant, body, caller, requestId, now }) {
        refuseOther(tenant, body.business_id)
        const integration = await desk.database.tenant(tenant.id, async (tx) => {
          const shown = await getIntegration(tx, desk, tenant)
          if (!(await clearTarget(tx, tenant.id, now))) return shown
          const cause = { actor: caller.actor, requestId, now }
          await appendTarget(tx, tenant, { connectionId: shown.id as Id, active: false }, cause)
          return { ...shown, is_active: false }
        })
        const message = 'New orders go to the POS no more. What was sent stays in the history.'
        return { status: 200, body: { success: true, data: { integration }, message } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/pos/integration/:businessId',
      scope: 'connections:read',
      summary: 'Show where a business’s orders go',
      tags: ['Order push'],
      answers: { 200: enveloped(z.strictObject({ integration: wireIntegration })) },
      async handler({ tenant }) {
        const integration = await desk.database.tenant(tenant.id, (tx) => getIntegration(tx, desk, tenant))
        const message = integration.is_active ? 'Orders go there.' : 'No orders go there now.'
        return { status: 200, body: { success: true, data: { integration }, message } } as const
      },
    }),
  ]
}

const SAY_CONNECTED = {
  made: 'The account is connected, and new orders go there.',
  signed_in_again: 'The account is signed in again, and new orders go there.',
  standing: 'The account was connected already and stays as it is; new orders go there.',
} as const

function logRoutes(desk: PushDesk): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/pos/sync/:orderId',
      scope: 'orders:write',
      summary: 'Push an order now',
      description:
        'One that has failed is tried again, one that waits does so no longer, and one that never went goes. An order ' +
        'that is in the POS, or may be, is not sent a second time.',
      tags: ['Order push'],
      answers: {
        200: enveloped(z.strictObject({ syncLog: wireLog })),
      },
      async handler({ tenant, params, caller, requestId, now }) {
        const push = await pushNow(desk, tenant.id, params.orderId, { actor: caller.actor, requestId, now })
        const message = push.status === 'success' ? 'The order is in the POS already.' : 'The order is on its way.'
        return { status: 200, body: { success: true, data: { syncLog: logToWire(push) }, message } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/pos/history/:businessId',
      scope: 'orders:read',
      summary: 'List a business’s pushes, newest first',
      tags: ['Order push'],
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(500).default(50),
        offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
        status: z.enum(PUSH_STATES).optional(),
      }),
      answers: {
        200: enveloped(z.strictObject({ logs: z.array(wireLog), total: z.int(), limit: z.int(), offset: z.int() })),
      },
      async handler({ tenant, query }) {
        const { limit, offset, status } = query
        const filter = status === undefined ? {} : { status: [status] }
        const { rows, total } = await desk.database.tenant(tenant.id, (tx) =>
          sliceOfPushes(tx, tenant.id, filter, { limit, offset }),
        )
        const data = { logs: rows.map(logToWire), total, limit, offset }
        return { status: 200, body: { success: true, data, message: `${rows.length} of ${total}` } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/pos/stats/:businessId',
      scope: 'orders:read',
      summary: 'Count a business’s pushes',
      tags: ['Order push'],
      answers: {
        200: enveloped(
          z.strictObject({
            stats: z.strictObject({
              total_syncs: z.int(),
              successful_syncs: z.int(),
              failed_syncs: z.int(),
              pending_retries: z.int(),
              success_rate: z.number().meta({ description: 'Percent of all, one decimal' }),
            }),
          }),
        ),
      },
      async handler({ tenant }) {
        const { total, success, failed, retry } = await desk.database.tenant(tenant.id, (tx) =>
          countPushes(tx, tenant.id),
        )
        const stats = {
          total_syncs: total,
          successful_syncs: success,
          failed_syncs: failed,
          pending_retries: retry,
          success_rate: percentOf(success, total),
        }
        return { status: 200, body: { success: true, data: { stats }, message: 'All pushes so far.' } } as const
      },
    }),
  ]
}

/** One decimal; 0 of nothing. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part * 1_000) / whole) / 10
}

function connectionsOf({ connectAccount }: PushDesk) {
  if (connectAccount === undefined) throw new Error('accounts are connected where connections are')
  return connectAccount
}

/** Whether the business exists is nobody's business. */
function refuseOther({ id, slug }: Tenant, named: string): void {
  if (named === id || named === slug) return
  throw new Fault('denied', 'push.other-business', {
    say: 'What you signed in with speaks for another business than the one that was named.',
  })
}

/** Throws `push.not-supported`, `push.location-unknown`. */
async function refuseDeaf(tx: Tx, desk: PushDesk, tenant: Tenant, connectionId: Id): Promise<void> {
  const connection = await desk.findLive(tx, { tenantId: tenant.id, id: connectionId })
  if (connection?.live.orders !== undefined) return
  throw new Fault('invalid', 'push.not-supported', {
    say: 'Orders cannot be put into this system. The list of systems says which take orders.',
  })
}

async function appendTarget(
  tx: Tx,
  tenant: Tenant,
  { connectionId, active }: Pick<PushTarget, 'connectionId' | 'active'>,
  { actor, requestId, now }: Cause,
): Promise<void> {
  await appendEvents(tx, tenant.id, [
    {
      type: 'push_target.changed',
      subject: `connection/${connectionId}`,
      occurredAt: now,
      actor,
      requestId,
      data: { connection_id: connectionId, active },
    },
  ])
}

/** Throws `push.no-integration`. */
async function getIntegration(tx: Tx, desk: PushDesk, tenant: Tenant): Promise<z.output<typeof wireIntegration>> {
  const target = await findTarget(tx, tenant.id)
  const connection = target && (await desk.findLive(tx, { tenantId: tenant.id, id: target.connectionId }))
  if (target === null || connection === null) {
    throw new Fault('missing', 'push.no-integration', {
      say: 'No POS was ever connected for this business’s orders. Connect one first.',
    })
  }
  const { id, posSystem, account, state } = connection
  const settings = await settingsOf(tx, tenant.id, id)
  const { lastAt, errors, lastError } = await healthOf(tx, tenant.id, id)
  return {
    id,
    business_id: tenant.id,
    provider: posSystem,
    is_active: target.active && state !== 'disconnected',
    state,
    location_id: target.location,
    merchant_id: account,
    auto_sync_orders: settings.autoSyncOrders,
    sync_customer_info: settings.syncCustomerInfo,
    last_sync_at: textOf(lastAt),
    error_count: errors,
    last_error: lastError,
    created_at: instantText(target.setAt),
  }
}
