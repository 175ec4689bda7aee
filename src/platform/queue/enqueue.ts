import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Task } from './task.ts'

// A job exists if and only if the caller's transaction commits. Adding one sends a notification as part of that commit,
// and PostgreSQL lets only one notifying commit at a time through: fine for orders and imports, too slow for every
// webhook. What must be fast follows the outbox.

export type NewJob<Payload extends object> = {
  readonly task: Task<Payload>
  /** Ids, not data. The tenant is added by the database, from the transaction. */
  readonly payload: Payload
  /** At most one waiting job of the tenant and task has this key: a newer one takes its place. */
  readonly jobKey?: string
  /** Smaller runs first; 0 when left out. */
  readonly priority?: number
  /** Jobs of one queue run one after the other. Few distinct names: each becomes a row that stays. */
  readonly queueName?: string
  /** Real time, for a waker that may come late. A due time of the business stands in a table and is stepped by `tick`. */
  readonly runAt?: Instant
  readonly maxAttempts?: number
  /** Whose job it is, when a transaction across tenants enqueues it. A tenant's own transaction need not say. */
  readonly tenantId?: TenantId
}

const ATTEMPTS_MAX = 12

/** Adds a job inside the caller's transaction, as whichever role that has. */
export async function enqueue<Payload extends object>(tx: Tx, job: NewJob<Payload>): Promise<void> {
  await sql`select hub.enqueue(
    task => ${job.task.name}::text,
    work => ${JSON.stringify(job.payload)}::jsonb,
    job_key => ${job.jobKey ?? null}::text,
    queue_name => ${job.queueName ?? null}::text,
    run_at => ${job.runAt === undefined ? null : instantText(job.runAt)}::timestamptz,
    max_attempts => ${job.maxAttempts ?? ATTEMPTS_MAX}::integer,
    priority => ${job.priority ?? 0}::integer,
    for_tenant => ${job.tenantId ?? null}::uuid
  )`.execute(tx)
}
