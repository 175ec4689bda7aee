import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { JsonObject } from './event.ts'

// A tenant's numbers are taken from its row in hub.outbox_heads, which stays locked until commit. So whoever sees line 7
// also sees lines 1 to 6, whatever order the transactions began in; a rollback gives its numbers back; and nobody waits
// for another tenant. A plain sequence promises none of this.
//
// The price: the tenant's other writers wait from here to the commit. Append last, right before the transaction ends,
// and let no transaction that writes last over a second.

export type NewEvent = {
  /** Made here when left out. Given when other rows of the transaction must name the event. */
  readonly id?: Id
  readonly type: string
  readonly subject: string
  readonly occurredAt: Instant
  readonly actor: string
  readonly requestId?: string | null
  readonly cause?: Id | null
  /** 1 when left out. */
  readonly schemaVersion?: number
  readonly data: JsonObject
}

const appendedTypes = new WeakMap<object, Set<string>>()

/** Adds lines to the tenant's outbox inside the caller's transaction of that tenant. Answers their numbers, in order. */
export async function appendEvents(
  tx: Tx,
  tenantId: TenantId,
  events: readonly NewEvent[],
): Promise<readonly number[]> {
  if (events.length === 0) return []
  const count = events.length
  const { rows } = await sql<{ seq: bigint }>`
    with head as (
      insert into hub.outbox_heads as head (tenant_id, seq, appended_by)
      values (${tenantId}, ${count}, pg_current_xact_id())
      on conflict (tenant_id) do update set seq = head.seq + excluded.seq, appended_by = excluded.appended_by
      returning seq
    ), lines as (
      insert into hub.outbox
        (tenant_id, seq, id, type, subject, occurred_at, actor, request_id, cause, schema_version, data)
      select ${tenantId}, head.seq - ${count}::bigint + line.place, line.id, line.type, line.subject, line.occurred_at,
        line.actor, line.request_id, line.cause, line.schema_version, line.data
      from head, unnest(
        ${events.map((event) => event.id ?? newId())}::uuid[],
        ${events.map((event) => event.type)}::text[],
        ${events.map((event) => event.subject)}::text[],
        ${events.map((event) => instantText(event.occurredAt))}::timestamptz[],
        ${events.map((event) => event.actor)}::text[],
        ${events.map((event) => event.requestId ?? null)}::text[],
        ${events.map((event) => event.cause ?? null)}::uuid[],
        ${events.map((event) => event.schemaVersion ?? 1)}::smallint[],
        ${events.map((event) => JSON.stringify(event.data))}::jsonb[]
      ) with ordinality as line
        (id, type, subject, occurred_at, actor, request_id, cause, schema_version, data, place)
    )
    select seq from head`.execute(tx)
  noteTypes(tx, events)
  const last = Number(rows[0]?.seq)
  return events.map((_, index) => last - count + 1 + index)
}

/** The types of event that this transaction appended, or null when it appended none. */
export function appendedIn(tx: Tx): ReadonlySet<string> | null {
  return appendedTypes.get(tx.getExecutor()) ?? null
}

function noteTypes(tx: Tx, events: readonly NewEvent[]): void {
  // By the executor, which `tx.withTables<…>()` shares with the transaction it came from.
  const key = tx.getExecutor()
  const types = appendedTypes.get(key) ?? new Set()
  for (const event of events) types.add(event.type)
  appendedTypes.set(key, types)
}
