import { type Instant, instant, type LocalDate } from '#kernel/instant.ts'
import type { LiveConnection } from '#modules/connections/live.ts'

// A day begins at different moments in different places. The past of a connection is read from the moment at which its
// first day begins anywhere, so that no place of it lacks its morning.
const FURTHEST_EAST_MS = 14 * 3_600_000

export function startOfDayAnywhere(day: LocalDate): Instant {
  return instant(Date.parse(`${day}T00:00:00Z`) - FURTHEST_EAST_MS)
}

/** From when on the past is wanted; null: as far as the provider shows. */
export function wantedFromOf({ backfillFrom }: Pick<LiveConnection, 'backfillFrom'>): Instant | null {
  return backfillFrom === null ? null : startOfDayAnywhere(backfillFrom)
}
