import { sql } from 'kysely'
import type { TradingClock } from '#canon/business-day.ts'
import { type CurrencyCode, currencyCode } from '#kernel/currency.ts'
import { Fault } from '#kernel/fault.ts'
import { type Id, isId, newId, type TenantId } from '#kernel/ids.ts'
import { type Instant, instantText } from '#kernel/instant.ts'
import { type ZoneName, zoneName } from '#kernel/zone.ts'
import type { Tx } from '#platform/postgres/database.ts'

// Places of sale: their clock and their money. Whoever files a fact asks here; nobody else keeps a zone of a site.

export type Site = {
  readonly id: Id
  readonly name: string
  readonly slug: string
  readonly timeZone: ZoneName
  readonly currency: CurrencyCode
  /** Minutes after midnight at which the business day ends. */
  readonly closeOutMinutes: number
}

export type SiteDraft = Omit<Site, 'id' | 'slug'> & { readonly slug?: string }

export async function listSites(tx: Tx, tenantId: TenantId): Promise<Site[]> {
  const { rows } = await sql<SiteRecord>`
    select id, name, slug, time_zone, currency, close_out_minutes from pos.sites
    where tenant_id = ${tenantId} order by name, id`.execute(tx)
  return rows.map(siteOf)
}

/** By id or slug. Throws `site.missing`. */
export async function getSite(tx: Tx, tenantId: TenantId, named: string): Promise<Site> {
  const { rows } = await sql<SiteRecord>`
    select id, name, slug, time_zone, currency, close_out_minutes from pos.sites
    where tenant_id = ${tenantId} and ${isId(named) ? sql`id = ${named}` : sql`slug = ${named}`}`.execute(tx)
  const row = rows[0]
  if (row) return siteOf(row)
  throw new Fault('missing', 'site.missing', {
    say: `There is no site "${named.slice(0, 64)}" here. The list of sites says what there is.`,
  })
}

/** The site for what names none: the first one the tenant made. */
export async function getDefaultSite(tx: Tx, tenantId: TenantId): Promise<Site> {
  const { rows } = await sql<SiteRecord>`
    select id, name, slug, time_zone, currency, close_out_minutes from pos.sites
    where tenant_id = ${tenantId} order by created_at, id limit 1`.execute(tx)
  const row = rows[0]
  if (row) return siteOf(row)
  throw new Fault('conflict', 'site.none', { say: 'This tenant has no site yet. Make one first: sales need a place.' })
}

/** Throws `site.slug-taken`. */
export async function createSite(tx: Tx, tenantId: TenantId, draft: SiteDraft, now: Instant): Promise<Site> {
  const site: Site = { ...draft, id: newId(), slug: draft.slug ?? slugOf(draft.name) }
  const { numAffectedRows } = await sql`
    insert into pos.sites (tenant_id, id, name, slug, time_zone, currency, close_out_minutes, created_at)
    values (${tenantId}, ${site.id}, ${site.name}, ${site.slug}, ${site.timeZone}, ${site.currency},
      ${site.closeOutMinutes}, ${instantText(now)})
    on conflict (tenant_id, slug) do nothing`.execute(tx)
  if (numAffectedRows === 1n) return site
  throw new Fault('conflict', 'site.slug-taken', {
    say: `There is a site "${site.slug}" already. Give this one another name or slug.`,
    places: [{ pointer: '/slug', detail: 'taken' }],
  })
}

/** Changes hold for facts filed from now on; what was filed keeps the day it was reported under. */
export async function updateSite(tx: Tx, tenantId: TenantId, site: Site): Promise<void> {
  await sql`
    update pos.sites set name = ${site.name}, time_zone = ${site.timeZone}, currency = ${site.currency},
      close_out_minutes = ${site.closeOutMinutes}
    where tenant_id = ${tenantId} and id = ${site.id}`.execute(tx)
}

export function tradingClock(site: Site): TradingClock {
  return { zone: site.timeZone, closeOutMinutes: site.closeOutMinutes }
}

/** `04:00` as minutes after midnight; null when it is no time of day. */
export function findCloseOut(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text)
  return match ? Number(match[1]) * 60 + Number(match[2]) : null
}

export function closeOutText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

type SiteRecord = {
  id: Id
  name: string
  slug: string
  time_zone: string
  currency: string
  close_out_minutes: number
}

function siteOf(row: SiteRecord): Site {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    timeZone: zoneName(row.time_zone),
    currency: currencyCode(row.currency),
    closeOutMinutes: row.close_out_minutes,
  }
}

/** Letters and digits of the name in ASCII; `site` when nothing of it is left. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-+|-+$/g, '').slice(0, 60) || 'site'
}
