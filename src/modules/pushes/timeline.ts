import { z } from 'zod'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { instantText } from '#kernel/instant.ts'
import type { StoredOrder } from '#modules/orders/orders.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { PushDesk } from './desk.ts'
import { pushesOfOrder } from './make-push.ts'
import { type Covering, coveringOf, maskedBody } from './masked.ts'
import type { Push } from './push-row.ts'
import { notPushed, unknownOrder } from './request.ts'
import { type Attempt, listAttempts, listCalls, openBody, type StoredCall } from './store-attempts.ts'
import { pushToWire, textOf, time, wirePush } from './wire.ts'

// The whole story of an order's way: each try, each call of each try, what was asked and what came back.

const wireCall = z.strictObject({
  name: z.string(),
  method: z.string(),
  path: z.string(),
  writes: z.boolean().meta({ description: 'It changes something at the system' }),
  begun_at: time,
  took_ms: z.int().nullable(),
  status: z.int().nullable().meta({ description: 'Null: no answer came' }),
  verdict: z.string().nullable().meta({ description: 'Null: its end was never seen' }),
  never_sent: z.boolean().nullable(),
  request: z.unknown().meta({ description: 'What was asked, personal data and secrets covered' }),
  answer: z.unknown().meta({ description: 'What came back, personal data and secrets covered' }),
})

const wireAttempt = z.strictObject({
  no: z.int(),
  step: z.enum(['send', 'look', 'cancel', 'amend', 'report']),
  retry_no: z.int().meta({ description: 'Which of the twelve; 0: none of them' }),
  started_at: time,
  ended_at: time.nullable(),
  result: z.string().nullable(),
  error_code: z.string().nullable(),
  say: z.string().nullable(),
  calls: z.array(wireCall),
})

export const wireTimeline = wirePush
  .extend({
    first_sent_at: time.nullable().meta({ description: 'Since when something may be in the POS' }),
    attempts_made: z.array(wireAttempt),
    others: z.array(wirePush).meta({ description: 'The order’s ways to other connections' }),
  })
  .meta({ id: 'PushTimeline' })

export type WireTimeline = z.output<typeof wireTimeline>

/** Throws `push.unknown-order`, `push.not-pushed`. */
export async function timelineOf(
  desk: Pick<PushDesk, 'database' | 'vault' | 'orders' | 'findLive'>,
  tenantId: TenantId,
  orderId: string,
): Promise<WireTimeline> {
  if (!isId(orderId)) throw unknownOrder()
  const sealer = await desk.vault.tenant(tenantId)
  const { stored, pushes, attempts, calls, personal } = await desk.database.tenant(tenantId, async (tx) => {
    const stored = await desk.orders.find(tx, tenantId, orderId as Id, sealer)
    if (stored === null) throw unknownOrder()
    const pushes = await pushesOfOrder(tx, tenantId, orderId as Id)
    const newest = pushes[0]
    if (newest === undefined) throw notPushed()
    const connection = await desk.findLive(tx, { tenantId, id: newest.connectionId })
    return {
      stored,
      pushes,
      attempts: await listAttempts(tx, tenantId, newest.id),
      calls: await listCalls(tx, tenantId, newest.id),
      personal: connection?.live.reader.personal ?? {},
    }
  })
  const [push, ...others] = pushes
  if (push === undefined) throw notPushed()
  return {
    ...pushToWire(push),
    first_sent_at: textOf(push.firstSentAt),
    attempts_made: attempts.map((attempt) => attemptToWire(sealer, push, attempt, calls, coverOf(stored, personal))),
    others: others.map(pushToWire),
  }
}

function coverOf(stored: StoredOrder, personal: Readonly<Record<string, readonly string[]>>): Covering {
  return coveringOf(stored.order, personal)
}

function attemptToWire(
  sealer: Sealer,
  push: Push,
  { no, step, retryNo, startedAt, endedAt, result, errorCode, say }: Attempt,
  calls: readonly StoredCall[],
  covering: Covering,
): z.output<typeof wireAttempt> {
  return {
    no,
    step,
    retry_no: retryNo,
    started_at: instantText(startedAt),
    ended_at: textOf(endedAt),
    result,
    error_code: errorCode,
    say,
    calls: calls.filter(({ attemptNo }) => attemptNo === no).map((call) => callToWire(sealer, push, call, covering)),
  }
}

function callToWire(sealer: Sealer, push: Push, call: StoredCall, covering: Covering): z.output<typeof wireCall> {
  const place = { tenantId: push.tenantId, id: push.id, attemptNo: call.attemptNo, no: call.no }
  return {
    name: call.name,
    method: call.method,
    path: call.path,
    writes: call.writes,
    begun_at: instantText(call.begunAt),
    took_ms: call.tookMs,
    status: call.status,
    verdict: call.verdict,
    never_sent: call.neverSent,
    request: maskedBody(openBody(sealer, place, 'request', call.request), covering),
    answer: maskedBody(openBody(sealer, place, 'answer', call.answer), covering),
  }
}
