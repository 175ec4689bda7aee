import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ZodType } from 'zod'
import type { Clock, Instant } from '#kernel/instant.ts'
import { instantText } from '#kernel/instant.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { asFault, errorShapeOf, failureOf, httpFault, statusOf } from './problem.ts'
import { requestIdOf } from './request-id.ts'
import { defineRoute, type Route } from './route.ts'

// Doors: addresses that machines call by the thousand and that need nothing of what the server does for people and
// programs (identity, limits, headers for browsers, checked answers). A door takes bytes and answers one constant, or
// fails. It is a route like any other in the document and in what it answers; requests are only handed to it before the
// framework sees them, which takes two thirds off what a request costs here. Whatever looks unusual goes the long way.

export type DoorCall = {
  readonly params: Readonly<Record<string, string>>
  /** Without a query. */
  readonly path: string
  /** What followed the `?`, as it was sent; left out: nothing did. It may hold a word that opens something: never logged. */
  readonly query?: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly now: Instant
}

export type DoorSpec<Path extends string> = {
  readonly path: Path
  readonly summary: string
  readonly description: string
  readonly tags: readonly string[]
  readonly limitBytes: number
  /** What is answered with 200 whenever `receive` does not throw. */
  readonly answer: { readonly schema: ZodType; readonly body: Readonly<Record<string, string>> }
  receive(call: DoorCall): Promise<void>
}

type Door = { readonly limitBytes: number; readonly answer: string; receive(call: DoorCall): Promise<void> }

const doors = new WeakMap<Route, Door>()

export function defineDoor<const Path extends string>(spec: DoorSpec<Path>): Route {
  const { path, summary, description, tags, limitBytes, answer, receive } = spec
  const route = defineRoute({
    method: 'POST',
    path: path as string,
    scope: 'public',
    summary,
    description,
    tags,
    rateLimit: false,
    idempotent: false,
    body: { kind: 'bytes', limitBytes },
    answers: { 200: answer.schema },
    async handler({ params, request, body, now }) {
      const headers = plainHeaders(request.headers)
      const whole = { params: params as Record<string, string>, path: pathOf(request.url), headers, body, now }
      await receive(withQuery(whole, request.url))
      return { status: 200, body: answer.body } as const
    },
  })
  doors.set(route, { limitBytes, answer: JSON.stringify(answer.body), receive })
  return route
}

export type DoorOptions = {
  readonly routes: readonly Route[]
  readonly log: Log
  readonly metrics: Metrics
  readonly clock: Clock
}

type Found = { readonly door: Door; readonly route: Route; readonly params: Readonly<Record<string, string>> }

/** Answers true for a request that a door has taken. */
export function openDoors(options: DoorOptions): (request: IncomingMessage, response: ServerResponse) => boolean {
  const known = options.routes.flatMap((route) => {
    const door = doors.get(route)
    return door === undefined ? [] : [{ door, route, parts: route.path.split('/') }]
  })
  return (request, response) => {
    const { method, url = '', headers } = request
    // A client that asks before it sends, and a path with escapes in it, are rare and not worth a second way of doing it.
    if (method !== 'POST' || headers.expect !== undefined || url.includes('%')) return false
    const parts = pathOf(url).split('/')
    for (const { door, route, parts: wanted } of known) {
      const params = matched(wanted, parts)
      if (params === null) continue
      void serve(options, { door, route, params }, request, response)
      return true
    }
    return false
  }
}

async function serve(
  options: DoorOptions,
  { door, route, params }: Found,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const begunAt = performance.now()
  const requestId = requestIdOf(request)
  const path = pathOf(request.url ?? '')
  let status = 200
  try {
    const body = await bodyOf(request, door.limitBytes)
    if (body === null) return
    const now = options.clock.now()
    const call = { params, path, headers: plainHeaders(request.headers), body, now }
    await door.receive(withQuery(call, request.url ?? ''))
    answer(response, 200, JSON_TYPE, door.answer, requestId)
  } catch (error) {
    const fault = asFault(error)
    const failure = failureOf(fault, { shape: errorShapeOf(path), path, requestId })
    status = failure.status
    if (status >= 500) {
      const facts = { request_id: requestId, code: fault.code, path, err: fault.cause ?? fault }
      if (statusOf(fault) === 503) options.log.warn(facts, 'a request could not be served just now')
      else options.log.error(facts, 'a request broke')
    }
    answer(response, status, { ...failure.headers, 'content-type': failure.contentType }, failure.body, requestId)
  }
  const took = performance.now() - begunAt
  options.metrics.observeRequest({ method: 'POST', route: route.path, status }, took / 1_000)
  const facts = { at: instantText(options.clock.now()), request_id: requestId, method: 'POST', route: route.path, path }
  options.log.info({ ...facts, status, ms: Math.round(took * 10) / 10 }, 'answered')
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const

function answer(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
  requestId: string,
): void {
  // A flat list goes out as it is; names with values would be put together once more.
  const list = ['content-length', String(Buffer.byteLength(body)), 'cache-control', 'no-store']
  list.push('x-request-id', requestId, 'x-content-type-options', 'nosniff')
  for (const name in headers) list.push(name, headers[name] ?? '')
  response.writeHead(status, list)
  response.end(body)
}

/** The whole body; null when the caller went away before its end. Rejects with `http.body-too-large`. */
function bodyOf(request: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const tooLarge = () => {
      request.off('data', take)
      // What still comes is not kept; the answer ends the connection.
      request.resume()
      reject(httpFault(413, 'http.body-too-large'))
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > limitBytes) tooLarge()
      else chunks.push(chunk)
    }
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      tooLarge()
      return
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)))
    request.once('error', () => resolve(null))
    request.once('close', () => resolve(null))
  })
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** Most calls have no query, and go on as they are. */
function withQuery(call: DoorCall, url: string): DoorCall {
  const mark = url.indexOf('?')
  return mark === -1 ? call : { ...call, query: url.slice(mark + 1) }
}

function matched(wanted: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (wanted.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (let nth = 0; nth < wanted.length; nth++) {
    const [want = '', part = ''] = [wanted[nth], parts[nth]]
    if (want.startsWith(':')) {
      if (part === '') return null
      params[want.slice(1)] = part
    } else if (want !== part) {
      return null
    }
  }
  return params
}

/** A header that came several times is one, as HTTP says of lists; Node has joined all of them but one kind. */
function plainHeaders(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const cookies = headers['set-cookie']
  const plain = cookies === undefined ? headers : { ...headers, 'set-cookie': cookies.join(', ') }
  return plain as Readonly<Record<string, string>>
}
