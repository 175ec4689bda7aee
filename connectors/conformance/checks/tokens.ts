import { createHash } from 'node:crypto'
import { type Application, CallFailed, type Credentials, type OAuth, type SignIn, type Tokens } from '../../contract.ts'
import { type Check, expect, expectNone, failureOf, nameOf } from '../check.ts'
import { asSignedIn, converse } from '../line.ts'
import { DAY, type Hub, type Trial } from '../trial.ts'

// Signing in, staying signed in, and being signed out.

const REDIRECT = 'http://localhost:9010/api/integrations/pos/acme/oauth/callback'
const STATE = 'state-0192-äöü-&=?#'
const VERIFIER = 'a-verifier-of-forty-three-characters-or-more-0001'

export const TOKEN_CHECKS: readonly Check[] = [
  {
    name: 'sign-in/tells-the-account',
    says: 'credentials that work tell whose they are, and lack nothing that was granted',
    needs: ['live'],
    run: async (trial) => {
      const { line, provider } = await trial.open()
      const told = await converse(line, provider, (link) => trial.live.signIn.check(link))
      expect(told.account === provider.account, 'the sign-in is said to be of another account')
      expectNone(
        'said to be missing',
        told.missing.map(({ permission }) => permission),
      )
      const environment = trial.live.signIn.environmentOf(provider.link.credentials)
      expect(environment === null || environment === provider.link.environment, 'they look like another environment’s')
    },
  },
  {
    name: 'sign-in/refuses-others',
    says: 'credentials that are not the provider’s are not accepted, and that is said as such',
    needs: ['live'],
    run: async (trial) => {
      const hub = await trial.open()
      for (const value of ['', 'not-a-credential-of-anybody']) {
        const wrong = withSecrets(trial.live.signIn, hub.provider.link.credentials, value)
        const failure = await failureOf('signing in with wrong credentials', () =>
          asSignedIn(hub.line, wrong, () => converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))),
        )
        const kind = failure instanceof CallFailed ? failure.verdict.kind : nameOf(failure)
        expect(kind === 'unauthorized', `wrong credentials are ${kind} and not unauthorized`)
      }
    },
  },
  {
    name: 'oauth/page',
    says: 'the page where the merchant agrees is asked for whole and without a secret',
    needs: ['live', 'oauth'],
    run: async (trial) => {
      const { oauth, application } = await oauthOf(trial)
      const path = oauth.authorizePath(application, requestOf(oauth))
      const query = new URL(path, 'https://provider.example').searchParams
      const values = [...query.values()]
      expect(values.includes(STATE), 'the state is not in the address as it was given')
      expect(values.includes(application.id), 'the application’s id is not in the address')
      expect(oauth.pkce !== 'required' || values.includes(challengeOf()), 'the code challenge is not in the address')
      const secret = application.secret
      expect(
        secret === null || !decodeURIComponent(path).includes(secret),
        'the application’s secret is in the address',
      )
    },
  },
  {
    name: 'oauth/callback',
    says: 'the way back is a code with its state, or a refusal with a sentence; nothing else is a code',
    needs: ['live', 'oauth', 'act:consent'],
    run: async (trial) => {
      const { hub, oauth, application } = await oauthOf(trial)
      const back = await consent(hub, oauth, application)
      const told = oauth.readCallback(back)
      expect(told.kind === 'code' && told.state === STATE && told.code !== '', 'agreeing is not read as a code')
      const denied = oauth.readCallback(new URLSearchParams({ error: 'access_denied', state: STATE }))
      expect(denied.kind === 'denied' && denied.say.trim() !== '', 'a refusal is not read as one, with a sentence')
      for (const query of ['', 'code=', 'state=1', 'code=abc', 'error=access_denied&code=abc&state=1']) {
        const { kind } = oauth.readCallback(new URLSearchParams(query))
        expect(kind === 'denied', `"${query}" is taken for a code`)
      }
    },
  },
  {
    name: 'oauth/exchange',
    says: 'a code becomes a sign-in that works, and works once',
    needs: ['live', 'oauth', 'act:consent'],
    run: async (trial) => {
      const { hub, oauth, application } = await oauthOf(trial)
      const { tokens, again } = await signedIn(hub, oauth, application)
      expect(tokens.account === null || tokens.account === hub.provider.account, 'the tokens are of another account')
      useTokens(hub, application, tokens.credentials)
      await converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))
      const failure = await failureOf('exchanging a code twice', again)
      expect(failure instanceof CallFailed, `a code that was used ends in ${nameOf(failure)}`)
    },
  },
  {
    name: 'oauth/refresh',
    says: 'a sign-in is refreshed again and again',
    needs: ['live', 'oauth', 'act:consent'],
    run: refreshes,
  },
  {
    name: 'oauth/rotating',
    says: 'a sign-in is refreshed again and again while each refresh ends what it was made with',
    needs: ['live', 'oauth', 'act:consent', 'fault:token-rotated'],
    run: (trial) => refreshes(trial, true),
  },
  {
    name: 'oauth/expired',
    says: 'an expired sign-in is not called revoked, and a refresh mends it',
    needs: ['live', 'oauth', 'act:consent'],
    run: async (trial) => {
      const { hub, oauth, application } = await oauthOf(trial)
      const { tokens } = await signedIn(hub, oauth, application)
      expect(tokens.expiresAt !== null, 'it is not said when the sign-in expires')
      await hub.provider.advance(tokens.expiresAt - hub.provider.now() + 60_000)
      const verdict = await verdictWith(trial, hub, tokens.credentials)
      expect(
        verdict?.kind === 'unauthorized' && !verdict.revoked,
        'an expired sign-in is not unauthorized, or called revoked',
      )
      useTokens(hub, application, tokens.credentials)
      await converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))
    },
  },
  {
    name: 'oauth/revoked',
    says: 'a sign-in that the merchant took back is called revoked',
    needs: ['live', 'oauth', 'act:consent', 'act:revoke'],
    run: async (trial) => {
      const { hub, oauth, application } = await oauthOf(trial)
      const { tokens } = await signedIn(hub, oauth, application)
      await hub.provider.revoke?.({ ...hub.line.link, application, credentials: tokens.credentials })
      const verdict = await verdictWith(trial, hub, tokens.credentials)
      expect(verdict?.kind === 'unauthorized' && verdict.revoked, 'a revoked sign-in is not called so')
    },
  },
  {
    name: 'oauth/revoke',
    says: 'a sign-in is ended at the provider',
    needs: ['live', 'oauth', 'act:consent'],
    run: async (trial) => {
      const { hub, oauth, application } = await oauthOf(trial)
      const { tokens } = await signedIn(hub, oauth, application)
      useTokens(hub, application, tokens.credentials)
      await converse(hub.line, hub.provider, (link) => oauth.revoke(application, link))
      const verdict = await verdictWith(trial, hub, tokens.credentials)
      expect(verdict?.kind === 'unauthorized', 'a sign-in that was ended still works')
    },
  },
]

