import { z } from 'zod'
import { isCurrencyCode } from '#kernel/currency.ts'
import { instantText } from '#kernel/instant.ts'
import { isZoneName } from '#kernel/zone.ts'
import type { Tenant } from '#platform/http/caller.ts'
import type { ApiKey } from './keys.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from './people.ts'
import { ROLES, SCOPES_BY_ROLE } from './scopes.ts'
import type { Membership } from './tenants.ts'

// How access looks on the wire, in both directions.

export const personName = z.string().trim().min(1).max(120)
export const email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'is no e-mail address')
  .transform((text) => text.toLowerCase())
export const password = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX)
/** A password that is only compared: what was once allowed must still be accepted. */
export const givenPassword = z.string().min(1).max(PASSWORD_LENGTH_MAX)
export const linkToken = z.string().max(100)
export const role = z.enum(ROLES)

export const newTenant = z.strictObject({
  name: z.string().trim().min(1).max(120),
  slug: z.string().max(63).optional().meta({ description: 'Made of the name when left out' }),
  currency: z.string().refine(isCurrencyCode, 'is no ISO 4217 code such as EUR'),
  time_zone: z.string().refine(isZoneName, 'is no IANA time zone such as Europe/Berlin'),
  close_out: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is no time of day such as 04:00')
    .default('00:00')
    .meta({ description: 'When the business day ends on the shop’s clock, HH:MM' }),
})

export const wireTenant = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['live', 'demo']),
    currency: z.string(),
    time_zone: z.string(),
    close_out: z.string(),
  })
  .meta({ id: 'Tenant' })

export const wireMembership = wireTenant.extend({ role, scopes: z.array(z.string()) }).meta({ id: 'TenantMembership' })

export const wirePerson = z.object({ id: z.string(), name: z.string(), email: z.string() }).meta({ id: 'Person' })

export const wireKey = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The beginning of the key, to tell keys apart' }),
    scopes: z.array(z.string()),
    created_by: z.string(),
    created_at: z.string(),
    last_used_at: z.string().nullable().meta({ description: 'At most a minute behind' }),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .meta({ id: 'ApiKey' })

export function toWireTenant(tenant: Tenant): z.output<typeof wireTenant> {
  const { id, slug, name, kind, currency } = tenant
  const minutes = tenant.closeOutMinutes
  const close_out = `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  return { id, slug, name, kind, currency, time_zone: tenant.timeZone, close_out }
}

export function toWireMembership(membership: Membership): z.output<typeof wireMembership> {
  const { tenant, role } = membership
  return { ...toWireTenant(tenant), role, scopes: [...SCOPES_BY_ROLE[role]] }
}

export function toWireKey(key: ApiKey): z.output<typeof wireKey> {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: [...key.scopes],
    created_by: key.createdBy,
    created_at: instantText(key.createdAt),
    last_used_at: key.lastUsedAt === null ? null : instantText(key.lastUsedAt),
    expires_at: key.expiresAt === null ? null : instantText(key.expiresAt),
    revoked_at: key.revokedAt === null ? null : instantText(key.revokedAt),
  }
}

export function minutesOf(closeOut: string): number {
  const [hours = 0, minutes = 0] = closeOut.split(':').map(Number)
  return hours * 60 + minutes
}
