import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { instant } from '#kernel/instant.ts'
import { CallFailed, type Link, type ProviderAnswer, type ProviderCall, type Talk } from '../contract.ts'
import { api } from './api.ts'

// A restaurant's system that answers what a test tells it to, over real HTTP, and the plainest way to have a talk with it.

export type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Record<string, unknown>
}

export type Answer = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown }

export type Till = {
  readonly baseUrl: string
  readonly asked: readonly Asked[]
  /** Has the talk; a call whose answer is `cut` gets none. */
  have<T>(link: Link, talk: (link: Link) => Talk<T>): Promise<T>
}

export async function openTill(answer: (asked: Asked, nth: number) => Answer | 'cut'): Promise<Till> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> }
    const given = answer(one, asked.push(one) - 1)
    if (given === 'cut') return void request.socket.destroy()
    const { status = 200, headers: more = {}, body = {} } = given
    response.writeHead(status, { 'content-type': 'application/json', ...more })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`

  return {
    baseUrl,
    asked,
    async have(given, begin) {
      const link = { ...given, credentials: { ...given.credentials, base_url: baseUrl } }
      const talk = begin(link)
      let step = talk.next()
      while (!step.done) {
        const call = step.value
        const answered = await send(link, call).catch(() => null)
        const verdict = answered === null ? ({ kind: 'unreachable', code: 'cut' } as const) : api.judge(call, answered)
        step =
          verdict.kind === 'ok' && answered !== null
            ? talk.next(answered)
            : talk.throw(new CallFailed(call.name, verdict as CallFailed['verdict']))
      }
      return step.value
    },
  }
}

async function send(link: Link, call: ProviderCall): Promise<ProviderAnswer> {
  const base = call.baseUrl ?? api.baseUrlOf?.(link.credentials) ?? ''
  const response = await fetch(base + call.path, {
    method: call.method,
    headers: { ...api.headers(link, call), ...call.headers },
    body: api.body?.(link, call) ?? null,
    redirect: 'manual',
  })
  const body = new Uint8Array(await response.arrayBuffer())
  const receivedAt = instant(Date.parse('2026-01-01T10:20:00Z'))
  return { status: response.status, headers: Object.fromEntries(response.headers), body, receivedAt }
}
