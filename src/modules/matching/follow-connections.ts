import { type Id, isId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { OutboxEvent } from '#platform/outbox/event.ts'
import type { Follower } from '#platform/outbox/follow.ts'
import { dueSoon, lookSoon } from './store-watches.ts'

// What happens to connections and concerns what is matched: a sync may have brought other articles, and one that ended has
// no orders any more, so that its tasks need nobody.

export function connectionFollower(clock: Clock): Follower {
  return {
    name: 'matching.connections',
    types: ['sync.finished', 'connection.disconnected', 'connection.created'],
    async handle(tx, events) {
      const tenantId = events[0]?.tenantId
      if (tenantId === undefined) return
      const now = clock.now()
      const synced = connectionsOf(events.filter(({ type }) => type === 'sync.finished'))
      if (synced.length > 0) await lookSoon(tx, tenantId, synced, now)
      // The next preflight sees for itself whether the connection is still there.
      for (const connectionId of connectionsOf(events.filter(({ type }) => type !== 'sync.finished'))) {
        await dueSoon(tx, { tenantId, connectionId }, 'catalogue', now)
      }
    },
  }
}

function connectionsOf(events: readonly OutboxEvent[]): Id[] {
  const ids = events.map(({ data }) => data.connection_id)
  return [...new Set(ids.filter((id): id is Id => typeof id === 'string' && isId(id)))]
}
