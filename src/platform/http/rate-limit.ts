import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Identity } from './caller.ts'
import { httpFault } from './problem.ts'
import type { RateLimit, Route } from './route.ts'

// Counted in this process: several processes behind a balancer allow so many times more. Limits are there to keep one
// caller from starving the others, not to be billed by.

export type RateLimits = {
  readonly key: RateLimit
  readonly person: RateLimit
  /** For addresses that ask without any identity, or with one that does not hold. */
  readonly address: RateLimit
}

export const RATE_LIMITS: RateLimits = {
  key: { max: 6000, windowSeconds: 60 },
  person: { max: 1200, windowSeconds: 60 },
  address: { max: 600, windowSeconds: 60 },
}

export type Limiter = {
  /** Counts a request of a caller, or of an address where there is none. Throws `http.rate-limited`. */
  count(request: FastifyRequest, reply: FastifyReply, route: Route, identity: Identity | null): Promise<void>
  /** Counts a request whose key or session did not hold. Throws `http.rate-limited`. */
  countStranger(request: FastifyRequest, reply: FastifyReply): Promise<void>
}

type Counter = { readonly name: string; readonly limit: RateLimit; readonly count: Count }
type Count = ReturnType<FastifyInstance['createRateLimit']>

/** Whom a request counts for; set before a counter looks. */
const actors = new WeakMap<FastifyRequest, string>()

export async function createLimiter(app: FastifyInstance, limits: RateLimits): Promise<Limiter> {
  await app.register(rateLimit, { global: false })
  const counter = (name: string, limit: RateLimit, byActor: boolean): Counter => ({
    name,
    limit,
    count: app.createRateLimit({
      max: limit.max,
      timeWindow: limit.windowSeconds * 1000,
      // Without a generator of ours the plugin counts by address, IPv6 by its /64.
      ...(byActor ? { keyGenerator: (request: FastifyRequest) => actors.get(request) ?? request.ip } : {}),
    }),
  })
  const keys = counter('key', limits.key, true)
  const people = counter('person', limits.person, true)
  const addresses = counter('address', limits.address, false)
  const strangers = counter('stranger', limits.address, false)
  const ofRoutes = new Map<Route, Counter>()

  const counterOf = (route: Route, identity: Identity | null): Counter => {
    if (route.rateLimit) {
      let own = ofRoutes.get(route)
      if (!own) {
        own = counter('route', route.rateLimit, route.rateLimit.by !== 'address')
        ofRoutes.set(route, own)
      }
      return own
    }
    if (!identity) return addresses
    return identity.kind === 'key' ? keys : people
  }

  return {
    async count(request, reply, route, identity) {
      if (route.rateLimit === false) return
      if (identity) actors.set(request, identity.actor)
      await step(counterOf(route, identity), request, reply)
    },
    countStranger: (request, reply) => step(strangers, request, reply),
  }
}

async function step(counter: Counter, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const seen = await counter.count(request)
  if (seen.isAllowed) return
  const { max, windowSeconds } = counter.limit
  // The fields of the current IETF draft, and those of its earlier ones that clients already read.
  reply.headers({
    'ratelimit-policy': `"${counter.name}";q=${max};w=${windowSeconds}`,
    ratelimit: `"${counter.name}";r=${seen.remaining};t=${seen.ttlInSeconds}`,
    'ratelimit-limit': max,
    'ratelimit-remaining': seen.remaining,
    'ratelimit-reset': seen.ttlInSeconds,
  })
  if (!seen.isExceeded) return
  throw httpFault(429, 'http.rate-limited', {
    say: `Too many requests: ${max} in ${windowSeconds} seconds are allowed. Try again in ${seen.ttlInSeconds} seconds.`,
    retryAfterSeconds: Math.max(1, seen.ttlInSeconds),
  })
}
