import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { findInstant, type Instant, instant, instantText } from '#kernel/instant.ts'
import { wireSale } from '#modules/mirror/wire.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import { DELIVERY_OUTCOMES, type DeliveryOutcome } from './delivery.ts'
import { INTAKE_LIVE_FAULTS } from './faults.ts'
import { getDelivery, type LogDesk, pageOfDeliveries, replayDelivery } from './log.ts'
import { countDeliveries, type DeliveryCounts, type LogFilter, type LoggedDelivery } from './store-log.ts'

// What was delivered and what became of it, for people and for whoever watches.

const time = z.string().meta({ format: 'date-time' })
const several = z
  .union([z.string(), z.array(z.string())])
  .transform((one) => (Array.isArray(one) ? one : one.split(',')))

const wireDelivery = z
  .strictObject({
    id: z.string(),
    connection_id: z.string(),
    pos_system: z.string(),
    event_id: z.string().nullable().meta({ description: 'The provider’s; null where it has none' }),
    type: z.string(),
    occurred_at: time.nullable(),
    received_at: time,
    processed_at: time.nullable(),
    outcome: z.enum(DELIVERY_OUTCOMES),
    repeats: z.int().meta({ description: 'How often the same event came again' }),
    attempts: z.int(),
    next_attempt_at: time.nullable(),
    bytes: z.int(),
    code: z.string().nullable(),
    say: z.string().nullable(),
    facts: z.array(z.string()).meta({ description: 'What it led to, by the connector’s names' }),
  })
  .meta({ id: 'WebhookDelivery' })

const wireDeliveryDetail = wireDelivery
  .extend({
    headers: z.record(z.string(), z.string()),
    payload: z.unknown().meta({ description: 'What was sent, personal data covered; null where it is no JSON' }),
    sales: z.array(wireSale).meta({ description: 'The sales it led to, as they stand now' }),
  })
  .meta({ id: 'WebhookDeliveryDetail' })

const wireEvents = z
  .strictObject({ received: z.int(), processed: z.int(), ignored: z.int(), failed: z.int(), repeated: z.int() })
  .meta({ description: 'Of the last 24 hours, by outcome; `received` ones are still waiting' })

const wireStatus = z
  .strictObject({
    pos_system: z.string(),
    last_event: z.strictObject({ type: z.string(), received_at: time }).nullable(),
    events: wireEvents,
    lag_seconds: z.number().meta({ description: 'How long the oldest event that waits has waited; 0 when none does' }),
    connections: z.array(
      z.strictObject({
        connection_id: z.string(),
        name: z.string(),
        last_event_at: time.nullable(),
        events: wireEvents,
        lag_seconds: z.number(),
        subscription: z.strictObject({
          state: z.string(),
          say: z.string(),
          reason: z.string().nullable(),
          url: z.string().nullable(),
          checked_at: time.nullable(),
        }),
      }),
    ),
  })
  .meta({ id: 'WebhookStatus' })

const listQuery = z.strictObject({
  outcome: several.optional(),
  type: several.optional(),
  from: z.string().optional(),
  to: z.string().optional().meta({ description: 'Not included' }),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(400).optional(),
})

const DAY_MS = 86_400_000
const OF_CONNECTION = '/api/v1/tenants/:tenant_id/pos/configurations/:config_id/webhooks' as const

export function webhookLogRoutes(desk: LogDesk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/webhooks/:pos_system/status',
      scope: 'connections:read',
      summary: 'How the webhooks of a system are doing',
      description: 'Of the caller’s tenant: the last event, events by outcome, how far behind, the subscriptions.',
      tags: ['Webhooks'],
      answers: { 200: wireStatus },
      handler: async ({ tenant, params, now }) =>
        ({ status: 200, body: await statusOf(desk, tenant.id, params.pos_system, now) }) as const,
    }),
    defineRoute({
      method: 'GET',
      path: OF_CONNECTION,
      scope: 'connections:read',
      summary: 'List a connection’s webhooks, newest first',
      tags: ['Webhooks'],
      query: listQuery,
      answers: { 200: z.strictObject({ data: z.array(wireDelivery), next_cursor: z.string().nullable() }) },
      async handler({ tenant, params, query }) {
        const page = { limit: query.limit, cursor: query.cursor ?? null }
        const where = { tenantId: tenant.id, connectionId: connectionOf(params.config_id) }
        const { rows, nextCursor } = await pageOfDeliveries(desk, where, filterOf(query), page)
        return { status: 200, body: { data: rows.map(deliveryToWire), next_cursor: nextCursor } } as const
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${OF_CONNECTION}/:webhook_id`,
      scope: 'connections:read',
      summary: 'One webhook: what was sent, and the sales it led to',
      tags: ['Webhooks'],
      answers: { 200: wireDeliveryDetail },
      async handler({ tenant, params }) {
        const where = { tenantId: tenant.id, connectionId: connectionOf(params.config_id) }
        const { delivery, headers, payload, sales } = await getDelivery(desk, where, params.webhook_id)
        return { status: 200, body: { ...deliveryToWire(delivery), headers, payload, sales } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${OF_CONNECTION}/:webhook_id/replay`,
      scope: 'connections:write',
      summary: 'Work at a webhook once more',
      description: 'Its records are read again, also where nothing has changed: after an update, or to see it happen.',
      tags: ['Webhooks'],
      answers: { 202: wireDelivery },
      async handler({ tenant, params, now }) {
        const where = { tenantId: tenant.id, connectionId: connectionOf(params.config_id) }
        const delivery = await replayDelivery(desk, where, params.webhook_id, now)
        return { status: 202, body: deliveryToWire(delivery) } as const
      },
    }),
  ]
}

