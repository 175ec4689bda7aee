import { z } from 'zod'
import { type DoorCall, defineDoor } from '#platform/http/door.ts'
import type { Route } from '#platform/http/route.ts'
import type { Receiver } from './receive.ts'

// Where providers deliver. Anybody may call, and nothing limits how often: what is refused for being too much is a fact
// lost. What keeps strangers out is the signature, over the bytes as they came.

const BODY_BYTES_MAX = 1024 * 1024

export function webhookRoutes(receiver: Receiver): Route[] {
  const shared = {
    tags: ['Webhooks'],
    limitBytes: BODY_BYTES_MAX,
    answer: { schema: z.strictObject({ status: z.literal('received') }), body: { status: 'received' } },
    receive: ({ params, ...call }: DoorCall) => {
      const { pos_system: posSystem = '', config_id: configId = null } = params
      return receiver.receive({ posSystem, configId, ...call })
    },
  } as const
  return [
    defineDoor({
      ...shared,
      path: '/api/v1/webhooks/:pos_system',
      summary: 'Receive a provider’s webhook',
      description:
        'For systems whose deliveries say which account they are of. Answered once the event is stored; a repeat is ' +
        'answered alike and stored once. An event of an account that nobody connected is answered and not kept.',
    }),
    defineDoor({
      ...shared,
      path: '/api/v1/webhooks/:pos_system/:config_id',
      summary: 'Receive a provider’s webhook for one connection',
      description: 'Answered once the event is stored; a repeat is answered alike and stored once.',
    }),
    defineDoor({
      ...shared,
      path: '/webhooks/pos/:pos_system',
      summary: 'Receive a provider’s webhook at its other address',
      description: 'The same as `/api/v1/webhooks/{pos_system}`.',
    }),
  ]
}
