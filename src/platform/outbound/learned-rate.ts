import type { Instant } from '#kernel/instant.ts'

// How many calls a second a provider grants, found out by asking. A bucket of tokens fills at the rate believed now, and
// each call takes one. The rate moves so:
//
//   before the first refusal     it doubles every DOUBLES_MS of being what holds calls back
//   a refusal                    the rate becomes a share of what it was, which is remembered as the ceiling
//   from then on                 back up along a cubic: quickly at first, flat at the ceiling, then away from it, so that
//                                most of the time is spent just below what is granted and a rise is still found
//
// Growth is counted only while calls wait for tokens: a quiet hour says nothing about what would be granted. Calls that
// were on their way when a refusal came are refused for the same reason, and count as one. Where a provider says its
// figure, that is believed instead. All times are the machine's, in milliseconds from any beginning, and never go back.

export type RateHint = {
  /** Calls a second that the provider says it grants. */
  readonly requestsPerSecond: number | null
  /** Calls left until `resetAt`. */
  readonly remaining: number | null
  readonly resetAt: Instant | null
}

export type LearnedRate = {
  /** Milliseconds until a call may start; 0: now. `urgent` calls do not wait for tokens, up to a second's worth of them. */
  waitMs(nowMs: number, urgent: boolean): number
  /** A call starts. Answers a mark to hand back with its outcome. */
  take(nowMs: number): number
  /** A call that was taken and never sent. */
  giveBack(): void
  /** Whether calls wait for tokens from now on; growth depends on it. */
  held(nowMs: number, waiting: boolean): void
  answered(): void
  /** A call with this mark was refused for being one too many; `retryAfterMs` is the provider's word, where it said one. */
  refused(nowMs: number, mark: number, retryAfterMs: number | null): void
  /** What the headers of an answer told; `clockNow` is the time that `resetAt` is told in. */
  hinted(nowMs: number, hint: RateHint, clockNow: Instant): void
  state(nowMs: number): RateState
}

export type RateState = { readonly requestsPerSecond: number; readonly pausedMs: number }

const DOUBLES_MS = 4_000
/** Once it is well above its old ceiling, what is granted has plainly risen. */
const REDOUBLES_MS = 10_000
/** From the cut back to the ceiling, and as long again until growth is felt; longer where calls are few or pauses long. */
const CLIMB_MS = 20_000
const CLIMB_CALLS = 100
const CLIMB_PAUSES = 15
const CLIMB_MAX_MS = 5 * 60_000
const CUT = 0.9
/** After a refusal that follows the last one at once: the ceiling is far off. */
const CUT_HARD = 0.5
const SOON_MS = 3_000
const RATE_MIN = 0.05
const RATE_MAX = 10_000
/** Pauses where the provider does not say how long: doubled by each refusal that no answer stood between. */
const PAUSE_FIRST_MS = 500
const PAUSE_MAX_MS = 30_000
/** The longest that a provider's own word is followed before it is asked again. */
const PAUSE_TOLD_MAX_MS = 15 * 60_000
/** From such a pause on, calls are spread over it. */
const SPREAD_PAUSE_MS = 10_000
/** Calls that were saved up are spent at once, a second's worth at most; less where that was refused. */
const SAVED_SECONDS = 1

