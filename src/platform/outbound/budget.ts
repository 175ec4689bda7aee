import { Fault } from '#kernel/fault.ts'
import type { Instant } from '#kernel/instant.ts'
import { createLearnedRate, type RateHint } from './learned-rate.ts'
import { createWaitingLine, type Urgency } from './waiting-line.ts'

// Who may call next with one credential. Every job that calls with it asks here, so that they share what the provider
// grants and nobody finds out alone. What just happened goes before what is missing, and that before the past; inside
// each, those who wait take turns. A refusal for too many calls makes all of them wait.

export type Pace = {
  /** What to begin with. */
  readonly requestsPerSecond: number
  /** Calls at once. */
  readonly concurrent: number
}

export type Wish = {
  readonly urgency: Urgency
  /** Who takes turns with the others, such as a tenant's connection. */
  readonly share: string
  /** It had its turn and was refused for being one too many: it goes before the others of its share. */
  readonly again?: boolean
  readonly signal?: AbortSignal | undefined
}

/** How a call ended, as far as the budget is concerned. */
export type Spent =
  | { readonly kind: 'answered'; readonly hint: RateHint | null }
  /** Refused for being one too many. */
  | { readonly kind: 'refused'; readonly retryAfterMs: number | null; readonly hint: RateHint | null }
  /** No answer, or nobody knows. */
  | { readonly kind: 'lost' }
  /** The call was never made. */
  | { readonly kind: 'unused' }

export type Permit = {
  readonly waitedMs: number
  /** Gives the place back; exactly once, however the call ends. */
  done(spent: Spent): void
}

export type BudgetState = {
  readonly requestsPerSecond: number
  readonly running: number
  readonly waiting: number
  /** How much longer everybody waits because of a refusal. */
  readonly pausedMs: number
}

export type Budget = {
  /** Rejects with the signal's reason, with `outbound.closed`, and with `outbound.too-many-waiting` (throttled). */
  admit(wish: Wish): Promise<Permit>
  state(): BudgetState
  /** Rejects all that wait and whoever comes later. */
  close(): void
}

export type BudgetOptions = {
  readonly pace: Pace
  /** The time in which a provider says when its quota is full again. */
  readonly now: () => Instant
  readonly monotonicMs: () => number
  readonly random: () => number
}

type Waiter = { readonly sinceMs: number; enter(permit: Permit): void; refuse(reason: unknown): void }

/** More than that many talks at once are a fault of the caller's, not a busy hour. */
const WAITING_MAX = 10_000
/** A timer cannot be set for as long as a provider may say. */
const LOOK_AGAIN_MS = 60_000
/** From so many calls at once on, the last place is kept for what just happened. */
const PLACES_WITH_RESERVE = 3

export function createBudget(options: BudgetOptions): Budget {
  const { pace, now, monotonicMs, random } = options
  const places = Math.max(1, Math.floor(pace.concurrent))
  const reserve = places >= PLACES_WITH_RESERVE ? 1 : 0
  const rate = createLearnedRate(pace.requestsPerSecond, random)
  const line = createWaitingLine<Waiter>()
  let running = 0
  let closed = false
  let timer: NodeJS.Timeout | null = null

  /** Lets in whoever may start now, and comes back when the next one may. */
  function pump(): void {
    if (timer !== null) clearTimeout(timer)
    timer = null
    let next = line.peek()
    while (next !== null && running < (isUrgent(next) ? places : places - reserve)) {
      const nowMs = monotonicMs()
      const waitMs = rate.waitMs(nowMs, isUrgent(next))
      rate.held(nowMs, waitMs > 0)
      if (waitMs > 0) {
        timer = setTimeout(pump, Math.min(Math.ceil(waitMs), LOOK_AGAIN_MS))
        return
      }
      const waiter = line.shift()
      running += 1
      waiter?.enter(permitFor(rate.take(nowMs), nowMs - waiter.sinceMs))
      next = line.peek()
    }
    // Nobody waits, or for a place and not for the rate.
    rate.held(monotonicMs(), false)
  }

  function permitFor(mark: number, waitedMs: number): Permit {
    let open = true
    return {
      waitedMs,
      done(spent) {
        if (!open) throw new Error('a permit is given back once')
        open = false
        running -= 1
        record(spent, mark)
        pump()
      },
    }
  }

  function record(spent: Spent, mark: number): void {
    const nowMs = monotonicMs()
    if (spent.kind === 'unused') rate.giveBack()
    if (spent.kind === 'answered') rate.answered()
    if (spent.kind === 'refused') rate.refused(nowMs, mark, spent.retryAfterMs)
    if ('hint' in spent && spent.hint !== null) rate.hinted(nowMs, spent.hint, now())
  }

  return {
    admit({ urgency, share, again = false, signal }) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        if (closed) return reject(closedFault())
        if (line.size() >= WAITING_MAX) return reject(tooManyWaiting())
        const leave = line.join(urgency, share, again, {
          sinceMs: monotonicMs(),
          enter(permit) {
            signal?.removeEventListener('abort', onAbort)
            resolve(permit)
          },
          refuse(reason) {
            signal?.removeEventListener('abort', onAbort)
            reject(reason)
          },
        })
        const onAbort = () => {
          leave()
          reject(signal?.reason)
          pump()
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        pump()
      })
    },
    state() {
      const { requestsPerSecond, pausedMs } = rate.state(monotonicMs())
      return { requestsPerSecond, pausedMs, running, waiting: line.size() }
    },
    close() {
      closed = true
      if (timer !== null) clearTimeout(timer)
      timer = null
      for (let waiter = line.shift(); waiter !== null; waiter = line.shift()) waiter.refuse(closedFault())
    },
  }
}

function isUrgent(urgency: Urgency): boolean {
  return urgency === 'order' || urgency === 'live'
}

function closedFault(): Fault {
  return new Fault('unavailable', 'outbound.closed', {
    say: 'The hub is being stopped and calls nobody any more. It goes on where it was when it is started again.',
  })
}

function tooManyWaiting(): Fault {
  return new Fault('throttled', 'outbound.too-many-waiting', {
    say: `More than ${WAITING_MAX} calls wait for one sign-in. What asks for them must wait for earlier ones to end.`,
    retryAfterSeconds: 30,
  })
}
