import { z } from 'zod'
import { isCurrencyCode } from '#kernel/currency.ts'
import { isZoneName } from '#kernel/zone.ts'
import { defineRoute, type Route } from '#platform/http/route.ts'
import type { Database } from '#platform/postgres/database.ts'
import { closeOutText, createSite, findCloseOut, getSite, listSites, type Site, updateSite } from './sites.ts'

const name = z.string().trim().min(1).max(120)
const timeZone = z.string().transform((text, context) => {
  if (isZoneName(text)) return text
  context.addIssue('not an IANA time zone such as Europe/Berlin')
  return z.NEVER
})
const currency = z.string().transform((text, context) => {
  if (isCurrencyCode(text)) return text
  context.addIssue('not an ISO 4217 code such as EUR')
  return z.NEVER
})
const closeOut = z.string().transform((text, context) => {
  const minutes = findCloseOut(text)
  if (minutes !== null) return minutes
  context.addIssue('not a time of day such as 04:00')
  return z.NEVER
})

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'small letters, digits and hyphens')

const wireSite = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    close_out: z.string().meta({ description: 'When the business day ends on the site’s clock, HH:MM' }),
  })
  .meta({ id: 'Site' })

export function siteRoutes(database: Database): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/tenants/:tenant_id/sites',
      scope: 'sites:read',
      summary: 'List the places of sale',
      tags: ['Sites'],
      answers: { 200: z.strictObject({ data: z.array(wireSite), next_cursor: z.null() }) },
      async handler({ tenant }) {
        const sites = await database.tenant(tenant.id, (tx) => listSites(tx, tenant.id))
        return { status: 200, body: { data: sites.map(toWire), next_cursor: null } }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/tenants/:tenant_id/sites',
      scope: 'sites:write',
      summary: 'Make a place of sale',
      tags: ['Sites'],
      body: z.strictObject({
        name,
        slug: slug.optional(),
        time_zone: timeZone.optional(),
        currency: currency.optional(),
        close_out: closeOut.optional(),
      }),
      answers: { 201: wireSite },
      async handler({ tenant, body, now, settle }) {
        return database.tenant(tenant.id, async (tx) => {
          const site = await createSite(
            tx,
            tenant.id,
            {
              name: body.name,
              timeZone: body.time_zone ?? tenant.timeZone,
              currency: body.currency ?? tenant.currency,
              closeOutMinutes: body.close_out ?? tenant.closeOutMinutes,
              ...(body.slug === undefined ? {} : { slug: body.slug }),
            },
            now,
          )
          const answer = { status: 201, body: toWire(site) } as const
          await settle(tx, answer)
          return answer
        })
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/v1/tenants/:tenant_id/sites/:site_id',
      scope: 'sites:write',
      summary: 'Change a place of sale',
      description:
        'A new zone or close-out holds for facts filed from now on; days that were reported stay as they are.',
      tags: ['Sites'],
      body: z.strictObject({ name, time_zone: timeZone, currency, close_out: closeOut }),
      answers: { 200: wireSite },
      async handler({ tenant, params, body }) {
        return database.tenant(tenant.id, async (tx) => {
          const before = await getSite(tx, tenant.id, params.site_id)
          const site: Site = {
            ...before,
            name: body.name,
            timeZone: body.time_zone,
            currency: body.currency,
            closeOutMinutes: body.close_out,
          }
          await updateSite(tx, tenant.id, site)
          return { status: 200, body: toWire(site) } as const
        })
      },
    }),
  ]
}

function toWire(site: Site) {
  return {
    id: site.id,
    name: site.name,
    slug: site.slug,
    time_zone: site.timeZone,
    currency: site.currency,
    close_out: closeOutText(site.closeOutMinutes),
  }
}
