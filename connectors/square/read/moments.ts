import type { Instant } from '#kernel/instant.ts'

// RFC 3339, with none to nine digits of a second. What is beyond the millisecond is cut off, never rounded up: a moment
// must not fall behind the window that it was found in.
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/

/** Null for anything that is no moment. */
export function momentOf(value: unknown): Instant | null {
  if (typeof value !== 'string' || !MOMENT.test(value)) return null
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? null : (ms as Instant)
}
