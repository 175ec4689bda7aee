import { setTimeout as pause } from 'node:timers/promises'
import { type Instant, instant } from '#kernel/instant.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import { CallFailed, type Credentials, type OAuth, type Tokens } from '../../../connectors/contract.ts'
import { callFailed } from './call-fault.ts'
import type { Linked, Renewal } from './converse-options.ts'
import { openCredentials, storeCredentials } from './credentials.ts'
import type { Keeping } from './keeping.ts'
import { askedWith, openLinked } from './linked.ts'
import type { ConnectionRef } from './live.ts'
import { CLAIM_MS, type Claimed, giveBackClaim, lookAtClaim, REFRESH_MAX_MS, takeClaim } from './refresh-claim.ts'

// A refresh, once, whoever asks for it: take the claim → ask the provider → store the new sign-in → only then let anybody
// use it. The credentials it was made with stay until the next refresh shows that the new means to refresh works; when
// the provider does not know the new ones, the ones before are tried.

const LOOK_AGAIN_MS = 40
/** How long a holder whose claim ran out is still given to store what it was answered. */
const LATE_ANSWER_MS = 3_000
const STORE_PATIENCE_MS = 30_000
const RETRY_FIRST_MS = 60_000
const RETRY_MAX_MS = 3_600_000

/** When a sign-in is renewed without being refused: with a fifth of its life left, or as often as the provider wishes. */
export function refreshDueAt(oauth: OAuth, tokens: Pick<Tokens, 'expiresAt' | 'refreshExpiresAt'>, now: Instant) {
  const ends = [tokens.expiresAt, tokens.refreshExpiresAt].filter((end) => end !== null)
  const due = ends.map((end) => now + Math.max(0, Math.floor((end - now) * 0.8)))
  if (oauth.refreshEveryMs !== null) due.push(now + oauth.refreshEveryMs)
  return due.length === 0 ? null : instant(Math.min(...due))
}

/** One refresh in the name of all who were refused with version `refused`, here and in other processes. */
export async function renewOnce(keeping: Keeping, ref: ConnectionRef, refused: number): Promise<Renewal> {
  const { database, clock } = keeping
  // Most waits end with the holder's own; the time is the machine's, since a test may hold the clock still.
  const giveUpAt = performance.now() + CLAIM_MS + LATE_ANSWER_MS
  while (performance.now() < giveUpAt) {
    const taken = await database.tenant(ref.tenantId, (tx) => takeClaim(tx, ref, refused, clock.now()))
    if (taken.kind === 'newer') return { kind: 'renewed', linked: await openLinked(keeping, ref) }
    if (taken.kind === 'ended') return { kind: 'impossible' }
    if (taken.kind === 'claimed') return refreshWith(keeping, ref, taken)
    const over = await waitForHolder(keeping, ref, refused, taken.refreshNo, giveUpAt)
    if (over === 'failed') return LATER
  }
  return LATER
}

const LATER: Renewal = { kind: 'later', verdict: { kind: 'unavailable', code: 'refresh_failed', retryAfterMs: null } }

async function waitForHolder(
  { database, clock }: Keeping,
  ref: ConnectionRef,
  refused: number,
  refreshNo: number,
  giveUpAt: number,
): Promise<'look' | 'failed'> {
  while (performance.now() < giveUpAt) {
    await pause(LOOK_AGAIN_MS)
    const seen = await database.tenant(ref.tenantId, (tx) => lookAtClaim(tx, ref))
    if (seen.version > refused || seen.state !== 'active') return 'look'
    if (seen.refreshNo !== refreshNo) return 'failed'
    if (seen.heldUntil === null || seen.heldUntil <= clock.now()) return 'look'
  }
  return 'look'
}

async function refreshWith(keeping: Keeping, ref: ConnectionRef, claimed: Claimed): Promise<Renewal> {
  const linked = await openLinked(keeping, ref)
  const renewal = await refresh(keeping, ref, linked, claimed)
  keeping.meter.refreshed(linked.posSystem, renewal.kind)
  return renewal
}

