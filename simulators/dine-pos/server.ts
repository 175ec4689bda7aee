import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { WireFaults } from '../stage/wire.ts'
import { type Answer, type JsonObject, PosRefusal } from './answer.ts'
import type { DinePos } from './dine-pos.ts'
import type { Call, Endpoint, Profile } from './profile.ts'
import { isObject } from './reading.ts'

// The life of a call: cut off or not, budget, faults that come before, credentials, the endpoint itself, faults that
// come after. Whatever the caller did wrong is answered in the profile's own words.

const BODY_MAX_BYTES = 2 * 1024 * 1024

export function dinePosServer(
  pos: DinePos,
  profile: Profile,
): { readonly server: FastifyInstance; readonly wire: WireFaults } {
  const server = Fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true, exposeHeadRoutes: false })
  const wire = new WireFaults()
  parseBodies(server)
  for (const endpoint of profile.endpoints) {
    const { method, path: url } = endpoint
    server.route({ method, url, handler: (request, reply) => serve({ pos, profile, wire }, endpoint, request, reply) })
  }
  server.setNotFoundHandler((_, reply) => reply.code(404).send({ success: '0', message: 'Not found.' }))
  server.setErrorHandler((error, _, reply) => {
    if (error instanceof PosRefusal) return send(reply, profile.refused(error))
    if (error instanceof Error && 'statusCode' in error && error.statusCode === 413) {
      return reply.code(413).send({ success: '0', message: 'The request is too large.' })
    }
    pos.bugs.push(error)
    return reply.code(500).send(SERVER_ERROR.body)
  })
  return { server, wire }
}

/** An empty body is an empty object; what is no JSON object is refused. */
function parseBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
    if (text === '') return done(null, {})
    try {
      const body: unknown = JSON.parse(String(text))
      if (!isObject(body)) throw new SyntaxError('Not an object.')
      done(null, body)
    } catch {
      done(new PosRefusal('validation', 'The request body is not a JSON object.'))
    }
  })
}

type House = { readonly pos: DinePos; readonly profile: Profile; readonly wire: WireFaults }

async function serve(
  { pos, profile, wire }: House,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { faults, requests } = pos
  const { name } = endpoint
  if (faults.strikes('outage', name)) {
    requests.count(name, 0, pos.restaurantId)
    reply.hijack()
    return wire.cut(reply.raw)
  }
  if (faults.strikes('timeout-before-commit', name)) {
    requests.count(name, 0, pos.restaurantId)
    reply.hijack()
    return wire.hang(reply.raw, faults.valueOf('timeout-before-commit'))
  }
  const early = refusedEarly(pos, name)
  return travel(pos, wire, endpoint, reply, early ?? answered(pos, profile, endpoint, request), early === null)
}

/** What a gateway answers before the POS has seen the call. */
function refusedEarly({ faults, limiter, storm, restaurantId }: DinePos, name: string): Answer | null {
  const stormy = storm.refuse(name)
  if (stormy !== null) return tooMany(stormy)
  if (faults.strikes('rate-limit', name)) return tooMany(faults.valueOf('rate-limit'))
  const wait = limiter?.refuse(restaurantId) ?? null
  if (wait !== null) return tooMany(wait)
  if (faults.strikes('error-before-commit', name)) return SERVER_ERROR
  return faults.strikes('gateway-html', name) ? GATEWAY_ERROR : null
}

function answered(pos: DinePos, profile: Profile, endpoint: Endpoint, request: FastifyRequest): Answer {
  const call: Call = {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string>,
    body: (request.body ?? {}) as JsonObject,
    headers: request.headers as Record<string, string | undefined>,
    pos,
    now: pos.clock.now(),
  }
  try {
    checkCredentials(call, endpoint)
    return endpoint.answer(call)
  } catch (error) {
    if (!(error instanceof PosRefusal)) throw error
    return profile.refused(error)
  }
}

function checkCredentials(call: Call, endpoint: Endpoint): void {
  const { appKey, appSecret, accessToken } = endpoint.credentials(call)
  const { credentials, faults } = call.pos
  const right =
    appKey === credentials.appKey &&
    appSecret === credentials.appSecret &&
    (accessToken === null || accessToken === credentials.accessToken)
  if (!right) throw new PosRefusal('unauthorized', 'Invalid app key, app secret or access token.')
  if (faults.strikes('token-expired', endpoint.name)) {
    throw new PosRefusal('token-expired', 'The access token has expired.')
  }
}

/** Sends the answer in the way in which the faults of the day let it travel; only what was done can be lost after it. */
async function travel(
  pos: DinePos,
  wire: WireFaults,
  { name }: Endpoint,
  reply: FastifyReply,
  answer: Answer,
  reached: boolean,
): Promise<unknown> {
  const { faults, requests, restaurantId } = pos
  const done = reached && answer.status === 200
  if (done && faults.strikes('timeout-after-commit', name)) {
    requests.count(name, 0, restaurantId)
    reply.hijack()
    return wire.hang(reply.raw, faults.valueOf('timeout-after-commit'))
  }
  if (done && faults.strikes('error-after-commit', name)) {
    requests.count(name, 500, restaurantId)
    return send(reply, SERVER_ERROR)
  }
  const body = done && faults.strikes('other-types', name) ? otherTypes(answer.body) : answer.body
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (done && faults.strikes('cut', name)) {
    requests.count(name, 0, restaurantId)
    reply.hijack()
    return wire.cutHalfway(reply.raw, { status: 200, headers: JSON_TYPE }, text)
  }
  requests.count(name, answer.status, restaurantId)
  if (done && faults.strikes('slow-answer', name)) await wire.pause(faults.valueOf('slow-answer'))
  const broken = done && faults.strikes('garbled', name)
  return reply
    .code(answer.status)
    .headers({ ...JSON_TYPE, ...answer.headers })
    .send(broken ? text.slice(0, Math.ceil(text.length * 0.6)) : text)
}

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...JSON_TYPE, ...headers })
    .send(typeof body === 'string' ? body : JSON.stringify(body))
}

/** "1" and "126.00" as numbers, "Y" and "N" as booleans. */
function otherTypes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(otherTypes)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, otherTypes(each)]))
  if (value === 'Y' || value === 'N') return value === 'Y'
  return typeof value === 'string' && /^\d{1,9}(\.\d{1,3})?$/.test(value) ? Number(value) : value
}

const JSON_TYPE = { 'content-type': 'application/json' }

function tooMany(seconds: number): Answer {
  const body = { success: '0', message: 'Too many requests.', errorCode: 'RATE_LIMITED' }
  return { status: 429, body, headers: { 'retry-after': String(seconds) } }
}

const SERVER_ERROR: Answer = { status: 500, body: { success: '0', message: 'Internal server error.' } }

const GATEWAY_ERROR: Answer = {
  status: 502,
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
  headers: { 'content-type': 'text/html' },
}
