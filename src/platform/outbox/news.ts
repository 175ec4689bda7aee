import { sql } from 'kysely'
import type { TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Who has lines to handle, across tenants. Each head names the transaction that wrote it last. A look remembers the
// oldest transaction that was still open in it, the horizon: whatever commits later is that one or a younger one, so the
// next look passes over every head of an older one without missing any, however the commits are ordered.

export type News = {
  readonly found: readonly { readonly follower: string; readonly tenantId: TenantId }[]
  readonly horizon: string
}

/** Every follower and tenant with lines to handle, unless it waits for its next try. Reads all cursors. */
export async function listAllNews(tx: Tx, followers: readonly string[], now: Instant): Promise<News> {
  const horizon = await readHorizon(tx)
  const { rows } = await sql<{ follower: string; tenantId: TenantId }>`
    select wanted.follower, head.tenant_id as "tenantId"
    from hub.outbox_heads as head
    cross join unnest(${followers}::text[]) as wanted (follower)
    left join hub.outbox_cursors as at on at.tenant_id = head.tenant_id and at.follower = wanted.follower
    where head.seq > coalesce(at.seq, 0)
      and (at.retry_at is null or at.retry_at <= ${instantText(now)}::timestamptz)`.execute(tx)
  return { found: rows, horizon }
}

/** The same, for what was committed since the look that answered `since`, and for tries that are due. */
export async function listFreshNews(tx: Tx, followers: readonly string[], now: Instant, since: string): Promise<News> {
  const horizon = await readHorizon(tx)
  const { rows } = await sql<{ follower: string; tenantId: TenantId }>`
    select wanted.follower, head.tenant_id as "tenantId"
    from hub.outbox_heads as head
    cross join unnest(${followers}::text[]) as wanted (follower)
    -- The limit keeps this a look-up per fresh head: a join would read the cursors of all the others.
    left join lateral (
      select seq, retry_at from hub.outbox_cursors
      where tenant_id = head.tenant_id and outbox_cursors.follower = wanted.follower
      limit 1
    ) as at on true
    where head.appended_by >= ${since}::xid8 and head.seq > coalesce(at.seq, 0) and at.retry_at is null
    union all
    select follower, tenant_id from hub.outbox_cursors
    where retry_at <= ${instantText(now)}::timestamptz and follower = any(${followers}::text[])`.execute(tx)
  return { found: rows, horizon }
}

/** Read before the look itself: an older horizon sees too much, never too little. */
async function readHorizon(tx: Tx): Promise<string> {
  const { rows } = await sql<{ horizon: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(tx)
  return rows[0]?.horizon ?? '0'
}
