import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Where each durable follower stands, one row per tenant and follower. The row's lock is what keeps several processes
// from handling the same lines twice.

export type Cursor = { readonly seq: number; readonly retryAt: Instant | null }

export type Failure = { readonly failures: number; readonly retryAt: Instant }

const RETRY_AFTER_MAX_S = 300
const ERROR_TEXT_MAX = 500

/** Makes the follower known. Beginning at the head sets its cursors there, the first time that it is ever seen. */
export async function registerFollower(tx: Tx, name: string, from: 'beginning' | 'head', now: Instant): Promise<void> {
  const { rows } = await sql`
    insert into hub.outbox_followers (name, first_seen_at) values (${name}, ${instantText(now)})
    on conflict do nothing returning name`.execute(tx)
  if (rows.length === 0 || from === 'beginning') return
  await sql`
    insert into hub.outbox_cursors (tenant_id, follower, seq)
    select tenant_id, ${name}, seq from hub.outbox_heads
    on conflict do nothing`.execute(tx)
}

/** The follower's cursor, locked until the transaction ends; null while another process holds it. */
export async function lockCursor(tx: Tx, tenantId: TenantId, follower: string): Promise<Cursor | null> {
  const { rows } = await sql<{ seq: bigint; retry_at: Instant | null }>`
    select seq, retry_at from hub.outbox_cursors
    where tenant_id = ${tenantId} and follower = ${follower}
    for update skip locked`.execute(tx)
  if (rows[0]) return { seq: Number(rows[0].seq), retryAt: rows[0].retry_at }
  const { rows: made } = await sql`
    insert into hub.outbox_cursors (tenant_id, follower, seq) values (${tenantId}, ${follower}, 0)
    on conflict do nothing returning seq`.execute(tx)
  return made.length === 0 ? null : { seq: 0, retryAt: null }
}

/** Moves a locked cursor. When nothing else was written, the commit need not reach the disk: it can be done again. */
export async function moveCursor(
  tx: Tx,
  tenantId: TenantId,
  follower: string,
  seq: number,
  commit: 'durable' | 'lazy',
): Promise<void> {
  await sql`
    update hub.outbox_cursors set seq = ${seq}, failures = 0, retry_at = null, last_error = null
    ${commit === 'lazy' ? sql`from (select set_config('synchronous_commit', 'off', true)) as setting` : sql``}
    where tenant_id = ${tenantId} and follower = ${follower}`.execute(tx)
}

/**
 * Counts a failure at the line after `seq` and says when to try again: after 1, 2, 4 … seconds, at most five minutes.
 * Null when somebody else got past that line meanwhile.
 */
export async function recordFailure(
  tx: Tx,
  tenantId: TenantId,
  follower: string,
  failed: { readonly seq: number; readonly now: Instant; readonly error: string },
): Promise<Failure | null> {
  const now = instantText(failed.now)
  const { rows } = await sql<{ failures: number; retry_at: Instant }>`
    insert into hub.outbox_cursors as at (tenant_id, follower, seq, failures, retry_at, last_error)
    values (${tenantId}, ${follower}, ${failed.seq}, 1, ${now}::timestamptz + interval '1 second',
      ${failed.error.slice(0, ERROR_TEXT_MAX)})
    on conflict (tenant_id, follower) do update set
      failures = at.failures + 1,
      retry_at = ${now}::timestamptz
        + make_interval(secs => least(${RETRY_AFTER_MAX_S}::float8, power(2, least(at.failures, 20)))),
      last_error = excluded.last_error
    where at.seq = excluded.seq
    returning failures, retry_at`.execute(tx)
  return rows[0] ? { failures: rows[0].failures, retryAt: rows[0].retry_at } : null
}
