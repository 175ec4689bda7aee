import type { FaultOrder } from '#simulators/stage/faults.ts'

// The standard mix of trouble that every system's pushes are run under, as it is published. Rates are of calls that the
// simulator gets, not of orders: an order of two calls meets twice as much.

export type MixLine = {
  readonly fault: string
  readonly rate: number
  readonly value?: number
  readonly says: string
}

/** A time-out is cut by the simulator after so long in real time: to the hub it is the same, that no answer came. */
const HANG_SECONDS = 0.02
const STORM_SECONDS = 5

export const STANDARD_MIX: readonly MixLine[] = [
  { fault: 'timeout-before-commit', rate: 0.02, value: HANG_SECONDS, says: 'no answer comes, and nothing was done' },
  { fault: 'timeout-after-commit', rate: 0.02, value: HANG_SECONDS, says: 'no answer comes, though it was done' },
  { fault: 'error-before-commit', rate: 0.01, says: 'status 500, and nothing was done' },
  { fault: 'error-after-commit', rate: 0.01, says: 'status 500, though it was done' },
  { fault: 'duplicate-answer', rate: 0.01, says: 'the call comes twice, and the answer is the second one' },
  { fault: 'rate-limit-storm', rate: 0.001, value: STORM_SECONDS, says: 'from one call on, 429 to all for 5 seconds' },
]

/** Of systems whose sign-in the hub renews by itself. Others end theirs by the clock, and a person signs in again. */
export const TOKEN_EXPIRES: MixLine = { fault: 'token-expired', rate: 0.001, says: 'all tokens of the seller end' }

const MINUTE_MS = 60_000
export const OUTAGE = { everyMs: 60 * MINUTE_MS, forMs: 2 * MINUTE_MS }

/** Where a process may end between two steps, and what it has done by then. */
export const PAUSE_POINTS = [
  'push.claimed',
  'push.gathered',
  'push.before-call',
  'push.before-send',
  'push.after-answer',
  'push.answered',
  'push.settled',
] as const

export type PausePoint = (typeof PAUSE_POINTS)[number]

export type Dice = () => number

export function wordsOf(lines: readonly MixLine[]): string[] {
  return [
    ...lines.map(({ fault, rate, says }) => `${fault}: ${rate * 100} % of calls, ${says}`),
    `outage: ${OUTAGE.forMs / MINUTE_MS} minutes in each ${OUTAGE.everyMs / MINUTE_MS}`,
  ]
}

export type Trouble = { readonly seed: string; readonly times: number }

/** `times` as often as the mix says: for slices that are too short to meet everything otherwise. */
export function faultOrders(
  lines: readonly MixLine[],
  calls: readonly string[],
  { seed, times }: Trouble,
): FaultOrder[] {
  return lines.map(({ fault, rate, value }) => ({
    name: fault,
    on: true,
    rate: rate * times,
    calls,
    seed: `${seed}/${fault}`,
    ...(value === undefined ? {} : { value }),
  }))
}
