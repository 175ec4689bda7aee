import { z } from 'zod'
import { defineRoute, EMPTY, type RateLimit, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { type Entered, type Entry, enterByLink, join, setUp } from './enter.ts'
import type { Cookies, SignIn } from './sign-in.ts'
import { membershipsOf, type OnTenantCreated } from './tenants.ts'
import {
  email,
  givenPassword,
  linkToken,
  newTenant,
  password,
  personName,
  toWireMembership,
  toWireTenant,
  wireMembership,
  wirePerson,
  wireTenant,
} from './wire.ts'

// Signing in and out. Whoever is not signed in yet is a stranger, so these addresses are public; each of them is
// limited by address, because each can be used to guess.

const GUESSES: RateLimit = { max: 10, windowSeconds: 60, by: 'address' }
const TAGS = ['Sign-in'] as const

export type SessionRouteOptions = {
  readonly database: Database
  readonly signIn: SignIn
  readonly hubKind: 'live' | 'demo'
  readonly onTenantCreated: OnTenantCreated
}

export function sessionRoutes({ database, signIn, hubKind, onTenantCreated }: SessionRouteOptions): readonly Route[] {
  const entry: Entry = { database, signIn, onTenantCreated }
  const entered = z.object({ person: wirePerson, tenant: wireTenant })
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/sign-in',
      summary: 'Sign in with e-mail and password',
      tags: TAGS,
      scope: 'public',
      rateLimit: GUESSES,
      body: z.strictObject({ email, password: givenPassword }),
      answers: { 204: EMPTY },
      async handler({ body, request }) {
        const { cookies } = await signIn.withPassword(body.email, body.password, request.headers)
        return { status: 204, headers: setting(cookies) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/sign-out',
      summary: 'End this session',
      tags: TAGS,
      scope: 'person',
      answers: { 204: EMPTY },
      async handler({ request }) {
        return { status: 204, headers: setting(await signIn.close(request.headers)) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/password',
      summary: 'Change one’s own password; every other session ends',
      tags: TAGS,
      scope: 'person',
      rateLimit: GUESSES,
      body: z.strictObject({ current_password: givenPassword, new_password: password }),
      answers: { 204: EMPTY },
      async handler({ body, request }) {
        const cookies = await signIn.changePassword(body.current_password, body.new_password, request.headers)
        return { status: 204, headers: setting(cookies) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/link',
      summary: 'Hand in the token of a one-time link',
      description:
        'A sign-in link opens the session. Any other is only read: its answer says which form comes next, and the ' +
        'token is handed in again with that form.',
      tags: TAGS,
      scope: 'public',
      rateLimit: GUESSES,
      body: z.strictObject({ token: linkToken }),
      answers: {
        200: z.discriminatedUnion('purpose', [
          z.object({ purpose: z.literal('sign-in') }),
          z.object({ purpose: z.literal('set-up') }),
          z.object({ purpose: z.literal('join'), email: z.string(), role: z.string(), tenant: z.string() }),
        ]),
      },
      async handler({ body, now, request }) {
        const { answer, cookies } = await enterByLink(entry, body.token, request.headers, now)
        return { status: 200, headers: setting(cookies), body: answer }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/set-up',
      summary: 'Make the hub’s first owner and tenant',
      tags: TAGS,
      scope: 'public',
      rateLimit: GUESSES,
      body: z.strictObject({ token: linkToken, name: personName, email, password, tenant: newTenant }),
      answers: { 201: entered },
      async handler({ body, now, request }) {
        return arrived(await setUp(entry, body, request.headers, now))
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/auth/join',
      summary: 'Accept an invitation',
      description: 'Whoever already has an account here gives its password; anybody else chooses one, and a name.',
      tags: TAGS,
      scope: 'public',
      rateLimit: GUESSES,
      body: z.strictObject({ token: linkToken, name: personName.optional(), password: givenPassword }),
      answers: { 201: entered },
      async handler({ body, now, request }) {
        return arrived(await join(entry, body, request.headers, now))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/auth/me',
      summary: 'Who is signed in, and for which tenants they may act',
      tags: TAGS,
      scope: 'person',
      answers: {
        200: z.object({
          person: wirePerson,
          tenants: z.array(wireMembership),
          hub: z.object({ kind: z.enum(['live', 'demo']) }),
        }),
      },
      async handler({ caller, request }) {
        const memberships = await database.system((tx) => membershipsOf(tx, caller.id))
        return {
          status: 200,
          headers: setting(await signIn.renew(request.headers)),
          body: {
            person: { id: caller.id, name: caller.name, email: caller.email },
            tenants: memberships.map(toWireMembership),
            hub: { kind: hubKind },
          },
        }
      },
    }),
  ]
}

function arrived({ person, tenant, cookies }: Entered) {
  return { status: 201, headers: setting(cookies), body: { person, tenant: toWireTenant(tenant) } } as const
}

function setting(cookies: Cookies): Record<string, Cookies> {
  return cookies.length === 0 ? {} : { 'set-cookie': cookies }
}
