import { type Answer, type JsonObject, ok } from './answer.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { flagOf, neededText, textOf, textsOf } from './reads/request.ts'
import { denied, invalid } from './refusal.ts'
import type { Square } from './square.ts'
import type { Granted } from './tokens.ts'

// Tokens for codes, tokens for refresh tokens, and the ways in which they end. None of these takes a seller's bearer
// but the look at a token itself.

export const oauthEndpoints: readonly Endpoint[] = [
  { method: 'POST', path: '/oauth2/token', name: 'oauth.token', scopes: 'none', answer: obtainToken },
  { method: 'POST', path: '/oauth2/token/status', name: 'oauth.status', scopes: 'none', answer: tokenStatus },
  { method: 'POST', path: '/oauth2/revoke', name: 'oauth.revoke', scopes: 'none', answer: revokeToken },
]

function obtainToken({ square, body, now }: Call): Answer {
  if (neededText(body, 'client_id') !== square.application.id) {
    throw denied(401, 'UNAUTHORIZED', 'Not authorized: there is no application of this client_id here.')
  }
  const proof = { secret: textOf(body, 'client_secret') ?? null, verifier: textOf(body, 'code_verifier') ?? null }
  const short = flagOf(body, 'short_lived')
  switch (neededText(body, 'grant_type')) {
    case 'authorization_code': {
      const redirect = textOf(body, 'redirect_uri') ?? null
      return granted(square.tokens.redeem(neededText(body, 'code'), redirect, proof, short, now))
    }
    case 'refresh_token': {
      const rotates = square.faults.strikes('token-rotated')
      const scopes = textsOf(body, 'scopes')
      return granted(square.tokens.refresh(neededText(body, 'refresh_token'), proof, scopes, short, rotates, now))
    }
    default:
      throw invalid('BAD_REQUEST', 'The grant_type must be authorization_code or refresh_token.', 'grant_type')
  }
}

function granted({ access, refresh, pkce }: Granted): Answer {
  return ok({
    access_token: access.text,
    token_type: 'bearer',
    ...(access.expiresAt !== null && { expires_at: secondsOnly(access.expiresAt) }),
    merchant_id: access.merchantId,
    refresh_token: refresh.text,
    short_lived: access.shortLived,
    ...(pkce && refresh.expiresAt !== null && { refresh_token_expires_at: secondsOnly(refresh.expiresAt) }),
  })
}

function tokenStatus({ square, headers, now }: Call): Answer {
  const token = square.tokens.check(bearerOf(headers.authorization), now)
  return ok({
    scopes: token.scopes,
    ...(token.expiresAt !== null && { expires_at: secondsOnly(token.expiresAt) }),
    client_id: square.application.id,
    merchant_id: token.merchantId,
  })
}

function revokeToken({ square, headers, body }: Call): Answer {
  const secret = /^Client (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (secret !== square.application.secret || textOf(body, 'client_id') !== square.application.id) {
    throw denied(401, 'UNAUTHORIZED', 'Not authorized: the application secret is wrong.')
  }
  const merchantId = merchantOf(square, body)
  if (flagOf(body, 'revoke_only_access_token')) square.tokens.revoke(merchantId, true)
  else square.revoke(square.seller(merchantId), 'APPLICATION')
  return ok({ success: true })
}

function merchantOf(square: Square, body: JsonObject): string {
  const named = textOf(body, 'merchant_id')
  const token = textOf(body, 'access_token')
  const owner = token === undefined ? null : square.tokens.ownerOf(token)
  const merchantId = named ?? owner
  if (merchantId === null || !square.sellers.some((seller) => seller.merchantId === merchantId)) {
    throw invalid('NOT_FOUND', 'Name a merchant_id or an access_token that was given out.', 'access_token')
  }
  return merchantId
}

/** The token of `Authorization: Bearer …`; null without one. */
export function bearerOf(authorization: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

function secondsOnly(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}
