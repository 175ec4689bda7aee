import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant } from '#kernel/instant.ts'

// One line of the outbox: a fact that somebody may react to. Its number is gapless per tenant and rises in the order of
// the commits; its id is what other facts and the outside world name it by.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export type OutboxEvent = {
  readonly id: Id
  readonly tenantId: TenantId
  /** 1, 2, 3 … within the tenant. */
  readonly seq: number
  /** What happened, as `noun.verb-in-the-past`: `sale.recorded`. */
  readonly type: string
  /** What it happened to, as `noun/id`. */
  readonly subject: string
  readonly occurredAt: Instant
  /** Who caused it: `person:<id>`, `key:<id>`, `job:<name>`, `provider:<system>` or `hub:<part>`. */
  readonly actor: string
  readonly requestId: string | null
  /** The event that this one follows from. */
  readonly cause: Id | null
  /** Version of the shape of `data`, per type. */
  readonly schemaVersion: number
  /** No secrets, and no more about a person than its readers need: lines are kept and handed on. */
  readonly data: JsonObject
}

export type EventRow = {
  tenant_id: string
  seq: bigint
  id: string
  type: string
  subject: string
  occurred_at: number
  actor: string
  request_id: string | null
  cause: string | null
  schema_version: number
  data: JsonObject
}

export const EVENT_COLUMNS = sql.raw(
  'tenant_id, seq, id, type, subject, occurred_at, actor, request_id, cause, schema_version, data',
)

export function eventOf(row: EventRow): OutboxEvent {
  return {
    id: row.id as Id,
    tenantId: row.tenant_id as TenantId,
    seq: Number(row.seq),
    type: row.type,
    subject: row.subject,
    occurredAt: instant(row.occurred_at),
    actor: row.actor,
    requestId: row.request_id,
    cause: row.cause as Id | null,
    schemaVersion: row.schema_version,
    data: row.data,
  }
}
