import { type RawBuilder, sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText, type LocalDate } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { DataType, Environment, MissingPermission, PosSystem } from '../../../connectors/contract.ts'

// Rows of pos.configurations. Secrets, places and subscriptions lie in tables of their own.

export type ConnectionState = 'active' | 'needs_sign_in' | 'disconnected'

/** Where the credentials came from: typed in, given by the system's own page, or set where the hub runs. */
export type CredentialsFrom = 'person' | 'oauth' | 'environment'

export type Configuration = {
  readonly tenantId: TenantId
  readonly id: Id
  readonly posSystem: PosSystem
  readonly name: string
  readonly state: ConnectionState
  /** A stable word for why it is in this state; null while it is as it was made. */
  readonly stateReason: string | null
  readonly stateSince: Instant
  readonly siteId: Id | null
  /** Null where nothing is asked: files, the demonstration's till. */
  readonly asked: AskedFacts | null
  readonly createdAt: Instant
}

/** What a connection to a system that is asked has besides. */
export type AskedFacts = {
  readonly environment: Environment
  readonly account: string
  readonly accountName: string | null
  readonly dataTypes: readonly DataType[]
  readonly allPlaces: boolean
  readonly backfillFrom: LocalDate | null
  readonly webhooksWanted: boolean
  readonly credentialsFrom: CredentialsFrom
  readonly credentialsVersion: number
  /** Null when there are none any more. */
  readonly fingerprint: string | null
  readonly tokenExpiresAt: Instant | null
  readonly refreshExpiresAt: Instant | null
  readonly refreshedAt: Instant | null
  readonly refreshFailures: number
  readonly warnedDays: number | null
  readonly checkedAt: Instant | null
  readonly checkCode: string | null
  readonly missingPermissions: readonly MissingPermission[]
  readonly placesReadAt: Instant | null
  readonly confirmedAt: Instant | null
  readonly confirmedBy: string | null
  /** Since when a person says that the first figures are not right, and what of them. */
  readonly doubtedAt: Instant | null
  readonly doubt: string | null
}

const COLUMNS = sql.raw(`tenant_id, id, pos_system, name, state, state_reason, state_since, site_id, environment,
  account_id, account_name, data_types, all_places, backfill_from, webhooks_wanted, credentials_from,
  credentials_version, credentials_fingerprint, token_expires_at, refresh_expires_at, refreshed_at, refresh_failures,
  warned_days, checked_at, check_code, missing_permissions, places_read_at, confirmed_at, confirmed_by, doubted_at,
  doubt, created_at`)

export async function listConfigurations(tx: Tx, tenantId: TenantId): Promise<Configuration[]> {
  return select(tx, sql`tenant_id = ${tenantId} order by created_at, id`)
}

export async function findConfiguration(tx: Tx, tenantId: TenantId, id: string): Promise<Configuration | null> {
  if (!isId(id)) return null
  const [found] = await select(tx, sql`tenant_id = ${tenantId} and id = ${id}`)
  return found ?? null
}

/** Throws `connections.unknown`. With `lock` nobody else changes it until the transaction ends. */
export async function getConfiguration(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  lock: 'lock' | 'look' = 'look',
): Promise<Configuration> {
  if (isId(id)) {
    const tail = lock === 'lock' ? sql`for update` : sql``
    const [found] = await select(tx, sql`tenant_id = ${tenantId} and id = ${id} ${tail}`)
    if (found !== undefined) return found
  }
  throw new Fault('missing', 'connections.unknown', {
    say: 'There is no such connection here. The list of connections says what there is.',
  })
}

/** The tenant's own ended connection to an account: connected again, it goes on where it stopped. */
export async function findEnded(
  tx: Tx,
  tenantId: TenantId,
  { posSystem, environment, account }: { posSystem: PosSystem; environment: Environment; account: string },
): Promise<Configuration | null> {
  const [found] = await select(
    tx,
    sql`tenant_id = ${tenantId} and pos_system = ${posSystem} and environment = ${environment}
      and account_id = ${account} and state = 'disconnected' order by state_since desc, id limit 1 for update`,
  )
  return found ?? null
}

