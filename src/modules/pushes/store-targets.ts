import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Where a tenant's orders go, and what its merchant wants of the way.

export type PushTarget = {
  readonly connectionId: Id
  /** The provider's place for orders whose site says none; null: by the site alone. */
  readonly location: string | null
  readonly active: boolean
  readonly setAt: Instant
}

export type PushSettings = {
  /** New orders go by themselves. */
  readonly autoSyncOrders: boolean
  /** Phone and e-mail of the customer go along. */
  readonly syncCustomerInfo: boolean
}

export const DEFAULT_SETTINGS: PushSettings = { autoSyncOrders: true, syncCustomerInfo: true }

/** The last one, active or not; null: there never was one. */
export async function findTarget(tx: Tx, tenantId: TenantId): Promise<PushTarget | null> {
  const { rows } = await sql<PushTarget>`
    select connection_id as "connectionId", location, active, set_at as "setAt" from pos.push_targets
    where tenant_id = ${tenantId}`.execute(tx)
  return rows[0] ?? null
}

export async function setTarget(
  tx: Tx,
  tenantId: TenantId,
  target: Pick<PushTarget, 'connectionId' | 'location'>,
  by: string,
  now: Instant,
): Promise<void> {
  await sql`
    insert into pos.push_targets (tenant_id, connection_id, location, active, set_by, set_at)
    values (${tenantId}, ${target.connectionId}, ${target.location}, true, ${by}, ${instantText(now)})
    on conflict (tenant_id) do update set connection_id = excluded.connection_id, location = excluded.location,
      active = true, set_by = excluded.set_by, set_at = excluded.set_at, ended_at = null`.execute(tx)
}

/** False: there was none that could be cleared. */
export async function clearTarget(tx: Tx, tenantId: TenantId, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update pos.push_targets set active = false, ended_at = ${instantText(now)}
    where tenant_id = ${tenantId} and active`.execute(tx)
  return numAffectedRows === 1n
}

export async function settingsOf(tx: Tx, tenantId: TenantId, connectionId: Id): Promise<PushSettings> {
  return (await allSettings(tx, tenantId)).get(connectionId) ?? DEFAULT_SETTINGS
}

/** Of the connections that have settings of their own. */
export async function allSettings(tx: Tx, tenantId: TenantId): Promise<ReadonlyMap<Id, PushSettings>> {
  const { rows } = await sql<PushSettings & { connectionId: Id }>`
    select connection_id as "connectionId", auto_sync_orders as "autoSyncOrders",
      sync_customer_info as "syncCustomerInfo"
    from pos.push_settings where tenant_id = ${tenantId}`.execute(tx)
  return new Map(rows.map(({ connectionId, ...settings }) => [connectionId, settings]))
}

export async function changeSettings(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
  change: { readonly [Name in keyof PushSettings]?: PushSettings[Name] | undefined },
  now: Instant,
): Promise<void> {
  const { autoSyncOrders: auto = null, syncCustomerInfo: customer = null } = change
  await sql`
    insert into pos.push_settings as s (tenant_id, connection_id, auto_sync_orders, sync_customer_info, updated_at)
    values (${tenantId}, ${connectionId}, ${auto ?? true}, ${customer ?? true}, ${instantText(now)})
    on conflict (tenant_id, connection_id) do update set
      auto_sync_orders = coalesce(${auto}::boolean, s.auto_sync_orders),
      sync_customer_info = coalesce(${customer}::boolean, s.sync_customer_info),
      updated_at = excluded.updated_at`.execute(tx)
}

/** What stands of a connection that an order goes to, in one question. */
export async function wishesFor(
  tx: Tx,
  tenantId: TenantId,
  connectionId: Id,
): Promise<{ readonly target: Pick<PushTarget, 'connectionId' | 'location'> | null; readonly settings: PushSettings }> {
  const { rows } = await sql<{
    target: Id | null
    location: string | null
    auto: boolean | null
    info: boolean | null
  }>`
    select t.connection_id as target, t.location, s.auto_sync_orders as auto, s.sync_customer_info as info
    from (values (${tenantId}::uuid, ${connectionId}::uuid)) as asked (tenant_id, connection_id)
    left join pos.push_targets t on t.tenant_id = asked.tenant_id
    left join pos.push_settings s on s.tenant_id = asked.tenant_id and s.connection_id = asked.connection_id`.execute(
    tx,
  )
  const [row] = rows
  return {
    target: row?.target == null ? null : { connectionId: row.target, location: row.location },
    settings: {
      autoSyncOrders: row?.auto ?? DEFAULT_SETTINGS.autoSyncOrders,
      syncCustomerInfo: row?.info ?? DEFAULT_SETTINGS.syncCustomerInfo,
    },
  }
}
