import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A made-up POS on a real socket. It keeps the orders it was given, and goes wrong as a test tells it to: before it has
// kept one, or right after.

export type PosOrder = {
  readonly id: string
  readonly number: string
  readonly location: string
  readonly key: string | null
  readonly reference: string | null
  total: number
  readonly lines: string
  /** Machine words of the test's clock. */
  readonly createdAt: number
  paid: boolean
  cancelled: boolean
  note: string | null
}

/** What befalls a call. `half` and the like speak of the moment: before or after the POS has done what it was asked. */
export type PosFault =
  | 'none'
  | 'timeout_before'
  | 'timeout_after'
  | 'cut_before'
  | 'cut_after'
  | 'error_before'
  | 'error_after'
  | 'garbled_after'
  | 'throttled'
  | 'unauthorized'
  | 'refused'

export type TestPos = {
  readonly url: string
  readonly orders: PosOrder[]
  /** Each call it was asked, by `name`. */
  readonly asked: string[]
  /** Which fault befalls the next call of a name; asked once for each. */
  fault: (name: string) => PosFault
  now: () => number
  /** Makes one order of a key, or of a reference, however often it comes. */
  dedupes: 'key' | 'nothing'
  retryAfterSeconds: number | null
  refusesCancel: boolean
  /** What it says an order costs, beside what it was told. */
  priceOff: number
  progressOf: (order: PosOrder) => string
  /** Nobody listens at its address: it is certain that nothing arrives. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

type Asked = {
  readonly key?: string
  readonly reference?: string
  readonly location: string
  readonly total: number
  readonly lines: string
  readonly note: string | null
}

export async function startTestPos(): Promise<TestPos> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  let made = 0
  const { port } = server.address() as AddressInfo
  const pos: TestPos = {
    url: `http://127.0.0.1:${port}`,
    orders: [],
    asked: [],
    fault: () => 'none',
    now: () => 0,
    dedupes: 'key',
    retryAfterSeconds: null,
    refusesCancel: false,
    priceOff: 0,
    progressOf: ({ cancelled }) => (cancelled ? 'cancelled' : 'accepted'),
    async goAway() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    comeBack: () => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve)),
    async close() {
      if (server.listening) await pos.goAway()
    },
  }

  function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const url = new URL(request.url ?? '/', pos.url)
    const name = nameOf(request.method ?? 'GET', url)
    pos.asked.push(name)
    const fault = pos.fault(name)
    if (fault === 'throttled') {
      const headers = pos.retryAfterSeconds === null ? {} : { 'retry-after': String(pos.retryAfterSeconds) }
      response.writeHead(429, headers).end('{}')
      return
    }
    if (fault === 'unauthorized') return void response.writeHead(401).end('{"code":"TOKEN_REVOKED"}')
    if (fault === 'refused') return void response.writeHead(400).end('{"code":"BAD_ORDER"}')
    if (fault === 'timeout_before') return
    if (fault === 'cut_before') return void request.socket.destroy()
    if (fault === 'error_before') return void response.writeHead(500).end('{}')
    const done = handle(name, url, body)
    if (fault === 'timeout_after') return
    if (fault === 'cut_after') return void request.socket.destroy()
    if (fault === 'error_after') return void response.writeHead(500).end('{}')
    if (fault === 'garbled_after') return void response.writeHead(200).end('<html>')
    response.writeHead(done.status, { 'content-type': 'application/json' }).end(JSON.stringify(done.body))
  }

  function handle(name: string, url: URL, body: string): { status: number; body: unknown } {
    const id = url.pathname.split('/')[2] ?? ''
    const order = pos.orders.find((one) => one.id === id)
    switch (name) {
      case 'me':
        return ok({ id: 'acme-1', name: 'Acme' })
      case 'places':
        return ok({ places: [{ id: 'P1', name: 'Main' }] })
      case 'orders.create':
        return ok(create(JSON.parse(body) as Asked))
      case 'orders.list': {
        const [from, to] = [Number(url.searchParams.get('from')), Number(url.searchParams.get('to'))]
        return ok({ orders: pos.orders.filter(({ createdAt }) => createdAt >= from && createdAt <= to) })
      }
      case 'orders.pay':
        if (order !== undefined) order.paid = true
        break
      case 'orders.cancel':
        if (pos.refusesCancel) return { status: 400, body: { code: 'ALREADY_COOKED' } }
        if (order !== undefined) order.cancelled = true
        break
      case 'orders.note':
        if (order !== undefined) order.note = (JSON.parse(body) as { note: string }).note
        break
    }
    return order === undefined ? { status: 404, body: { code: 'NO_SUCH_ORDER' } } : ok(shown(order))
  }

  function create({ key, reference, location, total, lines, note }: Asked) {
    const known = pos.dedupes === 'key' && key !== undefined ? pos.orders.find((one) => one.key === key) : undefined
    if (known !== undefined) return shown(known)
    made++
    const order: PosOrder = {
      id: `pos-${made}`,
      number: String(made),
      location,
      key: key ?? null,
      reference: reference ?? null,
      total: total + pos.priceOff,
      lines,
      createdAt: pos.now(),
      paid: false,
      cancelled: false,
      note,
    }
    pos.orders.push(order)
    return shown(order)
  }

  const shown = (order: PosOrder) => ({ ...order, progress: pos.progressOf(order) })
  return pos
}

function ok(body: unknown) {
  return { status: 200, body }
}

function nameOf(method: string, { pathname }: URL): string {
  const [, first = '', id, verb] = pathname.split('/')
  if (first !== 'orders') return first
  if (id === undefined) return method === 'POST' ? 'orders.create' : 'orders.list'
  return verb === undefined ? 'orders.get' : `orders.${verb}`
}
