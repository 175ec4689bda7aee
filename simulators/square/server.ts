import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { WireFaults } from '../stage/wire.ts'
import { accountEndpoints } from './account-endpoints.ts'
import { type Answer, type JsonObject, JsonText } from './answer.ts'
import { consentRoutes } from './consent.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { eventEndpoints } from './event-endpoints.ts'
import { mangled } from './mangle.ts'
import { bearerOf, oauthEndpoints } from './oauth-endpoints.ts'
import { orderEndpoints } from './order-endpoints.ts'
import { orderWriteEndpoints } from './order-writes.ts'
import { paymentEndpoints } from './payment-endpoints.ts'
import { paymentWriteEndpoints } from './payment-writes.ts'
import { readEndpoints } from './reads/read-endpoints.ts'
import { denied, invalid, SquareRefusal } from './refusal.ts'
import type { Seller } from './seller.ts'
import type { Square } from './square.ts'
import type { AccessToken } from './tokens.ts'
import { isKnownVersion } from './versions.ts'
import { webhookEndpoints } from './webhook-endpoints.ts'
import { wayOf } from './wire-faults.ts'

// The life of a call: cut off or not, version, token, scopes, budget, faults that come before, the endpoint itself,
// faults that come after. Everything it refuses has Square's body of errors.

export const ENDPOINTS: readonly Endpoint[] = [
  ...oauthEndpoints,
  ...accountEndpoints,
  ...orderEndpoints,
  ...orderWriteEndpoints,
  ...paymentEndpoints,
  ...paymentWriteEndpoints,
  ...eventEndpoints,
  ...webhookEndpoints,
  ...readEndpoints,
]

const BODY_MAX_BYTES = 8 * 1024 * 1024

export function squareServer(square: Square): { readonly server: FastifyInstance; readonly wire: WireFaults } {
  const server = Fastify({ bodyLimit: BODY_MAX_BYTES, forceCloseConnections: true, exposeHeadRoutes: false })
  const wire = new WireFaults()
  parseBodies(server)
  for (const endpoint of ENDPOINTS) {
    const { method, path: url } = endpoint
    server.route({ method, url, handler: (request, reply) => serve(square, wire, endpoint, request, reply) })
  }
  consentRoutes(server, square)
  server.setNotFoundHandler((_, reply) => send(reply, notFoundAnswer(), square.version))
  server.setErrorHandler((error, _, reply) => send(reply, unforeseenAnswer(square, error), square.version))
  return { server, wire }
}

/** An empty body is an empty object; garbled JSON is refused by Square's own words. */
function parseBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser(/^application\/x-www-form-urlencoded/, { parseAs: 'string' }, (_, text, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(text))))
  })
  server.addContentTypeParser('*', { parseAs: 'string' }, (_, text, done) => {
    if (text === '') return done(null, {})
    try {
      const body: unknown = JSON.parse(String(text))
      if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new SyntaxError('Not an object.')
      done(null, body)
    } catch {
      done(invalid('BAD_REQUEST', 'The request body is not a JSON object.'))
    }
  })
}

async function serve(
  square: Square,
  wire: WireFaults,
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { faults, requests } = square
  const { name } = endpoint
  const token = tokenOf(square, request)
  const merchantId = token?.merchantId ?? null
  if (faults.strikes('outage', name)) {
    requests.count(name, 0, merchantId)
    reply.hijack()
    return wire.cut(reply.raw)
  }
  if (faults.strikes('timeout-before-commit', name)) {
    requests.count(name, 0, merchantId)
    reply.hijack()
    return wire.hang(reply.raw, faults.valueOf('timeout-before-commit'))
  }
  const version = versionOf(square, request)
  const done = await answered(square, endpoint, request, version)
  const lost = done.status === 200 && faults.strikes('error-after-commit', name)
  const answer = lost ? SERVER_ERROR : done
  return travel(square, wire, endpoint, reply, version, answer, merchantId)
}

