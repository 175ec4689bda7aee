import { Fault } from '#kernel/fault.ts'
import { newId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Endpoints } from '#modules/connections/endpoints.ts'
import type { Database } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import type { Metrics } from '#platform/telemetry/metrics.ts'
import { createConsumer } from './consume.ts'
import type { ClaimedDelivery, NewDelivery } from './delivery.ts'
import { createGroupCommit } from './group-commit.ts'
import { deliveryMetrics } from './metrics.ts'
import { createReceiver, notKeptNow, type Receiver } from './receive.ts'
import { type Accepted, type Claimer, insertDeliveries } from './store-deliveries.ts'
import type { WorkDesk } from './work.ts'

// Deliveries from the door to the mirror. What this process received it works at itself, at once and with what it already
// has in hand: the row is claimed in the very commit that stores it. What another process left, what was put off and what
// there was no room for is found by `tick`.

export type DeliveriesOptions = Pick<WorkDesk, 'findLive' | 'signalled' | 'unplaced' | 'converse' | 'vault'> & {
  /** Whose commits wake the followers of the outbox. */
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Pick<Metrics, 'counter' | 'histogram'>
  readonly endpoints: Endpoints
  readonly publicBase: URL
  /** Deliveries are received and left to another process. */
  readonly receiveOnly?: boolean
  /** The machine's time, for what is remembered and renewed; a business clock may stand still or jump. */
  readonly monotonicMs?: () => number
  /** Whether something goes on in this process that deliveries should let go first. */
  hasUrgent?(): boolean
}

export type Deliveries = {
  readonly receiver: Receiver
  /** Claims what is due and renews what is held. To be called every second. */
  tick(now: Instant): Promise<void>
  /** Works at nothing new, and answers when what is under way is done. What waits is found by the next process. */
  stop(): Promise<void>
}

/** A process that dies leaves its deliveries alone for so long before another takes them up. */
export const LEASE_MS = 15_000

// Groups are small enough that the next is read while the database writes the last. Up to some dozen events wait rather
// for the write that is under way than have one of their own beside it: a wait for the disk is dear, and so is a statement.
const GROUP_COMMIT = { itemsMax: 64, writesMax: 2, besideMin: 32, waitingMax: 20_000 } as const
/** Providers wait for ten seconds, and then send again. */
const PATIENCE_MS = 8_000

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { database, endpoints, vault, publicBase } = options
  const metrics = deliveryMetrics(options.metrics)
  const claimer: Claimer = { id: newId(), leaseMs: LEASE_MS }
  const consumer = createConsumer({ ...options, metrics, claimer })

  async function write(deliveries: readonly NewDelivery[]): Promise<readonly Accepted[]> {
    // Where there is no room, nothing is claimed: another process may have some.
    const claiming = options.receiveOnly !== true && consumer.hasRoomFor(deliveries.length) ? claimer : null
    const accepted = await insertDeliveries(database, deliveries, claiming)
    if (claiming !== null) {
      consumer.take(deliveries.flatMap((one, index) => (accepted[index] === 'stored' ? claimedNow(one) : [])))
    }
    return accepted
  }

  const committer = createGroupCommit<NewDelivery, Accepted>({
    ...GROUP_COMMIT,
    write,
    isOutage: (error) => error instanceof Fault && error.kind === 'unavailable',
    patienceMs: PATIENCE_MS,
    refusal: notKeptNow,
  })

  return {
    receiver: createReceiver({ endpoints, vault, publicBase, committer, metrics }),
    tick: async (now) => {
      if (options.receiveOnly !== true) await consumer.tick(now)
    },
    async stop() {
      await committer.stop()
      await consumer.stop()
    },
  }
}

/** As the row now stands, without asking for it. */
function claimedNow(delivery: NewDelivery): ClaimedDelivery[] {
  const { tenantId, connectionId, posSystem, id, eventKey, receivedAt, reading, ending } = delivery
  if (reading === null || ending !== null) return []
  return [
    {
      tenantId,
      connectionId,
      posSystem,
      id,
      eventKey,
      receivedAt,
      claimNo: 1,
      attempts: 1,
      again: false,
      content: { reading },
    },
  ]
}
