import { type Instant, instant } from '#kernel/instant.ts'

// When a push is tried again. The first half minute is one attempt with a few tries; then the promised twelve, five
// minutes apart. Each push has its own due time.

export const FIRST_MS = 30_000
/** Middle of each try's moment after the first one; each is moved by chance so that many do not come at once. */
const FIRST_TRIES_MS = [2_000, 7_000, 20_000]
const JITTER = 0.2
export const RETRY_EVERY_MS = 5 * 60_000
export const RETRIES_MAX = 12
const THROTTLE_MIN_MS = 1_000
const THROTTLE_MAX_MS = 5 * 60_000
/** A look at what became of a try comes as soon as that may be known. */
const LOOK_MS = 1_000

export type Random = () => number

/** The next try within the first half minute; null when that is over. */
export function nextFirstTry(firstTryAt: Instant, now: Instant, random: Random): Instant | null {
  for (const offset of FIRST_TRIES_MS) {
    const at = instant(firstTryAt + spread(offset, random))
    if (at > now && at < firstTryAt + FIRST_MS) return at
  }
  return null
}

/** The next of the twelve; one whose time has passed comes at once. Null when there is none left. */
export function nextRetry(gridAt: Instant, retryCount: number, now: Instant): Instant | null {
  if (retryCount >= RETRIES_MAX) return null
  return instant(Math.max(gridAt + RETRY_EVERY_MS, now))
}

/** What the provider says, and never less; else ever longer, moved by chance. */
export function throttledUntil(now: Instant, afterMs: number | null, throttles: number, random: Random): Instant {
  if (afterMs !== null) return instant(now + Math.ceil(afterMs * (1 + random() * 0.1)))
  const full = Math.min(THROTTLE_MIN_MS * 2 ** Math.min(throttles, 20), THROTTLE_MAX_MS)
  return instant(now + Math.ceil(full * (0.5 + random() / 2)))
}

export function lookSoon(now: Instant, random: Random): Instant {
  return instant(now + spread(LOOK_MS, random))
}

function spread(ms: number, random: Random): number {
  return Math.round(ms * (1 - JITTER + 2 * JITTER * random()))
}