/** The endpoint's answer, or the refusal that comes before it. */
async function answered(square: Square, endpoint: Endpoint, request: FastifyRequest, version: string): Promise<Answer> {
  const { faults } = square
  try {
    checkVersion(square, version, endpoint.name)
    const seller = admitted(square, endpoint, request)
    const stormy = square.storm.refuse(endpoint.name)
    if (stormy !== null) return tooMany(square, stormy)
    if (faults.strikes('rate-limit', endpoint.name)) return tooMany(square, faults.valueOf('rate-limit'))
    const wait = seller === null ? null : (square.limiter?.refuse(seller.merchantId) ?? null)
    if (wait !== null) return tooMany(square, wait)
    if (faults.strikes('server-error', endpoint.name)) return SERVER_ERROR
    if (faults.strikes('error-before-commit', endpoint.name)) return SERVER_ERROR
    if (faults.strikes('gateway-html', endpoint.name)) return GATEWAY_ERROR
    const call = callOf(square, request, seller)
    if (faults.strikes('duplicate-answer', endpoint.name)) await endpoint.answer(call)
    return await endpoint.answer(call)
  } catch (error) {
    if (!(error instanceof SquareRefusal)) throw error
    return endpoint.path.startsWith('/oauth2') && faults.strikes('oauth-plain-error') ? plain(error) : error.answer()
  }
}

/** The seller whose token it is, or null where the call needs none. */
function admitted(square: Square, endpoint: Endpoint, request: FastifyRequest): Seller | null {
  const { scopes } = endpoint
  if (scopes === 'none') return null
  const token = square.tokens.check(bearerOf(request.headers.authorization), square.now())
  if (scopes === 'application') {
    if (!token.personal) {
      throw denied(401, 'UNAUTHORIZED', 'This call takes the personal access token of the application.')
    }
  } else {
    const missing = scopes.filter((scope) => !token.scopes.includes(scope))
    if (missing.length > 0) {
      throw denied(
        403,
        'INSUFFICIENT_SCOPES',
        `The merchant has not given your application sufficient permissions to do that. The merchant must authorize your application for the following scopes: ${missing.join(' ')}`,
      )
    }
  }
  if (square.faults.strikes('token-expired', endpoint.name)) {
    square.tokens.expire(token.merchantId, square.now())
    throw denied(401, 'ACCESS_TOKEN_EXPIRED', 'The provided access token has expired.')
  }
  return square.seller(token.merchantId)
}

function callOf(square: Square, request: FastifyRequest, seller: Seller | null): Call {
  return {
    params: request.params as Record<string, string>,
    query: lastOfEach(request.query as Record<string, string | string[]>),
    body: (request.body ?? {}) as JsonObject,
    get seller() {
      if (seller === null) throw new TypeError('This call has no seller.')
      return seller
    },
    square,
    now: square.now(),
    headers: request.headers as Record<string, string | undefined>,
  }
}

function lastOfEach(query: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? (value.at(-1) ?? '') : value]),
  )
}

/** Sends the answer in the way in which the faults of the day let it travel. */
async function travel(
  square: Square,
  wire: WireFaults,
  endpoint: Endpoint,
  reply: FastifyReply,
  version: string,
  answer: Answer,
  merchantId: string | null,
): Promise<unknown> {
  const { faults, requests } = square
  const whole = { ...answer, body: answer.status === 200 ? mangled(answer.body, faults, endpoint.name) : answer.body }
  const text = textOf(whole)
  const head = { status: answer.status, headers: headersOf(answer, version, square) }
  const way = answer.status === 200 ? wayOf(faults, endpoint.name) : 'whole'
  requests.count(endpoint.name, way === 'cut' || way === 'lost' ? 0 : answer.status, merchantId)
  switch (way) {
    case 'lost':
      reply.hijack()
      return wire.hang(reply.raw, faults.valueOf('timeout-after-commit'))
    case 'cut':
      reply.hijack()
      return wire.cutHalfway(reply.raw, head, text)
    case 'dripping':
      reply.hijack()
      return wire.drip(reply.raw, head, text, faults.valueOf('slow-drip'))
    case 'late':
      await wire.pause(faults.valueOf('slow-answer'))
      return reply.code(head.status).headers(head.headers).send(text)
    case 'broken':
      return reply
        .code(head.status)
        .headers(head.headers)
        .send(text.slice(0, Math.ceil(text.length * 0.6)))
    default:
      return reply.code(head.status).headers(head.headers).send(text)
  }
}

