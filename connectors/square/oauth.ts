import {
  type Application,
  type AuthorizationGrant,
  type AuthorizationRequest,
  CallFailed,
  type Credentials,
  Garbled,
  type Link,
  type OAuth,
  type OAuthCallback,
  type ProviderAnswer,
  type Talk,
  type Tokens,
} from '../contract.ts'
import { jsonOf, query, textIn } from './answers.ts'
import { momentOf } from './read/moments.ts'

// OAuth 2 with JSON bodies. An application with a secret is given tokens that live 30 days and a refresh token that never
// ends; one without a secret, by PKCE alone, is given a new refresh token at every use. Both are kept as they come: where
// an answer brings no refresh token, the one before is still good.

const DAY_MS = 86_400_000

/** Reading alone: nothing here writes to Square. */
export const SCOPES = [
  'MERCHANT_PROFILE_READ',
  'ORDERS_READ',
  'PAYMENTS_READ',
  'ITEMS_READ',
  'INVENTORY_READ',
  'CUSTOMERS_READ',
] as const

export const oauth: OAuth = {
  scopes: SCOPES,
  pkce: 'optional',
  // Square’s advice: at least weekly, so that a broken refresh is known three weeks before the token ends.
  refreshEveryMs: 7 * DAY_MS,
  authorizePath,
  readCallback,
  exchange,
  refresh,
  revoke,
}

function authorizePath(application: Application, request: AuthorizationRequest): string {
  return query('/oauth2/authorize', {
    client_id: application.id,
    scope: SCOPES.join(' '),
    // Whoever agrees should see as which merchant; the sandbox has no sign-in to force.
    session: request.environment === 'production' ? 'false' : null,
    state: request.state,
    redirect_uri: request.redirectUri,
    code_challenge: request.codeChallenge,
  })
}

function readCallback(answer: URLSearchParams): OAuthCallback {
  const [code, state, error] = [answer.get('code'), answer.get('state'), answer.get('error')]
  if (code !== null && code !== '' && state !== null && state !== '' && error === null) {
    return { kind: 'code', code, state }
  }
  const say =
    error === 'access_denied'
      ? 'Access was not granted at Square. Start again, and choose Allow.'
      : 'Square sent the browser back without a code. Start again from the list of connections.'
  return { kind: 'denied', state, say }
}

function* exchange(application: Application, grant: AuthorizationGrant): Talk<Tokens> {
  const body = {
    ...clientOf(application),
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    ...(grant.codeVerifier === null ? {} : { code_verifier: grant.codeVerifier }),
  }
  // A code works once: a second try with the same one says nothing about the first.
  return tokensOf(yield* askForTokens('oauth.exchange', body, false), {})
}

function* refresh(application: Application, credentials: Credentials): Talk<Tokens> {
  const { refresh_token } = credentials
  if (!refresh_token) {
    throw new CallFailed('oauth.refresh', { kind: 'unauthorized', code: 'NO_REFRESH_TOKEN', revoked: true })
  }
  const body = { ...clientOf(application), grant_type: 'refresh_token', refresh_token }
  // Without a secret the refresh token works once, like a code.
  return tokensOf(yield* askForTokens('oauth.refresh', body, application.secret !== null), credentials)
}

/** Ends all tokens that the application has of this merchant. */
function* revoke(application: Application, link: Link): Talk<void> {
  if (application.secret === null) {
    const say =
      'Square takes a sign-in back only from an application with a secret. The merchant can do it in the Square Dashboard.'
    throw new CallFailed('oauth.revoke', { kind: 'refused', code: 'NO_APPLICATION_SECRET', say })
  }
  const { access_token } = link.credentials
  const whose = access_token ? { access_token } : { merchant_id: link.account }
  yield {
    name: 'oauth.revoke',
    method: 'POST',
    path: '/oauth2/revoke',
    headers: { authorization: `Client ${application.secret}` },
    body: JSON.stringify({ client_id: application.id, ...whose }),
    repeatable: true,
    unsigned: true,
  }
}

function* askForTokens(name: string, body: unknown, repeatable: boolean): Talk<ProviderAnswer> {
  return yield {
    name,
    method: 'POST',
    path: '/oauth2/token',
    body: JSON.stringify(body),
    repeatable,
    unsigned: true,
  }
}

function clientOf({ id, secret }: Application) {
  return secret === null ? { client_id: id } : { client_id: id, client_secret: secret }
}

function tokensOf(answer: ProviderAnswer, before: Credentials): Tokens {
  const told = jsonOf(answer)
  const accessToken = textIn(told.access_token)
  if (accessToken === null) throw new Garbled('no access token in the answer')
  const refreshToken = textIn(told.refresh_token) ?? before.refresh_token ?? null
  return {
    credentials: {
      access_token: accessToken,
      ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    },
    account: textIn(told.merchant_id),
    expiresAt: momentOf(told.expires_at),
    refreshExpiresAt: momentOf(told.refresh_token_expires_at),
  }
}
