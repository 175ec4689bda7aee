import { createHash, randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { calculatePKCECodeChallenge, generateRandomCodeVerifier, generateRandomState } from 'oauth4webapi'
import { Fault } from '#kernel/fault.ts'
import type { Id } from '#kernel/ids.ts'
import { type Instant, instant, instantText } from '#kernel/instant.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import type { Application, Environment, OAuth, PosSystem } from '../../../connectors/contract.ts'
import { refuseEnded } from './change.ts'
import type { ConnectionDraft, Origin } from './connect.ts'
import type { Desk } from './desk.ts'
import { liveOf } from './linked.ts'
import { spoken } from './spoken.ts'
import { getConfiguration } from './store.ts'

// The way to a provider's page of consent. What the way back needs is written down before the merchant leaves: whose way
// it is, for which connection, and what the provider must show to prove that it answers this one.

/** A merchant who reads the page slowly still comes back in time; a state that leaked is soon worth nothing. */
export const ATTEMPT_MS = 10 * 60_000
export const BROWSER_COOKIE = 'tillwire.oauth'
export const CALLBACK_PATH = '/api/integrations/pos'

export type OAuthWish = {
  readonly posSystem: string
  readonly environment: Environment
  /** The connection to sign in anew; null: a new one, as `draft` says. */
  readonly connectionId: string | null
  readonly draft: ConnectionDraft
  /** Whether a browser asks, which can be given a cookie to know it again by. */
  readonly browser: boolean
}

export type OAuthWay = { readonly url: string; readonly cookie: string | null; readonly expiresAt: Instant }

/**
 * Throws `connections.system-not-live`, `connections.oauth-none`, `connections.application-missing`,
 * `connections.unknown`, `connections.disconnected`.
 */
export async function beginOAuth(desk: Desk, origin: Origin, wish: OAuthWish): Promise<OAuthWay> {
  const { tenantId, now } = origin
  const live = liveOf(desk.systems, wish.posSystem)
  // `liveOf` found a connector, so the word is one of the systems.
  const posSystem = wish.posSystem as PosSystem
  const oauth = live.signIn.oauth ?? noOAuth(posSystem)
  const target = await findTarget(desk, origin, wish, posSystem)
  const application = applicationOf(desk, posSystem, target.environment)
  const state = generateRandomState()
  const verifier = usesPkce(oauth, application) ? generateRandomCodeVerifier() : null
  const nonce = wish.browser ? randomBytes(32).toString('base64url') : null
  const sealer = await desk.vault.tenant(tenantId)
  const stateHash = hashOf(state)
  const sealed = verifier === null ? null : sealer.seal(Buffer.from(verifier), verifierBinding(stateHash))
  const redirectUri = redirectUriOf(desk, posSystem)
  const expiresAt = instant(now + ATTEMPT_MS)
  const wanted = { ...wish.draft, defaults: origin.defaults }
  await desk.database.tenant(tenantId, (tx) =>
    sql`
      insert into pos.oauth_attempts (tenant_id, state_hash, connection_id, pos_system, environment, redirect_uri,
        code_verifier_sealed, browser_hash, actor, request_id, wanted, created_at, expires_at)
      values (${tenantId}, ${stateHash}, ${target.connectionId}, ${posSystem}, ${target.environment}, ${redirectUri},
        ${sealed}, ${nonce === null ? null : hashOf(nonce)}, ${origin.actor}, ${origin.requestId},
        ${JSON.stringify(wanted)}::jsonb, ${instantText(now)}, ${instantText(expiresAt)})`.execute(tx),
  )
  const path = oauth.authorizePath(application, {
    redirectUri,
    state,
    codeChallenge: verifier === null ? null : await calculatePKCECodeChallenge(verifier),
    environment: target.environment,
  })
  const url = `${desk.systems.baseUrlOf(posSystem, target.environment)}${path}`
  return { url, cookie: nonce === null ? null : cookieWith(nonce, desk.publicBase), expiresAt }
}

async function findTarget(
  desk: Desk,
  { tenantId }: Origin,
  { connectionId, environment }: OAuthWish,
  posSystem: PosSystem,
): Promise<{ connectionId: Id | null; environment: Environment }> {
  if (connectionId === null) return { connectionId: null, environment }
  const standing = await desk.database.tenant(tenantId, (tx) => getConfiguration(tx, tenantId, connectionId))
  refuseEnded(standing)
  if (standing.posSystem !== posSystem || standing.asked === null) {
    throw new Fault('missing', 'connections.unknown', {
      say: `This tenant has no such connection to ${spoken(posSystem)}.`,
    })
  }
  return { connectionId: standing.id, environment: standing.asked.environment }
}

/**
 * A code that needs a verifier to be worth anything, wherever the provider demands it or we have no secret to show. With
 * a secret it is left out where it may be: providers that offer both give longer-lived means to refresh without it.
 */
function usesPkce(oauth: OAuth, application: Application): boolean {
  return oauth.pkce === 'required' || (oauth.pkce === 'optional' && application.secret === null)
}

/** Throws `connections.application-missing`. */
export function applicationOf(
  desk: Pick<Desk, 'systems'>,
  posSystem: PosSystem,
  environment: Environment,
): Application {
  const application = desk.systems.applicationOf(posSystem, environment)
  if (application !== null) return application
  const settings = desk.systems.applicationSettings(posSystem)
  throw new HttpFault(422, 'connections.application-missing', {
    say:
      `${spoken(posSystem)} does not know this hub yet. Register an application there and set ${settings.join(' and ')}; ` +
      'or connect with credentials of your own.',
    detail: { settings },
  })
}

export function redirectUriOf({ publicBase }: Pick<Desk, 'publicBase'>, posSystem: PosSystem): string {
  return `${publicBase.href.replace(/\/+$/, '')}${CALLBACK_PATH}/${posSystem}/oauth/callback`
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export function verifierBinding(stateHash: Buffer): readonly string[] {
  return ['oauth-verifier', stateHash.toString('hex')]
}

/** Lax: the provider's redirect back is a navigation from elsewhere, and must bring it along. */
function cookieWith(nonce: string, publicBase: URL): string {
  const secure = publicBase.protocol === 'https:' ? '; Secure' : ''
  return `${BROWSER_COOKIE}=${nonce}; Path=${CALLBACK_PATH}; HttpOnly; SameSite=Lax; Max-Age=${ATTEMPT_MS / 1000}${secure}`
}

function noOAuth(posSystem: PosSystem): never {
  throw new HttpFault(422, 'connections.oauth-none', {
    say: `${spoken(posSystem)} has no page of its own to sign in at. Give its credentials with the configuration instead.`,
  })
}
