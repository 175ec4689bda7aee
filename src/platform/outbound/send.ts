import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, type buildConnector, type Dispatcher } from 'undici'
import type { Clock, Instant } from '#kernel/instant.ts'
import { type FailureCode, failureCodeOf } from './failure-code.ts'
import { isPrivateAddress, lookupPublic } from './private-address.ts'

// One request, one answer, or the reason why there is none. No redirect is followed: a sign-in must not travel to where
// an answer points. The time that is allowed covers everything from the look-up of the name to the last byte, so that a
// server which keeps sending a byte at a time comes to an end too.

export type OutboundRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Scheme and host, without a slash at the end. */
  readonly baseUrl: string
  /** Path and query, beginning with `/`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Only to addresses that anybody on the internet may use: for hosts that a tenant has named. */
  readonly guarded?: boolean
}

export type OutboundAnswer = {
  readonly status: number
  /** Names in lower case; a header that came more than once has its values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly receivedAt: Instant
}

export type SendFailure = {
  readonly code: FailureCode
  /** Nothing of it left this machine: sending it again cannot do anything twice. */
  readonly neverSent: boolean
}

export type Sent =
  | { readonly kind: 'answer'; readonly answer: OutboundAnswer }
  | { readonly kind: 'failure'; readonly failure: SendFailure }

export type SendLimits = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }

export type Sender = {
  /** Never rejects for what the other side does; rejects with the signal's reason when it is aborted. */
  send(request: OutboundRequest, limits: SendLimits): Promise<Sent>
  /** Ends open connections at once; what still waits for an answer gets a failure. */
  close(): Promise<void>
}

export const ANSWER_BYTES_MAX = 32 * 1024 * 1024
const CONNECT_TIMEOUT_MS = 5_000
/** Most connections to one host, whatever the budgets of its credentials add up to. */
const CONNECTIONS_PER_HOST_MAX = 256

const unzip = promisify(gunzip)

export function createSender(options: { readonly clock: Clock; readonly answerBytesMax?: number }): Sender {
  const { clock, answerBytesMax = ANSWER_BYTES_MAX } = options
  const agentWith = (connect: buildConnector.BuildOptions) =>
    new Agent({
      connect: { timeout: CONNECT_TIMEOUT_MS, ...connect },
      connections: CONNECTIONS_PER_HOST_MAX,
      keepAliveTimeout: 20_000,
      // Over one shared HTTP/2 connection a fault of the connection is a fault of every call on it.
      allowH2: false,
    })
  const open = agentWith({})
  // A connection of its own kind: one that was made without looking must not serve a call that is looked at.
  const guarded = agentWith({ lookup: lookupPublic })
  return {
    async send(request, limits) {
      if (request.guarded === true && isPrivateAddress(hostOf(request.baseUrl))) {
        return { kind: 'failure', failure: { code: 'private_address', neverSent: true } }
      }
      const agent = request.guarded === true ? guarded : open
      const exchanged = await exchange(agent, request, limits, answerBytesMax)
      if (exchanged.kind === 'failure') return exchanged
      const receivedAt = clock.now()
      const { status, headers } = exchanged
      const body = await decoded(exchanged.body, headers['content-encoding'], answerBytesMax)
      if (typeof body === 'string') return { kind: 'failure', failure: { code: body, neverSent: false } }
      return { kind: 'answer', answer: { status, headers, body, receivedAt } }
    },
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()])
    },
  }
}

type Exchanged =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: Buffer
    }
  | { readonly kind: 'failure'; readonly failure: SendFailure }

function exchange(
  agent: Agent,
  request: OutboundRequest,
  { timeoutMs, signal }: SendLimits,
  answerBytesMax: number,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    let controller: Dispatcher.DispatchController | null = null
    let settled = false
    let status = 0
    let headers: Record<string, string> = {}
    const chunks: Buffer[] = []
    let bytes = 0

    // True for whoever comes first; from then on nothing that arrives changes the outcome.
    const settle = (): boolean => {
      if (settled) return false
      settled = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      return true
    }
    const give = (code: FailureCode) => {
      // A request counts as sent from the moment that it is handed to a connection, before its first byte leaves.
      if (settle()) resolve({ kind: 'failure', failure: { code, neverSent: controller === null } })
    }
    const giveUp = (code: FailureCode) => {
      give(code)
      controller?.abort(new Error(code))
    }
    const onAbort = () => {
      if (settle()) reject(signal?.reason)
      controller?.abort(new Error('aborted'))
    }
    const timer = setTimeout(giveUp, timeoutMs, 'timed_out')
    signal?.addEventListener('abort', onAbort, { once: true })

    const { origin, pathname } = new URL(request.baseUrl)
    agent.dispatch(
      {
        origin,
        path: `${pathname.replace(/\/$/, '')}${request.path}`,
        method: request.method,
        headers: flat({ 'accept-encoding': 'gzip', ...request.headers }),
        body: request.body,
        // The one time limit above stands for all of them.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          // It waited for a connection until nobody wanted it any more.
          if (settled) started.abort(new Error('given up'))
          else controller = started
        },
        onResponseStart(_, statusCode, received) {
          status = statusCode
          headers = flat(received)
        },
        onResponseData(_, chunk) {
          bytes += chunk.length
          if (bytes > answerBytesMax) giveUp('too_large')
          else chunks.push(chunk)
        },
        onResponseEnd() {
          if (settle()) resolve({ kind: 'answer', status, headers, body: Buffer.concat(chunks, bytes) })
        },
        onResponseError(_, error) {
          give(failureCodeOf(error))
        },
      },
    )
  })
}

function hostOf(baseUrl: string): string {
  return new URL(baseUrl).hostname.replace(/^\[|\]$/g, '')
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return joined
}

async function decoded(body: Buffer, encoding: string | undefined, bytesMax: number): Promise<Buffer | FailureCode> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return 'undecodable'
  try {
    return await unzip(body, { maxOutputLength: bytesMax })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'undecodable'
  }
}
