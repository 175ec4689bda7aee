import { type Instant, instant } from '#kernel/instant.ts'

// How long a period of the past is. Windows of about ten pages waste few calls at their ends and lose little when a
// cursor expires; how long that is, is learned from the period before. Empty years pass quickly: once nothing was found
// for a while, all that is left is one period, and if something is in it after all, it is cut again.

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

export const PAGES_AIM = 10
/** A dashboard shows yesterday first. */
export const FIRST_SPAN_MS = 2 * DAY_MS
export const SPAN_MIN_MS = 15 * MINUTE_MS
/** After so long without anything, the rest is taken at once. */
const EMPTY_ENOUGH_MS = 180 * DAY_MS
const EMPTY_GROWTH = 8
const GROWTH_MAX = 4
/** When the first pages show that so many more would follow, the period is cut at once. */
const CUT_ABOVE = 4 * PAGES_AIM

/** Before this day no system that is asked kept anything. */
export const EARLIEST: Instant = instant(Date.UTC(2000, 0, 1))

/** What a period held: pages a window, on average, of the stream that had most. */
export type Density = { readonly pagesPerWindow: number; readonly isEmpty: boolean }

export function nextSpan(spanMs: number, density: Density): number {
  if (density.isEmpty) return spanMs * EMPTY_GROWTH
  const factor = PAGES_AIM / Math.max(density.pagesPerWindow, PAGES_AIM / GROWTH_MAX)
  return Math.max(Math.round(spanMs * Math.max(factor, 1 / GROWTH_MAX)), SPAN_MIN_MS)
}

/** Where the next period below `frontier` begins. `emptyMs`: for how long before the frontier there was nothing. */
export function periodFrom(frontier: Instant, spanMs: number, end: Instant, emptyMs: number): Instant {
  if (emptyMs >= EMPTY_ENOUGH_MS) return end
  return instant(Math.max(frontier - spanMs, end))
}

/**
 * Where a period that ends at `to` should begin instead, when a page that reaches from `since` to `lastAt` shows that far
 * too many more of its kind would follow; null when it is fine. The newest part is what is kept.
 */
export function cutFrom(since: Instant, lastAt: Instant, to: Instant): Instant | null {
  const pageMs = Math.max(lastAt - since, 1)
  if (to - lastAt <= CUT_ABOVE * pageMs || to - lastAt <= SPAN_MIN_MS) return null
  return instant(to - Math.max(PAGES_AIM * pageMs, SPAN_MIN_MS))
}
