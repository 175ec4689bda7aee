import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { ConnectionRef, LiveConnection } from '#modules/connections/live.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Kept } from '../records/kept.ts'
import type { ClaimedDelivery } from './delivery.ts'
import { createGroupCommit, type GroupCommit, type GroupCommitOptions } from './group-commit.ts'
import { createLanes } from './lanes.ts'
import { createLoadGauge } from './load.ts'
import { notKeptNow } from './receive.ts'
import { type Claimer, claimDue, renewClaims } from './store-deliveries.ts'
import { createTurns } from './turns.ts'
import { commitWorks, type Work, type WorkDesk, workAt } from './work.ts'

// The one consumer of deliveries in a process. It holds claims, keeps them alive, and hands what it holds to the lanes of
// the connections.

export type Consumer = {
  hasRoomFor(count: number): boolean
  /** Works at deliveries that were claimed with the commit that stored them. */
  take(deliveries: readonly ClaimedDelivery[]): void
  tick(now: Instant): Promise<void>
  stop(): Promise<void>
}

export type ConsumerOptions = Omit<WorkDesk, 'commit' | 'findLive'> & {
  readonly database: Database
  readonly clock: Clock
  readonly claimer: Claimer
  findLive(ref: ConnectionRef): Promise<LiveConnection | null>
  readonly monotonicMs?: () => number
  /** Whether something goes on in this process that deliveries should let go first. */
  hasUrgent?(): boolean
}

/** More in hand would only wait in memory instead of in the table. */
const HELD_MAX = 2_000
const CLAIM = { ofConnection: 50, all: 500 } as const
const LANES = { groupMax: 100, groupsOfLane: 4, groupsOfClass: 48, groupsOfAll: 64 } as const
/**
 * Transactions at once. More would take the pool and the processor from requests, and cost more altogether: what waits for
 * its turn goes together with what comes meanwhile, and twenty deliveries in a transaction cost a fifth of twenty alone.
 */
const WRITES_MAX = 2
/** Of one connection a transaction at a time: its tenant's outbox would make two of them wait for each other anyway. */
const TOGETHER: Omit<GroupCommitOptions<Work, Kept>, 'write'> = {
  isOutage: (error) => error instanceof Fault && error.kind === 'unavailable',
  itemsMax: 20,
  writesMax: 1,
  waitingMax: HELD_MAX,
  patienceMs: 120_000,
  refusal: notKeptNow,
}
const RENEW_EVERY_MS = 5_000
const REMEMBER_LIVE_MS = 1_000

export function createConsumer(options: ConsumerOptions): Consumer {
  const { database, claimer, monotonicMs = () => performance.now() } = options
  const desk: WorkDesk = {
    ...options,
    findLive: remembering(options.findLive, monotonicMs),
    commit: (work) => committerOf(work.connection.id).commit(work),
  }
  const turns = createTurns(WRITES_MAX)
  const load = createLoadGauge(options.hasUrgent ?? (() => false))
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const waitMs = load.gatherMs()
    if (waitMs > 0) await pause(waitMs)
    return turns(work)
  }
  // One for each connection that had news since the process began.
  const committers = new Map<Id, GroupCommit<Work, Kept>>()

  function committerOf(id: Id): GroupCommit<Work, Kept> {
    const made =
      committers.get(id) ?? createGroupCommit({ ...TOGETHER, inTurn, write: (works) => commitWorks(desk, works) })
    committers.set(id, made)
    return made
  }

  const lanes = createLanes<ClaimedDelivery>({
    ...LANES,
    work: (lane, deliveries) => workAt(desk, refOf(lane.name), deliveries),
  })
  let renewedAt = monotonicMs()
  let stopped = false

  function take(deliveries: readonly ClaimedDelivery[]): void {
    for (const [name, some] of Map.groupBy(deliveries, laneName)) {
      lanes.put({ name, class: some[0]?.posSystem ?? '' }, some)
    }
  }

  async function renew(now: Instant): Promise<void> {
    if (monotonicMs() - renewedAt < RENEW_EVERY_MS) return
    renewedAt = monotonicMs()
    const ids = lanes.held().map(({ id }) => id)
    await database.system((tx) => renewClaims(tx, claimer, ids, now))
  }

  async function claim(now: Instant): Promise<void> {
    const room = HELD_MAX - lanes.size
    if (stopped || room <= 0) return
    const most = { ...CLAIM, all: Math.min(room, CLAIM.all) }
    take(await database.system((tx) => claimDue(tx, claimer, now, most)))
  }

  return {
    hasRoomFor: (count) => !stopped && lanes.size + count <= HELD_MAX,
    take,
    async tick(now) {
      await renew(now)
      await claim(now)
    },
    async stop() {
      stopped = true
      await lanes.stop()
    },
  }
}

const laneName = ({ tenantId, connectionId }: ClaimedDelivery) => `${tenantId} ${connectionId}`

function refOf(name: string): ConnectionRef {
  const [tenantId, id] = name.split(' ')
  return { tenantId: tenantId as TenantId, id: id as Id }
}

/** Connections change seldom and are asked for with every group. */
function remembering(
  find: ConsumerOptions['findLive'],
  monotonicMs: () => number,
): (ref: ConnectionRef) => Promise<LiveConnection | null> {
  const remembered = new Map<Id, { readonly until: number; readonly found: Promise<LiveConnection | null> }>()
  return (ref) => {
    const known = remembered.get(ref.id)
    if (known !== undefined && known.until > monotonicMs()) return known.found
    const found = find(ref)
    const fresh = { until: monotonicMs() + REMEMBER_LIVE_MS, found }
    if (remembered.size >= REMEMBERED_MAX) remembered.clear()
    remembered.set(ref.id, fresh)
    found.catch(() => {
      if (remembered.get(ref.id) === fresh) remembered.delete(ref.id)
    })
    return found
  }
}

const REMEMBERED_MAX = 10_000
