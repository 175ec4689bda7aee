import type { Instant, LocalDate } from '#kernel/instant.ts'
import { dateOf, hourOf, type WallClock, wallClockAt, type ZoneName } from '#kernel/zone.ts'

/** Where and by which clock a place trades. */
export type TradingClock = {
  readonly zone: ZoneName
  /** Minutes after midnight at which the business day ends: 240 files a sale at 03:59 under the evening before. */
  readonly closeOutMinutes: number
}

export type BusinessMoment = {
  readonly date: LocalDate /** 0 to 23 on the site's wall clock. */
  readonly hour: number
}

/**
 * The business day and the local hour of an instant. Computed once, when a fact is filed, and stored: no report works
 * it out again, so a later change of zone or close-out hour never moves a day that was already reported.
 */
export function businessMoment(at: Instant, clock: TradingClock): BusinessMoment {
  const wall = wallClockAt(at, clock.zone)
  const shifted = (wall - clock.closeOutMinutes * 60_000) as WallClock
  return { date: dateOf(shifted), hour: hourOf(wall) }
}
