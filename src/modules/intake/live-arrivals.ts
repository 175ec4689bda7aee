import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Instant } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

/** The last that a live system told, or that was read of it. */
export type LiveArrival = {
  readonly connectionId: Id
  readonly kind: 'event' | 'sync'
  readonly at: Instant
  /** `processed`, `done`, `failed`… */
  readonly outcome: string
}

/** One for each connection that is open and ever brought anything: its newest message or ended sync. */
export async function listLiveArrivals(tx: Tx, tenantId: TenantId): Promise<LiveArrival[]> {
  const { rows } = await sql<LiveArrival>`
    select c.id as "connectionId", a.kind, a.at, a.outcome
    from pos.open_connections c
    cross join lateral (
      select * from (
        (select 'event' as kind, received_at as at, outcome from pos.webhook_logs
         where tenant_id = ${tenantId} and connection_id = c.id order by received_at desc, id desc limit 1)
        union all
        (select 'sync', finished_at, state from pos.sync_logs
         where tenant_id = ${tenantId} and connection_id = c.id and finished_at is not null
         order by created_at desc, id desc limit 1)
      ) both_kinds order by at desc limit 1
    ) a
    where c.tenant_id = ${tenantId}`.execute(tx)
  return rows
}
