import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Admitted } from './admission.ts'
import { type Encoded, encodeAnswer } from './answer.ts'
import { readUpload } from './bodies.ts'
import { type Claim, claimOf, type IdempotencyStore, type StoredAnswer } from './idempotency.ts'
import { readInput } from './input.ts'
import { asFault, errorShapeOf, failureOf } from './problem.ts'
import type { Call, Route } from './route.ts'

// What happens to a request once it is admitted: read, look for a repeat, do, write down, answer.

export type Serving = { readonly clock: Clock; readonly idempotency: IdempotencyStore; readonly log: Log }

export async function serve(
  serving: Serving,
  route: Route,
  admitted: Admitted,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Encoded> {
  const now = serving.clock.now()
  const input = readInput(route, { params: request.params, query: request.query, body: request.body })
  const claim = claimFor(route, admitted, request, now)
  const earlier = claim && (await serving.idempotency.begin(claim))
  if (earlier) return { ...earlier, headers: { ...earlier.headers, 'idempotency-replayed': 'true' } }

  const log = serving.log.child({ request_id: request.id })
  const call = async (): Promise<Call> => ({
    caller: admitted.caller,
    tenant: admitted.tenant,
    params: input.params,
    query: input.query,
    body: await bodyOf(route, request, input.body),
    requestId: request.id,
    now,
    log,
    settle: async (tx, answer) => {
      const stored = claim && storable(encodeAnswer(route, answer))
      if (stored) await serving.idempotency.settle(claim, stored, tx)
    },
    request,
    reply,
  })
  if (!claim) return encodeAnswer(route, await route.handler(await call()))
  return once(serving, route, claim, request, call)
}

/** Does the work of a claimed key, and keeps what came of it: an answer, or a fault that would come again. */
async function once(
  serving: Serving,
  route: Route,
  claim: Claim,
  request: FastifyRequest,
  call: () => Promise<Call>,
): Promise<Encoded> {
  let encoded: Encoded
  try {
    encoded = encodeAnswer(route, await route.handler(await call()))
  } catch (error) {
    await quietly(serving.log, keepFailure(serving, claim, error, request))
    throw error
  }
  // The work is done and committed; a failure to note that must not tell the caller otherwise.
  const stored = storable(encoded)
  await quietly(serving.log, stored ? serving.idempotency.settle(claim, stored) : serving.idempotency.release(claim))
  return encoded
}

async function keepFailure(serving: Serving, claim: Claim, error: unknown, request: FastifyRequest): Promise<void> {
  const fault = asFault(error)
  const path = pathOf(request)
  const failure = failureOf(fault, { shape: errorShapeOf(path), path, requestId: request.id })
  const temporary = failure.status >= 500 || failure.status === 429 || failure.status === 408
  // A body that did not arrive whole was never really asked.
  if (temporary || fault.code === 'http.body-cut') return serving.idempotency.release(claim)
  return serving.idempotency.settle(claim, failure)
}

async function quietly(log: Log, step: Promise<void>): Promise<void> {
  try {
    await step
  } catch (error) {
    log.error({ err: error }, 'the outcome of an idempotent request could not be kept')
  }
}

function storable(encoded: Encoded): StoredAnswer | null {
  const { body } = encoded
  if (body === null) return { ...encoded, body: '' }
  return typeof body === 'string' ? { ...encoded, body } : null
}

function claimFor(route: Route, admitted: Admitted, request: FastifyRequest, now: Instant): Claim | null {
  const header = request.headers['idempotency-key']
  if (header === undefined || !route.idempotent || !admitted.tenant || !admitted.caller) return null
  return claimOf({
    header,
    tenantId: admitted.tenant.id,
    actor: admitted.caller.actor,
    method: route.method,
    url: request.url,
    body: bodyText(route, request),
    now,
  })
}

/**
 * What "the same body" means. A file cannot be hashed before it is read, so a repeat of an upload is told by the length,
 * type and name that its headers give; what is read of it then does not matter, since the first answer is repeated.
 */
function bodyText(route: Route, request: FastifyRequest): Buffer | string {
  if (Buffer.isBuffer(request.body)) return request.body
  if (route.body && 'kind' in route.body && route.body.kind === 'upload') {
    const { headers } = request
    const type = headers['content-type']?.split(';')[0]
    // The length of a form changes with its random boundary.
    const length = type === 'multipart/form-data' ? '' : headers['content-length']
    return JSON.stringify([type, length, headers['content-disposition']])
  }
  return JSON.stringify(request.body ?? null)
}

async function bodyOf(route: Route, request: FastifyRequest, json: unknown): Promise<unknown> {
  if (!route.body || !('kind' in route.body)) return json
  if (route.body.kind === 'upload') return readUpload(request, route.body)
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

export function pathOf(request: { readonly url: string }): string {
  return request.url.split('?', 1)[0] ?? request.url
}