export function createLearnedRate(start: number, random: () => number): LearnedRate {
  let rate = clampRate(start)
  /** What the rate was when it was last refused; null before the first time. */
  let ceiling: number | null = null
  let cutTo = rate
  let climbMs = CLIMB_MS
  /** Time of growth since the start or the last cut. */
  let grownMs = 0
  let answers = 0
  let told: number | null = null
  let quota: { readonly remaining: number; readonly endsMs: number } | null = null

  let tokens = Math.max(1, rate * SAVED_SECONDS)
  let savedSeconds = SAVED_SECONDS
  let lastMs: number | null = null
  let waiting = false

  let pausedUntilMs = Number.NEGATIVE_INFINITY
  let cutAtMs = Number.NEGATIVE_INFINITY
  let spentSavingsAtMs = Number.NEGATIVE_INFINITY
  let refusalsInARow = 0
  /** Calls with a lower mark were on their way at the last refusal. */
  let nextMark = 1
  let refusedMark = 0

  function rateAt(): number {
    let grown: number
    if (ceiling === null) grown = start * 2 ** (grownMs / DOUBLES_MS)
    else {
      const x = (grownMs - climbMs) / climbMs
      if (x < 0) grown = ceiling + (ceiling - cutTo) * x ** 3
      else
        grown =
          ceiling * (1 + (1 - CUT) * Math.min(1, x) ** 3) * 2 ** (Math.max(0, grownMs - 2 * climbMs) / REDOUBLES_MS)
    }
    return clampRate(told === null ? grown : Math.min(grown, told))
  }

  function advance(nowMs: number): void {
    if (lastMs === null) lastMs = nowMs
    const passedMs = Math.max(0, nowMs - lastMs)
    lastMs = Math.max(lastMs, nowMs)
    if (quota !== null && quota.endsMs <= nowMs) quota = null
    if (waiting && nowMs >= pausedUntilMs) grownMs += passedMs
    rate = rateAt()
    const filling = fillingAt(nowMs)
    tokens = Math.min(Math.max(1, filling * savedSeconds), tokens + (filling * passedMs) / 1_000)
  }

  /** Tokens a second: the rate, or what spreads the calls that are left until there are more. */
  function fillingAt(nowMs: number): number {
    return quota === null ? rate : Math.min(rate, (quota.remaining * 1_000) / (quota.endsMs - nowMs))
  }

  function cut(nowMs: number, share: number, pauseMs: number): void {
    // What went well on average since the last time, pause and all: where many calls are granted and then none for long,
    // this spreads them, so that what comes in between need not wait for the end of the pause.
    const average = pauseMs < SPREAD_PAUSE_MS ? rate : (answers * 1_000) / (grownMs + pauseMs)
    ceiling = Math.max(RATE_MIN, Math.min(rate, average))
    cutTo = clampRate(ceiling * share)
    climbMs = Math.min(CLIMB_MAX_MS, Math.max(CLIMB_MS, CLIMB_PAUSES * pauseMs, (CLIMB_CALLS * 1_000) / ceiling))
    grownMs = 0
    answers = 0
    cutAtMs = nowMs
    rate = cutTo
  }

  /** Growth begins again from here, flat. */
  function settle(at: number): void {
    ceiling = at
    cutTo = clampRate(at * CUT)
    grownMs = climbMs
  }

  return {
    waitMs(nowMs, urgent) {
      advance(nowMs)
      if (pausedUntilMs > nowMs) return pausedUntilMs - nowMs
      const resetMs = quota === null ? Number.POSITIVE_INFINITY : quota.endsMs - nowMs
      if (quota !== null && quota.remaining < 1) return resetMs
      const needed = urgent ? 1 - Math.max(1, rate) : 1
      // A sum of many small fillings may fall short of a whole one by a rounding.
      if (tokens >= needed - 1e-9) return 0
      return Math.max(1, Math.min(((needed - tokens) * 1_000) / fillingAt(nowMs), resetMs))
    },
    take(nowMs) {
      if (tokens >= 2) spentSavingsAtMs = nowMs
      tokens -= 1
      if (quota !== null) quota = { ...quota, remaining: Math.max(0, quota.remaining - 1) }
      return nextMark++
    },
    giveBack() {
      tokens += 1
    },
    held(nowMs, isWaiting) {
      advance(nowMs)
      waiting = isWaiting
    },
    answered() {
      answers += 1
      refusalsInARow = 0
    },
    refused(nowMs, mark, retryAfterMs) {
      advance(nowMs)
      const pauseMs =
        retryAfterMs === null
          ? Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** refusalsInARow) * (0.75 + random() / 2)
          : Math.min(PAUSE_TOLD_MAX_MS, retryAfterMs)
      const sameRefusal = mark <= refusedMark
      // Only the first of those that were refused together may lengthen a guessed pause; a told one always counts.
      if (!sameRefusal || retryAfterMs !== null) pausedUntilMs = Math.max(pausedUntilMs, nowMs + pauseMs)
      if (sameRefusal) return
      refusedMark = nextMark - 1
      refusalsInARow += 1
      const again = nowMs - cutAtMs < SOON_MS + (pausedUntilMs - nowMs)
      // It may be the calls saved up and spent at once that were too many, and not the steady rate.
      if (nowMs - spentSavingsAtMs < SAVED_SECONDS * 1_000 && pauseMs < SPREAD_PAUSE_MS) {
        savedSeconds /= 2
        settle(rate)
        return
      }
      savedSeconds = Math.min(SAVED_SECONDS, savedSeconds * 1.1)
      cut(nowMs, again || ceiling === null ? CUT_HARD : CUT, pauseMs)
    },
    hinted(nowMs, hint, clockNow) {
      advance(nowMs)
      if (hint.requestsPerSecond !== null && hint.requestsPerSecond > 0 && hint.requestsPerSecond !== told) {
        told = clampRate(hint.requestsPerSecond)
        settle(told)
      }
      if (hint.remaining === null || hint.resetAt === null) return
      const leftMs = Math.min(PAUSE_TOLD_MAX_MS, hint.resetAt - clockNow)
      quota = leftMs > 0 ? { remaining: hint.remaining, endsMs: nowMs + leftMs } : null
    },
    state(nowMs) {
      advance(nowMs)
      return { requestsPerSecond: rate, pausedMs: Math.max(0, pausedUntilMs - nowMs) }
    },
  }
}

function clampRate(rate: number): number {
  return Math.min(RATE_MAX, Math.max(RATE_MIN, rate))
}
