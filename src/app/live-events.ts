import { Readable } from 'node:stream'
import { z } from 'zod'
import { instantText } from '#kernel/instant.ts'
import { defineRoute, media, type Route } from '#platform/http/route.ts'
import type { Outbox } from '#platform/outbox/outbox.ts'
import type { Tail } from '#platform/outbox/tail.ts'

// A tenant's events as they are committed, as Server-Sent Events: what keeps a dashboard live. A reader that was cut off
// says the last number it saw (Last-Event-ID, which browsers send by themselves) and misses nothing.

/** Proxies cut a silent connection after half a minute or so. */
const BEAT_MS = 15_000

export function liveEventRoutes(outbox: Outbox): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/events',
      scope: 'sales:read',
      summary: 'Follow the tenant’s events',
      description:
        'Server-Sent Events: `id` is the event’s number, `data` is JSON with `seq, id, type, subject, occurred_at, data`. ' +
        'Goes on after `Last-Event-ID`, else begins now.',
      tags: ['Events'],
      query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }),
      answers: { 200: media('text/event-stream', 'One message per event, a comment now and then') },
      async handler({ tenant, query, request }) {
        const lastSeen = Number(request.headers['last-event-id'])
        const after = Number.isInteger(lastSeen) && lastSeen >= 0 ? lastSeen : query.after
        const tail = await outbox.tail({ tenantId: tenant.id, ...(after === undefined ? {} : { after }) })
        return {
          status: 200,
          headers: { 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' },
          body: streamOf(tail),
        } as const
      },
    }),
  ]
}

function streamOf(tail: Tail): Readable {
  const stream = new Readable({
    read() {},
    destroy(error, done) {
      clearInterval(beat)
      tail.close()
      done(error)
    },
  })
  const beat = setInterval(() => stream.push(': beat\n\n'), BEAT_MS)
  stream.push('retry: 1000\n: here\n\n')
  void (async () => {
    try {
      for await (const event of tail) {
        const { seq, id, type, subject, occurredAt, data } = event
        const body = JSON.stringify({ seq, id, type, subject, occurred_at: instantText(occurredAt), data })
        stream.push(`id: ${seq}\ndata: ${body}\n\n`)
      }
      stream.push(null)
    } catch {
      // Too slow, or the database went away: the browser comes back by itself and goes on where it was.
      stream.push(null)
    }
  })()
  return stream
}
