import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { RunningDinePos } from './simulate.ts'

// For tests: whoever pushes orders into the simulator, and whoever is called back.

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever an address answers, field by field.
export type Json = any

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Json }

/** Posts with the credentials in headers, as the default profile wants them; `headers` win. */
export async function post(
  running: RunningDinePos,
  path: string,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const { app_key, app_secret, access_token } = running.credentials
  const response = await fetch(`${running.baseUrl}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-app-key': app_key,
      'x-app-secret': app_secret,
      authorization: `Bearer ${access_token}`,
      'app-key': app_key,
      'app-secret': app_secret,
      'access-token': access_token,
      ...headers,
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') === true
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
}

/** One of the menu's first item that has no variations, at its price and with its tax; whatever is said wins. */
export function orderOf(running: RunningDinePos, id: string, more: Json = {}): Json {
  const item = running.pos.menu.cardAt(running.clock.now()).items.find(({ variations }) => variations.length === 0)
  if (item === undefined) throw new Error('The menu is empty.')
  const price = (item.price / 100).toFixed(2)
  const total = ((2 * item.price + 5000) / 100).toFixed(2)
  return {
    restaurant_id: running.credentials.restaurant_id,
    order_id: id,
    order_type: 'delivery',
    created_at: '2026-10-20T17:30:00+05:30',
    scheduled_for: null,
    customer: { name: 'A guest' },
    items: [{ id: item.id, name: item.name, quantity: '2', unit_price: price, addons: [] }],
    charges: [{ type: 'delivery', amount: '50.00', tax: '0.00' }],
    discounts: [],
    tax_total: '0.00',
    total,
    payment: { mode: 'prepaid', method: 'upi', amount: total },
    callback_url: null,
    ...more,
  }
}

/** Pushes with the order's own id as its key. */
export function push(running: RunningDinePos, order: Json, key: string | null = order.order_id): Promise<Reply> {
  return post(running, '/orders', order, key === null ? {} : { 'idempotency-key': key })
}

export type Received = {
  readonly at: number
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly body: Json
}

export type Listener = AsyncDisposable & { readonly url: string; readonly received: Received[]; answer: number }

/** Takes callbacks in. */
export async function listen(running: RunningDinePos): Promise<Listener> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const text = (await request.toArray()).join('')
    const { url: path = '', headers } = request
    received.push({ at: running.clock.now(), path, headers, text, body: JSON.parse(text) })
    response.writeHead(listener.answer).end('{"success":"1"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const listener: Listener = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/webhooks/dine-pos/c1`,
    received,
    answer: 200,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return listener
}
