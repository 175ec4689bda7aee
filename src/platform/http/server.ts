import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, type HTTPMethods } from 'fastify'
import type { Clock } from '#kernel/instant.ts'
import { instantText } from '#kernel/instant.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { type Admitted, admit } from './admission.ts'
import type { Encoded } from './answer.ts'
import { takeBytes, takeJson, takeUploads } from './bodies.ts'
import type { Authenticate, ResolveTenant } from './caller.ts'
import { checkRoutes } from './checked-routes.ts'
import { addDocument } from './document-routes.ts'
import { openDoors } from './door.ts'
import { addHealth, type Probe } from './health.ts'
import type { IdempotencyStore } from './idempotency.ts'
import { shedLoad } from './pressure.ts'
import { asFault, errorShapeOf, failureOf, httpFault, statusOf } from './problem.ts'
import { createLimiter, RATE_LIMITS, type RateLimits } from './rate-limit.ts'
import { requestIdOf } from './request-id.ts'
import type { Route } from './route.ts'
import { addSecurityHeaders } from './security.ts'
import { pathOf, serve } from './serve.ts'
import { refuseUnreadable } from './unreadable.ts'
import { addWeb, isPageRequest } from './web.ts'

export type ServerOptions = {
  readonly routes: readonly Route[]
  readonly authenticate: Authenticate
  readonly resolveTenant: ResolveTenant
  readonly idempotency: IdempotencyStore
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
  /** Where the world reaches the hub; settles what is secure, and which Origin is ours. */
  readonly publicBase: URL
  /** Whose X-Forwarded-* headers are believed: addresses or networks of proxies, or `true` for anybody's. */
  readonly trustProxy?: boolean | string | readonly string[]
  /** What /readyz asks, by name. */
  readonly probes?: Readonly<Record<string, Probe>>
  /** Whoever shows it as a bearer token reads /metrics from anywhere. */
  readonly metricsToken?: string | null
  readonly rateLimits?: Partial<RateLimits>
  /** The built dashboard. */
  readonly webDir?: string | null
  readonly version: string
}

declare module 'fastify' {
  interface FastifyRequest {
    admitted: Admitted | null
  }
}

const BODY_LIMIT_BYTES = 1024 * 1024
// A file of gigabytes over a shop's line takes its time; a body that trickles for longer is an attack.
const REQUEST_TIMEOUT_MS = 30 * 60_000
const HEADERS_TIMEOUT_MS = 20_000
const ALL_METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
// Asked every few seconds by machines; a line each would bury the rest.
const ASKED_BY_MACHINES = new Set(['/healthz', '/readyz', '/metrics'])

/** A server that is ready to `listen`. Close it with `close()`: running requests end, open streams are cut. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  checkRoutes(options.routes)
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    trustProxy: trusted(options.trustProxy),
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => sendFailure(options, error, request, reply as FastifyReply),
  })
  app.decorateRequest('admitted', null)
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
    if (/%00/.test(request.url)) throw httpFault(400, 'http.request-malformed')
  })
  await addSecurityHeaders(app, options.publicBase)
  await shedLoad(app)
  app.setErrorHandler((error, request, reply) => sendFailure(options, error, request, reply))
  app.addHook('onResponse', async (request, reply) => observe(options, request, reply))

  const limiter = await createLimiter(app, { ...RATE_LIMITS, ...options.rateLimits })
  const gate = { ...options, limiter }
  const streams = trackStreams(app, options.log)
  const add = (scope: FastifyInstance, route: Route) => {
    scope.route({
      method: route.method,
      url: route.path,
      ...(bodyLimitOf(route) === null ? {} : { bodyLimit: bodyLimitOf(route) ?? BODY_LIMIT_BYTES }),
      onRequest: async (request, reply) => {
        request.admitted = await admit(gate, route, request, reply)
      },
      handler: async (request, reply) => {
        if (!request.admitted) throw new Error('a request reached its handler without being admitted')
        return send(reply, streams.track(reply, await serve(options, route, request.admitted, request, reply)))
      },
    })
  }
  const kindOf = (route: Route) => (route.body && 'kind' in route.body ? route.body.kind : 'json')
  const register = (kind: string, take: (scope: FastifyInstance) => void | Promise<void>) =>
    app.register(async (scope) => {
      await take(scope)
      for (const route of options.routes) if (kindOf(route) === kind) add(scope, route)
    })
  await register('json', takeJson)
  await register('bytes', takeBytes)
  await register('upload', takeUploads)

  addHealth(app, {
    probes: options.probes ?? {},
    metrics: options.metrics,
    metricsToken: options.metricsToken ?? null,
    publicBase: options.publicBase,
  })
  addDocument(app, options)
  refuseOtherMethods(app, options.routes)
  handToDoors(app, options)
  const page = await addWeb(app, options.webDir ?? null)
  app.setNotFoundHandler((request, reply) => {
    if (page && isPageRequest(request)) return page(reply)
    return sendFailure(options, httpFault(404, 'http.address-unknown'), request, reply)
  })
  return app
}

/** Requests for doors never reach the framework, which would do a good deal for them that nobody needs. */
function handToDoors(app: FastifyInstance, options: ServerOptions): void {
  const takes = openDoors(options)
  const others = app.server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  app.server.removeAllListeners('request')
  app.server.on('request', (request, response) => {
    if (takes(request, response)) return
    for (const other of others) other(request, response)
  })
}

