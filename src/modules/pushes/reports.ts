import { type Instant, instant } from '#kernel/instant.ts'

// How often a POS that does not tell by itself is asked how far it is with an order: often at first, and not for ever.

const PAUSES_MS = [30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000]

export function firstReportAt(now: Instant): Instant {
  return instant(now + (PAUSES_MS[0] ?? 0))
}

/** Null: it is asked no more. */
export function nextReportAt(asked: number, now: Instant): Instant | null {
  const pause = PAUSES_MS[asked]
  return pause === undefined ? null : instant(now + pause)
}
