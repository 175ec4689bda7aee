import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { NoticesDesk, TeamMember } from './desk.ts'
import { type NoticeKind, type NoticeWay, URGENT_KINDS } from './kinds.ts'
import { findPreferences, type Preferences, quietUntil, standardPreferences } from './preferences.ts'

// Hands each notice to those who want it, as part of a mail or message that is still to go: what comes within a moment,
// or during somebody's quiet hours, reaches them as one.

const TENANTS_MAX = 50
const NOTICES_MAX = 200
const GATHER_MS = 30_000
const GATHER_URGENT_MS = 3_000

/** Answers how many notices were handed on. What goes by a way that is not set up goes by none. */
export async function spreadNotices(desk: NoticesDesk, ways: ReadonlySet<NoticeWay>, now: Instant): Promise<number> {
  const { rows } = await desk.database.system((tx) =>
    sql<{ tenant_id: TenantId }>`
      select distinct tenant_id from pos.notices where spread_at is null limit ${TENANTS_MAX}`.execute(tx),
  )
  let handed = 0
  for (const { tenant_id: tenantId } of rows) handed += await spreadOf(desk, ways, tenantId, now)
  return handed
}

async function spreadOf(
  desk: NoticesDesk,
  ways: ReadonlySet<NoticeWay>,
  tenantId: TenantId,
  now: Instant,
): Promise<number> {
  const people = await desk.peopleOf(tenantId)
  const timeZone = await desk.zoneOf(tenantId)
  return desk.database.tenant(tenantId, async (tx) => {
    const { rows: notices } = await sql<Unspread>`
      select id, kind, created_at as "createdAt" from pos.notices
      where tenant_id = ${tenantId} and spread_at is null
      order by created_at, id limit ${NOTICES_MAX} for update skip locked`.execute(tx)
    const preferences = await findPreferences(
      tx,
      tenantId,
      people.map(({ id }) => id),
    )
    for (const notice of notices) {
      for (const person of people) {
        const wanted = preferences.get(person.id) ?? standardPreferences(person.role, timeZone)
        for (const way of ways) {
          if (!wanted.kinds[way].includes(notice.kind) || (way === 'whatsapp' && wanted.phone === null)) continue
          await addPart(tx, { tenantId, person, way, noticeId: notice.id, dueAt: dueOf(wanted, notice.kind, now), now })
        }
      }
    }
    await sql`
      update pos.notices set spread_at = ${instantText(now)}
      where tenant_id = ${tenantId} and id = any(${notices.map(({ id }) => id)}::uuid[])`.execute(tx)
    return notices.length
  })
}

type Unspread = { readonly id: Id; readonly kind: NoticeKind; readonly createdAt: Instant }

/** When a message with a notice of this kind goes to somebody. */
export function dueOf(
  wanted: Pick<Preferences, 'quiet' | 'timeZone' | 'urgentAtOnce'>,
  kind: NoticeKind,
  now: Instant,
): Instant {
  const urgent = URGENT_KINDS.has(kind)
  const soon = instant(now + (urgent ? GATHER_URGENT_MS : GATHER_MS))
  if (urgent && wanted.urgentAtOnce) return soon
  return quietUntil(wanted.quiet, wanted.timeZone as ZoneName, now) ?? soon
}

type Part = {
  readonly tenantId: TenantId
  readonly person: TeamMember
  readonly way: NoticeWay
  readonly noticeId: Id
  readonly dueAt: Instant
  readonly now: Instant
}

async function addPart(tx: Tx, { tenantId, person, way, noticeId, dueAt, now }: Part): Promise<void> {
  // One that somebody already holds, or that was tried, keeps its words: a repeat of it must say the same.
  const { rows } = await sql<{ id: Id }>`
    update pos.notice_messages set due_at = least(due_at, ${instantText(dueAt)}::timestamptz)
    where tenant_id = ${tenantId} and id = (
      select id from pos.notice_messages
      where tenant_id = ${tenantId} and person_id = ${person.id} and way = ${way} and state = 'waiting'
        and attempts = 0 and claimed_by is null
      order by created_at limit 1 for update skip locked)
    returning id`.execute(tx)
  const messageId = rows[0]?.id ?? newId()
  if (rows.length === 0) {
    await sql`
      insert into pos.notice_messages (tenant_id, id, person_id, way, state, created_at, due_at)
      values (${tenantId}, ${messageId}, ${person.id}, ${way}, 'waiting', ${instantText(now)}, ${instantText(dueAt)})`.execute(
      tx,
    )
  }
  await sql`
    insert into pos.notice_message_parts (tenant_id, message_id, notice_id, person_id, way)
    values (${tenantId}, ${messageId}, ${noticeId}, ${person.id}, ${way}) on conflict do nothing`.execute(tx)
}