function bodyLimitOf(route: Route): number | null {
  if (route.body && 'kind' in route.body && route.body.kind === 'bytes') return route.body.limitBytes ?? null
  return route.bodyLimitBytes ?? null
}

function trusted(proxies: ServerOptions['trustProxy']): boolean | string | string[] {
  if (proxies === undefined) return false
  return typeof proxies === 'object' ? [...proxies] : proxies
}

function send(reply: FastifyReply, answer: Encoded): FastifyReply {
  // Whatever is not said to be keepable is somebody's business figures.
  reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .headers(answer.headers as Record<string, string | string[]>)
  if (answer.contentType !== null) reply.type(answer.contentType)
  return reply.send(answer.body ?? undefined)
}

function sendFailure(options: ServerOptions, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const fault = asFault(error)
  const path = pathOf(request)
  const failure = failureOf(fault, { shape: errorShapeOf(path), path, requestId: request.id })
  if (failure.status >= 500) {
    const facts = { request_id: request.id, code: fault.code, path, err: fault.cause ?? fault }
    if (statusOf(fault) === 503) options.log.warn(facts, 'a request could not be served just now')
    else options.log.error(facts, 'a request broke')
  }
  return reply
    .code(failure.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    .headers(failure.headers)
    .type(failure.contentType)
    .send(failure.body)
}

function observe(options: ServerOptions, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'none'
  const seconds = reply.elapsedTime / 1000
  options.metrics.observeRequest({ method: request.method, route, status: reply.statusCode }, seconds)
  const facts = {
    at: instantText(options.clock.now()),
    request_id: request.id,
    method: request.method,
    route,
    path: pathOf(request),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    ...(request.admitted?.caller ? { actor: request.admitted.caller.actor } : {}),
    ...(request.admitted?.tenant ? { tenant: request.admitted.tenant.id } : {}),
  }
  if (ASKED_BY_MACHINES.has(route)) options.log.debug(facts, 'answered')
  else options.log.info(facts, 'answered')
}

/** Answers that have no end of their own (events, long exports) would hold `close()` for ever. */
function trackStreams(app: FastifyInstance, log: Log) {
  const open = new Set<FastifyReply['raw']>()
  app.addHook('preClose', async () => {
    for (const raw of open) raw.destroy()
  })
  return {
    track(reply: FastifyReply, answer: Encoded): Encoded {
      if (!(answer.body instanceof Readable)) return answer
      const { raw, request } = reply
      open.add(raw)
      raw.once('close', () => open.delete(raw))
      // Its status is long gone out: the caller sees a cut answer, and this line is the only word about why.
      answer.body.once('error', (error) => {
        if (!raw.destroyed) log.error({ request_id: request.id, err: error }, 'a streamed answer broke')
      })
      return answer
    },
  }
}

/** An address that exists says which methods it takes, instead of pretending not to exist. */
function refuseOtherMethods(app: FastifyInstance, routes: readonly Route[]): void {
  const methodsByPath = new Map<string, Set<HTTPMethods>>()
  for (const route of routes) {
    const methods = methodsByPath.get(route.path) ?? new Set()
    methods.add(route.method)
    if (route.method === 'GET') methods.add('HEAD')
    methodsByPath.set(route.path, methods)
  }
  for (const [path, methods] of methodsByPath) {
    const others = ALL_METHODS.filter((method) => !methods.has(method))
    const allow = [...methods].join(', ')
    app.route({
      method: others,
      url: path,
      // Before the body is looked at: what it holds does not matter.
      onRequest: async () => {
        throw httpFault(405, 'http.method-not-allowed', { headers: { allow } })
      },
      handler: async () => undefined,
    })
  }
}
