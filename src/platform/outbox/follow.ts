import { Fault } from '#kernel/fault.ts'
import type { TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { lockCursor, moveCursor, recordFailure, registerFollower } from './cursors.ts'
import type { OutboxEvent } from './event.ts'
import { listAllNews, listFreshNews } from './news.ts'
import { readEvents } from './read.ts'

// Durable followers. For each tenant with news, one transaction as that tenant: lock the cursor, read the next lines,
// handle them, move the cursor. What the handler writes in that transaction therefore happens exactly once, in the
// tenant's order, whoever is killed when. What it does outside the database may happen twice: it should not do any.
//
//   idle → ready → running → idle            no more lines
//                          → ready           more lines, or news came meanwhile
//                          → ready, later    another process holds the cursor
//                          → idle            failed: the cursor stays, `retry_at` says when `tick` takes it up again

export type Follower = {
  /** Stored with its cursors: renaming a follower makes a new one. */
  readonly name: string
  /** Only events of these types; all when left out. */
  readonly types?: readonly string[]
  /** Where it begins the first time that it ever runs; `beginning` when left out. */
  readonly from?: 'beginning' | 'head'
  /** Most events handed over at once. */
  readonly batchMax?: number
  /** Inside one transaction of the tenant, which is begun anew after a deadlock: writes to the database and nothing else. */
  handle(tx: Tx, events: readonly OutboxEvent[]): Promise<void>
  /** Once its transaction is committed: to wake whoever works on what it wrote. A killed process never says so. */
  committed?(tenantId: TenantId, events: readonly OutboxEvent[]): void
}

export type FollowerTrouble = {
  readonly follower: string
  readonly tenantId: TenantId
  /** The handler failed on the line after this one, or on one of the lines shortly after it. */
  readonly afterSeq: number
  readonly failures: number
  /** True from the `STUCK_AFTER`th failure in a row: by now a person should look. The line is never skipped. */
  readonly stuck: boolean
  readonly retryAt: Instant
  readonly error: unknown
}

export type FollowersOptions = {
  readonly database: Database
  readonly clock: Clock
  /** Most transactions of followers at once in this process. */
  readonly workersMax: number
  readonly report: (trouble: FollowerTrouble) => void
  readonly say: (message: string, detail?: Record<string, unknown>) => void
}

export type Followers = {
  add(follower: Follower): Promise<void>
  /** News of a tenant. `types` of what came, when known: a follower that wants none of them can wait for `tick`. */
  wake(tenantId: TenantId, types: ReadonlySet<string> | null): void
  /** Takes up what was missed and what is due again. Answers when it is known, not when it is done. */
  tick(now: Instant): Promise<void>
  /** Answers when nothing is ready and nothing runs. */
  idle(): Promise<void>
  /** Lets what runs come to its end and begins nothing new. */
  stop(): Promise<void>
}

const BATCH_MAX = 200
export const STUCK_AFTER = 5
const BUSY_RETRY_MS = 50
// Every so many ticks all cursors are looked at and not only what is fresh. Nothing should be found by it.
const SWEEP_TICKS = 60

type Outcome = 'done' | 'more' | 'busy'

type Handed = { batch: { readonly from: number; readonly to: number } | null; events: readonly OutboxEvent[] }

type Lane = {
  readonly follower: Follower
  readonly ready: Set<TenantId>
  /** Tenants being worked on, and whether news came meanwhile. */
  readonly running: Map<TenantId, boolean>
  /** Up to which line to go one at a time, because a batch with it failed: the good ones pass and the bad one is named. */
  readonly careful: Map<TenantId, number>
}

export function createFollowers(options: FollowersOptions): Followers {
  const { database, clock } = options
  const lanes: Lane[] = []
  const timers = new Set<NodeJS.Timeout>()
  const waiting: (() => void)[] = []
  let running = 0
  let stopped = false
  /** Everything that was committed before this was seen by a tick; null when the next one must look at all. */
  let horizon: string | null = null
  let ticks = 0

  function ready(lane: Lane, tenantId: TenantId): void {
    if (lane.running.has(tenantId)) lane.running.set(tenantId, true)
    else lane.ready.add(tenantId)
  }

  /** The next lane with work; lanes take turns, so that a long backlog of one does not hold up the others. */
  function nextLane(): Lane | undefined {
    const index = lanes.findIndex((lane) => lane.ready.size > 0)
    const lane = lanes[index]
    if (lane) lanes.push(...lanes.splice(index, 1))
    return lane
  }

  function pump(): void {
    while (!stopped && running < options.workersMax) {
      const lane = nextLane()
      const [tenantId] = lane?.ready ?? []
      if (!lane || tenantId === undefined) break
      lane.ready.delete(tenantId)
      lane.running.set(tenantId, false)
      running++
      void step(lane, tenantId).then((outcome) => {
        running--
        const newsCame = lane.running.get(tenantId) === true
        lane.running.delete(tenantId)
        if (outcome === 'busy') later(lane, tenantId)
        else if (outcome === 'more' || newsCame) lane.ready.add(tenantId)
        pump()
      })
    }
    if (running === 0 && timers.size === 0 && (stopped || lanes.every((lane) => lane.ready.size === 0))) {
      for (const wakeUp of waiting.splice(0)) wakeUp()
    }
  }

  function later(lane: Lane, tenantId: TenantId): void {
    if (stopped) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      ready(lane, tenantId)
      pump()
    }, BUSY_RETRY_MS)
    timers.add(timer)
  }

  /** One batch of one tenant. Never throws. */
  async function step(lane: Lane, tenantId: TenantId): Promise<Outcome> {
    const { follower } = lane
    const handed: Handed = { batch: null, events: [] }
    try {
      const outcome = await database.tenant(tenantId, async (tx): Promise<Outcome> => {
        handed.batch = null
        handed.events = []
        const cursor = await lockCursor(tx, tenantId, follower.name)
        if (!cursor) return 'busy'
        if (cursor.retryAt !== null && cursor.retryAt > clock.now()) return 'done'
        const carefulTo = lane.careful.get(tenantId) ?? 0
        if (carefulTo <= cursor.seq) lane.careful.delete(tenantId)
        const limit = carefulTo > cursor.seq ? 1 : (follower.batchMax ?? BATCH_MAX)
        const page = await readEvents(tx, tenantId, { after: cursor.seq, limit, types: follower.types })
        if (page.through === cursor.seq) return 'done'
        if (page.events.length > 0) {
          handed.batch = { from: cursor.seq, to: page.through }
          handed.events = page.events
          await follower.handle(tx, page.events)
        }
        await moveCursor(tx, tenantId, follower.name, page.through, page.events.length > 0 ? 'durable' : 'lazy')
        return page.through < page.head ? 'more' : 'done'
      })
      if (handed.events.length > 0) follower.committed?.(tenantId, handed.events)
      return outcome
    } catch (error) {
      const { batch } = handed
      if (batch === null || isOutage(error)) {
        // Not the handler's doing. Nothing moved, and the next tick finds the lines again if it looks at all.
        horizon = null
        options.say(`The follower ${follower.name} could not read its events; it goes on in a moment.`, { error })
        return 'done'
      }
      lane.careful.set(tenantId, batch.to)
      await fail(follower, tenantId, batch.from, error)
      return 'done'
    }
  }

  async function fail(follower: Follower, tenantId: TenantId, afterSeq: number, error: unknown): Promise<void> {
    try {
      const failure = await database.tenant(tenantId, (tx) =>
        recordFailure(tx, tenantId, follower.name, { seq: afterSeq, now: clock.now(), error: describe(error) }),
      )
      if (!failure) return
      const stuck = failure.failures >= STUCK_AFTER
      options.report({ follower: follower.name, tenantId, afterSeq, stuck, error, ...failure })
    } catch (second) {
      horizon = null
      options.say(`A failure of the follower ${follower.name} could not be noted.`, { error, second })
    }
  }

  function idle(): Promise<void> {
    return new Promise((resolve) => {
      waiting.push(resolve)
      pump()
    })
  }

  return {
    async add(follower) {
      if (lanes.some((lane) => lane.follower.name === follower.name)) {
        throw new Error(`two followers are named ${follower.name}`)
      }
      // Known to the database first: a wake in between would set its cursors to the beginning.
      await database.system((tx) => registerFollower(tx, follower.name, follower.from ?? 'beginning', clock.now()))
      lanes.push({ follower, ready: new Set(), running: new Map(), careful: new Map() })
    },
    wake(tenantId, types) {
      for (const lane of lanes) if (wants(lane.follower, types)) ready(lane, tenantId)
      pump()
    },
    async tick(now) {
      if (lanes.length === 0 || stopped) return
      const byName = new Map(lanes.map((lane) => [lane.follower.name, lane]))
      const since = ticks++ % SWEEP_TICKS === 0 ? null : horizon
      const names = [...byName.keys()]
      // Set before the answer is in: who asks for a look at all meanwhile shall get it.
      horizon = since
      const news = await database.system((tx) =>
        since === null ? listAllNews(tx, names, now) : listFreshNews(tx, names, now, since),
      )
      if (horizon === since) horizon = news.horizon
      for (const { follower, tenantId } of news.found) {
        const lane = byName.get(follower)
        if (lane) ready(lane, tenantId)
      }
      pump()
    },
    idle,
    async stop() {
      stopped = true
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      await idle()
    },
  }
}

function wants(follower: Follower, types: ReadonlySet<string> | null): boolean {
  return types === null || follower.types === undefined || follower.types.some((type) => types.has(type))
}

function isOutage(error: unknown): boolean {
  return error instanceof Fault && (error.code === 'postgres.unreachable' || error.code === 'postgres.disk-full')
}

function describe(error: unknown): string {
  return error instanceof Fault ? `${error.code}: ${error.message}` : String(error)
}