function send(reply: FastifyReply, answer: Answer, version: string): FastifyReply {
  const headers = { 'content-type': 'application/json', 'square-version': version }
  return reply.code(answer.status).headers(headers).send(textOf(answer))
}

function textOf({ body }: Answer): string {
  if (body instanceof JsonText) return body.text
  return typeof body === 'string' ? body : JSON.stringify(body)
}

function headersOf(answer: Answer, version: string, square: Square): Record<string, string> {
  return {
    'content-type': 'application/json',
    'square-version': version,
    date: new Date(square.now()).toUTCString(),
    ...answer.headers,
  }
}

function tokenOf(square: Square, request: FastifyRequest): Pick<AccessToken, 'merchantId'> | null {
  const bearer = bearerOf(request.headers.authorization)
  const merchantId = bearer === null ? null : square.tokens.ownerOf(bearer)
  return merchantId === null ? null : { merchantId }
}

function versionOf(square: Square, request: FastifyRequest): string {
  const named = request.headers['square-version']
  return typeof named === 'string' && named !== '' ? named : square.version
}

function checkVersion(square: Square, version: string, call: string): void {
  if (!/^\d{4}-\d\d-\d\d$/.test(version)) {
    throw invalid('INVALID_SQUARE_VERSION_FORMAT', `"${version.slice(0, 40)}" is not a date such as ${square.version}.`)
  }
  if (!isKnownVersion(version) || square.faults.strikes('version-retired', call)) {
    throw invalid('BAD_REQUEST', `There is no API version ${version}.`)
  }
}

function tooMany(square: Square, seconds: number): Answer {
  const reset = String(Math.ceil(square.now() / 1000) + seconds)
  return {
    status: 429,
    body: { errors: [{ category: 'RATE_LIMIT_ERROR', code: 'RATE_LIMITED', detail: 'Too many requests.' }] },
    headers: { 'retry-after': String(seconds), 'x-ratelimit-reset': reset },
  }
}

const SERVER_ERROR: Answer = {
  status: 500,
  body: {
    errors: [{ category: 'API_ERROR', code: 'INTERNAL_SERVER_ERROR', detail: 'An internal error has occurred.' }],
  },
}

const GATEWAY_ERROR: Answer = {
  status: 502,
  body: '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n',
  headers: { 'content-type': 'text/html' },
}

/** The older body of the OAuth addresses. */
function plain(error: SquareRefusal): Answer {
  return {
    status: error.status,
    body: { message: error.error.detail ?? error.error.code, type: 'service.not_authorized' },
  }
}

function notFoundAnswer(): Answer {
  const errors = [{ category: 'INVALID_REQUEST_ERROR', code: 'NOT_FOUND', detail: 'API endpoint not found.' }]
  return { status: 404, body: { errors } }
}

/** A garbled body is the caller's mistake; anything else is a bug of the simulator, kept until it is closed. */
function unforeseenAnswer(square: Square, error: unknown): Answer {
  if (error instanceof SquareRefusal) return error.answer()
  if (error instanceof Error && 'statusCode' in error && error.statusCode === 413) {
    return invalid('BAD_REQUEST', 'The request body is too large.').answer()
  }
  square.bugs.push(error)
  return SERVER_ERROR
}
