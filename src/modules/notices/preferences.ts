import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { addDays, type Instant, instant, instantText } from '#kernel/instant.ts'
import { dateOf, instantOf, wallClockAt, wallClockOf, type ZoneName } from '#kernel/zone.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { NOTICE_KINDS, type NoticeKind, standardKinds, type WantedKinds } from './kinds.ts'

// How a person wants to be told.

export type Preferences = {
  readonly kinds: WantedKinds
  readonly quiet: QuietHours | null
  readonly timeZone: ZoneName
  /** What keeps somebody's order from being made comes in quiet hours too. */
  readonly urgentAtOnce: boolean
  /** Sealed; null: none was given, or they do not agree to be written to. */
  readonly phone: { readonly sealed: Buffer; readonly agreedAt: Instant } | null
}

/** Minutes after midnight on their clock. From 22:00 until 07:00 goes over midnight. */
export type QuietHours = { readonly from: number; readonly until: number }

const MINUTE_MS = 60_000

export function standardPreferences(role: string, timeZone: ZoneName): Preferences {
  return { kinds: standardKinds(role), quiet: null, timeZone, urgentAtOnce: true, phone: null }
}

export async function findPreferences(
  tx: Tx,
  tenantId: TenantId,
  personIds: readonly Id[],
): Promise<ReadonlyMap<Id, Preferences>> {
  const { rows } = await sql<PreferencesRow>`
    select person_id, kinds, quiet_from, quiet_until, time_zone, urgent_at_once, phone_sealed, phone_agreed_at
    from pos.notice_preferences where tenant_id = ${tenantId} and person_id = any(${[...personIds]}::uuid[])`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.person_id, preferencesOf(row)]))
}

export async function savePreferences(
  tx: Tx,
  tenantId: TenantId,
  personId: Id,
  wanted: Preferences,
  now: Instant,
): Promise<void> {
  const { kinds, quiet, timeZone, urgentAtOnce, phone } = wanted
  await sql`
    insert into pos.notice_preferences (tenant_id, person_id, kinds, quiet_from, quiet_until, time_zone, urgent_at_once,
      phone_sealed, phone_agreed_at, updated_at)
    values (${tenantId}, ${personId}, ${JSON.stringify(kinds)}, ${quiet?.from ?? null}, ${quiet?.until ?? null}, ${timeZone},
      ${urgentAtOnce}, ${phone?.sealed ?? null}, ${phone === null ? null : instantText(phone.agreedAt)}, ${instantText(now)})
    on conflict (tenant_id, person_id) do update
    set kinds = excluded.kinds, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
      time_zone = excluded.time_zone, urgent_at_once = excluded.urgent_at_once, phone_sealed = excluded.phone_sealed,
      phone_agreed_at = excluded.phone_agreed_at, updated_at = excluded.updated_at`.execute(tx)
}

/**
 * The end of the quiet hours that `now` lies in; null: it lies in none. An hour that the clock skips ends them at the
 * moment of the skip, one that comes twice ends them the first time.
 */
export function quietUntil(quiet: QuietHours | null, zone: ZoneName, now: Instant): Instant | null {
  if (quiet === null || quiet.from === quiet.until) return null
  const clock = wallClockAt(now, zone)
  const today = dateOf(clock)
  const minute = Math.floor((clock - wallClockOf(today, 0)) / MINUTE_MS)
  const { from, until } = quiet
  const overMidnight = from > until
  const within = overMidnight ? minute >= from || minute < until : minute >= from && minute < until
  if (!within) return null
  const endDay = overMidnight && minute >= from ? addDays(today, 1) : today
  const { at } = instantOf(wallClockOf(endDay, until * MINUTE_MS), zone)
  return at > now ? at : instant(now + MINUTE_MS)
}

type PreferencesRow = {
  person_id: Id
  kinds: Partial<Record<string, string[]>>
  quiet_from: number | null
  quiet_until: number | null
  time_zone: string
  urgent_at_once: boolean
  phone_sealed: Buffer | null
  phone_agreed_at: Instant | null
}

function preferencesOf(row: PreferencesRow): Preferences {
  const known = (kinds: readonly string[] | undefined): NoticeKind[] =>
    NOTICE_KINDS.filter((kind) => kinds?.includes(kind) === true)
  const { quiet_from: from, quiet_until: until, phone_sealed: sealed, phone_agreed_at: agreedAt } = row
  return {
    kinds: { email: known(row.kinds.email), whatsapp: known(row.kinds.whatsapp) },
    quiet: from === null || until === null ? null : { from, until },
    timeZone: row.time_zone as ZoneName,
    urgentAtOnce: row.urgent_at_once,
    phone: sealed === null || agreedAt === null ? null : { sealed, agreedAt },
  }
}
