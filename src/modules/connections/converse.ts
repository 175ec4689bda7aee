import { Fault } from '#kernel/fault.ts'
import type { Clock } from '#kernel/instant.ts'
import { CallFailed, Garbled, type ProviderCall, type Talk } from '../../../connectors/contract.ts'
import type { Called, Caller, FailedVerdict } from './converse-call.ts'
import type { ConverseOptions, Linked } from './converse-options.ts'
import type { ConverseWith } from './keeping.ts'
import type { ConnectionRef, Converse } from './live.ts'

// Has talks with providers, call by call. A sign-in that is not accepted is renewed once and the same call made again, and
// again with one that others have stored meanwhile; only when that does not help is a person asked. Where the talk itself can tell what a failure means, it hears of it first.

/** A talk that asks more often than that has lost its way, and would call the provider for ever. */
const TALK_CALLS_MAX = 5_000

export type ConversingOptions = ConverseOptions & { readonly caller: Caller; readonly clock: Clock }

export function createConverse(options: ConversingOptions): Converse {
  const { caller, clock, linkOf, renew } = options
  return async (ref, priority, talk, { signal, once, watch } = {}) => {
    const calling = { priority, share: `${ref.tenantId} ${ref.id}`, signal, once, watch }
    let linked = await linkOf(ref)
    refuseUnlessActive(linked)
    if (linked.expiresAt !== null && linked.expiresAt <= clock.now()) {
      const renewal = await renew(ref, linked.credentialsVersion)
      // Where it could not be renewed, the provider's own word decides: its clock may differ from ours.
      if (renewal.kind === 'renewed') linked = renewal.linked
    }

    const ask = async (call: ProviderCall): Promise<Called> => {
      let called = await caller(linked, calling, call)
      for (let refusals = 1; !call.unsigned && isUnauthorized(called); refusals++) {
        const outcome = await afterRefusal(options, ref, linked, called.verdict, refusals)
        if (outcome.kind === 'failed') return outcome
        linked = outcome.linked
        called = await caller(linked, calling, call)
      }
      return called
    }
    return converse(talk(linked.link), ask)
  }
}

/** The same for a sign-in that is not stored: a refusal of it is the talk's to hear, and nothing is renewed. */
export function createConverseWith(caller: Caller): ConverseWith {
  return (asked, priority, talk, { signal } = {}) =>
    converse(talk(asked.link), (call) => caller(asked, { priority, share: asked.budget, signal }, call))
}

async function converse<T>(talk: Talk<T>, ask: (call: ProviderCall) => Promise<Called>): Promise<T> {
  let call: ProviderCall | null = null
  try {
    let step = talk.next()
    for (let calls = 1; !step.done; calls++) {
      call = step.value
      if (calls > TALK_CALLS_MAX) throw new CallFailed(call.name, { kind: 'garbled', code: 'endless' })
      const called = await ask(call)
      step =
        called.kind === 'answer'
          ? talk.next(called.answer)
          : talk.throw(new CallFailed(call.name, called.verdict, called.neverSent))
    }
    return step.value
  } catch (error) {
    if (!(error instanceof Garbled)) throw error
    const failed = new CallFailed(call?.name ?? 'talk', { kind: 'garbled', code: 'unreadable' })
    failed.cause = error
    throw failed
  }
}

type Unauthorized = Extract<FailedVerdict, { kind: 'unauthorized' }>

function isUnauthorized(called: Called): called is Called & { kind: 'failed'; verdict: Unauthorized } {
  return called.kind === 'failed' && called.verdict.kind === 'unauthorized'
}

/** Others may replace a sign-in again and again while one call is made; a provider that refuses each of them means it. */
const REFUSALS_MAX = 5

async function afterRefusal(
  options: ConversingOptions,
  ref: ConnectionRef,
  linked: Linked,
  verdict: Unauthorized,
  refusals: number,
): Promise<{ readonly kind: 'again'; readonly linked: Linked } | (Called & { readonly kind: 'failed' })> {
  const mayRenew = refusals === 1 && !verdict.revoked
  // A sign-in that others have replaced meanwhile may well be revoked; what stands now has not been asked yet. Another
  // process may have done so a moment ago, so what this one remembers is no answer.
  const newest = mayRenew || refusals >= REFUSALS_MAX ? linked : await options.linkOf(ref, 'newest')
  if (newest.credentialsVersion > linked.credentialsVersion && newest.state === 'active') {
    return { kind: 'again', linked: newest }
  }
  const renewal = mayRenew ? await options.renew(ref, linked.credentialsVersion) : ({ kind: 'impossible' } as const)
  if (renewal.kind === 'renewed') return { kind: 'again', linked: renewal.linked }
  // The call itself was answered: it was refused, so it has done nothing.
  if (renewal.kind === 'later') return { kind: 'failed', verdict: renewal.verdict, neverSent: true }
  await markRefused(options, ref, linked, verdict)
  return { kind: 'failed', verdict, neverSent: false }
}

function markRefused(
  { markNeedsSignIn }: ConversingOptions,
  ref: ConnectionRef,
  { credentialsVersion }: Linked,
  { code }: Unauthorized,
): Promise<void> {
  return markNeedsSignIn(ref, { credentialsVersion, code })
}

function refuseUnlessActive({ state }: Linked): void {
  if (state === 'needs_sign_in') {
    throw new Fault('denied', 'connections.sign-in-needed', {
      say: 'The system no longer accepts the sign-in of this connection. Sign in again on the connection’s page; nothing is lost meanwhile.',
    })
  }
  if (state === 'disconnected') {
    throw new Fault('conflict', 'connections.disconnected', {
      say: 'This connection was ended, and its system is not asked any more. To go on, connect the account again.',
    })
  }
}
