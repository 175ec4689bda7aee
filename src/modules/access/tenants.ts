import { sql } from 'kysely'
import type { CurrencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { ZoneName } from '#kernel/zone.ts'
import type { Tenant } from '#platform/http/caller.ts'
import { sqlState, type Tx } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import type { Role } from './scopes.ts'

// Tenants and who belongs to them. A tenant is a row of ours and an organisation of the sign-in library, of one id.

export type NewTenant = {
  readonly slug: string
  readonly name: string
  readonly currency: CurrencyCode
  readonly timeZone: ZoneName
  readonly closeOutMinutes: number
  readonly kind: 'live' | 'demo'
}

/** What must exist with a tenant from its first moment. Runs within the same transaction, as the new tenant. */
export type OnTenantCreated = (tx: Tx, tenant: Tenant, now: Instant) => Promise<void>

export type Membership = { readonly tenant: Tenant; readonly role: Role }

// Words that follow /api/ in addresses of the hub itself.
const RESERVED_SLUGS = new Set(['v1', 'auth', 'integrations', 'pos-integrations', 'tenant', 'tenants', 'admin'])
const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/
const UNIQUE_VIOLATION = '23505'

/** Throws unless the text may name a tenant. A slug that reads like an id would make addresses mean two things. */
export function checkSlug(slug: string): void {
  const code =
    !SLUG.test(slug) || isId(slug) ? 'access.slug-malformed' : RESERVED_SLUGS.has(slug) ? 'access.slug-reserved' : null
  if (code) throw slugFault('invalid', code)
}

/** Makes a tenant, within a transaction of the system's. Throws `access.slug-…`. */
export async function addTenant(
  tx: Tx,
  wanted: NewTenant,
  now: Instant,
  onTenantCreated: OnTenantCreated,
): Promise<Tenant> {
  checkSlug(wanted.slug)
  const tenant: Tenant = { id: newId() as TenantId, ...wanted }
  try {
    await sql`
      insert into hub.tenants (id, slug, name, kind, currency, time_zone, close_out_minutes, created_at)
      values (${tenant.id}, ${tenant.slug}, ${tenant.name}, ${tenant.kind}, ${tenant.currency}, ${tenant.timeZone},
        ${tenant.closeOutMinutes}, ${instantText(now)})`.execute(tx)
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) throw slugFault('conflict', 'access.slug-taken')
    throw error
  }
  await sql`
    insert into auth.organization (id, name, slug, "createdAt")
    values (${tenant.id}, ${tenant.name}, ${tenant.slug}, ${instantText(now)})`.execute(tx)
  // The tenant's own first rows are written as the tenant, behind the same wall as all its later ones.
  await sql`set local role tillwire_app`.execute(tx)
  await sql`select set_config('tillwire.tenant', ${tenant.id}, true)`.execute(tx)
  await onTenantCreated(tx, tenant, now)
  await sql`select set_config('tillwire.tenant', '', true)`.execute(tx)
  await sql`set local role tillwire_system`.execute(tx)
  return tenant
}

/** A free slug made of a name, for whoever did not choose one. */
export async function freeSlug(tx: Tx, name: string): Promise<string> {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const base =
    plain
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 56) || 'shop'
  const { rows } = await sql<{ slug: string }>`
    select slug from hub.tenants where slug = ${base} or slug like ${`${base}-%`}`.execute(tx)
  const taken = new Set([...RESERVED_SLUGS, ...rows.map((row) => row.slug)])
  if (!taken.has(base)) return base
  for (let n = 2; ; n++) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`
}

export async function findTenant(tx: Tx, idOrSlug: string): Promise<Tenant | null> {
  const { rows } = await sql<TenantRow>`
    select ${TENANT_COLUMNS} from hub.tenants t
    where ${isId(idOrSlug) ? sql`t.id = ${idOrSlug}` : sql`t.slug = ${idOrSlug}`}`.execute(tx)
  return rows[0] ? readTenant(rows[0]) : null
}

/** Every tenant of the hub, oldest first: for the command line and for engines. */
export async function listTenants(tx: Tx): Promise<readonly Tenant[]> {
  const { rows } = await sql<TenantRow>`
    select ${TENANT_COLUMNS} from hub.tenants t order by t.created_at, t.id`.execute(tx)
  return rows.map(readTenant)
}

export async function membershipsOf(tx: Tx, personId: Id): Promise<readonly Membership[]> {
  const { rows } = await sql<TenantRow & { role: Role }>`
    select ${TENANT_COLUMNS}, m.role from auth.member m join hub.tenants t on t.id = m."organizationId"
    where m."userId" = ${personId} order by lower(t.name), t.id`.execute(tx)
  return rows.map((row) => ({ tenant: readTenant(row), role: row.role }))
}

export type TenantRow = {
  readonly tenant_id: TenantId
  readonly slug: string
  readonly tenant_name: string
  readonly kind: 'live' | 'demo'
  readonly currency: CurrencyCode
  readonly time_zone: ZoneName
  readonly close_out_minutes: number
}

/** The columns of a {@link TenantRow}, from `hub.tenants t`. */
export const TENANT_COLUMNS = sql.raw(
  't.id as tenant_id, t.slug, t.name as tenant_name, t.kind, t.currency, t.time_zone, t.close_out_minutes',
)

export function readTenant(row: TenantRow): Tenant {
  return {
    id: row.tenant_id,
    slug: row.slug,
    name: row.tenant_name,
    kind: row.kind,
    currency: row.currency,
    timeZone: row.time_zone,
    closeOutMinutes: row.close_out_minutes,
  }
}

function slugFault(
  kind: 'invalid' | 'conflict',
  code: 'access.slug-malformed' | 'access.slug-reserved' | 'access.slug-taken',
) {
  const say = ACCESS_FAULTS[code]
  return new Fault(kind, code, { say, places: [{ pointer: '/slug', detail: say }] })
}
