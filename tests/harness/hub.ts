import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { firstSite } from '#app/compose.ts'
import { type RunningHub, startHub } from '#app/hub.ts'
import { readSettings, type Settings } from '#app/settings.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { createTenant } from '#modules/access/access.ts'
import { createApiKey } from '#modules/access/keys.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { type TestDatabase, useDatabase } from './database.ts'

// A whole hub for one test file, as `tillwire start` composes it, on a database of the file's own and a free port.

export type Shop = {
  readonly tenant: Tenant
  /** A key that reaches everywhere in the tenant. */
  readonly key: string
  /** Another key, with these scopes. */
  keyWith(...scopes: string[]): Promise<{ readonly id: string; readonly secret: string }>
}

export type Asking = {
  readonly method?: string
  readonly key?: string
  readonly cookie?: string
  readonly origin?: string
  /** X-Tenant-ID. */
  readonly tenant?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: string | Uint8Array
}

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body read as JSON; null where it is none. */
  readonly json: Readonly<Record<string, unknown>> | null
}

export type TestHub = {
  readonly db: TestDatabase
  readonly running: RunningHub
  readonly url: URL
  /** What a command needs to reach the same database. */
  readonly env: Readonly<Record<string, string>>
  ask(path: string, asking?: Asking): Promise<Answer>
  openShop(slug: string, traits?: { readonly currency?: string; readonly timeZone?: string }): Promise<Shop>
  /** Makes the first owner by the set-up link, as a person would; once per hub. */
  setUpOwner(): Promise<Owner>
}

export type Owner = {
  readonly cookie: string
  readonly email: string
  readonly password: string
  readonly tenant: string
}

export const systemClock: Clock = { now: () => Date.now() as Instant }

export function useHub(changes: Partial<Settings> = {}, clock: Clock = systemClock): TestHub {
  const db = useDatabase()
  const rootKey = randomBytes(32).toString('base64')
  let running: RunningHub | undefined
  let dataDir = ''

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'tillwire-hub-'))
    const port = await freePort()
    const settings: Settings = {
      ...readSettings({}),
      port,
      publicUrl: new URL(`http://127.0.0.1:${port}`),
      dataDir,
      databaseUrl: db.url,
      rootKey,
      logLevel: 'silent',
      ...changes,
    }
    running = await startHub({ settings, kind: 'live', log: SILENT_LOG, clock })
  })

  afterAll(async () => {
    await running?.stop()
    await rm(dataDir, { recursive: true, force: true })
  })

  const hub = (): RunningHub => {
    if (!running) throw new Error('the hub is there from the first test on, not before')
    return running
  }

  return {
    db,
    get running() {
      return hub()
    },
    get url() {
      return hub().url
    },
    get env() {
      return { DATABASE_URL: db.url, TILLWIRE_ROOT_KEY: rootKey }
    },
    ask: (where, asking) => askAt(hub().url, where, asking),
    async openShop(slug, traits = {}) {
      const { database } = hub().storage
      const tenant = await createTenant(
        database,
        {
          slug,
          name: slug,
          currency: currencyCode(traits.currency ?? 'EUR'),
          timeZone: zoneName(traits.timeZone ?? 'Europe/Berlin'),
          closeOutMinutes: 0,
          kind: 'live',
        },
        clock,
        firstSite,
      )
      const keyWith = async (...scopes: string[]) => {
        const wanted = { name: scopes.join(' '), scopes, createdBy: 'hub:test' }
        const made = await database.tenant(tenant.id, (tx) => createApiKey(tx, tenant, wanted, clock.now()))
        return { id: made.key.id, secret: made.secret }
      }
      return { tenant, key: (await keyWith('*:admin')).secret, keyWith }
    },
    async setUpOwner() {
      const link = hub().setUpLink
      if (link === null) throw new Error('the hub already has an owner')
      const token = new URL(link).hash.replace('#token=', '')
      const [email, password] = ['ada@bakery.example', 'a loaf of rye at dawn']
      const answer = await askAt(hub().url, '/api/v1/auth/set-up', {
        method: 'POST',
        json: {
          token,
          name: 'Ada',
          email,
          password,
          tenant: { name: 'Bakery', slug: 'bakery', currency: 'EUR', time_zone: 'Europe/Berlin' },
        },
      })
      if (answer.status !== 201) throw new Error(`set-up answered ${answer.status}: ${answer.text}`)
      const cookie = answer.headers
        .getSetCookie()
        .map((line) => line.split(';', 1)[0] ?? '')
        .join('; ')
      return { cookie, email, password, tenant: 'bakery' }
    },
  }
}

export async function askAt(base: URL, where: string, asking: Asking = {}): Promise<Answer> {
  const headers: Record<string, string> = { ...asking.headers }
  if (asking.key !== undefined) headers['x-api-key'] = asking.key
  if (asking.cookie !== undefined) headers.cookie = asking.cookie
  if (asking.origin !== undefined) headers.origin = asking.origin
  if (asking.tenant !== undefined) headers['x-tenant-id'] = asking.tenant
  if (asking.json !== undefined) headers['content-type'] = 'application/json'
  const body = asking.json === undefined ? asking.body : JSON.stringify(asking.json)
  const response = await fetch(new URL(where, base), {
    method: asking.method ?? 'GET',
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Blob([new Uint8Array(body)]) }),
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  // A stream of events has no end to wait for; that it began is the answer.
  if (isStream) await response.body?.cancel()
  const text = isStream ? '' : await response.text()
  return { status: response.status, headers: response.headers, text, json: objectOf(text) }
}

/** The rows of a list as it was answered; none where it was refused. */
export function rowsOf<Row>(answer: Answer): readonly Row[] {
  const rows = answer.json?.data
  return Array.isArray(rows) ? (rows as Row[]) : []
}

/** Asks until the answer holds, and says what was seen last when it never does. */
export async function until<T>(
  what: string,
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  patienceMs = 30_000,
): Promise<T> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    const seen = await look()
    if (holds(seen)) return seen
    if (performance.now() > giveUpAt) throw new Error(`${what} did not come about; last seen: ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Waits for an upload to have come to its end, whichever it is. */
export function importEnds(
  base: URL,
  shop: Pick<Shop, 'key'> & { readonly tenant: { readonly slug: string } },
  id: string,
  patienceMs = 60_000,
) {
  return until(
    `the end of import ${id}`,
    async () => (await askAt(base, `/api/v1/tenants/${shop.tenant.slug}/imports/${id}`, { key: shop.key })).json,
    (seen) => seen?.state === 'done' || seen?.state === 'failed',
    patienceMs,
  )
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port)
        else reject(new Error('no port was given out'))
      })
    })
  })
}

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
