import { type Instant, instant } from '#kernel/instant.ts'
import type { FoundOrder, PushedOrder, SentBetween } from '../../../connectors/contract.ts'

// What a search for an order means whose try ended without anybody knowing how. It is sent again only when it is
// certainly not there, and taken for found only when nothing else can be meant; whatever lies between is a person's.

export type Looked =
  | { readonly kind: 'found'; readonly pushed: PushedOrder; readonly sure: boolean }
  /** It stands, and something is left to do, such as paying for it. */
  | { readonly kind: 'half'; readonly pushed: PushedOrder }
  | { readonly kind: 'absent' }
  /** Not there, and it may still appear. */
  | { readonly kind: 'unsettled'; readonly until: Instant }
  /** What was found may be another order of ours, whose own try has not ended. */
  | { readonly kind: 'twins' }
  | { readonly kind: 'undecidable'; readonly candidates: readonly FoundOrder[] }

export type Searched = {
  readonly found: readonly FoundOrder[]
  /** The provider's ids of orders that are known to be other orders of ours. */
  readonly owned: ReadonlySet<string>
  /** Others of ours with the same total that may have arrived at the same time: none, still being sent, or unknown too. */
  readonly twins: 'none' | 'in_flight' | 'unknown'
  readonly sent: SentBetween
  readonly settleMs: number
  readonly now: Instant
}

/** Clocks of providers may differ from ours by so much. */
const SKEW_MS = 2 * 60_000

export function decideLook({ found, owned, twins, sent, settleMs, now }: Searched): Looked {
  const free = found.filter(({ pushed }) => !owned.has(pushed.externalId))
  const certain = free.filter(({ match }) => match === 'certain')
  // It holds this order's reference and is known as another one: whatever went wrong, that is not absence.
  const crossed = found.filter(({ match, pushed }) => match === 'certain' && owned.has(pushed.externalId))
  const best = certain.find(({ whole }) => whole) ?? certain[0]
  if (best !== undefined) {
    return best.whole ? { kind: 'found', pushed: best.pushed, sure: true } : { kind: 'half', pushed: best.pushed }
  }
  if (crossed.length > 0) return { kind: 'undecidable', candidates: crossed }
  const settledAt = instant(sent.last + settleMs)
  const likely = free.filter((one) => one.match === 'likely' && mayBe(one, sent, settledAt))
  const [only, another] = likely
  if (only === undefined) return now >= settledAt ? { kind: 'absent' } : { kind: 'unsettled', until: settledAt }
  if (twins === 'in_flight') return { kind: 'twins' }
  if (another !== undefined || twins === 'unknown' || only.createdAt === null || !only.whole) {
    return { kind: 'undecidable', candidates: likely }
  }
  return { kind: 'found', pushed: only.pushed, sure: false }
}

/** One whose time is not told is not put aside: a person sees it. */
function mayBe({ createdAt }: FoundOrder, { first }: SentBetween, settledAt: Instant): boolean {
  return createdAt === null || (createdAt >= first - SKEW_MS && createdAt <= settledAt + SKEW_MS)
}
