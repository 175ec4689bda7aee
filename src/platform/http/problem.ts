import { STATUS_CODES } from 'node:http'
import { Fault, STATUS_BY_KIND } from '#kernel/fault.ts'
import { HTTP_FAULTS, type HttpFaultCode } from './faults.ts'
import { HttpFault, type HttpFaultStatus, isHttpFaultStatus } from './http-fault.ts'

// How a failure looks on the wire: RFC 9457 everywhere, but for the addresses that were promised with an envelope.

export type ErrorShape = 'problem' | 'envelope'

export type Failure = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: string
  readonly body: string
}

const ENVELOPE_PREFIX = '/api/v1/pos/'
// What RFC 9457 and this server own; a fault's facts may not take these places.
const RESERVED = new Set(['type', 'title', 'status', 'detail', 'instance', 'code', 'errors', 'request_id'])

export function errorShapeOf(path: string): ErrorShape {
  return path.startsWith(ENVELOPE_PREFIX) ? 'envelope' : 'problem'
}

/** A fault of the server's own, with the sentence of the table unless there is a better one. */
export function httpFault(
  status: HttpFaultStatus,
  code: HttpFaultCode,
  options: Partial<ConstructorParameters<typeof HttpFault>[2]> = {},
): HttpFault {
  return new HttpFault(status, code, { say: HTTP_FAULTS[code], ...options })
}

/** Any thrown thing as the fault that the caller hears of. What we did not foresee tells them nothing but its id. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const code = (error as { code?: unknown } | null)?.code
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return httpFault(413, 'http.body-too-large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return httpFault(415, 'http.media-type')
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return httpFault(400, 'http.body-cut')
  // What is left of the server's own refusals concerns a request that breaks the protocol.
  if (typeof code === 'string' && code.startsWith('FST_') && typeof status === 'number' && isHttpFaultStatus(status)) {
    return httpFault(status, 'http.request-malformed')
  }
  return new Fault('broken', 'http.broken', { say: HTTP_FAULTS['http.broken'], cause: error })
}

export function statusOf(fault: Fault): number {
  return fault instanceof HttpFault ? fault.status : STATUS_BY_KIND[fault.kind]
}

export function failureOf(
  fault: Fault,
  context: { readonly shape: ErrorShape; readonly path: string; readonly requestId: string },
): Failure {
  const status = statusOf(fault)
  // Behind a body that is too large more of it may follow: nothing but the end of the connection stops it.
  const headers: Record<string, string> = status === 413 ? { connection: 'close' } : {}
  if (fault instanceof HttpFault) Object.assign(headers, fault.headers)
  if (fault.retryAfterSeconds !== null) headers['retry-after'] = String(fault.retryAfterSeconds)
  return {
    status,
    headers,
    contentType: context.shape === 'problem' ? 'application/problem+json' : 'application/json; charset=utf-8',
    body: JSON.stringify(context.shape === 'problem' ? problem(fault, status, context) : envelope(fault, context)),
  }
}

function problem(fault: Fault, status: number, context: { readonly path: string; readonly requestId: string }) {
  const facts = Object.entries(factsOf(fault)).filter(([name]) => !RESERVED.has(name))
  return {
    type: `urn:tillwire:fault:${fault.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: fault.message,
    instance: context.path,
    code: fault.code,
    request_id: context.requestId,
    ...(fault.places.length > 0 ? { errors: fault.places } : {}),
    ...Object.fromEntries(facts),
  }
}

function envelope(fault: Fault, context: { readonly requestId: string }) {
  const details = { ...factsOf(fault), ...(fault.places.length > 0 ? { errors: fault.places } : {}) }
  return {
    success: false,
    error: { code: fault.code, message: fault.message, details: { ...details, request_id: context.requestId } },
  }
}

/** Facts of our own breakage are for the log: a stranger learns nothing of the inside from an answer. */
function factsOf(fault: Fault): Readonly<Record<string, unknown>> {
  return fault.kind === 'broken' ? {} : fault.detail
}
