import { sql } from 'kysely'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { PosSystem } from '../../../connectors/contract.ts'

// A tenant's links to its POS systems. A family of files is a link too: the exports of one till, at each site, are a
// source of their own, so that receipt number 17 of one till never meets receipt number 17 of another.

export type Connection = {
  readonly id: Id
  readonly posSystem: PosSystem
  readonly name: string
  readonly state: 'active' | 'needs_sign_in' | 'disconnected'
  readonly siteId: Id | null
  readonly createdAt: Instant
}

export async function listConnections(tx: Tx, tenantId: TenantId): Promise<Connection[]> {
  const { rows } = await sql<ConnectionRecord>`
    select id, pos_system, name, state, site_id, created_at from pos.configurations
    where tenant_id = ${tenantId} order by created_at, id`.execute(tx)
  return rows.map(connectionOf)
}

export type FileFamily = {
  /** Files of one family name the same sales by the same ids. */
  readonly family: string
  readonly siteId: Id
}

/** The connection that files of a family have at a site, if there was one already. */
export async function findFileConnection(
  tx: Tx,
  tenantId: TenantId,
  { family, siteId }: FileFamily,
): Promise<Connection | null> {
  const { rows } = await sql<ConnectionRecord>`
    select c.id, c.pos_system, c.name, c.state, c.site_id, c.created_at
    from pos.file_families f join pos.configurations c on c.tenant_id = f.tenant_id and c.id = f.connection_id
    where f.tenant_id = ${tenantId} and f.site_id = ${siteId} and f.family = ${family}`.execute(tx)
  return rows[0] === undefined ? null : connectionOf(rows[0])
}

/**
 * The connection of a family of files at a site, made at its first import under `name`. With `joins`, a family that has
 * none yet gets that connection; one that has keeps it.
 */
export async function fileConnection(
  tx: Tx,
  tenantId: TenantId,
  file: FileFamily & { readonly name: string; readonly joins: Id | null },
  now: Instant,
): Promise<Id> {
  // Two first files of one family at once: the second waits here, and finds what the first one made.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenantId} ${file.siteId} ${file.family}`}, 0))`.execute(
    tx,
  )
  const standing = await findFileConnection(tx, tenantId, file)
  if (standing !== null) return file.joins ?? standing.id
  const { name, siteId } = file
  const id = file.joins ?? (await createConnection(tx, tenantId, { posSystem: 'spreadsheet', name, siteId }, now)).id
  await sql`
    insert into pos.file_families (tenant_id, site_id, family, connection_id, created_at)
    values (${tenantId}, ${siteId}, ${file.family}, ${id}, ${instantText(now)})`.execute(tx)
  return id
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
    insert into pos.configurations
      (tenant_id, id, pos_system, name, state, state_since, site_id, created_at, updated_at)
    values (${tenantId}, ${connection.id}, ${draft.posSystem}, ${draft.name}, 'active', ${at}, ${draft.siteId}, ${at},
      ${at})`.execute(tx)
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
