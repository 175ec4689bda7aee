import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { arrayOf } from '#platform/postgres/bulk.ts'
import type { Tx } from '#platform/postgres/database.ts'

// SQL of what is looked at, and when. A watch that is taken up is put off first, for as long as the work may take: who dies
// over it leaves it due again. Whoever finds something new meanwhile puts another time in its place, and that one stays.

export type WatchReason = 'nightly' | 'catalogue' | 'mapping' | 'asked'

export type WatchRef = { readonly tenantId: TenantId; readonly connectionId: Id; readonly channel: string }

export type Watch = WatchRef & { readonly reason: WatchReason; readonly dueAt: Instant }

/** Several changes in a row are looked at once. */
const SOON_MS = 3_000
const LOOK_EVERY_MS = 2 * 60_000
/** Longer than any preflight takes. */
const TAKEN_MS = 10 * 60_000

/** Watches that there were not yet are due at once. */
export async function watch(tx: Tx, refs: readonly WatchRef[], now: Instant): Promise<void> {
  for (const { tenantId, connectionId, channel } of refs) {
    await sql`
      insert into pos.item_watches (tenant_id, connection_id, channel, due_at, reason, look_at)
      values (${tenantId}, ${connectionId}, ${channel}, ${instantText(now)}, 'catalogue', ${lookAt(now)})
      on conflict do nothing`.execute(tx)
  }
}

/** Of a channel, of a connection, or of both. */
export type Watched = { readonly tenantId: TenantId; readonly channel?: string | null; readonly connectionId?: Id }

export async function dueSoon(tx: Tx, of: Watched, reason: WatchReason, now: Instant): Promise<void> {
  const soon = instantText(instant(now + (reason === 'asked' ? 0 : SOON_MS)))
  await sql`
    update pos.item_watches set due_at = least(due_at, ${soon}::timestamptz), reason = ${reason}
    where tenant_id = ${of.tenantId} and ${narrowed(of)}`.execute(tx)
}

/** To see soon whether the connection's catalogue has changed. */
export async function lookSoon(tx: Tx, tenantId: TenantId, connectionIds: readonly Id[], now: Instant): Promise<void> {
  await sql`
    update pos.item_watches set look_at = least(look_at, ${instantText(now)}::timestamptz)
    where tenant_id = ${tenantId} and connection_id = any(${arrayOf(connectionIds)}::uuid[])`.execute(tx)
}

export async function selectWatches(tx: Tx, of: Watched): Promise<WatchRef[]> {
  const { rows } = await sql<{ connection_id: Id; channel: string }>`
    select connection_id, channel from pos.item_watches
    where tenant_id = ${of.tenantId} and ${narrowed(of)} order by channel, connection_id`.execute(tx)
  return rows.map((row) => ({ tenantId: of.tenantId, connectionId: row.connection_id, channel: row.channel }))
}

export async function endWatches(tx: Tx, of: Watched): Promise<void> {
  await sql`delete from pos.item_watches where tenant_id = ${of.tenantId} and ${narrowed(of)}`.execute(tx)
}

function narrowed({ channel, connectionId }: Watched) {
  const terms = [sql`true`]
  if (channel !== undefined && channel !== null) terms.push(sql`channel = ${channel}`)
  if (connectionId !== undefined) terms.push(sql`connection_id = ${connectionId}`)
  return sql.join(terms, sql` and `)
}

/** What is due now, of every tenant, put off for as long as it may take. As the system. */
export async function takeDue(tx: Tx, now: Instant, limit: number): Promise<Watch[]> {
  const taken = instant(now + TAKEN_MS)
  const { rows } = await sql<WatchRow>`
    update pos.item_watches w set due_at = ${instantText(taken)}
    from (
      select tenant_id, connection_id, channel from pos.item_watches
      where due_at <= ${instantText(now)} order by due_at limit ${limit} for update skip locked
    ) due
    where w.tenant_id = due.tenant_id and w.connection_id = due.connection_id and w.channel = due.channel
    returning w.tenant_id, w.connection_id, w.channel, w.reason, w.due_at`.execute(tx)
  return rows.map((row) => ({ ...refOf(row), reason: row.reason, dueAt: row.due_at }))
}

/** The next look is set, unless somebody wants one sooner. `dueAt` is what `takeDue` answered; null: nobody took it. */
export async function putDown(
  tx: Tx,
  ref: WatchRef,
  done: { readonly dueAt: Instant | null; readonly nextAt: Instant; readonly stamp: string },
): Promise<void> {
  await sql`
    update pos.item_watches set seen_stamp = ${done.stamp}
      ${
        done.dueAt === null
          ? sql``
          : sql`, due_at = case when due_at = ${instantText(done.dueAt)}::timestamptz then ${instantText(done.nextAt)}::timestamptz else due_at end,
        reason = case when due_at = ${instantText(done.dueAt)}::timestamptz then 'nightly' else reason end`
      }
    where tenant_id = ${ref.tenantId} and connection_id = ${ref.connectionId} and channel = ${ref.channel}`.execute(tx)
}

export type Look = WatchRef & { readonly seenStamp: string | null }

/** Whose catalogues are to be looked at now, of every tenant; the next look is set. As the system. */
export async function takeLooks(tx: Tx, now: Instant, limit: number): Promise<Look[]> {
  const { rows } = await sql<WatchRow>`
    update pos.item_watches w set look_at = ${lookAt(now)}
    from (
      select tenant_id, connection_id, channel from pos.item_watches
      where look_at <= ${instantText(now)} order by look_at limit ${limit} for update skip locked
    ) due
    where w.tenant_id = due.tenant_id and w.connection_id = due.connection_id and w.channel = due.channel
    returning w.tenant_id, w.connection_id, w.channel, w.seen_stamp`.execute(tx)
  return rows.map((row) => ({ ...refOf(row), seenStamp: row.seen_stamp }))
}

function lookAt(now: Instant): string {
  return instantText(instant(now + LOOK_EVERY_MS))
}

type WatchRow = {
  tenant_id: TenantId
  connection_id: Id
  channel: string
  reason: WatchReason
  due_at: Instant
  seen_stamp: string | null
}

function refOf(row: WatchRow): WatchRef {
  return { tenantId: row.tenant_id, connectionId: row.connection_id, channel: row.channel }
}
