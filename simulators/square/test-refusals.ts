import type { RunningSquare } from './simulate.ts'
import { type Visitor, visitorOf } from './test-tour.ts'
import type { Witness } from './test-witness.ts'

type Refusal = readonly [
  says: string,
  status: number,
  call: (running: RunningSquare, witness: Witness) => Promise<unknown>,
]

function owner(running: RunningSquare, { fetch: call }: Witness): Visitor {
  return visitorOf(running, running.credentials.access_token, call)
}

/** What is refused, with which status, by which call. */
export const REFUSALS: readonly Refusal[] = [
  [
    'a token that nobody was given',
    401,
    (running, { fetch: call }) => visitorOf(running, 'NOBODY', call).get('/v2/locations'),
  ],
  [
    'a call beyond the scopes',
    403,
    (running, { fetch: call }) => {
      const { accessToken } = running.connect(running.square.mainSeller.merchantId, ['ORDERS_READ'])
      return visitorOf(running, accessToken, call).get('/v2/catalog/list')
    },
  ],
  [
    "a seller's token for the application's business",
    401,
    (running, { fetch: call }) => {
      const { accessToken } = running.connect(running.square.mainSeller.merchantId)
      return visitorOf(running, accessToken, call).get('/v2/webhooks/subscriptions')
    },
  ],
  ['an order that is not there', 404, (running, witness) => owner(running, witness).get('/v2/orders/NOBODY')],
  ['an object that is not there', 404, (running, witness) => owner(running, witness).get('/v2/catalog/object/NOBODY')],
  ['an address that Square does not have', 404, (running, witness) => owner(running, witness).get('/v2/nothing')],
  ['a garbled cursor', 400, (running, witness) => owner(running, witness).get('/v2/payments?cursor=garbled')],
  [
    'a version that is no date',
    400,
    (running, { fetch: call }) => call(`${running.baseUrl}/v2/locations`, { headers: { 'square-version': 'newest' } }),
  ],
  [
    'a body that is no JSON',
    400,
    (running, { fetch: call }) =>
      call(`${running.baseUrl}/oauth2/token`, {
        method: 'POST',
        body: '"{"',
        headers: { 'content-type': 'application/json' },
      }),
  ],
  [
    'a code that nobody was given',
    401,
    (running, witness) => {
      const { id, secret } = running.credentials.application
      const body = { client_id: id, client_secret: secret, grant_type: 'authorization_code', code: 'sq0cgb-nobody' }
      return owner(running, witness).post('/oauth2/token', body)
    },
  ],
  [
    'one call too many',
    429,
    async (running, witness) => {
      running.fault({ name: 'rate-limit', on: true, rate: 1, times: 1 })
      return owner(running, witness).get('/v2/locations')
    },
  ],
  [
    'everything while it is broken',
    500,
    async (running, witness) => {
      running.fault({ name: 'server-error', on: true, rate: 1, times: 1 })
      return owner(running, witness).get('/v2/locations')
    },
  ],
]
