import type { IncomingHttpHeaders } from 'node:http'
import type { CurrencyCode } from '#kernel/currency.ts'
import type { Id, TenantId } from '#kernel/ids.ts'
import type { ZoneName } from '#kernel/zone.ts'

// Who calls, and for whom. The server does not know how a caller is recognised: `app` hands it a Gate, and a route
// receives the outcome.

/** What a caller may do with one noun, such as `sites:read`. `admin` is for those who run the tenant. */
export type Scope = `${string}:${'read' | 'write' | 'admin'}`

/** The tenant that a request is about. Currency, zone and close-out are what a new site of it starts with. */
export type Tenant = {
  readonly id: TenantId
  readonly slug: string
  readonly name: string
  readonly kind: 'live' | 'demo'
  readonly currency: CurrencyCode
  readonly timeZone: ZoneName
  readonly closeOutMinutes: number
}

/** Somebody whose sign-in or key holds, before it is known which tenant they speak for. */
export type Identity = KeyIdentity | Person

export type KeyIdentity = {
  readonly kind: 'key'
  readonly id: Id
  /** As outbox and audit write it. */
  readonly actor: `key:${string}`
  readonly tenantId: TenantId
  readonly scopes: ReadonlySet<string>
}

export type Person = {
  readonly kind: 'person'
  readonly id: Id
  readonly actor: `person:${string}`
  readonly name: string
  readonly email: string
}

/** An identity that was admitted to one tenant, with what it may do there. */
export type Caller = {
  readonly kind: 'key' | 'person'
  readonly id: Id
  readonly actor: `key:${string}` | `person:${string}`
  readonly tenantId: TenantId
  readonly scopes: ReadonlySet<string>
}

export type Admission = { readonly tenant: Tenant; readonly caller: Caller }

/** Who a request comes from; null when it shows nothing, or nothing that holds. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Identity | null>

/**
 * Lets an identity into a tenant for a scope, or throws. `named` holds every way in which the request named a tenant
 * (path, header), each an id or a slug; all of them must mean the same one. Whether a tenant that the identity has
 * nothing to do with exists must not be told by the answer or by its time.
 */
export type ResolveTenant = (identity: Identity, named: readonly string[], scope: Scope) => Promise<Admission>