/** Of all tenants, for engines: those that ask a system and are not ended. */
export async function listAsked(tx: Tx, where: RawBuilder<unknown> = sql`true`): Promise<Configuration[]> {
  return select(tx, sql`account_id is not null and state <> 'disconnected' and ${where} order by tenant_id, id`)
}

export async function setState(
  tx: Tx,
  { tenantId, id }: Pick<Configuration, 'tenantId' | 'id'>,
  state: ConnectionState,
  reason: string | null,
  now: Instant,
): Promise<void> {
  await sql`
    update pos.configurations set state = ${state}, state_reason = ${reason}, state_since = ${instantText(now)},
      updated_at = ${instantText(now)}
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

/** What a look at the sign-in found. */
export async function recordCheck(
  tx: Tx,
  { tenantId, id }: Pick<Configuration, 'tenantId' | 'id'>,
  found: { readonly code: string; readonly missing: readonly MissingPermission[] | null },
  now: Instant,
): Promise<void> {
  await sql`
    update pos.configurations set checked_at = ${instantText(now)}, check_code = ${found.code},
      missing_permissions = coalesce(${found.missing === null ? null : JSON.stringify(found.missing)}::jsonb,
        missing_permissions)
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

async function select(tx: Tx, where: RawBuilder<unknown>): Promise<Configuration[]> {
  const { rows } = await sql<ConfigurationRow>`select ${COLUMNS} from pos.configurations where ${where}`.execute(tx)
  return rows.map(configurationOf)
}

type ConfigurationRow = {
  tenant_id: TenantId
  id: Id
  pos_system: PosSystem
  name: string
  state: ConnectionState
  state_reason: string | null
  state_since: Instant
  site_id: Id | null
  environment: Environment | null
  account_id: string | null
  account_name: string | null
  data_types: DataType[]
  all_places: boolean
  backfill_from: LocalDate | null
  webhooks_wanted: boolean
  credentials_from: CredentialsFrom | null
  credentials_version: number
  credentials_fingerprint: string | null
  token_expires_at: Instant | null
  refresh_expires_at: Instant | null
  refreshed_at: Instant | null
  refresh_failures: number
  warned_days: number | null
  checked_at: Instant | null
  check_code: string | null
  missing_permissions: MissingPermission[]
  places_read_at: Instant | null
  confirmed_at: Instant | null
  confirmed_by: string | null
  doubted_at: Instant | null
  doubt: string | null
  created_at: Instant
}

function configurationOf(row: ConfigurationRow): Configuration {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    posSystem: row.pos_system,
    name: row.name,
    state: row.state,
    stateReason: row.state_reason,
    stateSince: row.state_since,
    siteId: row.site_id,
    asked: askedOf(row),
    createdAt: row.created_at,
  }
}

function askedOf(row: ConfigurationRow): AskedFacts | null {
  if (row.environment === null || row.account_id === null || row.credentials_from === null) return null
  return {
    environment: row.environment,
    account: row.account_id,
    accountName: row.account_name,
    dataTypes: row.data_types,
    allPlaces: row.all_places,
    backfillFrom: row.backfill_from,
    webhooksWanted: row.webhooks_wanted,
    credentialsFrom: row.credentials_from,
    credentialsVersion: row.credentials_version,
    fingerprint: row.credentials_fingerprint,
    tokenExpiresAt: row.token_expires_at,
    refreshExpiresAt: row.refresh_expires_at,
    refreshedAt: row.refreshed_at,
    refreshFailures: row.refresh_failures,
    warnedDays: row.warned_days,
    checkedAt: row.checked_at,
    checkCode: row.check_code,
    missingPermissions: row.missing_permissions,
    placesReadAt: row.places_read_at,
    confirmedAt: row.confirmed_at,
    confirmedBy: row.confirmed_by,
    doubtedAt: row.doubted_at,
    doubt: row.doubt,
  }
}
