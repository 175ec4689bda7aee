import type { Tx } from '#platform/postgres/database.ts'
import type { Desk } from './desk.ts'
import type { ConnectionRef } from './live.ts'
import { findConfiguration } from './store.ts'
import { findEndpointRow } from './store-endpoints.ts'
import { endpointOwnerOf } from './subscriptions.ts'

const REMEMBER_MS = 15_000

/**
 * Whether a provider tells of a connection's news by itself, as far as can be seen: then it need not be asked so often.
 * Works in a transaction of the connection's tenant; what the hub's applications have is remembered for a moment.
 */
export function createToldWell(
  desk: Pick<Desk, 'database' | 'systems'>,
  monotonicMs: () => number = () => performance.now(),
): (tx: Tx, ref: ConnectionRef) => Promise<boolean> {
  const shared = new Map<string, { readonly well: Promise<boolean>; readonly until: number }>()
  return async (tx, { tenantId, id }) => {
    const found = await findConfiguration(tx, tenantId, id)
    if (found === null || found.asked === null || !found.asked.webhooksWanted) return false
    const own = await findEndpointRow(tx, { kind: 'connection', tenantId, id })
    if (own?.state === 'manual' || own?.state === 'subscribed') return true
    const owner = endpointOwnerOf(desk, found, found.asked)
    if (owner?.kind !== 'application') return false
    const name = `${owner.posSystem} ${owner.environment} ${owner.applicationId}`
    const known = shared.get(name)
    if (known !== undefined && known.until > monotonicMs()) return known.well
    const well = desk.database.system(async (across) => (await findEndpointRow(across, owner))?.state === 'subscribed')
    shared.set(name, { well, until: monotonicMs() + REMEMBER_MS })
    well.catch(() => shared.delete(name))
    return well
  }
}
