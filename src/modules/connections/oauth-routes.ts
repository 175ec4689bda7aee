import { z } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { findLocalDate, instantText } from '#kernel/instant.ts'
import { defineRoute, EMPTY, type Route } from '#platform/http/route.ts'
import type { Desk } from './desk.ts'
import { BROWSER_COOKIE, beginOAuth, type OAuthWay, type OAuthWish } from './oauth.ts'
import { finishOAuth } from './oauth-callback.ts'
import { originOf } from './origin.ts'

// To the provider's page of consent and back. A page of ours asks for the address and goes there itself; whoever comes by
// a link is sent on at once.

const TAGS = ['Connections'] as const
const wishQuery = z.strictObject({
  environment: z.enum(['production', 'sandbox']).default('production'),
  connection_id: z.string().max(64).optional().meta({ description: 'The connection to sign in anew' }),
  name: z.string().trim().min(1).max(120).optional(),
  locations: z.enum(['all', 'none']).default('none').meta({ description: 'None: they are chosen afterwards' }),
  backfill_from: z
    .string()
    .transform((text, context) => {
      const found = findLocalDate(text)
      if (found !== null) return found
      context.addIssue('not a day such as 2025-01-01')
      return z.NEVER
    })
    .optional(),
  webhooks: z.enum(['true', 'false']).default('true'),
})
const wireWay = z.strictObject({ url: z.string(), expires_at: z.string().meta({ format: 'date-time' }) })

export function oauthRoutes(desk: Desk): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/integrations/pos/:pos_system/oauth',
      scope: 'connections:write',
      summary: 'Begin to connect by the provider’s own page',
      description: 'Answers 302 to the page, or its address where JSON is asked for. Good for ten minutes, once.',
      tags: TAGS,
      query: wishQuery,
      answers: { 200: wireWay, 302: EMPTY },
      async handler({ tenant, caller, params, query, request, requestId, now }) {
        const wish = wishOf(params.pos_system, query, caller.kind === 'person')
        const way = await beginOAuth(desk, originOf(tenant, caller, requestId, now), wish)
        if (request.headers.accept?.includes('application/json') === true) return toldWay(way)
        return { status: 302, headers: { ...headersOf(way), location: way.url } } as const
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/integrations/pos/:pos_system/oauth',
      scope: 'connections:write',
      summary: 'Begin to connect by the provider’s own page, and be told its address',
      tags: TAGS,
      idempotent: false,
      query: wishQuery,
      answers: { 200: wireWay },
      async handler({ tenant, caller, params, query, requestId, now }) {
        const wish = wishOf(params.pos_system, query, caller.kind === 'person')
        return toldWay(await beginOAuth(desk, originOf(tenant, caller, requestId, now), wish))
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/integrations/pos/:pos_system/oauth/callback',
      scope: 'public',
      summary: 'Where a provider’s page of consent sends the merchant back to',
      description: 'Answers 302 to the dashboard: the connection and its next step, or the code of what went wrong.',
      tags: TAGS,
      rateLimit: { max: 120, windowSeconds: 60, by: 'address' },
      answers: { 302: EMPTY },
      async handler({ params, request, requestId, now, log }) {
        const gone = `${BROWSER_COOKIE}=; Path=/api/integrations/pos; HttpOnly; SameSite=Lax; Max-Age=0`
        const to = (path: string) => {
          const location = `${desk.publicBase.href.replace(/\/+$/, '')}${path}`
          return { status: 302, headers: { location, 'set-cookie': gone, 'cache-control': 'no-store' } } as const
        }
        try {
          const query = new URL(request.url, desk.publicBase).searchParams
          const cookie = cookieOf(request.headers.cookie)
          const back = { posSystem: params.pos_system, query, cookie, requestId, now }
          const provider = desk.systems.findConnector(params.pos_system)?.id ?? 'unknown'
          const { connectionId, isNew } = await desk.meter.attempt(provider, () => finishOAuth(desk, back))
          return to(`/connections/${connectionId}${isNew ? '?step=places' : ''}`)
        } catch (error) {
          if (!(error instanceof Fault)) throw error
          log.info(
            { code: error.code, pos_system: params.pos_system },
            'a way back from a page of consent led to nothing',
          )
          return to(`/connections?error=${encodeURIComponent(error.code)}`)
        }
      },
    }),
  ]
}

function wishOf(posSystem: string, query: z.output<typeof wishQuery>, browser: boolean): OAuthWish {
  return {
    posSystem,
    environment: query.environment,
    connectionId: query.connection_id ?? null,
    draft: {
      // Without a word of theirs it is called as the account is, which is known when they are back.
      name: query.name ?? '',
      locations: query.locations,
      backfillFrom: query.backfill_from ?? null,
      webhooks: query.webhooks === 'true',
    },
    browser,
  }
}

function headersOf({ cookie }: OAuthWay): Record<string, string> {
  return { 'cache-control': 'no-store', ...(cookie === null ? {} : { 'set-cookie': cookie }) }
}

function toldWay(way: OAuthWay) {
  return {
    status: 200,
    headers: headersOf(way),
    body: { url: way.url, expires_at: instantText(way.expiresAt) },
  } as const
}

function cookieOf(header: string | undefined): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [name, ...value] = pair.trim().split('=')
    if (name === BROWSER_COOKIE) return value.join('=')
  }
  return null
}