async function statusOf(desk: LogDesk, tenantId: TenantId, posSystem: string, now: Instant) {
  const subscriptions = await desk.subscriptionsOf(tenantId, posSystem)
  const ids = subscriptions.map(({ connectionId }) => connectionId)
  const counted = await desk.database.tenant(tenantId, (tx) =>
    countDeliveries(tx, tenantId, ids, instant(now - DAY_MS)),
  )
  const byId = new Map(counted.map((one) => [one.connectionId, one]))
  const sum = (of: (one: (typeof counted)[number]) => number) => counted.reduce((total, one) => total + of(one), 0)
  const last = counted.flatMap((one) => one.last ?? []).sort((a, b) => b.receivedAt - a.receivedAt)[0]
  const lagOf = (id: Id) => {
    const since = byId.get(id)?.waitsSince ?? null
    return since === null ? 0 : Math.max(0, now - since) / 1_000
  }
  return {
    pos_system: posSystem,
    last_event: last === undefined ? null : { type: last.type, received_at: instantText(last.receivedAt) },
    events: {
      received: sum(({ counts }) => counts.received),
      processed: sum(({ counts }) => counts.processed),
      ignored: sum(({ counts }) => counts.ignored),
      failed: sum(({ counts }) => counts.failed),
      repeated: sum(({ repeats }) => repeats),
    },
    lag_seconds: Math.max(0, ...ids.map(lagOf)),
    connections: subscriptions.map(({ connectionId, name, state, say, reason, url, checked_at }) => ({
      connection_id: connectionId,
      name,
      last_event_at: timeText(byId.get(connectionId)?.last?.receivedAt ?? null),
      events: eventsOf(byId.get(connectionId)),
      lag_seconds: lagOf(connectionId),
      subscription: { state, say, reason, url, checked_at },
    })),
  }
}

function eventsOf(counted: DeliveryCounts | undefined): z.output<typeof wireEvents> {
  const { counts, repeats } = counted ?? { counts: { received: 0, processed: 0, ignored: 0, failed: 0 }, repeats: 0 }
  return { ...counts, repeated: repeats }
}

export function deliveryToWire(row: LoggedDelivery): z.output<typeof wireDelivery> {
  return {
    id: row.id,
    connection_id: row.connectionId,
    pos_system: row.posSystem,
    event_id: row.eventId,
    type: row.type,
    occurred_at: timeText(row.occurredAt),
    received_at: instantText(row.receivedAt),
    processed_at: timeText(row.processedAt),
    outcome: row.outcome,
    repeats: row.repeats,
    attempts: row.attempts,
    next_attempt_at: timeText(row.dueAt),
    bytes: row.bodyBytes,
    code: row.code,
    say: row.say,
    facts: [...row.subjects],
  }
}

function filterOf(query: z.output<typeof listQuery>): LogFilter {
  const outcomes = query.outcome ?? []
  const unknown = outcomes.find((one) => !(DELIVERY_OUTCOMES as readonly string[]).includes(one))
  if (unknown !== undefined) throw bad('/outcome', `one of ${DELIVERY_OUTCOMES.join(', ')}`)
  return {
    outcomes: outcomes as readonly DeliveryOutcome[],
    types: query.type ?? [],
    from: momentOf('/from', query.from),
    to: momentOf('/to', query.to),
  }
}

function momentOf(pointer: string, text: string | undefined): Instant | null {
  if (text === undefined) return null
  const at = findInstant(text)
  if (at !== null && at >= 0 && at < LAST_MOMENT) return at
  throw bad(pointer, 'a moment such as 2026-03-31T09:00:00Z')
}

/** Further off a moment is not written as the database reads it. */
const LAST_MOMENT = Date.UTC(9999, 11, 31)

function connectionOf(id: string): Id {
  if (isId(id)) return id
  throw new Fault('missing', 'webhook.missing', { say: INTAKE_LIVE_FAULTS['webhook.missing'] })
}

function bad(pointer: string, detail: string): Fault {
  return new Fault('invalid', 'webhook.filter', {
    say: `The filter ${pointer.slice(1)} cannot be used: it must be ${detail}.`,
    places: [{ pointer, detail }],
  })
}

function timeText(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