async function oauthOf(trial: Trial): Promise<{ hub: Hub; oauth: OAuth; application: Application }> {
  const hub = await trial.open()
  const { oauth } = trial.live.signIn
  const { application } = hub.provider
  expect(oauth !== undefined && application !== null, 'the stage brings no application that the provider knows')
  return { hub, oauth, application }
}

async function refreshes(trial: Trial, rotating = false): Promise<void> {
  const { hub, oauth, application } = await oauthOf(trial)
  if (rotating) await hub.provider.play('token-rotated', true, { rate: 1, seed: trial.seed })
  let { tokens } = await signedIn(hub, oauth, application)
  for (let times = 0; times < 3; times++) {
    await hub.provider.advance(DAY)
    const { credentials } = tokens
    tokens = await converse(hub.line, hub.provider, () => oauth.refresh(application, credentials))
    useTokens(hub, application, tokens.credentials)
    await converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))
  }
}

export function requestOf(oauth: OAuth) {
  const codeChallenge = oauth.pkce === 'none' ? null : challengeOf()
  return { redirectUri: REDIRECT, state: STATE, codeChallenge, environment: 'production' } as const
}

function challengeOf(): string {
  return createHash('sha256').update(VERIFIER).digest('base64url')
}

async function consent(hub: Hub, oauth: OAuth, application: Application): Promise<URLSearchParams> {
  const path = oauth.authorizePath(application, requestOf(oauth))
  const back = await hub.provider.consent?.(path, REDIRECT)
  expect(back?.startsWith(REDIRECT) === true, 'the stage did not come back from the page where the merchant agrees')
  return new URL(back).searchParams
}

async function signedIn(
  hub: Hub,
  oauth: OAuth,
  application: Application,
): Promise<{ tokens: Tokens; again: () => Promise<Tokens> }> {
  const told = oauth.readCallback(await consent(hub, oauth, application))
  expect(told.kind === 'code', 'agreeing is not read as a code')
  const codeVerifier = oauth.pkce === 'none' ? null : VERIFIER
  const grant = { code: told.code, redirectUri: REDIRECT, codeVerifier }
  const exchange = () => converse(hub.line, hub.provider, () => oauth.exchange(application, grant))
  const tokens = await exchange()
  for (const secret of Object.values(tokens.credentials)) hub.line.secrets.add(secret)
  return { tokens, again: exchange }
}

function useTokens(hub: Hub, application: Application, credentials: Credentials): void {
  for (const secret of Object.values(credentials)) hub.line.secrets.add(secret)
  hub.line.link = { ...hub.line.link, application, credentials }
}

/** What a call is told with these credentials, with nobody there to refresh them. */
async function verdictWith(trial: Trial, hub: Hub, credentials: Credentials) {
  const check = () => converse(hub.line, hub.provider, (link) => trial.live.signIn.check(link))
  try {
    await asSignedIn(hub.line, credentials, check)
    return null
  } catch (failure) {
    expect(failure instanceof CallFailed, `a call with a sign-in that does not work ends in ${nameOf(failure)}`)
    return failure.verdict
  }
}

/** Somebody else's credentials: what is no secret, such as an address of the merchant's own, stays as it is. */
export function withSecrets({ fields }: SignIn, credentials: Credentials, value: string): Credentials {
  const open = new Set(fields.flatMap(({ name, secret }) => (secret ? [] : name)))
  return Object.fromEntries(Object.entries(credentials).map(([name, own]) => [name, open.has(name) ? own : value]))
}
