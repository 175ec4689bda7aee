import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { NoticeKind } from './kinds.ts'

export type Notice = {
  readonly id: Id
  readonly kind: NoticeKind
  readonly title: string
  readonly say: string
  readonly subject: string
  readonly link: string | null
  readonly taskId: Id | null
  readonly createdAt: Instant
}

export type ReadableNotice = Notice & { readonly readAt: Instant | null }

const COLUMNS = sql.raw(
  'n.id, n.kind, n.title, n.say, n.subject, n.link, n.task_id as "taskId", n.created_at as "createdAt"',
)

export type NoticePage = {
  readonly unread: boolean
  readonly limit: number
  readonly after: { readonly at: Instant; readonly id: Id } | null
}

/** Newest first, as one person sees them. */
export async function listNotices(
  tx: Tx,
  tenantId: TenantId,
  personId: Id,
  { unread, limit, after }: NoticePage,
): Promise<ReadableNotice[]> {
  const { rows } = await sql<ReadableNotice>`
    select ${COLUMNS}, r.read_at as "readAt"
    from pos.notices n
    left join pos.notice_reads r on r.tenant_id = n.tenant_id and r.person_id = ${personId} and r.notice_id = n.id
    where n.tenant_id = ${tenantId} ${unread ? sql`and r.read_at is null` : sql``}
      ${after === null ? sql`` : sql`and (n.created_at, n.id) < (${instantText(after.at)}, ${after.id})`}
    order by n.created_at desc, n.id desc limit ${limit}`.execute(tx)
  return rows
}

/** Counted up to a hundred: a badge says no more. */
export async function countUnread(tx: Tx, tenantId: TenantId, personId: Id): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from (
      select 1 from pos.notices n
      where n.tenant_id = ${tenantId} and not exists (select 1 from pos.notice_reads r
        where r.tenant_id = n.tenant_id and r.person_id = ${personId} and r.notice_id = n.id)
      limit 100) unread`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Marks the named ones, or all until now, as read by a person. */
export async function markRead(
  tx: Tx,
  tenantId: TenantId,
  personId: Id,
  which: readonly Id[] | 'all',
  now: Instant,
): Promise<void> {
  await sql`
    insert into pos.notice_reads (tenant_id, person_id, notice_id, read_at)
    select tenant_id, ${personId}, id, ${instantText(now)} from pos.notices
    where tenant_id = ${tenantId} and ${which === 'all' ? sql`true` : sql`id = any(${arrayOf(which)}::uuid[])`}
    on conflict do nothing`.execute(tx)
}

export async function noticesOfMessage(tx: Tx, tenantId: TenantId, messageId: Id): Promise<Notice[]> {
  const { rows } = await sql<Notice>`
    select ${COLUMNS} from pos.notice_message_parts p
    join pos.notices n on n.tenant_id = p.tenant_id and n.id = p.notice_id
    where p.tenant_id = ${tenantId} and p.message_id = ${messageId} order by n.created_at, n.id`.execute(tx)
  return rows
}

/** Forgets what is old: what was told long ago is told. Answers how many. */
export async function pruneNotices(tx: Tx, tenantId: TenantId, before: Instant): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from pos.notices where tenant_id = ${tenantId} and created_at < ${instantText(before)}
      and spread_at is not null`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
