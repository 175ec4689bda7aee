import type { Instant } from '#kernel/instant.ts'
import type { Database } from '#platform/postgres/database.ts'
import { openPushHub, type PushHubOptions } from './hub.ts'
import type { Kills } from './kills.ts'

// Somebody who works at what is due, and may end at any named point: in this process, thrown away as it stands, or as a
// process of its own (see worker-process.ts). Whoever comes next finds what was left behind.

export type Crew = {
  /** Does all that is due at that moment. Answers the point at which it ended; null: it is still there. */
  work(now: Instant): Promise<string | null>
  /** What time it is now, where it does not see the clock itself. */
  tell(now: number): void
  close(): Promise<void>
}

/**
 * A crew of this process. Where it ends nothing of it is undone or brought to its end: what it awaits never comes, what it
 * asks of the database is refused, and a request that has left is answered to nobody.
 */
export async function openCrew(options: PushHubOptions, kills: Kills | null): Promise<Crew> {
  const ended = Promise.withResolvers<string>()
  const released = Promise.withResolvers<never>()
  released.promise.catch(() => undefined)
  let isDead = false
  const hub = openPushHub({
    ...options,
    database: gated(options.database, () => isDead),
    async at(point) {
      if (isDead) return released.promise
      if (kills?.strikes(point) !== true) return
      isDead = true
      ended.resolve(point)
      return released.promise
    },
  })
  await hub.outbox.start()
  return {
    work: (now) => Promise.race([ended.promise, workAll(hub, now)]),
    tell: () => undefined,
    async close() {
      // What stood still for ever ends now: all it can do is fail, since nothing it says is heard any more.
      released.reject(new Error('the crew has ended'))
      await hub.close()
    },
  }
}

/** Followers first: what they put on its way is due at once. */
export async function workAll(
  { outbox, pushes }: Pick<ReturnType<typeof openPushHub>, 'outbox' | 'pushes'>,
  now: Instant,
): Promise<null> {
  await outbox.tick(now)
  await outbox.idle()
  for (const step of pushes.steps) await step.run(now)
  await pushes.idle()
  return null
}

function gated(database: Database, isShut: () => boolean): Database {
  const refuse = () => {
    if (isShut()) throw new Error('the crew has ended')
  }
  return {
    ...database,
    async tenant(tenantId, work, traits) {
      refuse()
      return database.tenant(tenantId, work, traits)
    },
    async system(work) {
      refuse()
      return database.system(work)
    },
    async systemStatement(statement) {
      refuse()
      return database.systemStatement(statement)
    },
  }
}
