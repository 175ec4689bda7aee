import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import type { Tx } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import type { Role } from './scopes.ts'
import { hashOf, isSecretText, mintSecret } from './secrets.ts'

// A link lets somebody in who has no password yet. Its token travels behind the `#`, which a browser sends to nobody;
// the page at /enter posts it. It is taken in the very transaction that does what it is for.

export type LinkPurpose =
  /** Makes the hub's first owner and tenant. */
  | { readonly purpose: 'set-up' }
  /** Signs one person in, as often as it is used until it expires. For the demonstration. */
  | { readonly purpose: 'sign-in'; readonly personId: Id }
  /** Makes whoever owns the e-mail address a member of a tenant. */
  | { readonly purpose: 'join'; readonly tenantId: TenantId; readonly email: string; readonly role: Role }

export type Link = LinkPurpose & { readonly id: Id; readonly expiresAt: Instant }

export type Invitation = { readonly id: Id; readonly email: string; readonly role: Role; readonly expiresAt: Instant }

/** Makes a link; its token, which is nowhere else. */
export async function createLink(
  tx: Tx,
  link: LinkPurpose & { readonly expiresAt: Instant; readonly usesMax: number | null; readonly createdBy: string },
  now: Instant,
): Promise<string> {
  const secret = mintSecret('link')
  const join = link.purpose === 'join' ? link : null
  await sql`
    insert into hub.sign_in_links
      (id, hash, purpose, user_id, tenant_id, email, role, created_by, created_at, expires_at, uses_left)
    values (${newId()}, ${secret.hash}, ${link.purpose}, ${link.purpose === 'sign-in' ? link.personId : null},
      ${join?.tenantId ?? null}, ${join?.email.toLowerCase() ?? null}, ${join?.role ?? null}, ${link.createdBy},
      ${instantText(now)}, ${instantText(link.expiresAt)}, ${link.usesMax})`.execute(tx)
  return secret.text
}

/** The page that takes the token, as it is printed or sent. */
export function linkUrl(publicBase: URL, token: string): string {
  return new URL(`/enter#token=${token}`, publicBase).href
}

/** What a token is for, without using it up. Throws `access.link`. */
export async function readLink(tx: Tx, token: string, now: Instant): Promise<Link> {
  if (!isSecretText(token)) throw linkFault()
  const { rows } = await sql<LinkRow>`
    select id, purpose, user_id, tenant_id, email, role, expires_at from hub.sign_in_links
    where hash = ${hashOf(token)} and expires_at > ${instantText(now)} and coalesce(uses_left, 1) > 0`.execute(tx)
  return readRow(rows[0])
}

/** Uses a link once, for one purpose. Throws `access.link`; of two at the same time one gets the last use. */
export async function useLink<P extends Link['purpose']>(
  tx: Tx,
  token: string,
  purpose: P,
  now: Instant,
): Promise<Link & { readonly purpose: P }> {
  if (!isSecretText(token)) throw linkFault()
  const { rows } = await sql<LinkRow>`
    update hub.sign_in_links set uses_left = uses_left - 1
    where hash = ${hashOf(token)} and purpose = ${purpose} and expires_at > ${instantText(now)}
      and coalesce(uses_left, 1) > 0
    returning id, purpose, user_id, tenant_id, email, role, expires_at`.execute(tx)
  return readRow(rows[0]) as Link & { readonly purpose: P }
}

/** Removes links of a purpose, so that a new one is the only one. */
export async function removeLinks(tx: Tx, purpose: Link['purpose']): Promise<void> {
  await sql`delete from hub.sign_in_links where purpose = ${purpose}`.execute(tx)
}

export async function listInvitations(tx: Tx, tenantId: TenantId, now: Instant): Promise<readonly Invitation[]> {
  const { rows } = await sql<{ id: Id; email: string; role: Role; expires_at: Instant }>`
    select id, email, role, expires_at from hub.sign_in_links
    where tenant_id = ${tenantId} and uses_left > 0 and expires_at > ${instantText(now)} order by email, id`.execute(tx)
  return rows.map((row) => ({ id: row.id, email: row.email, role: row.role, expiresAt: row.expires_at }))
}

/** Takes invitations back, by the link's id or for an e-mail address. How many there were. */
export async function removeInvitations(
  tx: Tx,
  tenantId: TenantId,
  which: { readonly id: Id } | { readonly email: string },
): Promise<number> {
  const match = 'id' in which ? sql`id = ${which.id}` : sql`email = ${which.email.toLowerCase()}`
  const gone = await sql`
    delete from hub.sign_in_links where tenant_id = ${tenantId} and ${match}`.execute(tx)
  return Number(gone.numAffectedRows ?? 0)
}

type LinkRow = {
  readonly id: Id
  readonly purpose: Link['purpose']
  readonly user_id: Id | null
  readonly tenant_id: TenantId | null
  readonly email: string | null
  readonly role: Role | null
  readonly expires_at: Instant
}

function readRow(row: LinkRow | undefined): Link {
  if (!row) throw linkFault()
  const known = { id: row.id, expiresAt: row.expires_at }
  if (row.purpose === 'set-up') return { ...known, purpose: 'set-up' }
  if (row.purpose === 'sign-in' && row.user_id !== null) return { ...known, purpose: 'sign-in', personId: row.user_id }
  if (row.tenant_id !== null && row.email !== null && row.role !== null) {
    return { ...known, purpose: 'join', tenantId: row.tenant_id, email: row.email, role: row.role }
  }
  throw linkFault()
}

function linkFault(): Fault {
  return new Fault('denied', 'access.link', { say: ACCESS_FAULTS['access.link'] })
}
