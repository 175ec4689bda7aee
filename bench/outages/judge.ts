import { setTimeout as sleep } from 'node:timers/promises'
import { brokenInvariants, differences, hubBooks } from './books.ts'
import { explain } from './explain.ts'
import { merchantOf, type World } from './world.ts'

// What is true when the trouble is over: both books are equal, nothing stands twice, and nothing was left behind half done.

export type Judgement = {
  /** Sales in the provider's books. */
  readonly sales: number
  readonly deliveries: { readonly sent: number; readonly taken: number; readonly repeats: number }
  readonly differences: readonly string[]
  readonly broken: readonly string[]
  /** Real time from the end of the trouble to books that are equal; null: they never were. */
  readonly seconds_to_equal: number | null
}

export type Patience = {
  /** Real time to wait for equal books. */
  readonly seconds: number
  /** How long the world goes on after that, by its clock, before it is looked for what was left behind. */
  readonly quietHours: number
}

export async function judge(world: World, { seconds, quietHours }: Patience): Promise<Judgement> {
  const begunAt = performance.now()
  const first = await equalWithin(world, seconds)
  const took = performance.now() - begunAt
  const differences = first.length > 0 ? first : await equalAfterQuiet(world, quietHours, seconds)
  const { attempted, accepted } = world.provider.square.requests.counts().deliveries
  const [logs] = await world.query<{ repeats: string }>(
    'select coalesce(sum(repeats), 0) as repeats from pos.webhook_logs',
  )
  return {
    sales: world.provider.books().reduce((sum, { count }) => sum + count, 0),
    deliveries: { sent: attempted, taken: accepted, repeats: Number(logs?.repeats ?? 0) },
    differences: differences.length === 0 ? [] : [...differences, ...(await explain(world))],
    broken: [
      ...world.hubs.flatMap(({ falls }) => falls.map((text) => `a hub ended by itself: ${text}`)),
      ...(await brokenInvariants(world)),
      ...(quietHours > 0 ? await leftBehind(world) : []),
    ],
    seconds_to_equal: first.length > 0 ? null : Math.round(took / 100) / 10,
  }
}

/** Offline tills upload, refunds come, nights pass; the hub follows, and is equal again. */
async function equalAfterQuiet(world: World, hours: number, seconds: number): Promise<string[]> {
  if (hours === 0) return []
  for (let hour = 0; hour < hours; hour++) {
    await world.provider.clock.advance(3_600_000)
    // A look at what is due every second of real time: so each hour has one.
    await sleep(1_200)
  }
  return equalWithin(world, seconds)
}

/** What still differs after so long; nothing as soon as the books are equal. The clock goes on, so that what is due comes. */
export async function equalWithin(world: World, seconds: number): Promise<string[]> {
  const giveUpAt = performance.now() + seconds * 1_000
  for (;;) {
    const left = await compare(world)
    if (left.length === 0 || performance.now() > giveUpAt) return left
    await sleep(500)
    await world.provider.clock.advance(30_000)
  }
}

async function compare(world: World): Promise<string[]> {
  try {
    const hub = await hubBooks(world)
    return differences(world.provider.books({ merchant: merchantOf(world.provider) }), hub)
  } catch (error) {
    // PostgreSQL may just be coming back.
    return [error instanceof Error ? error.message : String(error)]
  }
}

/** After hours of quiet nothing waits any more but for people and banks, and nothing was given up. */
async function leftBehind(world: World): Promise<string[]> {
  const before = new Date(world.provider.clock.now() - 3_600_000).toISOString()
  const checks: Readonly<Record<string, string>> = {
    'a delivery waits for ever': `select type, attempts, code from pos.webhook_logs
      where outcome = 'received' and received_at < $1`,
    'a delivery failed': `select type, attempts, code from pos.webhook_logs where outcome = 'failed' and $1 <> ''`,
    'a due read goes in a circle': `select kind, reason, step, state from pos.due_reads
      where put_down_at < $1 and (state = 'given_up' or due_at < $1 or
        step > 6 and reason in ('missing', 'needed', 'lines_missing', 'payment_missing'))`,
    'a fact is quarantined': `select code, say from pos.source_subjects where state = 'quarantined' and $1 <> ''`,
    'a sync never ends': `select mode, state, error from pos.sync_logs
      where state not in ('done', 'cancelled', 'failed', 'partial') and started_at < $1`,
    'a sync failed': `select mode, state, error from pos.sync_logs where state in ('failed', 'partial') and $1 <> ''`,
    'a connection is not active': `select state from pos.configurations where state <> 'active' and $1 <> ''`,
  }
  const left: string[] = []
  for (const [say, text] of Object.entries(checks)) {
    const rows = await world.query(`${text} limit 3`, [before])
    if (rows.length > 0) left.push(`${say}: ${JSON.stringify(rows)}`)
  }
  return left
}
