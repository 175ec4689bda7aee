import { CallFailed, type SignInCheck } from '../../../connectors/contract.ts'
import type { Linked } from './converse-options.ts'
import type { Desk } from './desk.ts'
import type { ConnectionRef } from './live.ts'

const TRY_MAX_MS = 30_000

/**
 * Asks the provider about a stored sign-in. Not by `Converse`: a check may ask things that only some sign-ins may be asked
 * and make nothing of a refusal, so that only its end says whether the sign-in holds. One that does not is renewed once;
 * one that cannot be waits for a person from now on. Throws `CallFailed`.
 */
export async function trySignIn(
  desk: Desk,
  ref: ConnectionRef,
  linked: Linked,
): Promise<{ readonly check: SignInCheck; readonly linked: Linked }> {
  try {
    return { check: await checkWith(desk, linked), linked }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === null) throw error
    const renewal = await desk.keeper.renew(ref, linked.credentialsVersion)
    if (renewal.kind === 'later') throw new CallFailed('refresh', renewal.verdict)
    if (renewal.kind === 'renewed') return tryRenewed(desk, ref, renewal.linked)
    await desk.keeper.markNeedsSignIn(ref, { credentialsVersion: linked.credentialsVersion, code: refusal })
    throw error
  }
}

async function tryRenewed(desk: Desk, ref: ConnectionRef, linked: Linked) {
  try {
    return { check: await checkWith(desk, linked), linked }
  } catch (error) {
    const code = refusalOf(error)
    if (code !== null) await desk.keeper.markNeedsSignIn(ref, { credentialsVersion: linked.credentialsVersion, code })
    throw error
  }
}

async function checkWith(desk: Desk, linked: Linked): Promise<SignInCheck> {
  const { live, link: known } = linked
  const signal = AbortSignal.timeout(TRY_MAX_MS)
  const check = await desk.converseWith(linked, 'live', (link) => live.signIn.check(link), { signal })
  if (check.account === known.account) return check
  throw new CallFailed('check', { kind: 'refused', code: 'another_account', say: '' })
}

function refusalOf(error: unknown): string | null {
  return error instanceof CallFailed && error.verdict.kind === 'unauthorized' ? error.verdict.code : null
}
