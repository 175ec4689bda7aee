import type { Link, OAuth, SignIn, SignInCheck, Talk, Tokens } from '../../connectors/contract.ts'
import { findTextOf, momentOf, objectOf, textOf, wordsOf } from './api.ts'

// A merchant brings a key from Acme's settings, or agrees in the browser. Acme's refresh tokens work once: each refresh
// brings a new one, and the tokens are kept together.

const NEEDED: Readonly<Record<string, string>> = {
  'receipts:read': 'Without it no sale can be read.',
  'hooks:write': 'Without it sales are seen minutes later.',
}

const oauth: OAuth = {
  scopes: Object.keys(NEEDED),
  pkce: 'optional',
  refreshEveryMs: null,
  authorizePath(application, { redirectUri, state, codeChallenge }) {
    const query = new URLSearchParams({ client_id: application.id, redirect_uri: redirectUri, state })
    query.set('scope', Object.keys(NEEDED).join(' '))
    if (codeChallenge !== null) query.set('code_challenge', codeChallenge)
    return `/oauth/authorize?${query}`
  },
  readCallback(query) {
    const [code, state] = [query.get('code'), query.get('state')]
    if (code && state && !query.has('error')) return { kind: 'code', code, state }
    return { kind: 'denied', state, say: 'Acme was not allowed to share its data. Connect again and agree to it.' }
  },
  exchange: (application, { code, redirectUri, codeVerifier }) =>
    tokens({ ...knownAs(application), code, redirect_uri: redirectUri, code_verifier: codeVerifier }),
  refresh: (application, { refresh_token }) => tokens({ ...knownAs(application), refresh_token: refresh_token ?? '' }),
  *revoke(application, { credentials }) {
    const body = JSON.stringify({ ...knownAs(application), token: credentials.access_token })
    yield { name: 'oauth.revoke', method: 'POST', path: '/oauth/revoke', body, repeatable: true, unsigned: true }
  },
}

export const signIn: SignIn = {
  fields: [
    {
      name: 'access_token',
      label: 'Access key',
      secret: true,
      required: true,
      help: 'In Acme under Settings, Programs, New key.',
    },
  ],
  check,
  oauth,
  environmentOf: ({ access_token }) => (access_token?.startsWith('try_') ? 'sandbox' : null),
}

function* check(_: Link): Talk<SignInCheck> {
  const me = objectOf((yield { name: 'me.read', method: 'GET', path: '/v1/me', body: null, repeatable: true }).body)
  const granted = wordsOf(me, 'scopes')
  const missing = Object.entries(NEEDED).filter(([permission]) => !granted.includes(permission))
  return {
    account: textOf(me, 'account'),
    accountName: findTextOf(me, 'name'),
    expiresAt: null,
    granted,
    missing: missing.map(([permission, say]) => ({ permission, blocks: ['sales'], say })),
  }
}

function knownAs({ id, secret }: { readonly id: string; readonly secret: string | null }) {
  return { client_id: id, client_secret: secret }
}

function* tokens(form: Readonly<Record<string, string | null>>): Talk<Tokens> {
  const body = JSON.stringify(form)
  const call = {
    name: 'oauth.token',
    method: 'POST',
    path: '/oauth/token',
    body,
    repeatable: false,
    unsigned: true,
  } as const
  const told = objectOf((yield call).body)
  return {
    credentials: { access_token: textOf(told, 'access_token'), refresh_token: textOf(told, 'refresh_token') },
    account: textOf(told, 'account'),
    expiresAt: momentOf(told, 'expires_at'),
    refreshExpiresAt: null,
  }
}
