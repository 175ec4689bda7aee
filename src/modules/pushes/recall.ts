import type { ConnectionRef, LiveConnection } from '#modules/connections/live.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PushDesk } from './desk.ts'

const REMEMBER_MS = 1_000
const REMEMBERED_MAX = 2_000

/**
 * Remembers connections for a moment, so that not each order of a rush asks for its own again. Only one that is well: what
 * waits for a person must see at once that somebody has come, and one that has ended meanwhile refuses the call itself.
 */
export function recallFor(
  findLive: PushDesk['findLive'],
  monotonicMs: () => number = () => performance.now(),
): PushDesk['recall'] {
  const known = new Map<string, { readonly connection: LiveConnection; readonly until: number }>()
  return async (tx: Tx, ref: ConnectionRef) => {
    const name = `${ref.tenantId} ${ref.id}`
    const remembered = known.get(name)
    if (remembered !== undefined && remembered.until > monotonicMs()) return remembered.connection
    known.delete(name)
    const connection = await findLive(tx, ref)
    if (connection?.state !== 'active') return connection
    const oldest = known.size >= REMEMBERED_MAX ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(name, { connection, until: monotonicMs() + REMEMBER_MS })
    return connection
  }
}
