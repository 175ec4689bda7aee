import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticate, Caller, Identity, Person, ResolveTenant, Tenant } from './caller.ts'
import { httpFault } from './problem.ts'
import type { Limiter } from './rate-limit.ts'
import { isTenantScope, type Route, tenantParamOf } from './route.ts'
import { checkOrigin } from './security.ts'

// The one way in. It runs before a byte of the body is read, so that a stranger costs as little as possible and learns
// nothing of what an address takes.

export type Admitted = { readonly caller: Caller | Person | null; readonly tenant: Tenant | null }

export type Gate = {
  readonly authenticate: Authenticate
  readonly resolveTenant: ResolveTenant
  readonly limiter: Limiter
  readonly publicBase: URL
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="tillwire", ApiKey realm="tillwire", header="X-API-Key"' }

export async function admit(gate: Gate, route: Route, request: FastifyRequest, reply: FastifyReply): Promise<Admitted> {
  if (route.scope === 'public') {
    await gate.limiter.count(request, reply, route, null)
    return { caller: null, tenant: null }
  }
  const identity = await gate.authenticate(request.headers)
  if (!identity || (route.scope === 'person' && identity.kind !== 'person')) {
    await gate.limiter.countStranger(request, reply)
    throw httpFault(401, 'http.unauthenticated', { headers: CHALLENGE })
  }
  await gate.limiter.count(request, reply, route, identity)
  checkOrigin(request, identity, gate.publicBase)
  if (!isTenantScope(route.scope)) return { caller: personOf(identity), tenant: null }
  return gate.resolveTenant(identity, namedTenants(route, request), route.scope)
}

function personOf(identity: Identity): Person {
  if (identity.kind !== 'person') throw httpFault(401, 'http.unauthenticated', { headers: CHALLENGE })
  return identity
}

/** Every way in which a request names a tenant; the key's own needs no name. */
function namedTenants(route: Route, request: FastifyRequest): readonly string[] {
  const param = tenantParamOf(route.path)
  const inPath = param === null ? undefined : (request.params as Record<string, string | undefined>)[param]
  const inHeader = request.headers['x-tenant-id']
  return [inPath, ...(Array.isArray(inHeader) ? inHeader : [inHeader])].filter((name) => name !== undefined)
}
