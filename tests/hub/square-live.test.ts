import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { square } from '#connectors/square/connector.ts'
import { currencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Clock, instant } from '#kernel/instant.ts'
import { zoneName } from '#kernel/zone.ts'
import { connect } from '#modules/connections/connect.ts'
import { findLive } from '#modules/connections/find-live.ts'
import { findSignIn, readCredentials } from '#modules/connections/sign-in-check.ts'
import { openTestDesk, type TestDesk } from '#modules/connections/test-desk.ts'
import { createDeliveries, type Deliveries } from '#modules/intake/deliveries/deliveries.ts'
import { webhookRoutes } from '#modules/intake/deliveries/routes.ts'
import { createDueReader, type DueReader } from '#modules/intake/sync/due-reader.ts'
import { syncMeter } from '#modules/intake/sync/syncing.ts'
import { createIdempotencyStore } from '#platform/http/idempotency.ts'
import { createServer } from '#platform/http/server.ts'
import { SILENT_LOG } from '#platform/telemetry/log.ts'
import { createMetrics } from '#platform/telemetry/metrics.ts'
import { type RunningSquare, startSquare } from '#simulators/square/simulate.ts'
import { StageClock } from '#simulators/stage/clock.ts'
import { shopOf } from '#simulators/trade/shop.ts'
import { useDatabase } from '#tests/harness/database.ts'
import { freePort, until } from '#tests/harness/hub.ts'
import { makeTenant } from '#tests/harness/tenant.ts'

// From the till's drawer to the dashboard: the simulated provider sells and tells, over real HTTP, and what stands in the
// mirror is held against its books. No sync runs here: what was told and what was asked for by name must be enough.

const db = useDatabase()
const stage = new StageClock({ at: Date.parse('2026-11-20T10:00:00Z'), frozen: true })
const clock: Clock = { now: () => instant(Math.floor(stage.now())) }
let provider: RunningSquare
let hub: TestDesk
let server: FastifyInstance
let deliveries: Deliveries
let dueReader: DueReader
let tenantId: TenantId
let connectionId: Id
const troubles: unknown[] = []

beforeAll(async () => {
  // Offline tills upload days later, and what is sold for nothing is told to nobody: both are the nightly sync's.
  const sellers = [{ shop: shopOf('cafe'), country: 'IE', habits: { exchanges: 0, offline: 0 } }]
  provider = await startSquare({ clock: stage, rateLimit: null, sellers })
  const port = await freePort()
  const publicBase = new URL(`http://127.0.0.1:${port}`)
  hub = openTestDesk({
    database: db.database,
    connector: square,
    urls: { production: provider.baseUrl, sandbox: provider.baseUrl },
    clock,
    publicBase: publicBase.href,
  })
  const { desk } = hub
  const metrics = createMetrics()
  deliveries = createDeliveries({
    ...desk,
    metrics,
    findLive: (ref) => db.database.tenant(ref.tenantId, (tx) => findLive(tx, desk.systems, ref)),
    signalled: async () => undefined,
    unplaced: async () => undefined,
  })
  dueReader = createDueReader(
    {
      ...desk,
      findConnection: (tx, ref) => findLive(tx, desk.systems, ref),
      isToldWell: async () => true,
      meter: syncMeter(metrics),
    },
    (error) => void troubles.push(error),
  )
  server = await createServer({
    routes: webhookRoutes(deliveries.receiver),
    authenticate: async () => null,
    resolveTenant: () => Promise.reject(new Error('only webhooks are served')),
    idempotency: createIdempotencyStore(db.database),
    log: SILENT_LOG,
    metrics,
    clock,
    publicBase,
    version: '0.0.0',
  })
  await server.listen({ port, host: '127.0.0.1' })
  tenantId = await makeTenant(db, 'dublin')
  connectionId = await connectShop()
})

afterAll(async () => {
  await server?.close()
  await deliveries?.stop()
  await dueReader?.stop()
  await hub?.close()
  await provider?.close()
  stage.close()
})

async function connectShop(): Promise<Id> {
  const { live } = square
  if (live === undefined) throw new Error('the connector is live')
  const { access_token } = provider.credentials
  const credentials = readCredentials(live, { access_token })
  const given = { posSystem: 'square', live, environment: 'production', credentials, application: null } as const
  const found = await findSignIn(hub.desk, given, clock.now())
  const defaults = { timeZone: zoneName('Europe/Dublin'), currency: currencyCode('EUR'), closeOutMinutes: 0 }
  const by = { tenantId, defaults, actor: 'key:test', requestId: null, now: clock.now() }
  const draft = { name: 'Till', locations: 'all', backfillFrom: null, webhooks: true } as const
  const fresh = { credentials, from: 'person', expiresAt: null, refreshExpiresAt: null, refreshDueAt: null } as const
  const made = await connect(hub.desk, by, given, found, draft, fresh)
  return made.id
}

