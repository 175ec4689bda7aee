import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DueRead, DueReason } from '../records/due-reads.ts'

/** A due read that was claimed, with how often it was tried. */
export type ClaimedRead = DueRead & { readonly step: number }

type Owner = { readonly tenantId: TenantId; readonly connectionId: Id }

/** Across tenants: connections that have something to read again now, the longest due first. */
export async function connectionsWithDueReads(
  tx: Tx,
  now: Instant,
  limit: number,
  without: readonly Id[],
): Promise<Owner[]> {
  const at = instantText(now)
  const { rows } = await sql<{ tenant_id: TenantId; connection_id: Id }>`
    select tenant_id, connection_id from (
      select tenant_id, connection_id, due_at from pos.due_reads
      where state = 'waiting' and due_at <= ${at} and (claimed_until is null or claimed_until <= ${at})
        and connection_id <> all(${arrayOf(without)}::uuid[])
      order by due_at limit 5000
    ) due
    group by tenant_id, connection_id order by min(due_at) limit ${limit}`.execute(tx)
  return rows.map(({ tenant_id, connection_id }) => ({ tenantId: tenant_id, connectionId: connection_id }))
}

/** Takes due reads of a connection: they are `claim`'s until `until`. */
export async function claimDueReads(
  tx: Tx,
  { tenantId, connectionId }: Owner,
  claim: Id,
  { now, until, limit }: { readonly now: Instant; readonly until: Instant; readonly limit: number },
): Promise<ClaimedRead[]> {
  const at = instantText(now)
  const { rows } = await sql<{ subject: string; kind: string; external_id: string; reason: DueReason; step: number }>`
    update pos.due_reads set claimed_by = ${claim}, claimed_until = ${instantText(until)}
    where tenant_id = ${tenantId} and connection_id = ${connectionId}
      and (subject, kind, external_id) in (
        select subject, kind, external_id from pos.due_reads
        where tenant_id = ${tenantId} and connection_id = ${connectionId} and state = 'waiting' and due_at <= ${at}
          and (claimed_until is null or claimed_until <= ${at})
        order by step, due_at limit ${limit} for update skip locked)
    returning subject, kind, external_id, reason, step`.execute(tx)
  return rows.map(({ external_id, ...row }) => ({ ...row, id: external_id }))
}

/** Gives claimed reads back without counting a try: nobody could be asked. */
export async function putOffDueReads(tx: Tx, { tenantId, connectionId }: Owner, claim: Id, at: Instant): Promise<void> {
  await sql`
    update pos.due_reads set claimed_by = null, claimed_until = null, due_at = ${instantText(at)}
    where tenant_id = ${tenantId} and connection_id = ${connectionId} and claimed_by = ${claim}`.execute(tx)
}

/** How many records are to be read again, and how many were given up. */
export async function countDueReads(
  tx: Tx,
  { tenantId, connectionId }: Owner,
): Promise<{ readonly waiting: number; readonly givenUp: number; readonly nextAt: Instant | null }> {
  const { rows } = await sql<{ waiting: bigint; given_up: bigint; next_at: Instant | null }>`
    select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'given_up') as given_up,
      min(due_at) filter (where state = 'waiting') as next_at
    from pos.due_reads where tenant_id = ${tenantId} and connection_id = ${connectionId}`.execute(tx)
  const row = rows[0]
  return { waiting: Number(row?.waiting ?? 0), givenUp: Number(row?.given_up ?? 0), nextAt: row?.next_at ?? null }
}
