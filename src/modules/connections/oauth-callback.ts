import { timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Environment, OAuth, PosSystem, Tokens } from '../../../connectors/contract.ts'
import { callFailed } from './call-fault.ts'
import { changeConnection } from './change.ts'
import { type ConnectionDraft, connect, type Origin } from './connect.ts'
import type { NewCredentials } from './credentials.ts'
import type { Desk } from './desk.ts'
import { askedWith, liveOf } from './linked.ts'
import { applicationOf, hashOf, verifierBinding } from './oauth.ts'
import { refreshDueAt } from './renew.ts'
import { type FoundSignIn, findSignIn, type GivenSignIn, signInFault } from './sign-in-check.ts'
import { spoken } from './spoken.ts'

// The way back from a provider's page of consent. It is worth something once, within its time, to the browser that was
// sent away, and makes the one connection that it was begun for.

const EXCHANGE_MAX_MS = 20_000

export type OAuthReturn = {
  readonly posSystem: string
  readonly query: URLSearchParams
  /** What the browser shows to be known again by. */
  readonly cookie: string | null
  readonly requestId: string
  readonly now: Instant
}

export type OAuthArrival = { readonly connectionId: Id; readonly isNew: boolean }

/**
 * Throws `connections.oauth-state`, `connections.oauth-denied`, `connections.oauth-exchange`, and as a new connection
 * does. Whatever it throws, the state that came back is worth nothing from now on.
 */
export async function finishOAuth(desk: Desk, back: OAuthReturn): Promise<OAuthArrival> {
  const live = liveOf(desk.systems, back.posSystem)
  const posSystem = back.posSystem as PosSystem
  const { oauth } = live.signIn
  if (oauth === undefined) throw badState()
  const said = readCallback(oauth, back.query)
  const attempt = said.state === null ? null : await useAttempt(desk, posSystem, said.state, back)
  if (attempt === null) throw badState()
  if (said.kind === 'denied') {
    throw new HttpFault(422, 'connections.oauth-denied', {
      say: `The page of ${spoken(posSystem)} was left without agreeing. Nothing was changed.`,
    })
  }
  const { environment, tenantId } = attempt
  const application = applicationOf(desk, posSystem, environment)
  const tokens = await exchange(desk, attempt, oauth, said.code)
  const { credentials } = tokens
  const given: GivenSignIn = { posSystem, live, environment, credentials, application }
  const found = await findSignIn(desk, given, back.now)
  const fresh: NewCredentials = {
    credentials,
    from: 'oauth',
    expiresAt: tokens.expiresAt ?? found.check.expiresAt,
    refreshExpiresAt: tokens.refreshExpiresAt,
    refreshDueAt: refreshDueAt(oauth, tokens, back.now),
  }
  const { defaults, ...draft } = attempt.wanted
  const origin: Origin = { tenantId, defaults, actor: attempt.actor, requestId: back.requestId, now: back.now }
  if (attempt.connectionId === null) {
    const name =
      draft.name === '' ? nameOf(found, desk.systems.findConnector(posSystem)?.name ?? posSystem) : draft.name
    const made = await connect(desk, origin, given, found, { ...draft, name }, fresh)
    return { connectionId: made.id, isNew: true }
  }
  await changeConnection(desk, origin, attempt.connectionId, { signIn: { found, credentials: fresh } })
  return { connectionId: attempt.connectionId, isNew: false }
}

function nameOf({ check }: FoundSignIn, otherwise: string): string {
  return check.accountName?.trim().slice(0, 120) || otherwise
}

type Attempt = {
  readonly tenantId: TenantId
  readonly stateHash: Buffer
  readonly connectionId: Id | null
  readonly posSystem: PosSystem
  readonly environment: Environment
  readonly redirectUri: string
  readonly verifierSealed: Buffer | null
  readonly actor: string
  readonly wanted: ConnectionDraft & { readonly defaults: Origin['defaults'] }
}

/** Takes the attempt out of use and answers it; null when it may not be used. */
async function useAttempt(desk: Desk, posSystem: PosSystem, state: string, back: OAuthReturn): Promise<Attempt | null> {
  const stateHash = hashOf(state)
  const row = await desk.database.system(async (tx) => {
    const { rows } = await sql<AttemptRow>`
      update pos.oauth_attempts set used_at = ${instantText(back.now)}
      where state_hash = ${stateHash} and used_at is null
      returning tenant_id, connection_id, pos_system, environment, redirect_uri, code_verifier_sealed, browser_hash,
        actor, wanted, expires_at`.execute(tx)
    return rows[0] ?? null
  })
  // Used up whatever comes next: a state that was shown in the wrong place is no secret any more.
  if (row === null || row.pos_system !== posSystem || row.expires_at <= back.now) return null
  if (row.browser_hash !== null && !isBrowser(row.browser_hash, back.cookie)) return null
  return {
    tenantId: row.tenant_id,
    stateHash,
    connectionId: row.connection_id,
    posSystem,
    environment: row.environment,
    redirectUri: row.redirect_uri,
    verifierSealed: row.code_verifier_sealed,
    actor: row.actor,
    wanted: row.wanted,
  }
}

async function exchange(desk: Desk, attempt: Attempt, oauth: OAuth, code: string): Promise<Tokens> {
  const { posSystem, environment, redirectUri, verifierSealed } = attempt
  const live = liveOf(desk.systems, posSystem)
  const application = applicationOf(desk, posSystem, environment)
  const sealer = await desk.vault.tenant(attempt.tenantId)
  const codeVerifier =
    verifierSealed === null ? null : sealer.open(verifierSealed, verifierBinding(attempt.stateHash)).toString()
  const asked = askedWith(desk.systems, { posSystem, live, environment, account: null, credentials: {}, application })
  try {
    const grant = { code, redirectUri, codeVerifier }
    const signal = AbortSignal.timeout(EXCHANGE_MAX_MS)
    return await desk.converseWith(asked, 'live', () => oauth.exchange(application, grant), { signal })
  } catch (error) {
    const failed = callFailed(error)
    if (failed === null) throw error
    const passing = signInFault({ live, posSystem }, failed)
    if (passing.kind === 'unavailable') throw passing
    throw new Fault('denied', 'connections.oauth-exchange', {
      say: `${spoken(posSystem)} did not turn the consent into a sign-in. Begin once more; if it happens again, the application's settings are wrong.`,
      detail: { call: failed.call, verdict: failed.verdict.kind },
      cause: failed,
    })
  }
}

function readCallback(oauth: OAuth, query: URLSearchParams): ReturnType<OAuth['readCallback']> {
  try {
    return oauth.readCallback(query)
  } catch {
    throw badState()
  }
}

function isBrowser(hash: Buffer, cookie: string | null): boolean {
  return cookie !== null && timingSafeEqual(hash, hashOf(cookie))
}

function badState(): Fault {
  return new HttpFault(422, 'connections.oauth-state', {
    say: 'This way back was not begun here in this browser, was used before, or took longer than ten minutes. Begin once more.',
  })
}

type AttemptRow = {
  tenant_id: TenantId
  connection_id: Id | null
  pos_system: PosSystem
  environment: Environment
  redirect_uri: string
  code_verifier_sealed: Buffer | null
  browser_hash: Buffer | null
  actor: string
  wanted: Attempt['wanted']
  expires_at: Instant
}
