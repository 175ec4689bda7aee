import { type RawBuilder, sql } from 'kysely'
import { cursorText, readCursor } from '#kernel/cursor.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { PUSH_COLUMNS, type Push } from './push-row.ts'
import type { PushState } from './states.ts'

// Pushes of a tenant, many at once.

export type PushFilter = {
  readonly status?: readonly PushState[] | undefined
  readonly connectionId?: Id | undefined
  /** Waits for a person's decision. */
  readonly undecided?: boolean | undefined
  readonly from?: Instant | undefined
  /** Not included. */
  readonly to?: Instant | undefined
}

export async function pageOfPushes(
  tx: Tx,
  tenantId: TenantId,
  filter: PushFilter,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<{ readonly rows: readonly Push[]; readonly nextCursor: string | null }> {
  const after = page.cursor === null ? null : readCursor(page.cursor, 2)
  const behind =
    after === null
      ? sql`true`
      : sql`(p.created_at, p.id) < (${instantText(instant(Number(after[0])))}::timestamptz, ${String(after[1])}::uuid)`
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p where ${whereOf(tenantId, filter)} and ${behind}
    order by p.created_at desc, p.id desc limit ${page.limit + 1}`.execute(tx)
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  const isMore = rows.length > page.limit && last !== undefined
  return { rows: shown, nextCursor: isMore ? cursorText([last.createdAt, last.id]) : null }
}

/** By limit and offset, as promised. */
export async function sliceOfPushes(
  tx: Tx,
  tenantId: TenantId,
  filter: PushFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<{ readonly rows: readonly Push[]; readonly total: number }> {
  const where = whereOf(tenantId, filter)
  const { rows } = await sql<Push>`
    select ${PUSH_COLUMNS} from pos.pushes p where ${where}
    order by p.created_at desc, p.id desc limit ${limit} offset ${offset}`.execute(tx)
  const counted = await sql<{ count: bigint }>`select count(*) as count from pos.pushes p where ${where}`.execute(tx)
  return { rows, total: Number(counted.rows[0]?.count ?? 0) }
}

function whereOf(tenantId: TenantId, filter: PushFilter): RawBuilder<unknown> {
  const { status, connectionId, undecided, from, to } = filter
  const parts = [
    sql`p.tenant_id = ${tenantId}`,
    ...(status === undefined ? [] : [sql`p.status = any(${[...status]}::text[])`]),
    ...(connectionId === undefined ? [] : [sql`p.connection_id = ${connectionId}`]),
    ...(undecided === undefined ? [] : [sql`(p.waits_for is not distinct from 'person') = ${undecided}`]),
    ...(from === undefined ? [] : [sql`p.created_at >= ${instantText(from)}`]),
    ...(to === undefined ? [] : [sql`p.created_at < ${instantText(to)}`]),
  ]
  return sql.join(parts, sql` and `)
}

export type PushCounts = {
  readonly total: number
  readonly success: number
  readonly failed: number
  readonly retry: number
}

export async function countPushes(tx: Tx, tenantId: TenantId): Promise<PushCounts> {
  const { rows } = await sql<Record<keyof PushCounts, number>>`
    select count(*)::integer as total, count(*) filter (where status = 'success')::integer as success,
      count(*) filter (where status = 'failed')::integer as failed,
      count(*) filter (where status = 'retry')::integer as retry
    from pos.pushes where tenant_id = ${tenantId}`.execute(tx)
  return rows[0] ?? { total: 0, success: 0, failed: 0, retry: 0 }
}

/** How it went lately with a connection: the last order that arrived, and what has gone wrong since. */
export async function healthOf(tx: Tx, tenantId: TenantId, connectionId: Id) {
  const { rows } = await sql<{ lastAt: Instant | null; errors: number; lastError: string | null }>`
    with arrived as (
      select max(completed_at) as at from pos.pushes
      where tenant_id = ${tenantId} and connection_id = ${connectionId} and status = 'success'
    ), wrong as (
      select a.started_at, coalesce(a.say, a.error_code) as say
      from pos.push_attempts a join pos.pushes p on p.tenant_id = a.tenant_id and p.id = a.push_id
      where a.tenant_id = ${tenantId} and p.connection_id = ${connectionId} and a.step = 'send'
        and a.result in ('not_sent', 'unknown', 'refused', 'sign_in')
        and a.started_at > coalesce((select at from arrived), '-infinity')
    )
    select (select at from arrived) as "lastAt", (select count(*)::integer from wrong) as errors,
      (select say from wrong order by started_at desc limit 1) as "lastError"`.execute(tx)
  return rows[0] ?? { lastAt: null, errors: 0, lastError: null }
}
