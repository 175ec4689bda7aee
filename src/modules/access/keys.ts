import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import { isScope } from './scopes.ts'
import { mintSecret } from './secrets.ts'

// API keys as a tenant manages them. How a key is recognised when it calls stands in key-check.ts.

export type ApiKey = {
  readonly id: Id
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly createdBy: string
  readonly createdAt: Instant
  readonly lastUsedAt: Instant | null
  readonly expiresAt: Instant | null
  readonly revokedAt: Instant | null
}

export type NewApiKey = {
  readonly name: string
  readonly scopes: readonly string[]
  readonly expiresAt?: Instant | null
  /** Who makes it, as `person:<id>` or `key:<id>`. */
  readonly createdBy: string
}

/** Makes a key. Its text is in the answer and nowhere else, now or later. */
export async function createApiKey(
  tx: Tx,
  tenant: { readonly id: TenantId; readonly kind: 'live' | 'demo' },
  wanted: NewApiKey,
  now: Instant,
): Promise<{ readonly key: ApiKey; readonly secret: string }> {
  const malformed = wanted.scopes.findIndex((scope) => !isScope(scope))
  if (malformed >= 0 || wanted.scopes.length === 0) throw scopeFault(malformed)
  const expiresAt = wanted.expiresAt ?? null
  if (expiresAt !== null && expiresAt <= now) {
    const say = ACCESS_FAULTS['access.key-expiry']
    throw new Fault('invalid', 'access.key-expiry', { say, places: [{ pointer: '/expires_at', detail: say }] })
  }
  const secret = mintSecret(tenant.kind)
  const key: ApiKey = {
    id: newId(),
    name: wanted.name,
    prefix: secret.prefix,
    scopes: [...new Set(wanted.scopes)].sort(),
    createdBy: wanted.createdBy,
    createdAt: now,
    lastUsedAt: null,
    expiresAt,
    revokedAt: null,
  }
  await sql`
    insert into hub.api_keys (tenant_id, id, name, prefix, hash, scopes, created_by, created_at, expires_at)
    values (${tenant.id}, ${key.id}, ${key.name}, ${key.prefix}, ${secret.hash}, ${[...key.scopes]}::text[],
      ${key.createdBy}, ${instantText(now)}, ${expiresAt === null ? null : instantText(expiresAt)})`.execute(tx)
  return { key, secret: secret.text }
}

/** Newest first, `limit` from behind the cursor; revoked keys too, since somebody may ask what a key was. */
export async function listApiKeys(
  tx: Tx,
  tenantId: TenantId,
  page: { readonly limit: number; readonly before: Id | null },
): Promise<readonly ApiKey[]> {
  // Ids rise with time, so the order of ids is the order of making.
  const { rows } = await sql<KeyRow>`
    select id, name, prefix, scopes, created_by, created_at, last_used_at, expires_at, revoked_at from hub.api_keys
    where tenant_id = ${tenantId} and (${page.before}::uuid is null or id < ${page.before}::uuid)
    order by id desc limit ${page.limit}`.execute(tx)
  return rows.map(readKey)
}

/** Revokes a key for good; a second time changes nothing. Throws `access.key-missing`. */
export async function revokeApiKey(tx: Tx, tenantId: TenantId, id: Id, now: Instant): Promise<void> {
  const { numAffectedRows } = await sql`
    update hub.api_keys set revoked_at = coalesce(revoked_at, ${instantText(now)}::timestamptz)
    where tenant_id = ${tenantId} and id = ${id}`.execute(tx)
  if (numAffectedRows === 0n)
    throw new Fault('missing', 'access.key-missing', { say: ACCESS_FAULTS['access.key-missing'] })
}

type KeyRow = {
  readonly id: Id
  readonly name: string
  readonly prefix: string
  readonly scopes: string[]
  readonly created_by: string
  readonly created_at: Instant
  readonly last_used_at: Instant | null
  readonly expires_at: Instant | null
  readonly revoked_at: Instant | null
}

function readKey(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}

function scopeFault(index: number): Fault {
  const say = ACCESS_FAULTS['access.scope-malformed']
  const pointer = index < 0 ? '/scopes' : `/scopes/${index}`
  return new Fault('invalid', 'access.scope-malformed', { say, places: [{ pointer, detail: say }] })
}
