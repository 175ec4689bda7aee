import { createHash, randomUUID } from 'node:crypto'
import { type Acme, grant } from './acme.ts'
import { type Answer, type Asked, error } from './wire.ts'

// Who may ask: a key from Acme's settings, or tokens that a merchant agreed to. A refresh token works once.

/** Null when the call may go on. */
export function answerSignIn(acme: Acme, asked: Asked): Answer | null {
  const { pathname } = asked.url
  if (pathname === '/oauth/authorize') return consent(acme, asked.url)
  if (pathname === '/oauth/token') return token(acme, asked.body)
  if (pathname === '/oauth/revoke') {
    for (const one of acme.grants) if (one.access === asked.body.token) one.ended = 'revoked'
    return { status: 200, body: {} }
  }
  const bearer = asked.headers.authorization?.replace(/^Bearer /, '') ?? ''
  if (bearer === acme.key) return null
  const known = acme.grants.find(({ access }) => access === bearer)
  if (known?.ended === 'revoked') return { status: 401, body: error('token_revoked') }
  if (known === undefined || known.ended !== null || acme.now >= known.expiresAt) {
    return {
      status: 401,
      body: error(known === undefined ? 'token_unknown' : 'token_expired', 'Sign in again, please.'),
    }
  }
  return null
}

/** The merchant has agreed already: what is asked here is sent straight back. */
function consent(acme: Acme, { searchParams }: URL): Answer {
  const redirect = new URL(searchParams.get('redirect_uri') ?? '')
  const code = randomUUID()
  acme.codes.set(code, { challenge: searchParams.get('code_challenge') })
  redirect.searchParams.set('code', code)
  redirect.searchParams.set('state', searchParams.get('state') ?? '')
  return { status: 302, body: null, headers: { location: redirect.href } }
}

function token(acme: Acme, form: Asked['body']): Answer {
  if (form.client_id !== acme.application.id || form.client_secret !== acme.application.secret) {
    return { status: 401, body: error('program_unknown') }
  }
  if (typeof form.refresh_token === 'string') {
    const known = acme.grants.find(({ refresh, ended }) => refresh === form.refresh_token && ended === null)
    if (known === undefined) return { status: 400, body: error('refresh_token_used') }
    known.ended = 'renewed'
    return granted(acme)
  }
  const code = acme.codes.get(String(form.code))
  if (code === undefined || (code.challenge !== null && code.challenge !== challengeOf(form.code_verifier))) {
    return { status: 400, body: error('code_unknown') }
  }
  acme.codes.delete(String(form.code))
  return granted(acme)
}

function granted(acme: Acme): Answer {
  const { access, refresh, expiresAt } = grant(acme)
  const body = {
    access_token: access,
    refresh_token: refresh,
    account: acme.account,
    expires_at: new Date(expiresAt).toISOString(),
  }
  return { status: 200, body }
}

function challengeOf(verifier: unknown): string {
  return createHash('sha256').update(String(verifier)).digest('base64url')
}
