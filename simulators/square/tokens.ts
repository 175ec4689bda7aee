import { hash } from 'node:crypto'
import { DAY_MS, HOUR_MS } from '../trade/calendar.ts'
import { type Application, SCOPES } from './application.ts'
import { mixedId } from './ids.ts'
import { denied } from './refusal.ts'

// Who holds which token. A consent gives a code that works once within five minutes; a code gives an access token and a
// refresh token. In the code flow (with the application's secret) a refresh token serves many times and never ends; with
// PKCE it serves once, within 90 days, and the next one comes with its answer.

const CODE_LIFE_MS = 5 * 60_000
const ACCESS_LIFE_MS = 30 * DAY_MS
const SHORT_LIFE_MS = 24 * HOUR_MS
const REFRESH_LIFE_MS = 90 * DAY_MS

export type AccessToken = {
  readonly text: string
  readonly merchantId: string
  readonly scopes: readonly string[]
  /** Null: the application's own, which does not end. */
  readonly expiresAt: number | null
  readonly shortLived: boolean
  readonly personal: boolean
  state: 'standing' | 'revoked'
}

type Code = {
  readonly text: string
  readonly merchantId: string
  readonly scopes: readonly string[]
  readonly redirectUri: string | null
  /** base64url(SHA-256(verifier)); null in the code flow. */
  readonly challenge: string | null
  readonly expiresAt: number
  used: boolean
}

type RefreshToken = {
  readonly text: string
  readonly merchantId: string
  readonly scopes: readonly string[]
  readonly pkce: boolean
  readonly expiresAt: number | null
  state: 'standing' | 'used' | 'revoked'
}

export type Granted = { readonly access: AccessToken; readonly refresh: RefreshToken; readonly pkce: boolean }

/** How a client shows who it is: by the application's secret, or by the verifier (or nothing, at a refresh) of PKCE. */
export type Proof = { readonly secret: string | null; readonly verifier: string | null }

export class Tokens {
  readonly #application: Application
  readonly #seed: string
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()
  #serial = 0

