import { Readable } from 'node:stream'
import { safeEncode } from 'zod'
import { Fault } from '#kernel/fault.ts'
import { HTTP_FAULTS } from './faults.ts'
import type { AnyAnswer, Route } from './route.ts'

/** An answer as it goes over the wire: its text is fixed before anything is sent or stored. */
export type Encoded = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly contentType: string | null
  readonly body: string | Buffer | Readable | null
}

/**
 * Writes an answer by the schema that the route declares for its status. What the schema does not know is left out, so
 * that a column added to a query can not reach a caller by itself; what contradicts it is our own fault, and is told so.
 */
export function encodeAnswer(route: Route, answer: AnyAnswer): Encoded {
  const declared = route.answers[answer.status]
  const headers = answer.headers ?? {}
  if (!declared) throw broken(route, `answers ${answer.status}, which it does not declare`)
  if ('kind' in declared) {
    if (declared.kind === 'empty') return { status: answer.status, headers, contentType: null, body: null }
    if (!isBytes(answer.body)) throw broken(route, 'declares a file or stream and answers something else')
    return { status: answer.status, headers, contentType: declared.contentType, body: answer.body }
  }
  const encoded = safeEncode(declared, answer.body as never)
  if (!encoded.success) throw broken(route, `answers what its schema forbids: ${encoded.error.message}`)
  return {
    status: answer.status,
    headers,
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(encoded.data),
  }
}

function isBytes(body: unknown): body is string | Buffer | Readable {
  return typeof body === 'string' || Buffer.isBuffer(body) || body instanceof Readable
}

function broken(route: Route, what: string): Fault {
  return new Fault('broken', 'http.broken', {
    say: HTTP_FAULTS['http.broken'],
    cause: new Error(`${route.method} ${route.path} ${what}`),
  })
}
