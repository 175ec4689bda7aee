import type { StageClock } from './clock.ts'

// A bucket for each token's owner: so many calls at once, then so many a second.

export type RateLimit = { readonly perSecond: number; readonly burst: number }

type Bucket = { tokens: number; at: number }

export class RateLimiter {
  readonly limit: RateLimit
  readonly #clock: StageClock
  readonly #buckets = new Map<string, Bucket>()

  constructor(limit: RateLimit, clock: StageClock) {
    this.limit = limit
    this.#clock = clock
  }

  /** Null: the call may pass. Else the whole seconds after which one would. */
  refuse(merchantId: string): number | null {
    const { perSecond, burst } = this.limit
    const now = this.#clock.now()
    const bucket = this.#buckets.get(merchantId) ?? { tokens: burst, at: now }
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) * perSecond) / 1000)
    bucket.at = now
    this.#buckets.set(merchantId, bucket)
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
    bucket.tokens--
    return null
  }
}
