import { z } from 'zod'
import { type Instant, instantText } from '#kernel/instant.ts'
import { wireMoney } from '#kernel/money.ts'
import type { Push } from './push-row.ts'
import { PUSH_STATES } from './states.ts'
import { nextTryAt } from './summary.ts'

// Pushes as they stand on the wire.

export const time = z.string().meta({ format: 'date-time', description: 'UTC, RFC 3339' })
const words = z.string().nullable()
const money = z.strictObject({ amount: z.int(), currency: z.string() })

export const wireRemark = z.strictObject({ code: z.string(), pointer: z.string(), say: z.string() })

/** A log as the promised addresses show it. */
export const wireLog = z
  .strictObject({
    id: z.string(),
    order_id: z.string(),
    status: z.enum(PUSH_STATES),
    outcome: z.enum(['unknown']).nullable().meta({ description: '`unknown`: it may be in the POS or not' }),
    provider: z.string(),
    pos_order_id: words,
    retry_count: z.int(),
    duration_ms: z.int().nullable().meta({ description: 'From its beginning to its end; null while it has none' }),
    next_retry_at: time.nullable(),
    error_code: words,
    error_message: words,
    completed_at: time.nullable(),
    created_at: time,
  })
  .meta({ id: 'PushLog' })

export const wirePush = wireLog
  .omit({ provider: true })
  .extend({
    pos_system: z.string(),
    connection_id: z.string(),
    pos_order_number: words,
    waits_for: z.enum(['person', 'sign_in']).nullable(),
    wish: z
      .enum(['cancel', 'amend'])
      .nullable()
      .meta({ description: 'What is done as soon as it is known where it is' }),
    attempts: z.int(),
    test: z.boolean(),
    promised_at: time,
    total: money,
    pos_total: money.nullable().meta({ description: 'What the POS says that it costs' }),
    warnings: z.array(wireRemark),
  })
  .meta({ id: 'Push', description: 'One order on its way into one POS' })

export type WirePush = z.output<typeof wirePush>

export function logToWire(push: Push): z.output<typeof wireLog> {
  const { id, orderId, status, outcome, posSystem, posOrderId, retryCount, completedAt, createdAt } = push
  return {
    id,
    order_id: orderId,
    status,
    outcome,
    provider: posSystem,
    pos_order_id: posOrderId,
    retry_count: retryCount,
    duration_ms: completedAt === null ? null : completedAt - createdAt,
    next_retry_at: textOf(nextTryAt(push)),
    error_code: push.errorCode,
    error_message: push.errorMessage,
    completed_at: textOf(completedAt),
    created_at: instantText(createdAt),
  }
}

export function pushToWire(push: Push): WirePush {
  const { provider, ...log } = logToWire(push)
  return {
    ...log,
    pos_system: provider,
    connection_id: push.connectionId,
    pos_order_number: push.posOrderNumber,
    waits_for: push.waitsFor,
    wish: push.wish,
    attempts: push.attempts,
    test: push.test,
    promised_at: instantText(push.promisedAt),
    total: wireMoney(push.total, push.currency),
    pos_total: push.posTotal === null ? null : wireMoney(push.posTotal, push.currency),
    warnings: [...push.warnings],
  }
}

export function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
