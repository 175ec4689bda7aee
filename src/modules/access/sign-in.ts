import type { IncomingHttpHeaders } from 'node:http'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { organization } from 'better-auth/plugins/organization'
import type pg from 'pg'
import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId } from '#kernel/ids.ts'
import type { Person } from '#platform/http/caller.ts'
import { HttpFault } from '#platform/http/http-fault.ts'
import { ACCESS_FAULTS, type AccessFaultCode } from './faults.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './people.ts'

// Passwords, sessions and their cookies, by better-auth. Its own addresses are not mounted: what a hub offers is
// declared as routes like everything else, and calls the library's functions.

const SESSION_SECONDS = 30 * 24 * 60 * 60
const SESSION_RENEWED_AFTER_SECONDS = 24 * 60 * 60

export type SignInOptions = {
  readonly pool: pg.Pool
  readonly secret: string
  readonly publicBase: URL
}

/** Cookies that a browser has to be given, as Set-Cookie lines. */
export type Cookies = readonly string[]

export type SignIn = {
  /** Throws `access.sign-in`, for an unknown address as for a wrong password, and as slowly. */
  withPassword(email: string, password: string, headers: IncomingHttpHeaders): Promise<{ id: Id; cookies: Cookies }>
  /** A session for somebody who proved themselves by a link. */
  open(personId: Id, headers: IncomingHttpHeaders): Promise<Cookies>
  /** Who a session's cookie belongs to. */
  find(headers: IncomingHttpHeaders): Promise<Person | null>
  /** Makes a session that is in use last longer. */
  renew(headers: IncomingHttpHeaders): Promise<Cookies>
  close(headers: IncomingHttpHeaders): Promise<Cookies>
  /** Ends every other session of the person too. Throws `access.password`. */
  changePassword(current: string, next: string, headers: IncomingHttpHeaders): Promise<Cookies>
}

/** Options of the library; apart, so that a test can ask it whether its tables are as it wants them. */
export function signInSettings(options: SignInOptions) {
  const openSession = createAuthEndpoint.serverOnly(
    { method: 'POST', body: z.object({ personId: z.string() }) },
    async (ctx) => {
      const { internalAdapter } = ctx.context
      const user = await internalAdapter.findUserById(ctx.body.personId)
      if (!user) throw new APIError('UNAUTHORIZED')
      const session = await internalAdapter.createSession(user.id)
      await setSessionCookie(ctx, { session, user })
      return ctx.json({ opened: true })
    },
  )
  return {
    database: options.pool,
    secret: options.secret,
    baseURL: options.publicBase.origin,
    basePath: '/api/v1/auth',
    trustedOrigins: [options.publicBase.origin],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    session: { expiresIn: SESSION_SECONDS, updateAge: SESSION_RENEWED_AFTER_SECONDS, cookieCache: { enabled: false } },
    plugins: [
      // For its tables: memberships are ours to write, so that they stand or fall with what they belong to.
      organization({ allowUserToCreateOrganization: false }),
      { id: 'tillwire-links', endpoints: { openSession } },
    ],
    advanced: {
      cookiePrefix: 'tillwire',
      useSecureCookies: options.publicBase.protocol === 'https:',
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      database: { generateId: () => newId() },
      ipAddress: { disableIpTracking: true },
    },
    // The server limits how often an address may try; the library would count in its own way.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  } satisfies BetterAuthOptions
}

export function createSignIn(options: SignInOptions): SignIn {
  const auth = betterAuth(signInSettings(options))
  return {
    async withPassword(email, password, headers) {
      const body = { email, password }
      const answer = await asked(
        'access.sign-in',
        auth.api.signInEmail({ body, headers: passed(headers), returnHeaders: true }),
      )
      return { id: answer.response.user.id as Id, cookies: answer.headers.getSetCookie() }
    },
    async open(personId, headers) {
      const answer = await asked(
        'access.sign-in',
        auth.api.openSession({ body: { personId }, headers: passed(headers), returnHeaders: true }),
      )
      return answer.headers.getSetCookie()
    },
    async find(headers) {
      // Nobody is asked about a request that shows no session at all.
      if (!headers.cookie?.includes('tillwire.session_token=')) return null
      const question = { headers: passed(headers), query: { disableRefresh: true } }
      const found = await asked('access.sign-in', auth.api.getSession(question))
      if (!found) return null
      const { id, name, email } = found.user
      return { kind: 'person', id: id as Id, actor: `person:${id}`, name, email }
    },
    async renew(headers) {
      const answer = await asked(
        'access.sign-in',
        auth.api.getSession({ headers: passed(headers), returnHeaders: true }),
      )
      return answer.headers.getSetCookie()
    },
    async close(headers) {
      const answer = await asked('access.sign-in', auth.api.signOut({ headers: passed(headers), returnHeaders: true }))
      return answer.headers.getSetCookie()
    },
    async changePassword(current, next, headers) {
      const body = { currentPassword: current, newPassword: next, revokeOtherSessions: true }
      const answer = await asked(
        'access.password',
        auth.api.changePassword({ body, headers: passed(headers), returnHeaders: true }),
      )
      return answer.headers.getSetCookie()
    },
  }
}

/** What the library needs of a request, and nothing that it might believe too easily. */
function passed(headers: IncomingHttpHeaders): Headers {
  const some = new Headers()
  if (headers.cookie !== undefined) some.set('cookie', headers.cookie)
  if (headers['user-agent'] !== undefined) some.set('user-agent', headers['user-agent'].slice(0, 200))
  return some
}

/** The library's refusals all read the same to a stranger; when it cannot tell, nobody is let in and nobody sent away. */
async function asked<T>(code: AccessFaultCode, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof APIError && cause.statusCode < 500) {
      throw new HttpFault(code === 'access.sign-in' ? 401 : 403, code, { say: ACCESS_FAULTS[code] })
    }
    const say = ACCESS_FAULTS['access.unavailable']
    throw new Fault('unavailable', 'access.unavailable', { say, retryAfterSeconds: 2, cause })
  }
}
