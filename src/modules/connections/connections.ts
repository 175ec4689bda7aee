import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PosSystem } from '../../../connectors/contract.ts'

// A tenant's links to its POS systems. A kind of file is a link too: each shape of table, at each site, is a source of
// its own, so that receipt number 17 of one till never meets receipt number 17 of another.

export type Connection = {
  readonly id: Id
  readonly posSystem: PosSystem
  readonly name: string
  readonly state: 'active' | 'disconnected'
  readonly siteId: Id | null
  readonly createdAt: Instant
}

export async function listConnections(tx: Tx, tenantId: TenantId): Promise<Connection[]> {
  const { rows } = await sql<ConnectionRecord>`
    select id, pos_system, name, state, site_id, created_at from pos.configurations
    where tenant_id = ${tenantId} order by created_at, id`.execute(tx)
  return rows.map(connectionOf)
}

/** The connection of a shape of file at a site, made at its first file. `name` is used only then. */
export async function fileConnection(
  tx: Tx,
  tenantId: TenantId,
  file: { readonly shape: string; readonly siteId: Id; readonly name: string },
  now: Instant,
): Promise<Connection> {
  const at = instantText(now)
  await sql`
    insert into pos.configurations (tenant_id, id, pos_system, name, state, file_shape, site_id, created_at, updated_at)
    values (${tenantId}, ${newId()}, 'spreadsheet', ${file.name}, 'active', ${file.shape}, ${file.siteId}, ${at}, ${at})
    on conflict (tenant_id, file_shape, site_id) where file_shape is not null do nothing`.execute(tx)
  const { rows } = await sql<ConnectionRecord>`
    select id, pos_system, name, state, site_id, created_at from pos.configurations
    where tenant_id = ${tenantId} and file_shape = ${file.shape} and site_id = ${file.siteId}`.execute(tx)
  const row = rows[0]
  if (row === undefined) throw new Error('the connection was just made and is not there')
  return connectionOf(row)
}

/** A connection that needs no sign-in, such as the demonstration's own till. */
export async function createConnection(
  tx: Tx,
  tenantId: TenantId,
  draft: Pick<Connection, 'posSystem' | 'name' | 'siteId'>,
  now: Instant,
): Promise<Connection> {
  const connection: Connection = { ...draft, id: newId(), state: 'active', createdAt: now }
  const at = instantText(now)
  await sql`
    insert into pos.configurations (tenant_id, id, pos_system, name, state, site_id, created_at, updated_at)
    values (${tenantId}, ${connection.id}, ${draft.posSystem}, ${draft.name}, 'active', ${draft.siteId}, ${at}, ${at})`.execute(
    tx,
  )
  return connection
}

type ConnectionRecord = {
  id: Id
  pos_system: PosSystem
  name: string
  state: Connection['state']
  site_id: Id | null
  created_at: Instant
}

function connectionOf(row: ConnectionRecord): Connection {
  return {
    id: row.id,
    posSystem: row.pos_system,
    name: row.name,
    state: row.state,
    siteId: row.site_id,
    createdAt: row.created_at,
  }
}
