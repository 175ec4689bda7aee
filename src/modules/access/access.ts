import type { IncomingHttpHeaders } from 'node:http'
import { Fault } from '#kernel/fault.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import { type Clock, instant } from '#kernel/instant.ts'
import type { Admission, Authenticate, Identity, ResolveTenant, Scope, Tenant } from '#platform/http/caller.ts'
import type { Route } from '#platform/http/route.ts'
import type { Database, Tx } from '#platform/postgres/database.ts'
import type { Log } from '#platform/telemetry/log.ts'
import { ACCESS_FAULTS } from './faults.ts'
import { createKeyCheck, type KnownKey } from './key-check.ts'
import { createLink, linkUrl, removeLinks } from './links.ts'
import { memberRoutes } from './member-routes.ts'
import { addMember, createPerson, findPersonByEmail, hasPeople } from './people.ts'
import { covers, type Role, SCOPES_BY_ROLE } from './scopes.ts'
import { sessionRoutes } from './session-routes.ts'
import { createSignIn } from './sign-in.ts'
import { tenantRoutes } from './tenant-routes.ts'
import { addTenant, findTenant, listTenants, membershipsOf, type NewTenant, type OnTenantCreated } from './tenants.ts'

// The door of access: who may call, and for which tenant.

export type AccessOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Signs session cookies; derived from the hub's root key. A change of it signs everybody out. */
  readonly signInSecret: string
  readonly publicBase: URL
  readonly hubKind: 'live' | 'demo'
  readonly onTenantCreated: OnTenantCreated
}

export type Access = {
  readonly authenticate: Authenticate
  readonly resolveTenant: ResolveTenant
  readonly routes: readonly Route[]
  /** Waits for what is still being written. */
  close(): Promise<void>
}

const SET_UP_LINK_MS = 24 * 60 * 60_000

export function createAccess(options: AccessOptions): Access {
  const { database, publicBase } = options
  const keyCheck = createKeyCheck(options)
  const signIn = createSignIn({ pool: database.pool('tillwire_auth'), secret: options.signInSecret, publicBase })
  const knownKeys = new WeakMap<Identity, KnownKey>()

  return {
    async authenticate(headers) {
      const shown = shownKeys(headers)
      if (shown.length === 0) return signIn.find(headers)
      const key = shown[0]
      // A request that shows a key stands by it: a wrong one does not fall back to a cookie, nor one key to another.
      if (key === undefined || shown.some((other) => other !== key)) return null
      const known = await keyCheck.find(key)
      if (known) knownKeys.set(known.identity, known)
      return known?.identity ?? null
    },

    async resolveTenant(identity, named, scope) {
      const known = knownKeys.get(identity)
      if (known) return admitted(known.tenant, identity, known.identity.scopes, named, scope)
      if (named.length === 0) throw new Fault('invalid', 'access.tenant-unnamed', say('access.tenant-unnamed'))
      const memberships = await database.system((tx) => membershipsOf(tx, identity.id))
      const own = memberships.find(({ tenant }) => named.every((name) => isCalled(tenant, name)))
      if (!own) throw new Fault('denied', 'access.tenant', say('access.tenant'))
      return admitted(own.tenant, identity, new Set(SCOPES_BY_ROLE[own.role]), named, scope)
    },

    routes: [
      ...sessionRoutes({ ...options, signIn }),
      ...tenantRoutes(database, keyCheck),
      ...memberRoutes(database, publicBase),
    ],
    close: () => keyCheck.close(),
  }
}

/** Makes a tenant with all that must exist with it. Throws `access.slug-malformed`, `-reserved`, `-taken`. */
export function createTenant(
  database: Database,
  tenant: NewTenant,
  clock: Clock,
  onTenantCreated: OnTenantCreated,
): Promise<Tenant> {
  return database.system((tx) => addTenant(tx, tenant, clock.now(), onTenantCreated))
}

export function findTenantOf(database: Database, idOrSlug: string): Promise<Tenant | null> {
  return database.system((tx) => findTenant(tx, idOrSlug))
}

export function allTenants(database: Database): Promise<readonly Tenant[]> {
  return database.system(listTenants)
}

/** The link by which the first owner is made; null once somebody belongs to a tenant. It replaces every earlier one. */
export function setUpLink(database: Database, publicBase: URL, clock: Clock): Promise<string | null> {
  return database.system(async (tx) => {
    await removeLinks(tx, 'set-up')
    if (await hasPeople(tx)) return null
    const now = clock.now()
    const expiresAt = instant(now + SET_UP_LINK_MS)
    const token = await createLink(tx, { purpose: 'set-up', expiresAt, usesMax: 1, createdBy: 'hub:start' }, now)
    return linkUrl(publicBase, token)
  })
}

/**
 * A person without a password who is a member of some tenants, made if need be, and the one link that signs them in.
 * For the demonstration: asked again at the next start, the link of the last run no longer holds.
 */
export function demoLink(
  database: Database,
  person: { readonly name: string; readonly email: string; readonly role: Role },
  tenants: readonly TenantId[],
  options: { readonly publicBase: URL; readonly clock: Clock; readonly lastsMs: number },
): Promise<{ readonly personId: Id; readonly link: string }> {
  return database.system(async (tx: Tx) => {
    const now = options.clock.now()
    const personId =
      (await findPersonByEmail(tx, person.email)) ?? (await createPerson(tx, { ...person, passwordHash: null }, now))
    for (const tenantId of tenants) await addMember(tx, tenantId, personId, person.role, now)
    await removeLinks(tx, 'sign-in')
    const expiresAt = instant(now + options.lastsMs)
    const link = { purpose: 'sign-in', personId, expiresAt, usesMax: null, createdBy: 'hub:demo' } as const
    return { personId, link: linkUrl(options.publicBase, await createLink(tx, link, now)) }
  })
}

function admitted(
  tenant: Tenant,
  identity: Identity,
  scopes: ReadonlySet<string>,
  named: readonly string[],
  scope: Scope,
): Admission {
  if (!named.every((name) => isCalled(tenant, name))) throw new Fault('denied', 'access.tenant', say('access.tenant'))
  if (!covers(scopes, scope)) {
    throw new Fault('denied', 'access.scope', {
      say: `This needs the scope ${scope}, and the key or role does not reach that far.`,
      detail: { scope },
    })
  }
  const { kind, id, actor } = identity
  return { tenant, caller: { kind, id, actor, tenantId: tenant.id, scopes } }
}

function isCalled(tenant: Tenant, name: string): boolean {
  return name === tenant.slug || name.toLowerCase() === tenant.id
}

/** Keys as a request may show them: in a header of their own, or as a bearer token. */
function shownKeys(headers: IncomingHttpHeaders): readonly string[] {
  const own = headers['x-api-key']
  const shown = Array.isArray(own) ? [...own] : own === undefined ? [] : [own]
  // Another scheme is none of ours: a proxy in front may ask people for a password of its own.
  const bearer = /^Bearer\b *(.*)$/i.exec(headers.authorization ?? '')
  if (bearer) shown.push(bearer[1] ?? '')
  return shown
}

function say(code: 'access.tenant' | 'access.tenant-unnamed') {
  return { say: ACCESS_FAULTS[code] }
}
