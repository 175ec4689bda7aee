import type { Id } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { newestFactAt } from './freshness.ts'
import type { Surroundings } from './overview.ts'
import { type ConnectionTotals, readTotals } from './store-sources.ts'
import type { Connection } from './systems.ts'
import type { WireConnectionHealth, WireHealth } from './wire.ts'

/** The last thing that a connection brought, whatever became of it. */
export type Arrival = {
  readonly connectionId: Id
  readonly kind: 'event' | 'import' | 'sync'
  readonly at: Instant
  /** In the words of whoever took it in: `done`, `failed`, `running`… */
  readonly outcome: string
}

export type HealthSurroundings = Surroundings & {
  /** The newest arrival of each connection that ever had one. */
  lastArrivals(tx: Tx, tenantId: Tenant['id']): Promise<readonly Arrival[]>
}

const TROUBLED: readonly WireConnectionHealth['state'][] = ['empty', 'needs_sign_in']

export async function healthOf(tx: Tx, around: HealthSurroundings, tenant: Tenant, now: Instant): Promise<WireHealth> {
  const connections = await around.listConnections(tx, tenant.id)
  const totals = new Map((await readTotals(tx, tenant.id)).map((total) => [total.connectionId, total]))
  const arrivals = new Map((await around.lastArrivals(tx, tenant.id)).map((one) => [one.connectionId, one]))
  const shown = connections.map((one) => connectionHealth(one, totals.get(one.id), arrivals.get(one.id)))
  const troubled = shown.some(
    ({ state, last_arrival }) => TROUBLED.includes(state) || last_arrival?.outcome === 'failed',
  )
  return {
    state: shown.length === 0 ? 'empty' : troubled ? 'attention' : 'ok',
    as_of: instantText((await newestFactAt(tx, tenant.id)) ?? now),
    connections: shown,
  }
}

function connectionHealth(
  connection: Connection,
  total: ConnectionTotals | undefined,
  arrival: Arrival | undefined,
): WireConnectionHealth {
  const state = connection.state !== 'active' ? connection.state : total === undefined ? 'empty' : 'active'
  return {
    connection_id: connection.id,
    name: connection.name,
    pos_system: connection.posSystem,
    state,
    say: sentence(state, total, arrival),
    last_arrival: arrival ? { kind: arrival.kind, at: instantText(arrival.at), outcome: arrival.outcome } : null,
    newest_sale_at: timeText(total?.newestSaleAt),
    newest_sale_stored_at: timeText(total?.newestSaleStoredAt),
    coverage: total ? { from: total.firstDay, to: total.lastDay } : null,
    sales: Number(total?.sales ?? 0),
    refunds: Number(total?.refunds ?? 0),
    voided: Number(total?.voided ?? 0),
    unpriced: Number(total?.unpriced ?? 0),
  }
}

function sentence(
  state: WireConnectionHealth['state'],
  total: ConnectionTotals | undefined,
  arrival: Arrival | undefined,
): string {
  if (state === 'needs_sign_in')
    return 'It no longer accepts its sign-in. Sign in again, and it goes on where it stopped.'
  const failed = arrival?.outcome === 'failed' ? ` Its last ${arrival.kind} failed.` : ''
  if (total === undefined) return `Nothing has arrived from it yet.${failed}`
  const held = `${total.sales} sales from ${total.firstDay} to ${total.lastDay}.`
  return state === 'disconnected' ? `Disconnected. It keeps its ${held}` : `It holds ${held}${failed}`
}

function timeText(at: Instant | null | undefined): string | null {
  return at === null || at === undefined ? null : instantText(at)
}
