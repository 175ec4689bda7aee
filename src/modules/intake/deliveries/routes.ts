import type { IncomingHttpHeaders } from 'node:http'
import { z } from 'zod'
import type { Instant } from '#kernel/instant.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Receiver } from './receive.ts'

// Where providers deliver. Anybody may call, and nothing limits how often: what is refused for being too much is a fact
// lost. What keeps strangers out is the signature, over the bytes as they came.

const BODY_BYTES_MAX = 1024 * 1024

const received = z.strictObject({ status: z.literal('received') })

export function webhookRoutes(receiver: Receiver): Route[] {
  const shared = {
    method: 'POST',
    scope: 'public',
    tags: ['Webhooks'],
    rateLimit: false,
    idempotent: false,
    body: { kind: 'bytes', limitBytes: BODY_BYTES_MAX },
    answers: { 200: received },
  } as const

  async function receive(posSystem: string, configId: string | null, call: Arrived) {
    const { request, body, now } = call
    const path = request.url.split('?', 1)[0] ?? request.url
    await receiver.receive({ posSystem, configId, path, headers: plain(request.headers), body, now })
    return { status: 200, body: { status: 'received' } } as const
  }

  return [
    defineRoute({
      ...shared,
      path: '/api/v1/webhooks/:pos_system',
      summary: 'Receive a provider’s webhook',
      description:
        'For systems whose deliveries say which account they are of. Answered once the event is stored; a repeat is ' +
        'answered alike and stored once. An event of an account that nobody connected is answered and not kept.',
      handler: ({ params, ...call }) => receive(params.pos_system, null, call),
    }),
    defineRoute({
      ...shared,
      path: '/api/v1/webhooks/:pos_system/:config_id',
      summary: 'Receive a provider’s webhook for one connection',
      description: 'Answered once the event is stored; a repeat is answered alike and stored once.',
      handler: ({ params, ...call }) => receive(params.pos_system, params.config_id, call),
    }),
    defineRoute({
      ...shared,
      path: '/webhooks/pos/:pos_system',
      summary: 'Receive a provider’s webhook at its other address',
      description: 'The same as `/api/v1/webhooks/{pos_system}`.',
      handler: ({ params, ...call }) => receive(params.pos_system, null, call),
    }),
  ]
}

type Arrived = {
  readonly request: { readonly url: string; readonly headers: IncomingHttpHeaders }
  readonly body: Buffer
  readonly now: Instant
}

/** A header that came several times is one, as HTTP says of lists. */
function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}
