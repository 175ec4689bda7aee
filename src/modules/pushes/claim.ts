import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'

// Who works on a push. A claim has a number and an end; whoever has an older number records nothing any more. The end is
// also the moment at which the push is due again, so that one whose worker was killed is found like any other.

export type ClaimedPush = Push & {
  readonly firstTryAt: Instant
  readonly gridAt: Instant
  /** The attempt before this claim has no end: its process was. */
  readonly interrupted: boolean
}

export type ConnectionOf = { readonly tenantId: TenantId; readonly connectionId: Id }

/** A worker says within this time that it is still there, or another one takes over. */
export const LEASE_MS = 20_000

/** Takes pushes of a connection that are due, the oldest promise first, and begins an attempt of each. */
export async function claimPushes(
  tx: Tx,
  { tenantId, connectionId }: ConnectionOf,
  now: Instant,
  limit: number,
): Promise<ClaimedPush[]> {
  const at = instantText(now)
  const until = instantText(instant(now + LEASE_MS))
  const { rows } = await sql<ClaimedPush>`
    with due as (
      select id, claimed_until is not null as interrupted, due_as = 'retry' and claimed_until is null as counts
      from pos.pushes
      where tenant_id = ${tenantId} and connection_id = ${connectionId} and due_at <= ${at}
        and (claimed_until is null or claimed_until <= ${at})
      order by promised_at, created_at limit ${limit} for update skip locked
    ), claimed as (
      update pos.pushes p set
        status = case when p.status in ('pending', 'retry') and p.waits_for is null then 'syncing' else p.status end,
        claim_no = p.claim_no + 1, claimed_until = ${until}, due_at = ${until},
        attempts = p.attempts + case when due.interrupted then 0 else 1 end,
        retry_count = p.retry_count + case when due.counts then 1 else 0 end,
        resends = case when due.counts then 0 else p.resends end,
        grid_at = case when due.counts or p.grid_at is null then ${at}::timestamptz else p.grid_at end,
        first_try_at = coalesce(p.first_try_at, ${at}), moved_at = ${at}
      from due where p.tenant_id = ${tenantId} and p.id = due.id
      returning ${PUSH_COLUMNS}, due.interrupted
    ), begun as (
      insert into pos.push_attempts (tenant_id, push_id, no, step, due_as, retry_no, started_at)
      select "tenantId", id, attempts, "nextStep", "dueAs", case when "dueAs" = 'retry' then "retryCount" else 0 end, ${at}
      from claimed where not interrupted
    )
    select * from claimed order by "promisedAt", "createdAt"`.execute(tx)
  return rows
}

/** The claim goes on. False: somebody else has taken over. */
export async function extendClaim(
  tx: Tx,
  push: Pick<Push, 'tenantId' | 'id' | 'claimNo'>,
  now: Instant,
): Promise<boolean> {
  const until = instantText(instant(now + LEASE_MS))
  const { numAffectedRows } = await sql`
    update pos.pushes set claimed_until = ${until}, due_at = ${until}
    where tenant_id = ${push.tenantId} and id = ${push.id} and claim_no = ${push.claimNo}
      and claimed_until is not null`.execute(tx)
  return numAffectedRows === 1n
}

/** The row, locked until the transaction ends; null when the claim is somebody else's by now. */
export async function holdClaimed(tx: Tx, push: Pick<Push, 'tenantId' | 'id' | 'claimNo'>): Promise<Push | null> {
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p
    where p.tenant_id = ${push.tenantId} and p.id = ${push.id} and p.claim_no = ${push.claimNo}
      and p.claimed_until is not null
    for update`.execute(tx)
  return rows[0] ?? null
}

/** Across tenants: connections that have something due now, the longest due first. */
export async function connectionsWithDue(
  tx: Tx,
  now: Instant,
  limit: number,
  without: readonly Id[],
): Promise<ConnectionOf[]> {
  const at = instantText(now)
  const { rows } = await sql<ConnectionOf>`
    select tenant_id as "tenantId", connection_id as "connectionId" from (
      select tenant_id, connection_id, due_at from pos.pushes
      where due_at <= ${at} and (claimed_until is null or claimed_until <= ${at})
        and connection_id <> all(${arrayOf(without)}::uuid[])
      order by due_at limit 5000
    ) due
    group by tenant_id, connection_id order by min(due_at) limit ${limit}`.execute(tx)
  return rows
}