  constructor(application: Application, seed: string, ownMerchantId: string) {
    this.#application = application
    this.#seed = seed
    this.#access.set(application.accessToken, {
      text: application.accessToken,
      merchantId: ownMerchantId,
      scopes: SCOPES,
      expiresAt: null,
      shortLived: false,
      personal: true,
      state: 'standing',
    })
  }

  /** What the consent page hands to the browser. */
  code(consent: Pick<Code, 'merchantId' | 'scopes' | 'redirectUri' | 'challenge'>, now: number): string {
    const text = `sq0cgb-${this.#text(40, 'code')}`
    this.#codes.set(text, { text, ...consent, expiresAt: now + CODE_LIFE_MS, used: false })
    return text
  }

  /** Trades a code for tokens, once. */
  redeem(text: string, redirectUri: string | null, proof: Proof, shortLived: boolean, now: number): Granted {
    const code = this.#codes.get(text)
    if (code === undefined) throw denied(401, 'UNAUTHORIZED', 'Authorization code not found.')
    if (code.used) throw denied(401, 'UNAUTHORIZED', 'Authorization code has already been used.')
    if (now > code.expiresAt) throw denied(401, 'UNAUTHORIZED', 'Authorization code is expired.')
    if (code.redirectUri !== null && redirectUri !== null && code.redirectUri !== redirectUri) {
      throw denied(401, 'UNAUTHORIZED', 'The redirect_uri differs from the one of the authorization.')
    }
    if (code.challenge === null) this.#checkSecret(proof.secret)
    else if (challengeOf(proof.verifier ?? '') !== code.challenge) {
      throw denied(401, 'UNAUTHORIZED', 'The code_verifier does not fit the code_challenge.')
    }
    code.used = true
    return this.#grant(code.merchantId, code.scopes, code.challenge !== null, shortLived, null, now)
  }

  /**
   * A new access token, narrowed to `scopes` if there are any. With `rotates` the old access token and the old refresh
   * token end at once, in the code flow too.
   */
  refresh(
    text: string,
    proof: Proof,
    scopes: readonly string[],
    shortLived: boolean,
    rotates: boolean,
    now: number,
  ): Granted {
    const token = this.#refresh.get(text)
    if (token === undefined) throw denied(401, 'UNAUTHORIZED', 'Refresh token not found.')
    if (!token.pkce) this.#checkSecret(proof.secret)
    if (token.state === 'used') throw denied(401, 'UNAUTHORIZED', 'Refresh token has already been used.')
    if (token.state === 'revoked')
      throw denied(401, 'ACCESS_TOKEN_REVOKED', 'The seller has revoked the authorization.')
    if (token.expiresAt !== null && now > token.expiresAt) {
      throw denied(401, 'UNAUTHORIZED', 'Refresh token is expired.')
    }
    const beyond = scopes.find((scope) => !token.scopes.includes(scope))
    if (beyond !== undefined) throw denied(403, 'INSUFFICIENT_SCOPES', `The scope ${beyond} was never granted.`)
    const single = token.pkce || rotates
    if (single) token.state = 'used'
    if (rotates) this.#endAccess(token.merchantId)
    const narrowed = scopes.length === 0 ? token.scopes : scopes
    return this.#grant(token.merchantId, narrowed, token.pkce, shortLived, single ? null : token, now)
  }

  /** The token of a bearer that may call now, or the 401 that Square would give. */
  check(text: string | null, now: number): AccessToken {
    const token = text === null ? undefined : this.#access.get(text)
    if (token === undefined) {
      throw denied(401, 'UNAUTHORIZED', 'This request could not be authorized.')
    }
    if (token.state === 'revoked') {
      throw denied(401, 'ACCESS_TOKEN_REVOKED', 'The resource owner has revoked this access token.')
    }
    if (token.expiresAt !== null && now >= token.expiresAt) {
      throw denied(401, 'ACCESS_TOKEN_EXPIRED', 'The provided access token has expired.')
    }
    return token
  }

  /** Ends all tokens of that seller, or only his access tokens. Answers whether there were any. */
  revoke(merchantId: string, onlyAccess = false): boolean {
    const ended = this.#endAccess(merchantId)
    if (onlyAccess) return ended
    for (const token of this.#refresh.values()) if (token.merchantId === merchantId) token.state = 'revoked'
    return ended
  }

  /** The access tokens of that seller end now, before their time; his refresh tokens do not. */
  expire(merchantId: string, now: number): void {
    for (const token of this.#access.values()) {
      if (token.merchantId !== merchantId || token.personal) continue
      this.#access.set(token.text, { ...token, expiresAt: Math.min(token.expiresAt ?? now, now) })
    }
  }

  /** The scopes under which that seller has authorised the application; null if he has not. */
  authorised(merchantId: string, now: number): ReadonlySet<string> | null {
    const scopes = new Set<string>()
    for (const token of this.#access.values()) {
      const ended = token.state === 'revoked' || (token.expiresAt !== null && now >= token.expiresAt)
      if (token.merchantId === merchantId && !ended) for (const scope of token.scopes) scopes.add(scope)
    }
    for (const token of this.#refresh.values()) {
      if (token.merchantId === merchantId && token.state === 'standing') {
        for (const scope of token.scopes) scopes.add(scope)
      }
    }
    return scopes.size === 0 ? null : scopes
  }

  /** The merchant of an access token, whatever has become of it. */
  ownerOf(text: string): string | null {
    return this.#access.get(text)?.merchantId ?? null
  }

  /** A token as a consent and its code would have given it; for tests that are about something else. */
  issue(merchantId: string, scopes: readonly string[], now: number): Granted {
    return this.#grant(merchantId, scopes, false, false, null, now)
  }

  #endAccess(merchantId: string): boolean {
    let ended = false
    for (const token of this.#access.values()) {
      if (token.merchantId !== merchantId || token.personal || token.state === 'revoked') continue
      token.state = 'revoked'
      ended = true
    }
    return ended
  }

  #checkSecret(secret: string | null): void {
    if (secret !== this.#application.secret)
      throw denied(401, 'UNAUTHORIZED', 'Not authorized: the client_secret is wrong.')
  }

  #grant(
    merchantId: string,
    scopes: readonly string[],
    pkce: boolean,
    shortLived: boolean,
    kept: RefreshToken | null,
    now: number,
  ): Granted {
    const access: AccessToken = {
      text: `EAAA${this.#text(43, 'access')}`,
      merchantId,
      scopes,
      expiresAt: now + (shortLived ? SHORT_LIFE_MS : ACCESS_LIFE_MS),
      shortLived,
      personal: false,
      state: 'standing',
    }
    const refresh: RefreshToken = kept ?? {
      text: `EQAA${this.#text(43, 'refresh')}`,
      merchantId,
      scopes,
      pkce,
      expiresAt: pkce ? now + REFRESH_LIFE_MS : null,
      state: 'standing',
    }
    this.#access.set(access.text, access)
    this.#refresh.set(refresh.text, refresh)
    return { access, refresh, pkce }
  }

  #text(length: number, kind: string): string {
    this.#serial++
    return mixedId(length, kind, this.#seed, String(this.#serial))
  }
}

export function challengeOf(verifier: string): string {
  return hash('sha256', verifier, 'base64url')
}
