import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { defineRoute, EMPTY, media } from './route.ts'
import { createServer } from './server.ts'
import { asKey, useBakery } from './test-bakery.ts'

const hub = useBakery()

describe('whoever runs the hub', () => {
  test('sees that it lives, that it is ready, and why it is not', async () => {
    expect((await fetch(`${hub.base}/healthz`)).status).toBe(200)
    const ready = await fetch(`${hub.base}/readyz`)
    expect(await ready.json()).toEqual({ status: 'ready', checks: { database: 'ok', migrations: 'ok' } })
    const ill = await createServer(
      hub.options({ log: SILENT_LOG, probes: { queue: async () => 'The queue stands still.' } }),
    )
    const answer = await ill.inject('/readyz')
    expect([answer.statusCode, answer.json().reasons]).toEqual([503, { queue: 'The queue stands still.' }])
    await ill.close()
  })

  test('reads metrics by route pattern, never by address', async () => {
    await fetch(`${hub.base}/api/v1/tenants/bakery/breads/rye`, { headers: asKey })
    const text = await (await fetch(`${hub.base}/metrics`)).text()
    expect(text).toContain('route="/api/v1/tenants/:tenant_id/breads/:name"')
    expect(text).not.toContain('bakery')
  })

  test('shows metrics of a published hub only against the token', async () => {
    const publicBase = new URL('https://hub.example')
    const published = await createServer(hub.options({ log: SILENT_LOG, publicBase, metricsToken: 'm'.repeat(30) }))
    const ask = async (headers: Record<string, string>) =>
      (await published.inject({ url: '/metrics', headers })).statusCode
    expect(await ask({})).toBe(403)
    expect(await ask({ authorization: 'Bearer wrong' })).toBe(403)
    expect(await ask({ authorization: `Bearer ${'m'.repeat(30)}` })).toBe(200)
    await published.close()
    const proxied = await fetch(`${hub.base}/metrics`, { headers: { 'x-forwarded-for': '203.0.113.9' } })
    expect(proxied.status).toBe(403)
  })

  test('closes a server although a stream has no end', async () => {
    const endless = defineRoute({
      method: 'GET',
      path: '/api/v1/events',
      summary: 'Events',
      tags: ['Events'],
      scope: 'public',
      answers: { 200: media('text/event-stream', 'Events') },
      async handler() {
        return { status: 200, body: Readable.from(endlessly()) }
      },
    })
    const server = await createServer(hub.options({ routes: [endless], log: SILENT_LOG }))
    const at = await server.listen({ port: 0, host: '127.0.0.1' })
    const answer = await fetch(`${at}/api/v1/events`)
    await server.close()
    await expect(answer.text()).rejects.toThrow()
  })
})

async function* endlessly() {
  yield ': hello\n\n'
  await new Promise(() => undefined)
}

test('a body that would swallow unknown fields stops the server from starting', async () => {
  const loose = defineRoute({
    method: 'POST',
    path: '/api/v1/tenants/:tenant_id/loose',
    summary: 'Loose',
    tags: ['Loose'],
    scope: 'loose:write',
    body: z.strictObject({ inner: z.array(z.object({ a: z.string() })) }),
    answers: { 204: EMPTY },
    async handler() {
      return { status: 204 }
    },
  })
  await expect(createServer(hub.options({ routes: [loose] }))).rejects.toThrow('z.strictObject')
})
