import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Description } from './test-official.ts'

// Two that stand by and write down what does not fit the official description: one sees every call and its answer,
// the other takes deliveries in.

/** What a call was and what came of it; the operation is Square's name for the address. */
export type Seen = { readonly operation: string | null; readonly status: number; readonly answer: Answered }

/** An answer as a test looks at it. */
// biome-ignore lint/suspicious/noExplicitAny: the judge has read it; a test picks what it wants to see.
export type Answered = any

export type Witness = {
  /** Like the global one; the answer is judged before it is handed on. */
  readonly fetch: typeof fetch
  readonly seen: Seen[]
  /** One sentence for each thing that does not fit; the same one once. */
  readonly findings: Set<string>
}

export function witnessOf(description: Description): Witness {
  const seen: Seen[] = []
  const findings = new Set<string>()
  const watched: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const sent = await request.clone().text()
    const response = await fetch(request)
    const { pathname, search } = new URL(request.url)
    const text = await response.clone().text()
    const exchange = {
      method: request.method,
      path: pathname + search,
      request: sent === '' ? null : JSON.parse(sent),
      status: response.status,
      answer: text === '' ? {} : parsed(text),
    }
    const operation = description.operationOf(request.method, pathname)
    seen.push({ operation, status: response.status, answer: exchange.answer })
    const { method, path, status } = exchange
    // What was accepted must be acceptable; what was refused may have been wrong on purpose.
    const asked = status < 400 ? description.findingsOfRequest(method, path, exchange.request) : []
    for (const finding of asked) findings.add(`${operation ?? path}: asked with ${anywhere(finding)}`)
    for (const finding of description.findingsOfAnswer(exchange)) {
      findings.add(`${operation ?? path} ${status}: ${anywhere(finding)}`)
    }
    return response
  }
  return { fetch: watched, seen, findings }
}

/** The same mistake in the first and in the hundredth record is one. */
function anywhere(finding: string): string {
  return finding.replaceAll(/\/\d+(?=\/| )/g, '/…')
}

/** What is no JSON stays text, which no schema of an answer accepts. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export type Provoker = {
  readonly fetch: typeof fetch
  /** How many wrong requests were made, and those among them that were not refused. */
  readonly made: Set<string>
  readonly accepted: Set<string>
}

/**
 * Passes calls on, and after each that succeeded makes the same call with a body that is wrong in one place, in every
 * way the description knows; the same mistake at the same address once.
 */
export function provokerOf(description: Description): Provoker {
  const made = new Set<string>()
  const accepted = new Set<string>()
  const provoking: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    const { method = 'GET', body } = init ?? {}
    const { pathname } = new URL(String(input))
    const operation = description.operationOf(method, pathname)
    if (!response.ok || typeof body !== 'string' || operation === null) return response
    for (const { says, body: spoilt } of description.spoilingsOf(method, pathname, JSON.parse(body))) {
      const mistake = `${operation}: ${says}`
      if (made.has(mistake)) continue
      made.add(mistake)
      const refused = await fetch(input, { ...init, body: JSON.stringify(withFreshKey(spoilt, made.size)) })
      if (refused.status < 400 || refused.status >= 500) accepted.add(`${mistake} (${refused.status})`)
    }
    return response
  }
  return { fetch: provoking, made, accepted }
}

/** Or the mistake would be refused for its key, which was used with another body before. */
function withFreshKey(body: unknown, count: number): unknown {
  const keyed = typeof body === 'object' && body !== null && 'idempotency_key' in body
  return keyed ? { ...body, idempotency_key: `provoked-${count}` } : body
}

export type Delivery = {
  readonly headers: Readonly<Record<string, string | undefined>>
  /** The body as it came. */
  readonly text: string
  readonly event: { readonly type: string; readonly event_id: string; readonly data: { readonly object?: unknown } }
}

export type Receiver = AsyncDisposable & {
  /** What to give as the notification URL. */
  readonly url: string
  readonly deliveries: Delivery[]
  /** Settles once that many deliveries are in. */
  arrived(count: number): Promise<void>
}

/** Answers 200 to whatever is posted to it. */
export async function receiveDeliveries(): Promise<Receiver> {
  const deliveries: Delivery[] = []
  const waiting: { readonly count: number; readonly settle: () => void }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
    deliveries.push({ headers, text, event: JSON.parse(text) })
    response.writeHead(200).end()
    for (const each of waiting) if (deliveries.length >= each.count) each.settle()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/webhooks/square`,
    deliveries,
    arrived: (count) =>
      new Promise((settle) => {
        if (deliveries.length >= count) settle()
        else waiting.push({ count, settle })
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}
