import type { Instant } from '#kernel/instant.ts'
import type { Caller, Tenant } from '#platform/http/caller.ts'
import type { Origin } from './connect.ts'

/** In whose name, and for whom, a request changes connections. */
export function originOf(tenant: Tenant, { actor }: Pick<Caller, 'actor'>, requestId: string, now: Instant): Origin {
  const { timeZone, currency, closeOutMinutes } = tenant
  return { tenantId: tenant.id, defaults: { timeZone, currency, closeOutMinutes }, actor, requestId, now }
}