async function refresh(keeping: Keeping, ref: ConnectionRef, linked: Linked, claimed: Claimed): Promise<Renewal> {
  const { database, clock } = keeping
  const giveBack = (retryAt: Instant | null) =>
    database.tenant(ref.tenantId, (tx) => giveBackClaim(tx, ref, claimed.claim, retryAt))
  try {
    const oauth = linked.live.signIn.oauth
    const application = linked.link.application
    if (oauth === undefined || application === null) {
      await giveBack(await retryAfter(keeping, ref))
      return { kind: 'impossible' }
    }
    const sealer = await keeping.vault.tenant(ref.tenantId)
    const tokens = await askForTokens(keeping, ref, linked, sealer)
    const due = refreshDueAt(oauth, tokens, clock.now())
    await storeTokens(keeping, ref, claimed, sealer, tokens, due)
    return { kind: 'renewed', linked: await openLinked(keeping, ref) }
  } catch (error) {
    const retryAt = await retryAfter(keeping, ref)
    await giveBack(retryAt)
    const failed = callFailed(error)
    if (failed === null) throw error
    if (!isFinal(failed.verdict.kind)) return { kind: 'later', verdict: failed.verdict }
    // The one whose claim ran out may have been answered first, which is why we were refused.
    return claimed.stolen ? lateAnswer(keeping, ref, claimed.version) : { kind: 'impossible' }
  }
}

/** With the credentials that stand, and where they are refused, with those before them. */
async function askForTokens(keeping: Keeping, ref: ConnectionRef, linked: Linked, sealer: Sealer): Promise<Tokens> {
  try {
    return await refreshTokens(keeping, linked, linked.link.credentials)
  } catch (error) {
    if (!(error instanceof CallFailed) || !isFinal(error.verdict.kind)) throw error
    const before = await keeping.database.tenant(ref.tenantId, (tx) =>
      openCredentials(tx, sealer, ref, linked.credentialsVersion - 1),
    )
    if (before === null) throw error
    keeping.log.warn({ connection: ref.id }, 'a refresh was refused; the sign-in before it is tried')
    return refreshTokens(keeping, linked, before).catch(() => {
      throw error
    })
  }
}

async function refreshTokens(keeping: Keeping, linked: Linked, credentials: Credentials): Promise<Tokens> {
  const { posSystem, live, link } = linked
  const { oauth } = live.signIn
  const { application, environment, account } = link
  if (oauth === undefined || application === null) throw new Error('nothing to refresh with')
  const asked = askedWith(keeping.systems, { posSystem, live, environment, account, credentials, application })
  const signal = AbortSignal.timeout(REFRESH_MAX_MS)
  const tokens = await keeping.converseWith(asked, 'live', () => oauth.refresh(application, credentials), { signal })
  if (tokens.account === null || tokens.account === account) return tokens
  throw new CallFailed('refresh', { kind: 'garbled', code: 'another_account' })
}

/** A sign-in that was given and not stored may be lost for good, so a database that is away is waited for. */
async function storeTokens(
  keeping: Keeping,
  ref: ConnectionRef,
  { claim, version }: Claimed,
  sealer: Sealer,
  { credentials, expiresAt, refreshExpiresAt }: Tokens,
  due: Instant | null,
): Promise<void> {
  const fresh = { credentials, from: 'oauth', expiresAt, refreshExpiresAt, refreshDueAt: due } as const
  const giveUpAt = performance.now() + STORE_PATIENCE_MS
  for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
    try {
      // Stored whoever holds the claim by now: a sign-in that was given is worth more than the order of the queue.
      await keeping.database.tenant(ref.tenantId, async (tx) => {
        await storeCredentials(tx, sealer, keeping.fingerprintKey, ref, version, fresh, keeping.clock.now(), true)
        await giveBackClaim(tx, ref, claim, null)
      })
      return
    } catch (error) {
      if (performance.now() + wait > giveUpAt) throw error
      keeping.log.warn({ connection: ref.id, err: error }, 'a refreshed sign-in could not be stored yet')
      await pause(wait)
    }
  }
}

async function lateAnswer(keeping: Keeping, ref: ConnectionRef, version: number): Promise<Renewal> {
  const giveUpAt = performance.now() + LATE_ANSWER_MS
  while (performance.now() < giveUpAt) {
    await pause(LOOK_AGAIN_MS)
    const seen = await keeping.database.tenant(ref.tenantId, (tx) => lookAtClaim(tx, ref))
    if (seen.version > version) return { kind: 'renewed', linked: await openLinked(keeping, ref) }
  }
  return { kind: 'impossible' }
}

async function retryAfter(keeping: Keeping, ref: ConnectionRef): Promise<Instant> {
  const failures = await keeping.database.tenant(ref.tenantId, async (tx) => (await lookAtClaim(tx, ref)).failures)
  return instant(keeping.clock.now() + Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MAX_MS))
}

/** Answers after which the same question will be answered the same way. */
function isFinal(kind: CallFailed['verdict']['kind']): boolean {
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'refused' || kind === 'missing'
}
