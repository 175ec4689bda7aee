import { hashPassword } from 'better-auth/crypto'
import { sql } from 'kysely'
import { Fault } from '#kernel/fault.ts'
import { type Id, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { sqlState, type Tx } from '#platform/postgres/database.ts'
import { ACCESS_FAULTS } from './faults.ts'
import type { Role } from './scopes.ts'

// People and their memberships, written as the sign-in library expects to find them. Written here and not through it,
// so that a person, their tenant and its first site come into being together or not at all.

export type NewPerson = {
  readonly name: string
  readonly email: string
  /** As `passwordHash` made it; without one the person can only come in by a link. */
  readonly passwordHash: string | null
}

export type Member = {
  readonly id: Id
  readonly name: string
  readonly email: string
  readonly role: Role
  readonly since: Instant
}

export const PASSWORD_LENGTH_MIN = 10
export const PASSWORD_LENGTH_MAX = 128
const UNIQUE_VIOLATION = '23505'

/** Slow on purpose, so it is made before a transaction begins. */
export function passwordHash(password: string): Promise<string> {
  if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX) {
    const say = ACCESS_FAULTS['access.password-weak']
    throw new Fault('invalid', 'access.password-weak', { say, places: [{ pointer: '/password', detail: say }] })
  }
  return hashPassword(password)
}

/** Adds a person; their id. Throws `access.email-taken`. */
export async function createPerson(tx: Tx, person: NewPerson, now: Instant): Promise<Id> {
  const id = newId()
  const at = instantText(now)
  try {
    await sql`
      insert into auth."user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
      values (${id}, ${person.name}, ${person.email.toLowerCase()}, true, ${at}, ${at})`.execute(tx)
  } catch (error) {
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    throw new Fault('conflict', 'access.email-taken', { say: ACCESS_FAULTS['access.email-taken'] })
  }
  if (person.passwordHash !== null) {
    await sql`
      insert into auth.account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
      values (${newId()}, ${id}, 'credential', ${id}, ${person.passwordHash}, ${at}, ${at})`.execute(tx)
  }
  return id
}

export async function findPersonByEmail(tx: Tx, email: string): Promise<Id | null> {
  const { rows } = await sql<{ id: Id }>`
    select id from auth."user" where email = ${email.toLowerCase()}`.execute(tx)
  return rows[0]?.id ?? null
}

/** Whether anybody can sign in at all: a hub without people prints its set-up link. */
export async function hasPeople(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`select exists (select 1 from auth.member) as any`.execute(tx)
  return rows[0]?.any ?? false
}

/** Makes a person a member. False when they already were one. */
export async function addMember(tx: Tx, tenantId: TenantId, personId: Id, role: Role, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into auth.member (id, "organizationId", "userId", role, "createdAt")
    values (${newId()}, ${tenantId}, ${personId}, ${role}, ${instantText(now)})
    on conflict ("organizationId", "userId") do nothing`.execute(tx)
  return numAffectedRows === 1n
}

export async function listMembers(tx: Tx, tenantId: TenantId): Promise<readonly Member[]> {
  const { rows } = await sql<Member>`
    select u.id, u.name, u.email, m.role, m."createdAt" as since
    from auth.member m join auth."user" u on u.id = m."userId"
    where m."organizationId" = ${tenantId} order by lower(u.name), u.id`.execute(tx)
  return rows
}

/** Gives a member another role, or none. False when there is no such member. Throws `access.last-owner`. */
export async function changeMember(tx: Tx, tenantId: TenantId, personId: Id, role: Role | null): Promise<boolean> {
  // The owners are locked, so that of two owners who remove each other at the same time one is refused.
  const { rows } = await sql<{ userId: Id }>`
    select "userId" from auth.member where "organizationId" = ${tenantId} and role = 'owner' for update`.execute(tx)
  const isLastOwner = rows.length === 1 && rows[0]?.userId === personId
  if (isLastOwner && role !== 'owner') {
    throw new Fault('conflict', 'access.last-owner', { say: ACCESS_FAULTS['access.last-owner'] })
  }
  const where = sql`where "organizationId" = ${tenantId} and "userId" = ${personId}`
  const changed =
    role === null
      ? await sql`delete from auth.member ${where}`.execute(tx)
      : await sql`update auth.member set role = ${role} ${where}`.execute(tx)
  return changed.numAffectedRows === 1n
}
