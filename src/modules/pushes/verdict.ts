import { Fault } from '#kernel/fault.ts'
import { CallFailed } from '../../../connectors/contract.ts'

// What a try came to when it did not end well. The question is never "did it fail" but "may it have happened": only what
// certainly did nothing may simply be tried again.

/** A call of the try, as far as is known how it ended. */
export type MadeCall = {
  readonly name: string
  readonly writes: boolean
  /** Null: it was begun and its end was never seen. */
  readonly verdict: 'ok' | CallFailed['verdict']['kind'] | null
  readonly neverSent: boolean
}

export type Trouble =
  /** Nothing of it is in the POS, and another try may help. */
  | { readonly kind: 'not_sent'; readonly code: string }
  /** It may be in the POS, or a part of it. */
  | { readonly kind: 'unknown'; readonly code: string; readonly afterMs: number | null }
  /** Nothing of it is in the POS, and no other try of the same will help. */
  | { readonly kind: 'refused'; readonly code: string; readonly say: string }
  /** A delay and no failure. */
  | { readonly kind: 'throttled'; readonly afterMs: number | null }
  /** Nothing was tried: the system is known not to answer just now. */
  | { readonly kind: 'held'; readonly afterMs: number }
  /** Nothing is tried before a person has signed in again. */
  | { readonly kind: 'sign_in' }

/** Verdicts after which nobody knows whether a call that writes has done so. */
const UNSURE = new Set<MadeCall['verdict']>(['unavailable', 'unreachable', 'garbled', null])
const HELD_MS = 10_000

/** `given` are all calls of the try so far, the one that failed the last of them. */
export function troubleOf(error: unknown, given: readonly MadeCall[]): Trouble {
  const calls = withReading(error, given)
  const last = lastTrouble(error, calls.at(-1))
  if (last.kind === 'unknown') return last
  // Something before the call that failed was written, or may have been: what the last one says is not the whole truth.
  const stands = calls.some(
    ({ writes, verdict, neverSent }) => writes && !neverSent && (verdict === 'ok' || UNSURE.has(verdict)),
  )
  if (!stands) return last
  const code = 'code' in last ? last.code : `push.${last.kind.replace('_', '-')}`
  return { kind: 'unknown', code, afterMs: 'afterMs' in last ? last.afterMs : null }
}

/**
 * Some systems say no inside an answer that looks like a yes: only whoever reads it finds out. What the talk made of the
 * answer to its last call is how that call ended.
 */
function withReading(error: unknown, calls: readonly MadeCall[]): readonly MadeCall[] {
  const last = calls.at(-1)
  if (!(error instanceof CallFailed) || error.neverSent || last?.verdict !== 'ok' || last.name !== error.call)
    return calls
  return [...calls.slice(0, -1), { ...last, verdict: error.verdict.kind }]
}

function lastTrouble(error: unknown, call: MadeCall | undefined): Trouble {
  if (error instanceof CallFailed) return judged(error, call)
  if (error instanceof Fault) {
    if (error.code === 'connections.sign-in-needed') return { kind: 'sign_in' }
    if (error.code === 'connections.disconnected' || error.code === 'connections.unknown') {
      const say = 'The connection that the order was to go to was ended. Connect it again, or choose another one.'
      return { kind: 'refused', code: 'push.disconnected', say }
    }
    return { kind: 'not_sent', code: error.code }
  }
  return { kind: 'not_sent', code: 'push.connector-failed' }
}

function judged({ verdict, neverSent }: CallFailed, call: MadeCall | undefined): Trouble {
  switch (verdict.kind) {
    case 'throttled':
      return { kind: 'throttled', afterMs: verdict.retryAfterMs }
    case 'unauthorized':
      return { kind: 'sign_in' }
    case 'conflict':
      return { kind: 'not_sent', code: verdict.code }
    case 'forbidden':
    case 'refused':
      return { kind: 'refused', code: verdict.code, say: verdict.say }
    case 'missing':
    case 'cursor_expired':
      return { kind: 'refused', code: verdict.code, say: 'The system does not know what the order speaks of.' }
    case 'unavailable':
      if (verdict.code === 'breaker_open') return { kind: 'held', afterMs: verdict.retryAfterMs ?? HELD_MS }
      break
    case 'unreachable':
    case 'garbled':
      break
  }
  const isSure = neverSent || call?.writes !== true
  return isSure ? { kind: 'not_sent', code: verdict.code } : { kind: 'unknown', code: verdict.code, afterMs: null }
}
