// How fast a file leaves, smoothed: a network that stutters must not make the time that is left jump.

export type Pace = {
  readonly atMs: number
  readonly bytes: number
  /** Null until two moments are known. */
  readonly bytesPerSecond: number | null
}

const WINDOW_MS = 400
const WEIGHT = 0.3

/** The pace after `bytes` in all have left at `atMs`. Moments closer than a window are put together. */
export function nextPace(pace: Pace, atMs: number, bytes: number): Pace {
  const passedMs = atMs - pace.atMs
  if (passedMs < WINDOW_MS || bytes < pace.bytes) return pace
  const now = ((bytes - pace.bytes) / passedMs) * 1000
  const bytesPerSecond = pace.bytesPerSecond === null ? now : pace.bytesPerSecond * (1 - WEIGHT) + now * WEIGHT
  return { atMs, bytes, bytesPerSecond }
}

/** Whole seconds that the rest will take; null while that cannot be said. */
export function secondsLeft(pace: Pace, sentBytes: number, sizeBytes: number): number | null {
  if (pace.bytesPerSecond === null || pace.bytesPerSecond <= 0) return null
  return Math.ceil(Math.max(0, sizeBytes - sentBytes) / pace.bytesPerSecond)
}
