import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { instant } from '#kernel/instant.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { type DoorCall, defineDoor } from './door.ts'
import { HttpFault } from './http-fault.ts'
import { createServer } from './server.ts'

// A door answers on the wire what its route would answer the long way: the framework's own `inject` goes that way.

const calls: DoorCall[] = []
const door = defineDoor({
  path: '/hatch/:who/:what',
  summary: 'A hatch',
  description: 'For the tests.',
  tags: ['Tests'],
  limitBytes: 1_000,
  answer: { schema: z.strictObject({ status: z.literal('received') }), body: { status: 'received' } },
  async receive(call) {
    calls.push(call)
    if (call.params.what === 'forged') throw new HttpFault(401, 'webhook.forged', { say: 'No.' })
    if (call.params.what === 'broken') throw new Error('a secret detail')
  },
})

let app: Awaited<ReturnType<typeof createServer>>
let port = 0
beforeAll(async () => {
  const never = () => {
    throw new Error('a door asks nobody')
  }
  app = await createServer({
    routes: [door],
    authenticate: async () => null,
    resolveTenant: never,
    idempotency: { begin: never, end: never } as never,
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock: { now: () => instant(1_790_000_000_000) },
    publicBase: new URL('https://hub.example'),
    version: '0.0.0',
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  port = (app.server.address() as AddressInfo).port
})
afterAll(() => app.close())

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers })

test('bytes, names, path and headers arrive as they were sent', async () => {
  const body = Uint8Array.from([0, 255, 10, 13, 226, 130])
  const answer = await post('/hatch/square/news?x=1', body, { 'X-Signature': 'abc', 'x-request-id': 'request-0001' })
  expect([answer.status, await answer.text()]).toEqual([200, '{"status":"received"}'])
  expect(answer.headers.get('x-request-id')).toBe('request-0001')
  const call = calls.at(-1)
  expect(call).toMatchObject({ params: { who: 'square', what: 'news' }, path: '/hatch/square/news' })
  expect(call?.headers['x-signature']).toBe('abc')
  expect(Uint8Array.from(call?.body ?? [])).toEqual(body)
})

test('what follows the question mark arrives as it was sent on both ways, and beside the path', async () => {
  for (const sent of ['order=1&token=ab-_', 'a=%2F&b', '?', '']) {
    await post(`/hatch/square/news?${sent}`, '{}')
    const direct = calls.at(-1)
    await app.inject({ method: 'POST', url: `/hatch/square/news?${sent}`, payload: '{}' })
    const long = calls.at(-1)
    expect(long).not.toBe(direct)
    for (const call of [direct, long]) expect(call).toMatchObject({ path: '/hatch/square/news' })
    expect([direct?.query ?? '', long?.query ?? '']).toEqual([sent, sent])
  }
  await post('/hatch/square/news', '{}')
  expect(calls.at(-1)).not.toHaveProperty('query')
})

test.for(['news', 'forged', 'broken'])('%s is answered alike on both ways', async (what) => {
  const direct = await post(`/hatch/square/${what}`, '{}')
  const long = await app.inject({ method: 'POST', url: `/hatch/square/${what}`, payload: '{}' })
  expect(direct.status).toBe(long.statusCode)
  // The framework says a charset besides, which JSON has no use for.
  const mediaType = (text: unknown) => String(text).split(';', 1)[0]
  expect(mediaType(direct.headers.get('content-type'))).toBe(mediaType(long.headers['content-type']))
  expect(direct.headers.get('cache-control')).toBe(long.headers['cache-control'])
  const { request_id: one, ...said } = (await direct.json()) as Record<string, unknown>
  const { request_id: other, ...saidLong } = long.json<Record<string, unknown>>()
  expect(said).toEqual(saidLong)
  expect(typeof one).toBe(typeof other)
  expect(JSON.stringify(said)).not.toContain('secret detail')
})

test('a body that is too large is refused, whether it says so or not, and the next request is served', async () => {
  const before = calls.length
  for (const headers of ['content-length: 1001', 'transfer-encoding: chunked']) {
    const socket = connect(port, '127.0.0.1')
    socket.setEncoding('utf8')
    const chunked = headers.startsWith('transfer') ? `3e9\r\n${'x'.repeat(1_001)}\r\n0\r\n\r\n` : 'x'.repeat(1_001)
    socket.write(`POST /hatch/a/news HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${chunked}`)
    const [text] = (await once(socket, 'data')) as [string]
    expect(text).toContain('413')
    expect(text).toContain('http.body-too-large')
    socket.destroy()
  }
  expect(calls.length).toBe(before)
  expect((await post('/hatch/a/news', 'x'.repeat(1_000))).status).toBe(200)
})

test('a caller that goes away before the end of its body leaves nothing behind', async () => {
  const before = calls.length
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write('POST /hatch/a/news HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf')
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  expect((await post('/hatch/a/news', '{}')).status).toBe(200)
  expect(calls.length).toBe(before + 1)
})

test('other methods, and what a door does not know, go the long way', async () => {
  const other = await fetch(`http://127.0.0.1:${port}/hatch/a/news`)
  expect([other.status, other.headers.get('allow')]).toEqual([405, 'POST'])
  expect((await post('/hatch/a', '{}')).status).toBe(404)
  expect((await post('/hatch/a%20b/news', '{}')).status).toBe(200)
  expect(calls.at(-1)?.params.who).toBe('a b')
})
