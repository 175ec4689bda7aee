import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { instant } from '#kernel/instant.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { defineRoute } from './route.ts'
import { createServer } from './server.ts'

// What arrives over a wire that somebody else holds: cut files, garbage, silence.

const heard: unknown[] = []
let app: FastifyInstance
let port = 0

beforeAll(async () => {
  const upload = defineRoute({
    method: 'POST',
    path: '/api/v1/files',
    summary: 'A file',
    tags: ['Files'],
    scope: 'public',
    body: { kind: 'upload', limitBytes: 10_000_000 },
    answers: { 200: z.object({ bytes: z.number() }) },
    async handler({ body }) {
      let bytes = 0
      try {
        for await (const chunk of body.stream) bytes += (chunk as Buffer).length
      } catch (error) {
        heard.push((error as { code?: unknown }).code)
        throw error
      }
      return { status: 200, body: { bytes } }
    },
  })
  app = await createServer({
    routes: [upload],
    authenticate: async () => null,
    resolveTenant: () => Promise.reject(new Error('nobody gets in')),
    idempotency: { begin: async () => null, settle: async () => undefined, release: async () => undefined },
    log: SILENT_LOG,
    metrics: createMetrics(),
    clock: { now: () => instant(0) },
    publicBase: new URL('http://localhost'),
    version: '0.0.0',
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => app.close())

async function open(text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => undefined)
  socket.write(text)
  return socket
}

async function until(arrived: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000
  while (!arrived()) {
    if (performance.now() > deadline) throw new Error('it did not happen within five seconds')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test.each([
  ['a plain body', 'text/csv', 'half of the file'],
  [
    'a form',
    'multipart/form-data; boundary=XX',
    '--XX\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nhalf',
  ],
])('a file that is cut in the middle of %s fails where it is read', async (_what, type, text) => {
  heard.length = 0
  const socket = await open(
    `POST /api/v1/files HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: 5000\r\n\r\n${text}`,
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  await until(() => heard.length > 0)
  expect(heard).toEqual(['http.body-cut'])
})

test('garbage instead of a request is answered with a problem, and the line is closed', async () => {
  const socket = await open('this is not HTTP\r\n\r\n')
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  await once(socket, 'close')
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(text).toContain('http.request-malformed')
})
