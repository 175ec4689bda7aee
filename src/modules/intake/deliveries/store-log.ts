import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DeliveryOutcome } from './delivery.ts'

// Reading the log of deliveries, for people.

export type LoggedDelivery = {
  readonly id: Id
  readonly connectionId: Id
  readonly posSystem: string
  readonly eventId: string | null
  readonly eventKey: string
  readonly type: string
  readonly occurredAt: Instant | null
  readonly receivedAt: Instant
  readonly processedAt: Instant | null
  readonly bodyBytes: number
  readonly outcome: DeliveryOutcome
  readonly repeats: number
  readonly attempts: number
  /** When it is tried next; null once it has ended. */
  readonly dueAt: Instant | null
  readonly code: string | null
  readonly say: string | null
  readonly subjects: readonly string[]
}

const COLUMNS = sql`id, connection_id as "connectionId", pos_system as "posSystem", event_id as "eventId",
  event_key as "eventKey", type, occurred_at as "occurredAt", received_at as "receivedAt",
  processed_at as "processedAt", body_bytes as "bodyBytes", outcome, repeats, attempts, due_at as "dueAt", code, say,
  subjects`

export type LogFilter = {
  readonly outcomes: readonly DeliveryOutcome[]
  readonly types: readonly string[]
  readonly from: Instant | null
  readonly to: Instant | null
}

export type LogPosition = { readonly receivedAt: Instant; readonly id: Id }

export type Where = { readonly tenantId: TenantId; readonly connectionId: Id }

/** Newest first. */
export async function listDeliveries(
  tx: Tx,
  { tenantId, connectionId }: Where,
  filter: LogFilter,
  page: { readonly limit: number; readonly after: LogPosition | null },
): Promise<LoggedDelivery[]> {
  const { outcomes, types, from, to } = filter
  const { after, limit } = page
  const { rows } = await sql<LoggedDelivery>`
    select ${COLUMNS} from pos.webhook_logs
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      ${outcomes.length === 0 ? sql`` : sql`and outcome = any(${arrayOf(outcomes)}::text[])`}
      ${types.length === 0 ? sql`` : sql`and type = any(${arrayOf(types)}::text[])`}
      ${from === null ? sql`` : sql`and received_at >= ${instantText(from)}`}
      ${to === null ? sql`` : sql`and received_at < ${instantText(to)}`}
      ${after === null ? sql`` : sql`and (received_at, id) < (${instantText(after.receivedAt)}, ${after.id})`}
    order by received_at desc, id desc limit ${limit}`.execute(tx)
  return rows
}

export type DeliveryWords = {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export async function findDelivery(
  tx: Tx,
  { tenantId, connectionId }: Where,
  id: Id,
): Promise<(LoggedDelivery & DeliveryWords) | null> {
  const { rows } = await sql<LoggedDelivery & DeliveryWords>`
    select ${COLUMNS}, headers, body from pos.webhook_logs
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and id = ${id}`.execute(tx)
  return rows[0] ?? null
}

/** External ids of the sales that the subjects led to. */
export async function salesOfSubjects(
  tx: Tx,
  { tenantId, connectionId }: Where,
  subjects: readonly string[],
): Promise<string[]> {
  if (subjects.length === 0) return []
  const { rows } = await sql<{ sales: readonly string[] }>`
    select sales from pos.source_subjects
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and subject = any(${arrayOf(subjects)}::text[])`.execute(tx)
  return [...new Set(rows.flatMap((row) => row.sales))]
}

export type DeliveryCounts = {
  readonly connectionId: Id
  readonly counts: Readonly<Record<DeliveryOutcome, number>>
  readonly repeats: number
  readonly last: { readonly type: string; readonly receivedAt: Instant } | null
  /** Receipt of the delivery that has waited longest; null when none waits. */
  readonly waitsSince: Instant | null
}

/** What became of the deliveries of each of the tenant's connections since a moment. */
export async function countDeliveries(
  tx: Tx,
  tenantId: TenantId,
  connectionIds: readonly Id[],
  since: Instant,
): Promise<DeliveryCounts[]> {
  const { rows } = await sql<CountRow>`
    select c.id as "connectionId", n.*, l.type as "lastType", l.received_at as "lastAt", w.since as "waitsSince"
    from unnest(${arrayOf(connectionIds)}::uuid[]) as c (id)
    cross join lateral (
      select count(*) filter (where outcome = 'received')::integer as received,
        count(*) filter (where outcome = 'processed')::integer as processed,
        count(*) filter (where outcome = 'ignored')::integer as ignored,
        count(*) filter (where outcome = 'failed')::integer as failed,
        coalesce(sum(repeats), 0)::integer as repeats
      from pos.webhook_logs
      where tenant_id = ${tenantId} and connection_id = c.id and received_at >= ${instantText(since)}) n
    left join lateral (
      select type, received_at from pos.webhook_logs
      where tenant_id = ${tenantId} and connection_id = c.id
      order by received_at desc, id desc limit 1) l on true
    left join lateral (
      select min(received_at) as since from pos.webhook_logs
      where tenant_id = ${tenantId} and connection_id = c.id and outcome = 'received') w on true`.execute(tx)
  return rows.map(({ connectionId, received, processed, ignored, failed, repeats, lastType, lastAt, waitsSince }) => ({
    connectionId,
    counts: { received, processed, ignored, failed },
    repeats,
    last: lastType === null || lastAt === null ? null : { type: lastType, receivedAt: lastAt },
    waitsSince,
  }))
}

type CountRow = Readonly<Record<DeliveryOutcome | 'repeats', number>> & {
  readonly connectionId: Id
  readonly lastType: string | null
  readonly lastAt: Instant | null
  readonly waitsSince: Instant | null
}
