import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { instant } from '#kernel/instant.ts'
import { appendEvents } from '#platform/outbox/append.ts'
import { type Outbox, openOutbox } from '#platform/outbox/outbox.ts'
import { openDatabase } from '#platform/postgres/database.ts'
import { startEmbedded } from '#platform/postgres/embedded.ts'
import { migrate } from '#platform/postgres/migrate.ts'
import { createTicker } from '#platform/queue/ticker.ts'

// From the commit of an event to the moment that a durable follower is handed it, under a steady stream of events of
// many tenants, each in a transaction of its own, on a server that syncs every commit to the disk.

export type OutboxBenchOptions = {
  readonly eventsPerSecond?: number
  readonly tenants?: number
  readonly seconds?: number
  /** Tenants without news, which every tick has to look past. */
  readonly quietTenants?: number
}

export type OutboxBenchResult = {
  readonly bench: 'outbox'
  readonly events_per_second: number
  readonly tenants: number
  readonly quiet_tenants: number
  readonly events: number
  /** Commit to follower. */
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
  readonly target_p99_ms: number
  /** An append with nothing else going on, begin to commit, in the same run. */
  readonly lone_commit_p99_ms: number
  /** An append under the load, begin to commit. */
  readonly write_p99_ms: number
  readonly tick_p50_ms: number
  readonly reached: boolean
}

const TARGET_P99_MS = 20
const FOLLOWER = 'bench'

export async function run(options: OutboxBenchOptions = {}): Promise<OutboxBenchResult> {
  const rate = options.eventsPerSecond ?? 500
  const seconds = options.seconds ?? 20
  const quietTenants = options.quietTenants ?? 10_000
  const tenants = Array.from({ length: options.tenants ?? 20 }, () => newId() as TenantId)
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tillwire-bench-'))
  await chmod(dataDir, 0o711)
  const server = await startEmbedded({ dataDir })
  const database = openDatabase({ url: server.url, connectionsMax: 16 })
  const clock = { now: () => instant(Date.now()) }
  const handledAt = new Map<Id, number>()
  const outbox = openOutbox({ database, clock })
  outbox.follow({
    name: FOLLOWER,
    handle: async (_, events) => {
      const at = performance.now()
      for (const event of events) handledAt.set(event.id, at)
    },
  })
  const tickMs: number[] = []
  const ticker = createTicker(clock, [
    {
      name: 'outbox',
      everyMs: 1_000,
      run: async (now) => {
        const begunAt = performance.now()
        await outbox.tick(now)
        tickMs.push(performance.now() - begunAt)
      },
    },
  ])
  try {
    await migrate(server.url)
    await addQuietTenants(server, quietTenants)
    const lone = await loneCommits(database, newId() as TenantId)
    await outbox.start()
    ticker.start()
    await load(outbox, tenants, rate, 1)
    handledAt.clear()
    const written = await load(outbox, tenants, rate, seconds)
    await outbox.idle()
    const waits = [...written.committedAt].map(([id, at]) => Math.max(0, (handledAt.get(id) ?? Number.NaN) - at))
    if (waits.some(Number.isNaN)) throw new Error('an event never reached the follower')
    const p99 = quantile(waits, 0.99)
    return {
      bench: 'outbox',
      events_per_second: rate,
      tenants: tenants.length,
      quiet_tenants: quietTenants,
      events: waits.length,
      p50_ms: quantile(waits, 0.5),
      p99_ms: p99,
      max_ms: quantile(waits, 1),
      target_p99_ms: TARGET_P99_MS,
      lone_commit_p99_ms: quantile(lone, 0.99),
      write_p99_ms: quantile(written.tookMs, 0.99),
      tick_p50_ms: quantile(tickMs, 0.5),
      reached: p99 <= TARGET_P99_MS,
    }
  } finally {
    await ticker.stop()
    await outbox.stop()
    await database.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const saleRecorded = () => ({
  id: newId(),
  type: 'sale.recorded',
  subject: 'sale/0197f0a0-0000-7000-8000-000000000000',
  occurredAt: instant(Date.now()),
  actor: 'connection/0197f0a0-0000-7000-8000-000000000001',
  data: { gross: '12.50', currency: 'EUR', items: 3 },
})

async function load(
  outbox: Outbox,
  tenants: readonly TenantId[],
  rate: number,
  seconds: number,
): Promise<{ readonly committedAt: ReadonlyMap<Id, number>; readonly tookMs: readonly number[] }> {
  const committedAt = new Map<Id, number>()
  const tookMs: number[] = []
  const write = async (tenantId: TenantId) => {
    const event = saleRecorded()
    const begunAt = performance.now()
    await outbox.database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, [event]))
    const at = performance.now()
    committedAt.set(event.id, at)
    tookMs.push(at - begunAt)
  }
  const writes: Promise<void>[] = []
  const begunAt = performance.now()
  for (let sent = 0; sent < rate * seconds; sent++) {
    // Sent when its time has come, whether or not earlier ones are done: a slow database does not slow the load down.
    const aheadMs = begunAt + (sent * 1_000) / rate - performance.now()
    if (aheadMs > 0) await sleep(aheadMs)
    const tenantId = tenants[Math.floor(Math.random() * tenants.length)]
    if (tenantId) writes.push(write(tenantId))
  }
  await Promise.all(writes)
  return { committedAt, tookMs }
}

async function loneCommits(database: Outbox['database'], tenantId: TenantId): Promise<readonly number[]> {
  const tookMs: number[] = []
  for (let count = 0; count < 600; count++) {
    const begunAt = performance.now()
    await database.tenant(tenantId, (tx) => appendEvents(tx, tenantId, [saleRecorded()]))
    tookMs.push(performance.now() - begunAt)
  }
  return tookMs.slice(100)
}

async function addQuietTenants(server: { readonly superuserUrl: string }, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: server.superuserUrl.replace('/postgres?', '/tillwire?') })
  await client.connect()
  await client.query(
    `with made as (
       insert into hub.outbox_heads (tenant_id, seq, appended_by)
       select gen_random_uuid(), 7, pg_current_xact_id() from generate_series(1, $1::integer) returning tenant_id, seq
     )
     insert into hub.outbox_cursors (tenant_id, follower, seq) select tenant_id, $2, seq from made`,
    [count, FOLLOWER],
  )
  await client.query('analyze hub.outbox_heads, hub.outbox_cursors')
  await client.end()
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return Math.round(value * 100) / 100
}

if (import.meta.main) console.log(JSON.stringify(await run()))
