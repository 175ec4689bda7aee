import { sql } from 'kysely'
import type { Id } from '#kernel/ids.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Environment, PosSystem } from '../../../connectors/contract.ts'
import type { Systems } from './keeping.ts'
import type { ConnectedPlace, ConnectionRef, LiveConnection } from './live.ts'
import { type Place, placesOf, placesOfAll } from './places.ts'
import { type Configuration, findConfiguration, listAsked } from './store.ts'

// Connections as intake sees them. Each function works in the caller's transaction, so that what is filed and where it
// is filed are of one moment.

type Known = Pick<Systems, 'findConnector'>

/** Null when the tenant has no such connection, or it is one that nothing is asked of. Ended ones are told as such. */
export async function findLive(
  tx: Tx,
  systems: Known,
  { tenantId, id }: ConnectionRef,
): Promise<LiveConnection | null> {
  const found = await findConfiguration(tx, tenantId, id)
  if (found === null) return null
  const places = await placesOf(tx, tenantId, [id])
  return liveOf(found, places, systems)
}

/** Of all tenants those that are not ended, in a transaction that may look across them. */
export async function listLive(tx: Tx, systems: Known): Promise<LiveConnection[]> {
  const found = await listAsked(tx)
  const places = await placesOfAll(
    tx,
    found.map(({ id }) => id),
  )
  return found.flatMap((configuration) => liveOf(configuration, places, systems) ?? [])
}

/** Whose an account is, of all tenants: one connection or none. In a transaction that may look across them. */
export async function findAccountOwners(
  tx: Tx,
  posSystem: PosSystem,
  environment: Environment,
  account: string,
): Promise<ConnectionRef[]> {
  const found = await listAsked(
    tx,
    sql`pos_system = ${posSystem} and environment = ${environment} and account_id = ${account}`,
  )
  return found.map(({ tenantId, id }) => ({ tenantId, id }))
}

function liveOf(
  { asked, ...found }: Configuration,
  places: ReadonlyMap<Id, readonly Place[]>,
  systems: Known,
): LiveConnection | null {
  const live = systems.findConnector(found.posSystem)?.live
  if (asked === null || live === undefined) return null
  return {
    tenantId: found.tenantId,
    id: found.id,
    posSystem: found.posSystem,
    name: found.name,
    state: found.state,
    environment: asked.environment,
    account: asked.account,
    live,
    places: new Map((places.get(found.id) ?? []).flatMap(connectedOf)),
    dataTypes: asked.dataTypes,
    backfillFrom: asked.backfillFrom,
  }
}

function connectedOf({ externalId, chosen, siteId, currency, country }: Place): [string, ConnectedPlace][] {
  return chosen && siteId !== null ? [[externalId, { externalId, siteId, currency, country }]] : []
}