const waiting = () => db.query("select type, code from pos.webhook_logs where outcome = 'received'")

/** Lets so much time pass that retries, fees and refunds come, and everything that was told is worked at. */
async function passes(seconds: number, stepSeconds = 5): Promise<void> {
  for (let passed = 0; passed < seconds; passed += stepSeconds) {
    await stage.advance(stepSeconds * 1_000)
    await provider.idle()
    await deliveries.tick(clock.now())
    await dueReader.tick(clock.now())
    await dueReader.idle()
  }
  await until(
    'the end of what was told',
    async () => {
      // A breaker that has opened counts the machine's time and not the stage's.
      await stage.advance(20_000)
      await deliveries.tick(clock.now())
      return waiting()
    },
    (rows) => rows.length === 0,
  )
}

async function ours() {
  const [sales] = await db.query<Record<'total' | 'tip' | 'refunded', string>>(
    `select coalesce(sum(total), 0) as total, coalesce(sum(tip), 0) as tip, coalesce(sum(refunded), 0) as refunded
     from pos.daily_sales where connection_id = $1`,
    [connectionId],
  )
  const tenders = await db.query<{ tender: string; amount: string }>(
    'select tender, sum(amount) as amount from pos.daily_tenders where connection_id = $1 group by 1 having sum(amount) <> 0',
    [connectionId],
  )
  // The simulator's books know no vouchers: what Square calls external is all one to them.
  const byTender: Record<string, number> = {}
  for (const { tender, amount } of tenders) {
    const name = tender === 'voucher' ? 'other' : tender
    byTender[name] = (byTender[name] ?? 0) + Number(amount)
  }
  return { total: Number(sales?.total), tip: Number(sales?.tip), refunded: Number(sales?.refunded), byTender }
}

function theirs() {
  const [books] = provider.books()
  if (books === undefined) throw new Error('something was sold')
  const tenders = Object.entries(books.by_tender).filter(([, { amount }]) => amount !== 0)
  const byTender = Object.fromEntries(tenders.map(([tender, { amount }]) => [tender, amount]))
  return { total: books.total, tip: books.tip, refunded: books.refunds.amount, byTender }
}

describe('every sale that is told stands in the mirror', () => {
  test('to the cent, by tender, with its refunds, over days of trade', async () => {
    provider.sell({ from: '2026-11-20T10:05:00Z', to: '2026-11-23T10:00:00Z', count: 200 })
    await passes(3 * 86_400, 1_800)
    expect(theirs().refunded).toBeGreaterThan(0)
    expect(troubles).toEqual([])
    expect(await ours()).toEqual(theirs())
    const failed = await db.query("select type, code, say from pos.webhook_logs where outcome = 'failed'")
    expect(failed).toEqual([])
  })

  test.each([
    ['doubled', 'duplicate-delivery', 0.5, 5],
    ['reordered', 'reordered-delivery', 0.6, 40],
    ['told before it can be read', 'early-event', 0.5, 3],
    ['told with lines that come later', 'thin-event', 0.5, 6],
    ['forged by somebody else in between', 'forged-delivery', 0.3, 0],
  ])('though deliveries are %s', async (_, name, rate, value) => {
    provider.fault({ name, on: true, rate, seed: 'live', ...(value === 0 ? {} : { value }) })
    provider.sell({ count: 40, per_second: 4 })
    await passes(120)
    provider.fault({ name, on: false })
    await passes(60)
    expect(troubles).toEqual([])
    expect(await ours()).toEqual(theirs())
  })

  test('though the provider cannot be asked for a while', async () => {
    provider.fault({ name: 'server-error', on: true, rate: 1, calls: ['orders'] })
    provider.sell({ count: 10, per_second: 5 })
    await stage.advance(5_000)
    await provider.idle()
    await until('they wait', waiting, (rows) => rows.some(({ code }) => code === 'webhook.provider-away'))
    provider.fault({ name: 'server-error', on: false })
    await passes(300)
    expect(await ours()).toEqual(theirs())
  })
})

test('what is kept of them lies sealed', async () => {
  const bodies = await db.query<{ body: Buffer }>(
    'select body from pos.webhook_logs union all select body from pos.source_records',
  )
  expect(bodies.length).toBeGreaterThan(100)
  for (const { body } of bodies) expect(body.includes('amount_money')).toBe(false)
})
