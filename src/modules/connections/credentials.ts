import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import type { Sealer } from '#platform/vault/vault.ts'
import type { Credentials } from '../../../connectors/contract.ts'
import type { CredentialsFrom } from './store.ts'

// The secrets of a connection, field by field under the tenant's key. What is sealed for one field of one connection
// opens as nothing else, so that rows which were swapped in the database are refused and not used.

export type NewCredentials = {
  readonly credentials: Credentials
  readonly from: CredentialsFrom
  readonly expiresAt: Instant | null
  readonly refreshExpiresAt: Instant | null
  /** When they are to be renewed; null: nothing can renew them, or nothing has to. */
  readonly refreshDueAt: Instant | null
}

type Where = { readonly tenantId: TenantId; readonly id: Id }

/**
 * Stores credentials as the version after `before`. Answers its number, or null when another version was stored
 * meanwhile: then nothing is changed. With `keepBefore` the version before stays until the next change; else it goes.
 */
export async function storeCredentials(
  tx: Tx,
  sealer: Sealer,
  fingerprintKey: Buffer,
  { tenantId, id }: Where,
  before: number,
  fresh: NewCredentials,
  now: Instant,
  keepBefore: boolean,
): Promise<number | null> {
  const version = before + 1
  const at = instantText(now)
  const { numAffectedRows } = await sql`
    update pos.configurations set credentials_version = ${version}, credentials_from = ${fresh.from},
      credentials_fingerprint = ${fingerprintOf(fingerprintKey, fresh.credentials)},
      token_expires_at = ${textOf(fresh.expiresAt)}, refresh_expires_at = ${textOf(fresh.refreshExpiresAt)},
      refresh_due_at = ${textOf(fresh.refreshDueAt)}, refreshed_at = ${at}, refresh_failures = 0, warned_days = null,
      updated_at = ${at}
    where tenant_id = ${tenantId} and id = ${id} and credentials_version = ${before} and state <> 'disconnected'`.execute(
    tx,
  )
  if (numAffectedRows === 0n) return null
  await sql`
    delete from pos.connection_credentials
    where tenant_id = ${tenantId} and connection_id = ${id} and version <> ${keepBefore ? before : -1}`.execute(tx)
  const fields = Object.entries(fresh.credentials)
  await sql`
    insert into pos.connection_credentials (tenant_id, connection_id, version, field, sealed, created_at)
    select ${tenantId}, ${id}, ${version}, field, sealed, ${at}::timestamptz
    from unnest(
      ${fields.map(([name]) => name)}::text[],
      ${fields.map(([name, value]) => sealer.seal(Buffer.from(value), bindingOf(id, name)))}::bytea[]
    ) as given (field, sealed)`.execute(tx)
  return version
}

/** The credentials of a version; null when none are kept under it. */
export async function openCredentials(
  tx: Tx,
  sealer: Sealer,
  { tenantId, id }: Where,
  version: number,
): Promise<Credentials | null> {
  const { rows } = await sql<{ field: string; sealed: Buffer }>`
    select field, sealed from pos.connection_credentials
    where tenant_id = ${tenantId} and connection_id = ${id} and version = ${version}`.execute(tx)
  if (rows.length === 0) return null
  return Object.fromEntries(
    rows.map(({ field, sealed }) => [field, sealer.open(sealed, bindingOf(id, field)).toString()]),
  )
}

/** Removes every secret of a connection, its webhook secrets too. Nothing brings them back. */
export async function shredSecrets(tx: Tx, { tenantId, id }: Where): Promise<void> {
  await sql`delete from pos.connection_credentials where tenant_id = ${tenantId} and connection_id = ${id}`.execute(tx)
  await sql`
    update pos.webhook_endpoints set secret_sealed = null, secret_before_sealed = null, secret_before_until = null
    where tenant_id = ${tenantId} and connection_id = ${id}`.execute(tx)
  await sql`
    update pos.configurations set credentials_fingerprint = null, token_expires_at = null, refresh_expires_at = null,
      refresh_due_at = null, refresh_claim = null, refresh_claimed_until = null,
      credentials_version = credentials_version + 1
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
}

/** Eight hex digits by which a person can tell whether two sign-ins are the same. */
export function fingerprintOf(key: Buffer, credentials: Credentials): string {
  const fields = Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHmac('sha256', key).update(JSON.stringify(fields)).digest('hex').slice(0, 8)
}

function bindingOf(connectionId: Id, field: string): readonly string[] {
  return ['credentials', connectionId, field]
}

function textOf(at: Instant | null): string | null {
  return at === null ? null : instantText(at)
}
