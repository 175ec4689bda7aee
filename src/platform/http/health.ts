import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { Database } from '#platform/postgres/database.ts'
import { readMigrations } from '#platform/postgres/migrate.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { httpFault } from './problem.ts'

// /healthz says that the process lives, and asks nobody else: a supervisor that restarts on it must not do so because
// the database is away. /readyz says whether work can be taken, and why not. /metrics is for one's own scraper.

/** Null when this part can do its work, else why not, in a sentence. */
export type Probe = () => Promise<string | null>

const PROBE_TIMEOUT_MS = 2000

export type HealthOptions = {
  readonly probes: Readonly<Record<string, Probe>>
  readonly metrics: Metrics
  readonly metricsToken: string | null
  readonly publicBase: URL
}

export function addHealth(app: FastifyInstance, options: HealthOptions): void {
  app.get('/healthz', async () => ({ status: 'ok' }))

  app.get('/readyz', async (_request, reply) => {
    const outcomes = await Promise.all(
      Object.entries(options.probes).map(async ([name, probe]) => [name, await ask(probe)] as const),
    )
    const reasons = Object.fromEntries(outcomes.filter(([, reason]) => reason !== null))
    const ready = Object.keys(reasons).length === 0
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      checks: Object.fromEntries(outcomes.map(([name, reason]) => [name, reason === null ? 'ok' : 'failed'])),
      ...(ready ? {} : { reasons }),
    })
  })

  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(request, options)) throw httpFault(403, 'http.metrics-closed')
    const text = await options.metrics.text()
    return reply.type(text.contentType).send(text.body)
  })
}

/** Whether the database answers, and whether it holds exactly the migrations that this program knows. */
export function databaseProbes(database: Database): Readonly<Record<'database' | 'migrations', Probe>> {
  let known: Promise<readonly number[]> | undefined
  return {
    database: async () => {
      await database.system((tx) => sql`select 1`.execute(tx))
      return null
    },
    migrations: async () => {
      known ??= readMigrations().then((steps) => steps.map((step) => step.id))
      const ours = await known
      const { rows } = await database
        .pool('tillwire_owner')
        .query<{ id: number }>('select id from hub.schema_migrations')
      const applied = new Set(rows.map((row) => row.id))
      const missing = ours.filter((id) => !applied.has(id))
      if (missing.length > 0) return `${missing.length} migrations have not been applied yet.`
      return applied.size > ours.length ? 'The database was changed by a newer version of this program.' : null
    },
  }
}

async function ask(probe: Probe): Promise<string | null> {
  const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS)
  const late = new Promise<string>((resolve) => {
    timeout.addEventListener('abort', () => resolve(`No answer within ${PROBE_TIMEOUT_MS} ms.`), { once: true })
  })
  try {
    return await Promise.race([probe(), late])
  } catch (error) {
    // A fault's sentence is written for people; anything else may hold addresses and names of the inside.
    return error instanceof Error && error.name === 'Fault' ? error.message : 'It failed; the log holds the cause.'
  }
}

/**
 * The token, or this very machine as long as the hub has no public address: behind a proxy on the same machine every
 * request of the world comes from the loopback, and not every proxy says whom it speaks for.
 */
function mayReadMetrics(request: FastifyRequest, options: HealthOptions): boolean {
  const shown = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (shown !== undefined) return options.metricsToken !== null && sameSecret(shown, options.metricsToken)
  const { headers, socket } = request.raw
  const forwarded = headers['x-forwarded-for'] ?? headers.forwarded ?? headers['x-real-ip'] ?? headers.via
  return (
    forwarded === undefined && isLoopback(socket.remoteAddress ?? '') && isLoopbackName(options.publicBase.hostname)
  )
}

function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.endsWith('.localhost') || /^127(?:\.\d+){3}$/.test(host)
}
