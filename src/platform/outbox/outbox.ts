import type { TenantId } from '#kernel/ids.ts'
import type { Clock, Instant } from '#kernel/instant.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import { appendedIn } from './append.ts'
import { createFollowers, type Follower, type FollowerTrouble } from './follow.ts'
import { type Notifier, startNotifier } from './notifier.ts'
import { createTails, type Tail, type TailOptions } from './tail.ts'

// The ordered log of everything that others may react to. Whoever changes something appends a line in the same
// transaction; whoever must react follows. Nobody gets called.
//
//   tenant transaction ─ appendEvents ─ commit ─┬─ wake own followers and tails        at once
//                                               ├─ notify other processes              milliseconds later
//                                               └─ tick: whatever was missed           within a second
//
// The wake hangs on `outbox.database`: it watches its own transactions for appended lines, so that no module has to
// remember it. A transaction of another Database appends just as well; its lines are then found by the next tick.

export type Outbox = {
  /** The given database, whose tenant transactions wake the followers after commit. The one that modules are handed. */
  readonly database: Database
  /** Before `start`. Names are unique. */
  follow(follower: Follower): void
  /** A live reader of one tenant, in any process. */
  tail(options: TailOptions): Promise<Tail>
  /** Begins to follow and to hear from other processes. Without it, a process only writes. */
  start(): Promise<void>
  /** Once a second, with the time of the same clock: takes up what was missed and what is due for another try. */
  tick(now: Instant): Promise<void>
  /** Answers when no follower of this process has anything left to do. For tests and orderly ends. */
  idle(): Promise<void>
  stop(): Promise<void>
}

export type OutboxOptions = {
  readonly database: Database
  readonly clock: Clock
  /** Most follower transactions at once; leave connections of the pool for everybody else. */
  readonly workersMax?: number
  /** Hears of every failed try of a handler. */
  readonly report?: (trouble: FollowerTrouble) => void
  /** Says what happens, in words for the log. */
  readonly say?: (message: string, detail?: Record<string, unknown>) => void
}

const WORKERS_MAX = 6

export function openOutbox(options: OutboxOptions): Outbox {
  const say = options.say ?? (() => undefined)
  const database = recording(options.database, committed)
  const tails = createTails(database, say)
  const followers = createFollowers({
    database,
    clock: options.clock,
    workersMax: options.workersMax ?? WORKERS_MAX,
    report: options.report ?? (() => undefined),
    say,
  })
  const toStart: Follower[] = []
  let notifier: Notifier | null = null
  let state: 'new' | 'running' | 'stopped' = 'new'

  function committed(tenantId: TenantId, types: ReadonlySet<string>): void {
    if (state !== 'running') return
    followers.wake(tenantId, types)
    tails.wake(tenantId)
    notifier?.tell(tenantId)
  }

  function heard(tenantId: TenantId | null): void {
    if (state !== 'running') return
    if (tenantId === null) {
      tick(options.clock.now()).catch((error) =>
        say('Looking for missed events failed; the next tick does.', { error }),
      )
      return
    }
    followers.wake(tenantId, null)
    tails.wake(tenantId)
  }

  async function tick(now: Instant): Promise<void> {
    if (state !== 'running') return
    await Promise.all([followers.tick(now), tails.tick()])
  }

  return {
    database,
    follow(follower) {
      if (state !== 'new') throw new Error('followers are named before the outbox starts')
      toStart.push(follower)
    },
    tail: tails.open,
    async start() {
      if (state !== 'new') throw new Error('an outbox starts once')
      for (const follower of toStart) await followers.add(follower)
      notifier = await startNotifier({ database, heard, say })
      state = 'running'
      await tick(options.clock.now())
    },
    tick,
    idle: followers.idle,
    async stop() {
      state = 'stopped'
      await Promise.all([followers.stop(), tails.stop(), notifier?.stop()])
    },
  }
}

/** A Database that says which of its tenant transactions appended lines, right after their commit. */
function recording(database: Database, committed: (tenantId: TenantId, types: ReadonlySet<string>) => void): Database {
  return {
    ...database,
    async tenant(tenantId, work, traits) {
      let last: Tx | undefined
      const result = await database.tenant(
        tenantId,
        (tx) => {
          last = tx
          return work(tx)
        },
        traits,
      )
      const types = last && appendedIn(last)
      if (types) committed(tenantId, types)
      return result
    },
  }
}
