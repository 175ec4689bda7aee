import { createHmac, timingSafeEqual } from 'node:crypto'
import { type FastifyInstance, fastify } from 'fastify'
import pg from 'pg'
import { newId } from '#kernel/ids.ts'

// What a good team writes in an afternoon: Fastify, the raw body, a signature compared in constant time, the JSON read for
// the event's id, one prepared INSERT per request through a pool, and 200 once it is committed. The table has the columns
// and the indexes of the hub's; a repeat is found by the same unique key. The body is stored as it came: this peer neither
// seals it nor checks that the seller is still connected. No log, no limits, no headers of its own.

export type PlainReceiver = { readonly url: string; close(): Promise<void> }

export type PlainReceiverOptions = {
  /** A role that may write the peer's own table. */
  readonly connectionString: string
  readonly secret: string
  /** What the signature covers beside the body. */
  readonly signedUrl: string
  /** The connection of each seller, by the provider's id. */
  readonly sellers: ReadonlyMap<string, { readonly tenantId: string; readonly connectionId: string }>
  readonly connectionsMax: number
}

export const PEER_TABLE = `
  create table if not exists public.peer_webhooks (
    tenant_id uuid not null,
    connection_id uuid not null,
    event_key text not null,
    id uuid not null,
    type text not null,
    occurred_at timestamptz,
    received_at timestamptz not null,
    headers jsonb not null,
    body bytea not null,
    outcome text not null,
    attempts integer not null default 0,
    due_at timestamptz,
    primary key (tenant_id, connection_id, event_key),
    unique (tenant_id, connection_id, id)
  );
  alter table public.peer_webhooks alter column body set storage external;
  create index if not exists peer_webhooks_newest on public.peer_webhooks (tenant_id, connection_id, received_at, id);
  create index if not exists peer_webhooks_due on public.peer_webhooks (tenant_id, connection_id, due_at)
    where outcome = 'received'`

const INSERT = {
  name: 'insert-webhook',
  text: `insert into public.peer_webhooks
    (tenant_id, connection_id, event_key, id, type, occurred_at, received_at, headers, body, outcome, due_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'received', $7) on conflict do nothing`,
}

export async function startPlainReceiver(options: PlainReceiverOptions): Promise<PlainReceiver> {
  const pool = new pg.Pool({ connectionString: options.connectionString, max: options.connectionsMax })
  // The server may be gone before the last connection has closed; nobody asks them anything any more.
  pool.on('error', () => undefined)
  const app: FastifyInstance = fastify({ logger: false })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/webhooks', async (request, reply) => {
    const body = request.body as Buffer
    const presented = Buffer.from(String(request.headers['x-square-hmacsha256-signature']), 'base64')
    const expected = createHmac('sha256', options.secret).update(options.signedUrl).update(body).digest()
    if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) {
      return reply.code(401).send({ status: 'forged' })
    }
    const event = JSON.parse(body.toString('utf8')) as Record<
      'merchant_id' | 'event_id' | 'type' | 'created_at',
      string
    >
    const seller = options.sellers.get(event.merchant_id)
    if (seller === undefined) return { status: 'received' }
    const headers = JSON.stringify({ 'content-type': request.headers['content-type'] })
    const { tenantId, connectionId } = seller
    const row = [
      tenantId,
      connectionId,
      event.event_id,
      newId(),
      event.type,
      event.created_at,
      new Date(),
      headers,
      body,
    ]
    await pool.query({ ...INSERT, values: row })
    return { status: 'received' }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url: `${url}/webhooks`,
    async close() {
      await app.close()
      await pool.end()
    },
  }
}
